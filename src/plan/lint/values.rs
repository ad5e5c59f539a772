//! What warnings need to know of fields and operands.

use crate::value::{Datum, Val, dated};

/// How the `iso` of a date is written.
pub(super) enum DateText {
    /// Whatever the time zone of the reader, it is the same date.
    Full,
    /// It has a time and no zone.
    Zoneless,
    Invalid,
}

pub(super) fn date_text(operand: &Datum) -> DateText {
    let iso = operand.as_fields().and_then(|fields| fields.get("iso"));
    let ms = iso.map_or(Ok(f64::NAN), |iso| dated::from_value(Val::from(iso)));
    if ms.map_or(true, f64::is_nan) {
        return DateText::Invalid;
    }
    match iso
        .and_then(Datum::as_text)
        .and_then(|text| text.split_once(['T', 't']))
    {
        Some((_, time)) if !time.contains(['Z', 'z', '+', '-']) => DateText::Zoneless,
        _ => DateText::Full,
    }
}

/// Whether a path is one of the two dates that the server shows its matcher as text.
pub(super) fn is_server_date(path: &str) -> bool {
    path == "createdAt" || path == "updatedAt"
}

/// Whether an object can have a field of this name: Parse Server stores no other, and its matcher is shown no other.
pub(super) fn can_be_stored(name: &str) -> bool {
    match name {
        "__type" => true,
        // Taken off, or never let in.
        "constructor" | "prototype" | "length" => false,
        _ => {
            let rest = name.strip_prefix(|first: char| first.is_ascii_alphabetic());
            rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        }
    }
}

pub(super) fn type_name(operand: &Datum) -> Option<&str> {
    operand.as_fields()?.get("__type")?.as_text()
}

/// Whether a member of a list can be in no stored array and equal to no stored value.
pub(super) fn is_unfindable(member: &Datum) -> bool {
    matches!(member, Datum::Array(_) | Datum::Object(_))
}

/// Whether a member of `$in` is a pointer, which a stored pointer is found by.
pub(super) fn is_pointer(member: &Datum) -> bool {
    let Some(fields) = member.as_fields() else {
        return false;
    };
    fields.get("className").is_some() && fields.get("objectId").is_some()
}

pub(super) fn is_date(operand: &Datum) -> bool {
    type_name(operand) == Some("Date")
}
