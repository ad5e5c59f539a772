//! More subscribers of a query that is there already: what each costs in time and memory.

use std::path::Path;

use livematch::{FieldSet, SubscriptionId};

use crate::clock::fastest;
use crate::data::{self, Sides};
use crate::subscriptions::Subscriptions;
use crate::{Fallible, memory, report};

/// How many other queries there are.
const OTHERS: u32 = 10_000;

/// How many more subscribers there are when the time is taken, and when the memory is.
const SUBSCRIBERS: [u32; 2] = [100_000, 1_000_000];

/// A query that no other is equal to.
const CLAUSE: &str = r#"{"quantity":{"$lt":10},"isPublic":true}"#;

pub(crate) fn measure(folder: &Path) -> Fallible {
    let mut subscriptions = Subscriptions::with_capacity(OTHERS + SUBSCRIBERS[1]);
    data::each_line(&data::file(folder, OTHERS, "clauses"), |clause| {
        add(&mut subscriptions, clause)
    })?;
    let sides = matching(folder, &mut subscriptions)?;
    let resident = memory::resident();
    let alone = fastest(|| _ = subscriptions.ask_about(&sides));
    for _ in 0..SUBSCRIBERS[0] {
        add(&mut subscriptions, CLAUSE)?;
    }
    let crowded = fastest(|| _ = subscriptions.ask_about(&sides));
    let extra = (crowded - alone) / f64::from(SUBSCRIBERS[0]);
    report::value("livematch/equal/time", extra);
    for _ in SUBSCRIBERS[0]..SUBSCRIBERS[1] {
        add(&mut subscriptions, CLAUSE)?;
    }
    let notes = memory::bytes(size_of::<SubscriptionId>());
    let grown = (memory::resident() - resident) / f64::from(SUBSCRIBERS[1]);
    report::value("livematch/equal/resident", grown - notes);
    Ok(())
}

fn add(subscriptions: &mut Subscriptions, clause: &str) -> Fallible {
    let query = subscriptions.compile(clause)?;
    subscriptions.insert(query);
    Ok(())
}

/// A change that the query, which is added here, fires an event for.
fn matching(
    folder: &Path,
    subscriptions: &mut Subscriptions,
) -> Result<Sides, Box<dyn std::error::Error>> {
    add(subscriptions, CLAUSE)?;
    let id = *subscriptions.ids.last().ok_or("no query")?;
    for change in data::changes(&data::file(folder, OTHERS, "changes"))? {
        let sides = Sides::read(&change, &FieldSet::all())?;
        let hits = subscriptions.ask_about(&sides);
        if hits.iter().any(|hit| hit.id == id) {
            return Ok(sides);
        }
    }
    Err("no change matches".into())
}
