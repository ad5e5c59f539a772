//! Replays recorded cases: data that was answered by Parse Server itself.

mod compat;
mod explained;
mod find;
mod geometry;
mod ledger;
pub(crate) mod lines;
mod matching;
mod messages;
mod patterns;
mod subscribe;
