//! Queries that take long for a change, and who has to go when they take too long.

use std::sync::Arc;
use std::time::{Duration, Instant};

use livematch::{Budget, Change, QueryCopy};
use parking_lot::RwLock;

use super::tally::Tally;
use crate::accounting::{Numbered, Purses, Ran, Steps, Terms};
use crate::metrics::Metrics;
use crate::registry::{Class, Client, Desk, Readers, Unrun};

/// What copying a query takes whatever it is, in steps, and how many bytes of it take one more.
const COPY: u64 = 64;
const COPIED: usize = 256;

/// How long nothing is run in doubt for who has had too much of that. They are not told: it would tell what they may not see.
const REST: Duration = Duration::from_secs(1);

/// Runs what was put off, within what a change may take.
pub(super) struct Dear {
    tally: Tally<Client>,
    /// What queries take for changes of which those who ask for them may not see all, or it is not known.
    doubted: Tally<Client>,
    steps: Arc<Steps>,
}

impl Dear {
    pub(super) fn new(steps: Arc<Steps>) -> Self {
        Self {
            tally: Tally::new(steps.second(), Instant::now()),
            doubted: Tally::new(steps.second(), Instant::now()),
            steps,
        }
    }

    /// Runs what is left to be run for a change, in equal shares for those who ask for it.
    ///
    /// What there are no steps left for is not run. Who asked for it has used up their share, and is told to go if they may
    /// see all of the change, so that nobody misses an event without knowing it. Nobody is told otherwise, and what takes
    /// long for a change that they may not see is not held against them: both would tell what their queries made of it.
    pub(super) fn finish(
        &mut self,
        change: &Change,
        class: &RwLock<Class>,
        readers: &mut impl Readers,
        desk: &mut Desk,
        metrics: &Metrics,
    ) {
        if !desk.unrun.is_empty() {
            metrics.put_off.increment(desk.unrun.len() as u64);
            self.run(change, class, readers, desk, metrics);
        }
        for (client, steps) in desk.costs.drain(..) {
            self.tally.add(&client, steps);
        }
        let now = Instant::now();
        for client in self.tally.settle(now) {
            self.steps.end_for_second(&client.steps);
        }
        for (client, steps) in desk.doubted.drain(..) {
            self.doubted.add(&client, steps);
        }
        for client in self.doubted.settle(now) {
            desk.resting.insert(client.payer(), now + REST);
        }
    }

    fn run(
        &self,
        change: &Change,
        class: &RwLock<Class>,
        readers: &mut impl Readers,
        desk: &mut Desk,
        metrics: &Metrics,
    ) {
        let mut purses = Purses::new();
        for unrun in desk.unrun.drain(..) {
            let clients: Vec<_> = clients(&unrun).cloned().collect();
            // By itself it may take less than in the set.
            let (least, estimate) = (copying(&unrun), unrun.least + unrun.estimate);
            if !clients.is_empty() {
                purses.add(unrun, &clients, least, estimate);
            }
        }
        let terms = Terms {
            steps: self.steps.change(),
            each: u64::MAX,
            noted: 0,
        };
        let mut budget = Budget::new(0);
        let (hits, mut refiled) = (&mut desk.hits, Vec::new());
        let undone = purses.run(&terms, |unrun, most| {
            let copying = copying(unrun);
            // One at a time, so that they take no memory, and the class is not held for long.
            let Some(copy) = copy(&class.read(), unrun) else {
                refiled.extend(unrun.subscriptions.iter().cloned());
                return Ran::without(copying);
            };
            budget.renew(most.saturating_sub(copying));
            let outcome =
                copy.outcome_metered(change.old_object(), change.new_object(), &mut budget);
            metrics.steps.increment(budget.spent());
            if let Some(outcome) = outcome.filter(|outcome| outcome.event().is_some()) {
                let subscriptions = unrun.subscriptions.iter().cloned();
                hits.extend(subscriptions.map(|subscription| (subscription, outcome)));
            }
            Ran {
                spent: copying + budget.spent(),
                is_done: outcome.is_some(),
            }
        });
        // Who has gone misses nothing, and others are there for whom it is run.
        let undone = undone.iter().flat_map(|(unrun, _)| &unrun.subscriptions);
        for subscription in undone.chain(&refiled) {
            desk.miss(subscription, readers);
        }
        desk.charge(purses.spent());
    }
}

/// A query as one of those has it who ask for it and have not gone meanwhile.
fn copy(class: &Class, unrun: &Unrun) -> Option<QueryCopy> {
    let mut due = unrun.subscriptions.iter();
    due.find_map(|subscription| class.copy_for(subscription))
}

/// What it takes to copy a query, in steps.
fn copying(unrun: &Unrun) -> u64 {
    COPY + (unrun.bytes / COPIED) as u64
}

/// Who asks for a query, but for those who have given it up meanwhile.
fn clients(unrun: &Unrun) -> impl Iterator<Item = &Arc<Client>> {
    let due = unrun.subscriptions.iter();
    let due = due.filter(|subscription| subscription.is_due());
    due.map(|subscription| &subscription.client)
}
