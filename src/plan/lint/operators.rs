//! Warnings about operators.

use super::equality::{self, date, deep};
use super::values::{is_date, is_pointer, is_unfindable};
use super::{Finding, is_server_date};
use crate::constraint::{Combine, Operator, Place};
use crate::decode::decode_if_typed;
use crate::geo::Point;
use crate::op::Op;
use crate::op::geo::{Circle, Near, Polygon, Within};
use crate::op::regex::Regex;
use crate::plan::{Context, pattern};
use crate::value::{Datum, Val};
use crate::warning::Effect::{AlwaysMatches, Differs, Faults, Ignored, NeverMatches};

pub(super) const RELATED_TO: Finding = (
    NeverMatches,
    "relations cannot be followed without the database; keep a list of pointers in the object and ask for one of them",
);

pub(super) const GROUP_WITHOUT_LIST: Finding = (
    NeverMatches,
    "a group takes a list of clauses; put them in brackets",
);

pub(super) const UNREACHED: Finding = (
    Ignored,
    "the operator before it ends the constraint; write it first, or in an $and",
);

pub(super) fn empty_group(combine: Combine) -> Finding {
    match combine {
        Combine::Or => (
            NeverMatches,
            "no branch is there to match; give at least one",
        ),
        Combine::And | Combine::Nor => (
            AlwaysMatches,
            "no branch is there to refuse; give at least one",
        ),
    }
}

pub(super) fn blank_branch(combine: Combine) -> Finding {
    match combine {
        Combine::Or | Combine::And => (
            AlwaysMatches,
            "this branch asks for nothing; leave it out or fill it",
        ),
        Combine::Nor => (
            NeverMatches,
            "this branch matches everything, so the group matches nothing; leave it out or fill it",
        ),
    }
}

/// Whether an operator's answer is that of the constraint, so that those behind it are not looked at.
pub(super) fn ends(operator: &Operator) -> bool {
    match &*operator.name {
        "$nearSphere" | "$within" | "$containedBy" | "$geoIntersects" => true,
        "$geoWithin" => {
            part(&operator.operand, "$polygon") || part(&operator.operand, "$centerSphere")
        }
        _ => false,
    }
}

/// Whether an operator means nothing by itself, so that its place does not matter.
pub(super) fn belongs_to_another(name: &str) -> bool {
    matches!(name, "$options" | "$maxDistance")
}

fn part(operand: &Datum, key: &str) -> bool {
    Val::from(operand).get(key).is_ok_and(Val::is_truthy)
}

/// What is to be said of one operator.
pub(super) fn finding(
    key: &str,
    operator: &Operator,
    beside: &[Operator],
    context: &Context<'_>,
) -> Option<Finding> {
    let raw = &operator.operand;
    let Some(operand) = decode_if_typed(raw.clone()) else {
        return Some((
            Faults,
            "Parse's SDK refuses to decode this operand; give valid coordinates, amounts or class names",
        ));
    };
    match &*operator.name {
        "$lt" | "$lte" | "$gt" | "$gte" => range(key, raw),
        "$eq" => deep(key, raw, false),
        "$ne" => deep(key, raw, true),
        "$in" => in_list(raw, false),
        "$nin" => in_list(raw, true),
        "$all" => all(raw),
        "$containedBy" => contained_by(raw),
        "$exists" => exists(raw),
        "$regex" => regex(&operand, beside, context),
        "$options" => beside_needed(
            beside,
            "$regex",
            "nothing beside it reads it; put it beside a $regex",
        ),
        "$nearSphere" => near(&operand, beside),
        "$maxDistance" => beside_needed(
            beside,
            "$nearSphere",
            "nothing beside it reads it; put it beside a $nearSphere",
        ),
        "$within" => within(&operand),
        "$geoWithin" => geo_within(&operand),
        "$geoIntersects" => geo_intersects(&operand),
        name => Some(without_effect(name)),
    }
}

fn range(key: &str, operand: &Datum) -> Option<Finding> {
    match operand {
        _ if is_date(operand) && is_server_date(key) => Some((
            AlwaysMatches,
            "the server compares this date as text; keep a date of your own in another field",
        )),
        _ if is_date(operand) => date(operand, AlwaysMatches),
        Datum::Object(fields) if fields.get("$relativeTime").is_some() => Some((
            AlwaysMatches,
            "relative times are not computed here; send a Date",
        )),
        Datum::Object(_) => Some((
            Differs,
            "an object is compared as the text [object Object]; give a number, a text or a Date",
        )),
        Datum::Null => Some((
            Differs,
            "null is compared as 0; give a number, a text or a Date",
        )),
        _ => None,
    }
}

fn in_list(operand: &Datum, negated: bool) -> Option<Finding> {
    let never = if negated { AlwaysMatches } else { NeverMatches };
    match operand {
        Datum::Array(items) if items.is_empty() => Some((
            never,
            "nothing is in an empty list; give at least one member",
        )),
        Datum::Array(items)
            if items
                .iter()
                .all(|item| is_unfindable(item) && !is_pointer(item)) =>
        {
            Some((
                never,
                "dates, lists and objects are found in no list; use $or with one equality each",
            ))
        }
        Datum::Array(items)
            if items
                .iter()
                .any(|item| is_unfindable(item) && !is_pointer(item)) =>
        {
            Some((
                Differs,
                "dates, lists and objects among the members are never found; use $or with one equality each",
            ))
        }
        Datum::Array(items) if items.contains(&Datum::Null) && items.iter().any(is_pointer) => {
            Some((
                Differs,
                "null before a pointer makes the search fault; ask for null by an $or",
            ))
        }
        Datum::Array(_) => None,
        Datum::Text(_) => Some((Differs, "a text is searched for parts; give a list")),
        _ => Some((
            Faults,
            "only a list can be searched; put the members in brackets",
        )),
    }
}

fn all(operand: &Datum) -> Option<Finding> {
    match operand {
        Datum::Array(items) if items.is_empty() => Some((
            AlwaysMatches,
            "nothing is asked for; give at least one member",
        )),
        Datum::Array(items) if items.iter().any(is_unfindable) => Some((
            NeverMatches,
            "no array is found to hold a pointer, date, list or object; use $and with one equality each",
        )),
        Datum::Array(_) => None,
        Datum::Null => Some((Faults, "null has no members; give a list")),
        Datum::Text(_) => Some((Differs, "a text stands for its characters; give a list")),
        _ => Some((AlwaysMatches, "this has no members to ask for; give a list")),
    }
}

fn contained_by(operand: &Datum) -> Option<Finding> {
    match operand {
        Datum::Array(items)
            if items
                .iter()
                .any(|item| is_unfindable(item) && !is_pointer(item)) =>
        {
            Some((
                Differs,
                "dates, lists and objects among the members are never found; keep texts or numbers to compare",
            ))
        }
        Datum::Array(_) => None,
        _ => Some((
            Differs,
            "only a list contains elements; put the members in brackets",
        )),
    }
}

fn exists(operand: &Datum) -> Option<Finding> {
    match operand {
        Datum::Bool(_) => None,
        _ => Some((
            Ignored,
            "only true and false are understood; send one of them",
        )),
    }
}

fn regex(operand: &Datum, beside: &[Operator], context: &Context<'_>) -> Option<Finding> {
    let options = beside
        .iter()
        .find(|operator| *operator.name == *"$options")
        .map(|operator| &operator.operand);
    match pattern::regex(operand, options, &Place::ROOT, context) {
        Ok(Op::Regex(Regex::Invalid)) => Some((
            NeverMatches,
            "the pattern or its flags are not valid JavaScript once \\Q…\\E is rewritten; escape it by hand",
        )),
        Ok(Op::Fault) => Some((Faults, "this is no pattern; give a text")),
        Ok(_) if !matches!(operand, Datum::Text(_)) && options.is_some() => Some((
            Ignored,
            "$options beside an object are not read; put them into its flags",
        )),
        Ok(_) | Err(_) => None,
    }
}

fn beside_needed(beside: &[Operator], name: &str, message: &'static str) -> Option<Finding> {
    let found = beside.iter().any(|operator| *operator.name == *name);
    (!found).then_some((Ignored, message))
}

fn near(operand: &Datum, beside: &[Operator]) -> Option<Finding> {
    let limit = beside
        .iter()
        .find(|operator| *operator.name == *"$maxDistance")
        .map(|operator| &operator.operand);
    match Near::new(operand, limit) {
        Near::Nowhere => Some((NeverMatches, "nothing is near nothing; give a GeoPoint")),
        Near::NoPoint => Some((Faults, "this is no GeoPoint; give one with its __type")),
        Near::Around { limit: Err(_), .. } => {
            Some((Faults, "$maxDistance is no number; give one, in radians"))
        }
        Near::Around {
            limit: Ok(radians), ..
        } if radians.is_nan() => Some((
            NeverMatches,
            "$maxDistance is no number; give one, in radians",
        )),
        Near::Around { .. } => match limit {
            Some(limit) if !Val::from(limit).is_truthy() => Some((
                Ignored,
                "a $maxDistance of 0 means no limit; give a small positive one, in radians",
            )),
            _ => None,
        },
    }
}

fn within(operand: &Datum) -> Option<Finding> {
    match Within::new(operand) {
        Within::Nothing => Some((
            NeverMatches,
            "the box is empty or crosses the date line; give its south-west corner first, or two boxes in an $or",
        )),
        Within::NoBox => Some((
            Faults,
            "this is no box; give {\"$box\": [south-west, north-east]}",
        )),
        Within::Box(_) => None,
    }
}

fn geo_within(operand: &Datum) -> Option<Finding> {
    let operand = Val::from(operand);
    let (Ok(polygon), Ok(circle)) = (operand.get("$polygon"), operand.get("$centerSphere")) else {
        return Some((Faults, "this is no area; give $polygon or $centerSphere"));
    };
    if polygon.is_truthy() {
        let pairs = polygon
            .as_list()
            .is_some_and(|list| list.iter().any(|vertex| vertex.as_list().is_some()));
        return match Polygon::new(polygon).ring() {
            Err(_) => Some((Faults, "this is no polygon; give at least three GeoPoints")),
            Ok(_) if pairs => Some((
                Differs,
                "vertices given as pairs are taken for the point (0, 0); give GeoPoints",
            )),
            Ok(_) => None,
        };
    }
    if circle.is_truthy() {
        return match Circle::new(circle).circle() {
            Err(_) => Some((
                Faults,
                "this is no circle; give [[longitude, latitude], radius in radians]",
            )),
            Ok((_, radius)) if radius.is_nan() || radius < 0.0 => Some((
                NeverMatches,
                "the radius is no length; give one, in radians",
            )),
            Ok(_) => None,
        };
    }
    Some((
        AlwaysMatches,
        "no area is given; give $polygon or $centerSphere",
    ))
}

fn geo_intersects(operand: &Datum) -> Option<Finding> {
    let point = Val::from(operand).get("$point").and_then(Point::from_value);
    match (point, Val::from(operand).get("$point")) {
        (Err(_), _) => Some((Faults, "this is no point; give {\"$point\": GeoPoint}")),
        (Ok(_), Ok(Val::Undefined)) => Some((
            Differs,
            "a missing $point is taken for (0, 0); give a GeoPoint",
        )),
        (Ok(_), _) => None,
    }
}

/// Operators that find()s understand and LiveQuery does not, and everything else.
fn without_effect(name: &str) -> Finding {
    match name {
        "$inQuery" | "$notInQuery" => (
            NeverMatches,
            "sub-queries need the database; fetch the ids and ask for them by $in",
        ),
        "$select" | "$dontSelect" => (
            NeverMatches,
            "sub-queries need the database; fetch the values and ask for them by $in or $nin",
        ),
        "$text" => (
            NeverMatches,
            "full text search needs the database; use $regex",
        ),
        "$maxDistanceInMiles" | "$maxDistanceInKilometers" | "$maxDistanceInRadians" => (
            NeverMatches,
            "only $maxDistance is understood, in radians; convert it",
        ),
        name if name.starts_with('$') => (
            NeverMatches,
            "this operator is unknown here; see the list of operators",
        ),
        _ => equality::LITERAL_OBJECT,
    }
}
