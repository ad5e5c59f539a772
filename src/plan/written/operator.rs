//! What a step asks for, as it is written.

use super::operand::{encode, encode_all, encode_member, is_decoded, object, operand, typed};
use crate::geo::Point;
use crate::op::Op;
use crate::op::all::{All, Required, Sparse};
use crate::op::equality::PointerTo;
use crate::op::geo::{Circle, Corners, Intersects, Near, Polygon, Within};
use crate::op::membership::Membership;
use crate::op::order::Relation;
use crate::op::regex::Regex;
use crate::pattern::{Pattern, unquote};
use crate::value::convert::number_to_text;
use crate::value::{Datum, Fault, Text};

/// A constraint, or some operators of one.
pub(super) enum Written {
    /// What stands in the place of operators.
    Whole(Datum),
    /// In their order.
    Operators(Vec<(&'static str, Datum)>),
}

/// An operator that no matcher knows.
const UNKNOWN: &str = "$never";

/// Whether no operator is looked at behind this one, or none may stand beside it.
pub(super) fn ends(op: &Op) -> bool {
    op.ends_the_constraint() || matches!(op, Op::Never | Op::Fault | Op::Regex(Regex::Invalid))
}

/// What an operator was written as; nothing if it cannot be written.
pub(super) fn written(op: &Op) -> Option<Written> {
    let one = |name, operand| Some(Written::Operators(vec![(name, operand)]));
    match op {
        Op::Is(operand) => encode(operand).map(Written::Whole),
        Op::PointsTo(pointer) => points_to(pointer).map(Written::Whole),
        Op::Like(op) => typed(&op.operand).map(Written::Whole),
        Op::Order(op) => one(relation(op.relation), operand(&op.to_datum())?),
        Op::Equal(op) => one("$eq", operand(&op.operand)?),
        Op::NotEqual(op) => one("$ne", operand(&op.operand)?),
        Op::In(op) => one("$in", membership(op)?),
        Op::NotIn(op) => one("$nin", membership(op)?),
        Op::All(op) => one("$all", all(op)?),
        Op::ContainedBy(op) => one("$containedBy", membership(op)?),
        Op::Exists(required) => one("$exists", Datum::Bool(*required)),
        Op::Regex(Regex::Pattern(pattern)) => regex(pattern),
        Op::Regex(Regex::Invalid) | Op::Never => one(UNKNOWN, Datum::Bool(true)),
        Op::Near(op) => Some(Written::Operators(near(op))),
        Op::Within(op) => one("$within", within(op)?),
        Op::Polygon(op) => one("$geoWithin", object([("$polygon", polygon(op))])),
        Op::Circle(op) => one("$geoWithin", object([("$centerSphere", circle(op))])),
        Op::Intersects(op) => one("$geoIntersects", object([("$point", intersects(op))])),
        // No operators.
        Op::Always => Some(Written::Whole(object([]))),
        // A point without coordinates is not decoded.
        Op::Fault => one("$eq", object([("__type", Datum::text("GeoPoint"))])),
    }
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Lt => "$lt",
        Relation::Lte => "$lte",
        Relation::Gt => "$gt",
        Relation::Gte => "$gte",
    }
}

/// The parts of a pointer are not decoded.
fn points_to(pointer: &PointerTo) -> Option<Datum> {
    let [class_name, object_id] = pointer.to_data();
    Some(object([
        ("__type", Datum::text("Pointer")),
        ("className", encode_member(&class_name)?),
        ("objectId", encode_member(&object_id)?),
    ]))
}

fn membership(members: &Membership) -> Option<Datum> {
    match members {
        Membership::List(list) => encode_all(list.items()),
        Membership::Text(other) | Membership::Other(other) => operand(other),
    }
}

fn all(required: &All) -> Option<Datum> {
    match required {
        All::List(list) => required_list(list),
        All::ListLike(list) => list_like(list),
        All::Nothing => Some(Datum::Number(0.0)),
        All::Fault => Some(Datum::Null),
    }
}

/// Halves of surrogate pairs are those of a text.
fn required_list(list: &Required) -> Option<Datum> {
    let is_half = |item: &Datum| matches!(item, Datum::Unit(_));
    if !list.items().iter().any(is_half) {
        return encode_all(list.items());
    }
    let units = list.items().iter().map(|item| match item {
        Datum::Unit(half) => Some(vec![*half]),
        Datum::Text(text) => Some(text.encode_utf16().collect()),
        _ => None,
    });
    let units: Vec<u16> = units.collect::<Option<Vec<_>>>()?.concat();
    Some(Datum::text(&String::from_utf16(&units).ok()?))
}

/// An object that is read as a list. It has a type, so that what was decoded in it is decoded again.
fn list_like(list: &Sparse) -> Option<Datum> {
    let items = list.items().iter();
    let items =
        items.map(|(index, item)| Some((Text::from(number_to_text(*index)), encode(item)?)));
    let items = items.collect::<Option<Vec<_>>>()?;
    let is_decoded = list.items().iter().any(|(_, item)| is_decoded(item));
    let kind = is_decoded.then(|| ("__type".into(), Datum::text("List")));
    let length = ("length".into(), number(list.length()));
    Some(Datum::Object(
        items.into_iter().chain(kind).chain([length]).collect(),
    ))
}

/// With `$options`, or as an object: a text is searched for quotations, an object is not.
fn regex(pattern: &Pattern) -> Option<Written> {
    let flags = pattern.flags().letters();
    if let Some(text) = pattern_text(pattern.source()) {
        let options = (!flags.is_empty()).then(|| ("$options", Datum::text(&flags)));
        let operators = [("$regex", Datum::Text(text.into()))]
            .into_iter()
            .chain(options);
        return Some(Written::Operators(operators.collect()));
    }
    let source = String::from_utf16(pattern.source()).ok()?;
    let source = Datum::Text(source.into());
    let operand = object([("source", source), ("flags", Datum::text(&flags))]);
    Some(Written::Operators(vec![("$regex", operand)]))
}

/// The text that becomes a pattern. Halves of a pair stand in one that was quoted, each behind a backslash.
fn pattern_text(source: &[u16]) -> Option<String> {
    const BACKSLASH: u16 = 0x5C;
    let mut units = Vec::with_capacity(source.len());
    let mut rest = source;
    while let [first, others @ ..] = rest {
        let quoted = match rest {
            [
                BACKSLASH,
                high @ 0xD800..0xDC00,
                BACKSLASH,
                low @ 0xDC00..0xE000,
                ..,
            ] => Some([*high, *low]),
            _ => None,
        };
        if let Some(pair) = quoted {
            units.extend("\\Q".encode_utf16().chain(pair).chain("\\E".encode_utf16()));
            rest = &rest[4..];
        } else {
            units.push(*first);
            rest = others;
        }
    }
    let text = String::from_utf16(&units).ok()?;
    (unquote(&text).as_deref() == Ok(source)).then_some(text)
}

fn near(near: &Near) -> Vec<(&'static str, Datum)> {
    let center = match near {
        Near::Nowhere => Datum::Number(0.0),
        Near::NoPoint => Datum::Number(1.0),
        Near::Around { point: center, .. } => geo_point(*center),
    };
    let limit = match near {
        // The number 0 is taken for no limit, unlike its text.
        Near::Around { limit, .. } => match *limit {
            Ok(limit) if limit == f64::INFINITY => None,
            Ok(0.0) => Some(Datum::text("0")),
            Ok(limit) => Some(number(limit)),
            Err(Fault) => Some(without_text()),
        },
        Near::Nowhere | Near::NoPoint => None,
    };
    let limit = limit.map(|limit| ("$maxDistance", limit));
    [("$nearSphere", center)].into_iter().chain(limit).collect()
}

/// What is read as a number. JSON has none that is not finite, but such a text will do.
fn number(number: f64) -> Datum {
    if number.is_finite() {
        return Datum::Number(number);
    }
    Datum::Text(number_to_text(number).into())
}

/// What has no text faults where one is needed.
fn without_text() -> Datum {
    object([("toString", Datum::Number(0.0))])
}

fn geo_point(point: Point) -> Datum {
    object([
        ("__type", Datum::text("GeoPoint")),
        ("latitude", Datum::Number(point.latitude)),
        ("longitude", Datum::Number(point.longitude)),
    ])
}

fn within(within: &Within) -> Option<Datum> {
    match within {
        Within::Nothing => Some(Datum::Null),
        Within::NoBox => Some(Datum::Number(1.0)),
        Within::Box(corners) => {
            let [south, west, north, east] = coordinates(corners)?;
            let corner =
                |latitude, longitude| object([("latitude", latitude), ("longitude", longitude)]);
            let corners = [corner(south, west), corner(north, east)];
            Some(object([("$box", Datum::Array(corners.into()))]))
        }
    }
}

/// NaN is what a missing coordinate is compared as.
fn coordinates(corners: &Corners) -> Option<[Datum; 4]> {
    let written = |coordinate: Result<&Datum, &Fault>| match coordinate {
        Ok(Datum::Number(number)) if number.is_nan() => Some(Datum::Undefined),
        Ok(coordinate) => encode(coordinate),
        Err(Fault) => Some(without_text()),
    };
    let all = match corners {
        Corners::Numbers(numbers) => numbers.map(|number| written(Ok(&Datum::Number(number)))),
        Corners::Odd(corners) => corners.each_ref().map(|corner| written(corner.as_ref())),
    };
    let [south, west, north, east] = all;
    Some([south?, west?, north?, east?])
}

/// What is no list faults for every value.
fn polygon(polygon: &Polygon) -> Datum {
    polygon.ring().map_or(Datum::Bool(true), |ring| {
        let vertices = ring.vertices.iter().copied();
        Datum::Array(vertices.map(bare_point).collect())
    })
}

fn circle(circle: &Circle) -> Datum {
    let Ok((center, radius)) = circle.circle() else {
        return Datum::Bool(true);
    };
    let center = [center.longitude, center.latitude].map(Datum::Number);
    Datum::Array([Datum::Array(center.into()), number(radius)].into())
}

/// Null is no point.
fn intersects(intersects: &Intersects) -> Datum {
    intersects.point().map_or(Datum::Null, bare_point)
}

fn bare_point(point: Point) -> Datum {
    object([
        ("latitude", Datum::Number(point.latitude)),
        ("longitude", Datum::Number(point.longitude)),
    ])
}
