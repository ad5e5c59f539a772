//! What strangers cost, and who pays for it. `SECURITY.md` says what is counted and what happens when it is used up.
//!
//! Memory is charged where it is kept: a [`Charge`] stands beside the bytes it is for and gives them back when both are
//! dropped. Steps that clauses may take are charged in the same way, in accounts of their own ([`Steps`]). What several clients hold together
//! is charged to the server once, and each of them bears a [`Share`] of it. What several clients of one user hold is charged to each, and counts for
//! their user as well, who has accounts of their own.

mod account;
mod charge;
mod exhausted;
mod ledger;
mod owners;
mod purses;
mod ranks;
mod seldom;
mod steps;
mod term;

#[cfg(test)]
mod laws;

pub(crate) use self::account::{Account, Allowance, Share};
pub(crate) use self::charge::Charge;
pub(crate) use self::exhausted::{Exhausted, Whose};
pub(crate) use self::ledger::Ledger;
pub(crate) use self::owners::{Member, Owner, OwnerLimits, Owners};
pub(crate) use self::purses::{Numbered, Purses, Ran, Terms};
pub(crate) use self::seldom::Seldom;
pub(crate) use self::steps::{Dues, HANDED, StepLimits, Steps};
pub(crate) use self::term::Term;

/// What a list of texts takes on the heap.
pub(crate) fn list_bytes(texts: &[String]) -> usize {
    let bytes = texts.iter().map(|text| text_bytes(text));
    bytes.sum::<usize>() + size_of_val(texts)
}

/// What a text takes on the heap. Of a short one most is what allocators round up and keep beside it: 32 bytes for two letters.
pub(crate) fn text_bytes(text: &str) -> usize {
    const STEP: usize = 16;
    text.len().next_multiple_of(STEP).max(STEP) + STEP
}
