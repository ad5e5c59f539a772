//! From the bytes of a published message to what it fires (W3), beside reading the bytes with `serde_json`.
//!
//! `cargo bench --bench message`; the groups are `message/value`, `message/one_query` and `message/set`, each
//! time is for the 300 messages of the workload.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use livematch::{Change, ChangeKind, FieldSet, PatternCache, Query, QuerySet, Scratch, classify};
use livematch_workload::{SEED, many, messages, single};
use serde_json::Value;

/// How many queries the set holds.
const QUERIES: u32 = 100_000;

fn bench(c: &mut Criterion, group: &str, parameter: &str, mut work: impl FnMut(&[u8]) -> usize) {
    let messages: Vec<_> = messages::messages(SEED).collect();
    let mut group = c.benchmark_group(group);
    group.throughput(Throughput::Elements(messages.len() as u64));
    group.bench_function(BenchmarkId::from_parameter(parameter), |b| {
        b.iter(|| {
            let bytes = messages.iter().map(String::as_bytes);
            bytes.map(|bytes| work(black_box(bytes))).sum::<usize>()
        });
    });
    group.finish();
}

fn change(bytes: &[u8], keep: &FieldSet) -> Change {
    Change::from_slice(ChangeKind::Save, bytes, keep).expect("a message")
}

fn value(c: &mut Criterion) {
    bench(c, "message/value", "serde_json", |bytes| {
        let value: Value = serde_json::from_slice(bytes).expect("JSON");
        black_box(value).as_object().map_or(0, serde_json::Map::len)
    });
}

/// For each query of W1, as what is looked at decides what is read.
fn one_query(c: &mut Criterion) {
    for named in single::recorded().queries {
        let query: Query = named.clause.parse().expect("a clause");
        let keep = query.fields();
        bench(c, "message/one_query", named.name, |bytes| {
            let change = change(bytes, &keep);
            usize::from(classify(&query, change.old_object(), change.new_object()).is_some())
        });
    }
}

fn set(c: &mut Criterion) {
    let set = filled();
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    bench(c, "message/set", &QUERIES.to_string(), |bytes| {
        let change = change(bytes, set.fields());
        hits.clear();
        set.classify_into(
            change.old_object(),
            change.new_object(),
            &mut scratch,
            &mut hits,
        );
        hits.len()
    });
}

fn filled() -> QuerySet {
    let builder = Query::builder().pattern_cache(PatternCache::default());
    let mut set = QuerySet::new();
    for clause in many::clauses(SEED, QUERIES) {
        set.insert(builder.compile_str(&clause.text).expect("a clause"));
    }
    set
}

criterion_group!(benches, value, one_query, set);
criterion_main!(benches);
