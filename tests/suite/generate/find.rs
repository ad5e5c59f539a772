//! What the `find` dialect tells apart: every operator, paths through lists, nulls, and values that look alike.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::typed::area;
use super::values::{
    boolean, bytes, date, few, file, members, number, object, one_of, plain_object, point, pointer,
    polygon, text, under, word,
};
use super::{Json, clause_of};

/// Texts that are those of pointers, or their ids, or begin alike.
fn name() -> impl Strategy<Value = Json> {
    let names = &[
        "A$1",
        "A$a",
        "B$1",
        "1",
        "a",
        "$1",
        "A$",
        "prefix one",
        "prefix two",
        "PREFIX",
    ];
    prop_oneof![2 => one_of(names).prop_map(Json::Text), 1 => word()]
}

/// A value that a constraint may name in every column.
fn atom() -> impl Strategy<Value = Json> {
    prop_oneof![
        6 => number(),
        6 => name(),
        2 => boolean(),
        2 => Just(Json::Null),
        3 => date(),
        3 => pointer(),
        1 => point(),
        1 => file(),
        1 => bytes(),
        1 => polygon(),
    ]
}

/// An atom, or a list or an object, which only paths and columns of lists are asked for.
fn any_value() -> impl Strategy<Value = Json> {
    prop_oneof![
        5 => atom(),
        1 => few(atom()),
        1 => plain_object(),
        1 => few(plain_object()),
    ]
}

fn range(value: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    let operator = select(vec!["$lt", "$lte", "$gt", "$gte"]);
    vec((operator, value), 1..3).prop_map(|bounds| {
        let mut members: Vec<(String, Json)> = Vec::new();
        for (operator, value) in bounds {
            members.retain(|(other, _)| other != operator);
            members.push((operator.to_owned(), value));
        }
        Json::Object(members)
    })
}

fn pattern() -> impl Strategy<Value = Json> {
    let patterns = &[
        "^prefix",
        "^A\\$1",
        "fix t",
        "^a",
        "a",
        "",
        "^PREFIX",
        "o$",
        "^(prefix|A)",
    ];
    let options = select(vec![None, Some("i"), Some("m")]);
    (one_of(patterns), options).prop_map(|(pattern, options)| {
        let pattern = ("$regex", Json::Text(pattern));
        match options {
            Some(options) => object([pattern, ("$options", text(options))]),
            None => object([pattern]),
        }
    })
}

fn moment() -> impl Strategy<Value = Json> {
    let span = one_of(&["now", "in 1 day", "5 days ago", "in 2 years 1 day"]);
    range(span.prop_map(|span| object([("$relativeTime", Json::Text(span))])))
}

fn constraint(value: &BoxedStrategy<Json>) -> BoxedStrategy<Json> {
    let lists = select(vec!["$in", "$in", "$nin", "$all", "$containedBy"]);
    let lists = (lists, vec(value.clone(), 0..5));
    let long = vec(value.clone(), 17..22);
    let crosses = under("$geoIntersects", under("$point", point()));
    let unlike = (value.clone(), boolean())
        .prop_map(|(value, exists)| object([("$ne", value), ("$exists", exists)]));
    prop_oneof![
        6 => value.clone(),
        2 => under("$eq", value.clone()),
        2 => under("$ne", value.clone()),
        4 => range(value.clone()),
        4 => range(number()),
        2 => lists.prop_map(|(operator, list)| object([(operator, Json::Array(list))])),
        1 => under("$in", long.prop_map(Json::Array)),
        2 => under("$exists", boolean()),
        1 => unlike,
        2 => pattern(),
        2 => area(),
        1 => crosses,
        1 => moment(),
    ]
    .boxed()
}

fn member() -> impl Strategy<Value = (String, Json)> {
    let fields = &[
        "a",
        "a",
        "b",
        "b",
        "c",
        "objectId",
        "createdAt",
        "updatedAt",
        "expiresAt",
    ];
    let paths = &[
        "a.x",
        "b.x",
        "a.y",
        "a.x.y",
        "a.0",
        "b.0.x",
        "a.x.0",
        "a.latitude",
    ];
    prop_oneof![
        3 => (one_of(fields), constraint(&atom().boxed())),
        2 => (one_of(paths), constraint(&any_value().boxed())),
    ]
}

pub(super) fn clause() -> BoxedStrategy<Json> {
    clause_of(member(), &["$or", "$and", "$nor"])
}

fn stored() -> BoxedStrategy<Json> {
    atom()
        .boxed()
        .prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                few(inner.clone()),
                few(members(one_of(&["x", "y", "0"]), inner.clone())),
                members(one_of(&["x", "y", "0"]), inner),
            ]
        })
        .boxed()
}

pub(super) fn fields() -> BoxedStrategy<Json> {
    let keys = one_of(&["a", "a", "b", "c", "d"]);
    let known = prop_oneof![
        (
            one_of(&["createdAt", "updatedAt", "expiresAt"]),
            date_text().boxed()
        ),
        (Just("objectId".to_owned()), name().boxed()),
        (keys, stored()),
    ];
    let fields = vec(known, 0..5).prop_map(|members| {
        let mut fields: Vec<(String, Json)> = Vec::new();
        for (key, value) in members {
            fields.retain(|(other, _)| *other != key);
            fields.push((key, value));
        }
        Json::Object(fields)
    });
    fields.boxed()
}

/// A moment as it stands in an object, or something else.
fn date_text() -> impl Strategy<Value = Json> {
    let texts = one_of(&[
        "2020-01-01T00:00:00.000Z",
        "1970-01-01T00:00:00.005Z",
        "soon",
    ]);
    prop_oneof![4 => texts.prop_map(Json::Text), 1 => date(), 1 => number()]
}
