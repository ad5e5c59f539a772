//! The subscriptions of one class.

use std::collections::HashMap;
use std::sync::Arc;

use livematch::{Change, Query, QueryId, QuerySet};

use super::client::Client;
use super::desk::{Desk, Unrun};
use super::held::{Cost, Held, Place};
use super::subscription::Subscription;
use crate::accounting::Exhausted;
use crate::metrics::Metrics;

/// The queries of a class, and who subscribed to each.
pub(crate) struct Class {
    /// Holds equal queries once.
    queries: QuerySet,
    /// Has an entry for each subscription of the set.
    subscriptions: HashMap<QueryId, Arc<Subscription>>,
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

    /// Adds a subscription, if there is room for its query, which may take so many steps beyond what is ordinary.
    pub(super) fn add(
        &mut self,
        subscription: &Arc<Subscription>,
        query: Query,
        steps: usize,
    ) -> Result<(), Exhausted> {
        let client = &subscription.client;
        let cost = Cost {
            bytes: weight(&query),
            steps,
        };
        let id = self.queries.insert(query);
        let held = self
            .held(id)
            .map_or_else(|| Held::new(cost, &client.account, &client.steps), Ok);
        let place = held.and_then(|held| Place::new(id, held, &client.account, &client.steps));
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

    /// Finds the subscriptions that a change may concern, as far as that takes little; what it would take more for is
    /// [left](Desk::unrun) to be run when nobody waits for the class.
    pub(crate) fn matches(&self, change: &Change, desk: &mut Desk, metrics: &Metrics) {
        desk.begin(self.distinct());
        self.queries.classify_metered(
            change.old(),
            change.new_object(),
            &mut desk.scratch,
            &mut desk.found,
            &mut desk.budget,
        );
        let hits = desk.found.iter().filter_map(|hit| {
            let subscription = self.subscriptions.get(&hit.id)?;
            Some((Arc::clone(subscription), hit.outcome))
        });
        desk.hits.extend(hits);
        let costs = desk.budget.costs().iter();
        let costs = costs.map(|cost| (self.clients(cost.id), cost.steps));
        desk.costs.extend(costs);
        let unrun = desk.budget.unrun().iter();
        desk.unrun.extend(unrun.filter_map(|id| self.unrun(*id)));
        metrics
            .candidates
            .increment(desk.scratch.candidates() as u64);
        metrics.steps.increment(desk.budget.spent());
    }

    /// A query to be run by itself, unless all who ask for it are about to go.
    fn unrun(&self, id: QueryId) -> Option<Unrun> {
        let subscriptions = self.queries.equal(id).iter();
        let subscriptions: Vec<_> = subscriptions
            .filter_map(|id| self.subscriptions.get(id))
            .filter(|subscription| !subscription.client.account.is_ended())
            .cloned()
            .collect();
        let place = subscriptions.first()?.place.get()?;
        Some(Unrun {
            copy: self.queries.copy_of(id)?,
            estimate: place.held.steps() as u64,
            subscriptions,
        })
    }

    /// Who asks for a query, if they are so few that it matters to one of them what it takes.
    fn clients(&self, id: QueryId) -> Vec<Arc<Client>> {
        const FEW: usize = 64;
        let all = self.queries.equal(id).iter();
        let subscriptions = all.take(FEW).filter_map(|id| self.subscriptions.get(id));
        subscriptions
            .map(|subscription| Arc::clone(&subscription.client))
            .collect()
    }
}

/// How many bytes a query takes, compiled and filed: in the set it leaves its text, and has keys instead.
fn weight(query: &Query) -> usize {
    const FILED: usize = 256;
    query.memory_usage() + FILED
}
