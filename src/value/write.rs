//! From a [`Datum`] back to JSON.

use std::fmt::Write;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::convert::write_number;
use super::{Datum, Fields, date};

/// Appends the compact JSON text of a value, its numbers in JavaScript's form.
///
/// What JSON has no form for is null, as `JSON.stringify` has it.
pub(crate) fn write_json(datum: &Datum, out: &mut String) {
    match datum {
        Datum::Bool(true) => out.push_str("true"),
        Datum::Bool(false) => out.push_str("false"),
        Datum::Number(number) if number.is_finite() => write_number(*number, out),
        Datum::Text(text) => write_text(text, out),
        Datum::Array(items) => write_list(items, out),
        Datum::Object(fields) => write_fields(fields, out),
        Datum::Date(ms) => match date::to_iso(*ms) {
            Some(iso) => write_text(&iso, out),
            None => out.push_str("null"),
        },
        Datum::Instance(instance) => write_fields(&instance.own, out),
        Datum::Undefined | Datum::Null | Datum::Number(_) | Datum::Unit(_) => out.push_str("null"),
    }
}

/// Appends the compact JSON text of an object.
pub(crate) fn write_fields(fields: &Fields, out: &mut String) {
    out.push('{');
    for (index, (key, member)) in written(fields).enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_text(key, out);
        out.push(':');
        write_json(member, out);
    }
    out.push('}');
}

/// The members that have a form in JSON: one that holds `undefined` is left out.
fn written(fields: &Fields) -> impl Iterator<Item = (&str, &Datum)> {
    fields
        .iter()
        .filter(|(_, member)| !matches!(member, Datum::Undefined))
}

fn write_list(items: &[Datum], out: &mut String) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_json(item, out);
    }
    out.push(']');
}

/// Appends a JSON string.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(is_escaped) {
        out.push_str(&rest[..at]);
        write_escaped(rest.as_bytes()[at], out);
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// Whether a byte is not written as it is; such bytes are characters of their own.
fn is_escaped(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | ..b' ')
}

fn write_escaped(byte: u8, out: &mut String) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        control => {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{control:04x}");
        }
    }
}

impl Serialize for Datum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Undefined | Self::Null | Self::Unit(_) => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => serialize_number(*number, serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(fields) => serialize_fields(fields, serializer),
            Self::Date(ms) => date::to_iso(*ms).serialize(serializer),
            Self::Instance(instance) => serialize_fields(&instance.own, serializer),
        }
    }
}

pub(crate) fn serialize_fields<S: Serializer>(
    fields: &Fields,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (key, member) in written(fields) {
        map.serialize_entry(key, member)?;
    }
    map.end()
}

/// Whole numbers without a fraction, as JavaScript prints them.
fn serialize_number<S: Serializer>(number: f64, serializer: S) -> Result<S::Ok, S::Error> {
    /// Beyond 2^53 whole numbers are not told apart.
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= WHOLE {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within range")]
        return serializer.serialize_i64(number as i64);
    }
    serializer.serialize_f64(number)
}
