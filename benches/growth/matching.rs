//! One change and many subscriptions that ask much of it.

use std::hint::black_box;

use livematch::{Budget, Object, QueryCopy, QuerySet, Scratch, SubscriptionId};
use livematch_workload::SEED;

use crate::{LINEAR, count, may_be_asked_for};

/// Subscriptions by a number, and an object by a size: both grow at once, so that what is done with all of the object for
/// each of the subscriptions grows four times.
struct Case {
    name: &'static str,
    /// The smaller size.
    size: usize,
    clauses: fn(usize) -> Vec<String>,
    /// The fields of an object, one of which has this number.
    fields: fn(usize, u32) -> String,
}

const CASES: &[Case] = &[
    Case {
        name: "lists in each other, and the beginnings and parts of their texts",
        size: 25,
        clauses: |n| {
            let paths = (0..n).map(|depth| format!("a{}", ".0".repeat(depth)));
            let of = |path| {
                let beginnings = (1..=10).map(|end| format!("^{}", &"qwertyuiop"[..end]));
                let parts = [3, 4, 6, 9].map(|end| "zxcvbnmlk"[..end].to_owned());
                let patterns = beginnings.chain(parts).collect::<Vec<_>>();
                patterns
                    .into_iter()
                    .map(move |pattern| format!(r#"{{"{path}":{{"$regex":"{pattern}"}}}}"#))
            };
            paths.flat_map(of).collect()
        },
        fields: |n, changed| nested_list(n, 40 * n, changed),
    },
    Case {
        name: "lists in each other, and their elements",
        size: 25,
        clauses: |n| {
            let paths = (0..n).map(|depth| format!("a{}", ".0".repeat(depth)));
            paths.map(|path| format!(r#"{{"{path}":"x"}}"#)).collect()
        },
        fields: |n, changed| nested_list(n, 100 * n, changed),
    },
    Case {
        name: "a list, and ranges of many lengths",
        size: 60,
        clauses: ranges,
        fields: |n, changed| nested_list(1, 40 * n, changed),
    },
    Case {
        name: "a long text that is a number, and ranges of many lengths",
        size: 60,
        clauses: ranges,
        fields: |n, changed| format!(r#""a":"{}{changed}""#, "0".repeat(40 * n)),
    },
    Case {
        name: "a long text that is a number, and limits under many values",
        size: 50,
        clauses: |n| {
            let limit = |i| format!(r#"{{"tags":"t{}","a":{{"$gt":{i}}}}}"#, i / 14);
            (0..14 * n).map(limit).collect()
        },
        fields: |n, changed| {
            let tags: Vec<String> = (0..n).map(|i| format!(r#""t{i}""#)).collect();
            let zeros = "0".repeat(100 * n);
            format!(r#""tags":[{}],"a":"{zeros}{changed}""#, tags.join(","))
        },
    },
    Case {
        name: "a long list, and lists in which its elements are looked for",
        size: 200,
        clauses: |n| {
            let clause = |i| format!(r#"{{"k":1,"a":{{"$nin":[{i},"b{i}"]}}}}"#);
            (0..n).map(clause).collect()
        },
        fields: |n, changed| format!(r#""k":1,{}"#, nested_list(1, 50 * n, changed)),
    },
    Case {
        name: "a long list, and rows of texts that are looked up",
        size: 100,
        clauses: |n| {
            let row = |i| {
                let texts: Vec<String> =
                    (0..16).map(|j| format!(r#"{{"a":"q{i}x{j}"}}"#)).collect();
                let texts = texts.join(",");
                format!(r#"{{"k":1,"a":{{"$exists":true}},"$or":[{texts}]}}"#)
            };
            (0..n).map(row).collect()
        },
        fields: |n, changed| format!(r#""k":1,{}"#, nested_list(1, 50 * n, changed)),
    },
    Case {
        name: "pointers with numbers, and lists",
        size: 100,
        clauses: |n| {
            let clause = |i| format!(r#"{{"k":1,"a":{{"$nin":[{i}]}}}}"#);
            (0..n).map(clause).collect()
        },
        fields: |n, changed| {
            let pointer = |i| format!(r#"{{"__type":"Pointer","className":{i},"objectId":[{i}]}}"#);
            let pointers: Vec<String> = (0..20 * n).map(pointer).collect();
            format!(r#""k":1,"a":[{},{changed}]"#, pointers.join(","))
        },
    },
    Case {
        name: "lists in each other, and what all must be there",
        size: 100,
        clauses: |n| {
            let clause = |i| {
                format!(r#"{{"k":1,"$or":[{{"a":{{"$all":["t{i}"]}}}},{{"b":{{"$ne":"x{i}"}}}}]}}"#)
            };
            (0..n).map(clause).collect()
        },
        fields: |n, changed| {
            let nested = format!("{}1{}", "[".repeat(60), "]".repeat(60));
            let lists = vec![nested; n].join(",");
            format!(r#""k":1,"a":[{lists},{changed}]"#)
        },
    },
    Case {
        name: "long paths that begin alike",
        size: 30,
        clauses: |n| long_paths("f", n),
        fields: |n, changed| {
            let (begin, end) = (r#"{"x":"#.repeat(n), "}".repeat(n));
            format!(r#""f":{begin}{changed}{end}"#)
        },
    },
    Case {
        name: "long paths that begin alike, and have the name of a built-in",
        size: 30,
        clauses: |n| long_paths("toString", n),
        fields: |_, changed| format!(r#""f":{changed}"#),
    },
    Case {
        name: "a long text, and its characters",
        size: 100,
        clauses: |n| {
            let clause = |i| format!(r#"{{"a.{}":"x"}}"#, 60 * n + i);
            (0..n).map(clause).collect()
        },
        fields: |n, changed| format!(r#""a":"{}{changed}""#, "é".repeat(100 * n)),
    },
];

/// A list in lists, as deep as this, of so many numbers.
fn nested_list(depth: usize, count: usize, last: u32) -> String {
    let numbers = "7,".repeat(count);
    format!(
        r#""a":{}{numbers}{last}{}"#,
        "[".repeat(depth),
        "]".repeat(depth)
    )
}

/// As many as components, and those differ in the last one.
fn long_paths(head: &str, n: usize) -> Vec<String> {
    let middle = "x.".repeat(n);
    let clause = |i| format!(r#"{{"{head}.{middle}{i}":1}}"#);
    (0..10 * n).map(clause).collect()
}

/// Each of another length.
fn ranges(n: usize) -> Vec<String> {
    let length = |power: usize| 1e-9 * 1.9_f64.powi(power.try_into().unwrap_or(i32::MAX));
    let range = |length: f64| {
        let (from, to) = (3.0 * length, 3.9 * length);
        format!(r#"{{"a":{{"$gte":{from:e},"$lte":{to:e}}}}}"#)
    };
    // Beside the first one the others are narrow, and so cut into pieces of their length.
    let wide = r#"{"a":{"$gt":-1e300,"$lt":1e300}}"#.to_owned();
    let narrow = (0..n).map(length).map(range);
    [wide].into_iter().chain(narrow).collect()
}

pub(crate) fn all() {
    for case in CASES {
        for size in [case.size, 2 * case.size] {
            if may_be_asked_for(&format!("matching: {}", case.name)) {
                case.run(size);
            }
        }
    }
}

impl Case {
    fn run(&self, size: usize) {
        let mut set = QuerySet::with_seed(SEED);
        let clauses = (self.clauses)(size);
        let insert = |clause: &String| set.insert(clause.parse().expect(clause));
        let ids: Vec<SubscriptionId> = clauses.iter().map(insert).collect();
        let object = |changed| {
            let json = format!("{{{}}}", (self.fields)(size, changed));
            json.parse::<Object>().expect("an object")
        };
        let (old, new) = (object(1), object(2));
        let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
        // What is spent is bounded: the rest must be, too.
        let mut budget = Budget::new(50_000).each_query(50);
        let count = |what: &str, work: &mut dyn FnMut()| {
            count(&format!("matching: {}: {what}", self.name), LINEAR, work);
        };
        let sides = (Some(&old), Some(&new));
        count("QuerySet::classify_metered", &mut || {
            set.classify_metered(sides.0, sides.1, &mut scratch, &mut hits, &mut budget);
            black_box(hits.len());
        });
        budget.renew(50_000);
        count("QuerySet::runner and Runner::outcome_metered", &mut || {
            let runner = set.runner(sides.0, sides.1, &mut scratch).expect("sides");
            for id in &ids {
                black_box(runner.outcome_metered(*id, &mut budget));
            }
        });
        let copies = ids.iter().map(|id| set.copy_of(*id).expect("it is there"));
        let copies: Vec<QueryCopy> = copies.collect();
        budget.renew(50_000);
        count("QueryCopy::outcome_metered", &mut || {
            for copy in &copies {
                black_box(copy.outcome_metered(sides.0, sides.1, &mut budget));
            }
        });
    }
}
