//! Keys that clients bring when they connect.

use std::collections::BTreeMap;

use subtle::ConstantTimeEq;

use crate::protocol::Connect;

const MASTER: &str = "masterKey";

/// The keys that are right, by the name under which a client brings them.
#[derive(Clone, Default)]
pub(crate) struct Keys {
    /// A client must bring one of these to connect. If there are none it need not bring any.
    pairs: BTreeMap<String, String>,
    /// Who brings it sees everything.
    master: Option<String>,
}

impl Keys {
    /// Reads the names and keys of a JSON object.
    pub(crate) fn from_json(text: &str) -> Result<Self, String> {
        let pairs: BTreeMap<String, String> = serde_json::from_str(text)
            .map_err(|_| "expected a JSON object with names and keys as texts")?;
        let master = pairs.get(MASTER).cloned();
        Ok(Self { pairs, master })
    }

    /// Takes this master key for right, if one is given; otherwise one among the pairs.
    pub(crate) fn with_master(mut self, key: Option<String>) -> Self {
        self.master = key.or(self.master);
        self
    }

    /// The keys that clients bring, and the REST key, each under the name of its header.
    ///
    /// To an app that wants a client key any of them will do.
    pub(crate) fn headers(&self, rest_key: Option<&str>) -> Vec<(&'static str, String)> {
        let of_clients = self.pairs.iter().filter_map(|(name, key)| {
            let header = match name.as_str() {
                "javascriptKey" => "X-Parse-Javascript-Key",
                "clientKey" => "X-Parse-Client-Key",
                "windowsKey" => "X-Parse-Windows-Key",
                "restAPIKey" if rest_key.is_none() => "X-Parse-REST-API-Key",
                _ => return None,
            };
            Some((header, key.clone()))
        });
        let rest_key = rest_key.map(|key| ("X-Parse-REST-API-Key", key.to_owned()));
        of_clients.chain(rest_key).collect()
    }

    /// Whether a client may connect.
    pub(crate) fn admit(&self, connect: &Connect) -> bool {
        let is_right = |(name, key): (&String, &String)| brings(connect, name, key);
        self.pairs.is_empty() || self.pairs.iter().any(is_right) || self.is_master(connect)
    }

    /// Whether a client may see everything.
    pub(crate) fn is_master(&self, connect: &Connect) -> bool {
        self.master
            .as_ref()
            .is_some_and(|key| brings(connect, MASTER, key))
    }
}

/// Whether a client brings this key. An empty one does not count.
fn brings(connect: &Connect, name: &str, key: &str) -> bool {
    let brought = connect.keys.get(name).map(String::as_bytes);
    brought.is_some_and(|brought| !brought.is_empty() && brought.ct_eq(key.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Sdk;

    fn connect(keys: &[(&'static str, &str)]) -> Connect {
        Connect {
            keys: keys
                .iter()
                .map(|(name, key)| (*name, (*key).to_owned()))
                .collect(),
            session_token: None,
            installation_id: None,
            sdk: Sdk::Other,
        }
    }

    #[test]
    fn one_right_key_is_enough() {
        let keys = Keys::from_json(r#"{"javascriptKey":"js","masterKey":"m"}"#).expect("keys");
        assert!(keys.admit(&connect(&[("javascriptKey", "js"), ("masterKey", "x")])));
        assert!(!keys.admit(&connect(&[("javascriptKey", "m")])));
        assert!(!keys.admit(&connect(&[])));
        assert!(keys.is_master(&connect(&[("masterKey", "m")])));
        assert!(!keys.is_master(&connect(&[("masterKey", "js")])));
    }

    #[test]
    fn keys_of_clients_are_headers() {
        let json = r#"{"javascriptKey":"j","clientKey":"c","windowsKey":"w","restAPIKey":"r","masterKey":"m"}"#;
        let keys = Keys::from_json(json).expect("keys");
        let headers = |rest_key| {
            let mut headers = keys.headers(rest_key);
            headers.sort_unstable();
            headers
        };
        let of_clients = [
            ("X-Parse-Client-Key", "c".to_owned()),
            ("X-Parse-Javascript-Key", "j".to_owned()),
        ];
        let windows = ("X-Parse-Windows-Key", "w".to_owned());
        for (rest_key, key) in [(None, "r"), (Some("other"), "other")] {
            let rest = ("X-Parse-REST-API-Key", key.to_owned());
            let expected = [&of_clients[..], &[rest, windows.clone()]].concat();
            assert_eq!(headers(rest_key), expected);
        }
        assert!(Keys::default().headers(None).is_empty());
    }

    #[test]
    fn without_pairs_all_may_connect_and_none_is_master() {
        let keys = Keys::default();
        assert!(keys.admit(&connect(&[])));
        assert!(!keys.is_master(&connect(&[("masterKey", "")])));
        let keys = keys.with_master(Some("m".into()));
        assert!(keys.admit(&connect(&[("masterKey", "wrong")])));
        assert!(!keys.is_master(&connect(&[("masterKey", "wrong")])));
        assert!(keys.is_master(&connect(&[("masterKey", "m")])));
    }
}
