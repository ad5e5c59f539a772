//! The subscriptions of one class.

use std::collections::HashMap;
use std::sync::Arc;

use livematch::{Change, Hit, Query, QueryId, QuerySet, Scratch};

use super::Subscription;
use super::held::{Held, Place};
use crate::accounting::Exhausted;
use crate::metrics::Metrics;

/// The queries of a class, and who subscribed to each.
pub(crate) struct Class {
    /// Holds equal queries once.
    queries: QuerySet,
    /// Has an entry for each subscription of the set.
    subscriptions: HashMap<QueryId, Arc<Subscription>>,
}

/// What matching one change needs, kept from one to the next.
#[derive(Default)]
pub(crate) struct Desk {
    scratch: Scratch,
    pub(crate) hits: Vec<Hit>,
}

impl Class {
    pub(super) fn new() -> Self {
        Self {
            queries: QuerySet::new(),
            subscriptions: HashMap::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.subscriptions.is_empty()
    }

    /// How many different queries there are.
    pub(super) fn distinct(&self) -> usize {
        self.queries.distinct()
    }

    /// Adds a subscription, if there is room for its query.
    pub(super) fn add(
        &mut self,
        subscription: &Arc<Subscription>,
        query: Query,
    ) -> Result<(), Exhausted> {
        let account = &subscription.client.account;
        let bytes = weight(&query);
        let id = self.queries.insert(query);
        let held = self.held(id).map_or_else(|| Held::new(bytes, account), Ok);
        let place = held.and_then(|held| {
            let share = held.share(account)?;
            Ok(Place::new(id, held, share))
        });
        let place = place.inspect_err(|_| {
            self.queries.remove(id);
        })?;
        let held = Arc::clone(&place.held);
        // It is new, and has no place yet.
        subscription.place.get_or_init(|| place);
        self.subscriptions.insert(id, Arc::clone(subscription));
        self.divide(&held, id);
        Ok(())
    }

    /// What the query of a subscription costs, if others have asked for it before.
    fn held(&self, id: QueryId) -> Option<Arc<Held>> {
        let mut others = self.queries.equal(id).iter();
        let place = others.find_map(|other| self.subscriptions.get(other)?.place.get())?;
        Some(Arc::clone(&place.held))
    }

    /// Divides what a query costs among those who ask for it now, of whom one is given.
    fn divide(&self, held: &Held, one: QueryId) {
        let all = self.queries.equal(one);
        if !held.divide(all.len()) {
            return;
        }
        let subscriptions = all.iter().filter_map(|id| self.subscriptions.get(id));
        let places = subscriptions.filter_map(|subscription| subscription.place.get());
        places.for_each(Place::settle);
    }

    /// Removes a subscription; whether it was here.
    pub(super) fn remove(&mut self, subscription: &Subscription) -> bool {
        let Some(place) = subscription.place.get() else {
            return false;
        };
        let mut others = self.queries.equal(place.id).iter();
        let other = others.find(|other| **other != place.id).copied();
        let is_removed = self.queries.remove(place.id);
        self.subscriptions.remove(&place.id);
        if let Some(other) = other {
            self.divide(&place.held, other);
        }
        is_removed
    }

    /// Finds the subscriptions that a change may concern.
    pub(crate) fn matches(&self, change: &Change, desk: &mut Desk, metrics: &Metrics) {
        desk.hits.clear();
        self.queries.classify_into(
            change.old(),
            change.new_object(),
            &mut desk.scratch,
            &mut desk.hits,
        );
        metrics
            .candidates
            .increment(desk.scratch.candidates() as u64);
        metrics.hits.increment(desk.hits.len() as u64);
    }

    /// The subscription of a hit.
    pub(crate) fn subscription(&self, id: QueryId) -> Option<&Arc<Subscription>> {
        self.subscriptions.get(&id)
    }
}

/// How many bytes a query takes, compiled and filed: in the set it leaves its text, and has keys instead.
fn weight(query: &Query) -> usize {
    const FILED: usize = 256;
    query.memory_usage() + FILED
}
