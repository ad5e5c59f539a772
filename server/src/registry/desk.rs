//! What matching one change needs, and what has come of it.

use std::sync::Arc;

use livematch::{Budget, Hit, Outcome, QueryId, Scratch};

use super::client::Client;
use super::subscription::Subscription;

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
    /// What queries that take more may take together while the class is held.
    pub(super) steps: u64,
    pub(crate) hits: Vec<(Arc<Subscription>, Outcome)>,
    /// Who has caused more than a few steps.
    pub(crate) costs: Vec<(Arc<Client>, u64)>,
    /// The queries that are still to be run.
    pub(crate) unrun: Vec<Unrun>,
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
    /// One where queries may take so many steps for a change, beside what ordinary ones take.
    pub(crate) fn new(steps: u64) -> Self {
        Self {
            scratch: Scratch::default(),
            found: Vec::new(),
            budget: Budget::new(0).each_query(AT_FIRST),
            purse: Budget::new(0),
            steps,
            hits: Vec::new(),
            costs: Vec::new(),
            unrun: Vec::new(),
        }
    }

    /// Makes room for another change, of a class of so many queries.
    pub(super) fn begin(&mut self, queries: usize) {
        self.budget.renew(ORDINARY.saturating_mul(queries as u64));
        self.found.clear();
        self.hits.clear();
        self.costs.clear();
        self.unrun.clear();
    }
}
