//! What is read of a stream.

use std::collections::HashMap;

use redis::{RedisResult, Value, from_redis_value_ref};

use super::id::EntryId;
use crate::feed::stamps::Stamp;

/// A message in a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: EntryId,
    /// Where Parse Server would publish it.
    pub(super) channel: String,
    pub(super) message: Vec<u8>,
    pub(super) stamp: Option<Stamp>,
}

/// An entry that is no message, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) id: EntryId,
    pub(super) why: String,
}

/// How a stream stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// The last entry that was ever added.
    pub(super) last: EntryId,
    /// The first that is still there.
    pub(super) first: Option<EntryId>,
    /// How many were ever added; Redis counts since 7.0.
    pub(super) added: Option<u64>,
}

type Raw = (String, Vec<Vec<u8>>);

impl Standing {
    /// There is no stream yet.
    pub(super) fn none() -> Self {
        let added = Some(0);
        Self {
            added,
            ..Self::default()
        }
    }

    /// Reads the answer to `XINFO STREAM`.
    pub(super) fn read(answer: &Value) -> RedisResult<Self> {
        let mut members: HashMap<String, Value> = from_redis_value_ref(answer)?;
        let last: String =
            from_redis_value_ref(&members.remove("last-generated-id").unwrap_or(Value::Nil))?;
        let first: Option<Raw> =
            from_redis_value_ref(&members.remove("first-entry").unwrap_or(Value::Nil))?;
        let added = members.remove("entries-added");
        Ok(Self {
            last: id(&last)?,
            first: first.map(|(first, _)| id(&first)).transpose()?,
            added: added.as_ref().map(from_redis_value_ref).transpose()?,
        })
    }
}

/// Reads the answer to `XREAD` of one stream.
pub(super) fn read(answer: &Value) -> RedisResult<Vec<Result<Entry, Unread>>> {
    let streams: Option<HashMap<String, Vec<Raw>>> = from_redis_value_ref(answer)?;
    let entries = streams.unwrap_or_default().into_values().flatten();
    entries
        .map(|(name, fields)| Ok(entry(id(&name)?, fields)))
        .collect()
}

fn id(text: &str) -> RedisResult<EntryId> {
    let wrong = |why: String| (redis::ErrorKind::UnexpectedReturnType, "no entry", why).into();
    text.parse().map_err(wrong)
}

fn entry(id: EntryId, fields: Vec<Vec<u8>>) -> Result<Entry, Unread> {
    let unread = |why: &str| Unread {
        id,
        why: why.into(),
    };
    let (mut channel, mut message, mut writer, mut seq) = (None, None, None, None);
    let mut fields = fields.into_iter();
    while let (Some(name), Some(value)) = (fields.next(), fields.next()) {
        match name.as_slice() {
            b"channel" => channel = Some(value),
            b"message" => message = Some(value),
            b"writer" => writer = Some(value),
            b"seq" => seq = Some(value),
            _ => {}
        }
    }
    let text = |bytes| String::from_utf8(bytes).map_err(|_| unread("a field is no text"));
    let channel = text(channel.ok_or_else(|| unread("it has no channel"))?)?;
    let message = message.ok_or_else(|| unread("it has no message"))?;
    let seq = seq.map(text).transpose()?.map(|seq| seq.parse());
    let seq = seq
        .transpose()
        .map_err(|_| unread("at seq: expected a number"))?;
    let stamp = Stamp::read(writer.map(text).transpose()?, seq).map_err(|why| unread(&why))?;
    Ok(Entry {
        id,
        channel,
        message,
        stamp,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    fn raw(id: &str, fields: &[&str]) -> Value {
        let fields = fields.iter().map(|field| bulk(field)).collect();
        Value::Array(vec![bulk(id), Value::Array(fields)])
    }

    fn one(fields: &[&str]) -> Result<Entry, Unread> {
        let entries = Value::Array(vec![raw("1-0", fields)]);
        let answer = Value::Map(vec![(bulk("key"), entries)]);
        read(&answer).expect("an answer").pop().expect("an entry")
    }

    #[test]
    fn an_entry_is_a_message_with_or_without_a_stamp() {
        let entry = one(&["channel", "aafterSave", "message", "{}", "more", "x"]);
        let entry = entry.expect("a message");
        assert_eq!(entry.channel, "aafterSave");
        assert_eq!(entry.message, b"{}");
        assert_eq!(entry.stamp, None);
        let stamped = one(&["seq", "7", "writer", "w", "message", "{}", "channel", "c"]);
        let writer = "w".to_owned();
        let stamp = stamped.expect("a message").stamp;
        assert_eq!(stamp, Some(Stamp { writer, seq: 7 }));
        assert_eq!(read(&Value::Nil).expect("nothing"), []);
    }

    #[test]
    fn what_is_no_message_says_why() {
        for (fields, why) in [
            (&["message", "{}"][..], "no channel"),
            (&["channel", "c"], "no message"),
            (&["channel", "c", "message", "{}", "seq", "1"], "at /writer"),
            (&["channel", "c", "message", "{}", "writer", "w"], "at /seq"),
            (
                &["channel", "c", "message", "{}", "writer", "w", "seq", "-1"],
                "at seq",
            ),
            (&[], "no channel"),
        ] {
            let unread = one(fields).expect_err(why);
            assert!(unread.why.contains(why), "{unread:?}");
        }
    }

    #[test]
    fn a_standing_is_what_redis_says_before_and_since_it_counts() {
        let answer = |more: Vec<(Value, Value)>| {
            let mut members = vec![
                (bulk("length"), Value::Int(2)),
                (bulk("last-generated-id"), bulk("9-1")),
                (bulk("first-entry"), raw("4-0", &["a", "b"])),
            ];
            members.extend(more);
            Standing::read(&Value::Map(members)).expect("a standing")
        };
        let standing = answer(vec![]);
        assert_eq!(standing.last.to_string(), "9-1");
        assert_eq!(
            standing.first.map(|id| id.to_string()).as_deref(),
            Some("4-0")
        );
        assert_eq!(standing.added, None);
        let counted = answer(vec![(bulk("entries-added"), Value::Int(12))]);
        assert_eq!(counted.added, Some(12));
        let empty = answer(vec![(bulk("first-entry"), Value::Nil)]);
        assert_eq!(empty.first, None);
        assert!(Standing::read(&Value::Nil).is_err());
    }
}
