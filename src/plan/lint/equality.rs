//! Warnings about a value in the place of operators, and about `$eq` and `$ne`.

use super::values::{DateText, date_text};
use super::{Finding, is_server_date, type_name};
use crate::decode::decode;
use crate::value::Datum;
use crate::warning::Effect::{self, AlwaysMatches, Differs, Faults, NeverMatches};

pub(super) const NULL: Finding = (
    NeverMatches,
    "null is equal to nothing here; ask for a missing field by {\"$exists\": false}, for null by {\"$eq\": null}",
);

pub(super) const EMPTY: Finding = (
    AlwaysMatches,
    "an empty object asks for nothing; leave the field out, or compare it with {\"$eq\": {}}",
);

const SERVER_DATE_EQUAL: Finding = (
    NeverMatches,
    "the server compares this date as text; keep a date of your own in another field",
);

const UNDECODABLE: Finding = (
    Faults,
    "Parse's SDK refuses to decode this value; give valid coordinates, amounts or class names",
);

pub(super) const INVALID_DATE: Finding = (
    NeverMatches,
    "this is no date in ISO 8601; write it as 2024-01-31T12:00:00.000Z",
);

pub(super) const ZONELESS_DATE: Finding = (
    Differs,
    "a time without a zone is read as UTC here and as local time by Parse Server; end it with Z",
);

pub(super) const LITERAL_OBJECT: Finding = (
    NeverMatches,
    "its keys are taken for operators; compare with an object by {\"$eq\": {…}}",
);

pub(super) fn list(items: &[Datum]) -> Finding {
    if items.is_empty() {
        (
            AlwaysMatches,
            "an empty list asks for nothing; compare it with {\"$eq\": []}",
        )
    } else {
        (
            NeverMatches,
            "a list equals nothing here; compare with a list by {\"$eq\": […]}, or use $in or $all",
        )
    }
}

/// `{"f": {"__type": …}}`.
pub(super) fn typed(key: &str, operand: &Datum) -> Option<Finding> {
    if type_name(operand) == Some("Pointer") {
        return None;
    }
    if decode(operand).is_err() {
        return Some(UNDECODABLE);
    }
    match type_name(operand) {
        Some("Date") if is_server_date(key) => Some(SERVER_DATE_EQUAL),
        Some("Date") => date(operand, NeverMatches),
        Some("Bytes") => None,
        Some("GeoPoint") => Some((
            NeverMatches,
            "a GeoPoint equals no stored one; use $nearSphere with a small $maxDistance",
        )),
        Some("Polygon") => Some((
            NeverMatches,
            "a Polygon equals no stored one; use $geoIntersects with a point inside",
        )),
        Some("File") => Some((
            NeverMatches,
            "a File equals no stored one; compare its url by the path `field.url`",
        )),
        Some("Relation") => Some((
            NeverMatches,
            "a Relation equals no stored one; keep a list of pointers to ask for",
        )),
        Some("Object") => Some((
            NeverMatches,
            "an included object equals nothing; compare with a Pointer to it",
        )),
        _ => None,
    }
}

/// `$eq` and `$ne`, the latter with the effects turned round.
pub(super) fn deep(key: &str, operand: &Datum, negated: bool) -> Option<Finding> {
    let type_name = type_name(operand)?;
    if decode(operand).is_err() {
        return Some(UNDECODABLE);
    }
    let never = if negated { AlwaysMatches } else { NeverMatches };
    match type_name {
        "Pointer" => Some((
            never,
            "$eq and $ne tell no pointers apart; write the pointer in the place of the operators, or in $nin",
        )),
        "Object" => Some((
            never,
            "$eq and $ne tell no objects apart; write a Pointer in the place of the operators",
        )),
        "Date" if is_server_date(key) => Some((never, SERVER_DATE_EQUAL.1)),
        "Date" => date(operand, never),
        "GeoPoint" => Some((
            never,
            "a GeoPoint equals no stored one; use $nearSphere with a small $maxDistance",
        )),
        "Polygon" => Some((
            never,
            "a Polygon equals no stored one; use $geoIntersects with a point inside",
        )),
        "File" => Some((
            never,
            "a File equals no stored one; compare its url by the path `field.url`",
        )),
        "Relation" => Some((
            never,
            "a Relation equals no stored one; keep a list of pointers to ask for",
        )),
        _ => None,
    }
}

/// A date operand whose text is not what it should be.
pub(super) fn date(operand: &Datum, if_invalid: Effect) -> Option<Finding> {
    match date_text(operand) {
        DateText::Full => None,
        DateText::Zoneless => Some(ZONELESS_DATE),
        DateText::Invalid => Some((if_invalid, INVALID_DATE.1)),
    }
}
