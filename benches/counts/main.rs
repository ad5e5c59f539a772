//! Work whose instructions are counted by `record.mjs` beside this file, under valgrind.
//!
//! The name of each piece of work is printed when its turn comes. What happens in [`counted_part`] counts, the
//! rest does not. Everything is the same in each run: the data, the order, and the seed of the set's hashing.

use std::hint::black_box;

use livematch::{
    Budget, Change, ChangeKind, Document, FieldSet, Hit, Object, PatternCache, Query, QuerySet,
    Scratch, classify,
};
use livematch_workload::{SEED, many, messages, single};
use serde_json::Value;

/// How many queries the set holds, how many changes it is asked about, and how many queries come and go.
const QUERIES: u32 = 10_000;
const CHANGES: usize = 200;
const VISITORS: u32 = 200;

/// Steps that are never used up.
const PLENTY: u64 = 1 << 40;

/// How many messages are read.
const MESSAGES: usize = 20;

/// How often work is done before it counts: patterns that are asked often earn a better form.
const WARM_UP: usize = 3;

fn main() {
    one_query();
    reading();
    many_queries();
    coming_and_going();
}

/// What is counted; the name is known to `record.mjs`.
#[inline(never)]
fn counted_part(work: &mut dyn FnMut()) {
    work();
}

#[expect(clippy::print_stdout, reason = "the output of a program")]
fn count(name: &str, work: &mut dyn FnMut()) {
    println!("{name}");
    counted_part(work);
}

fn count_warm(name: &str, mut work: impl FnMut()) {
    for _ in 0..WARM_UP {
        work();
    }
    count(name, &mut work);
}

fn query(clause: &str) -> Query {
    clause.parse().expect("a clause")
}

fn object(json: &str) -> Object {
    json.parse().expect("an object")
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).expect("JSON")
}

/// W1: each query on each object.
fn one_query() {
    let workload = single::recorded();
    let objects: Vec<_> = workload.objects.iter().map(|json| object(json)).collect();
    let values: Vec<_> = workload.objects.iter().map(|json| value(json)).collect();
    for named in &workload.queries {
        let query = query(&named.clause);
        let name = named.name;
        count_warm(&format!("object/{name}"), || ask(&query, &objects));
        count_warm(&format!("value/{name}"), || ask(&query, &values));
    }
    count_warm("compile", || {
        for named in &workload.queries {
            black_box(query(&named.clause));
        }
    });
}

fn ask(query: &Query, objects: &[impl Document]) {
    for object in objects {
        black_box(query.matches(object));
    }
}

/// Filling objects, and W3 with one query.
fn reading() {
    let workload = single::recorded();
    let all = FieldSet::all();
    count_warm("fill", || {
        for json in &workload.objects {
            black_box(Object::from_slice(json.as_bytes(), &all)).expect("an object");
        }
    });
    let messages: Vec<_> = messages::messages(SEED).take(MESSAGES).collect();
    let mixed = workload.queries.last().expect("a query");
    let query = query(&mixed.clause);
    let keep = query.fields();
    count_warm("message", || {
        for message in &messages {
            let change = Change::from_slice(ChangeKind::Save, message.as_bytes(), &keep);
            let change = change.expect("a message");
            black_box(classify(&query, change.old_object(), change.new_object()));
        }
    });
}

fn queries(seed: u64, count: u32) -> Vec<Query> {
    let builder = Query::builder().pattern_cache(PatternCache::default());
    many::clauses(seed, count)
        .map(|clause| builder.compile_str(&clause.text).expect("a clause"))
        .collect()
}

fn filled() -> QuerySet {
    let mut set = QuerySet::with_seed(SEED);
    for query in queries(SEED, QUERIES) {
        set.insert(query);
    }
    set
}

/// W2.
fn many_queries() {
    let set = filled();
    let side = |json: Option<String>| json.map(|json| object(&json));
    let changes: Vec<_> = many::changes(SEED, QUERIES)
        .take(CHANGES)
        .map(|change| (side(change.old), side(change.new)))
        .collect();
    let (mut scratch, mut hits): (_, Vec<Hit>) = (Scratch::default(), Vec::new());
    let mut ask = || {
        for (old, new) in &changes {
            hits.clear();
            set.classify_into(old.as_ref(), new.as_ref(), &mut scratch, &mut hits);
            black_box(&hits);
        }
    };
    ask();
    count("set", &mut ask);
    let mut budget = Budget::new(PLENTY);
    let mut ask = || {
        for (old, new) in &changes {
            hits.clear();
            budget.renew(PLENTY);
            let (old, new) = (old.as_ref(), new.as_ref());
            set.classify_metered(old, new, &mut scratch, &mut hits, &mut budget);
            black_box(&hits);
        }
    };
    ask();
    count("set/metered", &mut ask);
}

fn coming_and_going() {
    let mut set = filled();
    let mut visitors = queries(SEED + 1, VISITORS);
    let mut ids = Vec::with_capacity(visitors.len());
    count("insert", &mut || {
        ids.extend(visitors.drain(..).map(|query| set.insert(query)));
    });
    count("remove", &mut || {
        for &id in &ids {
            black_box(set.remove(id));
        }
    });
}
