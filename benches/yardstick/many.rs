//! W2: what a change costs with many queries, and what it costs that queries come and go.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use livematch_workload::Change;

use crate::clock::Times;
use crate::data::{self, Sides};
use crate::subscriptions::{Filling, Subscriptions};
use crate::{Fallible, answers, report};

/// How many changes are compared with the other engines.
const COMPARED: usize = 20;

/// One query in so many goes in the end.
const GOING: usize = 10;

pub(crate) fn measure(folder: &Path, size: u32, which: &str, limit: Duration) -> Fallible {
    let what = if which == "clauses" { "many" } else { which };
    let name = format!("livematch/{what}/{size}");
    let mut subscriptions = filled(folder, size, which, &name)?;
    let changes = data::changes(&data::file(folder, size, "changes"))?;
    let warmup = data::changes(&data::file(folder, size, "warmup"))?;
    from_objects(&name, &mut subscriptions, [&warmup, &changes], limit)?;
    from_bytes(&name, &mut subscriptions, [&warmup, &changes], limit);
    remove(&name, &mut subscriptions);
    Ok(())
}

fn filled(
    folder: &Path,
    size: u32,
    which: &str,
    name: &str,
) -> Result<Subscriptions, Box<dyn std::error::Error>> {
    let mut subscriptions = Subscriptions::with_capacity(size);
    let mut filling = Filling::of(size);
    data::each_line(&data::file(folder, size, which), |clause| {
        filling.add(clause, &mut subscriptions)
    })?;
    filling.report(name, &subscriptions);
    Ok(subscriptions)
}

/// Each change once, after others have warmed up the code but not the data.
fn from_objects(
    name: &str,
    subscriptions: &mut Subscriptions,
    changes: [&[Change]; 2],
    limit: Duration,
) -> Fallible {
    let keep = subscriptions.set.fields().clone();
    let read = |changes: &[Change]| {
        let sides = changes.iter().map(|change| Sides::read(change, &keep));
        sides.collect::<Result<Vec<_>, _>>()
    };
    let [warmup, changes] = [read(changes[0])?, read(changes[1])?];
    within(limit / 4, &warmup, |sides| {
        black_box(subscriptions.ask_about(sides));
    });
    let (mut times, mut hits) = (Times::default(), 0);
    within(limit, &changes, |sides| {
        hits += times.time(|| subscriptions.ask_about(sides).len());
    });
    let hits = f64::from(u32::try_from(hits)?);
    times.report_spread(&format!("{name}/change"));
    report::value(&format!("{name}/changes"), times.count());
    report::value(&format!("{name}/matches"), hits / times.count());
    let answers = answers::of(subscriptions, &changes[..COMPARED]);
    report::answers(name, &answers);
    Ok(())
}

/// The same, and reading the objects is a part of it.
fn from_bytes(
    name: &str,
    subscriptions: &mut Subscriptions,
    [warmup, changes]: [&[Change]; 2],
    limit: Duration,
) {
    let keep = subscriptions.set.fields().clone();
    let mut times = Times::default();
    let mut ask = |change: &Change, times: &mut Times| {
        times.time(|| {
            let sides = Sides::read(change, &keep);
            sides.map_or(0, |sides| subscriptions.ask_about(&sides).len())
        });
    };
    within(limit / 4, warmup, |change| {
        ask(change, &mut Times::default());
    });
    within(limit / 2, changes, |change| ask(change, &mut times));
    times.report_spread(&format!("{name}/bytes"));
}

/// Goes through a list until the time is up.
fn within<T>(limit: Duration, list: &[T], mut visit: impl FnMut(&T)) {
    let start = Instant::now();
    for item in list {
        visit(item);
        if start.elapsed() > limit {
            return;
        }
    }
}

fn remove(name: &str, subscriptions: &mut Subscriptions) {
    let mut times = Times::default();
    for &id in subscriptions.ids.iter().step_by(GOING) {
        times.time(|| subscriptions.set.remove(id));
    }
    times.report_mean(&format!("{name}/remove"));
}
