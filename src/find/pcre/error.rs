//! Why a pattern is refused.

use std::fmt;

use crate::error::ErrorKind;
use crate::pattern::PatternError;

/// A pattern that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PcreError {
    kind: ErrorKind,
    message: String,
}

impl PcreError {
    /// PCRE2 refuses it: what is wrong, and at which character.
    pub(super) fn invalid(what: &str, at: usize) -> Self {
        Self {
            kind: ErrorKind::InvalidRegex,
            message: format!("{what} at character {} of the pattern", at + 1),
        }
    }

    /// PCRE2 may take it, and it is not translated.
    pub(super) fn unsupported(what: &str, at: usize) -> Self {
        Self {
            kind: ErrorKind::UnsupportedRegex,
            message: format!("unsupported: {what} at character {} of the pattern", at + 1),
        }
    }

    pub(crate) const fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl From<PatternError> for PcreError {
    /// What was translated is valid: it can only be too much.
    fn from(error: PatternError) -> Self {
        let kind = match error {
            PatternError::Limit { .. } => ErrorKind::Limit,
            PatternError::Unsupported(_) | PatternError::Syntax { .. } | PatternError::Flags(_) => {
                ErrorKind::UnsupportedRegex
            }
        };
        Self {
            kind,
            message: error.to_string(),
        }
    }
}

impl fmt::Display for PcreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
