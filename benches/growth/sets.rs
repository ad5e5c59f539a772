//! Many subscriptions.

use std::hint::black_box;

use livematch::{Query, QuerySet, SubscriptionId};
use livematch_workload::SEED;

use crate::{CONSTANT, LINEAR, Shape, count, may_be_asked_for, shape};

/// What somebody may subscribe to: the clauses of a set, one for each number.
const SHAPES: &[Shape] = &[
    shape("one query", 2_000, |_| "{}".into()),
    shape("one field", 500, |i| format!(r#"{{"f":{i}}}"#)),
    shape("fields", 800, |i| format!(r#"{{"f{i}":1}}"#)),
    shape("paths below a field", 3_000, |i| {
        format!(r#"{{"f.x{i}":1}}"#)
    }),
    shape("paths below a text", 500, |i| {
        format!(r#"{{"f.length.x{i}":1}}"#)
    }),
    shape("limits of fields", 800, |i| {
        format!(r#"{{"f{i}":{{"$gt":1}}}}"#)
    }),
    shape("limits of a field", 500, |i| {
        format!(r#"{{"f":{{"$lt":{i}}}}}"#)
    }),
    shape("ranges of fields", 800, |i| {
        format!(r#"{{"f{i}":{{"$gt":1,"$lt":1e12}}}}"#)
    }),
    shape("ranges of two fields", 500, |i| {
        format!(r#"{{"a":{{"$gt":{i}}},"b":{{"$lt":{i}}}}}"#)
    }),
    shape("ranges of pairs of fields", 500, |i| {
        format!(r#"{{"a{i}":{{"$gt":1}},"b{}":{{"$lt":1}}}}"#, i + 1)
    }),
    shape("intervals", 500, |i| {
        format!(r#"{{"f":{{"$gte":{i},"$lt":{}}}}}"#, i + 100)
    }),
    shape("what all must run", 500, |i| {
        format!(r#"{{"f{i}":{{"$ne":1}}}}"#)
    }),
    shape("what is missing", 500, |i| {
        format!(r#"{{"f{i}":{{"$exists":false}}}}"#)
    }),
    shape("one value and fields", 800, |i| {
        format!(r#"{{"c":"{}","f{i}":true}}"#, i % 8)
    }),
    shape("one value and limits of fields", 800, |i| {
        format!(r#"{{"c":"{}","f{i}":{{"$gt":1}}}}"#, i % 8)
    }),
    shape("one value and ranges", 500, |i| {
        format!(r#"{{"c":"{}","f{i}":{{"$gt":1,"$lt":1e12}}}}"#, i % 8)
    }),
    shape("one value and another", 500, |i| {
        format!(r#"{{"c":"x","d":"y","e":true,"f":{i}}}"#)
    }),
    shape("one list", 300, |i| {
        format!(
            r#"{{"f":{{"$in":{:?}}},"g":{i}}}"#,
            (0..100).collect::<Vec<_>>()
        )
    }),
    shape("two lists", 300, |i| {
        let list = (0..60).collect::<Vec<_>>();
        format!(r#"{{"f":{{"$in":{list:?}}},"g":{{"$in":{list:?}}},"h":{i}}}"#)
    }),
    shape("lists that overlap", 500, |i| {
        format!(r#"{{"f":{{"$in":{:?}}}}}"#, (i..i + 30).collect::<Vec<_>>())
    }),
    shape("groups", 500, |i| {
        format!(r#"{{"$or":[{{"a":{i}}},{{"b{i}":1}},{{"c":{{"$gt":{i}}}}}]}}"#)
    }),
    shape("beginnings", 500, |i| {
        format!(r#"{{"f":{{"$regex":"^p{i}"}}}}"#)
    }),
    shape("bytes", 500, |i| {
        format!(r#"{{"f":{{"$regex":"text{i}"}}}}"#)
    }),
    shape("places", 500, |i| {
        let point = format!(
            r#"{{"__type":"GeoPoint","latitude":{},"longitude":{}}}"#,
            i % 80,
            i % 170
        );
        format!(r#"{{"f":{{"$nearSphere":{point},"$maxDistance":0.01}},"g":{i}}}"#)
    }),
    shape("dates revisited", 500, |i| {
        format!(r#"{{"d{i}":1,"d{i}.iso":1}}"#)
    }),
];

pub(crate) fn all() {
    for shape in SHAPES {
        for size in [shape.size, 2 * shape.size] {
            if may_be_asked_for(&format!("set: {}", shape.name)) {
                Many::new(shape, size).all();
            }
        }
    }
    for size in [400, 800] {
        rows(size);
    }
    for size in [5_000, 10_000] {
        for operator in ["$in", "$nin", "$containedBy", "$all"] {
            if may_be_asked_for(&format!("set: a list of {operator}")) {
                list(operator, size);
            }
        }
    }
}

/// A query of many members comes, and an equal one; it is filed in pieces, goes, and is taken out in pieces.
fn list(operator: &str, size: usize) {
    const PIECE: usize = 1_024;
    let members: Vec<String> = (0..size).map(|i| format!("m{i}")).collect();
    let query = |members: &[String]| -> Query {
        let clause = format!(r#"{{"f":{{"{operator}":{members:?}}}}}"#);
        clause.parse().expect("a clause")
    };
    let turned: Vec<String> = members.iter().rev().cloned().collect();
    let (first, equal) = (query(&members), query(&turned));
    let mut set = QuerySet::with_seed(SEED);
    let mut ids = Vec::new();
    let name = |what: &str| format!("set: a list of {operator}: {what}");
    let mut come = |what: &str, query: Query, set: &mut QuerySet| {
        let mut query = Some(query);
        count(&name(what), LINEAR, || {
            ids.extend(query.take().map(|query| set.insert(query)));
        });
    };
    come("QuerySet::insert", first, &mut set);
    come("QuerySet::insert an equal one", equal, &mut set);
    let settle = |when: &str, set: &mut QuerySet| {
        let what = format!("one piece of QuerySet::settle, {when}");
        count(&name(&what), CONSTANT, || {
            black_box((set.settle(PIECE), set.owed()));
        });
        let what = format!("QuerySet::settle and QuerySet::owed, {when}");
        count(&name(&what), LINEAR, || {
            while !set.settle(PIECE) {
                black_box(set.owed());
            }
        });
    };
    settle("to be filed", &mut set);
    count(&name("QuerySet::remove"), LINEAR, || {
        for id in &ids {
            black_box(set.remove(*id));
        }
    });
    settle("to be taken out", &mut set);
}

/// A query goes whose ranges stand beside those of one that is filed in many other places.
fn rows(size: usize) {
    let ranges = |from: usize| {
        let range = |i| format!(r#"{{"a":{{"$gt":{i}e290,"$lt":{}e299}}}}"#, i + 1);
        (from..from + size).map(range).collect::<Vec<_>>().join(",")
    };
    let values: Vec<usize> = (0..10 * size).collect();
    let beside = format!(
        r#"{{"$or":[{{"a":{{"$in":{values:?}}}}},{}]}}"#,
        ranges(size)
    );
    let mut set = QuerySet::with_seed(SEED);
    let mut insert = |clause: &str| set.insert(clause.parse().expect(clause));
    insert(r#"{"a":{"$gt":-1e308,"$lt":1e308}}"#);
    let goes = insert(&format!(r#"{{"$or":[{}]}}"#, ranges(1)));
    insert(&beside);
    count(
        "set: rows beside those of another query: QuerySet::remove",
        LINEAR,
        || {
            black_box(set.remove(goes));
        },
    );
}

/// Many queries of a shape, and a set of them.
struct Many {
    name: &'static str,
    queries: Vec<Query>,
    /// A few more.
    visitors: Vec<Query>,
    set: QuerySet,
    ids: Vec<SubscriptionId>,
}

const VISITORS: usize = 50;

/// In which order queries go.
#[derive(Clone, Copy)]
enum Order {
    First,
    Last,
    Mixed,
}

impl Many {
    fn new(shape: &Shape, size: usize) -> Self {
        let clauses = (0..size + VISITORS).map(shape.clause);
        let queries = clauses.map(|clause| clause.parse().expect(&clause));
        let mut queries: Vec<Query> = queries.collect();
        let visitors = queries.split_off(size);
        let mut set = QuerySet::with_seed(SEED);
        let ids = queries.iter().map(|query| set.insert(query.clone()));
        Self {
            ids: ids.collect(),
            name: shape.name,
            queries,
            visitors,
            set,
        }
    }

    fn all(&self) {
        self.come();
        self.ask();
        for (name, order) in [
            ("QuerySet::remove, the first first", Order::First),
            ("QuerySet::remove, the last first", Order::Last),
            ("QuerySet::remove, mixed", Order::Mixed),
        ] {
            let mut set = self.set.clone();
            let ids = in_order(&self.ids, order);
            self.count(name, LINEAR, &mut || {
                for id in &ids {
                    black_box(set.remove(*id));
                }
            });
        }
        self.visit();
    }

    fn count(&self, what: &str, most: f64, work: &mut dyn FnMut()) {
        count(&format!("set: {}: {what}", self.name), most, work);
    }

    fn come(&self) {
        let mut set = QuerySet::with_seed(SEED);
        self.count("QuerySet::insert", LINEAR, &mut || {
            for query in &self.queries {
                set.insert(query.clone());
            }
        });
        let mut set = QuerySet::with_seed(SEED);
        self.count("QuerySet::insert and QuerySet::fields", LINEAR, &mut || {
            for query in &self.queries {
                set.insert(query.clone());
                black_box(set.fields());
            }
        });
    }

    fn ask(&self) {
        let (set, ids) = (&self.set, &self.ids);
        self.count("QuerySet::equal", LINEAR, &mut || {
            for id in ids {
                black_box(set.equal(*id));
            }
        });
        self.count("QuerySet::memory_usage", LINEAR, &mut || {
            black_box(set.memory_usage());
        });
        self.count("QuerySet::iter", LINEAR, &mut || {
            black_box(set.iter().count());
        });
        self.count("QuerySet::filing", LINEAR, &mut || {
            for query in &self.queries {
                black_box(set.filing(query));
            }
        });
    }

    /// A few that come to many and go again, which is to take no longer for more of these.
    fn visit(&self) {
        let mut set = self.set.clone();
        let mut ids = Vec::with_capacity(VISITORS);
        self.count("QuerySet::insert a few more", CONSTANT, &mut || {
            ids.extend(self.visitors.iter().map(|query| set.insert(query.clone())));
        });
        self.count("QuerySet::remove these few", CONSTANT, &mut || {
            for id in &ids {
                black_box(set.remove(*id));
            }
        });
    }
}

fn in_order(ids: &[SubscriptionId], order: Order) -> Vec<SubscriptionId> {
    match order {
        Order::First => ids.to_vec(),
        Order::Last => ids.iter().rev().copied().collect(),
        Order::Mixed => {
            // A step that has no divisor in common with the size comes to each.
            let mut steps = (1..).map(|i| ids.len() / 3 + i);
            let step = steps.find(|step| gcd(*step, ids.len()) == 1);
            let places = (0..ids.len()).map(|i| i * step.unwrap_or(1) % ids.len());
            places.map(|at| ids[at]).collect()
        }
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
