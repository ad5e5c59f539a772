//! W1: each query on each object, on an `Object`, on a `Value`, and by hand; and what filling an object costs.

use std::hint::black_box;
use std::path::Path;

use livematch::{FieldSet, Object, Query};
use livematch_workload::by_hand;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::Fallible;
use crate::clock::fastest;
use crate::data;
use crate::report;

pub(crate) fn measure(folder: &Path) -> Fallible {
    let (queries, texts) = data::single(folder)?;
    let objects: Vec<Object> = texts
        .iter()
        .map(|json| json.parse())
        .collect::<Result<_, _>>()?;
    let values: Vec<Value> = texts
        .iter()
        .map(|json| data::value(json))
        .collect::<Result<_, _>>()?;
    for (name, clause) in &queries {
        let query: Query = clause.parse()?;
        let found = places(&objects, |object| query.matches(object));
        report::answers(&format!("livematch/single/{name}"), &found.into());
        time("object", name, &objects, |object| query.matches(object));
        time("value", name, &values, |value| query.matches(value));
        if let Some(closure) = by_hand::closure(name, clause) {
            time("by_hand", name, &values, |value| closure(value));
        }
    }
    fill(&texts);
    Ok(())
}

/// The places of the objects that match.
fn places<T>(objects: &[T], is_match: impl Fn(&T) -> bool) -> Vec<usize> {
    let places = 0..objects.len();
    places.filter(|&place| is_match(&objects[place])).collect()
}

/// The time for one object.
fn time<T>(what: &str, name: &str, objects: &[T], is_match: impl Fn(&T) -> bool) {
    let all = fastest(|| {
        let matching = objects.iter().filter(|object| is_match(black_box(object)));
        black_box(matching.count());
    });
    let name = format!("livematch/single/{what}/{name}");
    report::value(&name, all / count(objects));
}

#[expect(clippy::cast_precision_loss, reason = "there are a hundred of them")]
fn count<T>(objects: &[T]) -> f64 {
    objects.len() as f64
}

/// Reading 24 fields, beside reading the bytes and keeping nothing, or everything in a tree.
fn fill(texts: &[String]) {
    let all = FieldSet::all();
    let first = data::value(&texts[0]).unwrap_or_default();
    let fields = first.as_object().into_iter();
    let named = FieldSet::new(fields.flat_map(serde_json::Map::keys));
    time("fill", "all", texts, |json| {
        black_box(Object::from_slice(json.as_bytes(), &all)).is_ok()
    });
    time("fill", "named", texts, |json| {
        black_box(Object::from_slice(json.as_bytes(), &named)).is_ok()
    });
    time("fill", "ignored", texts, |json| {
        serde_json::from_slice::<IgnoredAny>(json.as_bytes()).is_ok()
    });
    time("fill", "value", texts, |json| {
        black_box(serde_json::from_slice::<Value>(json.as_bytes())).is_ok()
    });
}
