//! W2: what a change costs with many queries, and what it costs that queries come and go.

use std::error::Error;
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
    let read = |what| data::changes(&data::file(folder, size, what));
    let changes = Changes {
        warmup: read("warmup")?,
        timed: read("changes")?,
    };
    from_objects(&name, &mut subscriptions, &changes, limit)?;
    from_bytes(&name, &mut subscriptions, &changes, limit)?;
    remove(&name, &mut subscriptions);
    Ok(())
}

fn filled(
    folder: &Path,
    size: u32,
    which: &str,
    name: &str,
) -> Result<Subscriptions, Box<dyn Error>> {
    let mut subscriptions = Subscriptions::with_capacity(size);
    let mut filling = Filling::of(size);
    data::each_line(&data::file(folder, size, which), |clause| {
        filling.add(clause, &mut subscriptions)
    })?;
    filling.report(name, &subscriptions);
    Ok(subscriptions)
}

/// The objects are read when their turn comes, as in a server, but that does not count.
fn from_objects(
    name: &str,
    subscriptions: &mut Subscriptions,
    changes: &Changes,
    limit: Duration,
) -> Fallible {
    let keep = subscriptions.set.fields().clone();
    let (times, hits) = changes.each(limit, |change, times| {
        let sides = Sides::read(change, &keep)?;
        Ok(times.time(|| subscriptions.ask_about(&sides).len()))
    })?;
    times.report_spread(&format!("{name}/change"));
    report::value(&format!("{name}/changes"), times.count());
    report::value(&format!("{name}/matches"), hits / times.count());
    let compared = changes.timed[..COMPARED].iter();
    let compared = compared.map(|change| Sides::read(change, &keep));
    let compared: Vec<_> = compared.collect::<Result<_, _>>()?;
    report::answers(name, &answers::of(subscriptions, &compared));
    Ok(())
}

/// The same, and reading the objects counts.
fn from_bytes(
    name: &str,
    subscriptions: &mut Subscriptions,
    changes: &Changes,
    limit: Duration,
) -> Fallible {
    let keep = subscriptions.set.fields().clone();
    let (times, _) = changes.each(limit / 2, |change, times| {
        times.time(|| {
            let sides = Sides::read(change, &keep)?;
            Ok(subscriptions.ask_about(&sides).len())
        })
    })?;
    times.report_spread(&format!("{name}/bytes"));
    Ok(())
}

struct Changes {
    warmup: Vec<Change>,
    timed: Vec<Change>,
}

impl Changes {
    /// Asks about each change once, after others have warmed up the code but not the data. Returns the times,
    /// and how many hits there were.
    fn each(
        &self,
        limit: Duration,
        mut ask: impl FnMut(&Change, &mut Times) -> Result<usize, serde_json::Error>,
    ) -> Result<(Times, f64), Box<dyn Error>> {
        let mut times = Times::default();
        within(limit / 4, &self.warmup, |change| ask(change, &mut times))?;
        times = Times::default();
        let hits = within(limit, &self.timed, |change| ask(change, &mut times))?;
        Ok((times, f64::from(u32::try_from(hits)?)))
    }
}

/// Goes through a list until the time is up, and adds up what is found.
fn within<T, E>(
    limit: Duration,
    list: &[T],
    mut visit: impl FnMut(&T) -> Result<usize, E>,
) -> Result<usize, E> {
    let start = Instant::now();
    let mut found = 0;
    for item in list {
        found += visit(item)?;
        if start.elapsed() > limit {
            break;
        }
    }
    Ok(found)
}

fn remove(name: &str, subscriptions: &mut Subscriptions) {
    let mut times = Times::default();
    for &id in subscriptions.ids.iter().step_by(GOING) {
        times.time(|| subscriptions.set.remove(id));
    }
    times.report_mean(&format!("{name}/remove"));
}
