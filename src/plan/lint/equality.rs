//! Warnings about a value in the place of operators, and about `$eq` and `$ne`.

use super::table::{self, Found};
use super::values::{DateText, date_text, is_server_date, type_name};
use crate::decode::{decode, decode_if_typed};
use crate::value::{Datum, Val};

pub(super) fn list(items: &[Datum]) -> Found {
    match items.first() {
        None => &table::EQUALS_EMPTY_LIST,
        // The first member is decoded before the list is found to be none of the known operators.
        Some(first) if decode_if_typed(first.clone()).is_none() => &table::UNDECODABLE,
        Some(_) => &table::EQUALS_LIST,
    }
}

/// `{"f": {"__type": …}}`.
pub(super) fn typed(key: &str, operand: &Datum) -> Option<Found> {
    if type_name(operand) == Some("Pointer") {
        return (!is_whole_pointer(operand)).then_some(&table::POINTER_INCOMPLETE);
    }
    equal(key, operand)
}

fn is_whole_pointer(operand: &Datum) -> bool {
    let part = |name| operand.as_fields().and_then(|fields| fields.get(name));
    let is_text = |name| part(name).and_then(Datum::as_text).is_some();
    is_text("className") && is_text("objectId")
}

/// `$eq`.
pub(super) fn equal(key: &str, operand: &Datum) -> Option<Found> {
    if decode_if_typed(operand.clone()).is_none() {
        return Some(&table::UNDECODABLE);
    }
    Some(match type_name(operand)? {
        "Pointer" if is_instance(operand) => &table::EQ_POINTER,
        "Object" if is_instance(operand) => &table::EQUALS_INCLUDED,
        "Date" if is_server_date(key) => &table::EQUALS_SERVER_DATE,
        "Date" => return date(operand, &table::INVALID_DATE),
        "GeoPoint" => &table::EQUALS_GEO_POINT,
        "Polygon" => &table::EQUALS_POLYGON,
        "File" => &table::EQUALS_FILE,
        "Relation" => &table::EQUALS_RELATION,
        _ => return None,
    })
}

/// `$ne`.
pub(super) fn not_equal(key: &str, operand: &Datum) -> Option<Found> {
    if decode_if_typed(operand.clone()).is_none() {
        return Some(&table::UNDECODABLE);
    }
    if *operand == Datum::Null {
        return Some(&table::NE_NULL);
    }
    Some(match type_name(operand)? {
        "Pointer" if is_instance(operand) => &table::NE_POINTER,
        "Object" if is_instance(operand) => &table::NE_INCLUDED,
        "Date" if is_server_date(key) => &table::NE_SERVER_DATE,
        "Date" => return date(operand, &table::INVALID_DATE),
        "GeoPoint" => &table::NE_GEO_POINT,
        "Polygon" => &table::NE_POLYGON,
        "File" => &table::NE_FILE,
        "Relation" => &table::NE_RELATION,
        _ => return None,
    })
}

/// Whether the SDK makes an object of its own of it, which nothing equals: without a class it stays as it is.
fn is_instance(operand: &Datum) -> bool {
    matches!(decode(operand), Ok(Datum::Instance(_)))
}

/// A date operand whose text is not what it should be.
pub(super) fn date(operand: &Datum, if_invalid: Found) -> Option<Found> {
    match date_text(operand) {
        DateText::Full => None,
        DateText::Zoneless => Some(&table::ZONELESS_DATE),
        DateText::Invalid => Some(if_invalid),
    }
}

/// Whether a comparison with this operand faults for null: the operand is no scalar.
pub(super) fn faults_for_null(operand: &Datum) -> bool {
    matches!(operand, Datum::Array(_) | Datum::Object(_))
}

/// Whether an operand can stand in a list, so that one might expect to find it there.
pub(super) fn is_listed(operand: &Datum) -> bool {
    !matches!(operand, Datum::Null) && !Val::from(operand).is_undefined()
}
