//! Work whose instructions are counted by `record.mjs` beside this file, under valgrind.
//!
//! The name of each piece of work is printed when its turn comes. What happens in [`counted_part`] counts, the
//! rest does not. Everything is the same in each run: the data, the order, and the seed of the set's hashing.

use std::hint::black_box;

use livematch::{
    Budget, Change, ChangeKind, Dialect, Document, FieldSet, FindOptions, Hit, Object,
    PatternCache, Query, QueryBuilder, QuerySet, Scratch, classify,
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

fn find() -> QueryBuilder {
    Query::builder().dialect(Dialect::Find(FindOptions::new()))
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
        let query = find().compile_str(&named.clause).expect("a clause");
        count_warm(&format!("find/object/{name}"), || ask(&query, &objects));
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

fn queries(builder: QueryBuilder, seed: u64, count: u32) -> Vec<Query> {
    let builder = builder.pattern_cache(PatternCache::default());
    many::clauses(seed, count)
        .map(|clause| builder.compile_str(&clause.text).expect("a clause"))
        .collect()
}

fn filled(builder: QueryBuilder) -> QuerySet {
    let mut set = QuerySet::with_seed(SEED);
    for query in queries(builder, SEED, QUERIES) {
        set.insert(query);
    }
    set
}

/// W2.
fn many_queries() {
    for (name, builder) in [("", Query::builder()), ("find/", find())] {
        many_queries_of(name, builder);
    }
}

fn many_queries_of(name: &str, builder: QueryBuilder) {
    let set = filled(builder);
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
    count(&format!("{name}set"), &mut ask);
    let hosts: Vec<_> = many::changes(SEED, QUERIES)
        .take(CHANGES)
        .map(|change| [change.old, change.new].map(|json| json.map(|json| value(&json))))
        .collect();
    let mut ask = || {
        for [old, new] in &hosts {
            hits.clear();
            set.classify_into(old.as_ref(), new.as_ref(), &mut scratch, &mut hits);
            black_box(&hits);
        }
    };
    ask();
    count(&format!("{name}set/value"), &mut ask);
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
    count(&format!("{name}set/metered"), &mut ask);
}

fn coming_and_going() {
    for (name, builder) in [("", Query::builder()), ("find/", find())] {
        coming_and_going_of(name, &builder);
    }
}

fn coming_and_going_of(name: &str, builder: &QueryBuilder) {
    let mut set = filled(builder.clone());
    let mut visitors = queries(builder.clone(), SEED + 1, VISITORS);
    let mut ids = Vec::with_capacity(visitors.len());
    count(&format!("{name}insert"), &mut || {
        ids.extend(visitors.drain(..).map(|query| set.insert(query)));
    });
    count(&format!("{name}remove"), &mut || {
        for &id in &ids {
            black_box(set.remove(id));
        }
    });
}
