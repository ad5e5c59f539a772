//! What a client asks for.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::fields::{Complaint, Fields};
use super::{Refusal, RequestId, Sdk, code};
use crate::accounting::text_bytes;

/// The keys that a client may bring when it connects.
const KEYS: [&str; 5] = [
    "javascriptKey",
    "masterKey",
    "clientKey",
    "windowsKey",
    "restAPIKey",
];

/// What else ParseSwift may bring. It opens nothing here.
const MAINTENANCE_KEY: &str = "maintenanceKey";

/// What belongs to finding objects, and not to being told of them. Only Moralis' SDK for Unity does not leave it out.
const OF_FINDING: [&str; 4] = ["limit", "skip", "order", "include"];

/// How long a frame may be by which a client connects. Some of it comes back with each answer.
const CONNECT_BYTES: usize = 8 << 10;

/// No class has a longer name. What is longer would be remembered and logged for nothing.
pub(crate) const CLASS_NAME_BYTES: usize = 256;

/// A frame of a client, read and checked.
pub(crate) enum Request {
    /// The client says who it is.
    Connect(Connect),
    /// The client subscribes, or replaces what it subscribed to under the same number.
    Subscribe(Subscribe),
    /// The client gives a subscription up.
    Unsubscribe(RequestId),
}

/// Who a client says it is.
pub(crate) struct Connect {
    /// What it brings of the keys a client may bring, by name.
    pub(crate) keys: HashMap<&'static str, String>,
    /// The session of its user, for subscriptions that bring none.
    pub(crate) session_token: Option<String>,
    /// What it calls the device; every answer repeats it.
    pub(crate) installation_id: Option<String>,
    /// Which SDK it is.
    pub(crate) sdk: Sdk,
}

/// What a client subscribes to.
pub(crate) struct Subscribe {
    /// Its number for the subscription.
    pub(crate) id: RequestId,
    /// The class of the objects.
    pub(crate) class_name: String,
    /// The clause as it was written.
    pub(crate) clause: String,
    /// The fields to send, sorted; all if it does not say.
    pub(crate) keys: Option<Vec<String>>,
    /// The fields without whose change an update is not sent.
    pub(crate) watch: Option<Vec<String>>,
    /// The session of the user who may see the objects.
    pub(crate) session_token: Option<String>,
}

impl Request {
    /// Reads a frame.
    pub(crate) fn read(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
            .map_err(|complaint| Refusal::new(code::MALFORMED, complaint, request_id(text)))
    }

    fn parse(text: &str) -> Result<Self, Complaint> {
        if serde_json::from_str::<&RawValue>(text).is_err() {
            return Err("Expected a frame of JSON".into());
        }
        let mut fields = Fields::read(text)?;
        let sdk = Sdk::of(&fields);
        let op: String = fields.require("op", "string")?;
        match op.as_str() {
            "connect" if text.len() > CONNECT_BYTES => {
                Err(format!("Expected a frame of at most {CONNECT_BYTES} bytes"))
            }
            "connect" => Connect::read(fields, sdk).map(Self::Connect),
            // iOS replaces a query by `update`; the answer is `subscribed` either way.
            "subscribe" | "update" => Subscribe::read(fields).map(Self::Subscribe),
            "unsubscribe" => {
                let id = fields.require("requestId", "number")?;
                fields.finish().map(|()| Self::Unsubscribe(id))
            }
            "query" => Err("This server does not find objects; ask Parse Server for them".into()),
            _ => Err(format!("No enum match for: {op:?}")),
        }
    }
}

impl Connect {
    fn read(mut fields: Fields<'_>, sdk: Sdk) -> Result<Self, Complaint> {
        fields.ignore(&[MAINTENANCE_KEY]);
        // Parse Server takes any application for its own, and only checks that one is named.
        fields.require::<String>("applicationId", "string")?;
        let mut keys = HashMap::new();
        for name in KEYS {
            if let Some(key) = fields.take(name, "string")? {
                keys.insert(name, key);
            }
        }
        let connect = Self {
            keys,
            session_token: fields.take("sessionToken", "string")?,
            installation_id: fields.take("installationId", "string")?,
            sdk,
        };
        fields.finish().map(|()| connect)
    }
}

impl Subscribe {
    fn read(mut fields: Fields<'_>) -> Result<Self, Complaint> {
        let id = fields.require("requestId", "number")?;
        let query: &RawValue = fields.require("query", "object")?;
        let mut query = Fields::read(query.get())?;
        query.ignore(&OF_FINDING);
        let subscribe = Self {
            id,
            class_name: class_name(&mut query)?,
            clause: clause(&mut query)?,
            keys: keys(&mut query)?,
            watch: query.names("watch")?,
            session_token: fields.take("sessionToken", "string")?,
        };
        query.finish()?;
        fields.finish().map(|()| subscribe)
    }
}

fn class_name(query: &mut Fields<'_>) -> Result<String, Complaint> {
    let name: String = query.require("className", "string")?;
    if name.len() > CLASS_NAME_BYTES {
        return Err(format!(
            "Expected a className of at most {CLASS_NAME_BYTES} bytes"
        ));
    }
    Ok(name)
}

impl Subscribe {
    /// How many bytes it takes apart from its clause.
    pub(crate) fn size(&self) -> usize {
        let lists = [&self.keys, &self.watch].into_iter().flatten().flatten();
        let names: usize = lists
            .map(|name| text_bytes(name) + size_of::<String>())
            .sum();
        names + self.class_name.len() + self.session_token.as_ref().map_or(0, String::len)
    }
}

/// The clause as it was written; Moralis' SDK for Unity writes its text as a text of JSON.
fn clause(query: &mut Fields<'_>) -> Result<String, Complaint> {
    let json: &RawValue = query.require("where", "object")?;
    let clause = if json.get().starts_with('"') {
        // Half a surrogate pair is no text, and then no JSON either.
        let text: String = serde_json::from_str(json.get()).unwrap_or_default();
        if serde_json::from_str::<&RawValue>(&text).is_err() {
            return Err("Expected a clause of JSON".into());
        }
        text
    } else {
        json.get().to_owned()
    };
    Fields::read(&clause)?;
    Ok(clause)
}

/// The fields to send. The Swift, Flutter and .NET SDKs call them `fields`, and so did the JavaScript SDK before 5.0; Parse
/// Server 9 refuses them for it.
fn keys(query: &mut Fields<'_>) -> Result<Option<Vec<String>>, Complaint> {
    let keys = query.joined_names("keys")?;
    let fields = query.names("fields")?;
    Ok(keys.or(fields))
}

/// The number of a frame that is refused, so that its sender learns which one it was.
fn request_id(text: &str) -> Option<RequestId> {
    #[derive(Deserialize)]
    struct Head {
        #[serde(rename = "requestId")]
        request_id: RequestId,
    }
    let head = serde_json::from_str(text);
    head.ok().map(|head: Head| head.request_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(frame: &str) -> String {
        match Request::read(frame) {
            Ok(_) => "accepted".into(),
            Err(refusal) => refusal.to_json(Sdk::Other),
        }
    }

    fn refused(error: &str, id: &str) -> String {
        let error = serde_json::to_string(error).expect("writes");
        format!(r#"{{"op":"error","error":{error},"code":1,"reconnect":false,"requestId":{id}}}"#)
    }

    #[test]
    fn complaints_are_those_of_parse_server() {
        let cases = [
            ("this is not json", "Expected a frame of JSON", "null"),
            ("[]", "Invalid type: array (expected object)", "null"),
            (
                r#"{"op":"nonsense"}"#,
                "No enum match for: \"nonsense\"",
                "null",
            ),
            (
                r#"{"op":"connect"}"#,
                "Missing required property: applicationId",
                "null",
            ),
            (
                r#"{"op":"connect","applicationId":"a","bogus":1}"#,
                "Additional properties not allowed",
                "null",
            ),
            (
                r#"{"op":"subscribe","requestId":"1","query":{"className":"A","where":{}}}"#,
                "Invalid type: string (expected number)",
                "null",
            ),
            (
                r#"{"op":"subscribe","requestId":4,"query":{"className":"A"}}"#,
                "Missing required property: where",
                "4",
            ),
            (
                r#"{"op":"subscribe","requestId":4,"query":{"className":"A","where":{},"count":1}}"#,
                "Additional properties not allowed",
                "4",
            ),
            (
                r#"{"op":"subscribe","requestId":4,"query":{"className":"A","where":[]}}"#,
                "Invalid type: array (expected object)",
                "4",
            ),
            (
                r#"{"op":"subscribe","requestId":4,"query":{"className":"A","where":{},"keys":[]}}"#,
                "Array is too short (0), minimum 1",
                "4",
            ),
            (
                r#"{"op":"subscribe","requestId":4,"query":{"className":"A","where":{},"watch":["a","a"]}}"#,
                "Array items are not unique",
                "4",
            ),
            (
                r#"{"op":"query","requestId":4}"#,
                "This server does not find objects; ask Parse Server for them",
                "4",
            ),
        ];
        for (frame, error, id) in cases {
            assert_eq!(refusal(frame), refused(error, id), "{frame}");
        }
    }

    #[test]
    fn no_class_has_a_name_without_end() {
        let frame = |bytes| {
            let name = "A".repeat(bytes);
            format!(
                r#"{{"op":"subscribe","requestId":4,"query":{{"className":"{name}","where":{{}}}}}}"#
            )
        };
        assert!(Request::read(&frame(CLASS_NAME_BYTES)).is_ok());
        assert_eq!(
            refusal(&frame(CLASS_NAME_BYTES + 1)),
            refused("Expected a className of at most 256 bytes", "4")
        );
    }

    #[test]
    fn old_and_new_names_of_the_selection() {
        for name in ["keys", "fields"] {
            let frame = format!(
                r#"{{"op":"update","requestId":1,"query":{{"className":"A","where":{{}},"{name}":["a"]}}}}"#
            );
            let Ok(Request::Subscribe(subscribe)) = Request::read(&frame) else {
                unreachable!("{name} is accepted");
            };
            assert_eq!(subscribe.keys, Some(vec!["a".to_owned()]));
        }
    }

    #[test]
    fn null_is_as_good_as_nothing() {
        let frame = r#"{"op":"connect","applicationId":"a","clientKey":null,"sessionToken":null,"installationId":null}"#;
        let Ok(Request::Connect(connect)) = Request::read(frame) else {
            unreachable!("it is accepted");
        };
        assert!(connect.keys.is_empty());
        assert_eq!(
            (connect.session_token, connect.installation_id),
            (None, None)
        );
        for (frame, complaint) in [
            (
                r#"{"op":"connect","applicationId":null}"#,
                "Invalid type: null (expected string)",
            ),
            (
                r#"{"op":"connect","applicationId":"a","bogus":null}"#,
                "Additional properties not allowed",
            ),
        ] {
            assert_eq!(refusal(frame), refused(complaint, "null"));
        }
    }

    #[test]
    fn swift_writes_in_alphabetical_order() {
        for (frame, sdk) in [
            (
                r#"{"applicationId":"a","clientKey":"k","installationId":"i","maintenanceKey":"m","op":"connect"}"#,
                Sdk::Swift,
            ),
            (r#"{"applicationId":"a","op":"connect"}"#, Sdk::Swift),
            (r#"{"op":"connect","applicationId":"a"}"#, Sdk::Other),
            (
                r#"{"applicationId":"a","sessionToken":"","op":"connect"}"#,
                Sdk::Other,
            ),
        ] {
            let Ok(Request::Connect(connect)) = Request::read(frame) else {
                unreachable!("{frame} is accepted");
            };
            assert_eq!(connect.sdk, sdk, "{frame}");
        }
        let error = Refusal::new(code::INVALID_QUERY, "no", None);
        assert!(error.to_json(Sdk::Swift).contains(r#""reconnect":true"#));
    }

    #[test]
    fn a_query_as_unity_writes_it() {
        let frame = r#"{"requestId":-7,"query":{"where":"{\"b\": 1}","order":"-a","limit":10,"skip":1,
            "include":"p","keys":"b,a","className":"A"},"op":"subscribe"}"#;
        let Ok(Request::Subscribe(subscribe)) = Request::read(frame) else {
            unreachable!("it is accepted");
        };
        assert_eq!(subscribe.id, RequestId::from(-7.0));
        assert_eq!(subscribe.clause, r#"{"b": 1}"#);
        assert_eq!(subscribe.keys, Some(vec!["a".to_owned(), "b".to_owned()]));
        for (clause, complaint) in [
            ("\"[]\"", "Invalid type: array (expected object)"),
            ("\"{} {}\"", "Expected a clause of JSON"),
            ("\"{\\\"a\\\":\"", "Expected a clause of JSON"),
        ] {
            let frame = format!(
                r#"{{"op":"subscribe","requestId":4,"query":{{"className":"A","where":{clause}}}}}"#
            );
            assert_eq!(refusal(&frame), refused(complaint, "4"), "{frame}");
        }
    }

    #[test]
    fn what_is_too_long() {
        let id = "x".repeat(CONNECT_BYTES);
        let frame = format!(r#"{{"op":"connect","applicationId":"a","installationId":"{id}"}}"#);
        assert_eq!(
            refusal(&frame),
            refused("Expected a frame of at most 8192 bytes", "null")
        );
        let keys: Vec<_> = (0..1_001).map(|n| format!("\"k{n}\"")).collect();
        let keys = keys.join(",");
        let frame = format!(
            r#"{{"op":"subscribe","requestId":1,"query":{{"className":"A","where":{{}},"keys":[{keys}]}}}}"#
        );
        assert_eq!(
            refusal(&frame),
            refused("Array is too long (1001), maximum 1000", "1")
        );
    }

    #[test]
    fn a_clause_keeps_its_text() {
        let frame =
            r#"{"op":"subscribe","requestId":1,"query":{"className":"A","where":{"b": 1, "a":1}}}"#;
        let Ok(Request::Subscribe(subscribe)) = Request::read(frame) else {
            unreachable!("it is accepted");
        };
        assert_eq!(subscribe.clause, r#"{"b": 1, "a":1}"#);
    }
}
