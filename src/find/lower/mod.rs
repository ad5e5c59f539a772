//! From a clause as Parse has it to what MongoDB is asked.

mod atom;
mod clause;
mod constraint;
mod geo;
mod names;
mod relative;

pub(super) use self::clause::{Leaf, Lowering, clause};
