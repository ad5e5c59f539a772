//! A query of either dialect, as a match comes to it.

use super::QuerySet;
use super::finds::Find;
use super::slot::Slot;
use super::subscribers::Subscribed;
use crate::plan::code::Run;

/// A distinct query that may match a change.
#[derive(Clone, Copy)]
pub(super) enum Candidate<'s> {
    Live(Slot<'s>),
    Find(&'s Find),
}

impl Candidate<'_> {
    /// Whether it asks for nothing and matches everything.
    pub(super) fn is_always(self) -> bool {
        match self {
            Self::Live(slot) => slot.head.run == Run::Always,
            Self::Find(find) => find.plan.matches_everything(),
        }
    }

    /// Who asks for it.
    pub(super) fn subscribed(self) -> Subscribed {
        match self {
            Self::Live(slot) => slot.head.subscribed,
            Self::Find(find) => find.subscribed,
        }
    }
}

impl QuerySet {
    /// Who asks for a query.
    pub(super) fn subscribed(&self, number: u32) -> Option<&Subscribed> {
        self.slots.subscribed(number)
    }
}
