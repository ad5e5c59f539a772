//! Patterns and stored texts.

use super::toll::Toll;
use super::value::{Kind, Value};
use crate::pattern::Pattern;

/// Whether a pattern matches a value: only texts.
pub(super) fn matches<'v, V: Value<'v>>(pattern: &Pattern, value: V, toll: &impl Toll) -> bool {
    match value.kind() {
        Kind::Text(text) => toll.matches(pattern, text),
        Kind::Pointer { class, id } => toll.matches(pattern, &format!("{class}${id}")),
        _ => false,
    }
}
