//! What is wrong with a connection to Redis, in words that say what to do.

use std::time::Duration;

use redis::{ErrorKind, RedisError, ServerErrorKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::target::Target;

/// How long the port may take to show what it speaks.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a port speaks.
#[derive(Debug, PartialEq, Eq)]
enum Speech {
    Redis,
    Tls,
    /// It closes the connection, or says nothing.
    Nothing,
}

/// What went wrong, and what to do about it; `rights` are those that the user of Redis needs.
pub(super) async fn explain(error: &RedisError, target: &Target, rights: &str) -> String {
    match remedy(error, rights) {
        Some(remedy) => format!("{error}: {remedy}"),
        None => match mixed_up(error, target).await {
            Some(remedy) => format!("{error}: {remedy}"),
            None => error.to_string(),
        },
    }
}

/// Whether the user of Redis lacks the right to ask for this.
pub(super) fn is_forbidden(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoPerm)
}

/// Whether Redis does not answer this: its user lacks the right, or it does not know it or has no such thing.
pub(super) fn is_unanswered(error: &RedisError) -> bool {
    is_forbidden(error) || error.kind() == ErrorKind::Server(ServerErrorKind::ResponseError)
}

/// What to do about an error that says what it is.
fn remedy(error: &RedisError, rights: &str) -> Option<String> {
    let text = error.to_string();
    let says = |word| text.contains(word);
    match error.kind() {
        ErrorKind::RESP3NotSupported => Some("Redis 6 or later is needed".into()),
        ErrorKind::Server(ServerErrorKind::NoPerm) => {
            Some(format!("its user needs the rights {rights}"))
        }
        _ if says("WRONGTYPE") => {
            Some("--redis-stream names a key that holds something else than a stream".into())
        }
        _ if says("WRONGPASS")
            || says("NOAUTH")
            || says("AUTH failed")
            || error.kind() == ErrorKind::AuthenticationFailed =>
        {
            Some(
                "--redis-url needs the right user and password, as redis://USER:PASSWORD@HOST:PORT"
                    .into(),
            )
        }
        _ if says("UnknownIssuer") || says("UnknownCA") => {
            Some("--redis-ca has to name the certificate of whoever issued that of Redis".into())
        }
        _ if says("CertificateRequired") || says("HandshakeFailure") => {
            Some("Redis wants a certificate of ours: --redis-cert and --redis-key".into())
        }
        _ => None,
    }
}

/// Whether TLS is spoken where it is not expected, or the other way round. Neither end says so by itself.
async fn mixed_up(error: &RedisError, target: &Target) -> Option<&'static str> {
    let (host, port, is_tls) = target.address()?;
    if error.is_connection_refusal() {
        return None;
    }
    match (is_tls, timeout(PATIENCE, listen(host, port)).await) {
        (true, Ok(Ok(Speech::Redis))) => {
            Some("this port does not speak TLS: --redis-url has to begin with redis://")
        }
        (false, Ok(Ok(Speech::Tls))) => {
            Some("this port speaks TLS: --redis-url has to begin with rediss://")
        }
        (false, Ok(Ok(Speech::Nothing))) => {
            Some("if this port speaks TLS, --redis-url has to begin with rediss://")
        }
        _ => None,
    }
}

/// What a port answers to a command of Redis.
async fn listen(host: &str, port: u16) -> std::io::Result<Speech> {
    let mut stream = TcpStream::connect((host, port)).await?;
    stream.write_all(b"PING\r\n").await?;
    let mut first = [0];
    // What speaks TLS closes the connection, as a rule without a word.
    let count = stream.read(&mut first).await.unwrap_or_default();
    Ok(of_first(&first[..count]))
}

fn of_first(bytes: &[u8]) -> Speech {
    /// The kinds of records of TLS: an alert, a handshake.
    const RECORDS: std::ops::RangeInclusive<u8> = 0x14..=0x17;
    match bytes {
        [b'+' | b'-' | b'$', ..] => Speech::Redis,
        [first, ..] if RECORDS.contains(first) => Speech::Tls,
        _ => Speech::Nothing,
    }
}
