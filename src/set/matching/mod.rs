//! A change on its way to its candidates.

mod candidates;
pub(super) mod emit;
mod fields;
mod found;
mod long;
mod maps;
pub(super) mod positions;
pub(super) mod reader;
pub(super) mod scratch;
pub(super) mod search;
mod sides;
mod sought;
mod stamped;
pub(super) mod subject;
mod trail;
mod yields;
