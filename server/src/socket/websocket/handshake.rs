//! The request by which HTTP becomes WebSocket.

use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, HeaderValue, Method};
use tungstenite::handshake::derive_accept_key;

/// The one version there is.
pub(crate) const VERSION: &str = "13";

/// What a request for a WebSocket is answered by: the value of `Sec-WebSocket-Accept`.
///
/// There is none if it is something else.
pub(crate) fn accept(method: &Method, headers: &HeaderMap) -> Option<HeaderValue> {
    let is_asked_for = method == Method::GET
        && lists(headers, CONNECTION.as_str(), "upgrade")
        && lists(headers, UPGRADE.as_str(), "websocket")
        && headers.get(SEC_WEBSOCKET_VERSION)? == VERSION;
    let key = headers.get(SEC_WEBSOCKET_KEY)?;
    is_asked_for
        .then(|| derive_accept_key(key.as_bytes()))
        .and_then(|accept| accept.try_into().ok())
}

/// The subprotocol that is spoken, if the client asks for one: the first, as with Parse Server. Browsers end the
/// connection otherwise.
pub(crate) fn protocol(headers: &HeaderMap) -> Option<HeaderValue> {
    let asked_for = headers.get(SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    let first = asked_for.split(',').next()?.trim();
    HeaderValue::from_str(first).ok()
}

/// Whether a header lists a word, however it is written.
fn lists(headers: &HeaderMap, name: &str, word: &str) -> bool {
    let values = headers.get_all(name).into_iter();
    let mut words = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    words.any(|listed| listed.trim().eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: [(&str, &str); 4] = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    fn answer(method: &Method, headers: &[(&'static str, &str)]) -> Option<String> {
        let headers = headers.iter().map(|(name, value)| {
            let name = axum::http::HeaderName::from_static(name);
            (name, HeaderValue::from_str(value).expect("a value"))
        });
        let accept = accept(method, &headers.collect())?;
        accept.to_str().ok().map(str::to_owned)
    }

    #[test]
    fn the_example_of_the_rfc() {
        let accept = answer(&Method::GET, &ASKED);
        assert_eq!(accept.as_deref(), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    }

    #[test]
    fn the_first_subprotocol_is_spoken() {
        let mut headers = HeaderMap::new();
        assert_eq!(protocol(&headers), None);
        headers.insert(
            SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_static("parse , other"),
        );
        assert_eq!(protocol(&headers), Some(HeaderValue::from_static("parse")));
    }

    #[test]
    fn what_is_no_request_for_a_websocket() {
        assert_eq!(answer(&Method::POST, &ASKED), None);
        for left_out in 0..ASKED.len() {
            let mut headers = ASKED.to_vec();
            headers.remove(left_out);
            assert_eq!(answer(&Method::GET, &headers), None, "{left_out}");
        }
        let mut old = ASKED;
        old[2].1 = "8";
        assert_eq!(answer(&Method::GET, &old), None);
    }
}
