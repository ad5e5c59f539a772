//! Why a pattern was refused.

use std::fmt;

/// Why a pattern, or its flags, cannot be compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatternError {
    /// JavaScript refuses the pattern with a `SyntaxError`.
    Syntax {
        /// Where reading stopped, in UTF-16 units from the start of the pattern.
        offset: usize,
        /// What is wrong there, as a phrase.
        what: &'static str,
    },
    /// JavaScript refuses the flags; the phrase says why.
    Flags(&'static str),
    /// JavaScript would take it, a [`PatternLimits`](super::PatternLimits) does not.
    Limit {
        /// What there is too much of.
        what: &'static str,
        limit: usize,
    },
    /// JavaScript would take it; the tables to answer it are not here.
    Unsupported(&'static str),
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { offset, what } => write!(f, "at unit {offset} of the pattern: {what}"),
            Self::Flags(what) => write!(f, "in the flags: {what}"),
            Self::Limit { what, limit } => write!(f, "more than {limit} {what}"),
            Self::Unsupported(what) => write!(f, "unsupported: {what}"),
        }
    }
}

impl std::error::Error for PatternError {}
