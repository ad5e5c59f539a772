//! Replays recorded cases: data that was answered by Parse Server itself.

mod compat;
mod geometry;
mod ledger;
mod lines;
mod matching;
mod subscribe;
mod warnings;
