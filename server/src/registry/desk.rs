//! What matching one change needs, and what has come of it.

use std::sync::Arc;

use livematch::{Budget, Hit, Outcome, QueryId, Scratch};
use rustc_hash::FxHashSet;

use super::client::Client;
use super::readers::Readers;
use super::subscription::Subscription;
use crate::accounting::Steps;

/// What an ordinary query takes: however many there are, that is not too much.
const ORDINARY: u64 = 16;

/// What one query may take of that. What takes more is paid by those who ask for it.
const AT_FIRST: u64 = 64;

/// What matching one change needs, kept from one to the next, and what has come of it.
pub(crate) struct Desk {
    pub(super) scratch: Scratch,
    pub(super) found: Vec<Hit>,
    /// For what queries ordinarily take.
    pub(super) budget: Budget,
    /// For one query that takes more.
    pub(super) purse: Budget,
    pub(super) steps: Arc<Steps>,
    pub(crate) hits: Vec<(Arc<Subscription>, Outcome)>,
    /// Who has caused more than a few steps.
    pub(crate) costs: Vec<(Arc<Client>, u64)>,
    /// The queries that are still to be run.
    pub(crate) unrun: Vec<Unrun>,
    /// The clients, by their numbers, of whose subscriptions the change concerns more than can be worked off.
    pub(super) overloaded: FxHashSet<usize>,
    /// The clients of whom it is not known whether they may see anything of the change. What their queries take is
    /// not held against them.
    pub(super) doubtful: FxHashSet<usize>,
    /// Those whose queries were not run, where it is not known whether they may be told so.
    pub(crate) missed: Vec<Arc<Subscription>>,
}

/// A query that has not been run for a change.
pub(crate) struct Unrun {
    pub(crate) id: QueryId,
    /// Those that ask for it.
    pub(crate) subscriptions: Vec<Arc<Subscription>>,
    /// It takes more than this.
    pub(crate) least: u64,
    /// What it is charged for: in steps, and in bytes.
    pub(crate) estimate: u64,
    pub(crate) bytes: usize,
}

impl Desk {
    pub(crate) fn new(steps: &Arc<Steps>) -> Self {
        Self {
            scratch: Scratch::default(),
            found: Vec::new(),
            budget: Budget::new(0).each_query(AT_FIRST),
            purse: Budget::new(0),
            steps: Arc::clone(steps),
            hits: Vec::new(),
            costs: Vec::new(),
            unrun: Vec::new(),
            overloaded: FxHashSet::default(),
            doubtful: FxHashSet::default(),
            missed: Vec::new(),
        }
    }

    /// Notes that a query is not run for a change: whoever asks for it has to go if they could see anything of the change,
    /// so that nobody misses an event without knowing it. Who could not misses nothing.
    pub(crate) fn miss(&mut self, subscription: &Arc<Subscription>, readers: &mut impl Readers) {
        if !subscription.is_due() {
            return;
        }
        match readers.may_see(subscription) {
            Some(true) => self.steps.end_for_change(&subscription.client.steps),
            Some(false) => {}
            None => self.missed.push(Arc::clone(subscription)),
        }
    }

    /// Whether a query has to be run for somebody: not for who has gone, or may see nothing of the change.
    pub(super) fn concerns(
        &mut self,
        subscription: &Subscription,
        readers: &mut impl Readers,
    ) -> bool {
        let client = subscription.client.number;
        if !subscription.is_due() || self.overloaded.contains(&client) {
            return false;
        }
        let may_see = readers.may_see(subscription);
        if may_see.is_none() {
            self.doubtful.insert(client);
        }
        may_see != Some(false)
    }

    /// Notes what queries have taken, unless those who asked for them may not be told.
    pub(crate) fn charge(&mut self, spent: impl Iterator<Item = (Arc<Client>, u64)>) {
        let doubtful = &self.doubtful;
        let known = spent.filter(|(client, _)| !doubtful.contains(&client.number));
        self.costs.extend(known);
    }

    /// Makes room for another change, of a class of so many queries.
    pub(super) fn begin(&mut self, queries: usize) {
        self.budget.renew(ORDINARY.saturating_mul(queries as u64));
        self.found.clear();
        self.hits.clear();
        self.costs.clear();
        self.unrun.clear();
        self.overloaded.clear();
        self.doubtful.clear();
        self.missed.clear();
    }
}
