//! What clauses may take for each change.

use std::sync::Arc;

use livematch::Query;

use super::account::Account;
use super::exhausted::{Exhausted, Whose};
use super::ledger::Ledger;
use super::term::{OBJECT_BYTES, Term};

/// The steps that clauses may take for a change: of one subscription, of one client, of all.
///
/// What is counted is the [most](Query::max_steps) that a clause takes for an object of [`OBJECT`](OBJECT_BYTES) bytes,
/// beyond what clauses ordinarily take: [`ORDINARY`] is free.
pub(crate) struct Steps {
    ledger: Arc<Ledger>,
    subscription_limit: usize,
}

/// What a clause may take for nothing: five times what an `$in` of a hundred ids takes.
const ORDINARY: usize = 1 << 16;

impl Steps {
    /// Accounts for so many steps in all, of which one client may take so many, and one subscription of it so many.
    pub(crate) fn new(all: usize, client: usize, subscription: usize) -> Self {
        Self {
            ledger: Ledger::of_steps(all, client),
            subscription_limit: subscription,
        }
    }

    /// An account for a client that has one for its memory.
    pub(crate) fn open(&self, account: &Account) -> Arc<Account> {
        self.ledger.open_beside(account)
    }

    /// What is to be charged for a clause, if it is not too much for one.
    pub(crate) fn of(&self, query: &Query) -> Result<usize, Exhausted> {
        let steps = usize::try_from(query.max_steps(OBJECT_BYTES)).unwrap_or(usize::MAX);
        if steps > self.subscription_limit {
            return Err(self.refuse(Whose::Subscription(steps), self.subscription_limit));
        }
        Ok(steps.saturating_sub(ORDINARY))
    }

    /// Tells a client to go whose clauses have taken too much, of so many steps.
    pub(crate) fn end(&self, account: &Account, whose: Whose, limit: usize) {
        if !account.is_ended() {
            account.end(self.refuse(whose, limit));
        }
    }

    /// Sets the gauge.
    pub(crate) fn tell(&self) {
        self.ledger.tell();
    }

    fn refuse(&self, whose: Whose, limit: usize) -> Exhausted {
        let term = Term::Steps;
        self.ledger.refuse(Exhausted { term, whose, limit })
    }
}
