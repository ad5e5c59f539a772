//! A set of queries that is filled from clauses, and what filling it cost.

use std::error::Error;
use std::time::Instant;

use livematch::{
    Hit, Object, PatternCache, Query, QueryBuilder, QuerySet, Scratch, SubscriptionId,
};

use crate::clock::{Times, nanoseconds};
use crate::data::Sides;
use crate::{Fallible, memory, report};

/// The set, the names of its queries in the order in which they came, and what it needs to be asked.
#[derive(Debug)]
pub(crate) struct Subscriptions {
    pub(crate) set: QuerySet,
    pub(crate) ids: Vec<SubscriptionId>,
    scratch: Scratch,
    hits: Vec<Hit>,
    builder: QueryBuilder,
}

impl Subscriptions {
    /// None yet, with room for the names of so many.
    pub(crate) fn with_capacity(count: u32) -> Self {
        Self {
            set: QuerySet::new(),
            ids: Vec::with_capacity(count as usize),
            scratch: Scratch::default(),
            hits: Vec::new(),
            builder: Query::builder().pattern_cache(PatternCache::default()),
        }
    }

    pub(crate) fn compile(&self, clause: &str) -> Result<Query, Box<dyn Error>> {
        Ok(self.builder.compile_str(clause)?)
    }

    pub(crate) fn insert(&mut self, query: Query) {
        self.ids.push(self.set.insert(query));
    }

    /// The hits of a change.
    pub(crate) fn ask(&mut self, old: Option<&Object>, new: Option<&Object>) -> &[Hit] {
        self.hits.clear();
        let (scratch, hits) = (&mut self.scratch, &mut self.hits);
        self.set.classify_into(old, new, scratch, hits);
        &self.hits
    }

    pub(crate) fn ask_about(&mut self, sides: &Sides) -> &[Hit] {
        self.ask(sides.old_object(), sides.new_object())
    }
}

/// Notes what filling a set costs, in time and memory.
#[derive(Debug)]
pub(crate) struct Filling {
    resident: f64,
    start: Instant,
    compile: Times,
    insert: Times,
}

impl Filling {
    /// Begins with no more queries than this.
    pub(crate) fn of(count: u32) -> Self {
        Self {
            resident: memory::resident(),
            start: Instant::now(),
            compile: Times::with_capacity(count),
            insert: Times::with_capacity(count),
        }
    }

    /// Compiles a clause and adds it.
    pub(crate) fn add(&mut self, clause: &str, to: &mut Subscriptions) -> Fallible {
        let query = self.compile.time(|| to.compile(clause))?;
        self.insert.time(|| to.insert(query));
        Ok(())
    }

    /// Prints what it cost.
    pub(crate) fn report(&self, name: &str, filled: &Subscriptions) {
        let total = nanoseconds(self.start.elapsed());
        let count = self.insert.count();
        // The notes, here and in `filled.ids`, take memory too.
        let notes = count * size::<(SubscriptionId, f64, f64)>();
        let grown = memory::resident() - self.resident - notes;
        report::value(&format!("{name}/compile_and_insert_all"), total);
        report::value(&format!("{name}/resident_per_query"), grown / count);
        self.compile.report_mean(&format!("{name}/compile"));
        self.insert.report_mean(&format!("{name}/insert"));
        let heap = memory::bytes(filled.set.memory_usage());
        report::value(&format!("{name}/heap_per_query"), heap / count);
    }
}

fn size<T>() -> f64 {
    memory::bytes(size_of::<T>())
}
