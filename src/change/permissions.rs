//! The permissions of a class, which most changes bring along and few hosts ask for.

use std::sync::OnceLock;

use crate::object::Object;
use crate::value::{Datum, read_str, write_json};

/// The permissions that came with a change, read when they are asked for.
#[derive(Clone, Debug)]
pub(super) struct Permissions {
    /// JSON that can be read.
    text: Box<str>,
    read: OnceLock<Option<Object>>,
}

/// Of JSON whose text is not at hand.
impl From<Datum> for Permissions {
    fn from(json: Datum) -> Self {
        let mut text = String::new();
        write_json(&json, &mut text);
        Self {
            text: text.into(),
            read: OnceLock::from(object(json)),
        }
    }
}

impl Permissions {
    /// Of their JSON text.
    ///
    /// # Errors
    ///
    /// Fails if it holds what cannot be read: later nobody could be told, and they would seem to forbid nothing.
    pub(super) fn new(text: &str) -> Result<Self, serde_json::Error> {
        let permissions = Self {
            text: text.into(),
            read: OnceLock::new(),
        };
        if !is_simple(text) {
            let _ = permissions.read.set(read(text)?);
        }
        Ok(permissions)
    }

    /// The permissions as they came.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The permissions, if they are an object.
    pub(super) fn get(&self) -> Option<&Object> {
        let read = || read(&self.text).unwrap_or_default();
        self.read.get_or_init(read).as_ref()
    }
}

impl PartialEq for Permissions {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

fn read(text: &str) -> Result<Option<Object>, serde_json::Error> {
    read_str(text).map(object)
}

fn object(json: Datum) -> Option<Object> {
    match json {
        Datum::Object(permissions) => Some(Object(permissions)),
        _ => None,
    }
}

/// Whether nothing in a JSON text can fail to be read: no escape, no number, and nothing that nests deep.
fn is_simple(json: &str) -> bool {
    has_nothing_special(json) || has_nothing_special_outside_of_texts(json)
}

const MAX_LEVELS: u32 = 100;

/// Whether there is not even in a text what might fail elsewhere. Without a way out, so that many bytes are looked at
/// at once.
fn has_nothing_special(json: &str) -> bool {
    let is_special = |byte: u8| matches!(byte, b'0'..=b'9' | b'-' | b'\\');
    let opens = |byte: u8| u32::from(matches!(byte, b'{' | b'['));
    let look = |(special, opened), byte| (special | is_special(byte), opened + opens(byte));
    let (special, opened) = json.bytes().fold((false, 0), look);
    !special && opened <= MAX_LEVELS
}

fn has_nothing_special_outside_of_texts(json: &str) -> bool {
    let mut is_text = false;
    let mut opened = 0;
    json.bytes().all(|byte| match byte {
        b'"' => {
            is_text = !is_text;
            true
        }
        b'\\' => false,
        _ if is_text => true,
        b'{' | b'[' => {
            opened += 1;
            opened <= MAX_LEVELS
        }
        b'0'..=b'9' | b'-' => false,
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    /// Pieces that make JSON now and then, some of which cannot be read.
    const PIECES: [&str; 24] = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "\"a\"",
        "\"a\":",
        "true",
        "null",
        "1",
        "-",
        "1e400",
        "\\ud800",
        "\\u0061",
        "\t",
        " ",
        "\u{1}",
        "é",
        "\u{7f}",
        "\"read\":true",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    ];

    proptest! {
        #[test]
        fn what_is_simple_can_be_read(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 1..9)) {
            let text = pieces.concat();
            for text in [text.clone(), format!("[{text}]"), format!("{{\"a\":{text}}}")] {
                if is_simple(&text) && serde_json::from_str::<IgnoredAny>(&text).is_ok() {
                    prop_assert!(read(&text).is_ok(), "{}", text);
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_read_fails_at_once() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for text in [r#"{"a":"\ud800"}"#, r#"{"find":1e400}"#, &deep] {
            assert!(Permissions::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_can_be_read_is() {
        let texts = [
            r#"{"find":{"*":true},"protectedFields":{"*":["a1","b-2"]}}"#,
            r#"{"find":{"a\u0062":true}}"#,
            r#"{"find":{"x":7}}"#,
        ];
        for text in texts {
            let permissions = Permissions::new(text).expect("JSON");
            let object: Object = text.parse().expect("an object");
            assert_eq!(permissions.get(), Some(&object));
        }
        for text in ["null", "[]", "5", r#""x""#] {
            let permissions = Permissions::new(text).expect("JSON");
            assert_eq!(permissions.get(), None);
        }
    }
}
