//! What a host lets a change cost, and who has cost it.

use super::subscribers::SubscriptionId;
use crate::steps::{Meter, Spend, Spent};

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
///
/// One serves for many changes, and notes what is dear:
///
/// ```
/// use livematch::Budget;
///
/// let mut budget = Budget::new(1_000).note_from(100);
/// assert_eq!((budget.left(), budget.spent()), (1_000, 0));
/// assert!(budget.costs().is_empty());
/// budget.renew(2_000);
/// assert_eq!(budget.left(), 2_000);
/// ```
#[derive(Clone, Debug)]
pub struct Budget {
    left: u64,
    spent: u64,
    each: u64,
    noted_from: u64,
    costs: Vec<Cost>,
    unrun: Vec<SubscriptionId>,
}

/// What a query has cost.
///
/// # Examples
///
/// ```
/// use livematch::{Budget, QuerySet, Scratch};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let mut set = QuerySet::new();
/// let id = set.insert(r#"{"name": {"$regex": "^(a+)+\\1b"}}"#.parse()?);
/// let mut budget = Budget::new(1_000_000).each_query(10_000).note_from(1_000);
/// let new = json!({"name": "a".repeat(40)});
/// set.classify_metered(None, Some(&new), &mut Scratch::default(), &mut Vec::new(), &mut budget);
/// let dear = budget.costs()[0];
/// assert_eq!(dear.id, id);
/// assert!(dear.steps >= 1_000);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// One of the subscriptions of the query; [`QuerySet::equal`](crate::QuerySet::equal) names the others.
    pub id: SubscriptionId,
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
    pub fn unrun(&self) -> &[SubscriptionId] {
        &self.unrun
    }

    /// Runs the query that a subscription asks for, with what it may spend. What it has spent is noted, and it is named if there
    /// was not enough.
    #[inline]
    pub(super) fn run<T>(
        &mut self,
        id: SubscriptionId,
        run: impl FnOnce(&mut Meter) -> Result<T, Spent>,
    ) -> Option<T> {
        let given = self.left.min(self.each);
        let mut meter = Meter::new(given);
        let done = (self.left > 0).then(|| run(&mut meter));
        if done.is_some() {
            self.settle(id, given.saturating_sub(meter.left()));
        }
        let done = done.and_then(Result::ok);
        if done.is_none() {
            self.unrun.push(id);
        }
        done
    }

    /// Takes what a query has spent, and notes it if that is enough.
    fn settle(&mut self, id: SubscriptionId, steps: u64) {
        self.left = self.left.saturating_sub(steps);
        self.spent = self.spent.saturating_add(steps);
        if steps >= self.noted_from {
            self.costs.push(Cost { id, steps });
        }
    }
}
