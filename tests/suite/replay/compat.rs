//! Parse Server's own query hash, and the collisions that a fingerprint must not have.

use std::collections::BTreeMap;

use livematch::{Query, query_hash};

use super::lines::{check_all, data, read};

#[test]
fn hashes_are_those_of_parse_server() {
    check_all(&read(&data("hash.jsonl")), 80, |line| {
        let hash = query_hash(
            &line.text("className"),
            line.raw("where").ok_or("no clause")?,
        );
        // Null stands for a clause at which the original throws.
        let expected = line.value("expect")["hash"].as_str().map(str::to_owned);
        if hash.as_ref().ok() == expected.as_ref() {
            return Ok(());
        }
        Err(format!("{hash:?} instead of {expected:?}"))
    });
}

#[test]
fn queries_that_share_a_hash_keep_their_fingerprints() {
    let mut by_hash: BTreeMap<String, Vec<Query>> = BTreeMap::new();
    for line in read(&data("hash.jsonl")) {
        let (Some(clause), Ok(query)) = (line.raw("where"), line.query()) else {
            continue;
        };
        let Ok(hash) = query_hash(&line.text("className"), clause) else {
            continue;
        };
        by_hash.entry(hash).or_default().push(query);
    }
    let mut collisions = 0;
    for queries in by_hash.values() {
        for (i, a) in queries.iter().enumerate() {
            for b in &queries[..i] {
                let same_clause = a.clause_text() == b.clause_text();
                let same_print = a.fingerprint() == b.fingerprint();
                assert!(!same_clause || same_print, "{a:?}");
                collisions += usize::from(!same_print);
            }
        }
    }
    assert!(
        collisions >= 5,
        "only {collisions} measured collisions were told apart"
    );
}

/// The collisions that were measured on Parse Server: the second client gets the first one's events.
#[test]
fn measured_collisions_are_told_apart() {
    let pairs = [
        (r#"{"a":1,"b":2}"#, r#"{"a":2,"b":1}"#),
        (
            r#"{"$or":[{"r":1}],"tenant":"t1"}"#,
            r#"{"$or":[{"r":1}],"tenant":"t2"}"#,
        ),
        (r#"{"a":{"$eq":[1,2]}}"#, r#"{"a":{"$eq":[2,1]}}"#),
        (r#"{"a":{"$in":["x\",\"y"]}}"#, r#"{"a":{"$in":["x","y"]}}"#),
        (
            r#"{"g":{"$geoWithin":{"$centerSphere":[[10,20],0.5]}}}"#,
            r#"{"g":{"$geoWithin":{"$centerSphere":[[20,10],0.5]}}}"#,
        ),
        (
            r#"{"g":{"$within":{"$box":[{"latitude":0,"longitude":0},{"latitude":5,"longitude":5}]}}}"#,
            r#"{"g":{"$within":{"$box":[{"latitude":5,"longitude":5},{"latitude":0,"longitude":0}]}}}"#,
        ),
    ];
    for (a, b) in pairs {
        assert_eq!(query_hash("T", a), query_hash("T", b), "{a} {b}");
        let print = |clause: &str| clause.parse::<Query>().expect("a clause").fingerprint();
        assert_ne!(print(a), print(b), "{a} {b}");
    }
}
