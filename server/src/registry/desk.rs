//! What matching one change needs, and what has come of it.

use std::sync::Arc;
use std::time::Instant;

use livematch::{Budget, Hit, Outcome, Scratch};
use rustc_hash::{FxHashMap, FxHashSet};

use super::client::Client;
use super::readers::{Readers, Sees};
use super::shadow::{Comparing, Told};
use super::subscription::Subscription;
use crate::accounting::{Numbered, Steps};

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
    /// The clients, by the numbers of who pays for them, of whose subscriptions the change concerns more than can be worked off.
    pub(super) overloaded: FxHashSet<usize>,
    /// The clients of whom it is in doubt how much of the change they may see. What their queries take is owed apart.
    pub(super) in_doubt: FxHashSet<usize>,
    /// What the queries of those have taken.
    pub(crate) doubted: Vec<(Arc<Client>, u64)>,
    /// Those whose queries in doubt have taken too much of late, and until when none are run for them.
    pub(crate) resting: FxHashMap<usize, Instant>,
    /// Those whose queries were not run, where it is in doubt whether they may be told so; one of those who see the same.
    pub(crate) missed: Vec<Arc<Subscription>>,
    sights_missed: FxHashSet<u64>,
    /// For what the other dialect answers.
    pub(super) comparing: Comparing,
    /// Where it would have told a subscriber something else.
    pub(crate) differences: Vec<(Arc<Subscription>, Told)>,
}

/// A query that has not been run for a change.
pub(crate) struct Unrun {
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
            in_doubt: FxHashSet::default(),
            doubted: Vec::new(),
            resting: FxHashMap::default(),
            missed: Vec::new(),
            sights_missed: FxHashSet::default(),
            comparing: Comparing::new(AT_FIRST),
            differences: Vec::new(),
        }
    }

    /// Notes that a query is not run for a change: whoever asks for it has to go if they may see all of the change, so that
    /// nobody misses an event without knowing it. Who may see nothing misses nothing.
    pub(crate) fn miss(&mut self, subscription: &Arc<Subscription>, readers: &mut impl Readers) {
        if !subscription.is_due() {
            return;
        }
        match readers.sees(subscription) {
            Sees::All => self.steps.end_for_change(&subscription.client.steps),
            Sees::Nothing => {}
            Sees::InDoubt => self.miss_in_doubt(subscription),
        }
    }

    fn miss_in_doubt(&mut self, subscription: &Arc<Subscription>) {
        if self.sights_missed.insert(subscription.sight) {
            self.missed.push(Arc::clone(subscription));
        }
    }

    /// Whether a query has to be run for somebody: not for who has gone, or may see nothing of the change.
    pub(super) fn concerns(
        &mut self,
        subscription: &Arc<Subscription>,
        readers: &mut impl Readers,
    ) -> bool {
        let client = subscription.client.payer();
        if !subscription.is_due() || self.overloaded.contains(&client) {
            return false;
        }
        match readers.sees(subscription) {
            Sees::All => true,
            Sees::Nothing => false,
            Sees::InDoubt if self.resting.contains_key(&client) => {
                self.miss_in_doubt(subscription);
                false
            }
            Sees::InDoubt => {
                self.in_doubt.insert(client);
                true
            }
        }
    }

    /// Notes what queries have taken.
    pub(crate) fn charge(&mut self, spent: impl Iterator<Item = (Arc<Client>, u64)>) {
        for (client, steps) in spent {
            let costs = if self.in_doubt.contains(&client.payer()) {
                &mut self.doubted
            } else {
                &mut self.costs
            };
            costs.push((client, steps));
        }
    }

    /// Makes room for another change, of a class of so many queries.
    pub(super) fn begin(&mut self, queries: usize) {
        let ordinary = ORDINARY.saturating_mul(queries as u64);
        self.budget.renew(ordinary.min(self.steps.change()));
        self.found.clear();
        self.hits.clear();
        self.costs.clear();
        self.unrun.clear();
        self.overloaded.clear();
        self.in_doubt.clear();
        self.doubted.clear();
        if !self.resting.is_empty() {
            let now = Instant::now();
            self.resting.retain(|_, until| *until > now);
        }
        self.missed.clear();
        self.sights_missed.clear();
        self.differences.clear();
    }
}
