//! Clauses and objects mean what their text says, whatever features `serde_json` is built with.
#![cfg(test)]

#[path = "../suite/reference/mod.rs"]
mod reference;

use livematch::{
    Change, ChangeErrorKind, ChangeKind, Dialect, FieldSet, FindOptions, Object, Query, QuerySet,
    Verdict, Watch, classify,
};
use serde::Deserialize;
use serde::de::DeserializeSeed;
use serde_json::{Map, Value, json};

use crate::reference::Answer;

/// The keys that `serde_json` gives a meaning of its own in the values that it makes.
const PRIVATE: [&str; 2] = [
    "$serde_json::private::Number",
    "$serde_json::private::RawValue",
];

/// What stands under such a key.
const UNDER: [&str; 6] = [r#""5""#, r#""!""#, "5", "null", r#"{"a":5}"#, r#""1e400""#];

/// Values that are written in a way that some features keep and others do not.
const WRITTEN: [&str; 14] = [
    "5",
    "5.0",
    "-0",
    "0",
    "-0.0",
    "1e2",
    "100",
    "1e-400",
    "12345678901234567890123456789",
    "1.2345678901234567e28",
    "0.1",
    "0.1000000000000000055511151231257827",
    "9007199254740993",
    "18446744073709551616",
];

/// Operands and values of fields: those with private keys alone, first, and second, and nested.
fn values() -> Vec<String> {
    let mut values: Vec<String> = WRITTEN.map(str::to_owned).into();
    for key in PRIVATE {
        for under in UNDER {
            let only = format!(r#"{{"{key}":{under}}}"#);
            values.push(format!("[{only}]"));
            values.push(format!(r#"{{"a":{only}}}"#));
            values.push(format!(r#"{{"{key}":{under},"a":5}}"#));
            values.push(format!(r#"{{"a":5,"{key}":{under}}}"#));
            values.push(format!(r#"{{"{key}":{only}}}"#));
            values.push(only);
        }
    }
    values
}

fn clauses() -> Vec<String> {
    let mut clauses = Vec::new();
    for value in values() {
        clauses.push(format!(r#"{{"f":{value}}}"#));
        for operator in ["$eq", "$gt", "$exists"] {
            clauses.push(format!(r#"{{"f":{{"{operator}":{value}}}}}"#));
        }
        clauses.push(format!(r#"{{"f":{{"$in":[{value},5]}}}}"#));
        clauses.push(format!(r#"{{"$or":[{{"f":{value}}},{{"g":1}}]}}"#));
    }
    for key in PRIVATE {
        for under in UNDER {
            clauses.push(format!(r#"{{"{key}":{under}}}"#));
            clauses.push(format!(r#"{{"f":5,"{key}":{under}}}"#));
            clauses.push(format!(r#"{{"f":{{"{key}":{under}}}}}"#));
            clauses.push(format!(r#"{{"f":{{"$nin":[{{"{key}":{under}}}]}}}}"#));
        }
    }
    clauses
}

fn objects() -> Vec<String> {
    let mut objects: Vec<String> = values()
        .iter()
        .map(|value| format!(r#"{{"f":{value}}}"#))
        .collect();
    for key in PRIVATE {
        for under in UNDER {
            objects.push(format!(r#"{{"{key}":{under},"f":5}}"#));
            objects.push(format!(r#"{{"{key}":{under}}}"#));
        }
    }
    objects
}

fn verdict(answer: Answer) -> Verdict {
    match answer {
        Answer::Match => Verdict::Match,
        Answer::NoMatch => Verdict::NoMatch,
        Answer::Fault => Verdict::Fault,
    }
}

#[test]
fn text_means_what_it_says() {
    let objects = objects();
    let mut compared = 0;
    for clause in clauses() {
        let query: Query = clause
            .parse()
            .unwrap_or_else(|error| panic!("{clause}: {error}"));
        let names = reference::names(&clause).expect("JSON");
        assert!(
            names.iter().all(|name| query.paths().contains(name)),
            "{clause}"
        );
        for object in &objects {
            let read: Object = object
                .parse()
                .unwrap_or_else(|error| panic!("{object}: {error}"));
            let part = Object::from_slice(object.as_bytes(), &query.fields()).expect("JSON");
            if let Some(expected) = reference::verdict(&clause, object).map(verdict) {
                assert_eq!(query.verdict(&read), expected, "{clause} on {object}");
                assert_eq!(
                    query.verdict(&part),
                    expected,
                    "{clause} on what it asks for of {object}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 20_000, "{compared}");
}

#[test]
fn text_means_the_same_to_find() {
    let find = Query::builder().dialect(Dialect::Find(FindOptions::new()));
    let objects = objects();
    let mut compared = 0;
    for clause in clauses() {
        let Ok(query) = find.compile_str(&clause) else {
            continue;
        };
        for object in &objects {
            let read: Object = object.parse().expect("JSON");
            if let Some(expected) = reference::find::verdict(&clause, object).map(verdict) {
                assert_eq!(query.verdict(&read), expected, "{clause} on {object}");
                compared += 1;
            }
        }
    }
    assert!(compared > 4_000, "{compared}");
}

#[test]
fn numbers_beyond_doubles_are_refused_in_text() {
    for number in ["1e400", "-1e400", "[1e400]", r#"{"a":{"b":1e309}}"#] {
        assert!(
            format!(r#"{{"f":{number}}}"#).parse::<Object>().is_err(),
            "{number}"
        );
        assert!(
            format!(r#"{{"f":{{"$gt":{number}}}}}"#)
                .parse::<Query>()
                .is_err(),
            "{number}"
        );
    }
}

/// The value that a text says, made by hand: what `serde_json` makes of it may be another one.
fn by_hand(text: &str) -> Value {
    // No private key is read as such if it is written otherwise.
    let disguised = text.replace("$serde_json::", "?serde_json::");
    renamed(serde_json::from_str(&disguised).expect("JSON"))
}

fn renamed(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter();
            let renamed = members.map(|(key, value)| {
                (
                    key.replace("?serde_json::", "$serde_json::"),
                    renamed(value),
                )
            });
            Value::Object(renamed.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(renamed).collect()),
        other => other,
    }
}

#[test]
fn values_mean_what_they_say() {
    let objects = objects();
    for clause in clauses() {
        let tree = by_hand(&clause);
        // The order of the keys is that of the map, which may not be that of the text.
        let text = tree.to_string();
        let query = Query::compile(&tree).unwrap_or_else(|error| panic!("{clause}: {error}"));
        let from_text: Query = text
            .parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(query.fingerprint(), from_text.fingerprint(), "{clause}");
        assert_eq!(query.outline(), from_text.outline(), "{clause}");
        assert_eq!(query.warnings(), from_text.warnings(), "{clause}");
        for object in &objects {
            let value = by_hand(object);
            let Some(expected) = reference::verdict(&text, &value.to_string()).map(verdict) else {
                continue;
            };
            assert_eq!(query.verdict(&value), expected, "{clause} on {object}");
            let borrowed = Object::deserialize(&value).expect("an object");
            assert_eq!(
                query.verdict(&borrowed),
                expected,
                "{clause} on {object}, read"
            );
            let owned: Object = serde_json::from_value(value).expect("an object");
            assert_eq!(
                query.verdict(&owned),
                expected,
                "{clause} on {object}, taken apart"
            );
        }
    }
}

#[test]
fn only_an_object_is_one() {
    for value in [
        "5",
        "-0",
        "1e2",
        "12345678901234567890123456789",
        r#""x""#,
        "[]",
        "null",
    ] {
        assert!(value.parse::<Object>().is_err(), "{value}");
        let value: Value = serde_json::from_str(value).expect("JSON");
        assert!(Object::deserialize(&value).is_err(), "{value}");
        assert!(Object::deserialize(value).is_err());
    }
}

/// Numbers that only `arbitrary_precision` can hold are those that JavaScript reads.
#[test]
fn values_beyond_doubles_are_infinite() {
    let Ok(limits) = serde_json::from_str::<[Value; 2]>("[1e400,-1e400]") else {
        assert!(!cfg!(feature = "arbitrary_precision"));
        return;
    };
    let [high, low] = limits;
    let above: Query = r#"{"f":{"$gt":1e308}}"#.parse().expect("a query");
    let below: Query = r#"{"f":{"$lt":-1e308}}"#.parse().expect("a query");
    assert!(above.matches(&json!({ "f": high })) && !below.matches(&json!({ "f": high })));
    assert!(below.matches(&json!({ "f": low })) && !above.matches(&json!({ "f": low })));
    // An object of ours is refused them, as it is in text.
    for value in [&high, &low] {
        let value = json!({ "f": value });
        assert!(Object::deserialize(&value).is_err());
        assert!(serde_json::from_value::<Object>(value).is_err());
    }
    for (limit, matches) in [(high, true), (low, false)] {
        let query = Query::compile(&json!({ "f": { "$lt": limit } })).expect("a query");
        assert_eq!(query.matches(&json!({ "f": 5 })), matches);
        assert_eq!(
            (query.paths(), query.pointers()),
            (vec!["f".to_owned()], vec!["/f".to_owned()])
        );
    }
}

#[test]
fn messages_mean_what_they_say() {
    for key in PRIVATE {
        for under in UNDER.iter().filter(|under| !under.contains("1e400")) {
            let object = format!(r#"{{"className":"C","f":{{"{key}":{under}}},"g":1}}"#);
            let message = format!(
                r#"{{"{key}":{under},"currentParseObject":{object},"classLevelPermissions":{{"{key}":{under}}},"x":1}}"#
            );
            let change = Change::from_json(ChangeKind::Save, &message).expect(&message);
            let new = change.new_object().expect("an object");
            assert_eq!(new.to_string(), object, "{message}");
            let permissions = change.class_level_permissions().expect("permissions");
            assert_eq!(
                permissions.to_string(),
                format!(r#"{{"{key}":{under}}}"#),
                "{message}"
            );
            let kept =
                Change::from_slice(ChangeKind::Save, message.as_bytes(), &FieldSet::new(["g"]));
            let kept = kept.expect("a message");
            assert_eq!(
                kept.new_object().map(ToString::to_string).as_deref(),
                Some(r#"{"className":"C","g":1}"#)
            );
        }
    }
    for message in [
        "5",
        "1e2",
        r#"{"currentParseObject":5}"#,
        r#"{"currentParseObject":0}"#,
    ] {
        let error = Change::from_json(ChangeKind::Save, message).expect_err(message);
        let place = if message.starts_with('{') {
            "/currentParseObject/className"
        } else {
            ""
        };
        let kind = if message.starts_with('{') {
            ChangeErrorKind::NoClass
        } else {
            ChangeErrorKind::NotAMessage
        };
        assert_eq!((error.kind(), error.pointer()), (kind, place), "{message}");
    }
    let original = |original: &str| {
        let message = format!(
            r#"{{"currentParseObject":{{"className":"C"}},"originalParseObject":{original}}}"#
        );
        let change = Change::from_json(ChangeKind::Save, &message).expect("a message");
        change.old_object().map(ToString::to_string)
    };
    assert_eq!((original("0"), original("-0")), (None, None));
    assert_eq!(original("5").as_deref(), Some("{}"));
}

#[test]
fn deep_text_is_an_error_and_not_the_end_of_the_stack() {
    let deep = |levels: usize| {
        format!(
            r#"{{"f":{}1{},"g":1}}"#,
            "[".repeat(levels),
            "]".repeat(levels)
        )
    };
    let text = deep(100_000);
    assert!(text.parse::<Object>().is_err());
    assert!(
        format!(r#"{{"f":{{"$eq":{text}}}}}"#)
            .parse::<Query>()
            .is_err()
    );
    assert!(
        Change::from_json(
            ChangeKind::Save,
            &format!(r#"{{"currentParseObject":{text}}}"#)
        )
        .is_err()
    );
    let permissions =
        format!(r#"{{"currentParseObject":{{"className":"C"}},"classLevelPermissions":{text}}}"#);
    assert!(Change::from_json(ChangeKind::Save, &permissions).is_err());
    // What is not kept is skipped.
    assert!(Object::from_slice(text.as_bytes(), &FieldSet::new(["g"])).is_ok());
    #[cfg(feature = "unbounded_depth")]
    for (levels, is_ok) in [(100, true), (200, false), (100_000, false)] {
        let text = deep(levels);
        let mut reader = serde_json::Deserializer::from_str(&text);
        reader.disable_recursion_limit();
        assert_eq!(
            FieldSet::all().deserialize(&mut reader).is_ok(),
            is_ok,
            "{levels}"
        );
    }
    let mut value = Value::Null;
    for _ in 0..300 {
        value = Value::Array(vec![value]);
    }
    assert!(FieldSet::all().deserialize(json!({ "f": value })).is_err());
    assert!(Query::compile(&json!({ "f": { "$eq": value } })).is_err());
}

/// A value in so many lists, or objects, or both in turn.
fn deep_value(levels: usize, is_list: impl Fn(usize) -> bool) -> Value {
    (0..levels).fold(json!("x"), |value, level| {
        if is_list(level) {
            Value::Array(vec![value])
        } else {
            // A macro would copy the value, level by level.
            Value::Object(Map::from_iter([("a".to_owned(), value)]))
        }
    })
}

/// Drops a value level by level: as it is dropped otherwise, it takes a call for each.
fn take_apart(value: Value) {
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        match value {
            Value::Array(items) => rest.extend(items),
            Value::Object(members) => rest.extend(members.into_iter().map(|(_, member)| member)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// Clauses that look at a field in every way.
const LOOKING: [&str; 22] = [
    r#"{"f":5}"#,
    r#"{"f":"x"}"#,
    r#"{"f":{"$eq":["x"]}}"#,
    r#"{"f":{"$ne":{"a":{"a":"x"}}}}"#,
    r#"{"f":{"$lt":5}}"#,
    r#"{"f":{"$gte":"x"}}"#,
    r#"{"f":{"$in":["x",5]}}"#,
    r#"{"f":{"$nin":[null]}}"#,
    r#"{"f":{"$in":[{"__type":"Pointer","className":"C","objectId":"x"}]}}"#,
    r#"{"f":{"$all":["x"]}}"#,
    r#"{"f":{"$containedBy":["x"]}}"#,
    r#"{"f":{"$exists":true}}"#,
    r#"{"f":{"$regex":"x"}}"#,
    r#"{"f":{"$regex":"^(x)\\1","$options":"i"}}"#,
    r#"{"f":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":2},"$maxDistance":1}}"#,
    r#"{"f":{"$geoWithin":{"$centerSphere":[[1,2],0.5]}}}"#,
    r#"{"f":{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":1,"longitude":2}}}}"#,
    r#"{"f":{"__type":"Pointer","className":"C","objectId":"x"}}"#,
    r#"{"f":{"$eq":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}}"#,
    r#"{"f.a.a.0.0":"x"}"#,
    r#"{"$or":[{"f":1},{"$nor":[{"f":{"$gt":1}}]}]}"#,
    r#"{"$and":[{"f":{"$exists":true}},{"g":1}]}"#,
];

/// What a host has in its memory may be deeper than any text that can be read.
#[test]
fn deep_values_have_a_verdict_or_an_error() {
    const LEVELS: usize = 100_000;
    let shapes: [fn(usize) -> bool; 3] = [|_| true, |_| false, |level| level % 2 == 0];
    for is_list in shapes {
        let [old, new] = [(); 2].map(|()| {
            let members = [
                ("f".to_owned(), deep_value(LEVELS, is_list)),
                ("g".to_owned(), json!(1)),
            ];
            Value::Object(Map::from_iter(members))
        });
        let mut set = QuerySet::new();
        for clause in LOOKING {
            let query: Query = clause.parse().expect(clause);
            let verdict = query.verdict(&new);
            assert_eq!(query.matches(&new), verdict == Verdict::Match, "{clause}");
            let outcome = query.outcome(Some(&old), Some(&new));
            assert_eq!(
                (outcome.old_verdict(), outcome.new_verdict()),
                (Some(verdict), Some(verdict)),
                "{clause}"
            );
            assert_eq!(classify(&query, Some(&old), Some(&new)), outcome.event());
            set.insert(query);
        }
        assert!(set.classify(Some(&old), Some(&new)).len() > 2);
        assert!(Watch::new(["g"]).touched(None, &new));
        assert!(!Watch::new(["g"]).touched(Some(&old), &new));
        assert!(Watch::new(["f"]).touched(Some(&old), &new));
        assert!(Object::deserialize(&new).is_err());
        assert!(FieldSet::all().deserialize(&new).is_err());
        let kept = FieldSet::new(["g"]).deserialize(&new);
        assert_eq!(
            kept.map(|kept| kept.to_string()).ok().as_deref(),
            Some(r#"{"g":1}"#)
        );
        assert!(Query::compile(&new).is_err());
        take_apart(old);
        take_apart(new);
    }
}

#[test]
fn a_map_of_a_host_is_an_object() {
    let mut members = Map::new();
    members.insert(PRIVATE[0].to_owned(), json!("5"));
    let query: Query = format!(r#"{{"{}":"5"}}"#, PRIVATE[0])
        .parse()
        .expect("a query");
    assert!(query.matches(&members));
}
