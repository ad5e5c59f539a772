//! What a set and its queries take of memory: no more than they must, and not for what is gone.

use livematch::{Query, QuerySet, SubscriptionId};
use livematch_workload::{SEED, many};

/// The clauses of a set, one for each number.
type Clause = fn(u32) -> String;

/// Everything that a store can be filled with.
const SHAPES: &[(&str, Clause)] = &[
    ("fields", |i| format!(r#"{{"f{i}":1}}"#)),
    ("paths below a field", |i| format!(r#"{{"f.x{i}":1}}"#)),
    ("values of a field", |i| format!(r#"{{"f":{i}}}"#)),
    ("two fields", |i| format!(r#"{{"a":{i},"b":{i}}}"#)),
    ("one value and fields", |i| {
        format!(r#"{{"c":"{}","f{i}":true}}"#, i % 8)
    }),
    ("limits of fields", |i| format!(r#"{{"f{i}":{{"$gt":1}}}}"#)),
    ("limits of a field", |i| format!(r#"{{"f":{{"$lt":{i}}}}}"#)),
    ("ranges of fields", |i| {
        format!(r#"{{"f{i}":{{"$gt":1,"$lt":1e12}}}}"#)
    }),
    ("ranges of two fields", |i| {
        format!(r#"{{"a":{{"$gt":{i}}},"b":{{"$lt":{i}}}}}"#)
    }),
    ("intervals", |i| {
        format!(r#"{{"f":{{"$gte":{i},"$lt":{}}}}}"#, i + 100)
    }),
    ("what all must run", |i| format!(r#"{{"f":{{"$ne":{i}}}}}"#)),
    ("lists", |i| {
        format!(r#"{{"f":{{"$in":{:?}}}}}"#, (i..i + 30).collect::<Vec<_>>())
    }),
    ("beginnings", |i| format!(r#"{{"f":{{"$regex":"^p{i}"}}}}"#)),
    ("equal ones", |_| r#"{"a":1}"#.into()),
    ("groups of texts", |i| {
        let branches: Vec<String> = (0..20).map(|j| format!(r#"{{"f":"v{i}-{j}"}}"#)).collect();
        format!(r#"{{"$or":[{}]}}"#, branches.join(","))
    }),
    ("long groups", |i| {
        let branches: Vec<String> = (0..70).map(|j| format!(r#"{{"f":{}}}"#, i + j)).collect();
        format!(r#"{{"$or":[{}]}}"#, branches.join(","))
    }),
];

const QUERIES: u32 = 1_500;

/// The filters of bytes that patterns look for, of one size as long as there is such a pattern.
const FILTER: usize = 72 * 1_024;

/// Which query goes when.
type Order = fn(usize) -> usize;

/// In which order queries go.
const ORDERS: [(&str, Order); 3] = [
    ("the first first", |i| i),
    ("the last first", |i| QUERIES as usize - 1 - i),
    // It has no divisor in common with the number of queries.
    ("mixed", |i| i * 1_009 % QUERIES as usize),
];

fn query(clause: &str) -> Query {
    clause.parse().expect(clause)
}

fn filled(clauses: impl Iterator<Item = String>) -> (QuerySet, Vec<SubscriptionId>) {
    let mut set = QuerySet::with_seed(SEED);
    let ids = clauses.map(|clause| set.insert(query(&clause)));
    let ids = ids.collect();
    (set, ids)
}

#[test]
fn what_is_removed_is_given_back() {
    let empty = QuerySet::with_seed(SEED).memory_usage();
    let mixed = || many::clauses(SEED, QUERIES).map(|clause| clause.text);
    let shaped = SHAPES
        .iter()
        .map(|(name, clause)| (*name, filled((0..QUERIES).map(clause))));
    for (name, (set, ids)) in [("all kinds", filled(mixed()))].into_iter().chain(shaped) {
        let filter = if name == "all kinds" { FILTER } else { 0 };
        // An empty set has its tables too.
        let beyond = |set: &QuerySet| set.memory_usage() - filter - empty;
        let full = beyond(&set);
        for (order, place) in ORDERS {
            let mut set = set.clone();
            let mut gone = (0..ids.len()).map(|i| ids[place(i)]);
            let most = ids.len() * 9 / 10;
            for id in gone.by_ref().take(most) {
                assert!(set.remove(id));
            }
            let rest = beyond(&set);
            assert!(
                rest * 4 <= full,
                "{name}, {order}: {rest} of {full} after nine of ten"
            );
            if order == "mixed" {
                assert_eq!(set.validate(), Ok(()), "{name}");
            }
            for id in gone {
                assert!(set.remove(id));
            }
            let rest = set.memory_usage();
            assert!(
                rest <= empty + 1_024,
                "{name}, {order}: {rest} of {full} after all, {empty} at first"
            );
        }
    }
}

#[test]
fn a_set_is_shrunk_to_what_it_holds() {
    for (name, clause) in SHAPES {
        let (mut set, ids) = filled((0..QUERIES).map(clause));
        for id in ids.iter().filter(|id| *id != &ids[7]).take(1_000) {
            assert!(set.remove(*id));
        }
        let before = set.memory_usage();
        set.shrink_to_fit();
        assert!(set.memory_usage() <= before, "{name}");
        assert_eq!(set.validate(), Ok(()), "{name}");
        let again: Vec<SubscriptionId> = (0..100).map(|i| set.insert(query(&clause(i)))).collect();
        assert_eq!((set.len(), set.validate()), (600, Ok(())), "{name}");
        assert!(
            set.remove(ids[7]) && again.into_iter().all(|id| set.remove(id)),
            "{name}"
        );
    }
}

/// A clause of a size, how many bytes a byte of it may take as a query, and how many in a set.
type Shape = (&'static str, fn(usize) -> String, usize, usize);

/// Whoever sends a clause chooses its shape. No text is shorter for what it makes a host keep.
const WEIGHED: &[Shape] = &[
    (
        "fields",
        |n| members(n, |i| format!(r#""{i:x}":1"#)),
        13,
        44,
    ),
    (
        "groups of fields",
        |n| group(n, |i| format!(r#"{{"f{i:x}":1}}"#)),
        10,
        36,
    ),
    (
        "groups of paths",
        |n| group(n, |i| format!(r#"{{"f.{i:x}":1}}"#)),
        10,
        27,
    ),
    (
        "groups of a field",
        |n| group(n, |i| format!(r#"{{"f":{i}}}"#)),
        6,
        9,
    ),
    (
        "groups of texts",
        |n| group(n, |i| format!(r#"{{"f":"{i:x}"}}"#)),
        6,
        9,
    ),
    (
        "groups of ranges",
        |n| group(n, |i| format!(r#"{{"f":{{"$gt":{i}}}}}"#)),
        4,
        4,
    ),
    (
        "groups of intervals",
        |n| group(n, |i| format!(r#"{{"f":{{"$gt":{i},"$lt":{}}}}}"#, i + 9)),
        4,
        5,
    ),
    (
        "groups of lists",
        |n| group(n, |i| format!(r#"{{"f":{{"$in":[{i}]}}}}"#)),
        6,
        8,
    ),
    (
        "groups of patterns",
        |n| group(n, |i| format!(r#"{{"f":{{"$regex":"^{i:x}"}}}}"#)),
        19,
        18,
    ),
    (
        "groups of points",
        |n| {
            group(n, |i| {
                format!(
                    r#"{{"f":{{"$nearSphere":[{},1],"$maxDistance":1}}}}"#,
                    i % 90
                )
            })
        },
        4,
        3,
    ),
    (
        "groups of lists like objects",
        |n| group(n, |_| r#"{"f":{"$all":{"length":1}}}"#.into()),
        5,
        4,
    ),
    ("numbers", |n| list(n, |i| (i % 10).to_string()), 17, 20),
    ("other numbers", |n| list(n, |i| i.to_string()), 9, 10),
    ("texts", |n| list(n, |i| format!(r#""{i:x}""#)), 7, 8),
    (
        "objects without members",
        |n| list(n, |_| "{}".into()),
        10,
        11,
    ),
    (
        "objects with one",
        |n| list(n, |_| r#"{"a":1}"#.into()),
        25,
        26,
    ),
    (
        "objects with one that has none",
        |n| list(n, |_| r#"{"a":{}}"#.into()),
        23,
        23,
    ),
    (
        "objects with three",
        |n| list(n, |_| r#"{"a":1,"b":1,"c":1}"#.into()),
        20,
        20,
    ),
    (
        "lists without members",
        |n| list(n, |_| "[]".into()),
        10,
        11,
    ),
    ("lists with one", |n| list(n, |_| "[1]".into()), 15, 16),
    (
        "pointers",
        |n| {
            list(n, |i| {
                format!(r#"{{"__type":"Pointer","className":"C","objectId":"{i}"}}"#)
            })
        },
        8,
        7,
    ),
    (
        "dates",
        |n| {
            list(n, |_| {
                r#"{"__type":"Date","iso":"2024-01-01T00:00:00.000Z"}"#.into()
            })
        },
        8,
        8,
    ),
    (
        "points",
        |n| {
            list(n, |i| {
                format!(
                    r#"{{"__type":"GeoPoint","latitude":{},"longitude":1}}"#,
                    i % 90
                )
            })
        },
        9,
        8,
    ),
    (
        "files",
        |n| list(n, |_| r#"{"__type":"File","name":"a"}"#.into()),
        15,
        14,
    ),
    (
        "a list of units",
        |n| format!(r#"{{"f":{{"$all":"{}"}}}}"#, "x".repeat(n)),
        27,
        36,
    ),
    (
        "a text",
        |n| format!(r#"{{"f":"{}"}}"#, "x".repeat(n)),
        3,
        13,
    ),
];

fn joined(n: usize, item: impl Fn(usize) -> String) -> String {
    let items: Vec<String> = (0..n).map(item).collect();
    items.join(",")
}

fn members(n: usize, member: impl Fn(usize) -> String) -> String {
    format!("{{{}}}", joined(n, member))
}

fn group(n: usize, branch: impl Fn(usize) -> String) -> String {
    format!(r#"{{"$or":[{}]}}"#, joined(n, branch))
}

fn list(n: usize, item: impl Fn(usize) -> String) -> String {
    format!(r#"{{"f":{{"$nin":[{}]}}}}"#, joined(n, item))
}

#[test]
fn a_clause_takes_no_more_than_a_few_times_its_text() {
    const SIZE: usize = 500;
    let empty = QuerySet::with_seed(SEED).memory_usage();
    let mut wrong = Vec::new();
    for (name, clause, alone, filed) in WEIGHED {
        let text = clause(SIZE);
        let query = query(&text);
        let in_query = query.memory_usage() / text.len();
        let mut set = QuerySet::with_seed(SEED);
        set.insert(query);
        let in_set = (set.memory_usage() - empty) / text.len();
        if in_query > *alone || in_set > *filed {
            wrong.push(format!(
                "{name}: {in_query}, {in_set} instead of {alone}, {filed}"
            ));
        }
    }
    assert!(wrong.is_empty(), "bytes for a byte:\n{}", wrong.join("\n"));
}

/// Constraints of every kind, with operands that lie in a query's own memory and such as do not.
const KINDS: &[&str] = &[
    "5",
    r#""a text that is longer than what stands in its place""#,
    r#"{"__type":"Pointer","className":"A class with a name that is long","objectId":"An id that is longer than usual"}"#,
    r#"{"__type":"Pointer","className":7,"objectId":"a text that is longer than what stands in its place"}"#,
    r#"{"__type":"Date","iso":"2024-01-01T00:00:00.000Z"}"#,
    r#"{"__type":"Object","className":"A","objectId":"1","text":"a text that is longer than what stands in its place"}"#,
    r#"{"$eq":["a text that is longer than what stands in its place",[1,2]]}"#,
    r#"{"$ne":{"a":"a text that is longer than what stands in its place"}}"#,
    r#"{"$lt":5}"#,
    r#"{"$gt":"a text that is longer than what stands in its place"}"#,
    r#"{"$in":[1,2,3]}"#,
    r#"{"$in":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]}"#,
    r#"{"$in":[1,2,"a","b","c","d",{"className":"A","objectId":"1"},{"className":"A","objectId":"2"},{"className":7},{"className":8},null,1,2,3,4,5,6,7]}"#,
    r#"{"$nin":["a text that is longer than what stands in its place"]}"#,
    r#"{"$in":"a text that is longer than what stands in its place"}"#,
    r#"{"$in":{"a":1}}"#,
    r#"{"$containedBy":[1,2,3]}"#,
    r#"{"$all":[1,2,3,"a text that is longer than what stands in its place"]}"#,
    r#"{"$all":{"length":2,"0":"a text that is longer than what stands in its place"}}"#,
    r#"{"$all":5}"#,
    r#"{"$exists":true}"#,
    r#"{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":1},"$maxDistance":0.1}"#,
    r#"{"$within":{"$box":[{"latitude":"0","longitude":0},{"latitude":3,"longitude":3}]}}"#,
    r#"{"$within":{"$box":[{"latitude":"a text that is longer than what stands in its place","longitude":0},{"latitude":3,"longitude":3}]}}"#,
    r#"{"$geoWithin":{"$polygon":[{"latitude":0,"longitude":0},{"latitude":0,"longitude":9},{"latitude":9,"longitude":0}]}}"#,
    r#"{"$geoWithin":{"$centerSphere":[[1,2],0.5]}}"#,
    r#"{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":1,"longitude":1}}}"#,
];

/// A clause with several fields, one with a long path, and rows that are looked up.
fn larger_clauses() -> [String; 4] {
    let row = |fields: &[&str]| {
        let fields = fields.iter().cycle().zip(0..40);
        let branches: Vec<_> = fields
            .map(|(field, i)| format!(r#"{{"{field}":"{i}"}}"#))
            .collect();
        format!(r#"{{"$or":[{}]}}"#, branches.join(","))
    };
    [
        r#"{"f":5,"g":[1],"a field whose name is longer than usual":"a text that is longer than what stands in its place"}"#.into(),
        r#"{"a.path.that.has.many.components.of.which.each.is.looked.at":5}"#.into(),
        row(&["f"]),
        row(&["f", "g"]),
    ]
}

#[test]
fn a_query_says_what_was_allocated_for_it() {
    let kinds = KINDS.iter().map(|kind| format!(r#"{{"f":{kind}}}"#));
    for clause in kinds.chain(larger_clauses()) {
        let mut kept = None;
        let info = allocation_counter::measure(|| kept = Some(query(&clause)));
        let said = kept.expect("a query").memory_usage();
        assert_eq!(i64::try_from(said), Ok(info.bytes_current), "{clause}");
    }
}
