//! Whose connection it is, where proxies stand before the server.
//!
//! TLS ends at a proxy, so that as a rule every connection comes from its address. What it says of the client is believed
//! only from proxies that the operator names; everybody else can say so too.

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use tokio::net::TcpStream;
use tracing::warn;

use super::proxy_header;
use crate::options::{ClientAddressFrom, ListenOptions};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED: HeaderName = HeaderName::from_static("forwarded");

/// Which proxies are believed, and how they name the client.
pub(crate) struct Proxies {
    trusted: Vec<IpNet>,
    /// Whether they begin each connection with a header of the PROXY protocol. Otherwise they add to X-Forwarded-For.
    has_header: bool,
    /// Whether it has been said that they do not name the client.
    has_warned: AtomicBool,
}

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    /// Where the connection comes from.
    pub(crate) address: IpAddr,
    /// The client, as far as the connection itself tells.
    client: Known,
}

/// What the connection tells of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// Nothing: no proxy is named.
    Nothing,
    /// Its address.
    Address(IpAddr),
    /// Each request has to say.
    AskRequest,
}

impl Proxies {
    pub(crate) fn new(options: &ListenOptions) -> Self {
        Self {
            trusted: options
                .trusted_proxies
                .iter()
                .map(|network| network.0)
                .collect(),
            has_header: options.client_address_from == ClientAddressFrom::ProxyProtocol,
            has_warned: AtomicBool::new(false),
        }
    }

    /// None: addresses say nothing.
    pub(crate) fn none() -> Self {
        Self {
            trusted: Vec::new(),
            has_header: false,
            has_warned: AtomicBool::new(false),
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted
            .iter()
            .any(|network| network.contains(&address))
    }

    /// Finds out who has connected, and what has been read from the connection meanwhile.
    pub(super) async fn greet(
        &self,
        socket: &mut TcpStream,
        peer: SocketAddr,
    ) -> io::Result<(Peer, Bytes)> {
        let address = peer.ip().to_canonical();
        let of = |client| Peer { address, client };
        if self.trusted.is_empty() {
            return Ok((of(Known::Nothing), Bytes::new()));
        }
        if !self.trusts(address) {
            return Ok((of(Known::Address(address)), Bytes::new()));
        }
        if !self.has_header {
            return Ok((of(Known::AskRequest), Bytes::new()));
        }
        let (client, rest) = proxy_header::read(socket).await?;
        let client = client.map_or(Known::Nothing, |client| {
            Known::Address(client.to_canonical())
        });
        Ok((of(client), rest))
    }

    /// The client of a request. Each proxy adds at the end of the list whom it was asked by: the last one that is no
    /// trusted proxy is the client, whatever it has written before that itself.
    fn client(&self, peer: &Peer, headers: &HeaderMap) -> Option<IpAddr> {
        match peer.client {
            Known::Nothing => None,
            Known::Address(address) => Some(address),
            Known::AskRequest => {
                let values = headers.get_all(FORWARDED_FOR).iter().rev();
                let words = values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','));
                // What cannot be read was written by whom the last proxy was asked by, and nothing before it is believed.
                let mut addresses = words.map_while(read_address);
                let mut last = None;
                addresses.find(|address| {
                    last = Some(*address);
                    !self.trusts(*address)
                });
                last
            }
        }
    }
}

/// An address, with or without a port.
fn read_address(word: &[u8]) -> Option<IpAddr> {
    let word = std::str::from_utf8(word).ok()?.trim();
    let bare = word
        .strip_prefix('[')
        .and_then(|word| word.strip_suffix(']'));
    let address = bare.unwrap_or(word).parse::<IpAddr>();
    let with_port = || word.parse::<SocketAddr>().map(|address| address.ip());
    address
        .or_else(|_| with_port())
        .ok()
        .map(|address| address.to_canonical())
}

/// The address of the client that makes a request, where it can be known: if proxies are named. Of an IPv6 address only
/// the network counts, as a client has all the addresses of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

impl<S: AsRef<Proxies> + Send + Sync> FromRequestParts<Arc<S>> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<S>,
    ) -> Result<Self, Self::Rejection> {
        let proxies = S::as_ref(server);
        let peer = parts.extensions.get::<Peer>();
        let client = peer.and_then(|peer| proxies.client_or_warn(peer, &parts.headers));
        Ok(Self(client.map(network)))
    }
}

/// What counts as one client: an address, or the /64 of an IPv6 address.
fn network(address: IpAddr) -> IpAddr {
    const HOST_BITS: u32 = 64;
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() >> HOST_BITS << HOST_BITS).into()
        }
    }
}

impl Proxies {
    /// The client of a request. A trusted proxy that does not name it is told of once.
    fn client_or_warn(&self, peer: &Peer, headers: &HeaderMap) -> Option<IpAddr> {
        let client = self.client(peer, headers);
        let is_unnamed = client.is_none() && !self.trusted.is_empty();
        if is_unnamed && !self.has_warned.swap(true, Ordering::Relaxed) {
            let (proxy, wanted) = (
                peer.address,
                if self.has_header {
                    "PROXY header"
                } else {
                    "X-Forwarded-For"
                },
            );
            warn!(%proxy, "a trusted proxy does not say whose connection it hands on (no {wanted}): limits by address do not hold");
        }
        client
    }

    /// Whether a request was made by a process on this machine, as far as can be known.
    pub(crate) fn is_local(&self, peer: &Peer, headers: &HeaderMap) -> bool {
        let names_another = headers.contains_key(FORWARDED_FOR) || headers.contains_key(FORWARDED);
        match self.client(peer, headers) {
            Some(client) => client.is_loopback(),
            None => peer.address.is_loopback() && !names_another,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Network;
    use axum::http::HeaderValue;

    fn proxies(trusted: &[&str]) -> Proxies {
        Proxies {
            trusted: trusted
                .iter()
                .filter_map(|text| text.parse().ok())
                .map(|network: Network| network.0)
                .collect(),
            has_header: false,
            has_warned: AtomicBool::new(false),
        }
    }

    fn client(trusted: &[&str], forwarded: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
        }
        let address = IpAddr::from([10, 0, 0, 1]);
        let peer = Peer {
            address,
            client: Known::AskRequest,
        };
        let client = proxies(trusted).client(&peer, &headers);
        client.map(|client| client.to_string())
    }

    #[test]
    fn the_last_address_that_is_no_proxy_is_the_client() {
        let trusted = ["10.0.0.0/8", "fd00::/8"];
        for (forwarded, expected) in [
            (vec!["1.2.3.4"], Some("1.2.3.4")),
            (vec!["6.6.6.6, 1.2.3.4"], Some("1.2.3.4")),
            (vec!["6.6.6.6", "1.2.3.4"], Some("1.2.3.4")),
            (vec!["6.6.6.6, 1.2.3.4, 10.1.1.1,fd00::7"], Some("1.2.3.4")),
            (vec!["1.2.3.4:5678"], Some("1.2.3.4")),
            (vec!["[2001:db8::1]:443"], Some("2001:db8::1")),
            (vec!["[2001:db8::1]"], Some("2001:db8::1")),
            (vec!["::ffff:1.2.3.4"], Some("1.2.3.4")),
            (vec!["10.7.7.7"], Some("10.7.7.7")),
            (vec!["6.6.6.6, nonsense, 10.7.7.7"], Some("10.7.7.7")),
            (vec!["6.6.6.6, unknown"], None),
            (vec![""], None),
            (vec![], None),
        ] {
            assert_eq!(
                client(&trusted, &forwarded).as_deref(),
                expected,
                "{forwarded:?}"
            );
        }
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        let network = |text: &str| text.parse().map(network).map(|network| network.to_string());
        assert_eq!(
            network("2001:db8:1:2:3:4:5:6").as_deref(),
            Ok("2001:db8:1:2::")
        );
        assert_eq!(network("1.2.3.4").as_deref(), Ok("1.2.3.4"));
    }

    #[test]
    fn who_is_on_this_machine() {
        let loopback = IpAddr::from([127, 0, 0, 1]);
        let mut headers = HeaderMap::new();
        let peer = |client| Peer {
            address: loopback,
            client,
        };
        let (unnamed, behind) = (peer(Known::Nothing), peer(Known::AskRequest));
        let proxies = proxies(&["127.0.0.1"]);
        assert!(proxies.is_local(&unnamed, &headers) && proxies.is_local(&behind, &headers));
        headers.insert(FORWARDED_FOR, HeaderValue::from_static("1.2.3.4"));
        assert!(!proxies.is_local(&unnamed, &headers) && !proxies.is_local(&behind, &headers));
        headers.insert(FORWARDED_FOR, HeaderValue::from_static("127.0.0.1"));
        assert!(
            !proxies.is_local(&unnamed, &headers),
            "anybody can write so"
        );
        assert!(proxies.is_local(&behind, &headers));
    }
}
