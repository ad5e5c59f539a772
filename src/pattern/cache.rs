//! The pool that patterns share: equal ones are one, and the hottest have a `regex::Regex`.

use super::compiled::Compiled;
use super::shared::Shared;

/// A pool of compiled patterns, which many queries may share.
///
/// Equal patterns with equal flags are compiled once as long as one of them lives. Every pattern keeps
/// a small program of its own; a pool lets the patterns that are asked most, up to its capacity, have a
/// faster and larger one besides. When it is full the others are answered by their small program:
/// nothing is compiled again for a test. A clone is another handle to the same pool.
///
/// # Examples
///
/// ```
/// use livematch::{PatternCache, Query};
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let cache = PatternCache::default();
/// assert_eq!(cache.capacity(), PatternCache::DEFAULT_CAPACITY);
/// // A pattern is sped up when it has been asked often enough.
/// assert!(cache.is_empty() && cache.len() == 0);
///
/// let builder = Query::builder().pattern_cache(cache);
/// let clause = r#"{"name": {"$regex": "^A.*a$"}}"#;
/// // Two queries, one pattern.
/// let _queries = [builder.compile_str(clause)?, builder.compile_str(clause)?];
///
/// // What keeps every pattern small.
/// assert_eq!(PatternCache::new(0).capacity(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PatternCache(pub(super) Shared<Compiled>);

impl Default for PatternCache {
    fn default() -> Self {
        Self::new(Self::DEFAULT_CAPACITY)
    }
}

impl PatternCache {
    /// How many patterns a pool speeds up unless it is told otherwise: with some 5 to 40 KB each, that
    /// is 5 to 40 MB.
    pub const DEFAULT_CAPACITY: usize = 1_024;

    /// A pool that speeds up at most `capacity` patterns; with 0 all keep to their small program.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self(Shared::new(capacity))
    }

    /// How many patterns the pool speeds up at most.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// How many patterns the pool speeds up now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.hot()
    }

    /// Whether the pool speeds up no pattern now.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
