//! Reads a message, its objects in part.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::key::{Key, KeySeed, Part, permissions_at};
use super::permissions::Permissions;
use crate::value::{Datum, Kept, Names, NumberOrIgnored};

/// The members of a message that mean something.
pub(super) struct Message {
    /// Undefined if it is not there.
    pub(super) current: Datum,
    pub(super) original: Datum,
    pub(super) permissions: Option<Permissions>,
}

/// Reads a message that is the whole of a JSON text, of its objects the fields of a set; nothing if the JSON is no object.
pub(super) struct MessageSeed<'k, 'de> {
    /// There if it is UTF-8.
    pub(super) text: Option<&'de str>,
    pub(super) keep: &'k Names,
}

impl<'de> DeserializeSeed<'de> for MessageSeed<'_, 'de> {
    type Value = Option<Message>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for MessageSeed<'_, 'de> {
    type Value = Option<Message>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut message = Message {
            current: Datum::Undefined,
            original: Datum::Undefined,
            permissions: None,
        };
        // Where the permissions stand whose end is not known yet.
        let mut open: Option<usize> = None;
        loop {
            let key = map.next_key_seed(KeySeed(self.text))?;
            if let Some(at) = open.take() {
                message.permissions = Some(self.permissions(at, key.as_ref())?);
            }
            let Some(key) = key else { break };
            match (key.part, key.at) {
                (Part::Current, _) => message.current = map.next_value_seed(Kept(self.keep))?,
                (Part::Original, _) => message.original = map.next_value_seed(Kept(self.keep))?,
                (Part::Permissions, Some(at)) => {
                    map.next_value::<IgnoredAny>()?;
                    open = Some(at);
                }
                (Part::Permissions, None) => {
                    let json = map.next_value::<Datum>()?;
                    message.permissions = Some(json.into());
                }
                (Part::Magic, _) => {
                    if map.next_value_seed(NumberOrIgnored)?.is_some() {
                        return Ok(None);
                    }
                }
                (Part::Other, _) => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Some(message))
    }
}

impl MessageSeed<'_, '_> {
    /// The permissions whose key stands at a place, given the key that follows.
    fn permissions<E: Error>(&self, at: usize, next: Option<&Key>) -> Result<Permissions, E> {
        match self.text.and_then(|text| permissions_at(text, at, next)) {
            Some(text) => Permissions::new(text).map_err(E::custom),
            None => Err(E::custom("expected the end of the permissions")),
        }
    }
}
