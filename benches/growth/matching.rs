//! One change and many subscriptions that ask much of it.

use std::hint::black_box;

use livematch::{Budget, Object, QuerySet, Scratch};
use livematch_workload::SEED;

use crate::{LINEAR, count, is_asked_for};

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
        name: "a polygon, and points",
        size: 100,
        clauses: |n| {
            let point = |i: usize| {
                let (latitude, longitude) = (i % 80, i % 170);
                format!(r#"{{"__type":"GeoPoint","latitude":{latitude},"longitude":{longitude}}}"#)
            };
            (0..n)
                .map(|i| format!(r#"{{"a":{{"$geoIntersects":{{"$point":{}}}}}}}"#, point(i)))
                .collect()
        },
        fields: |n, changed| {
            let vertices: Vec<String> = (0..10 * n)
                .map(|i| format!("[-{},-{}]", i % 9, i % 7 + 1))
                .collect();
            format!(
                r#""a":{{"__type":"Polygon","n":{changed},"coordinates":[{}]}}"#,
                vertices.join(",")
            )
        },
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

/// Each of another length.
fn ranges(n: usize) -> Vec<String> {
    let length = |power: usize| 1e-9 * 1.9_f64.powi(power.try_into().unwrap_or(i32::MAX));
    let range = |length: f64| {
        let (from, to) = (3.0 * length, 3.9 * length);
        format!(r#"{{"a":{{"$gte":{from:e},"$lte":{to:e}}}}}"#)
    };
    (0..n).map(length).map(range).collect()
}

pub(crate) fn all() {
    for case in CASES {
        for size in [case.size, 2 * case.size] {
            if is_asked_for(&format!("matching: {}", case.name)) {
                case.run(size);
            }
        }
    }
}

impl Case {
    fn run(&self, size: usize) {
        let mut set = QuerySet::with_seed(SEED);
        for clause in (self.clauses)(size) {
            set.insert(clause.parse().expect(&clause));
        }
        let object = |changed| {
            let json = format!("{{{}}}", (self.fields)(size, changed));
            json.parse::<Object>().expect("an object")
        };
        let (old, new) = (object(1), object(2));
        let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
        // What is spent is bounded: the rest must be, too.
        let mut budget = Budget::new(20_000).each_query(1_000);
        count(&format!("matching: {}", self.name), LINEAR, || {
            set.classify_metered(Some(&old), Some(&new), &mut scratch, &mut hits, &mut budget);
            black_box(hits.len());
        });
    }
}
