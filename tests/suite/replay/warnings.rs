//! What is said of clauses that do not do what they look like.

use livematch::{Effect, Query};

/// A clause, the place of its one warning, and the effect.
const WARNED: &[(&str, &str, Effect)] = &[
    (r#"{"a":null}"#, "/a", Effect::NeverMatches),
    (r#"{"a":{}}"#, "/a", Effect::AlwaysMatches),
    (r#"{"a":[]}"#, "/a", Effect::AlwaysMatches),
    (r#"{"a":[1]}"#, "/a", Effect::NeverMatches),
    (r#"{"a":{"b":1}}"#, "/a/b", Effect::NeverMatches),
    (
        r#"{"a":{"$inQuery":{}}}"#,
        "/a/$inQuery",
        Effect::NeverMatches,
    ),
    (
        r#"{"a":{"$notInQuery":{}}}"#,
        "/a/$notInQuery",
        Effect::NeverMatches,
    ),
    (
        r#"{"a":{"$select":{}}}"#,
        "/a/$select",
        Effect::NeverMatches,
    ),
    (
        r#"{"a":{"$dontSelect":{}}}"#,
        "/a/$dontSelect",
        Effect::NeverMatches,
    ),
    (r#"{"$relatedTo":{}}"#, "/$relatedTo", Effect::NeverMatches),
    (r#"{"a":{"$text":{}}}"#, "/a/$text", Effect::NeverMatches),
    (r#"{"a":{"$foo":1}}"#, "/a/$foo", Effect::NeverMatches),
    (
        r#"{"a":{"__type":"GeoPoint","latitude":1,"longitude":2}}"#,
        "/a",
        Effect::NeverMatches,
    ),
    (
        r#"{"a":{"__type":"GeoPoint","latitude":91,"longitude":2}}"#,
        "/a",
        Effect::Faults,
    ),
    (
        r#"{"a":{"__type":"File","name":"a","url":"u"}}"#,
        "/a",
        Effect::NeverMatches,
    ),
    (
        r#"{"a":{"$eq":{"__type":"Pointer","className":"A","objectId":"1"}}}"#,
        "/a/$eq",
        Effect::NeverMatches,
    ),
    (
        r#"{"a":{"$ne":{"__type":"Pointer","className":"A","objectId":"1"}}}"#,
        "/a/$ne",
        Effect::AlwaysMatches,
    ),
    (
        r#"{"createdAt":{"$gt":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}}"#,
        "/createdAt/$gt",
        Effect::AlwaysMatches,
    ),
    (
        r#"{"updatedAt":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}"#,
        "/updatedAt",
        Effect::NeverMatches,
    ),
    (
        r#"{"a":{"$nin":[{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}]}}"#,
        "/a/$nin",
        Effect::AlwaysMatches,
    ),
    (
        r#"{"a":{"$in":[{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}]}}"#,
        "/a/$in",
        Effect::NeverMatches,
    ),
    (r#"{"a":{"$in":[]}}"#, "/a/$in", Effect::NeverMatches),
    (
        r#"{"a":{"$containedBy":[1],"$gt":0}}"#,
        "/a/$gt",
        Effect::Ignored,
    ),
    (
        r#"{"a":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":2},"$maxDistance":0}}"#,
        "/a/$nearSphere",
        Effect::Ignored,
    ),
    (r#"{"a":{"$exists":"yes"}}"#, "/a/$exists", Effect::Ignored),
    (r#"{"a":{"$options":"i"}}"#, "/a/$options", Effect::Ignored),
    (
        r#"{"a":{"$regex":"(\\Q)\\E"}}"#,
        "/a/$regex",
        Effect::NeverMatches,
    ),
    (
        r#"{"f.$or":[{"a":{"$regex":"("}}]}"#,
        "/f.$or/0/a/$regex",
        Effect::NeverMatches,
    ),
    (
        r#"{"a":{"$gt":{"__type":"Date","iso":"2020/01/01"}}}"#,
        "/a/$gt",
        Effect::AlwaysMatches,
    ),
    (
        r#"{"a":{"__type":"Date","iso":"Jan 1, 2020"}}"#,
        "/a",
        Effect::NeverMatches,
    ),
    (
        r#"{"a":{"$lt":{"__type":"Date","iso":"2020-01-01T00:00"}}}"#,
        "/a/$lt",
        Effect::Differs,
    ),
    (
        r#"{"a":{"$gt":{"$relativeTime":"1 day ago"}}}"#,
        "/a/$gt",
        Effect::AlwaysMatches,
    ),
    (r#"{"$or":[]}"#, "/$or", Effect::NeverMatches),
    (r#"{"$nor":[{}]}"#, "/$nor/0", Effect::NeverMatches),
    (r#"{"f.$or":5}"#, "/f.$or", Effect::NeverMatches),
];

#[test]
fn surprises_are_named() {
    for (clause, pointer, effect) in WARNED {
        let query: Query = clause
            .parse()
            .unwrap_or_else(|error| panic!("{clause}: {error}"));
        let warnings = query.warnings();
        let found: Vec<_> = warnings
            .iter()
            .map(|warning| (warning.pointer(), warning.effect()))
            .collect();
        assert_eq!(found, [(*pointer, *effect)], "{clause}");
        assert!(
            warnings
                .iter()
                .all(|warning| warning.message().contains("; ")),
            "{clause}: nothing to do instead"
        );
        let strict = Query::builder().strict(true).compile_str(clause);
        assert_eq!(
            strict
                .err()
                .map(|error| error.pointer().to_owned())
                .as_deref(),
            Some(*pointer),
            "{clause}"
        );
    }
}

#[test]
fn ordinary_clauses_are_not_warned_of() {
    let clauses = [
        r#"{"a":1,"b":"x","c":true}"#,
        r#"{"a":{"$gt":1,"$lt":5,"$exists":true,"$ne":3}}"#,
        r#"{"p":{"__type":"Pointer","className":"A","objectId":"1"}}"#,
        r#"{"p":{"$in":[{"__type":"Pointer","className":"A","objectId":"1"}]}}"#,
        r#"{"d":{"$gte":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}}"#,
        r#"{"s":{"$regex":"^\\Qab\\E","$options":"i"}}"#,
        r#"{"t":{"$all":["a","b"]},"u":{"$containedBy":[1,2]},"v":{"$nin":["x"]}}"#,
        r#"{"g":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":2},"$maxDistance":0.5}}"#,
        r#"{"g":{"$within":{"$box":[{"__type":"GeoPoint","latitude":0,"longitude":0},{"__type":"GeoPoint","latitude":1,"longitude":1}]}}}"#,
        r#"{"g":{"$geoWithin":{"$centerSphere":[[20,10],0.5]}}}"#,
        r#"{"g":{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":0,"longitude":0}}}}"#,
        r#"{"$or":[{"a":{"$exists":false}},{"a":"10"}],"$nor":[{"b":1}]}"#,
        "{}",
    ];
    for clause in clauses {
        let query: Query = clause.parse().expect("a clause");
        assert_eq!(query.warnings(), [], "{clause}");
        assert!(
            Query::builder().strict(true).compile_str(clause).is_ok(),
            "{clause}"
        );
    }
}
