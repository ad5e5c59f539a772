//! Numbers that `serde_json` shows as maps.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// With `arbitrary_precision`, which any crate of a build can switch on, `serde_json` shows a number to visitors that are
/// not its own as a map with this one key and the number's text.
///
/// JSON text and hosts can have such a map too, and there it is an object. The two differ in how they are handed over: of
/// a number the key is borrowed and its text is owned; in JSON text the value is never owned, and of a `Value` that is taken
/// apart the key is owned where the value is.
pub(crate) const MAGIC_NUMBER: &str = "$serde_json::private::Number";

/// Reads the value beside a borrowed [`MAGIC_NUMBER`]: a number, if it is the text of one, else by a visitor.
pub(super) struct Disguised<V>(pub(super) V);

impl<'de, V: Visitor<'de, Value = ()>> DeserializeSeed<'de> for Disguised<V> {
    type Value = Option<f64>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Skips the value beside a borrowed [`MAGIC_NUMBER`], unless it is the text of a number.
pub(crate) struct NumberOrIgnored;

impl<'de> DeserializeSeed<'de> for NumberOrIgnored {
    type Value = Option<f64>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_ignored_any(self)
    }
}

impl<'de> Visitor<'de> for NumberOrIgnored {
    type Value = Option<f64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        numbers_come_as_maps().then(|| number(&text)).transpose()
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
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

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        IgnoredAny.visit_seq(seq).map(|_| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        IgnoredAny.visit_map(map).map(|_| None)
    }
}

fn numbers_come_as_maps() -> bool {
    // Only that feature can read a number beyond the range of a double.
    serde_json::from_str::<serde_json::Number>("1e400").is_ok()
}

fn number<E: Error>(text: &str) -> Result<f64, E> {
    match text.parse() {
        Ok(number) if f64::is_finite(number) => Ok(number),
        _ => Err(E::custom("number out of range")),
    }
}

/// Hands on what is not the text of a number.
macro_rules! forward {
    ($($visit:ident($value:ty);)*) => {$(
        fn $visit<E: Error>(self, value: $value) -> Result<Self::Value, E> {
            self.0.$visit(value).map(|()| None)
        }
    )*};
}

impl<'de, V: Visitor<'de, Value = ()>> Visitor<'de> for Disguised<V> {
    type Value = Option<f64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        if numbers_come_as_maps() {
            return number(&text).map(Some);
        }
        self.visit_str(&text)
    }

    forward! {
        visit_str(&str);
        visit_bool(bool);
        visit_i64(i64);
        visit_i128(i128);
        visit_u64(u64);
        visit_u128(u128);
        visit_f64(f64);
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        self.0.visit_unit().map(|()| None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        self.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        self.0.visit_seq(seq).map(|()| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        self.0.visit_map(map).map(|()| None)
    }
}
