//! What a change is to a subscription.

use super::subscribers::SubscriptionId;
use crate::event::{Event, Outcome};

/// A subscription that a change fires an event for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hit {
    /// As given by [`QuerySet::insert`](super::QuerySet::insert).
    pub id: SubscriptionId,
    /// The verdicts of both sides, for a host that weighs who may read which; see [`Outcome::readable`].
    pub outcome: Outcome,
    /// The event of the outcome.
    pub event: Event,
}

impl Hit {
    /// One for each subscription to a query, if its outcome has an event.
    #[inline]
    pub(super) fn each(ids: &[SubscriptionId], outcome: Outcome) -> impl Iterator<Item = Self> {
        let event = outcome.event();
        ids.iter().filter_map(move |id| {
            Some(Self {
                id: *id,
                outcome,
                event: event?,
            })
        })
    }
}
