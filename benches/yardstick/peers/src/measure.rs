//! The measurement itself, the same for each engine.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::clause::Equality;
use crate::engine::{Engine, Result};

/// How long inserting may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// How many changes are compared with the other engines.
const COMPARED: usize = 20;

/// One query in so many goes in the end, and no more than this.
const GOING: usize = 10;
const GONE: usize = 2_000;

pub struct Run {
    folder: PathBuf,
    size: u32,
    /// What the lines begin with.
    name: String,
    limit: Duration,
}

type Sides<O> = (Option<O>, Option<O>);

impl Run {
    pub fn new(folder: &Path, engine: &str, size: u32, limit: Duration) -> Self {
        Self {
            folder: folder.into(),
            size,
            name: format!("{engine}/equality/{size}"),
            limit,
        }
    }

    pub fn measure<E: Engine>(&self, mut engine: E) -> Result<()> {
        let clauses = self.clauses()?;
        self.fill(&mut engine, &clauses)?;
        self.search(&engine)?;
        self.remove(&mut engine, &clauses)
    }

    fn lines(&self, what: &str) -> Result<impl Iterator<Item = String>> {
        let file = format!("many-{}.{what}.jsonl", self.size);
        let file = BufReader::new(File::open(self.folder.join(file))?);
        Ok(file.lines().map_while(std::result::Result::ok))
    }

    fn clauses(&self) -> Result<Vec<Equality>> {
        let read = |line: String| Equality::read(&line).ok_or("no such clause");
        let clauses = self.lines("equality")?.map(read);
        Ok(clauses.collect::<std::result::Result<_, _>>()?)
    }

    fn fill<E: Engine>(&self, engine: &mut E, clauses: &[Equality]) -> Result<()> {
        let (resident, start) = (resident(), Instant::now());
        let mut longest = Duration::ZERO;
        let count = number(clauses.len());
        for (id, clause) in (0..).zip(clauses) {
            let began = Instant::now();
            engine.insert(id, clause)?;
            longest = longest.max(began.elapsed());
            if start.elapsed() > PATIENCE {
                self.value("gave_up_after", f64::from(id));
                return Err("inserting takes too long".into());
            }
        }
        self.value("insert/mean", nanoseconds(start.elapsed()) / count);
        self.value("insert/max", nanoseconds(longest));
        let grown = self::resident() - resident;
        self.value("resident_per_query", grown / count);
        Ok(())
    }

    /// The objects are prepared when their turn comes, which does not count.
    fn search<E: Engine>(&self, engine: &E) -> Result<()> {
        let warmup: Vec<_> = self.lines("warmup")?.collect();
        let first = time(engine, &warmup[..1], Duration::MAX)?;
        self.value("first_change", first[0]);
        time(engine, &warmup, self.limit / 4)?;
        let changes: Vec<_> = self.lines("changes")?.collect();
        let mut times = time(engine, &changes, self.limit)?;
        times.sort_by(f64::total_cmp);
        self.value("changes", number(times.len()));
        self.value("change/median", times[times.len() / 2]);
        self.value("change/p99", times[times.len() * 99 / 100]);
        let mean = times.iter().sum::<f64>() / number(times.len());
        self.value("change/mean", mean);
        let compared = changes[..COMPARED].iter();
        let answers = compared.map(|line| answer(engine, &sides(engine, line)?));
        let answers = answers.collect::<Result<Value>>()?;
        print(&json!({"name": self.name, "answers": answers}));
        Ok(())
    }

    fn remove<E: Engine>(&self, engine: &mut E, clauses: &[Equality]) -> Result<()> {
        let start = Instant::now();
        let going = (0..).zip(clauses).step_by(GOING).take(GONE);
        let mut gone = 0;
        for (id, _) in going {
            engine.remove(id)?;
            gone += 1;
        }
        let mean = nanoseconds(start.elapsed()) / number(gone);
        self.value("remove/mean", mean);
        Ok(())
    }

    fn value(&self, what: &str, value: f64) {
        print(&json!({"name": format!("{}/{what}", self.name), "value": value}));
    }
}

/// The two sides of a change in the form that the engine takes.
fn sides<E: Engine>(engine: &E, line: &str) -> Result<Sides<E::Object>> {
    let sides: BTreeMap<&str, &RawValue> = serde_json::from_str(line)?;
    let side = |name| {
        let json = sides[name].get();
        let json = (json != "null").then_some(json);
        json.map(|json| engine.object(json)).transpose()
    };
    Ok((side("old")?, side("new")?))
}

/// The nanoseconds of each change, as far as the time suffices.
fn time<E: Engine>(engine: &E, changes: &[String], limit: Duration) -> Result<Vec<f64>> {
    let start = Instant::now();
    let mut times = Vec::with_capacity(changes.len());
    for line in changes {
        let (old, new) = sides(engine, line)?;
        let began = Instant::now();
        for side in [old, new].into_iter().flatten() {
            std::hint::black_box(engine.matches(&side)?);
        }
        times.push(nanoseconds(began.elapsed()));
        if start.elapsed() > limit {
            break;
        }
    }
    Ok(times)
}

/// The events of a change: pairs of a query and what happened to it.
fn answer<E: Engine>(engine: &E, (old, new): &Sides<E::Object>) -> Result<Value> {
    let matches = |side: &Option<E::Object>| -> Result<BTreeSet<u32>> {
        let found = side.as_ref().map(|side| engine.matches(side));
        Ok(found.transpose()?.into_iter().flatten().collect())
    };
    let (before, after) = (matches(old)?, matches(new)?);
    let event = |id| match (before.contains(id), after.contains(id)) {
        (true, _) if new.is_none() => "delete",
        (true, true) => "update",
        (true, false) => "leave",
        _ if old.is_none() => "create",
        _ => "enter",
    };
    Ok(before
        .union(&after)
        .map(|id| json!([id, event(id)]))
        .collect())
}

/// The resident bytes of the process, without the pages of its program's file; NaN where the system does not say.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes * 1_024.0)
}

#[expect(clippy::cast_precision_loss, reason = "no measurement takes days")]
fn nanoseconds(time: Duration) -> f64 {
    time.as_nanos() as f64
}

#[expect(clippy::cast_precision_loss, reason = "a million at most")]
fn number(count: usize) -> f64 {
    count as f64
}

fn print(line: &Value) {
    println!("{line}");
}
