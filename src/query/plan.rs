//! What a query is run by, in either dialect.

use crate::field_set::FieldSet;
use crate::find;
use crate::plan as live;
use crate::steps::Bound;
use crate::value::{Answer, Text, Val};

/// A compiled clause.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    Live(live::Plan),
    Find(find::Plan),
}

impl Plan {
    /// That of LiveQuery's dialect.
    #[cfg(test)]
    pub(crate) fn live(&self) -> Option<&live::Plan> {
        match self {
            Self::Live(plan) => Some(plan),
            Self::Find(_) => None,
        }
    }

    /// Inlined, as a test of LiveQuery's takes no more than some tens of instructions.
    #[inline]
    pub(super) fn answer(&self, object: Val<'_>, now: Option<f64>) -> Answer {
        match self {
            Self::Live(plan) => plan.answer(object),
            Self::Find(plan) => plan.answer(object, now),
        }
    }

    pub(super) const fn is_time_dependent(&self) -> bool {
        match self {
            Self::Live(_) => false,
            Self::Find(plan) => plan.is_time_dependent,
        }
    }

    pub(super) fn canonical_text(&self) -> String {
        match self {
            Self::Live(plan) => live::canonical::text(plan),
            Self::Find(plan) => find::canonical::text(plan).into_owned(),
        }
    }

    /// The fields that are looked at.
    pub(super) fn fields(&self) -> FieldSet {
        match self {
            Self::Live(plan) => FieldSet::new(plan.paths.iter().map(|path| path.head().name)),
            Self::Find(plan) => {
                let mut names = Vec::new();
                plan.each_field(&mut |name| names.push(name));
                FieldSet::new(names)
            }
        }
    }

    /// The paths that are looked at.
    pub(super) fn paths(&self) -> Vec<Text> {
        match self {
            Self::Live(plan) => plan.paths.iter().map(|path| path.text().into()).collect(),
            Self::Find(plan) => {
                let mut paths = Vec::new();
                plan.each_path(&mut |path| paths.push(path.into()));
                paths
            }
        }
    }

    pub(super) fn bound(&self) -> Bound {
        match self {
            Self::Live(plan) => plan.bound(),
            Self::Find(plan) => plan.bound(),
        }
    }

    pub(super) fn over_budget(&self) -> u64 {
        match self {
            Self::Live(plan) => plan.over_budget(),
            // No pattern of this dialect has a budget.
            Self::Find(_) => 0,
        }
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        match self {
            Self::Live(plan) => plan.memory_usage(),
            Self::Find(plan) => plan.memory_usage(),
        }
    }
}
