//! Reads a [`Datum`] from JSON in the order of the text, whatever features `serde_json` is built with.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use smallvec::SmallVec;

use super::gather::Gathered;
use super::{Datum, Fields};
use crate::field_set::FieldSet;

/// Reads one JSON value that is the whole of the text.
pub(crate) fn read_str(text: &str) -> Result<Datum, serde_json::Error> {
    serde_json::from_str(text)
}

/// Reads JSON that is the whole of some bytes.
///
/// Whether they are UTF-8 is found out at once for all of them, which is faster than for each text.
pub(crate) fn read_slice<'de, S: DeserializeSeed<'de>>(
    json: &'de [u8],
    seed: S,
) -> Result<S::Value, serde_json::Error> {
    match std::str::from_utf8(json) {
        Ok(text) => read_whole(serde_json::Deserializer::from_str(text), seed),
        Err(_) => read_whole(serde_json::Deserializer::from_slice(json), seed),
    }
}

fn read_whole<'de, R: serde_json::de::Read<'de>, S: DeserializeSeed<'de>>(
    mut deserializer: serde_json::Deserializer<R>,
    seed: S,
) -> Result<S::Value, serde_json::Error> {
    let value = seed.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Reads one object and keeps the fields of a set.
pub(crate) fn read_kept<'de, D: Deserializer<'de>>(
    deserializer: D,
    keep: &FieldSet,
) -> Result<Fields, D::Error> {
    let mut place = Datum::Undefined;
    deserializer.deserialize_map(KeptVisitor {
        keep,
        place: &mut place,
    })?;
    match place {
        Datum::Object(fields) => Ok(fields),
        _ => Err(D::Error::custom("expected an object")),
    }
}

/// Reads one value; of an object it keeps the fields of a set.
#[derive(Clone, Copy)]
pub(crate) struct Kept<'k>(pub(crate) &'k FieldSet);

impl<'de> DeserializeSeed<'de> for Kept<'_> {
    type Value = Datum;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Datum, D::Error> {
        let mut place = Datum::Undefined;
        deserializer.deserialize_any(KeptVisitor {
            keep: self.0,
            place: &mut place,
        })?;
        Ok(place)
    }
}

struct KeptVisitor<'k> {
    keep: &'k FieldSet,
    place: &'k mut Datum,
}

impl<'de> Visitor<'de> for KeptVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        InPlace(self.place).visit_unit()
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        InPlace(self.place).visit_bool(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        InPlace(self.place).visit_i64(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        InPlace(self.place).visit_u64(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        InPlace(self.place).visit_f64(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        InPlace(self.place).visit_str(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        InPlace(self.place).visit_seq(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { keep, place } = self;
        let room = keep.names().map_or(ROOM, |names| names.len().min(ROOM));
        let mut members = Gathered::with_capacity(room);
        while let Some(is_kept) = map.next_key_seed(NameSeed::new(keep, &mut members))? {
            match members.last().filter(|_| is_kept) {
                Some(value) => map.next_value_seed(InPlace(value))?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        *place = Datum::Object(members.build().kept(keep));
        Ok(())
    }
}

/// Room for so many fields is made at once.
const ROOM: usize = 32;

/// And for so many members of what is within a field: a pointer has three.
const USUAL: usize = 4;

/// Reads the name of a member and says whether it is to be kept; then it is the last of the members.
struct NameSeed<'k> {
    keep: &'k FieldSet,
    members: &'k mut Gathered,
}

impl<'k> NameSeed<'k> {
    fn new(keep: &'k FieldSet, members: &'k mut Gathered) -> Self {
        Self { keep, members }
    }
}

impl<'de> DeserializeSeed<'de> for NameSeed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<bool, E> {
        let Some((hash, name)) = self.keep.find_next(name, self.members.len()) else {
            return Ok(false);
        };
        self.members.open(hash, name);
        Ok(true)
    }
}

impl<'de> Deserialize<'de> for Datum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut place = Self::Undefined;
        InPlace(&mut place).deserialize(deserializer)?;
        Ok(place)
    }
}

/// Reads a value to where it is to be.
struct InPlace<'p>(&'p mut Datum);

impl<'de> DeserializeSeed<'de> for InPlace<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for InPlace<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        *self.0 = Datum::Null;
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        *self.0 = Datum::Bool(value);
        Ok(())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "JavaScript has doubles only and rounds alike"
    )]
    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        *self.0 = Datum::Number(value as f64);
        Ok(())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "JavaScript has doubles only and rounds alike"
    )]
    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        *self.0 = Datum::Number(value as f64);
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        *self.0 = Datum::Number(value);
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        *self.0 = Datum::text(value);
        Ok(())
    }

    fn visit_string<E>(self, value: String) -> Result<(), E> {
        *self.0 = Datum::Text(value.into());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        // Most lists are short: their room is asked for when it is known.
        let mut items: SmallVec<[Datum; 8]> = SmallVec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        *self.0 = Datum::Array(items.into_boxed_slice());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let keep = &FieldSet::all();
        let mut members = Gathered::with_capacity(USUAL);
        while let Some(_is_kept) = map.next_key_seed(NameSeed::new(keep, &mut members))? {
            if members.is_only(MAGIC_NUMBER) && numbers_come_as_maps() {
                *self.0 = number_in_disguise(&map.next_value::<String>()?)?;
                return Ok(());
            }
            if let Some(value) = members.last() {
                map.next_value_seed(InPlace(value))?;
            }
        }
        *self.0 = Datum::Object(members.build());
        Ok(())
    }
}

/// With `arbitrary_precision`, which any crate of a build can switch on, `serde_json` shows a number
/// to visitors that are not its own as a map with this one key and the number's text.
const MAGIC_NUMBER: &str = "$serde_json::private::Number";

fn numbers_come_as_maps() -> bool {
    // Only that feature can read a number beyond the range of a double.
    serde_json::from_str::<serde_json::Number>("1e400").is_ok()
}

fn number_in_disguise<E: Error>(text: &str) -> Result<Datum, E> {
    match text.parse() {
        Ok(number) if f64::is_finite(number) => Ok(Datum::Number(number)),
        _ => Err(E::custom("number out of range")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order_of_the_text() {
        let Ok(Datum::Object(fields)) = read_str(r#"{"b":1,"a":{"z":null,"y":[]},"b":2}"#) else {
            unreachable!("an object was read");
        };
        let keys: Vec<_> = fields.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["b", "a"]);
        assert_eq!(fields.get("b"), Some(&Datum::Number(2.0)));
    }

    #[test]
    fn rounds_integers_as_javascript_does() {
        let read = read_str("9007199254740993").ok();
        assert_eq!(read, Some(Datum::Number(9_007_199_254_740_992.0)));
    }

    #[test]
    fn a_number_in_disguise_is_an_object_unless_serde_json_made_it() {
        let text = format!("{{\"{MAGIC_NUMBER}\":\"5\"}}");
        let is_object = matches!(read_str(&text), Ok(Datum::Object(_)));
        assert_eq!(is_object, !numbers_come_as_maps());
    }
}
