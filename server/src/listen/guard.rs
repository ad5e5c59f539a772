//! What a request must bring that is for the operator or for who publishes, and not for every page of a browser.

use std::fmt;
use std::net::IpAddr;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use subtle::ConstantTimeEq;

/// The names by which this server is asked.
///
/// A page of a browser can reach what listens on loopback through a name of its own that it lets point there (rebinding). It
/// cannot do so under an address, nor as localhost; any other name has to be known.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnHosts {
    names: Vec<String>,
}

/// Why a request is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// It is addressed to a name that is not known, or to none.
    Host(String),
    /// A page of another origin sends it.
    Origin(String),
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => write!(f, "not known as \"{host}\""),
            Self::Origin(origin) => write!(f, "not to be asked by pages of \"{origin}\""),
        }
    }
}

impl OwnHosts {
    /// Names that are known beside addresses and localhost.
    pub(crate) fn new(names: impl IntoIterator<Item = String>) -> Self {
        let names = names.into_iter().map(|name| name.to_ascii_lowercase());
        Self {
            names: names.collect(),
        }
    }

    /// Refuses a request that is addressed to another host, or that a page of another origin sends.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Foreign> {
        let host = only(headers, &HOST);
        let host = host.filter(|host| !host.contains('@'));
        let authority = host.and_then(|host| host.parse::<Authority>().ok());
        let Some(authority) = authority.filter(|authority| self.has(authority.host())) else {
            return Err(Foreign::Host(told(headers, &HOST)));
        };
        if !headers.contains_key(ORIGIN) {
            return Ok(());
        }
        let origin = only(headers, &ORIGIN).and_then(|origin| origin.split_once("://"));
        match origin {
            Some(("http" | "https", origin)) if origin == authority.as_str() => Ok(()),
            _ => Err(Foreign::Origin(told(headers, &ORIGIN))),
        }
    }

    fn has(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().is_ok() || host == "localhost" || self.names.contains(&host)
    }
}

/// The value of a header that is there once and can be read.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    value.to_str().ok().filter(|_| values.next().is_none())
}

/// What a header says, as far as it can be shown.
fn told(headers: &HeaderMap, name: &HeaderName) -> String {
    const LONGEST: usize = 100;
    let value = headers.get(name).map(HeaderValue::as_bytes);
    let text = String::from_utf8_lossy(value.unwrap_or_default());
    text.chars().take(LONGEST).collect()
}

/// Whether a request carries this token as `Authorization: Bearer TOKEN`.
pub(crate) fn brings_token(headers: &HeaderMap, token: &str) -> bool {
    let header = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let brought = header.and_then(|header| header.strip_prefix(b"Bearer "));
    brought.is_some_and(|brought| brought.ct_eq(token.as_bytes()).into())
}

/// What a request says that its body is, without parameters; nothing if it does not say so.
pub(crate) fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE).map(HeaderValue::to_str);
    let name = value
        .and_then(Result::ok)
        .and_then(|value| value.split(';').next());
    name.unwrap_or_default().trim()
}

/// Whether a request says that its body is JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers).eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    fn is_own(pairs: &[(&'static str, &'static str)]) -> bool {
        OwnHosts::new(["Live.Example.com".into()])
            .check(&headers(pairs))
            .is_ok()
    }

    #[test]
    fn addresses_localhost_and_known_names_are_own_hosts() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:1337",
            "192.168.1.7:80",
            "[::1]:1337",
            "localhost:1337",
            "LOCALHOST",
            "live.example.com",
        ] {
            assert!(is_own(&[("host", host)]), "{host}");
        }
        for host in [
            "",
            "evil.example.com",
            "127.0.0.1.evil.example.com",
            "localhost.evil.example.com",
            "live.example.com.",
            "a@localhost",
            "localhost/evil",
        ] {
            assert!(!is_own(&[("host", host)]), "{host}");
        }
        assert!(!is_own(&[]));
        assert!(!is_own(&[("host", "localhost"), ("host", "localhost")]));
    }

    #[test]
    fn a_page_is_of_the_very_same_origin() {
        let with = |origin| is_own(&[("host", "localhost:1337"), ("origin", origin)]);
        assert!(with("http://localhost:1337"));
        for origin in [
            "null",
            "",
            "http://localhost",
            "http://localhost:3000",
            "https://evil.example.com",
            "file://localhost:1337",
        ] {
            assert!(!with(origin), "{origin}");
        }
    }

    #[test]
    fn a_token_is_the_whole_token() {
        let with = |value| brings_token(&headers(&[("authorization", value)]), "secret");
        assert!(with("Bearer secret"));
        for value in [
            "",
            "secret",
            "Bearer ",
            "Bearer secre",
            "Bearer secrets",
            "bearer secret",
        ] {
            assert!(!with(value), "{value}");
        }
        assert!(!brings_token(&headers(&[]), "secret"));
    }
}
