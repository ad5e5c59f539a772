//! Distinct queries of the `find` dialect, as a set keeps them.

use std::borrow::Cow;
use std::fmt::Write;

use smallvec::SmallVec;

use super::slot::bit;
use super::subscribers::Subscribed;
use crate::find::{Plan, canonical};

/// A distinct query of the dialect.
#[derive(Clone, Debug)]
pub(super) struct Find {
    /// A bit for each path that it looks at, as in the other [heads](super::slot::SlotHead).
    pub(super) mask: u64,
    pub(super) subscribed: Subscribed,
    /// The moment at which it is asked.
    pub(super) now: Option<f64>,
    /// Whose leaves know the numbers of their paths.
    pub(super) plan: Plan,
}

impl Find {
    pub(super) fn new(plan: Plan, now: Option<f64>, subscribed: Subscribed) -> Self {
        let mut mask = 0;
        plan.each_leaf(&mut |asked| mask |= bit(asked.number));
        Self {
            mask,
            subscribed,
            now,
            plan,
        }
    }

    /// What tells it from queries that may answer differently.
    pub(super) fn text(&self) -> Cow<'_, str> {
        text(&self.plan, self.now)
    }

    /// The paths that it holds, one for each leaf.
    pub(super) fn paths(&self) -> SmallVec<[u32; 8]> {
        let mut paths = SmallVec::new();
        self.plan.each_leaf(&mut |asked| paths.push(asked.number));
        paths
    }

    /// Whether its text is long.
    pub(super) fn is_long(&self) -> bool {
        self.plan.kept_text().is_some()
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        self.plan.memory_usage()
    }
}

/// What tells queries apart that may answer differently.
pub(super) fn text(plan: &Plan, now: Option<f64>) -> Cow<'_, str> {
    let mut text = canonical::text(plan);
    if plan.is_time_dependent {
        // A text takes whatever is written to it.
        let _written = write!(text.to_mut(), "@{now:?}");
    }
    text
}
