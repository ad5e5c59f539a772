//! Hints: what ordinary clauses do in LiveQuery for objects that one does not think of.

use super::equality::{faults_for_null, is_listed};
use super::operators::is_polygon;
use super::table::{self, Found};
use super::values::is_server_date;
use crate::constraint::{Operator, OperatorName, components};
use crate::explain;
use crate::value::{Datum, builtin};
use crate::warning::Surprise;

/// Of a path.
pub(super) fn of_path(path: &str) -> Option<Found> {
    match path {
        "ACL" => Some(&table::ACL),
        "expiresAt" | "lastUsed" | "timesUsed" => Some(&table::SERVER_NAME),
        path if components(path).any(is_of_javascript) => Some(&table::JAVASCRIPT_NAME),
        path if path.contains('.') => Some(&table::DOTTED_PATH),
        _ => None,
    }
}

/// Whether a name is one that lists, texts or any object of JavaScript answer to.
fn is_of_javascript(name: &str) -> bool {
    name == "length" || builtin::is_name(name)
}

/// Of a text, number or boolean in the place of operators.
pub(super) fn of_scalar(path: &str, operand: &Datum) -> Option<Found> {
    (is_server_date(path) && operand.as_text().is_some()).then_some(&table::SERVER_DATE_TEXT)
}

/// Of an operator of which nothing worse is to be said.
pub(super) fn of_operator(path: &str, operator: &Operator, mut hint: impl FnMut(Found)) {
    let operand = &operator.operand;
    match &operator.name {
        OperatorName::Lt
        | OperatorName::Lte
        | OperatorName::Gt
        | OperatorName::Gte
        | OperatorName::Eq
        | OperatorName::Ne
        | OperatorName::In
        | OperatorName::Nin
            if is_server_date(path) =>
        {
            hint(&table::SERVER_DATE_TEXT);
        }
        OperatorName::Lt | OperatorName::Lte | OperatorName::Gt | OperatorName::Gte => {
            hint(&table::RANGE_MISSING);
        }
        OperatorName::Eq => {
            if *operand == Datum::Null {
                hint(&table::EQ_NULL);
            }
            equality(operand, &table::EQ_LISTS, hint);
        }
        OperatorName::Ne => equality(operand, &table::NE_LISTS, hint),
        OperatorName::In | OperatorName::Nin if has_null(operand) => hint(&table::IN_NULL),
        OperatorName::All => hint(&table::ALL_IN_TEXT),
        OperatorName::ContainedBy => hint(&table::CONTAINED_FAULTS),
        OperatorName::Regex => hint(&table::REGEX_VALUES),
        OperatorName::Within => hint(&table::WITHIN_EDGES),
        OperatorName::GeoWithin => hint(area(operand)),
        OperatorName::GeoIntersects => hint(&table::INTERSECTS_FAULTS),
        OperatorName::In | OperatorName::Nin | OperatorName::Exists | OperatorName::Options => {}
        OperatorName::NearSphere | OperatorName::MaxDistance | OperatorName::Other(_) => {}
    }
}

/// The hints of a constraint, whatever worse is to be said of it: `operator` stands in the constraint with this operand, or the
/// operand in the place of operators.
pub(crate) fn of_constraint(
    path: &str,
    operator: Option<&OperatorName>,
    operand: &Datum,
) -> Vec<Found> {
    let mut found = Vec::new();
    match operator {
        Some(name) => {
            let operator = Operator {
                name: name.clone(),
                operand: operand.clone(),
            };
            of_operator(path, &operator, |surprise| found.push(surprise));
        }
        None if faults_for_null(operand) => found.push(&table::NULL_FAULTS),
        None => found.extend(of_scalar(path, operand)),
    }
    found
}

/// Whether what was found at a path is of the kind that a surprise is about; most are about whatever is found.
pub(crate) fn fits(surprise: &Surprise, found: &explain::Found) -> bool {
    if *surprise == table::EQ_LISTS || *surprise == table::NE_LISTS {
        return found.is_list();
    }
    if *surprise == table::TEXT_NO_ID {
        return found.is_pointer();
    }
    if *surprise == table::NULL_FAULTS {
        return found.is_null() || found.is_list();
    }
    true
}

/// Why a surprise is one for what was found: of those that have several sides the one that was met.
pub(crate) fn why(surprise: &Surprise, found: &explain::Found) -> &'static str {
    let sides: [(Found, &str, &str); 9] = [
        (
            &table::RANGE_MISSING,
            "a range holds for a missing field",
            "null counts as 0 in a range",
        ),
        (
            &table::REGEX_VALUES,
            "a missing field is searched as the text undefined",
            "null is searched as the text null",
        ),
        (
            &table::EQ_NULL,
            "$eq with null does not hold for a missing field",
            "$eq with null holds for null alone",
        ),
        (
            &table::NE_NULL,
            "$ne with null holds for a missing field",
            "$ne with null does not hold for null alone",
        ),
        (
            &table::IN_NULL,
            "null in a list does not find a missing field",
            "null in a list finds null",
        ),
        (
            &table::CONTAINED_FAULTS,
            "$containedBy faults for a missing field",
            "$containedBy faults for null",
        ),
        (
            &table::CIRCLE_MISSING,
            "a missing place is taken for the point (0, 0)",
            "a place that is null faults",
        ),
        (
            &table::POLYGON_FAULTS,
            "a missing place faults",
            "a place that is null faults",
        ),
        (
            &table::INTERSECTS_FAULTS,
            "a missing area faults",
            "an area that is null faults",
        ),
    ];
    let side = sides.iter().find(|(one, ..)| *surprise == **one);
    match (side, found) {
        (Some((_, of_missing, _)), explain::Found::Missing) => of_missing,
        (Some((.., of_null)), found) if found.is_null() => of_null,
        _ => surprise.why,
    }
}

fn equality(operand: &Datum, lists: Found, mut hint: impl FnMut(Found)) {
    if is_listed(operand) {
        hint(lists);
    }
    if operand.as_text().is_some() {
        hint(&table::TEXT_NO_ID);
    }
    if faults_for_null(operand) {
        hint(&table::NULL_FAULTS);
    }
}

fn has_null(operand: &Datum) -> bool {
    matches!(operand, Datum::Array(items) if items.contains(&Datum::Null))
}

fn area(operand: &Datum) -> Found {
    if is_polygon(operand) {
        &table::POLYGON_FAULTS
    } else {
        &table::CIRCLE_MISSING
    }
}
