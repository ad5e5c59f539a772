//! Access keys, and how values of each shape come to theirs.

pub(super) mod cell;
pub(super) mod feature;
pub(super) mod hint;
pub(super) mod interval;
pub(super) mod ngrams;
pub(super) mod shape;
pub(super) mod whole;
