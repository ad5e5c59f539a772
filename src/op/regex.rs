//! `$regex`.

use crate::pattern::Pattern;
use crate::value::Val;
use crate::value::convert::{JsText, to_text};

/// A pattern that the value, as text, is searched for.
#[derive(Clone, Debug)]
pub(crate) enum Regex {
    Pattern(Pattern),
    /// JavaScript would not take the pattern; Parse logs that and sees no match.
    Invalid,
}

impl Regex {
    /// Every value has a text to search: a missing field is searched as `undefined`, an array as its joined
    /// elements. One that does not convert is no match and no fault, as Parse catches what this throws.
    pub(crate) fn answer(&self, value: Val<'_>) -> bool {
        match self {
            Self::Pattern(pattern) => match to_text(value) {
                Ok(JsText::Text(text)) => pattern.is_match(&text),
                Ok(JsText::Unit(half)) => pattern.is_match_units(&[half]),
                Err(_) => false,
            },
            Self::Invalid => false,
        }
    }
}
