//! Why MongoDB refuses a filter.

use crate::error::ErrorKind;

/// A filter that is refused: of what kind that is, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
}

/// A filter that MongoDB refuses.
pub(super) fn refused(message: impl Into<String>) -> Refusal {
    Refusal {
        kind: ErrorKind::Database,
        message: message.into(),
    }
}
