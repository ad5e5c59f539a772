//! What an SDK sends, about objects that keep to a schema.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::values::{
    boolean, date, degrees, few, number, object, one_of, plain_object, point, pointer, polygon,
    text, under, word,
};
use super::{Json, clause_of};

fn order_operator() -> impl Strategy<Value = &'static str> {
    select(vec!["$lt", "$lte", "$gt", "$gte"])
}

fn bound(value: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    (order_operator(), value).prop_map(|(operator, value)| object([(operator, value)]))
}

fn bounds(value: BoxedStrategy<Json>) -> impl Strategy<Value = Json> {
    let pair = (
        select(vec!["$gt", "$gte"]),
        value.clone(),
        select(vec!["$lt", "$lte"]),
        value,
    );
    pair.prop_map(|(low, from, high, to)| object([(low, from), (high, to)]))
}

/// Equality, its negation, lists and presence, which every type has.
fn common(value: BoxedStrategy<Json>) -> BoxedStrategy<Json> {
    prop_oneof![
        3 => value.clone(),
        1 => under("$eq", value.clone()),
        2 => under("$ne", value.clone()),
        2 => under("$in", few(value.clone())),
        1 => under("$nin", few(value)),
        1 => under("$exists", boolean()),
    ]
    .boxed()
}

fn ordered(value: BoxedStrategy<Json>) -> BoxedStrategy<Json> {
    prop_oneof![2 => common(value.clone()), 2 => bound(value.clone()), 1 => bounds(value)].boxed()
}

/// The literal forms that the SDKs' `startsWith`, `endsWith` and `contains` produce.
pub(super) fn literal_pattern() -> impl Strategy<Value = Json> {
    let form = one_of(&[r"^\Q_\E", r"\Q_\E$", r"\Q_\E", "_", "^_", "_$"]);
    let literal = one_of(&["a", "ab", "5", "undef", "null"]);
    let options = select(vec![None, Some(""), Some("i")]);
    (form, literal, options).prop_map(|(form, literal, options)| {
        let pattern = ("$regex", Json::Text(form.replace('_', &literal)));
        match options {
            Some(options) => object([pattern, ("$options", text(options))]),
            None => object([pattern]),
        }
    })
}

fn near() -> impl Strategy<Value = Json> {
    let limit = select(vec!["0.01", "0.1", "0.5", "3", "0"]).prop_map(Json::Number);
    (point(), proptest::option::of(limit)).prop_map(|(point, limit)| match limit {
        Some(limit) => object([("$nearSphere", point), ("$maxDistance", limit)]),
        None => object([("$nearSphere", point)]),
    })
}

pub(super) fn area() -> impl Strategy<Value = Json> {
    let corners = vec(point(), 2).prop_map(Json::Array);
    let sphere = (degrees(), degrees(), select(vec!["0.05", "0.2", "2"]));
    prop_oneof![
        2 => near(),
        1 => under("$within", under("$box", corners)),
        1 => under("$geoWithin", under("$polygon", vec(point(), 3..6).prop_map(Json::Array))),
        1 => sphere.prop_map(|(x, y, radius)| {
            let sphere = Json::Array(vec![Json::Array(vec![x, y]), Json::Number(radius)]);
            object([("$geoWithin", object([("$centerSphere", sphere)]))])
        }),
    ]
}

fn list() -> impl Strategy<Value = Json> {
    let element = prop_oneof![number(), word(), pointer()].boxed();
    let operators = select(vec!["$all", "$containedBy", "$in", "$nin"]);
    let lists = (operators, few(element.clone()));
    prop_oneof![
        element.clone(),
        lists.prop_map(|(operator, operand)| object([(operator, operand)])),
        common(element),
    ]
}

fn typed_member() -> impl Strategy<Value = (String, Json)> {
    let crosses = under("$geoIntersects", under("$point", point()));
    prop_oneof![
        (one_of(&["n", "o.x"]), ordered(number().boxed())),
        (one_of(&["s", "o.y"]), ordered(word().boxed())),
        (one_of(&["s", "t"]), literal_pattern().boxed()),
        (one_of(&["b"]), common(boolean().boxed())),
        (one_of(&["d"]), ordered(date().boxed())),
        (one_of(&["p"]), common(pointer().boxed())),
        (one_of(&["g"]), area().boxed()),
        (one_of(&["r"]), crosses.boxed()),
        (one_of(&["t"]), list().boxed()),
        (one_of(&["o"]), under("$eq", plain_object()).boxed()),
    ]
}

pub(super) fn clause() -> BoxedStrategy<Json> {
    clause_of(typed_member(), &["$or", "$and", "$nor"])
}

fn field(
    key: &'static str,
    value: impl Strategy<Value = Json>,
) -> impl Strategy<Value = Option<(String, Json)>> {
    let value =
        prop_oneof![8 => value.prop_map(Some), 1 => Just(Some(Json::Null)), 2 => Just(None)];
    value.prop_map(move |value| value.map(|value| (key.into(), value)))
}

pub(super) fn schema_object() -> BoxedStrategy<Json> {
    let scalars = (
        field("n", number()),
        field("s", word()),
        field("b", boolean()),
        field("d", date()),
        field("p", pointer()),
    );
    let others = (
        field("t", few(prop_oneof![number(), word(), pointer()])),
        field("o", plain_object()),
        field("g", point()),
        field("r", polygon()),
    );
    let fields = (scalars, others).prop_map(|((n, s, b, d, p), (t, o, g, r))| {
        Json::Object([n, s, b, d, p, t, o, g, r].into_iter().flatten().collect())
    });
    fields.boxed()
}
