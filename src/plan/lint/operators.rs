//! Warnings about operators.

use std::f64::consts::PI;

use super::equality::{self, date};
use super::table::{self, Found};
use super::values::{is_date, is_pointer, is_server_date, is_unfindable};
use crate::constraint::operator::operand_of;
use crate::constraint::{Combine, Operator, OperatorName, Place};
use crate::decode::decode_if_typed;
use crate::geo::Point;
use crate::op::Op;
use crate::op::geo::{Circle, Near, Polygon, Within};
use crate::op::regex::Regex;
use crate::plan::{Context, pattern};
use crate::value::{Datum, Val};

pub(super) fn empty_group(combine: Combine) -> Found {
    match combine {
        Combine::Or => &table::OR_EMPTY,
        Combine::And | Combine::Nor => &table::AND_EMPTY,
    }
}

pub(super) fn blank_branch(combine: Combine) -> Found {
    match combine {
        Combine::Or | Combine::And => &table::BLANK_BRANCH,
        Combine::Nor => &table::NOR_BLANK,
    }
}

/// Whether an operator's answer is that of the constraint, so that those behind it are not looked at.
pub(super) fn ends(operator: &Operator) -> bool {
    match &operator.name {
        OperatorName::NearSphere
        | OperatorName::Within
        | OperatorName::ContainedBy
        | OperatorName::GeoIntersects => true,
        OperatorName::GeoWithin => {
            is_polygon(&operator.operand) || part(&operator.operand, "$centerSphere")
        }
        OperatorName::Eq
        | OperatorName::Ne
        | OperatorName::Lt
        | OperatorName::Lte
        | OperatorName::Gt
        | OperatorName::Gte
        | OperatorName::In
        | OperatorName::Nin
        | OperatorName::All
        | OperatorName::Exists
        | OperatorName::Regex
        | OperatorName::Options
        | OperatorName::MaxDistance
        | OperatorName::Other(_) => false,
    }
}

/// What is to be said of an operator that is not looked at, unless its place does not matter.
pub(super) fn unreached(name: &OperatorName) -> Option<Found> {
    match name {
        // They are read from where the operator is that they belong to.
        OperatorName::Options | OperatorName::MaxDistance => None,
        OperatorName::Other(name) if is_distance_unit(name) => Some(&table::DISTANCE_UNIT_IGNORED),
        OperatorName::Eq
        | OperatorName::Ne
        | OperatorName::Lt
        | OperatorName::Lte
        | OperatorName::Gt
        | OperatorName::Gte
        | OperatorName::In
        | OperatorName::Nin
        | OperatorName::All
        | OperatorName::ContainedBy
        | OperatorName::Exists
        | OperatorName::Regex
        | OperatorName::NearSphere
        | OperatorName::Within
        | OperatorName::GeoWithin
        | OperatorName::GeoIntersects
        | OperatorName::Other(_) => Some(&table::ENDED),
    }
}

fn is_distance_unit(name: &str) -> bool {
    matches!(
        name,
        "$maxDistanceInMiles" | "$maxDistanceInKilometers" | "$maxDistanceInRadians"
    )
}

/// Whether the area of a `$geoWithin` is a polygon.
pub(super) fn is_polygon(operand: &Datum) -> bool {
    part(operand, "$polygon")
}

fn part(operand: &Datum, key: &str) -> bool {
    Val::from(operand).get(key).is_ok_and(Val::is_truthy)
}

/// What is to be said of one operator.
pub(super) fn finding(
    path: &str,
    operator: &Operator,
    beside: &[Operator],
    context: &Context<'_>,
) -> Option<Found> {
    let raw = &operator.operand;
    let Some(operand) = decode_if_typed(raw.clone()) else {
        return Some(&table::UNDECODABLE);
    };
    match &operator.name {
        OperatorName::Lt | OperatorName::Lte | OperatorName::Gt | OperatorName::Gte => {
            range(path, raw)
        }
        OperatorName::Eq => equality::equal(path, raw),
        OperatorName::Ne => equality::not_equal(path, raw),
        OperatorName::In => in_list(raw, &table::IN_EMPTY, &table::IN_UNFINDABLE),
        OperatorName::Nin => {
            in_list(raw, &table::NIN_EMPTY, &table::NIN_UNFINDABLE).map(not_in_list)
        }
        OperatorName::All => all(raw),
        OperatorName::ContainedBy => contained_by(raw),
        OperatorName::Exists => {
            (!matches!(raw, Datum::Bool(_))).then_some(&table::EXISTS_NO_BOOLEAN)
        }
        OperatorName::Regex => regex(&operand, beside, context),
        OperatorName::Options => alone(beside, &OperatorName::Regex, &table::OPTIONS_ALONE),
        OperatorName::NearSphere => near(&operand, beside),
        OperatorName::MaxDistance => {
            alone(beside, &OperatorName::NearSphere, &table::DISTANCE_ALONE)
        }
        OperatorName::Within => within(&operand),
        OperatorName::GeoWithin => geo_within(&operand),
        OperatorName::GeoIntersects => geo_intersects(&operand),
        OperatorName::Other(name) => Some(without_effect(name)),
    }
}

fn range(path: &str, operand: &Datum) -> Option<Found> {
    match operand {
        _ if is_date(operand) && is_server_date(path) => Some(&table::RANGE_SERVER_DATE),
        _ if is_date(operand) => date(operand, &table::RANGE_INVALID_DATE),
        Datum::Object(fields) if fields.get("$relativeTime").is_some() => {
            Some(&table::RELATIVE_TIME)
        }
        Datum::Object(_) => Some(&table::RANGE_OBJECT),
        Datum::Array(_) => Some(&table::RANGE_LIST),
        Datum::Null | Datum::Bool(_) => Some(&table::RANGE_NULL),
        _ => None,
    }
}

fn in_list(operand: &Datum, if_empty: Found, if_unfindable: Found) -> Option<Found> {
    let Datum::Array(items) = operand else {
        return Some(match operand {
            Datum::Text(_) => &table::IN_TEXT,
            // Its members are walked when a pointer is looked for.
            Datum::Object(_) => &table::IN_OBJECT,
            _ => &table::IN_NO_LIST,
        });
    };
    let is_never_found = |item: &Datum| is_unfindable(item) && !is_pointer(item);
    if items.is_empty() {
        Some(if_empty)
    } else if items.iter().all(is_never_found) {
        Some(if_unfindable)
    } else if items.iter().any(is_never_found) {
        Some(&table::IN_PARTLY_UNFINDABLE)
    } else if items.contains(&Datum::Null) && items.iter().any(is_pointer) {
        Some(&table::IN_NULL_AND_POINTER)
    } else {
        None
    }
}

/// What is found of a `$nin` where it is not what is found of an `$in`.
fn not_in_list(found: Found) -> Found {
    if found == &table::IN_NO_LIST {
        &table::NIN_NO_LIST
    } else {
        found
    }
}

fn all(operand: &Datum) -> Option<Found> {
    match operand {
        Datum::Array(items) if items.is_empty() => Some(&table::ALL_EMPTY),
        Datum::Array(items) if items.iter().any(|item| matches!(item, Datum::Object(_))) => {
            Some(&table::ALL_UNFINDABLE)
        }
        Datum::Array(items) if items.iter().any(is_unfindable) => Some(&table::ALL_LISTS),
        Datum::Array(_) => None,
        Datum::Null => Some(&table::ALL_NULL),
        Datum::Text(text) if text.is_empty() => Some(&table::ALL_EMPTY),
        Datum::Text(_) => Some(&table::ALL_TEXT),
        _ => Some(&table::ALL_EMPTY),
    }
}

fn contained_by(operand: &Datum) -> Option<Found> {
    match operand {
        Datum::Array(items)
            if items
                .iter()
                .any(|item| is_unfindable(item) && !is_pointer(item)) =>
        {
            Some(&table::CONTAINED_UNFINDABLE)
        }
        Datum::Array(_) => None,
        _ => Some(&table::CONTAINED_NO_LIST),
    }
}

fn regex(operand: &Datum, beside: &[Operator], context: &Context<'_>) -> Option<Found> {
    let options = operand_of(beside, &OperatorName::Options);
    match pattern::regex(operand, options, &Place::ROOT, context) {
        Ok(Op::Regex(Regex::Invalid)) => Some(&table::REGEX_INVALID),
        Ok(Op::Regex(Regex::Pattern(pattern))) if pattern.matches_everything() => {
            Some(&table::REGEX_EVERYTHING)
        }
        Ok(Op::Fault) => Some(&table::REGEX_NO_PATTERN),
        Ok(_) if !matches!(operand, Datum::Text(_)) && options.is_some() => {
            Some(&table::OPTIONS_UNREAD)
        }
        Ok(_) | Err(_) => None,
    }
}

/// Of an operator that only says more about another one.
fn alone(beside: &[Operator], other: &OperatorName, if_alone: Found) -> Option<Found> {
    let found = operand_of(beside, other);
    found.is_none().then_some(if_alone)
}

fn near(operand: &Datum, beside: &[Operator]) -> Option<Found> {
    let limit = operand_of(beside, &OperatorName::MaxDistance);
    match Near::new(operand, limit) {
        Near::Nowhere => Some(&table::NEAR_NOTHING),
        Near::NoPoint => Some(&table::NEAR_NO_POINT),
        Near::Around { limit: Err(_), .. } => Some(&table::DISTANCE_FAULTS),
        Near::Around {
            limit: Ok(radians), ..
        } if radians.is_nan() || radians < 0.0 => Some(&table::DISTANCE_NONE),
        Near::Around { .. } => {
            let zero = limit.is_some_and(|limit| !Val::from(limit).is_truthy());
            zero.then_some(&table::DISTANCE_ZERO)
        }
    }
}

fn within(operand: &Datum) -> Option<Found> {
    match Within::new(operand) {
        Within::Nothing => Some(&table::WITHIN_EMPTY),
        Within::NoBox => Some(&table::WITHIN_NO_BOX),
        Within::Box(corners) => corners.are_flat().then_some(&table::WITHIN_EMPTY),
    }
}

fn geo_within(operand: &Datum) -> Option<Found> {
    let operand = Val::from(operand);
    let (Ok(polygon), Ok(circle)) = (operand.get("$polygon"), operand.get("$centerSphere")) else {
        return Some(&table::AREA_UNREADABLE);
    };
    if polygon.is_truthy() {
        let pairs = polygon
            .as_list()
            .is_some_and(|list| list.iter().any(|vertex| vertex.as_list().is_some()));
        return match Polygon::new(polygon).ring() {
            Err(_) => Some(&table::POLYGON_INVALID),
            Ok(_) => pairs.then_some(&table::POLYGON_PAIRS),
        };
    }
    if circle.is_truthy() {
        return match Circle::new(circle).circle() {
            Err(_) => Some(&table::CIRCLE_INVALID),
            Ok((_, radius)) if radius.is_nan() || radius < 0.0 => Some(&table::CIRCLE_NO_RADIUS),
            Ok((_, radius)) => (radius >= PI).then_some(&table::CIRCLE_EVERYTHING),
        };
    }
    Some(&table::AREA_MISSING)
}

fn geo_intersects(operand: &Datum) -> Option<Found> {
    let point = Val::from(operand).get("$point");
    match (point.and_then(Point::from_value), point) {
        (Err(_), _) => Some(&table::INTERSECTS_NO_POINT),
        (Ok(_), Ok(Val::Undefined)) => Some(&table::INTERSECTS_NOWHERE),
        (Ok(_), _) => None,
    }
}

/// Operators that find() understands and LiveQuery does not, and everything else.
fn without_effect(name: &str) -> Found {
    match name {
        "$inQuery" | "$notInQuery" => &table::SUB_QUERY,
        "$select" | "$dontSelect" => &table::SELECT,
        "$text" => &table::FULL_TEXT,
        name if is_distance_unit(name) => &table::DISTANCE_UNIT,
        name if name.starts_with('$') => &table::UNKNOWN_OPERATOR,
        _ => &table::EQUALS_OBJECT,
    }
}
