//! Stores that grow by steps and give back what is removed.

pub(super) mod arena;
mod chunk;
pub(super) mod keyed;
pub(super) mod number;
pub(super) mod slab;
pub(super) mod table;
