//! The keys of a message, and the text between two of them.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, Visitor};

use super::{CURRENT, ORIGINAL, PERMISSIONS};
use crate::value::MAGIC_NUMBER;

/// A key of a message.
pub(super) struct Key {
    pub(super) part: Part,
    /// Where in the text of the message it stands, unless it is written with escapes.
    pub(super) at: Option<usize>,
}

/// What a key of a message stands for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    Current,
    Original,
    Permissions,
    /// Perhaps the message is not an object but a number in disguise.
    Magic,
    Other,
}

/// Reads a key of a message that has this text, if it is one.
#[derive(Clone, Copy)]
pub(super) struct KeySeed<'de>(pub(super) Option<&'de str>);

impl<'de> DeserializeSeed<'de> for KeySeed<'de> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed<'de> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key of a message")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key, E> {
        let part = match key {
            MAGIC_NUMBER => Part::Magic,
            _ => Part::of(key),
        };
        // It is borrowed from the text, unless it is the key of a number in disguise.
        let at = |text: &str| key.as_ptr().addr().checked_sub(text.as_ptr().addr());
        let at = self.0.and_then(at);
        Ok(Key { part, at })
    }

    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        let part = Part::of(key);
        Ok(Key { part, at: None })
    }
}

impl Part {
    fn of(key: &str) -> Self {
        match key {
            CURRENT => Self::Current,
            ORIGINAL => Self::Original,
            PERMISSIONS => Self::Permissions,
            _ => Self::Other,
        }
    }
}

/// The JSON text of the permissions, whose key stands at a place, before the next key or the end of the message.
pub(super) fn permissions_at<'de>(
    message: &'de str,
    at: usize,
    next: Option<&Key>,
) -> Option<&'de str> {
    let behind = at + PERMISSIONS.len();
    let end = match next {
        Some(next) => next.at,
        None => Some(message.len()),
    };
    end.and_then(|end| between(message.get(behind..end)?, next.is_some()))
        .or_else(|| value_behind(message.get(behind..)?))
}

/// The value in what stands between two keys, or behind the last one.
fn between(text: &str, has_next: bool) -> Option<&str> {
    let value = text
        .strip_prefix('"')?
        .trim_ascii_start()
        .strip_prefix(':')?;
    let value = if has_next {
        value
            .strip_suffix('"')?
            .trim_ascii_end()
            .strip_suffix(',')?
    } else {
        value.trim_ascii_end().strip_suffix('}')?
    };
    Some(value.trim_ascii())
}

/// The value behind a key, looked for where its end is not known.
#[cold]
fn value_behind(text: &str) -> Option<&str> {
    let text = text.strip_prefix('"')?.trim_ascii_start();
    let value = text.strip_prefix(':')?.trim_ascii_start();
    let mut values = serde_json::Deserializer::from_str(value).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    value.get(..values.byte_offset())
}

#[cfg(test)]
mod tests {
    use crate::{Change, ChangeKind, FieldSet, Object};

    fn permissions(message: &str) -> Option<String> {
        let change = Change::from_json(ChangeKind::Save, message).expect(message);
        let json = change.class_level_permissions_json().expect(message);
        let permissions = change.class_level_permissions().map(Object::to_string);
        assert_eq!(json, permissions.as_deref().unwrap_or("null"));
        permissions
    }

    #[test]
    fn permissions_are_found_wherever_they_stand() {
        let object = r#""currentParseObject":{"className":"C"}"#;
        let own = r#"{"find":{"*":true},"x":["}",",\"classLevelPermissions\":{}"]}"#;
        for key in ["classLevelPermissions", "classLevel\\u0050ermissions"] {
            for space in ["", " \n\t\r "] {
                let member = format!(r#"{space}"{key}"{space}:{space}{own}{space}"#);
                for message in [
                    format!("{{{member},{object}}}"),
                    format!("{{{object},{member}}}{space}"),
                    format!(r#"{{{member},"\u0061":1,{object}}}"#),
                    format!(r#"{{{member},"{key}":null,{object},{member}}}"#),
                    format!(r#"{{"{key}":5,{object},"b":"}}",{member},"":[1]}}"#),
                ] {
                    assert_eq!(permissions(&message).as_deref(), Some(own), "{message}");
                }
                let gone = format!(r#"{{{member},{object},"{key}"{space}:{space}null}}"#);
                assert_eq!(permissions(&gone), None, "{gone}");
            }
        }
    }

    #[test]
    fn what_is_no_utf8_elsewhere_does_no_harm() {
        let message = br#"{"classLevelPermissions":{"find":{}},"currentParseObject":{"className":"C","f":"?"}}"#;
        let odd = message.map(|byte| if byte == b'?' { 0xff } else { byte });
        let change = Change::from_slice(ChangeKind::Save, &odd, &FieldSet::new(["g"]));
        let change = change.expect("a message");
        let permissions = change.class_level_permissions();
        assert_eq!(
            permissions.map(Object::to_string).as_deref(),
            Some(r#"{"find":{}}"#)
        );
    }
}
