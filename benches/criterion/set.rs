//! Many queries at once (W2): what a change costs, and what it costs that a query comes or goes.
//!
//! `cargo bench --bench set`; the groups are `set/classify`, `set/insert` and `set/remove`, their parameter is
//! the number of queries. `SET_MILLION=1` adds a million of them.

use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use livematch::{Event, Object, PatternCache, Query, QuerySet, Scratch, SubscriptionId, classify};
use livematch_workload::{Change, SEED, many};

/// Queries that come and go.
const VISITORS: u32 = 1_000;

/// How many changes are checked before anything is timed.
const CHECKED: usize = 20;

type Sides = (Option<Object>, Option<Object>);

fn sizes() -> Vec<u32> {
    let million = std::env::var_os("SET_MILLION").is_some();
    let sizes = many::SIZES.into_iter();
    sizes.filter(|&size| million || size < 1_000_000).collect()
}

fn queries(seed: u64, count: u32) -> Vec<Query> {
    let builder = Query::builder().pattern_cache(PatternCache::default());
    many::clauses(seed, count)
        .map(|clause| builder.compile_str(&clause.text).expect("a clause"))
        .collect()
}

fn changes(queries: u32) -> Vec<Sides> {
    let object = |side: Option<String>| side.map(|json| json.parse().expect("an object"));
    let sides = |change: Change| (object(change.old), object(change.new));
    let changes = many::changes(SEED, queries);
    changes.take(many::CHANGES).map(sides).collect()
}

fn filled(queries: &[Query]) -> (QuerySet, Vec<SubscriptionId>) {
    let mut set = QuerySet::new();
    let ids = queries.iter().map(|query| set.insert(query.clone()));
    let ids = ids.collect();
    (set, ids)
}

/// A benchmark of a wrong answer is worth nothing.
fn check(set: &QuerySet, ids: &[SubscriptionId], queries: &[Query], changes: &[Sides]) {
    let mut scratch = Scratch::default();
    for (old, new) in changes {
        let mut hits = Vec::new();
        set.classify_into(old.as_ref(), new.as_ref(), &mut scratch, &mut hits);
        let mut found: Vec<_> = hits.iter().map(|hit| (hit.id, hit.event)).collect();
        found.sort_by_key(|&(id, _)| id);
        assert_eq!(found, expected(ids, queries, old.as_ref(), new.as_ref()));
    }
}

fn expected(
    ids: &[SubscriptionId],
    queries: &[Query],
    old: Option<&Object>,
    new: Option<&Object>,
) -> Vec<(SubscriptionId, Event)> {
    let asked = ids.iter().zip(queries);
    let answers = asked.filter_map(|(&id, query)| Some((id, classify(query, old, new)?)));
    let mut answers: Vec<_> = answers.collect();
    answers.sort_by_key(|&(id, _)| id);
    answers
}

fn match_changes(c: &mut Criterion) {
    let mut group = c.benchmark_group("set/classify");
    for size in sizes() {
        let (queries, changes) = (queries(SEED, size), changes(size));
        let (set, ids) = filled(&queries);
        check(&set, &ids, &queries, &changes[..CHECKED]);
        drop(queries);
        let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
        let mut next = changes.iter().cycle();
        group.bench_function(BenchmarkId::from_parameter(size), |b| {
            b.iter(|| {
                let (old, new) = next.next().expect("a cycle does not end");
                hits.clear();
                set.classify_into(old.as_ref(), new.as_ref(), &mut scratch, &mut hits);
                hits.len()
            });
        });
    }
    group.finish();
}

/// Compiling is not included.
fn insert(c: &mut Criterion) {
    come_and_go(c, "set/insert", |times| times.0);
}

fn remove(c: &mut Criterion) {
    come_and_go(c, "set/remove", |times| times.1);
}

fn come_and_go(c: &mut Criterion, name: &str, which: fn((Duration, Duration)) -> Duration) {
    let visitors = queries(SEED + 1, VISITORS);
    let mut group = c.benchmark_group(name);
    for size in sizes() {
        let (mut set, _) = filled(&queries(SEED, size));
        group.bench_function(BenchmarkId::from_parameter(size), |b| {
            b.iter_custom(|count| {
                let mut rest = usize::try_from(count).unwrap_or(usize::MAX);
                let mut total = Duration::ZERO;
                while rest > 0 {
                    let some = &visitors[..rest.min(visitors.len())];
                    rest -= some.len();
                    total += which(visit(&mut set, some));
                }
                total
            });
        });
    }
    group.finish();
}

/// How long it takes that queries come, and that they go in the same order.
fn visit(set: &mut QuerySet, visitors: &[Query]) -> (Duration, Duration) {
    let mut queries = visitors.to_vec();
    let mut ids = Vec::with_capacity(queries.len());
    let start = Instant::now();
    ids.extend(queries.drain(..).map(|query| set.insert(query)));
    let inserting = start.elapsed();
    let start = Instant::now();
    let gone = ids.into_iter().filter(|&id| set.remove(id)).count();
    let removing = start.elapsed();
    assert_eq!(gone, visitors.len());
    (inserting, removing)
}

criterion_group!(benches, match_changes, insert, remove);
criterion_main!(benches);
