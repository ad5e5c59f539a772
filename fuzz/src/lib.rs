//! Typed input for the fuzz targets, which they print as JSON.
//!
//! Most values are drawn from short lists, so that a field meets its operand; any other value can still
//! come up. The first variant of each enum holds nothing, for that is what `arbitrary` falls back to when
//! the input runs out.

pub mod clause;
pub mod json;
