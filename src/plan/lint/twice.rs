//! Keys that an object in the text of a clause has twice. JavaScript keeps the last value in the first place, so that nothing
//! of this is left once the text is read.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::constraint::Place;
use crate::value::read_text;

/// RFC 6901 pointers to the keys that are repeated, each once for an object, and the keys.
pub(super) fn repeated(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let seed = Walk {
        at: &Place::ROOT,
        found: &mut found,
    };
    // The text was read before, so it can be read now.
    if read_text(text, seed).is_err() {
        found.clear();
    }
    found
}

/// Walks one value.
struct Walk<'a> {
    at: &'a Place<'a>,
    found: &'a mut Vec<(String, String)>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0;
        while seq
            .next_element_seed(Walk {
                at: &self.at.index(index),
                found: self.found,
            })?
            .is_some()
        {
            index += 1;
        }
        Ok(())
    }

    /// With `arbitrary_precision` numbers come this way too, as maps of one key.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut seen, mut told) = (HashSet::new(), HashSet::new());
        while let Some(key) = map.next_key::<String>()? {
            let at = self.at.key(&key);
            map.next_value_seed(Walk {
                at: &at,
                found: self.found,
            })?;
            if seen.contains(&key) {
                if !told.contains(&key) {
                    self.found.push((at.pointer(), key.clone()));
                    told.insert(key);
                }
            } else {
                seen.insert(key);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_each_repeated_key_once() {
        let found = repeated(
            r#"{"a":{"x":1,"y":1.5,"x":[{"z":-1,"z":true}]},"b/c":null,"a":2,"b/c":"s","a":3}"#,
        );
        let pointers: Vec<_> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(pointers, ["/a/x/0/z", "/a/x", "/a", "/b~1c"]);
    }
}
