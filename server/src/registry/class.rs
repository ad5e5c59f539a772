//! The subscriptions of one class.

use std::collections::HashMap;
use std::sync::Arc;

use livematch::{Hit, Query, QueryId, QuerySet, Scratch};

use super::{Delivery, Subscription};
use crate::metrics::Metrics;
use crate::publication::Publication;

/// The queries of a class, and who subscribed to each.
pub(super) struct Class {
    /// Holds equal queries once.
    queries: QuerySet,
    /// Has an entry for each subscription of the set.
    subscriptions: HashMap<QueryId, Arc<Subscription>>,
    scratch: Scratch,
    hits: Vec<Hit>,
}

impl Class {
    pub(super) fn new() -> Self {
        Self {
            queries: QuerySet::new(),
            subscriptions: HashMap::new(),
            scratch: Scratch::default(),
            hits: Vec::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.subscriptions.is_empty()
    }

    /// How many different queries there are.
    pub(super) fn distinct(&self) -> usize {
        self.queries.distinct()
    }

    pub(super) fn add(&mut self, subscription: &Arc<Subscription>, query: Query) {
        let id = *subscription
            .query
            .get_or_init(|| self.queries.insert(query));
        self.subscriptions.insert(id, Arc::clone(subscription));
    }

    /// Removes a subscription; whether it was here.
    pub(super) fn remove(&mut self, subscription: &Subscription) -> bool {
        let Some(id) = subscription.query.get() else {
            return false;
        };
        self.queries.remove(*id);
        self.subscriptions.remove(id).is_some()
    }

    /// Matches a change and hands it to who subscribed to the queries that it concerns.
    pub(super) fn publish(&mut self, publication: &Arc<Publication>, metrics: &Metrics) {
        let change = publication.change();
        self.hits.clear();
        self.queries.classify_into(
            change.old(),
            change.new_object(),
            &mut self.scratch,
            &mut self.hits,
        );
        metrics.hits.increment(self.hits.len() as u64);
        let subscriptions = self.hits.iter().filter_map(|hit| {
            let subscription = self.subscriptions.get(&hit.id)?;
            Some((subscription, hit.outcome))
        });
        for (subscription, outcome) in subscriptions {
            subscription.client.outbox.put(Delivery {
                publication: Arc::clone(publication),
                subscription: Arc::clone(subscription),
                outcome,
            });
        }
    }
}
