//! Long rows of equalities under one logic operator, and objects that some of these hold for.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::Json;
use super::values::{number, object, one_of, scalar, text};

const FIELDS: &[&str] = &["a", "b", "c", "a.x", "length"];

/// Too many texts and pointers to be met by chance in a few steps.
fn word() -> impl Strategy<Value = Json> {
    (0..40_u32).prop_map(|number| text(&format!("w{number}")))
}

fn pointer() -> impl Strategy<Value = Json> {
    // The length of a class name may not fit a byte.
    let class = prop_oneof![9 => Just("A".to_owned()), 9 => Just("B".to_owned()), 1 => Just("C".repeat(200))];
    let id = (0..20_u32).prop_map(|number| text(&format!("w{number}")));
    (class, id).prop_map(|(class, id)| {
        object([
            ("__type", text("Pointer")),
            ("className", Json::Text(class)),
            ("objectId", id),
        ])
    })
}

/// What ends a row, or faults on what the row meets.
fn odd() -> impl Strategy<Value = Json> {
    prop_oneof![
        scalar(),
        number().prop_map(|number| object([("$gt", number)])),
        word().prop_map(|word| object([("$all", Json::Array(vec![word]))])),
        word().prop_map(|word| object([("$ne", word)])),
        word().prop_map(|id| object([("__type", text("Pointer")), ("objectId", id)])),
    ]
}

/// A row of branches on few fields, most of which ask for one kind of operand.
fn row() -> impl Strategy<Value = Json> {
    let branches = vec((0..6_usize, word(), pointer()), 14..40);
    let odd = vec((one_of(FIELDS), odd(), any::<prop::sample::Index>()), 0..2);
    let fields = vec((one_of(FIELDS), any::<bool>()), 1..5);
    let logic = select(&["$or", "$nor"][..]);
    (logic, fields, branches, odd).prop_map(|(logic, fields, branches, odd)| {
        let branch = |(at, word, pointer): (usize, Json, Json)| {
            let (field, is_word) = &fields[at % fields.len()];
            let operand = if *is_word { word } else { pointer };
            Json::Object(vec![(field.clone(), operand)])
        };
        let mut row: Vec<Json> = branches.into_iter().map(branch).collect();
        for (field, operand, at) in odd {
            row.insert(at.index(row.len()), Json::Object(vec![(field, operand)]));
        }
        Json::Object(vec![(logic.to_owned(), Json::Array(row))])
    })
}

/// A row, alone or among other conditions.
pub(super) fn clause() -> BoxedStrategy<Json> {
    let beside = vec((one_of(FIELDS), prop_oneof![odd(), word()]), 0..2);
    let clause = (vec(row(), 1..3), beside, any::<bool>()).prop_map(|(rows, beside, first)| {
        let mut members: Vec<(String, Json)> = beside;
        let rows = ("$and".to_owned(), Json::Array(rows));
        let at = if first { 0 } else { members.len() };
        members.insert(at, rows);
        Json::Object(members)
    });
    prop_oneof![3 => clause, 1 => row()].boxed()
}

fn value() -> impl Strategy<Value = Json> {
    let item = || prop_oneof![4 => word(), 4 => pointer(), 1 => scalar()];
    prop_oneof![
        4 => word(),
        4 => pointer(),
        1 => vec(item(), 0..5).prop_map(Json::Array),
        1 => vec(prop_oneof![4 => pointer(), 1 => Just(Json::Null)], 0..5).prop_map(Json::Array),
        1 => scalar(),
        1 => (one_of(&["x", "className", "objectId"]), item()).prop_map(|(key, item)| Json::Object(vec![(key, item)])),
    ]
}

pub(super) fn fields() -> BoxedStrategy<Json> {
    let field = prop_oneof![6 => one_of(&["a", "b", "c"]), 1 => one_of(FIELDS)];
    vec((field, value()), 0..5).prop_map(Json::Object).boxed()
}
