//! What a change is to a subscription.

use super::subscribers::SubscriptionId;
use crate::event::{Event, Outcome};

/// A subscription that a change fires an event for.
///
/// # Examples
///
/// ```
/// use livematch::{Event, QuerySet};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let mut set = QuerySet::new();
/// let id = set.insert(r#"{"status": "open"}"#.parse()?);
/// let open = json!({"status": "open"});
/// let hit = set.classify(Some(&open), Some(&open))[0];
/// assert_eq!((hit.id, hit.event), (id, Event::Update));
/// // To a subscriber who may not read the new state it leaves.
/// assert_eq!(hit.outcome.readable(true, false).event(), Some(Event::Leave));
/// # Ok(())
/// # }
/// ```
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
