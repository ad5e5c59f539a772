//! One clause of a size.

use std::fmt::Write;
use std::hint::black_box;

use livematch::{
    Budget, Comparison, Dialect, FindOptions, Limits, Object, PatternLimits, Query, QuerySet,
    Scratch, query_hash,
};
use livematch_workload::SEED;
use serde_json::Value;

use crate::{LINEAR, Shape, count, may_be_asked_for, shape};

/// What somebody may send: a clause by its size.
const SHAPES: &[Shape] = &[
    shape("fields", 1_000, |n| object(n, |i| format!(r#""f{i}":1"#))),
    shape("paths", 1_000, |n| object(n, |i| format!(r#""f.x{i}":1"#))),
    shape("one field again and again", 1_000, |n| {
        object(n, |_| r#""f":1"#.into())
    }),
    shape("groups of a field", 1_000, |n| {
        or(n, |i| format!(r#"{{"f{i}":1}}"#))
    }),
    shape("groups of texts", 1_000, |n| {
        or(n, |i| format!(r#"{{"f":"v{i}"}}"#))
    }),
    shape("groups of pointers", 1_000, |n| {
        or(n, |i| format!(r#"{{"f":{}}}"#, pointer(i)))
    }),
    shape("groups of nothing", 1_000, |n| or(n, |_| "{}".into())),
    shape("groups of two", 1_000, |n| {
        or(n, |i| format!(r#"{{"a":"v{i}","b":{{"$gt":{i}}}}}"#))
    }),
    shape("a group of ranges", 1_000, |n| {
        group("$and", n, |_| r#"{"f":{"$gt":1}}"#.into())
    }),
    shape("a group that is none", 1_000, |n| {
        group("$nor", n, |i| format!(r#"{{"f":{{"$lt":{i}}}}}"#))
    }),
    shape("groups behind a path", 1_000, |n| {
        group("f.g.$or", n, |i| format!(r#"{{"x{i}":1}}"#))
    }),
    shape("a text for a group", 1_000, |n| {
        format!(r#"{{"$and":["{}"]}}"#, "x".repeat(n))
    }),
    shape("dates revisited", 1_000, |n| {
        object(n, |i| format!(r#""d{i}":1,"d{i}.iso":1"#))
    }),
    shape("dates revisited below one", 1_000, |n| {
        format!(
            r#"{{"d":1,{}"#,
            &object(n, |i| format!(r#""d.x{i}":1"#))[1..]
        )
    }),
    shape("operators of no name", 1_000, |n| {
        format!(r#"{{"f":{}}}"#, object(n, |i| format!(r#""$x{i}":1"#)))
    }),
    shape("$exists of no boolean", 1_000, |n| {
        or(n, |i| format!(r#"{{"f{i}":{{"$exists":1}}}}"#))
    }),
    shape("$in of texts", 1_000, |n| {
        operator("$in", n, |i| format!(r#""v{i}""#))
    }),
    shape("$in of numbers", 1_000, |n| {
        operator("$in", n, |i| i.to_string())
    }),
    shape("$in of one text", 1_000, |n| {
        operator("$in", n, |_| r#""v""#.into())
    }),
    shape("$in of pointers", 1_000, |n| operator("$in", n, pointer)),
    shape("$nin of objects", 1_000, |n| {
        operator("$nin", n, |_| "{}".into())
    }),
    shape("$nin of lists", 1_000, |n| {
        operator("$nin", n, |i| format!("[[{i}]]"))
    }),
    shape("$containedBy", 1_000, |n| {
        operator("$containedBy", n, |i| format!(r#""v{i}""#))
    }),
    shape("$all of texts", 1_000, |n| {
        operator("$all", n, |i| format!(r#""v{i}""#))
    }),
    shape("$all of objects", 1_000, |n| {
        operator("$all", n, |i| format!(r#"{{"a":{i}}}"#))
    }),
    shape("$all of a text", 1_000, |n| {
        format!(r#"{{"f":{{"$all":"{}"}}}}"#, "x".repeat(n))
    }),
    shape("$all like a list", 1_000, |n| {
        let items = object(n, |i| format!(r#""{i}":1"#));
        format!(r#"{{"f":{{"$all":{{"length":1e9,{}}}}}"#, &items[1..])
    }),
    shape("$eq of an object", 1_000, |n| {
        format!(
            r#"{{"f":{{"$eq":{}}}}}"#,
            object(n, |i| format!(r#""k{i}":{i}"#))
        )
    }),
    shape("$eq of index keys", 1_000, |n| {
        format!(
            r#"{{"f":{{"$eq":{}}}}}"#,
            object(n, |i| format!(r#""{}":{i}"#, n - i))
        )
    }),
    shape("$eq of a list", 1_000, |n| {
        operator("$eq", n, |i| i.to_string())
    }),
    shape("a list", 1_000, |n| {
        format!(r#"{{"f":{}}}"#, list(n, |i| i.to_string()))
    }),
    shape("a typed value", 1_000, |n| {
        let members = object(n, |i| format!(r#""k{i}":{i}"#));
        format!(
            r#"{{"f":{{"__type":"Object","className":"C",{}}}"#,
            &members[1..]
        )
    }),
    shape("a long text", 4_000, |n| {
        format!(r#"{{"f":"{}"}}"#, "x".repeat(n))
    }),
    shape("a long text of escapes", 1_000, |n| {
        format!(r#"{{"f":"{}"}}"#, r"\u00e9\n".repeat(n))
    }),
    shape("a long name", 4_000, |n| {
        format!(r#"{{"{}":1}}"#, "x".repeat(n))
    }),
    shape("a sub-query", 1_000, |n| {
        format!(
            r#"{{"f":{{"$inQuery":{{"className":"C","where":{}}}}}}}"#,
            object(n, |i| format!(r#""f{i}":1"#))
        )
    }),
    shape("$relatedTo", 1_000, |n| {
        format!(
            r#"{{"$relatedTo":{}}}"#,
            object(n, |i| format!(r#""f{i}":1"#))
        )
    }),
    shape("$regex of a text", 1_000, |n| regex(&"x".repeat(n))),
    shape("$regex of words", 300, |n| {
        regex(&joined(n, "|", |i| format!("w{i:04}")))
    }),
    shape("$regex of groups", 300, |n| regex(&"(a)".repeat(n))),
    shape("$regex of classes", 300, |n| regex(&r"[a-z\\d]".repeat(n))),
    shape("$regex of one class", 300, |n| {
        regex(&format!(
            "[{}]",
            joined(n, "", |i| {
                let letter = char::from_u32(0x4E00 + 2 * u32::try_from(i).unwrap_or_default());
                letter.map(String::from).unwrap_or_default()
            })
        ))
    }),
    shape("$regex of choices", 300, |n| regex(&"a?".repeat(n))),
    shape("$regex of stars", 300, |n| regex(&"a*b".repeat(n))),
    shape("$regex of repetitions", 100, |n| {
        regex(&format!("(?:ab){{{n}}}c"))
    }),
    shape("$regex of back-references", 300, |n| {
        regex(&format!("(a){}", r"\\1".repeat(n)))
    }),
    shape("$regex of quotes", 1_000, |n| {
        regex(&format!(r"\\Q{}\\E", ".".repeat(n)))
    }),
    shape("$regex without case", 1_000, |n| {
        format!(
            r#"{{"f":{{"$regex":"{}","$options":"i"}}}}"#,
            "xY".repeat(n / 2)
        )
    }),
    shape("patterns", 200, |n| {
        or(n, |i| format!(r#"{{"f":{{"$regex":"^p{i}"}}}}"#))
    }),
    shape("$geoWithin of a polygon", 500, |n| {
        format!(
            r#"{{"f":{{"$geoWithin":{{"$polygon":{}}}}}}}"#,
            list(n, |i| point(i, n))
        )
    }),
    shape("points", 300, |n| {
        or(n, |i| {
            format!(
                r#"{{"f":{{"$nearSphere":{},"$maxDistance":0.1}}}}"#,
                point(i, n)
            )
        })
    }),
    shape("boxes", 300, |n| {
        or(n, |i| {
            format!(
                r#"{{"f":{{"$within":{{"$box":[{},{}]}}}}}}"#,
                point(i, n),
                point(i + 9, n)
            )
        })
    }),
    shape("intervals", 1_000, |n| {
        or(n, |i| format!(r#"{{"f":{{"$gte":{i},"$lt":{}}}}}"#, i + 10))
    }),
];

fn joined(n: usize, separator: &str, item: impl Fn(usize) -> String) -> String {
    let mut all = String::new();
    for i in 0..n {
        let before = if i == 0 { "" } else { separator };
        // Writing to a string cannot fail.
        let _ = write!(all, "{before}{}", item(i));
    }
    all
}

fn object(n: usize, member: impl Fn(usize) -> String) -> String {
    format!("{{{}}}", joined(n, ",", member))
}

fn list(n: usize, item: impl Fn(usize) -> String) -> String {
    format!("[{}]", joined(n, ",", item))
}

fn group(name: &str, n: usize, branch: impl Fn(usize) -> String) -> String {
    format!(r#"{{"{name}":{}}}"#, list(n, branch))
}

fn or(n: usize, branch: impl Fn(usize) -> String) -> String {
    group("$or", n, branch)
}

fn operator(name: &str, n: usize, item: impl Fn(usize) -> String) -> String {
    format!(r#"{{"f":{{"{name}":{}}}}}"#, list(n, item))
}

fn pointer(i: usize) -> String {
    format!(r#"{{"__type":"Pointer","className":"C","objectId":"id{i}"}}"#)
}

/// A point of a circle around the origin.
fn point(i: usize, n: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let angle = i as f64 / n as f64 * std::f64::consts::TAU;
    let (y, x) = angle.sin_cos();
    format!(
        r#"{{"__type":"GeoPoint","latitude":{:.6},"longitude":{:.6}}}"#,
        y * 30.0,
        x * 30.0
    )
}

fn regex(pattern: &str) -> String {
    format!(r#"{{"f":{{"$regex":"{pattern}"}}}}"#)
}

/// None that any shape comes to: what is within the limits grows as what is beyond them would.
fn limits() -> Limits {
    let patterns = PatternLimits::new()
        .with_length(u16::MAX)
        .with_program(u16::MAX)
        .with_class(u16::MAX);
    Limits::new()
        .with_constraints(1 << 20)
        .with_polygon_vertices(1 << 20)
        .with_patterns(patterns)
}

fn query(text: &str) -> Query {
    let builder = Query::builder().limits(limits());
    builder.compile_str(text).expect(text)
}

pub(crate) fn all() {
    for shape in SHAPES
        .iter()
        .filter(|shape| may_be_asked_for(&prefix(shape)))
    {
        for size in [shape.size, 2 * shape.size] {
            let text = (shape.clause)(size);
            whole(shape, &text);
            in_a_set(shape, &text);
        }
        // As many as are told apart, and a few more.
        for size in [shape.size / 10, shape.size / 5] {
            alike(shape, &(shape.clause)(size));
        }
    }
}

fn prefix(shape: &Shape) -> String {
    format!("clause: {}", shape.name)
}

fn count_linear(shape: &Shape, what: &str, work: &mut dyn FnMut()) {
    count(&format!("{}: {what}", prefix(shape)), LINEAR, work);
}

fn whole(shape: &Shape, text: &str) {
    let count = |what: &str, work: &mut dyn FnMut()| count_linear(shape, what, work);
    count("QueryBuilder::compile_str", &mut || {
        drop(black_box(query(text)));
    });
    let value = serde_json::from_str(text).expect(text);
    let builder = Query::builder().limits(limits());
    count("QueryBuilder::compile", &mut || {
        drop(black_box(builder.compile(&value)));
    });
    // Refused or not, what it says of the clause is found out.
    let strict = builder.strict(true);
    count("QueryBuilder::strict", &mut || {
        drop(black_box(strict.compile_str(text)));
    });
    count("query_hash", &mut || drop(black_box(query_hash("C", text))));
    let query = query(text);
    asked(shape, &query);
    matched(shape, &query);
}

/// What a host asks of a query.
fn asked(shape: &Shape, query: &Query) {
    let count = |what: &str, work: &mut dyn FnMut()| count_linear(shape, what, work);
    count("Query::fingerprint", &mut || {
        drop(black_box(query.fingerprint()));
    });
    let fingerprint = query.fingerprint();
    count("Fingerprint::to_string", &mut || {
        drop(black_box(fingerprint.to_string()));
    });
    count("Query::warnings", &mut || {
        drop(black_box(query.warnings()));
    });
    count("Query::pointers", &mut || {
        drop(black_box(query.pointers()));
    });
    count("Query::fields", &mut || drop(black_box(query.fields())));
    count("Query::outline and Outline::paths", &mut || {
        black_box(query.outline().paths().count());
    });
    count("Query::paths", &mut || drop(black_box(query.paths())));
    count("Query::memory_usage", &mut || {
        black_box(query.memory_usage());
    });
    count("Query::clause_text", &mut || {
        black_box(query.clause_text());
    });
    count("Query::max_steps", &mut || {
        black_box(query.max_steps(1_000));
    });
    count("Query::over_budget", &mut || {
        black_box(query.over_budget());
    });
}

/// What the fields hold that clauses of most shapes look at.
const OBJECT: &str = r#"{"f":"v","a":"v","d":{"__type":"Date","iso":"2024-01-01T00:00:00.000Z"}}"#;

/// One object, of either kind.
fn matched(shape: &Shape, query: &Query) {
    let count = |what: &str, work: &mut dyn FnMut()| count_linear(shape, what, work);
    let object: Object = OBJECT.parse().expect("an object");
    count("Query::matches", &mut || {
        black_box(query.matches(&object));
    });
    let value: Value = OBJECT.parse().expect("an object");
    count("Query::verdict of a Value", &mut || {
        black_box(query.verdict(&value));
    });
    count("Query::outcome", &mut || {
        black_box(query.outcome(Some(&object), Some(&object)));
    });
    count("Query::explain", &mut || {
        drop(black_box(query.explain(&object)));
    });
    // Where they differ, both are explained; most shapes are refused by find().
    let find = Query::builder().limits(limits());
    let find = find.dialect(Dialect::Find(FindOptions::new()));
    let shadow = find.compile_str(query.clause_text());
    let comparison = Comparison::new(query.clone(), shadow.unwrap_or_else(|_| query.clone()));
    count("Comparison::compare", &mut || {
        drop(black_box(comparison.compare(None, Some(&object))));
    });
}

/// The only one of a set.
fn in_a_set(shape: &Shape, text: &str) {
    let count = |what: &str, work: &mut dyn FnMut()| count_linear(shape, what, work);
    let query = query(text);
    let mut set = QuerySet::with_seed(SEED);
    count("QuerySet::filing", &mut || {
        black_box(set.filing(&query));
    });
    let mut ids = Vec::with_capacity(2);
    count("QuerySet::insert", &mut || {
        ids.push(set.insert(query.clone()));
    });
    count("QuerySet::insert an equal one", &mut || {
        ids.push(set.insert(query.clone()));
    });
    one_by_one(shape, &query);
    count("QuerySet::remove", &mut || {
        for id in ids.drain(..) {
            black_box(set.remove(id));
        }
    });
}

/// The query of a set, run by itself as a host does that has put it off.
fn one_by_one(shape: &Shape, query: &Query) {
    let mut set = QuerySet::with_seed(SEED);
    let id = set.insert(query.clone());
    let count = |what: &str, work: &mut dyn FnMut()| count_linear(shape, what, work);
    let object: Object = OBJECT.parse().expect("an object");
    let side = Some(&object);
    count("QuerySet::get", &mut || {
        black_box(set.get(id));
    });
    let mut copy = None;
    count("QuerySet::copy_of", &mut || copy = set.copy_of(id));
    let copy = copy.or_else(|| set.copy_of(id)).expect("it is there");
    let mut budget = Budget::new(u64::MAX);
    count("QueryCopy::outcome_metered", &mut || {
        black_box(copy.outcome_metered(side, side, &mut budget));
    });
    let mut scratch = Scratch::default();
    count("QuerySet::runner and Runner::outcome_metered", &mut || {
        let runner = set.runner(side, side, &mut scratch).expect("two sides");
        black_box(runner.outcome_metered(id, &mut budget));
    });
}

/// Some that are alike but not equal: they share all their keys.
fn alike(shape: &Shape, text: &str) {
    let count = |what: &str, work: &mut dyn FnMut()| count_linear(shape, what, work);
    let mut set = QuerySet::with_seed(SEED);
    let queries = (0..15).map(|i| format!(r#"{{"$and":[{text},{{"b":{i}}}]}}"#));
    let mut queries: Vec<Query> = queries.map(|text| query(&text)).collect();
    let mut ids = Vec::with_capacity(queries.len());
    count("QuerySet::insert those alike", &mut || {
        ids.extend(queries.drain(..).map(|query| set.insert(query)));
    });
    count("QuerySet::remove those alike", &mut || {
        for id in ids.drain(..) {
            black_box(set.remove(id));
        }
    });
}
