//! Anything anywhere.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::typed::{area, literal_pattern};
use super::values::{
    bytes, date, few, file, members, one_of, point, pointer, polygon, scalar, text,
};
use super::{Json, clause_of};

const KEYS: &[&str] = &[
    "a",
    "b",
    "c",
    "a",
    "b",
    "c",
    "",
    "0",
    "1",
    "10",
    "length",
    "toString",
    "__proto__",
    "constructor",
    "valueOf",
    "objectId",
    "className",
    "__type",
    "iso",
    "latitude",
    "a.b",
    "createdAt",
    "attributes",
];

const PATHS: &[&str] = &[
    "a",
    "b",
    "c",
    "a",
    "b",
    "c",
    "a.b",
    "a.0",
    "b.length",
    "a.iso",
    "c.latitude",
    "a..b",
    ".",
    "",
    "0",
    "length",
    "toString",
    "a.toString",
    "a.constructor.name",
    "__proto__",
    "constructor",
    "a.__type",
];

const OPERATORS: &[&str] = &[
    "$lt",
    "$lte",
    "$gt",
    "$gte",
    "$eq",
    "$ne",
    "$in",
    "$nin",
    "$all",
    "$exists",
    "$regex",
    "$options",
    "$containedBy",
    "$nearSphere",
    "$maxDistance",
    "$within",
    "$geoWithin",
    "$geoIntersects",
    "$select",
    "$inQuery",
    "$text",
    "$size",
    "__type",
    "0",
];

const TYPES: &[&str] = &[
    "Date", "Pointer", "Object", "Relation", "File", "GeoPoint", "Polygon", "Bytes", "Odd",
];

/// A value of a type whose members may be missing or wrong.
fn ill_typed(value: BoxedStrategy<Json>) -> impl Strategy<Value = Json> {
    let keys = one_of(&[
        "className",
        "objectId",
        "iso",
        "latitude",
        "longitude",
        "__op",
        "objects",
    ]);
    let kind = prop_oneof![6 => select(TYPES).prop_map(text), 1 => scalar()];
    let rest = vec((keys, value), 0..3);
    (kind, rest).prop_map(|(kind, mut members)| {
        members.insert(members.len() / 2, ("__type".into(), kind));
        Json::Object(members)
    })
}

fn anything() -> BoxedStrategy<Json> {
    let leaf = prop_oneof![
        6 => scalar(),
        1 => date(),
        2 => pointer(),
        1 => point(),
        1 => polygon(),
        1 => file(),
        1 => bytes(),
    ];
    let deep = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            few(inner.clone()),
            members(one_of(KEYS), inner.clone()),
            ill_typed(inner.boxed())
        ]
    });
    deep.boxed()
}

fn adversarial_constraint() -> BoxedStrategy<Json> {
    let value = anything();
    let any_operator = (one_of(OPERATORS), value.clone());
    let lists = (
        one_of(&["$in", "$nin", "$all", "$containedBy"]),
        few(value.clone()).boxed(),
    );
    let single = prop_oneof![any_operator, lists];
    prop_oneof![
        2 => value,
        4 => vec(single, 0..3).prop_map(Json::Object),
        1 => area(),
        1 => literal_pattern(),
    ]
    .boxed()
}

pub(super) fn clause() -> BoxedStrategy<Json> {
    let member = (one_of(PATHS), adversarial_constraint());
    clause_of(member, &["$or", "$and", "$nor", "a.$or", "$relatedTo"])
}

pub(super) fn fields() -> BoxedStrategy<Json> {
    members(one_of(KEYS), anything()).boxed()
}
