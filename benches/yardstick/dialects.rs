//! The `find` dialect beside the other one: W1 and W2 compiled as both, in one run.
//!
//! Clauses that `find` refuses are counted, and left out of both sides.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use livematch::{
    Dialect, FindOptions, Hit, Object, Query, QueryBuilder, QuerySet, Scratch, SubscriptionId,
    classify,
};
use livematch_workload::Change;

use crate::Fallible;
use crate::clock::{Times, fastest};
use crate::data::{self, Sides};
use crate::report;

/// How many changes are checked against each query by itself before any is timed.
const CHECKED: usize = 3;

/// So many queries are asked by themselves for such a check, from the first one on.
const ASKED: usize = 20_000;

/// Changes that a set takes before it is the other's turn.
const TURN: usize = 20;

fn dialects() -> [(&'static str, QueryBuilder); 2] {
    let find = Dialect::Find(FindOptions::new());
    [
        ("live", Query::builder()),
        ("find", Query::builder().dialect(find)),
    ]
}

/// W1: each query on each object.
pub(crate) fn single(folder: &Path) -> Fallible {
    let (queries, texts) = data::single(folder)?;
    let objects = texts.iter().map(|json| json.parse());
    let objects: Vec<Object> = objects.collect::<Result<_, _>>()?;
    let mut refused = 0.0;
    for (name, clause) in &queries {
        let compiled = dialects().map(|(dialect, builder)| {
            let query = builder.compile_str(clause).ok()?;
            Some((dialect, query))
        });
        let [Some(live), Some(find)] = compiled else {
            refused += 1.0;
            continue;
        };
        let found = objects.iter().enumerate();
        let found = found.filter(|(_, object)| find.1.matches(*object));
        let found: Vec<usize> = found.map(|(place, _)| place).collect();
        report::answers(
            &format!("livematch/dialects/single/find/{name}"),
            &found.into(),
        );
        for (dialect, query) in [live, find] {
            let all = fastest(|| {
                let matching = objects.iter().filter(|object| query.matches(*object));
                std::hint::black_box(matching.count());
            });
            let name = format!("livematch/dialects/single/{dialect}/{name}");
            report::value(&name, all / count(objects.len()));
        }
    }
    report::value("livematch/dialects/single/refused", refused);
    Ok(())
}

/// W2: a change against the queries that both dialects have.
///
/// The sets take turns within one run: a machine is as fast for one as for the other only while it is the same moment.
pub(crate) fn many(folder: &Path, size: u32, limit: Duration) -> Fallible {
    let changes = data::changes(&data::file(folder, size, "changes"))?;
    let mut timed = Vec::new();
    for (which, (dialect, _)) in dialects().into_iter().enumerate() {
        let (queries, refused) = both(folder, size, which)?;
        let name = format!("livematch/dialects/{dialect}/{size}");
        report::value(&format!("{name}/refused"), count(refused));
        let some: Vec<Query> = queries.iter().take(ASKED).cloned().collect();
        let mut set = QuerySet::new();
        let ids: Vec<SubscriptionId> = (queries.into_iter())
            .map(|query| set.insert(query))
            .collect();
        let each = count(set.memory_usage()) / count(set.len());
        report::value(&format!("{name}/memory"), each);
        check(&set, &ids, &some, &changes)?;
        timed.push(Timed::new(name, set));
    }
    let start = Instant::now();
    let turns = changes.chunks(TURN).enumerate();
    for (turn, some) in turns.take_while(|_| start.elapsed() < limit) {
        let counts = turn * TURN >= changes.len() / 5;
        for dialect in &mut timed {
            dialect.time(some, counts)?;
        }
    }
    timed.iter().for_each(Timed::report);
    Ok(())
}

/// The queries of a dialect that the other one has too, and how many it has not.
fn both(folder: &Path, size: u32, which: usize) -> Result<(Vec<Query>, usize), Box<dyn Error>> {
    let (mut queries, mut refused) = (Vec::new(), 0);
    let builders = dialects().map(|(_, builder)| builder);
    data::each_line(&data::file(folder, size, "clauses"), |clause| {
        let compiled = builders
            .each_ref()
            .map(|builder| builder.compile_str(clause));
        match compiled {
            [Ok(live), Ok(find)] => queries.push(if which == 0 { live } else { find }),
            _ => refused += 1,
        }
        Ok(())
    })?;
    Ok((queries, refused))
}

/// What a set finds is what some of its queries find by themselves.
fn check(set: &QuerySet, ids: &[SubscriptionId], some: &[Query], changes: &[Change]) -> Fallible {
    for change in &changes[..CHECKED] {
        let sides = Sides::read(change, set.fields())?;
        let (old, new) = (sides.old_object(), sides.new_object());
        let mut found: Vec<_> = set
            .classify(old, new)
            .iter()
            .map(|hit| (hit.id, hit.event))
            .collect();
        found.retain(|(id, _)| *id <= ids[some.len() - 1]);
        found.sort_by_key(|(id, _)| *id);
        let asked = ids.iter().zip(some);
        let expected = asked.filter_map(|(id, query)| Some((*id, classify(query, old, new)?)));
        if !expected.eq(found) {
            return Err("a set finds something else than its queries".into());
        }
    }
    Ok(())
}

/// A set, and what changes cost it.
struct Timed {
    name: String,
    set: QuerySet,
    scratch: Scratch,
    hits: Vec<Hit>,
    times: Times,
    candidates: usize,
    matches: usize,
}

impl Timed {
    fn new(name: String, set: QuerySet) -> Self {
        Self {
            name,
            set,
            scratch: Scratch::default(),
            hits: Vec::new(),
            times: Times::default(),
            candidates: 0,
            matches: 0,
        }
    }

    /// Each change once. The first ones warm up the code, and do not count.
    fn time(&mut self, changes: &[Change], counts: bool) -> Fallible {
        let keep = self.set.fields().clone();
        for change in changes {
            let sides = Sides::read(change, &keep)?;
            let (old, new) = (sides.old_object(), sides.new_object());
            self.hits.clear();
            let mut work = || {
                self.set
                    .classify_into(old, new, &mut self.scratch, &mut self.hits);
            };
            if !counts {
                work();
                continue;
            }
            self.times.time(work);
            self.candidates += self.scratch.candidates();
            self.matches += self.hits.len();
        }
        Ok(())
    }

    fn report(&self) {
        let Self { name, times, .. } = self;
        times.report_spread(&format!("{name}/change"));
        let each = |all: usize| count(all) / times.count();
        report::value(&format!("{name}/candidates"), each(self.candidates));
        report::value(&format!("{name}/matches"), each(self.matches));
    }
}

#[expect(clippy::cast_precision_loss, reason = "nothing here is that large")]
fn count(number: usize) -> f64 {
    number as f64
}
