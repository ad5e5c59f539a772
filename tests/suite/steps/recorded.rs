//! What each kind of constraint takes for each kind of value, and its bounds, to the step.
//!
//! The laws hold between figures; these hold the figures. They are no answers of Parse Server: what changes a rate on purpose writes
//! them anew, with `UPDATE_STEPS=1 cargo test --test suite steps`, and its diff shows what it costs whom.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use livematch::{Budget, Query, QuerySet};

use super::{CONSTRAINTS, PLENTY, object};

/// Constraints whose size counts, beside [`CONSTRAINTS`].
fn long_constraints() -> Vec<String> {
    let texts = |count: usize| -> String {
        let texts: Vec<_> = (0..count).map(|i| format!(r#""item{i}""#)).collect();
        texts.join(",")
    };
    let (long, word) = ("abcd".repeat(100), "w".repeat(70));
    vec![
        format!(r#""f":{{"$eq":"{long}"}}"#),
        format!(
            r#""f":{{"__type":"Pointer","className":"{}","objectId":"{word}"}}"#,
            &long[..90]
        ),
        format!(r#""f":{{"$lt":"{long}"}}"#),
        format!(r#""f":{{"$in":"{long}"}}"#),
        format!(r#""f":{{"$in":[{}]}}"#, texts(12)),
        format!(r#""f":{{"$in":[{}]}}"#, texts(40)),
        format!(
            r#""f":{{"$in":[{},{{"className":7,"objectId":"y"}},{{"className":"A"}}]}}"#,
            texts(20)
        ),
        format!(r#""f":{{"$containedBy":[{}]}}"#, texts(40)),
        format!(r#""f":{{"$all":[{}]}}"#, texts(40)),
        format!(r#""f":{{"$all":[{}]}}"#, texts(400)),
        format!(r#""f":{{"$all":["{word}",["{word}"],"a"]}}"#),
        r#""f":{"$in":{"__type":"GeoPoint","latitude":1,"longitude":2}}"#.to_owned(),
        format!(r#""f":{{"$all":{{"length":9,"0":"{word}","1":"a","7":["a","b"]}}}}"#),
    ]
}

/// Values of each shape, short and long.
fn values() -> Vec<String> {
    let numbers: Vec<String> = (0..40).map(|i| i.to_string()).collect();
    let pointer = r#"{"__type":"Pointer","className":"A","objectId":"x"}"#;
    let odd = r#"{"__type":"Pointer","className":7,"objectId":"x"}"#;
    let mut values: Vec<String> = [
        "null",
        "true",
        "5",
        "\"\"",
        "\"a\"",
        "\"é5\"",
        "[]",
        "[5]",
        r#"["a","b",5]"#,
        "{}",
        r#"{"a":[3,{"b":"c"}]}"#,
        r#"{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"latitude":1,"longitude":1}"#,
        r#"{"latitude":"1","longitude":[1,[2]]}"#,
        r#"{"coordinates":[[0,0],[0,9],[9,0]]}"#,
        r#"{"coordinates":"0,0"}"#,
    ]
    .map(str::to_owned)
    .into();
    values.extend([
        format!("\"{}\"", "a".repeat(150)),
        format!("\"{}1\"", "éb".repeat(200)),
        format!("[{}]", numbers.join(",")),
        format!(
            "[[{}],[\"abc\",[{}]]]",
            numbers.join(","),
            numbers[..9].join(",")
        ),
        pointer.to_owned(),
        odd.to_owned(),
        format!("[{pointer},{pointer},5]"),
        format!("[{odd},{odd},{odd}]"),
    ]);
    values
}

fn recorded() -> String {
    let mut text = String::new();
    let (long, values) = (long_constraints(), values());
    let constraints = CONSTRAINTS.iter().copied();
    for constraint in constraints.chain(long.iter().map(String::as_str)) {
        let clause = format!("{{{constraint}}}");
        let query: Query = clause.parse().expect("a query");
        let bounds = [0, 10, 100, 10_000].map(|bytes| query.max_steps(bytes));
        let mut set = QuerySet::with_seed(1);
        let id = set.insert(query);
        let copy = set.copy_of(id).expect("it is there");
        let spent = values.iter().map(|value| {
            let new = object(&format!(r#"{{"f":{value}}}"#));
            let mut budget = Budget::new(PLENTY);
            let _ = copy.outcome_metered(None, Some(&new), &mut budget);
            budget.spent()
        });
        let spent: Vec<u64> = spent.collect();
        writeln!(
            text,
            r#"{{"where":{clause},"bounds":{bounds:?},"spent":{spent:?}}}"#
        )
        .expect("text can be written");
    }
    text
}

#[test]
fn every_kind_of_work_takes_what_is_recorded() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/steps/recorded.jsonl");
    let found = recorded();
    if std::env::var_os("UPDATE_STEPS").is_some() {
        fs::write(&path, &found).expect("it can be written");
    }
    let known = fs::read_to_string(path).expect("it is there");
    for (known, found) in known.lines().zip(found.lines()) {
        assert_eq!(known, found, "see this file's head");
    }
    assert_eq!(known.lines().count(), found.lines().count());
}
