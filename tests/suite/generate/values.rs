//! The values that fields and operands are drawn from.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::Json;

pub(super) fn text(text: &str) -> Json {
    Json::Text(text.into())
}

pub(super) fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.map(|(key, value)| (key.into(), value)).into())
}

pub(super) fn few(item: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    vec(item, 0..4).prop_map(Json::Array)
}

pub(super) fn members(
    key: impl Strategy<Value = String>,
    value: impl Strategy<Value = Json>,
) -> impl Strategy<Value = Json> {
    vec((key, value), 0..4).prop_map(Json::Object)
}

/// An operand under its operator.
pub(super) fn under(
    operator: &'static str,
    operand: impl Strategy<Value = Json>,
) -> impl Strategy<Value = Json> {
    operand.prop_map(move |operand| object([(operator, operand)]))
}

pub(super) fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    select(words).prop_map(String::from)
}

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "5",
    "10",
    "-1",
    "0.5",
    "-0",
    "5.0",
    "1e1",
    "1e21",
    "1e-7",
    "9007199254740993",
];

const TEXTS: &[&str] = &[
    "",
    "a",
    "b",
    "ab",
    "Ab",
    "a.b",
    "a,b",
    "5",
    "10",
    " 5 ",
    "0x5",
    "1e1",
    "-Infinity",
    "é",
    "ﬀ",
    "😀",
    "A",
    "1",
    "true",
    "null",
    "undefined",
    "[object Object]",
    "2020-01-01",
    "aundefinedb",
    "length",
];

const ISOS: &[&str] = &[
    "2020-01-01T00:00:00.000Z",
    "2020-01-01T00:00:00.001Z",
    "1970-01-01T00:00:00.005Z",
    "2020-01-01",
    "2020-01-01T01:00:00+01:00",
    "2019-12-31T24:00Z",
    "2020-01-01T00:00:00.0009Z",
    "2020-02-30T00:00Z",
    "-271821-04-20T00:00:00Z",
    "",
    "soon",
];

const DEGREES: &[&str] = &["0", "1", "2", "5", "10", "0.5", "-5", "45.25", "90"];

pub(super) fn number() -> impl Strategy<Value = Json> {
    select(NUMBERS).prop_map(Json::Number)
}

pub(super) fn word() -> impl Strategy<Value = Json> {
    select(TEXTS).prop_map(text)
}

pub(super) fn boolean() -> impl Strategy<Value = Json> {
    any::<bool>().prop_map(Json::Bool)
}

pub(super) fn scalar() -> impl Strategy<Value = Json> {
    prop_oneof![4 => number(), 4 => word(), 1 => boolean(), 1 => Just(Json::Null)]
}

pub(super) fn date() -> impl Strategy<Value = Json> {
    select(ISOS).prop_map(|iso| object([("__type", text("Date")), ("iso", text(iso))]))
}

pub(super) fn pointer() -> impl Strategy<Value = Json> {
    (one_of(&["A", "B"]), one_of(&["1", "a"])).prop_map(|(class, id)| {
        object([
            ("__type", text("Pointer")),
            ("className", Json::Text(class)),
            ("objectId", Json::Text(id)),
        ])
    })
}

pub(super) fn degrees() -> impl Strategy<Value = Json> {
    select(DEGREES).prop_map(Json::Number)
}

pub(super) fn point() -> impl Strategy<Value = Json> {
    (degrees(), degrees()).prop_map(|(latitude, longitude)| {
        object([
            ("__type", text("GeoPoint")),
            ("latitude", latitude),
            ("longitude", longitude),
        ])
    })
}

pub(super) fn ring() -> impl Strategy<Value = Json> {
    let corner = (degrees(), degrees()).prop_map(|(x, y)| Json::Array(vec![x, y]));
    vec(corner, 3..6).prop_map(Json::Array)
}

pub(super) fn polygon() -> impl Strategy<Value = Json> {
    ring().prop_map(|ring| object([("__type", text("Polygon")), ("coordinates", ring)]))
}

pub(super) fn file() -> impl Strategy<Value = Json> {
    (word(), word())
        .prop_map(|(name, url)| object([("__type", text("File")), ("name", name), ("url", url)]))
}

pub(super) fn bytes() -> impl Strategy<Value = Json> {
    one_of(&["aGk=", "aGs="])
        .prop_map(|base64| object([("__type", text("Bytes")), ("base64", Json::Text(base64))]))
}

pub(super) fn plain_object() -> impl Strategy<Value = Json> {
    members(one_of(&["x", "y"]), prop_oneof![number(), word()])
}
