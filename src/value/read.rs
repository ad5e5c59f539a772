//! Reads a [`Datum`] from JSON in the order of the text, whatever features `serde_json` is built with.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use smallvec::SmallVec;

use super::disguise::{Disguised, NumberOrIgnored};
use super::gather::Gathered;
use super::{Datum, Fields, Names};

/// Reads one JSON value that is the whole of the text.
pub(crate) fn read_str(text: &str) -> Result<Datum, serde_json::Error> {
    read_text(text, Item(ByReader))
}

/// Reads JSON that is the whole of some bytes.
///
/// Whether they are UTF-8 is found out at once for all of them, which is faster than for each text.
pub(crate) fn read_slice<'de, S: DeserializeSeed<'de>>(
    json: &'de [u8],
    seed: S,
) -> Result<S::Value, serde_json::Error> {
    match std::str::from_utf8(json) {
        Ok(text) => read_text(text, seed),
        Err(_) => read_whole(serde_json::Deserializer::from_slice(json), seed),
    }
}

/// As [`read_slice`], of a text.
pub(crate) fn read_text<'de, S: DeserializeSeed<'de>>(
    json: &'de str,
    seed: S,
) -> Result<S::Value, serde_json::Error> {
    read_whole(serde_json::Deserializer::from_str(json), seed)
}

fn read_whole<'de, R: serde_json::de::Read<'de>, S: DeserializeSeed<'de>>(
    mut deserializer: serde_json::Deserializer<R>,
    seed: S,
) -> Result<S::Value, serde_json::Error> {
    let value = seed.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Counts how deep values nest, so that reading them does not overflow the stack.
trait Levels: Copy {
    /// One level down.
    ///
    /// # Errors
    ///
    /// Fails if there are too many levels.
    fn below<E: Error>(self) -> Result<Self, E>;
}

/// `serde_json` does, unless a host tells its deserializer not to.
#[derive(Clone, Copy)]
struct ByReader;

impl Levels for ByReader {
    fn below<E: Error>(self) -> Result<Self, E> {
        Ok(self)
    }
}

/// How many levels are left.
impl Levels for u32 {
    fn below<E: Error>(self) -> Result<Self, E> {
        self.checked_sub(1)
            .ok_or_else(|| E::custom("recursion limit exceeded"))
    }
}

/// As many as `serde_json` reads.
const LEVELS: u32 = 127;

/// Reads one object from any deserializer and keeps the fields of a set.
pub(crate) fn read_kept<'de, D: Deserializer<'de>>(
    deserializer: D,
    keep: &Names,
) -> Result<Fields, D::Error> {
    read_object(deserializer, keep, LEVELS)
}

fn read_object<'de, D: Deserializer<'de>, L: Levels>(
    deserializer: D,
    keep: &Names,
    levels: L,
) -> Result<Fields, D::Error> {
    let mut place = Datum::Undefined;
    deserializer.deserialize_map(KeptVisitor {
        keep,
        place: &mut place,
        levels,
    })?;
    match place {
        Datum::Object(fields) => Ok(fields),
        _ => Err(D::Error::custom("expected an object")),
    }
}

/// Reads one object from JSON text and keeps the fields of a set.
#[derive(Clone, Copy)]
pub(crate) struct KeptObject<'k>(pub(crate) &'k Names);

impl<'de> DeserializeSeed<'de> for KeptObject<'_> {
    type Value = Fields;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fields, D::Error> {
        read_object(deserializer, self.0, ByReader)
    }
}

/// Reads one value from JSON text; of an object it keeps the fields of a set.
#[derive(Clone, Copy)]
pub(crate) struct Kept<'k>(pub(crate) &'k Names);

impl<'de> DeserializeSeed<'de> for Kept<'_> {
    type Value = Datum;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Datum, D::Error> {
        let mut place = Datum::Undefined;
        deserializer.deserialize_any(KeptVisitor {
            keep: self.0,
            place: &mut place,
            levels: ByReader,
        })?;
        Ok(place)
    }
}

struct KeptVisitor<'k, L> {
    keep: &'k Names,
    place: &'k mut Datum,
    levels: L,
}

impl<'k, L> KeptVisitor<'k, L> {
    /// Keeps a value whole that is not an object.
    fn in_place(self) -> InPlace<'k, L> {
        InPlace::new(self.place, self.levels)
    }
}

/// Hands what has no parts on to the visitor that reads whole values.
macro_rules! forward {
    ($($visit:ident($($value:ty)?);)*) => {$(
        forward!(@ $visit $($value)?);
    )*};
    (@ $visit:ident) => {
        fn $visit<E: Error>(self) -> Result<(), E> {
            self.in_place().$visit()
        }
    };
    (@ $visit:ident $value:ty) => {
        fn $visit<E: Error>(self, value: $value) -> Result<(), E> {
            self.in_place().$visit(value)
        }
    };
}

impl<'de, L: Levels> Visitor<'de> for KeptVisitor<'_, L> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    forward! {
        visit_unit();
        visit_none();
        visit_bool(bool);
        visit_i64(i64);
        visit_i128(i128);
        visit_u64(u64);
        visit_u128(u128);
        visit_f64(f64);
        visit_str(&str);
        visit_string(String);
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        self.in_place().visit_seq(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self {
            keep,
            place,
            levels,
        } = self;
        let levels = levels.below()?;
        let room = keep.listed().map_or(ROOM, |names| names.len().min(ROOM));
        let mut members = Gathered::with_capacity(room);
        while let Some(is_kept) = map.next_key_seed(NameSeed::new(keep, &mut members))? {
            let is_magic = if is_kept {
                members.is_magic()
            } else {
                members.skipped_magic()
            };
            let value = members.last().filter(|_| is_kept);
            if is_magic {
                if let Some(number) = disguised(&mut map, value, levels)? {
                    *place = Datum::Number(number);
                    return Ok(());
                }
                continue;
            }
            match value {
                Some(value) => map.next_value_seed(InPlace::new(value, levels))?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        *place = Datum::Object(members.build().kept(keep));
        Ok(())
    }
}

/// How many fields room is made for at once.
const ROOM: usize = 32;

/// How many members room is made for in a nested object: a pointer has three.
const USUAL: usize = 4;

/// Reads the name of a member and says whether it is to be kept; then it is the last of the members.
struct NameSeed<'k> {
    keep: &'k Names,
    members: &'k mut Gathered,
}

impl<'k> NameSeed<'k> {
    fn new(keep: &'k Names, members: &'k mut Gathered) -> Self {
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
            self.members.skip(name);
            return Ok(false);
        };
        self.members.open(hash, name);
        Ok(true)
    }

    /// Owned by a value that is taken apart, where a magic name is one like others.
    fn visit_string<E: Error>(self, name: String) -> Result<bool, E> {
        let Self { keep, members } = self;
        let is_kept = NameSeed::new(keep, members).visit_str(&name);
        members.set_owned();
        is_kept
    }
}

/// Reads the value beside the magic name, to its place if it is kept. The number, if the map is one in disguise; else this
/// is a member like others.
#[cold]
fn disguised<'de, A: MapAccess<'de>, L: Levels>(
    map: &mut A,
    place: Option<&mut Datum>,
    levels: L,
) -> Result<Option<f64>, A::Error> {
    match place {
        Some(place) => map.next_value_seed(Disguised(InPlace::new(place, levels))),
        None => map.next_value_seed(NumberOrIgnored),
    }
}

/// Reads a value from any deserializer.
impl<'de> Deserialize<'de> for Datum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Item(LEVELS).deserialize(deserializer)
    }
}

/// Reads a value.
#[derive(Clone, Copy)]
struct Item<L>(L);

impl<'de, L: Levels> DeserializeSeed<'de> for Item<L> {
    type Value = Datum;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Datum, D::Error> {
        let mut place = Datum::Undefined;
        deserializer.deserialize_any(InPlace::new(&mut place, self.0))?;
        Ok(place)
    }
}

/// Reads a value to where it is to be.
struct InPlace<'p, L> {
    place: &'p mut Datum,
    levels: L,
}

impl<'p, L> InPlace<'p, L> {
    fn new(place: &'p mut Datum, levels: L) -> Self {
        Self { place, levels }
    }
}

impl<'de, L: Levels> DeserializeSeed<'de> for InPlace<'_, L> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, L: Levels> Visitor<'de> for InPlace<'_, L> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        *self.place = Datum::Null;
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        *self.place = Datum::Bool(value);
        Ok(())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "JavaScript has doubles only and rounds alike"
    )]
    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        *self.place = Datum::Number(value as f64);
        Ok(())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "JavaScript has doubles only and rounds alike"
    )]
    fn visit_i128<E>(self, value: i128) -> Result<(), E> {
        *self.place = Datum::Number(value as f64);
        Ok(())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "JavaScript has doubles only and rounds alike"
    )]
    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        *self.place = Datum::Number(value as f64);
        Ok(())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "JavaScript has doubles only and rounds alike"
    )]
    fn visit_u128<E>(self, value: u128) -> Result<(), E> {
        *self.place = Datum::Number(value as f64);
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        *self.place = Datum::Number(value);
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        *self.place = Datum::text(value);
        Ok(())
    }

    fn visit_string<E>(self, value: String) -> Result<(), E> {
        *self.place = Datum::Text(value.into());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let levels = self.levels.below()?;
        // Most lists are short: their room is asked for when it is known.
        let mut items: SmallVec<[Datum; 8]> = SmallVec::new();
        while let Some(item) = seq.next_element_seed(Item(levels))? {
            items.push(item);
        }
        *self.place = Datum::Array(items.into_boxed_slice());
        Ok(())
    }

    #[expect(
        clippy::inline_always,
        reason = "each nested object goes through here, but the compiler sees a second, rare caller"
    )]
    #[inline(always)]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let levels = self.levels.below()?;
        let keep = &Names::All;
        let mut members = Gathered::with_capacity(USUAL);
        while let Some(_is_kept) = map.next_key_seed(NameSeed::new(keep, &mut members))? {
            let is_magic = members.is_magic();
            let value = members.last();
            if is_magic {
                if let Some(number) = disguised(&mut map, value, levels)? {
                    *self.place = Datum::Number(number);
                    return Ok(());
                }
            } else if let Some(place) = value {
                map.next_value_seed(InPlace::new(place, levels))?;
            }
        }
        *self.place = Datum::Object(members.build());
        Ok(())
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
    fn what_nests_too_deep_is_an_error() {
        let nested = |levels: usize| {
            let mut value = serde_json::Value::Null;
            for _ in 0..levels {
                value = serde_json::Value::Array(vec![value]);
            }
            Datum::deserialize(value)
        };
        assert!(nested(127).is_ok());
        assert!(nested(200).is_err());
    }
}
