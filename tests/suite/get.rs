//! A clause that a set writes from what it runs is the query that was inserted.

use livematch::{Query, QuerySet};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::generate::any_case;
use crate::replay::lines::read_all;

/// The clause that a set of one query has for it.
fn written(query: &Query) -> Option<String> {
    let mut set = QuerySet::with_seed(1);
    let id = set.insert(query.clone());
    set.get(id)
}

/// Whether a query has a clause, which then is the query.
fn survives(query: &Query) -> Result<bool, String> {
    let Some(clause) = written(query) else {
        return Ok(false);
    };
    let again: Query = clause
        .parse()
        .map_err(|error| format!("{clause}: {error}"))?;
    let fingerprints = (query.fingerprint(), again.fingerprint());
    if fingerprints.0 != fingerprints.1 {
        return Err(format!(
            "{query:?} was written as {clause}: {fingerprints:?}"
        ));
    }
    if written(&again).as_deref() == Some(&clause) {
        Ok(true)
    } else {
        Err(format!(
            "{query:?} was written as {clause} and then as {:?}",
            written(&again)
        ))
    }
}

#[test]
fn recorded_clauses_are_written_as_the_queries_they_are() {
    let (mut written, mut faults, mut unwritten) = (0, Vec::new(), Vec::new());
    for line in read_all("cases") {
        let Ok(query) = line.query() else { continue };
        match survives(&query) {
            Ok(true) => written += 1,
            Ok(false) => unwritten.push(format!("{} {query:?}", line.id())),
            Err(fault) => faults.push(format!("{}: {fault}", line.id())),
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {written}:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(written > 6_000, "only {written} clauses were written");
    assert!(unwritten.is_empty(), "{}", unwritten.join("\n"));
}

/// Half of a surrogate pair, numbers that are not finite, and operands that are told apart by little.
#[test]
fn odd_operands_are_written_as_the_queries_they_are() {
    for clause in [
        r#"{"a.$and":["x😀"],"b":1}"#,
        r#"{"$nor":["😀"]}"#,
        r#"{"0":"a","b":1,"$and":[{"0":"b"}]}"#,
        r#"{"a":{"$all":"x😀"}}"#,
        r#"{"a":{"$all":{"0":"x","length":"Infinity"}}}"#,
        r#"{"a":{"$all":{"__type":"X","0":{"__type":"Date","iso":0},"length":1}}}"#,
        r#"{"a":{"$eq":{"b":{"__type":"Date","iso":0}}}}"#,
        r#"{"a":{"$lt":{"__type":"Date","iso":"never"}}}"#,
        r#"{"a":{"$regex":"\\Qx.😀\\E","$options":"is"}}"#,
        r#"{"a":{"$regex":{"source":"\\\\Q","flags":"u"}}}"#,
        r#"{"a":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":2},"$maxDistance":"0"}}"#,
        r#"{"a":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":2},"$maxDistance":"-Infinity"}}"#,
        r#"{"a":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":2},"$maxDistance":{"toString":1}}}"#,
        r#"{"a":{"$within":{"$box":[{"latitude":"1"},{"latitude":{"toString":1},"longitude":9}]}}}"#,
        r#"{"a":{"$geoWithin":{"$centerSphere":[[1,2],"Infinity"]}}}"#,
        r#"{"a":{"__type":"X","__op":"Unknown"}}"#,
        r#"{"a":{"__type":"X","__op":"Batch","ops":[{"__op":"AddRelation","objects":[{"__type":"Pointer","className":"A","objectId":"1"}]}]}}"#,
    ] {
        let query: Query = clause
            .parse()
            .unwrap_or_else(|error| panic!("{clause}: {error}"));
        assert_eq!(survives(&query), Ok(true), "{clause}");
    }
}

/// What the SDK makes of them is not what it makes of any text, or nobody could write it.
#[test]
fn what_no_json_becomes_has_no_clause() {
    let clause = r#"{"a":{"$eq":{"__type":"Pointer","className":{"id":"1"},"objectId":"2"}}}"#;
    assert_eq!(written(&clause.parse().expect("a clause")), None);
}

#[test]
fn who_is_not_there_has_no_clause() {
    let (mut set, mut other) = (QuerySet::with_seed(1), QuerySet::with_seed(2));
    let query = || r#"{"a":1}"#.parse::<Query>().expect("a clause");
    let (first, second) = (set.insert(query()), set.insert(query()));
    other.insert(query());
    assert_eq!(set.get(second).as_deref(), Some(r#"{"a":1}"#));
    assert_eq!(other.get(first), None);
    set.remove(first);
    assert_eq!((set.get(first), set.get(second).is_some()), (None, true));
}

/// Groups in groups, constraints that always hold and that never do, and one field again and again.
fn groups() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        6 => "[a-c]".prop_map(|field| format!(r#""{field}":1"#)),
        2 => "[a-c]".prop_map(|field| format!(r#""{field}":{{"$gt":1,"$lt":9}}"#)),
        1 => "[a-c]".prop_map(|field| format!(r#""{field}":{{"$ne":null}}"#)),
        1 => Just(r#""0":{"$exists":true}"#.to_owned()),
        1 => Just(r#""n":null"#.to_owned()),
        1 => Just(String::new()),
    ];
    leaf.prop_recursive(6, 60, 4, |inner| {
        let list = vec(vec(inner, 0..3), 0..4);
        (
            prop::sample::select(&["$and", "$or", "$nor", "a.$or"][..]),
            list,
        )
            .prop_map(|(name, list)| {
                let clause = |members: &Vec<String>| {
                    let members = members.iter().filter(|member| !member.is_empty());
                    let members: Vec<&str> = members.map(String::as_str).collect();
                    format!("{{{}}}", members.join(","))
                };
                let list: Vec<String> = list.iter().map(clause).collect();
                format!(r#""{name}":[{}]"#, list.join(","))
            })
    })
    .prop_map(|member| format!("{{{member}}}"))
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn groups_are_found_in_what_runs(clause in groups()) {
        let query: Query = clause.parse().expect("a clause");
        prop_assert_eq!(survives(&query), Ok(true));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn whatever_compiles_is_written_as_the_query_it_is(case in any_case()) {
        if let Ok(query) = case.clause.to_string().parse::<Query>() {
            let is_written = survives(&query);
            prop_assert!(is_written.is_ok(), "{is_written:?}");
        }
    }
}
