//! No message panics, and of users and sessions no secret comes out of one.
#![no_main]

use std::fmt;

use arbitrary::Arbitrary;
use libfuzzer_sys::{Corpus, fuzz_target};
use livematch::{Change, ChangeErrorKind, ChangeKind, FieldSet, Object, Watch};
use livematch_fuzz::json::{Class, Fields, Key, Value};

const SECRETS: [&str; 6] = [
    "sessionToken",
    "password",
    "authData",
    "_hashed_password",
    "_email_verify_token",
    "_session_token",
];

#[derive(Arbitrary)]
enum Input<'a> {
    Bytes(&'a [u8]),
    Message {
        class: Class,
        current: Side,
        original: Option<(Class, Side)>,
    },
}

/// An object of a message, with a secret in it and perhaps a user who has one.
#[derive(Arbitrary)]
struct Side {
    secret: u8,
    user: Option<(Key, Class, u8)>,
    rest: Fields,
}

fn secret(at: u8) -> &'static str {
    SECRETS[usize::from(at) % SECRETS.len()]
}

impl Side {
    fn text(&self, class: &Class) -> String {
        let mut head = format!(
            r#""__type":"Object","className":{class},"objectId":"o","{}":"S""#,
            secret(self.secret)
        );
        if let Some((key, class, at)) = &self.user {
            let user = Value::Included(class.clone(), Fields(Vec::new())).to_string();
            let user = user.replace('}', &format!(r#","objectId":"u","{}":"S"}}"#, secret(*at)));
            head += &format!(",{}:[{user}]", livematch_fuzz::json::quoted(key.text()));
        }
        self.rest.after(&head)
    }
}

impl Input<'_> {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.to_vec(),
            Self::Message {
                class,
                current,
                original,
            } => {
                let original = original
                    .as_ref()
                    .map(|(class, side)| format!(r#","originalParseObject":{}"#, side.text(class)));
                let current = current.text(class);
                let original = original.unwrap_or_default();
                format!(r#"{{"currentParseObject":{current}{original}}}"#).into_bytes()
            }
        }
    }
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.bytes()))
    }
}

fn is_person(class: &str) -> bool {
    matches!(class, "_User" | "_Session")
}

/// Whether the SDK looks into a member. What it does not is copied as it is, and stands where no user can:
/// for an id, a name, an address.
fn is_decoded(kind: Option<&str>, key: &str) -> bool {
    match kind {
        Some("File") => !matches!(key, "name" | "url"),
        Some("Relation") => key != "className",
        _ => key != "objectId",
    }
}

/// Panics at a secret of a user or a session; `filed` says that the value is one by the message's class.
fn check(value: &serde_json::Value, filed: bool) {
    if let serde_json::Value::Array(items) = value {
        items.iter().for_each(|item| check(item, false));
    }
    let Some(fields) = value.as_object() else {
        return;
    };
    let text = |key| fields.get(key).and_then(serde_json::Value::as_str);
    let included = text("__type") == Some("Object") && text("className").is_some_and(is_person);
    for (key, value) in fields {
        let leaks = SECRETS.contains(&key.as_str()) && (filed || included);
        assert!(!leaks, "{key} comes out");
        if is_decoded(text("__type"), key) {
            check(value, false);
        }
    }
}

fn check_side(object: Option<&Object>, class: &str) {
    let Some(object) = object else { return };
    let text = object.to_string();
    match serde_json::from_str(&text) {
        Ok(value) => check(&value, is_person(class)),
        // The SDK puts an update's operand that is no list into one: what comes out may nest deeper than
        // what can be read.
        Err(error) => return assert!(error.to_string().starts_with("recursion limit"), "{text}"),
    }
    // What is printed is an object again, and printed alike.
    let again = text.parse::<Object>().map(|object| object.to_string());
    assert_eq!(again.ok(), Some(text));
}

fuzz_target!(|input: Input<'_>| -> Corpus {
    let mut keep = false;
    for kind in [ChangeKind::Save, ChangeKind::Delete] {
        match Change::from_slice(kind, &input.bytes(), &FieldSet::all()) {
            Ok(change) => {
                keep = true;
                check_side(change.old_object(), change.class_name());
                check_side(change.new_object(), change.class_name());
                if let Some(new) = change.new_object() {
                    let _ = Watch::new(new.keys()).touched(change.old_object(), new);
                }
                let _ = (change.created_at(), change.updated_at(), change.object_id());
            }
            Err(error) => {
                keep |= error.kind() != ChangeErrorKind::Unreadable;
                assert!(!error.to_string().is_empty());
            }
        }
    }
    if keep { Corpus::Keep } else { Corpus::Reject }
});
