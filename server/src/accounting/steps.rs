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
    limits: StepLimits,
}

/// How many steps clauses may take.
#[derive(Clone, Copy)]
pub(crate) struct StepLimits {
    /// By what they may take at most: all of them, those of one client, and one.
    pub(crate) all: usize,
    pub(crate) client: usize,
    pub(crate) clause: usize,
    /// By what they do take: for one change, and in a second.
    pub(crate) change: u64,
    pub(crate) second: u64,
}

#[cfg(test)]
impl StepLimits {
    /// Limits that nothing in a test reaches.
    pub(crate) const fn none() -> Self {
        const MUCH: usize = 1 << 30;
        Self {
            all: MUCH,
            client: MUCH,
            clause: MUCH,
            change: MUCH as u64,
            second: MUCH as u64,
        }
    }
}

/// What a clause may take for nothing: five times what an `$in` of a hundred ids takes.
const ORDINARY: usize = 1 << 16;

impl Steps {
    pub(crate) fn new(limits: StepLimits) -> Self {
        let StepLimits {
            all,
            client,
            change,
            second,
            ..
        } = limits;
        Self {
            ledger: Ledger::of_steps(all, client),
            limits: StepLimits {
                // What one change may take is never too much for a second.
                second: second.max(change),
                ..limits
            },
        }
    }

    /// How many steps clauses may take for one change, beside what they ordinarily take.
    pub(crate) fn change(&self) -> u64 {
        self.limits.change
    }

    /// How many steps dear clauses may take in a second.
    pub(crate) fn second(&self) -> u64 {
        self.limits.second
    }

    /// An account for a client that has one for its memory.
    pub(crate) fn open(&self, account: &Account) -> Arc<Account> {
        self.ledger.open_beside(account)
    }

    /// What is to be charged for a clause, if it is not too much for one.
    pub(crate) fn of(&self, query: &Query) -> Result<usize, Exhausted> {
        let steps = usize::try_from(query.max_steps(OBJECT_BYTES)).unwrap_or(usize::MAX);
        let limit = self.limits.clause;
        if steps > limit {
            return Err(self.refuse(Whose::Subscription(steps), limit));
        }
        Ok(steps.saturating_sub(ORDINARY))
    }

    /// Tells a client to go whose clauses would take more than their share of what a change may take.
    pub(crate) fn end_for_change(&self, account: &Account) {
        self.end(account, Whose::Change, self.limits.change);
    }

    /// Tells a client to go whose clauses have taken most of what they may take in a second.
    pub(crate) fn end_for_second(&self, account: &Account) {
        self.end(account, Whose::Recently, self.limits.second);
    }

    fn end(&self, account: &Account, whose: Whose, limit: u64) {
        if !account.is_ended() {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
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
