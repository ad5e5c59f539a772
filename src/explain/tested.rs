//! One constraint of an explanation.

use std::fmt;

use super::found::Found;
use crate::value::Answer;
use crate::warning::Surprise;

/// What became of a constraint.
///
/// # Examples
///
/// ```
/// use livematch::{Held, Query};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"status": "open", "price": {"$lt": 100}}"#.parse()?;
/// let explanation = query.explain(&json!({"status": "closed", "price": 80}));
/// let held = explanation.tested().iter().map(|tested| tested.held());
/// assert!(held.eq([Held::No, Held::NotReached]));
/// assert_eq!(Held::No.as_str(), "does not hold");
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Held {
    /// It holds for what was found.
    Yes,
    /// It does not.
    No,
    /// There is no answer: in LiveQuery's dialect Parse Server's matcher throws here, in that of `find()` something is
    /// missing that the answer depends on.
    Fault,
    /// The verdict was known before.
    NotReached,
}

impl Held {
    /// In words: `holds`, `does not hold`, `faults` or `not reached`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "holds",
            Self::No => "does not hold",
            Self::Fault => "faults",
            Self::NotReached => "not reached",
        }
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Answer> for Held {
    fn from(answer: Answer) -> Self {
        match answer {
            Ok(true) => Self::Yes,
            Ok(false) => Self::No,
            Err(_) => Self::Fault,
        }
    }
}

/// A constraint of a clause, and what became of it when the clause was run for an object; see
/// [`Explanation::tested`](crate::Explanation::tested).
///
/// # Examples
///
/// ```
/// use livematch::{Found, Held, Query};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"score": {"$lt": 5}}"#.parse()?;
/// let explanation = query.explain(&json!({"name": "Ada"}));
/// let tested = &explanation.tested()[0];
/// assert_eq!((tested.pointer(), tested.operator()), ("/score/$lt", "$lt"));
/// assert_eq!((tested.expected(), tested.found()), ("less than 5", Some(&Found::Missing)));
/// assert_eq!((tested.held(), tested.is_decisive()), (Held::Yes, true));
/// // A range holds for a missing field, and that is odd enough to be told.
/// assert_eq!(tested.surprise().map(|surprise| surprise.code()), Some("range-on-missing"));
/// assert!(tested.note().is_some_and(|note| note.starts_with("`score` is missing")));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    pub(crate) pointer: Box<str>,
    pub(crate) operator: Box<str>,
    pub(crate) expected: Box<str>,
    pub(crate) found: Option<Found>,
    pub(crate) held: Held,
    pub(crate) is_decisive: bool,
    pub(crate) surprise: Option<&'static Surprise>,
    pub(crate) note: Option<Box<str>>,
}

impl Tested {
    /// An RFC 6901 pointer into the clause as it was written: to the operator, or to the value in the place of operators.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The operator; `$eq` where a value stands in the place of operators, the name of a group where it is a group itself
    /// that has one answer for every object.
    #[must_use]
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// What the constraint asks for in words, the operand cut as values are: `less than 100`.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What stood at the path; nothing where nobody looked: the constraint was not reached, or has no path.
    ///
    /// In the dialect of `find()` a path that leads through lists finds the list of what it leads to, as the database has it.
    #[must_use]
    pub fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }

    /// Whether the constraint, as it is written, holds for what was found.
    #[must_use]
    pub fn held(&self) -> Held {
        self.held
    }

    /// Whether this is one of those that decided; see [`Explanation`](crate::Explanation).
    #[must_use]
    pub fn is_decisive(&self) -> bool {
        self.is_decisive
    }

    /// The oddity of the dialect to which a decisive constraint owes its answer, if there is one.
    #[must_use]
    pub fn surprise(&self) -> Option<&'static Surprise> {
        self.surprise
    }

    /// The [surprise](Self::surprise) in words, with what it met.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Writes what was expected and found, where the verdict asks for the constraint to hold or not to.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, must_hold: bool) -> fmt::Result {
        let not = if must_hold { "" } else { "not " };
        write!(f, "{}: expected {not}{}", self.pointer, self.expected)?;
        if let Some(found) = &self.found {
            write!(f, ", found {found}")?;
        }
        match &self.note {
            Some(note) => write!(f, " ({note})"),
            None => Ok(()),
        }
    }
}
