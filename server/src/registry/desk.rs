//! What matching one change needs, and what has come of it.

use std::sync::Arc;

use livematch::{Budget, Hit, Outcome, QueryCopy, Scratch};

use super::client::Client;
use super::subscription::Subscription;

/// What one query may take while the class is held. Ordinary ones take some ten steps.
const EACH: u64 = 2_048;

/// What an ordinary query takes: however many there are, that is not too much.
const ORDINARY: u64 = 16;

/// From so many steps on it is noted who has caused them.
const NOTED: u64 = 256;

/// What matching one change needs, kept from one to the next, and what has come of it.
pub(crate) struct Desk {
    pub(super) scratch: Scratch,
    pub(super) found: Vec<Hit>,
    pub(super) budget: Budget,
    /// What queries that take more than they have to may take together.
    steps: u64,
    pub(crate) hits: Vec<(Arc<Subscription>, Outcome)>,
    /// Who has caused more than a few steps.
    pub(crate) costs: Vec<(Vec<Arc<Client>>, u64)>,
    /// The queries that are still to be run.
    pub(crate) unrun: Vec<Unrun>,
}

/// A query that has not been run for a change.
pub(crate) struct Unrun {
    pub(crate) copy: QueryCopy,
    /// Those that ask for it.
    pub(crate) subscriptions: Vec<Arc<Subscription>>,
    /// What it is charged for.
    pub(crate) estimate: u64,
}

impl Desk {
    /// One where queries may take so many steps for a change, beside what ordinary ones take.
    pub(crate) fn new(steps: u64) -> Self {
        Self {
            scratch: Scratch::default(),
            found: Vec::new(),
            budget: Budget::new(0).each_query(EACH).note_from(NOTED),
            steps,
            hits: Vec::new(),
            costs: Vec::new(),
            unrun: Vec::new(),
        }
    }

    /// Makes room for another change, of a class of so many queries.
    pub(super) fn begin(&mut self, queries: usize) {
        let ordinary = ORDINARY.saturating_mul(queries as u64);
        self.budget.renew(self.steps.saturating_add(ordinary));
        self.found.clear();
        self.hits.clear();
        self.costs.clear();
        self.unrun.clear();
    }
}
