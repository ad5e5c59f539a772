//! What is said of clauses that do not do what they look like.
//!
//! `table` holds every surprise to its own example, to Parse Server's answers and to those of `find()`; `pages` holds the
//! documentation to the table.

mod law;
mod pages;
mod table;

use allocation_counter::measure;
use livematch::{Level, Object, Query, Verdict, Warning};

/// A clause, and the place and code of each of its warnings.
const WARNED: &[(&str, &[(&str, &str)])] = &[
    (r#"{"a":null}"#, &[("/a", "equals-null")]),
    (
        r#"{"a":{"$notInQuery":{}}}"#,
        &[("/a/$notInQuery", "sub-query")],
    ),
    (r#"{"a":{"$select":{}}}"#, &[("/a/$select", "select")]),
    (
        r#"{"a":{"__type":"GeoPoint","latitude":91,"longitude":2}}"#,
        &[("/a", "undecodable")],
    ),
    (
        r#"{"a":[{"__type":"GeoPoint","latitude":91,"longitude":2}]}"#,
        &[("/a", "undecodable")],
    ),
    (
        r#"{"a":{"$containedBy":[1],"$gt":0}}"#,
        &[
            ("/a/$containedBy", "contained-by-faults"),
            ("/a/$gt", "after-the-end"),
        ],
    ),
    // The distance between them does not open the constraint again.
    (
        r#"{"a":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":2},"$maxDistance":0.1,"$exists":false}}"#,
        &[("/a/$exists", "after-the-end")],
    ),
    (
        r#"{"a":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":2},"$options":"i","$maxDistanceInMiles":1,"$gt":1}}"#,
        &[
            ("/a/$options", "options-alone"),
            ("/a/$maxDistanceInMiles", "distance-unit-ignored"),
            ("/a/$gt", "after-the-end"),
        ],
    ),
    (
        r#"{"a":{"$geoWithin":{"$centerSphere":[[2,1],0.5]},"$exists":false}}"#,
        &[
            ("/a/$geoWithin", "circle-on-missing"),
            ("/a/$exists", "after-the-end"),
        ],
    ),
    (
        r#"{"a":{"$geoWithin":{},"$exists":false}}"#,
        &[("/a/$geoWithin", "area-missing")],
    ),
    // Boxes that are a line, along either side.
    (
        r#"{"a":{"$within":{"$box":[{"latitude":1,"longitude":1},{"latitude":1,"longitude":9}]}}}"#,
        &[("/a/$within", "within-empty")],
    ),
    (
        r#"{"a":{"$within":{"$box":[{"latitude":1,"longitude":9},{"latitude":5,"longitude":9}]}}}"#,
        &[("/a/$within", "within-empty")],
    ),
    (
        r#"{"a":{"$within":{"$box":[{"latitude":1,"longitude":1},{"latitude":5,"longitude":9}]}}}"#,
        &[("/a/$within", "within-edges")],
    ),
    (
        r#"{"a":{"$ne":[1,2]}}"#,
        &[("/a/$ne", "ne-not-into-lists"), ("/a/$ne", "null-faults")],
    ),
    (r#"{"a":{"$ne":null}}"#, &[("/a/$ne", "ne-null")]),
    (r#"{"a":{"$eq":null}}"#, &[("/a/$eq", "eq-null")]),
    (r#"{"a":{"$in":[1,null]}}"#, &[("/a/$in", "in-null")]),
    (r#"{"a":{"$nin":[null]}}"#, &[("/a/$nin", "in-null")]),
    (r#"{"a":{"$lt":null}}"#, &[("/a/$lt", "range-with-null")]),
    (
        r#"{"a":{"$gt":5,"$lt":9}}"#,
        &[
            ("/a/$gt", "range-on-missing"),
            ("/a/$lt", "range-on-missing"),
        ],
    ),
    (
        r#"{"a.b":{"$lt":5}}"#,
        &[
            ("/a.b", "path-not-into-lists"),
            ("/a.b/$lt", "range-on-missing"),
        ],
    ),
    (
        r#"{"a.$or":[{"b":1}]}"#,
        &[("/a.$or/0/b", "path-not-into-lists")],
    ),
    (
        r#"{"a":{"$geoWithin":{"$centerSphere":[[20,10],0.5]}}}"#,
        &[("/a/$geoWithin", "circle-on-missing")],
    ),
    (r#"{"id":"x"}"#, &[("/id", "id-field")]),
    (r#"{"_id":{"$in":["x"]}}"#, &[("/_id", "unstored-field")]),
    (
        r#"{"a-b":{"$exists":false}}"#,
        &[("/a-b", "unstored-field-always")],
    ),
    (
        r#"{"_p.$or":[{"a":{"$gt":1}}]}"#,
        &[("/_p.$or/0/a", "unstored-field-always")],
    ),
    (r#"{"$AND":[{"a":1}]}"#, &[("/$AND", "unknown-group")]),
    (r#"{"$AND":[]}"#, &[("/$AND", "unknown-group-always")]),
    (r#"{"a":1,"a":2}"#, &[("/a", "key-twice")]),
    (
        r#"{"$or":[{"a":{"$ne":1,"$ne":2}}]}"#,
        &[
            ("/$or/0/a/$ne", "ne-not-into-lists"),
            ("/$or/0/a/$ne", "key-twice"),
        ],
    ),
    (
        r#"{"createdAt":{"$lt":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}}"#,
        &[("/createdAt/$lt", "range-on-server-date")],
    ),
    (
        r#"{"updatedAt":"2020-01-01T00:00:00Z"}"#,
        &[
            ("/updatedAt", "server-date-text"),
            ("/updatedAt", "contradiction"),
        ],
    ),
    (
        r#"{"f.$or":[{"a":{"$regex":"("}}]}"#,
        &[
            ("/f.$or/0/a", "path-not-into-lists"),
            ("/f.$or/0/a/$regex", "regex-invalid"),
        ],
    ),
    (r#"{"f.$or":5}"#, &[("/f.$or", "group-no-list")]),
    (r#"{"$nor":[{}]}"#, &[("/$nor/0", "nor-blank-branch")]),
    // A branch of `$or` that always matches says nothing of the rest.
    (
        r#"{"p":{"$eq":null},"$or":[{"p":{"$ne":{"__type":"Pointer","className":"A","objectId":"x"}}}]}"#,
        &[
            ("/p/$eq", "eq-null"),
            ("/$or/0/p/$ne", "ne-pointer"),
            ("/$or", "contradiction"),
        ],
    ),
    (
        r#"{"p":{"$eq":{"__type":"Pointer","objectId":"x"}}}"#,
        &[("/p/$eq", "eq-not-into-lists"), ("/p/$eq", "null-faults")],
    ),
];

/// Clauses of which nothing is said, not even a hint.
const PLAIN: &[&str] = &[
    r#"{"a":1,"b":"x","c":true}"#,
    r#"{"a":{"$exists":true}}"#,
    r#"{"p":{"$in":[{"__type":"Pointer","className":"A","objectId":"1"}]}}"#,
    r#"{"v":{"$nin":["x"]}}"#,
    r#"{"g":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":2},"$maxDistance":0.5}}"#,
    r#"{"$or":[{"a":{"$exists":false}},{"a":"10"}],"$nor":[{"b":1}]}"#,
    "{}",
];

/// Clauses as apps have them: they may have hints, and are compiled where one is strict.
const ORDINARY: &[&str] = &[
    r#"{"a":{"$gt":1,"$lt":5,"$exists":true,"$ne":3}}"#,
    r#"{"p":{"__type":"Pointer","className":"A","objectId":"1"}}"#,
    r#"{"d":{"$gte":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}}"#,
    r#"{"s":{"$regex":"^\\Qab\\E","$options":"i"}}"#,
    r#"{"t":{"$all":["a","b"]},"u":{"$containedBy":[1,2]}}"#,
    r#"{"g":{"$within":{"$box":[{"__type":"GeoPoint","latitude":0,"longitude":0},{"__type":"GeoPoint","latitude":1,"longitude":1}]}}}"#,
    r#"{"g":{"$geoWithin":{"$centerSphere":[[20,10],0.5]}}}"#,
    r#"{"g":{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":0,"longitude":0}}}}"#,
    r#"{"stats.wins":3,"createdAt":{"$gt":"2024-01-01"},"a":{"$eq":null},"b":{"$in":[1,null]}}"#,
];

/// Clauses that hardly any object matches, each with one that does.
const SATISFIED: &[(&str, &str)] = &[
    (
        r#"{"$and":[{"objectId":{"$gt":"a"}},{"objectId":{"$lt":"c"}}]}"#,
        r#"{"objectId":"b"}"#,
    ),
    // A pattern may match what no operand is, below a group and beside a distance.
    (
        r#"{"$and":[{"$or":[{"a":{"$regex":"^k[0-9]"}},{"a":5}]},{"a":{"$ne":5}}]}"#,
        r#"{"a":"k1"}"#,
    ),
    (
        r#"{"$and":[{"g":{"$regex":"obj"}},{"g":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":2},"$maxDistance":0.001}}]}"#,
        r#"{"g":{"__type":"GeoPoint","latitude":1,"longitude":2}}"#,
    ),
    // No distance is one, too.
    (
        r#"{"g":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":2},"$maxDistance":"0"}}"#,
        r#"{"g":{"__type":"GeoPoint","latitude":1,"longitude":2}}"#,
    ),
    (
        r#"{"g":{"$geoWithin":{"$centerSphere":[[2,1],0]}}}"#,
        r#"{"g":{"__type":"GeoPoint","latitude":1,"longitude":2}}"#,
    ),
    // A list in a list is looked into, and does not fault where null itself does.
    (
        r#"{"$and":[{"a":{"$in":[null]}},{"a":{"__type":"Pointer","className":"Team","objectId":"t1"}}]}"#,
        r#"{"a":[[null],{"__type":"Pointer","className":"Team","objectId":"t1"}]}"#,
    ),
    (
        r#"{"a":{"$in":[{"__type":"Pointer","className":"Team","objectId":"t1"}]},"$or":[{"a":{"$in":[null]}}]}"#,
        r#"{"a":[[null],{"__type":"Pointer","className":"Team","objectId":"t1"}]}"#,
    ),
    // As a text a list begins with what stands first in it.
    (
        r#"{"a":{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"},"$nor":[{"a":{"$lt":"abc"}}]}"#,
        r#"{"a":[["abc"],{}]}"#,
    ),
    (
        r#"{"$and":[{"a":{"$containedBy":[7]}},{"a":{"$gte":"abc"}}]}"#,
        r#"{"a":[["abc",7]]}"#,
    ),
];

fn query(clause: &str) -> Query {
    clause
        .parse()
        .unwrap_or_else(|error| panic!("{clause}: {error}"))
}

/// The place of the first warning for which a clause is refused where one is strict.
fn refused_at(clause: &str) -> Option<String> {
    let strict = Query::builder().strict(true).compile_str(clause);
    strict.err().map(|error| error.pointer().to_owned())
}

fn is_alarm(warning: &Warning) -> bool {
    warning.level() > Level::Hint
}

#[test]
fn surprises_are_named_with_their_places() {
    for (clause, expected) in WARNED {
        let warnings = query(clause).warnings();
        let found: Vec<_> = warnings
            .iter()
            .map(|warning| (warning.pointer(), warning.code()))
            .collect();
        assert_eq!(found, *expected, "{clause}");
        let alarm = warnings.iter().find(|warning| is_alarm(warning));
        let alarm = alarm.map(|warning| warning.pointer().to_owned());
        assert_eq!(refused_at(clause), alarm, "{clause}");
    }
}

#[test]
fn ordinary_clauses_are_no_alarm() {
    for clause in PLAIN {
        assert_eq!(query(clause).warnings(), [], "{clause}");
    }
    for clause in ORDINARY {
        let warnings = query(clause).warnings();
        assert!(!warnings.is_empty(), "{clause} has hints");
        assert!(!warnings.iter().any(is_alarm), "{clause}: {warnings:?}");
    }
    for clause in PLAIN.iter().chain(ORDINARY) {
        assert_eq!(refused_at(clause), None, "{clause}");
    }
}

#[test]
fn what_an_odd_object_satisfies_is_no_contradiction() {
    for (clause, object) in SATISFIED {
        let query = query(clause);
        let object: Object = object.parse().expect("an object");
        assert_eq!(query.verdict(&object), Verdict::Match, "{clause}");
        let warnings = query.warnings();
        assert!(!warnings.iter().any(is_alarm), "{clause}: {warnings:?}");
    }
}

/// What is told of a field that several constraints ask for, once each.
const WEIGHED: &[(&str, &[&str])] = &[
    (
        r#"{"$and":[{"a":{"$eq":5}},{"a":{"$exists":true}},{"a":{"$eq":6}}]}"#,
        &["contradiction"],
    ),
    (
        r#"{"$and":[{"a":{"$eq":5,"$ne":5}},{"a":{"$exists":true}}]}"#,
        &["contradiction"],
    ),
    (
        r#"{"$or":[{"$or":[{"a":{"$exists":true}}]},{"a":{"$exists":false}}]}"#,
        &["tautology"],
    ),
    (
        r#"{"$and":[{"a":{"$regex":"x"}},{"a":{"$exists":false}}]}"#,
        &["contradiction"],
    ),
    (
        r#"{"$and":[{"a":{"$eq":"q"}},{"a":{"$regex":"^z"}}]}"#,
        &["contradiction"],
    ),
    // What a pattern costs is up to whoever wrote it.
    (
        r#"{"$and":[{"a":{"$eq":"q"}},{"a":{"$regex":"^[0-9]$"}}]}"#,
        &[],
    ),
    (
        r#"{"$and":[{"g":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":2}}},{"g":"x"}]}"#,
        &["contradiction"],
    ),
    (
        r#"{"$and":[{"g":{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":1,"longitude":2}}}},{"g":"x"}]}"#,
        &["contradiction"],
    ),
    (
        r#"{"$and":[{"objectId":"x"},{"objectId":"y"}]}"#,
        &["contradiction"],
    ),
    // Every value has a constructor, and no stored one has one of its own.
    (r#"{"a.constructor":5,"b.x":5}"#, &["contradiction"]),
    (r#"{"a.constructor":{"$exists":true}}"#, &["tautology"]),
    // A millisecond later than the first there is a time, one earlier than the second, and the earliest of all.
    (
        r#"{"createdAt":{"$gt":"2024-03-01T12:00:00.000Z","$lt":"2024-03-01T12:00:00.001~"}}"#,
        &[],
    ),
    (
        r#"{"createdAt":{"$gt":"2024-03-01T11:59:59.998~","$lt":"2024-03-01T12:00:00.000Z"}}"#,
        &[],
    ),
    (r#"{"createdAt":{"$gt":",","$lt":"0"}}"#, &[]),
    (
        r#"{"createdAt":{"$gt":"2024-03-01T12:00:00.000Z","$lt":"2024-03-01T12:00:00.001Z"}}"#,
        &["contradiction"],
    ),
];

#[test]
fn what_is_asked_of_a_field_is_weighed_together() {
    let mut wrong = Vec::new();
    for (clause, codes) in WEIGHED {
        let warnings = query(clause).warnings();
        let told = warnings.iter().map(Warning::code);
        let told = told.filter(|code| matches!(*code, "contradiction" | "tautology"));
        let told: Vec<_> = told.collect();
        if told != *codes {
            wrong.push((clause, told));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A tree has no repeated keys, and otherwise says what its text says.
#[test]
fn a_tree_is_warned_of_as_its_text() {
    for (clause, _) in WARNED {
        let Ok(tree) = serde_json::from_str::<serde_json::Value>(clause) else {
            continue;
        };
        let (from_tree, from_text) = (Query::compile(&tree), query(&tree.to_string()));
        let from_tree = from_tree.expect("what compiles as text").warnings();
        assert_eq!(from_tree, from_text.warnings(), "{clause}");
    }
}

/// Strangers write them, so it is bounded what is tried of what they ask.
#[test]
fn what_is_asked_of_many_fields_is_not_all_tried() {
    let list = |branch: &dyn Fn(usize) -> String| {
        let branches: Vec<_> = (0..500).map(branch).collect();
        branches.join(",")
    };
    let deep = "x.".repeat(60);
    for clause in [
        format!(
            r#"{{"$or":[{}]}}"#,
            list(&|n| format!(r#"{{"a{n}":1,"b":{{"$ne":2}}}}"#))
        ),
        format!(
            "{{{}}}",
            list(&|n| format!(r#""a{n}":{{"$in":["b",{n}]}}"#))
        ),
        format!("{{{}}}", list(&|n| format!(r#""{deep}{n}":1"#))),
    ] {
        let compiling = measure(|| drop(query(&clause))).count_total;
        let query = query(&clause);
        let looking = measure(|| drop(query.warnings())).count_total;
        assert!(
            looking < 8 * compiling,
            "{looking} allocations, {compiling} to compile {}",
            &clause[..80]
        );
    }
}

/// A name may be as long as a clause, and what stands below it is told with its place.
#[test]
fn places_below_a_long_name_are_not_told_without_end() {
    const OPERATORS: usize = 2_000;
    let name = "x".repeat(100_000);
    let operators: Vec<String> = (0..OPERATORS).map(|n| format!(r#""$x{n}":1"#)).collect();
    let clause = format!(
        r#"{{"{name}":{{"$within":{{"$box":[]}},{}}}}}"#,
        operators.join(",")
    );
    let query = query(&clause);
    let object: Object = "{}".parse().expect("an object");
    for (what, bytes) in [
        ("warnings", measure(|| drop(query.warnings())).bytes_total),
        (
            "explain",
            measure(|| drop(query.explain(&object))).bytes_total,
        ),
    ] {
        assert!(bytes < 50_000_000, "{what}: {bytes} bytes");
    }
}
