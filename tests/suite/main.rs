//! The integration suite: one binary, linked once.
//!
//! `replay` runs the recorded cases under `tests/data` against the library; Parse Server gave their answers.
//! `laws` says what holds for every clause and object, `explain` that explanations say what is so, `fingerprints` which clauses are not the same, `outline` what a clause names, `limits` how large it may be, `set`
//! that a query set answers as its queries do, `settle` that large queries come and go in pieces, `layers` that no module imports upwards, `allocation` that
//! matching allocates nothing, `memory` what queries and sets keep, `growth` that what strangers reach is measured, `examples` that what is public is shown, `measures` that functions and files stay short; `tokens` helps those that read sources, `generate` makes clauses and objects up, and `reference` is a second, naive matcher to agree
//! with.

#![expect(clippy::panic, reason = "a test that fails panics")]

mod allocation;
mod examples;
mod explain;
mod fingerprints;
mod generate;
mod get;
mod growth;
mod laws;
mod layers;
mod limits;
mod measures;
mod memory;
mod outline;
mod reference;
mod replay;
mod set;
mod settle;
mod shapes;
mod steps;
mod tokens;
mod warnings;
