//! What a clause says that its author will not have meant.

use std::fmt;

/// Something in a clause that Parse Server accepts and that does not do what it looks like.
///
/// Silence is the first complaint of LiveQuery's users: the server confirms a subscription whose query can never
/// match. A warning says so, where, and what to do instead.
///
/// # Examples
///
/// ```
/// use livematch::{Effect, Query};
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"winner": null}"#.parse()?;
/// let warning = &query.warnings()[0];
/// assert_eq!((warning.pointer(), warning.effect()), ("/winner", Effect::NeverMatches));
/// assert!(warning.message().contains("$exists"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub(crate) pointer: String,
    pub(crate) operator: Box<str>,
    pub(crate) effect: Effect,
    pub(crate) message: &'static str,
}

/// What becomes of the part of a clause that a [`Warning`] is about.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It holds for no object as Parse stores them.
    NeverMatches,
    /// It holds for every object as Parse stores them, or for all that have the field.
    AlwaysMatches,
    /// It is not looked at.
    Ignored,
    /// It faults whenever it is reached, and a fault silences the subscription.
    Faults,
    /// It is looked at, and means something else than it seems to.
    Differs,
}

impl Effect {
    /// The effect in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NeverMatches => "never matches",
            Self::AlwaysMatches => "always matches",
            Self::Ignored => "is ignored",
            Self::Faults => "faults",
            Self::Differs => "means something else",
        }
    }
}

impl Warning {
    /// An RFC 6901 pointer to the constraint or operator.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The operator, `=` where a value stands in the place of operators.
    #[must_use]
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// What becomes of it.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// One sentence on why, and what to do instead.
    #[must_use]
    pub fn message(&self) -> &str {
        self.message
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "at {}: {} {}: {}",
            self.pointer,
            self.operator,
            self.effect.as_str(),
            self.message
        )
    }
}
