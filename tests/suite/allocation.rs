//! Matching allocates nothing, whatever the operator, on objects of either kind and in a set.
//!
//! Excepted are, and so not asked here: the first tests of a pattern, after which it is given an automaton, values that have
//! to be made a text, and text beyond U+FFFF under a pattern without `u`.

use allocation_counter::{AllocationInfo, measure};
use livematch::{Document, Object, Query, QuerySet, Scratch, classify};
use serde_json::Value;

/// One clause at least for each operator, and what an object answers at once or only after a long way.
const CLAUSES: [&str; 31] = [
    "{}",
    r#"{"status":"open"}"#,
    r#"{"price":5,"missing":null}"#,
    r#"{"room":{"__type":"Pointer","className":"Room","objectId":"r1"}}"#,
    r#"{"due":{"__type":"Date","iso":"2024-05-15T22:09:53.061Z"}}"#,
    r#"{"tags":"b"}"#,
    r#"{"meta.device.os":"ios"}"#,
    r#"{"meta":{"$eq":{"device":{"os":"ios"}}}}"#,
    r#"{"price":{"$lt":5,"$gte":1}}"#,
    r#"{"status":{"$lte":"zz"}}"#,
    r#"{"due":{"$gt":{"__type":"Date","iso":"2024-01-01T00:00:00.000Z"}}}"#,
    r#"{"due":{"$lt":{"__type":"Date","iso":"2025-01-01T00:00:00.000Z"},"$exists":true}}"#,
    r#"{"status":{"$ne":"open"}}"#,
    r#"{"status":{"$in":["open","closed",1,null]}}"#,
    r#"{"price":{"$in":[1,2,3,4,5,6,7,8,9,10,11,12]}}"#,
    r#"{"room":{"$in":[{"__type":"Pointer","className":"Room","objectId":"r1"}]}}"#,
    r#"{"tags":{"$nin":["a","x"]}}"#,
    r#"{"tags":{"$all":["a","b"]}}"#,
    r#"{"tags":{"$all":["a","b","c","d","e"]}}"#,
    r#"{"tags":{"$containedBy":["a","b","c"]}}"#,
    r#"{"missing":{"$exists":false}}"#,
    r#"{"title":{"$regex":"^\\Qone two\\E"}}"#,
    r#"{"title":{"$regex":"TWO","$options":"i"}}"#,
    r#"{"title":{"$regex":"(one|three) [a-t]\\w+"}}"#,
    r#"{"place":{"$nearSphere":{"__type":"GeoPoint","latitude":20,"longitude":10},"$maxDistance":0.5}}"#,
    r#"{"place":{"$within":{"$box":[{"latitude":0,"longitude":0},{"latitude":30,"longitude":30}]}}}"#,
    r#"{"place":{"$geoWithin":{"$polygon":[[0,0],[0,30],[30,30],[30,0]]}}}"#,
    r#"{"place":{"$geoWithin":{"$centerSphere":[[10,20],0.3]}}}"#,
    r#"{"area":{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":5,"longitude":5}}}}"#,
    r#"{"$or":[{"price":{"$gt":10}},{"status":"open"}],"tags":"a"}"#,
    r#"{"$nor":[{"status":"closed"}],"$and":[{"price":5},{"public":true}]}"#,
];

const OLD: &str = r#"{"status":"closed","price":12,"public":true,"title":"one two three",
    "room":{"__type":"Pointer","className":"Room","objectId":"r1"},"tags":["a","c"],
    "due":{"__type":"Date","iso":"2024-05-15T22:09:53.061Z"},"meta":{"device":{"os":"ios"}},
    "place":{"__type":"GeoPoint","latitude":21.5,"longitude":11},
    "area":{"__type":"Polygon","coordinates":[[0,0],[0,9],[9,9],[9,0]]}}"#;

/// How often a query is asked before it counts.
const WARM_UP: usize = 1_000;

fn new() -> String {
    OLD.replace(r#""closed""#, r#""open""#)
        .replace("12", "5")
        .replace(r#"["a","c"]"#, r#"["a","b"]"#)
}

fn assert_none(what: &str, info: AllocationInfo) {
    assert_eq!(info.count_total, 0, "{what} allocates");
}

fn ask_one<D: Document>(clause: &str, old: &D, new: &D) {
    let query: Query = clause.parse().expect(clause);
    let ask = || {
        let outcome = query.outcome(Some(old), Some(new));
        let event = classify(&query, Some(old), Some(new));
        (query.matches(new), query.verdict(old), outcome, event)
    };
    for _ in 0..WARM_UP {
        ask();
    }
    assert_none(clause, measure(|| _ = ask()));
}

#[test]
fn one_query_allocates_nothing() {
    let object = |json: &str| json.parse::<Object>().expect("an object");
    let value = |json: &str| json.parse::<Value>().expect("JSON");
    for clause in CLAUSES {
        ask_one(clause, &object(OLD), &object(&new()));
        ask_one(clause, &value(OLD), &value(&new()));
    }
}

fn ask_set(what: &str, clauses: &[&str]) {
    let mut set = QuerySet::new();
    for clause in clauses {
        set.insert(clause.parse().expect(clause));
    }
    let [old, new] = [OLD, &new()].map(|json| json.parse::<Object>().expect("an object"));
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let mut ask = || {
        hits.clear();
        set.classify_into(Some(&old), Some(&new), &mut scratch, &mut hits);
    };
    for _ in 0..WARM_UP {
        ask();
    }
    assert_none(what, measure(ask));
}

#[test]
fn a_set_allocates_nothing_once_its_scratch_has_grown() {
    for clause in CLAUSES {
        ask_set(clause, &[clause]);
    }
    ask_set("the set", &CLAUSES);
}

#[test]
fn an_allocation_is_counted() {
    assert_eq!(measure(|| drop(vec![1u8; 9])).count_total, 1);
}

/// What a query keeps, as the allocator has it.
fn kept(clause: &str) -> (usize, Query) {
    let mut query = None;
    let info = measure(|| query = clause.parse().ok());
    let bytes = usize::try_from(info.bytes_current).expect("it keeps something");
    (bytes, query.expect(clause))
}

#[test]
fn a_query_keeps_what_it_says() {
    let row = |item: &dyn Fn(usize) -> String, count| {
        let items: Vec<String> = (0..count).map(item).collect();
        items.join(",")
    };
    let long = "x".repeat(5_000);
    let mut clauses: Vec<String> = CLAUSES.map(str::to_owned).into();
    clauses.extend([
        format!(r#"{{"a":{{"$nin":[{}]}}}}"#, row(&|_| "{}".into(), 1_000)),
        format!(
            r#"{{"a":{{"$in":[{}]}}}}"#,
            row(&|i| format!("{{\"b\":{i}}}"), 1_000)
        ),
        format!(
            r#"{{"a":{{"$in":[{}]}}}}"#,
            row(&|i| format!("\"{i}\""), 1_000)
        ),
        format!(r#"{{"a":{{"$all":[{}]}}}}"#, row(&|i| i.to_string(), 1_000)),
        format!(r#"{{"a":{{"$eq":[{}]}}}}"#, row(&|_| "[[]]".into(), 1_000)),
        format!(
            r#"{{"$or":[{}]}}"#,
            row(&|i| format!("{{\"f{i}\":1}}"), 250)
        ),
        format!(
            r#"{{"$or":[{}]}}"#,
            row(&|i| format!("{{\"f\":\"v{i}\"}}"), 250)
        ),
        format!(r#"{{"a":"{long}","b":{{"$eq":{{"{long}":1}}}}}}"#),
        format!(r#"{{"{long}":1,"a.b.c.d.e.f.g":2}}"#),
        format!(r#"{{"a":{{"$regex":"{long}"}}}}"#).replace(&long, &long[..3_000]),
        format!(r#"{{"a":{{"$gt":"{long}","$eq":{{"__type":"Date","iso":"2020-01-01"}}}}}}"#),
        format!(
            r#"{{"a":{{"$geoWithin":{{"$polygon":[{}]}}}}}}"#,
            row(
                &|i| format!(r#"{{"latitude":{},"longitude":{}}}"#, i % 90, i % 70),
                500
            ),
        ),
    ]);
    for clause in clauses {
        let (bytes, query) = kept(&clause);
        let said = query.memory_usage();
        let start = &clause[..clause.len().min(60)];
        assert!(
            said <= bytes + bytes / 20,
            "{said} of {bytes} bytes: {start}"
        );
        assert!(
            said + said / 4 + 64 >= bytes,
            "{said} of {bytes} bytes: {start}"
        );
    }
}
