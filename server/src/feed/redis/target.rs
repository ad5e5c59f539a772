//! Which Redis, and how it is reached.

use std::fs;
use std::path::Path;

use redis::{
    Client, ClientTlsConfig, ConnectionAddr, IntoConnectionInfo, ProtocolVersion, TlsCertificates,
};

use crate::options::FeedOptions;

/// A Redis that can be connected to.
pub(super) struct Target {
    pub(super) client: Client,
}

impl Target {
    /// Reads the address and the certificates. An error names the option.
    pub(super) fn new(url: &str, options: &FeedOptions) -> Result<Self, String> {
        let wrong = |error: redis::RedisError| format!("--redis-url: {error}");
        let info = url.into_connection_info().map_err(wrong)?;
        // In RESP3 a connection that listens may also ask for the role of the server.
        let settings = info
            .redis_settings()
            .clone()
            .set_protocol(ProtocolVersion::RESP3);
        let info = info.set_redis_settings(settings);
        let certificates = certificates(options)?;
        let client = if matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
            Client::build_with_tls(info, certificates)
        } else if certificates.root_cert.is_some() || certificates.client_tls.is_some() {
            return Err("--redis-ca, --redis-cert and --redis-key are for rediss://".into());
        } else {
            Client::open(info)
        };
        let client =
            client.map_err(|error| format!("--redis-url, --redis-ca or --redis-cert: {error}"))?;
        Ok(Self { client })
    }

    /// The host and port, and whether TLS is spoken there; none for a socket of this machine.
    pub(super) fn address(&self) -> Option<(&str, u16, bool)> {
        match self.client.get_connection_info().addr() {
            ConnectionAddr::Tcp(host, port) => Some((host, *port, false)),
            ConnectionAddr::TcpTls { host, port, .. } => Some((host, *port, true)),
            _ => None,
        }
    }
}

fn certificates(options: &FeedOptions) -> Result<TlsCertificates, String> {
    let read = |path: &Path| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let read_given = |path: &Option<_>| path.as_deref().map(read).transpose();
    let root_cert = read_given(&options.redis_ca)?;
    let client = (
        read_given(&options.redis_cert)?,
        read_given(&options.redis_key)?,
    );
    let client_tls = match client {
        (Some(client_cert), Some(client_key)) => Some(ClientTlsConfig {
            client_cert,
            client_key,
        }),
        _ => None,
    };
    Ok(TlsCertificates {
        client_tls,
        root_cert,
    })
}
