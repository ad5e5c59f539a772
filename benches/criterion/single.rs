//! One query at a time (W1): compiling it, asking it, and filling the object that it is asked about.
//!
//! `cargo bench --bench single`; the groups are `single/compile`, `single/object`, `single/value`,
//! `single/by_hand`, `single/classify` and `object/fill`. Each time is for the 100 objects of the workload,
//! except that compiling is timed for one clause.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use livematch::{Document, FieldSet, Object, Query, classify};
use livematch_workload::by_hand;
use livematch_workload::single::{self, Single};
use serde::de::IgnoredAny;
use serde_json::Value;

fn query(clause: &str) -> Query {
    clause.parse().expect("a clause")
}

fn values(texts: &[String]) -> Vec<Value> {
    let read = |text: &String| serde_json::from_str(text).expect("JSON");
    texts.iter().map(read).collect()
}

fn objects(texts: &[String]) -> Vec<Object> {
    let read = |text: &String| text.parse().expect("an object");
    texts.iter().map(read).collect()
}

fn hits<T>(objects: &[T], is_match: impl Fn(&T) -> bool) -> usize {
    let matching = objects.iter().filter(|object| is_match(black_box(object)));
    matching.count()
}

fn compile(c: &mut Criterion) {
    let mut group = c.benchmark_group("single/compile");
    for named in single::recorded().queries {
        group.bench_function(BenchmarkId::from_parameter(named.name), |b| {
            b.iter(|| query(black_box(&named.clause)));
        });
    }
    group.finish();
}

fn on_object(c: &mut Criterion) {
    let workload = single::recorded();
    let objects = objects(&workload.objects);
    matching(c, "single/object", &workload, &objects);
}

fn on_value(c: &mut Criterion) {
    let workload = single::recorded();
    let values = values(&workload.objects);
    matching(c, "single/value", &workload, &values);
}

fn matching<D: Document>(c: &mut Criterion, name: &str, workload: &Single, objects: &[D]) {
    let all = values(&workload.objects);
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(objects.len() as u64));
    for named in &workload.queries {
        let query = query(&named.clause);
        let count = hits(objects, |object| query.matches(object));
        // A benchmark of a wrong answer is worth nothing.
        assert_eq!(count, hits(&all, |object| query.matches(object)));
        group.bench_function(BenchmarkId::from_parameter(named.name), |b| {
            b.iter(|| hits(objects, |object| query.matches(object)));
        });
    }
    group.finish();
}

/// What somebody would write instead of a query, on the same values.
fn hand_written(c: &mut Criterion) {
    let workload = single::recorded();
    let values = values(&workload.objects);
    let mut group = c.benchmark_group("single/by_hand");
    group.throughput(Throughput::Elements(values.len() as u64));
    for named in &workload.queries {
        let Some(closure) = by_hand::closure(named.name, &named.clause) else {
            continue;
        };
        let query = query(&named.clause);
        for value in &values {
            assert_eq!(closure(value), query.matches(value), "{}", named.name);
        }
        group.bench_function(BenchmarkId::from_parameter(named.name), |b| {
            b.iter(|| hits(&values, |value| closure(value)));
        });
    }
    group.finish();
}

/// Both sides of a change.
fn pairs(c: &mut Criterion) {
    let workload = single::recorded();
    let (old, new) = (objects(&workload.objects), objects(&workload.updated));
    let pairs: Vec<_> = old.iter().zip(&new).collect();
    let mut group = c.benchmark_group("single/classify");
    group.throughput(Throughput::Elements(pairs.len() as u64));
    for named in &workload.queries {
        let query = query(&named.clause);
        group.bench_function(BenchmarkId::from_parameter(named.name), |b| {
            b.iter(|| {
                hits(&pairs, |(old, new)| {
                    classify(&query, Some(*old), Some(*new)).is_some()
                })
            });
        });
    }
    group.finish();
}

/// Beside what it costs to read the bytes and keep nothing, and to keep everything in a tree.
fn fill(c: &mut Criterion) {
    let workload = single::recorded();
    let mut group = c.benchmark_group("object/fill");
    group.throughput(Throughput::Elements(workload.objects.len() as u64));
    let mut bench = |name: &str, read: &dyn Fn(&[u8]) -> bool| {
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter(|| hits(&workload.objects, |text| read(text.as_bytes())));
        });
    };
    let (all, one) = (FieldSet::all(), FieldSet::new(["status"]));
    bench("24_fields", &|json| Object::from_slice(json, &all).is_ok());
    bench("1_field", &|json| Object::from_slice(json, &one).is_ok());
    bench("ignored", &|json| {
        serde_json::from_slice::<IgnoredAny>(json).is_ok()
    });
    bench("value", &|json| {
        black_box(serde_json::from_slice::<Value>(json)).is_ok()
    });
    group.finish();
}

criterion_group!(
    benches,
    compile,
    on_object,
    on_value,
    hand_written,
    pairs,
    fill
);
criterion_main!(benches);
