//! Queries that take long for a change, and who has to go when they take too long.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use livematch::{Budget, Change};

use super::tally::Tally;
use crate::accounting::{Steps, Whose};
use crate::metrics::Metrics;
use crate::registry::{Client, Desk, Subscription, Unrun};

/// Each query may first take this part of what is left for a change, so that one which takes long is no great loss to those
/// behind it.
const PART: u64 = 8;

/// So many queries are put off for a change; each of them takes a hundred times what an ordinary one does.
const MOST: usize = 20_000;

/// Runs what was put off, within what a change may take.
pub(super) struct Dear {
    /// The steps for one change.
    limit: u64,
    /// The steps for a second.
    rate: u64,
    tally: Tally<Arc<Client>>,
    steps: Arc<Steps>,
}

impl Dear {
    /// Dear queries may take so many steps for a change, and so many in a second.
    pub(super) fn new(limit: u64, rate: u64, steps: Arc<Steps>) -> Self {
        // What one change may take is never too much for a second.
        let rate = rate.max(limit);
        Self {
            limit,
            rate,
            tally: Tally::new(rate, Instant::now()),
            steps,
        }
    }

    /// Runs what is left to be run for a change, first for those whose queries take little.
    ///
    /// What there are no steps left for is not run. Who asked for it is told to go, so that nobody misses an event without
    /// knowing it.
    pub(super) fn finish(&mut self, change: &Change, desk: &mut Desk, metrics: &Metrics) {
        let unrun = std::mem::take(&mut desk.unrun);
        metrics.put_off.increment(unrun.len() as u64);
        let mut waiting = in_order(unrun, &desk.costs);
        for (clients, steps) in desk.costs.drain(..) {
            self.tally.add(&clients, steps);
        }
        let too_many = waiting.split_off(waiting.len().min(MOST));
        let mut left = self.limit;
        for part in [PART, 1] {
            waiting.retain(|unrun| {
                let mut budget = Budget::new(left).each_query(left / part);
                let is_done = self.run(unrun, change, &mut budget, desk);
                left = budget.left();
                metrics.steps.increment(budget.spent());
                !is_done
            });
        }
        for unrun in waiting.iter().chain(&too_many) {
            self.end(unrun);
        }
        for client in self.tally.settle(Instant::now()) {
            let limit = usize::try_from(self.rate).unwrap_or(usize::MAX);
            self.steps.end(&client.steps, Whose::Recently, limit);
        }
    }

    /// Runs a query; whether there was enough for it.
    fn run(
        &mut self,
        unrun: &Unrun,
        change: &Change,
        budget: &mut Budget,
        desk: &mut Desk,
    ) -> bool {
        let (old, new) = (change.old(), change.new_object());
        let outcome = unrun.copy.outcome_metered(old, new, budget);
        self.tally.add(&clients(unrun), budget.spent());
        let Some(outcome) = outcome else {
            return false;
        };
        if outcome.event().is_some() {
            let subscriptions = unrun.subscriptions.iter().cloned();
            let hits = subscriptions.map(|subscription| (subscription, outcome));
            desk.hits.extend(hits);
        }
        true
    }

    fn end(&self, unrun: &Unrun) {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        for subscription in &unrun.subscriptions {
            self.steps
                .end(&subscription.client.steps, Whose::Change, limit);
        }
    }
}

fn clients(unrun: &Unrun) -> Vec<Arc<Client>> {
    let client = |subscription: &Arc<Subscription>| Arc::clone(&subscription.client);
    unrun.subscriptions.iter().map(client).collect()
}

/// Puts queries in the order in which they are run: by how much is spent on the client who asks for them that causes least.
fn in_order(mut unrun: Vec<Unrun>, costs: &[(Vec<Arc<Client>>, u64)]) -> Vec<Unrun> {
    let mut burdens: HashMap<usize, u64> = HashMap::new();
    let mut bear = |number: usize, steps: u64, among: usize| {
        let burden = burdens.entry(number).or_default();
        *burden = burden.saturating_add(steps.div_ceil(among.max(1) as u64));
    };
    for (clients, steps) in costs {
        for client in clients {
            bear(client.number, *steps, clients.len());
        }
    }
    for unrun in &unrun {
        for subscription in &unrun.subscriptions {
            let (number, among) = (subscription.client.number, unrun.subscriptions.len());
            bear(number, unrun.estimate + AT_LEAST, among);
        }
    }
    let burden = |subscription: &Arc<Subscription>| burdens.get(&subscription.client.number);
    unrun.sort_by_cached_key(|unrun| unrun.subscriptions.iter().filter_map(burden).min().copied());
    unrun
}

/// What a query takes at least that was put off, in steps.
const AT_LEAST: u64 = 2_048;
