//! What is posted: a message, or several at once.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::stamps::Stamp;

/// How many messages may come at once. There is an answer for each, which is longer than the shortest messages.
const MOST: usize = 10_000;

/// How a body holds its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A message, or an array of them.
    Json,
    /// A message in each line.
    Lines,
}

/// The texts of messages.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Texts<'a> {
    One(&'a [u8]),
    /// Those that came at once, in their order.
    Each(Vec<&'a [u8]>),
}

/// A message as Parse Server publishes it, and what would be its channel on Redis.
#[derive(Deserialize)]
pub(super) struct Post<'a> {
    #[serde(borrow)]
    pub(super) op: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) message: &'a RawValue,
    writer: Option<String>,
    seq: Option<u64>,
}

impl Form {
    /// The form that a media type names.
    pub(crate) fn of(media_type: &str) -> Option<Self> {
        let is = |name| media_type.eq_ignore_ascii_case(name);
        if is("application/json") {
            Some(Self::Json)
        } else if is("application/x-ndjson") || is("application/jsonl") {
            Some(Self::Lines)
        } else {
            None
        }
    }

    /// Takes a body apart. An error is about all of it.
    pub(super) fn split(self, body: &[u8]) -> Result<Texts<'_>, String> {
        match self {
            Self::Lines => lines(body).map(Texts::Each),
            Self::Json if is_array(body) => array(body).map(Texts::Each),
            Self::Json => Ok(Texts::One(body)),
        }
    }
}

impl<'a> Post<'a> {
    pub(super) fn read(text: &'a [u8]) -> Result<Self, String> {
        serde_json::from_slice(text)
            .map_err(|error| format!("expected {{\"op\": …, \"message\": …}}: {error}"))
    }

    /// By whom and as which of theirs it was written, if it says so.
    pub(super) fn stamp(&mut self) -> Result<Option<Stamp>, String> {
        Stamp::read(self.writer.take(), self.seq)
    }
}

fn is_array(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"[")
}

fn too_many() -> String {
    format!("expected at most {MOST} messages at once")
}

fn lines(body: &[u8]) -> Result<Vec<&[u8]>, String> {
    let all = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let lines: Vec<_> = all.filter(|line| !line.is_empty()).take(MOST + 1).collect();
    if lines.len() > MOST {
        return Err(too_many());
    }
    Ok(lines)
}

fn array(body: &[u8]) -> Result<Vec<&[u8]>, String> {
    let array: Array<'_> = serde_json::from_slice(body)
        .map_err(|error| format!("expected an array of messages: {error}"))?;
    let texts = array.0.into_iter().map(|item| item.get().as_bytes());
    Ok(texts.collect())
}

/// The items of an array, not read yet.
struct Array<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Array<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Items).map(Array)
    }
}

/// Collects items, and no more than there may be: a body of a few million would otherwise take many times its bytes.
struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(item) = items.next_element()? {
            if found.len() == MOST {
                return Err(A::Error::custom(too_many()));
            }
            found.push(item);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each<'a>(texts: impl IntoIterator<Item = &'a str>) -> Texts<'a> {
        Texts::Each(texts.into_iter().map(str::as_bytes).collect())
    }

    #[test]
    fn a_body_is_a_message_or_several() {
        let one = b" {\"a\": [1]}";
        assert_eq!(Form::Json.split(one), Ok(Texts::One(one)));
        assert_eq!(
            Form::Json.split(b"\n [ {\"a\":1} , 2,[3] ]\r\n"),
            Ok(each([r#"{"a":1}"#, "2", "[3]"]))
        );
        assert_eq!(Form::Json.split(b"[]"), Ok(each([])));
        // What stands in a line is the business of the line.
        assert_eq!(
            Form::Lines.split(b"{\"a\":1}\r\n\n {\n[1]\n"),
            Ok(each([r#"{"a":1}"#, "{", "[1]"]))
        );
        assert_eq!(Form::Lines.split(b""), Ok(each([])));
    }

    #[test]
    fn an_array_that_is_none_is_refused_as_a_whole() {
        for body in ["[", "[{}", "[{},]", "[{}] x", "[{} {}]", "[\"\\x\"]"] {
            let said = Form::Json.split(body.as_bytes());
            assert!(
                said.is_err_and(|error| error.starts_with("expected an array of messages")),
                "{body}"
            );
        }
        assert!(Form::Json.split(b"[\"\xff\"]").is_err());
    }

    #[test]
    fn there_are_so_many_at_once_and_no_more() {
        let array = |count| format!("[{}]", vec!["1"; count].join(","));
        let lines = |count| "1\n".repeat(count);
        let is_refused = |form: Form, body: &str| {
            let said = form.split(body.as_bytes());
            said.is_err_and(|error| error.contains("at most 10000 messages"))
        };
        assert!(!is_refused(Form::Json, &array(MOST)));
        assert!(is_refused(Form::Json, &array(MOST + 1)));
        assert!(!is_refused(Form::Lines, &lines(MOST)));
        assert!(is_refused(Form::Lines, &lines(MOST + 1)));
    }

    #[test]
    fn the_media_type_says_the_form() {
        let forms = [
            ("application/json", Some(Form::Json)),
            ("Application/JSON", Some(Form::Json)),
            ("application/x-ndjson", Some(Form::Lines)),
            ("application/jsonl", Some(Form::Lines)),
            ("text/plain", None),
            ("", None),
        ];
        for (name, form) in forms {
            assert_eq!(Form::of(name), form, "{name}");
        }
    }
}
