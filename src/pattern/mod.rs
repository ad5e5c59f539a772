//! JavaScript's regular expressions, asked only whether they match, in time linear in the text.

mod class;
mod error;
mod flags;
mod fold;
mod limits;
mod literal;
mod normal;
mod ranges;
mod syntax;
mod text;
mod unicode;
mod unquote;

use std::sync::Arc;

pub(crate) use self::error::PatternError;
pub(crate) use self::flags::Flags;
pub use self::limits::PatternLimits;
use self::literal::Literal;
pub(crate) use self::unquote::{UnterminatedQuote, unquote};

/// A pool of compiled patterns.
#[derive(Clone, Debug)]
pub struct PatternCache(Arc<()>);

impl PatternCache {
    /// A cache.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let _ = capacity;
        Self(Arc::new(()))
    }
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Arc<Literal>, Flags);

impl Default for PatternCache {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Pattern {
    pub(crate) fn source(&self) -> &[u16] {
        &[]
    }

    pub(crate) fn flags(&self) -> Flags {
        self.1
    }

    pub(crate) fn new(
        units: &[u16],
        flags: Flags,
        limits: &PatternLimits,
        _cache: &PatternCache,
    ) -> Result<Self, PatternError> {
        let tree = syntax::parse(units, flags, limits)?;
        let node = normal::normal(&tree, flags);
        let literal = Literal::of(&node, flags);
        let literal = literal.ok_or(PatternError::Unsupported("not a literal"))?;
        Ok(Self(Arc::new(literal), flags))
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    pub(crate) fn is_match_units(&self, units: &[u16]) -> bool {
        self.0.is_match_units(units, self.1)
    }

    pub(crate) fn required_prefix(&self) -> Option<&str> {
        None
    }

    pub(crate) fn required_literal(&self) -> Option<&str> {
        None
    }

    pub(crate) fn matches_undefined(&self) -> bool {
        self.is_match("undefined")
    }

    pub(crate) fn memory_usage(&self) -> usize {
        size_of::<Literal>() + self.0.memory_usage()
    }

    pub(crate) fn over_budget(&self) -> u64 {
        0
    }
}
