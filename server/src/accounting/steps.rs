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

/// What it takes to hand a change to one subscription that it concerns, whether anything is sent or not: 4.5 microseconds if it is, to one of
/// thousands of sockets (server/bench/attacks.mjs), so that all that may be handed out takes less than 100 ms.
pub(crate) const HANDED: u64 = 144;

/// What is charged for a subscription when it comes, in steps.
#[derive(Clone, Copy, Default)]
pub(crate) struct Dues {
    /// For what its clause may take beyond what is ordinary.
    pub(crate) clause: usize,
    /// The same in the other dialect, if the class has a shadow.
    pub(crate) shadow: usize,
    /// For being handed a change, if most changes are handed to it. A change may be handed to so many that these use up
    /// all there is.
    pub(crate) handing: usize,
    /// To so many subscriptions a change may be handed.
    pub(crate) most_handed: usize,
}

impl Dues {
    /// What the subscription is charged for being handed a change, given how many others ask for the same query, all of which
    /// hear of the same changes.
    ///
    /// Most changes may be handed to each of those that ask for what most changes meet: each pays for itself. Other queries
    /// hear of different changes, and are charged by what they have in common: those who ask for one pay for half the pairs
    /// of them, so that few pay nearly nothing and as many as a change may be handed to pay for all there is. Whoever
    /// comes and goes, `n` of them have paid for as many pairs of them at least, as each pays more than those before it.
    pub(crate) fn of_handing(&self, hears_of_most: bool, others: usize) -> usize {
        if hears_of_most {
            return self.handing;
        }
        let pairs = self.handing.saturating_mul(2).saturating_mul(others);
        pairs.checked_div(self.most_handed).unwrap_or(0)
    }
}

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

    /// To so many subscriptions one change may be handed with these.
    pub(crate) fn most_handed(&self) -> usize {
        usize::try_from(self.limits.change / HANDED).unwrap_or(usize::MAX)
    }

    /// An account for a client that has one for its memory.
    pub(crate) fn open(&self, account: &Account) -> Arc<Account> {
        self.ledger.open_beside(account)
    }

    /// An account for all clients of somebody.
    pub(super) fn open_whole(&self, whose: Whose, limit: usize) -> Arc<Account> {
        self.ledger.open_whole(whose, limit)
    }

    /// What is to be charged for a subscription, if its clause does not take too much for one.
    pub(crate) fn of(&self, query: &Query) -> Result<Dues, Exhausted> {
        let steps = usize::try_from(query.max_steps(OBJECT_BYTES)).unwrap_or(usize::MAX);
        let limit = self.limits.clause;
        if steps > limit {
            return Err(self.refuse(Whose::Subscription(steps), limit));
        }
        let most_handed = self.most_handed();
        Ok(Dues {
            shadow: 0,
            clause: steps.saturating_sub(ORDINARY),
            handing: self.limits.all.div_ceil(most_handed.max(1)),
            most_handed,
        })
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
