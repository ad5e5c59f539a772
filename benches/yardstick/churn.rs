//! Half of the queries are replaced by others while changes come in.

use std::collections::HashMap;
use std::path::Path;

use livematch::{FieldSet, Query, SubscriptionId, classify};
use livematch_workload::{SEED, many};

use crate::clock::Times;
use crate::data::{self, Sides};
use crate::subscriptions::Subscriptions;
use crate::{Fallible, report};

/// How many changes are checked in the end.
const CHECKED: usize = 5;

pub(crate) fn measure(folder: &Path, size: u32) -> Fallible {
    let name = format!("livematch/churn/{size}");
    let mut subscriptions = Subscriptions::with_capacity(size * 2);
    let mut live = HashMap::new();
    data::each_line(&data::file(folder, size, "clauses"), |clause| {
        let query = subscriptions.compile(clause)?;
        come(&mut subscriptions, &mut live, query);
        Ok(())
    })?;
    let changes = data::changes(&data::file(folder, size, "changes"))?;
    let keep = FieldSet::all();
    let changes = changes.iter().map(|change| Sides::read(change, &keep));
    let changes: Vec<_> = changes.collect::<Result<_, _>>()?;
    replace_half(&name, size, &mut subscriptions, &mut live, &changes)?;
    check(&mut subscriptions, &live, &changes[..CHECKED])
}

/// Times the changes, between each two of which some queries go and as many come.
fn replace_half(
    name: &str,
    size: u32,
    subscriptions: &mut Subscriptions,
    live: &mut HashMap<SubscriptionId, Query>,
    changes: &[Sides],
) -> Fallible {
    let visitors = many::clauses(SEED + 1, size / 2).map(|clause| clause.text);
    let visitors = visitors.map(|clause| subscriptions.compile(&clause));
    let mut visitors = visitors.collect::<Result<Vec<_>, _>>()?;
    let step = visitors.len() / changes.len();
    let mut going = subscriptions.ids.clone().into_iter().step_by(2);
    let mut times = Times::default();
    let mut hits = 0;
    for sides in changes {
        for query in visitors.drain(visitors.len() - step..) {
            let id = going.next().ok_or("nobody is left")?;
            subscriptions.set.remove(id);
            live.remove(&id);
            come(subscriptions, live, query);
        }
        hits += times.time(|| subscriptions.ask_about(sides).len());
    }
    times.report_spread(&format!("{name}/change"));
    let hits = f64::from(u32::try_from(hits)?);
    report::value(&format!("{name}/matches"), hits / times.count());
    Ok(())
}

fn come(
    subscriptions: &mut Subscriptions,
    live: &mut HashMap<SubscriptionId, Query>,
    query: Query,
) {
    subscriptions.insert(query.clone());
    live.extend(subscriptions.ids.last().map(|&id| (id, query)));
}

/// Fails unless exactly the queries that are there are found.
fn check(
    subscriptions: &mut Subscriptions,
    live: &HashMap<SubscriptionId, Query>,
    changes: &[Sides],
) -> Fallible {
    for sides in changes {
        let hits = subscriptions.ask_about(sides);
        let right = hits.iter().all(|hit| {
            let query = live.get(&hit.id);
            let answer =
                query.and_then(|query| classify(query, sides.old_object(), sides.new_object()));
            answer == Some(hit.event)
        });
        let fires =
            |query: &&Query| classify(query, sides.old_object(), sides.new_object()).is_some();
        let expected = live.values().filter(fires).count();
        if !right || hits.len() != expected {
            return Err(format!("{} hits, expected {expected}", hits.len()).into());
        }
    }
    Ok(())
}
