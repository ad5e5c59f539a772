//! Hints: what ordinary clauses do in LiveQuery for objects that one does not think of.

use super::equality::{faults_for_null, is_listed};
use super::table::{self, Found};
use super::values::is_server_date;
use crate::constraint::Operator;
use crate::value::{Datum, Val};

/// Of a path.
pub(super) fn of_path(path: &str) -> Option<Found> {
    match path {
        "ACL" => Some(&table::ACL),
        path if path.contains('.') => Some(&table::DOTTED_PATH),
        _ => None,
    }
}

/// Of a text, number or boolean in the place of operators.
pub(super) fn of_scalar(path: &str, operand: &Datum) -> Option<Found> {
    (is_server_date(path) && operand.as_text().is_some()).then_some(&table::SERVER_DATE_TEXT)
}

/// Of an operator of which nothing worse is to be said.
pub(super) fn of_operator(path: &str, operator: &Operator, mut hint: impl FnMut(Found)) {
    let operand = &operator.operand;
    match &*operator.name {
        "$lt" | "$lte" | "$gt" | "$gte" | "$eq" | "$ne" | "$in" | "$nin"
            if is_server_date(path) =>
        {
            hint(&table::SERVER_DATE_TEXT);
        }
        "$lt" | "$lte" | "$gt" | "$gte" => hint(&table::RANGE_MISSING),
        "$eq" => {
            if *operand == Datum::Null {
                hint(&table::EQ_NULL);
            }
            equality(operand, &table::EQ_LISTS, hint);
        }
        "$ne" => equality(operand, &table::NE_LISTS, hint),
        "$in" | "$nin" if has_null(operand) => hint(&table::IN_NULL),
        "$all" => hint(&table::ALL_IN_TEXT),
        "$containedBy" => hint(&table::CONTAINED_FAULTS),
        "$regex" => hint(&table::REGEX_VALUES),
        "$within" => hint(&table::WITHIN_EDGES),
        "$geoWithin" => hint(area(operand)),
        "$geoIntersects" => hint(&table::INTERSECTS_FAULTS),
        _ => {}
    }
}

fn equality(operand: &Datum, lists: Found, mut hint: impl FnMut(Found)) {
    if is_listed(operand) {
        hint(lists);
    }
    if faults_for_null(operand) {
        hint(&table::NULL_FAULTS);
    }
}

fn has_null(operand: &Datum) -> bool {
    matches!(operand, Datum::Array(items) if items.contains(&Datum::Null))
}

fn area(operand: &Datum) -> Found {
    match Val::from(operand).get("$polygon") {
        Ok(polygon) if polygon.is_truthy() => &table::POLYGON_FAULTS,
        _ => &table::CIRCLE_MISSING,
    }
}
