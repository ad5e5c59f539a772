//! From a value back to JSON.

use std::fmt::Write;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::convert::write_number;
use super::val::{List, Members};
use super::{Datum, Fields, Val, date};

/// Appends the compact JSON text of a value, its numbers in JavaScript's form.
///
/// What JSON has no form for is null, as `JSON.stringify` has it.
pub(crate) fn write_json<'v>(value: impl Into<Val<'v>>, out: &mut String) {
    write_val(value.into(), out);
}

fn write_val(value: Val<'_>, out: &mut String) {
    match value {
        Val::Bool(true) => out.push_str("true"),
        Val::Bool(false) => out.push_str("false"),
        Val::Number(number) if number.is_finite() => write_number(number, out),
        Val::Text(text) => write_text(text, out),
        Val::Array(items) => write_list(items, out),
        Val::Object(members) => write_members(members, out),
        Val::Date(ms) => match date::to_iso(ms) {
            Some(iso) => write_text(&iso, out),
            None => out.push_str("null"),
        },
        Val::Instance(instance) => write_fields(&instance.own, out),
        Val::Undefined | Val::Null | Val::Number(_) | Val::Unit(_) | Val::Builtin(_) => {
            out.push_str("null");
        }
    }
}

/// Appends the compact JSON text of an object.
pub(crate) fn write_fields(fields: &Fields, out: &mut String) {
    write_members(Members::Fields(fields), out);
}

fn write_members(members: Members<'_>, out: &mut String) {
    out.push('{');
    let mut is_first = true;
    walk_written(members, |key, member| -> Option<()> {
        if !is_first {
            out.push(',');
        }
        is_first = false;
        write_text(key, out);
        out.push(':');
        write_val(member, out);
        None
    });
    out.push('}');
}

/// Visits the members that have a form in JSON: one that holds `undefined` is left out.
fn walk_written<'v, T>(
    members: Members<'v>,
    mut visit: impl FnMut(&'v str, Val<'v>) -> Option<T>,
) -> Option<T> {
    members.walk(|key, member| {
        if member.is_undefined() {
            return None;
        }
        visit(key, member)
    })
}

fn write_list(items: List<'_>, out: &mut String) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_val(item, out);
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
        Val::from(self).serialize(serializer)
    }
}

impl Serialize for Val<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Undefined | Self::Null | Self::Unit(_) | Self::Builtin(_) => {
                serializer.serialize_unit()
            }
            Self::Bool(value) => serializer.serialize_bool(value),
            Self::Number(number) => serialize_number(number, serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => serialize_list(items, serializer),
            Self::Object(members) => serialize_members(members, serializer),
            Self::Date(ms) => date::to_iso(ms).serialize(serializer),
            Self::Instance(instance) => serialize_fields(&instance.own, serializer),
        }
    }
}

pub(crate) fn serialize_fields<S: Serializer>(
    fields: &Fields,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serialize_members(Members::Fields(fields), serializer)
}

fn serialize_members<S: Serializer>(
    members: Members<'_>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    let failed = walk_written(members, |key, member| {
        map.serialize_entry(key, &member).err()
    });
    match failed {
        Some(error) => Err(error),
        None => map.end(),
    }
}

fn serialize_list<S: Serializer>(items: List<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut seq = serializer.serialize_seq(Some(items.len()))?;
    for item in items.iter() {
        seq.serialize_element(&item)?;
    }
    seq.end()
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
