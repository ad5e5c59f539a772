//! JavaScript's regular expressions, asked only whether they match, in time linear in the text.
//!
//! The language is that of ECMAScript 2025 with its Annex B, as Node 24 has it, or of an earlier edition
//! ([`PatternEdition`]). A pattern is read by [`syntax`] into a tree, [`normal`] takes out what cannot matter
//! to a yes or no, and what is left goes one of four ways:
//!
//! 1. [`literal`]: a text with or without anchors, as SDKs make them, needs no engine.
//! 2. [`emit`]: for the `regex` crate, everything that JavaScript means otherwise written out. Built for
//!    patterns that are asked often, as the [`cache`] allows.
//! 3. [`simulate`]: the set of all ways at once. It knows look-around and every other construct but
//!    back-references, and answers whatever the first two cannot.
//! 4. [`backtrack`]: back-references, within a budget of steps.
//!
//! The first three take time linear in the text. Classes keep the form in which they were written, and
//! counted repetitions too, so a pattern stays as small as its text.

mod error;
mod flags;
mod limits;
mod unquote;

mod fold;
mod ranges;
mod unicode;

mod class;
mod syntax;

mod facts;
mod literal;
mod needle;
mod normal;

mod atom;
mod text;

mod program;
mod simulate;

mod backtrack;
mod script;

mod emit;

mod cache;
mod compiled;
mod shared;

#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod testing;

use std::fmt;
use std::sync::Arc;

pub use self::cache::PatternCache;
use self::compiled::{Compiled, Source};
pub(crate) use self::error::PatternError;
pub(crate) use self::flags::Flags;
pub(crate) use self::fold::{WIDEST, lower, lower_bytes};
pub use self::limits::{PatternEdition, PatternLimits};
use self::needle::Needle;
pub use self::unicode::UNICODE_VERSION;
pub(crate) use self::unquote::unquote;
use crate::steps::{Free, Meter, Rates, Spent};

/// A compiled pattern. A clone is another handle to the same one, and so are equal patterns of a cache.
#[derive(Clone)]
pub(crate) struct Pattern(Arc<Compiled>);

impl Pattern {
    /// Compiles a pattern given in UTF-16 units.
    ///
    /// # Errors
    ///
    /// Fails where `new RegExp` throws, beyond `limits`, and on what [`PatternError::Unsupported`] names.
    pub(crate) fn new(
        units: &[u16],
        flags: Flags,
        limits: &PatternLimits,
        cache: &PatternCache,
    ) -> Result<Self, PatternError> {
        // Refused before it is copied.
        limits.check_length(units.len())?;
        let source = Source {
            units: units.into(),
            flags,
            limits: *limits,
        };
        if let Some(compiled) = cache.0.find(&source) {
            return Ok(Self(compiled));
        }
        let compiled = Compiled::new(source, &cache.0)?;
        Ok(Self(cache.0.share(Arc::new(compiled))))
    }

    /// Whether it matches somewhere in the text.
    ///
    /// # Complexity
    ///
    /// Linear in the text, times the length of the pattern with its counted repetitions written out. With
    /// back-references, at most [`PatternLimits::steps`] steps.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// As [`is_match`](Self::is_match), for units that need be no valid text.
    pub(crate) fn is_match_units(&self, units: &[u16]) -> bool {
        if let Ok(text) = String::from_utf16(units) {
            return self.is_match(&text);
        }
        let Ok(found) = self.0.is_match_units(units, &mut Free);
        found
    }

    /// As [`is_match`](Self::is_match), as far as `meter` pays for it.
    pub(crate) fn is_match_within(&self, text: &str, meter: &mut Meter) -> Result<bool, Spent> {
        self.0.is_match_within(text, meter)
    }

    /// As [`is_match_units`](Self::is_match_units), as far as `meter` pays for it.
    pub(crate) fn is_match_units_within(
        &self,
        units: &[u16],
        meter: &mut Meter,
    ) -> Result<bool, Spent> {
        match String::from_utf16(units) {
            Ok(text) => self.is_match_within(&text, meter),
            Err(_) => self.0.is_match_units(units, meter),
        }
    }

    /// What a test takes for a text of any length.
    pub(crate) fn rates(&self) -> Rates {
        self.0.rates()
    }

    /// What every text that it matches begins with.
    pub(crate) fn required_prefix(&self) -> Option<&str> {
        self.0.facts.prefix.as_deref()
    }

    /// What every text that it matches has in it.
    pub(crate) fn required_literal(&self) -> Option<&str> {
        self.0.facts.literal.as_ref().map(Needle::text)
    }

    /// What every text that it matches begins with once the text is in [lower case](lower); given if
    /// it says more than [`required_prefix`](Self::required_prefix).
    pub(crate) fn required_folded_prefix(&self) -> Option<&str> {
        self.0.facts.folded_prefix.as_deref()
    }

    /// What every text that it matches has in it once the text is in [lower case](lower); given if
    /// it says more than [`required_literal`](Self::required_literal).
    pub(crate) fn required_folded_literal(&self) -> Option<&str> {
        self.0.facts.folded_literal.as_deref()
    }

    /// Whether it is known to match every text: it asks for the empty one, anywhere or at one end.
    pub(crate) fn matches_everything(&self) -> bool {
        self.0.matches_everything()
    }

    /// Whether it matches the text `undefined`, as which a missing field is tested.
    pub(crate) fn matches_undefined(&self) -> bool {
        self.0.matches_undefined
    }

    /// Heap bytes. Handles to one pattern each count it whole; what the cache keeps is not counted.
    pub(crate) fn memory_usage(&self) -> usize {
        self.0.memory_usage()
    }

    /// How many tests ran out of their budget of steps, and so counted as no match.
    pub(crate) fn over_budget(&self) -> u64 {
        self.0.over_budget()
    }

    /// The pattern as it was given.
    pub(crate) fn source(&self) -> &[u16] {
        &self.0.source.units
    }

    pub(crate) fn flags(&self) -> Flags {
        self.0.source.flags
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.source == other.0.source
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "/{}/{}",
            String::from_utf16_lossy(self.source()),
            self.flags().letters()
        )
    }
}
