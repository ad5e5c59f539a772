//! What a host lets a change cost, and who has cost it.

use super::subscribers::QueryId;
use crate::steps::{Meter, Spend};

/// How many steps may be spent on matching, and what they were spent for.
///
/// A step is about the work of comparing two short values, some nanoseconds: a value compared, an element of an array
/// visited, 64 bytes of a text searched, a character that a pattern meets in one of the ways that are open to it, a vertex.
/// They are counted and not timed, and so they are the same each time. Patterns are answered by what can count, which takes
/// several times as long as the `regex` crate does for those that are asked often.
///
/// # Examples
///
/// ```
/// use livematch::{Budget, QuerySet, Scratch};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let mut set = QuerySet::new();
/// let equal = set.insert(r#"{"name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"}"#.parse()?);
/// let dear = set.insert(r#"{"name": {"$regex": "^(a+)+\\1b"}}"#.parse()?);
/// let new = json!({"name": "a".repeat(40) + "c"});
///
/// let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
/// let mut budget = Budget::new(1_000_000).each_query(10_000);
/// set.classify_metered(None, Some(&new), &mut scratch, &mut hits, &mut budget);
/// assert_eq!((hits.len(), hits[0].id), (1, equal));
/// assert_eq!(budget.unrun(), [dear]);
/// assert!(budget.spent() < 11_000);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Budget {
    left: u64,
    spent: u64,
    each: u64,
    noted_from: u64,
    costs: Vec<Cost>,
    unrun: Vec<QueryId>,
}

/// What a query has cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// One of the subscriptions of the query; [`QuerySet::equal`](crate::QuerySet::equal) names the others.
    pub id: QueryId,
    /// In steps.
    pub steps: u64,
}

impl Budget {
    /// So many steps in all.
    #[must_use]
    pub const fn new(steps: u64) -> Self {
        Self {
            left: steps,
            spent: 0,
            each: u64::MAX,
            noted_from: u64::MAX,
            costs: Vec::new(),
            unrun: Vec::new(),
        }
    }

    /// Sets how many steps one query may take, so that a dear one takes nothing from the others.
    #[must_use]
    pub const fn each_query(mut self, steps: u64) -> Self {
        self.each = steps;
        self
    }

    /// Sets from how many steps on it is noted what a query has cost; by default nothing is.
    #[must_use]
    pub const fn note_from(mut self, steps: u64) -> Self {
        self.noted_from = steps;
        self
    }

    /// Begins anew with so many steps, nothing spent and nothing noted. What was set stays, and so does the memory.
    pub fn renew(&mut self, steps: u64) {
        self.left = steps;
        self.spent = 0;
        self.costs.clear();
        self.unrun.clear();
    }

    /// How many steps are left.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.left
    }

    /// How many steps have been spent, those of queries that were given up among them.
    #[must_use]
    pub const fn spent(&self) -> u64 {
        self.spent
    }

    /// What each query has cost that cost enough to be [noted](Self::note_from), given up or not.
    #[must_use]
    pub fn costs(&self) -> &[Cost] {
        &self.costs
    }

    /// The queries that may match and were not run, or not to their end: one subscription of each, whose
    /// [equals](crate::QuerySet::equal) share its lot.
    #[must_use]
    pub fn unrun(&self) -> &[QueryId] {
        &self.unrun
    }

    /// What the next query may spend; nothing if there is nothing left.
    pub(super) fn meter(&self) -> Option<Meter> {
        (self.left > 0).then(|| Meter::new(self.left.min(self.each)))
    }

    /// Takes what a query has spent of what it was given.
    pub(super) fn settle(&mut self, given: Meter, meter: Meter) -> u64 {
        let steps = given.left().saturating_sub(meter.left());
        self.left = self.left.saturating_sub(steps);
        self.spent = self.spent.saturating_add(steps);
        steps
    }

    /// Notes what a query has cost, if that is enough.
    #[inline]
    pub(super) fn note(&mut self, id: QueryId, steps: u64) {
        if steps >= self.noted_from {
            self.costs.push(Cost { id, steps });
        }
    }

    pub(super) fn give_up(&mut self, id: QueryId) {
        self.unrun.push(id);
    }
}
