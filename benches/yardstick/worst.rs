//! The cases that an index could stumble over.

use std::time::{Duration, Instant};

use livematch::FieldSet;
use livematch_workload::worst::{CASES, Case};
use livematch_workload::{Change, SEED};
use serde_json::json;

use crate::clock::Times;
use crate::data::Sides;
use crate::subscriptions::{Filling, Subscriptions};
use crate::{Fallible, answers, report};

/// Changes that are timed if there is time, and those of them that are checked.
const CHANGES: usize = 200;
const CHECKED: usize = 3;

/// Prints the names and sizes of the cases.
pub(crate) fn list() {
    for case in CASES {
        report::line(&json!({"case": case.name, "queries": case.queries}));
    }
}

pub(crate) fn measure(name: &str, limit: Duration) -> Fallible {
    let case = CASES.iter().find(|case| case.name == name);
    let case = case.ok_or("there is no such case")?;
    let name = format!("livematch/worst/{name}");
    let mut subscriptions = filled(case, &name)?;
    let keep = FieldSet::all();
    let read = |change: Change| Sides::read(&change, &keep);
    let changes = case.changes(SEED).take(CHANGES).map(read);
    let changes: Vec<_> = changes.collect::<Result<_, _>>()?;
    answers::check(&mut subscriptions, &changes[..CHECKED], case.clauses(SEED))?;
    time(&name, &mut subscriptions, &changes, limit)
}

fn filled(case: &Case, name: &str) -> Result<Subscriptions, Box<dyn std::error::Error>> {
    let mut subscriptions = Subscriptions::with_capacity(case.queries);
    let mut filling = Filling::of(case.queries);
    for clause in case.clauses(SEED) {
        filling.add(&clause, &mut subscriptions)?;
    }
    filling.report(name, &subscriptions);
    Ok(subscriptions)
}

/// Both means are over the same changes, as the cost may be a matter of the number of matches.
fn time(
    name: &str,
    subscriptions: &mut Subscriptions,
    changes: &[Sides],
    limit: Duration,
) -> Fallible {
    let start = Instant::now();
    let mut times = Times::default();
    let mut hits = 0;
    for sides in changes {
        hits += times.time(|| subscriptions.ask_about(sides).len());
        if start.elapsed() > limit {
            break;
        }
    }
    times.report_spread(&format!("{name}/change"));
    let hits = f64::from(u32::try_from(hits)?);
    report::value(&format!("{name}/matches"), hits / times.count());
    Ok(())
}
