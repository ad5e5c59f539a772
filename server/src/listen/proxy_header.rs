//! The header of the PROXY protocol, with which a proxy says whose connection it hands on.

use std::io::{Error, ErrorKind, Result};
use std::net::IpAddr;

use axum::body::Bytes;
use ppp::{HeaderResult, PartialResult, v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

use super::http::PATIENCE;

/// How long a header may be: a proxy may say more than addresses in it.
const LONGEST: usize = 4_096;

/// Reads a header; the address of the client if it says one, and what has been read beyond it.
///
/// A proxy that only asks whether the server is there says none.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<(Option<IpAddr>, Bytes)> {
    let reading = timeout(PATIENCE, read_header(stream));
    reading
        .await
        .unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

async fn read_header(stream: &mut (impl AsyncRead + Unpin)) -> Result<(Option<IpAddr>, Bytes)> {
    let mut bytes = Vec::with_capacity(256);
    while !is_whole(&bytes) {
        if bytes.len() >= LONGEST {
            return Err(unreadable());
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    let (client, length) = understand(&HeaderResult::parse(&bytes))?;
    Ok((client, Bytes::from(bytes).slice(length..)))
}

/// Whether a header is there to its end, or cannot be one.
///
/// The parser has a way to say so itself, but takes a line of text that ends before its last port for a wrong one.
fn is_whole(bytes: &[u8]) -> bool {
    /// A line of text is no longer.
    const LONGEST_LINE: usize = 107;
    match bytes {
        [] => false,
        [b'P', ..] => bytes.len() >= LONGEST_LINE || bytes.windows(2).any(|end| end == b"\r\n"),
        _ => HeaderResult::parse(bytes).is_complete(),
    }
}

/// The address of the client, and how long the header is.
fn understand(header: &HeaderResult<'_>) -> Result<(Option<IpAddr>, usize)> {
    match header {
        HeaderResult::V1(Ok(header)) => {
            Ok((client_of_text(&header.addresses), header.header.len()))
        }
        HeaderResult::V2(Ok(header)) => {
            let is_proxied = header.command == v2::Command::Proxy;
            let client = client_of_binary(&header.addresses).filter(|_| is_proxied);
            Ok((client, header.len()))
        }
        HeaderResult::V1(Err(_)) | HeaderResult::V2(Err(_)) => Err(unreadable()),
    }
}

fn client_of_text(addresses: &v1::Addresses) -> Option<IpAddr> {
    match addresses {
        v1::Addresses::Tcp4(addresses) => Some(addresses.source_address.into()),
        v1::Addresses::Tcp6(addresses) => Some(addresses.source_address.into()),
        v1::Addresses::Unknown => None,
    }
}

fn client_of_binary(addresses: &v2::Addresses) -> Option<IpAddr> {
    match addresses {
        v2::Addresses::IPv4(addresses) => Some(addresses.source_address.into()),
        v2::Addresses::IPv6(addresses) => Some(addresses.source_address.into()),
        v2::Addresses::Unspecified | v2::Addresses::Unix(_) => None,
    }
}

fn unreadable() -> Error {
    Error::new(
        ErrorKind::InvalidData,
        "expected a header of the PROXY protocol from a trusted proxy",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;

    /// What is read when `size` bytes come at a time.
    async fn read_in_pieces(bytes: &[u8], size: usize) -> Result<(Option<String>, Vec<u8>)> {
        let (mut near, mut far) = tokio::io::duplex(size);
        let bytes = bytes.to_vec();
        tokio::spawn(async move { far.write_all(&bytes).await });
        let (client, rest) = read(&mut near).await?;
        Ok((client.map(|client| client.to_string()), rest.to_vec()))
    }

    fn binary(command: u8, family: u8, addresses: &[u8]) -> Vec<u8> {
        let mut bytes = b"\r\n\r\n\0\r\nQUIT\n".to_vec();
        bytes.extend([
            0x20 | command,
            family,
            0,
            u8::try_from(addresses.len()).unwrap_or(0),
        ]);
        bytes.extend(addresses);
        bytes
    }

    #[tokio::test]
    async fn both_versions_however_they_are_cut() -> Result<()> {
        let ipv4 = [1, 2, 3, 4, 9, 9, 9, 9, 0, 80, 0, 81];
        let headers: [(Vec<u8>, Option<&str>); 6] = [
            (
                b"PROXY TCP4 1.2.3.4 9.9.9.9 80 81\r\n".into(),
                Some("1.2.3.4"),
            ),
            (
                b"PROXY TCP6 2001:db8::1 ::1 80 81\r\n".into(),
                Some("2001:db8::1"),
            ),
            (b"PROXY UNKNOWN\r\n".into(), None),
            (binary(1, 0x11, &ipv4), Some("1.2.3.4")),
            (binary(0, 0x11, &ipv4), None),
            (binary(0, 0, &[]), None),
        ];
        for (header, client) in headers {
            for size in [1, 7, 4_096] {
                let (read, rest) = read_in_pieces(&header, size).await?;
                assert_eq!((read.as_deref(), rest), (client, vec![]), "{header:?}");
            }
            let whole = [&header[..], b"GET / HTTP/1.1"].concat();
            let (_, rest) = read_in_pieces(&whole, 4_096).await?;
            assert_eq!(rest, b"GET / HTTP/1.1");
        }
        Ok(())
    }

    #[tokio::test]
    async fn what_is_no_header_is_refused() {
        let endless = [binary(1, 0x11, &[0; 12]).as_slice(), &[b'x'; 64]].concat();
        let long = {
            let mut long = endless;
            long[14] = 0xff;
            long.resize(8_192, b'x');
            long
        };
        for bytes in [
            &b"GET / HTTP/1.1\r\n\r\n"[..],
            b"PROXY TCP4 1.2.3.4\r\n",
            b"PROXY TCP9 a b c d\r\n",
            &long,
        ] {
            assert!(read_in_pieces(bytes, 4_096).await.is_err());
        }
    }
}
