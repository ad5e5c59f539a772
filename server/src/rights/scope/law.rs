//! Whatever can change a verdict is named.
//!
//! Clauses are drawn as text, so that a key may stand twice, or be one to which some reader of JSON gives a meaning of
//! its own. `SCOPE_CASES` says how many are drawn, `SCOPE_SEED` which.

use std::cell::Cell;

use livematch::{Object, Query};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::Scope;

/// The field that is hidden.
const HIDDEN: &str = "secret";

/// Paths that begin with it, and others.
const PATHS: [&str; 12] = [
    "secret",
    "secret.a",
    "secret.0",
    "secret.length",
    "secret.$or",
    "a",
    "a.secret",
    "a.$or",
    "a.$nor",
    "secrets",
    "objectId",
    "__proto__",
];

/// Keys to which a reader of JSON may give a meaning of its own.
const PRIVATE: [&str; 6] = [
    "$serde_json::private::RawValue",
    "$serde_json::private::Number",
    "__type",
    "constructor",
    "$where",
    "",
];

/// What the field may hold, and what may be asked for.
const VALUES: [&str; 18] = [
    "1",
    "2",
    "1.0",
    "-0",
    "1e300",
    "123456789012345678901234567890",
    "null",
    "true",
    r#""""#,
    r#""x""#,
    r#""\u0078""#,
    "[]",
    r#"["x",1]"#,
    r#"[{"a":1}]"#,
    r#"{"a":1}"#,
    r#"{"a":{"b":"x"}}"#,
    r#"{"__type":"Pointer","className":"G","objectId":"x"}"#,
    r#"{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}"#,
];

fn value() -> impl Strategy<Value = String> {
    select(&VALUES[..]).prop_map(str::to_owned)
}

/// A value with a private key in it, in front or behind.
fn odd_value() -> impl Strategy<Value = String> {
    let texts = select(&[r#""!""#, r#""5""#, r#""{}""#, "1"][..]);
    (select(&PRIVATE[..]), texts, value(), any::<bool>()).prop_map(
        |(key, text, value, in_front)| {
            let (odd, plain) = (format!(r#""{key}":{text}"#), format!(r#""a":{value}"#));
            if in_front {
                format!("{{{odd},{plain}}}")
            } else {
                format!("{{{plain},{odd}}}")
            }
        },
    )
}

fn constraint() -> impl Strategy<Value = String> {
    let value = || prop_oneof![4 => value(), 1 => odd_value()];
    let operator = select(
        &[
            "$eq", "$ne", "$lt", "$gte", "$exists", "$select", "$inQuery", "$odd",
        ][..],
    );
    let list = select(&["$in", "$nin", "$all", "$containedBy"][..]);
    let compared = (operator, value()).prop_map(|(name, value)| format!(r#"{{"{name}":{value}}}"#));
    let listed = (list, prop::collection::vec(value(), 0..3))
        .prop_map(|(name, values)| format!(r#"{{"{name}":[{}]}}"#, values.join(",")));
    let pattern = select(&["x", "^", "(?=x)", "$"][..])
        .prop_map(|pattern| format!(r#"{{"$regex":"{pattern}","$options":"i"}}"#));
    prop_oneof![3 => value(), 1 => odd_value(), 3 => compared, 3 => listed, 1 => pattern]
}

/// A clause of several members, in which a key may stand twice.
fn clause() -> impl Strategy<Value = String> {
    let key = || prop_oneof![4 => Just(HIDDEN), 4 => select(&PATHS[..]), 1 => select(&PRIVATE[..])];
    let member =
        move || (key(), constraint()).prop_map(|(key, value)| format!(r#""{key}":{value}"#));
    let object = move |members: Vec<String>| format!("{{{}}}", members.join(","));
    let leaf = prop::collection::vec(member(), 0..3).prop_map(object);
    leaf.prop_recursive(4, 24, 3, move |inner| {
        let group = select(&["$or", "$and", "$nor", "a.$or", "secret.$nor", "$odd"][..]);
        let branches = prop::collection::vec(inner, 1..4);
        let group = (group, branches)
            .prop_map(|(name, branches)| format!(r#""{name}":[{}]"#, branches.join(",")));
        let member = prop_oneof![2 => group, 1 => member()];
        prop::collection::vec(member, 1..3).prop_map(object)
    })
}

/// An object, with some value of the hidden field or without one.
fn object(rest: &str, hidden: Option<&str>) -> Object {
    let hidden = hidden.map(|value| format!(r#","{HIDDEN}":{value}"#));
    let text = format!(r#"{{"objectId":"x"{rest}{}}}"#, hidden.unwrap_or_default());
    text.parse().expect("an object")
}

fn can_change_the_verdict(query: &Query) -> bool {
    ["", r#","a":1"#, r#","a":{"secret":"x"}"#]
        .iter()
        .any(|rest| {
            let without = query.verdict(&object(rest, None));
            let mut others = VALUES.iter().map(|value| object(rest, Some(value)));
            others.any(|other| query.verdict(&other) != without)
        })
}

/// A number that the environment gives.
fn given(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).map_or(otherwise, |number| number.parse().expect("a number"))
}

#[test]
fn what_can_change_the_verdict_is_named() {
    let config = Config {
        cases: given("SCOPE_CASES", 3_000),
        failure_persistence: None,
        ..Config::default()
    };
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&given("SCOPE_SEED", 1).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let (refused, compiled, deciding) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let law = TestRunner::new_with_rng(config, rng).run(&clause(), |clause| {
        let Ok(query) = clause.parse::<Query>() else {
            refused.set(refused.get() + 1);
            return Ok(());
        };
        compiled.set(compiled.get() + 1);
        if can_change_the_verdict(&query) {
            deciding.set(deciding.get() + 1);
            let is_named = Scope::new(&query, None).looks_at(&[HIDDEN]);
            prop_assert!(is_named, "{clause}");
        }
        Ok(())
    });
    law.unwrap_or_else(|error| unreachable!("{error}"));
    let (refused, compiled, deciding) = (refused.get(), compiled.get(), deciding.get());
    eprintln!("{compiled} clauses tried, {deciding} about the field; {refused} refused");
    assert!(
        deciding * 10 > compiled && compiled > 0,
        "of {compiled} clauses {deciding} are about it"
    );
}
