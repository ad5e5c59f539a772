//! Reads a message, its objects in part.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::permissions::Permissions;
use super::{CURRENT, ORIGINAL, PERMISSIONS};
use crate::field_set::FieldSet;
use crate::value::{Datum, Kept, Text};

/// The members of a message that mean something.
pub(super) struct Message {
    /// Undefined if it is not there.
    pub(super) current: Datum,
    pub(super) original: Datum,
    pub(super) permissions: Option<Permissions>,
}

/// Reads a message from JSON text, of its objects the fields of a set; nothing if the JSON is no object.
pub(super) struct MessageSeed<'k>(pub(super) &'k FieldSet);

impl<'de> DeserializeSeed<'de> for MessageSeed<'_> {
    type Value = Option<Message>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for MessageSeed<'_> {
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
        while let Some(key) = map.next_key::<Text>()? {
            match &*key {
                CURRENT => message.current = map.next_value_seed(Kept(self.0))?,
                ORIGINAL => message.original = map.next_value_seed(Kept(self.0))?,
                PERMISSIONS => {
                    let text = map.next_value::<&RawValue>()?.get();
                    let permissions = Permissions::new(text).map_err(A::Error::custom)?;
                    message.permissions = Some(permissions);
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Some(message))
    }
}
