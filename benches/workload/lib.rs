//! The objects, clauses and messages that livematch is measured on: three workloads, made from a seed.
//!
//! | workload | what it is | where |
//! |---|---|---|
//! | W1, *single* | 20 named queries, 100 objects, and the same objects after a change | [`single`] |
//! | W2, *many* | any number of distinct queries on one class, and changes of its objects | [`many`] |
//! | W3, *messages* | what Parse Server publishes about changes | [`messages`] |
//!
//! [`shapes`] has a rare condition beside each common one, [`worst`] what else an index could stumble over. Everything is JSON text, so that other
//! programs can be measured on the very same data; [`files`] writes it down. Nothing here knows livematch.
#![forbid(unsafe_code)]

pub mod by_hand;
pub mod files;
pub mod many;
pub mod messages;
pub mod shapes;
pub mod single;
pub mod worst;

mod calendar;
mod domain;
mod item;
mod json;
mod random;

/// The seed of the recorded numbers.
pub const SEED: u64 = 20_240_607;

/// The two sides of a change as JSON text; `None` for one that does not exist.
#[derive(Clone, Debug)]
pub struct Change {
    /// The object before.
    pub old: Option<String>,
    /// The object after.
    pub new: Option<String>,
}
