//! The subscriptions of one class.

use std::collections::HashMap;
use std::sync::Arc;

use livematch::{FilingKind, Hit, Query, QueryId, QuerySet, Scratch};

use super::subscription::Place;
use super::{Delivery, Subscription};
use crate::metrics::Metrics;
use crate::publication::Publication;

/// The queries of a class, and who subscribed to each.
pub(super) struct Class {
    /// Holds equal queries once.
    queries: QuerySet,
    /// Has an entry for each subscription of the set.
    subscriptions: HashMap<QueryId, Arc<Subscription>>,
    /// How many of them every change has to be tried on.
    scans: usize,
    scratch: Scratch,
    hits: Vec<Hit>,
}

/// There are too many subscriptions of this kind.
#[derive(Debug)]
pub(crate) struct Crowded;

impl Class {
    pub(super) fn new() -> Self {
        Self {
            queries: QuerySet::new(),
            subscriptions: HashMap::new(),
            scans: 0,
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

    /// Adds a subscription, unless every change would have to be tried on it and on so many others.
    pub(super) fn add(
        &mut self,
        subscription: &Arc<Subscription>,
        query: Query,
        max_scans: usize,
    ) -> Result<(), Crowded> {
        let is_scanned = self.queries.filing(&query).kind() == FilingKind::Scan;
        if is_scanned && self.scans >= max_scans {
            return Err(Crowded);
        }
        let place = *subscription.place.get_or_init(|| Place {
            query: self.queries.insert(query),
            is_scanned,
        });
        self.scans += usize::from(is_scanned);
        self.subscriptions
            .insert(place.query, Arc::clone(subscription));
        Ok(())
    }

    /// Removes a subscription; whether it was here.
    pub(super) fn remove(&mut self, subscription: &Subscription) -> bool {
        let place = subscription.place.get();
        let Some(place) = place.filter(|place| self.queries.remove(place.query)) else {
            return false;
        };
        self.scans -= usize::from(place.is_scanned);
        self.subscriptions.remove(&place.query).is_some()
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
        metrics
            .candidates
            .increment(self.scratch.candidates() as u64);
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
