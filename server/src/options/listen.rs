//! Where the server listens.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use clap::Args;
use tokio::net::lookup_host;

/// Where the server listens.
#[derive(Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct ListenOptions {
    /// Where to listen, for WebSocket and HTTP alike: an address, or a name such as localhost, of which every address
    /// is listened on. With port 0 the system chooses one, and the log says which.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:1337")]
    pub(crate) listen: HostPort,
}

/// A host, by its address or its name, and a port.
#[derive(Clone)]
pub(crate) struct HostPort(String);

impl HostPort {
    /// This port of loopback.
    pub(crate) fn loopback(port: u16) -> Self {
        Self(format!("127.0.0.1:{port}"))
    }

    /// The host alone.
    pub(crate) fn host(&self) -> &str {
        self.0.rsplit_once(':').map_or(&self.0, |(host, _)| host)
    }

    /// The addresses that it stands for, at least one.
    pub(crate) async fn addresses(&self) -> std::io::Result<Vec<SocketAddr>> {
        let mut addresses: Vec<_> = lookup_host(&self.0).await?.collect();
        addresses.dedup();
        Ok(addresses)
    }
}

impl FromStr for HostPort {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_named = |(host, port): (&str, &str)| {
            let is_name = |host: &str| !host.is_empty() && !host.contains(':');
            is_name(host) && port.parse::<u16>().is_ok()
        };
        if text.parse::<SocketAddr>().is_ok() || text.rsplit_once(':').is_some_and(is_named) {
            return Ok(Self(text.into()));
        }
        Err(
            "expected an address or a name and a port, as 127.0.0.1:1337, [::1]:1337 or localhost:1337",
        )
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports() {
        for text in [
            "127.0.0.1:0",
            "[::1]:1337",
            "localhost:1337",
            "live.example.com:80",
        ] {
            assert!(text.parse::<HostPort>().is_ok(), "{text}");
        }
        for text in [
            "",
            "1337",
            ":1337",
            "localhost",
            "localhost:",
            "localhost:99999",
            "::1:1337",
            "a:b:1",
        ] {
            assert!(text.parse::<HostPort>().is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn a_name_is_all_its_addresses() {
        let localhost = HostPort("localhost:1337".into());
        let addresses = localhost.addresses().await.unwrap_or_default();
        assert!(
            !addresses.is_empty() && addresses.iter().all(|address| address.ip().is_loopback())
        );
    }
}
