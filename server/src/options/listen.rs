//! Where the server listens.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use tokio::net::lookup_host;

/// Where the server listens.
#[derive(Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct ListenOptions {
    /// Where to listen, for WebSocket and HTTP alike: an address, or a name such as localhost, of which every address
    /// is listened on. With port 0 the system chooses one, and the log says which.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:1337")]
    pub(crate) listen: HostPort,

    /// Proxies that are believed when they say whose connection they hand on, as addresses or networks such as 10.0.0.0/8.
    ///
    /// Limits by address need it: without it there are none, as every connection comes from the proxy that ends TLS.
    #[arg(long, value_name = "NETWORK,…", value_delimiter = ',')]
    pub(crate) trusted_proxies: Vec<Network>,

    /// How trusted proxies say so.
    #[arg(long, value_enum, default_value = "x-forwarded-for")]
    pub(crate) client_address_from: ClientAddressFrom,
}

/// How a proxy says whose connection it hands on.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClientAddressFrom {
    /// It adds the address to X-Forwarded-For in each request.
    XForwardedFor,
    /// It begins each connection with a header of the PROXY protocol, version 1 or 2.
    ProxyProtocol,
}

/// An address or a network.
#[derive(Clone, Debug)]
pub(crate) struct Network(pub(crate) IpNet);

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address = || text.parse::<IpAddr>().map(IpNet::from);
        let network = text.parse().or_else(|_| address());
        let network = network
            .map_err(|_| "expected an address or a network, as 10.0.0.1, 10.0.0.0/8 or fd00::/8")?;
        Ok(Self(network))
    }
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

    #[test]
    fn networks() {
        for text in ["10.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"] {
            assert!(text.parse::<Network>().is_ok(), "{text}");
        }
        for text in ["", "10.0.0.0/33", "proxy.internal", "10.0.0.1:80"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
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
