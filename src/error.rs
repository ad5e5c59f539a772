//! Why a clause is refused, and where.

use std::fmt;

/// Why a `where` clause could not be compiled, and the place in it that is to blame.
///
/// The text names the place first, then what was expected there. The value is one word wide, so that it does
/// not widen the `Result` it travels in.
///
/// # Examples
///
/// ```
/// use livematch::{ErrorKind, Query};
///
/// let error = r#"{"$or": {"a": 1}}"#.parse::<Query>().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NotAList);
/// assert_eq!(error.pointer(), "/$or");
/// assert_eq!(error.to_string(), "at /$or: expected a list of clauses");
/// assert_eq!(error.message(), "expected a list of clauses");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    /// An RFC 6901 pointer; empty when the whole clause is to blame.
    pointer: String,
    message: String,
}

/// The kind of a [`CompileError`].
///
/// # Examples
///
/// ```
/// use livematch::{ErrorKind, Query};
///
/// let error = r#"{"name": {"$regex": "("}}"#.parse::<Query>().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidRegex);
/// assert_eq!(error.kind().as_str(), "invalid-regex");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The text is not JSON, or JSON that cannot be read here (`1e400`, half a surrogate pair).
    Json,
    /// The clause is not a JSON object.
    NotAnObject,
    /// The operand of `$or`, `$and` or `$nor` is not a list.
    NotAList,
    /// A branch of the outermost `$or` is null, which Parse Server refuses.
    NullBranch,
    /// The operand of `$regex` is neither text nor an object with `source` and `flags`.
    RegexOperand,
    /// A pattern or its flags are not valid: in JavaScript, or for PCRE2 in the `find` dialect.
    InvalidRegex,
    /// A `\Q` of a pattern has no `\E` after it.
    UnterminatedQuote,
    /// A pattern is valid but uses what is not supported here.
    UnsupportedRegex,
    /// In the `find` dialect: a key that no field can have, or that may not be asked for.
    InvalidKey,
    /// In the `find` dialect: a constraint that Parse Server refuses.
    InvalidConstraint,
    /// In the `find` dialect: what Parse Server takes and MongoDB refuses.
    Database,
    /// In the `find` dialect: a sub-query or a question about a relation, which takes more than the object to answer.
    SubQuery,
    /// In the `find` dialect: a search for words, which takes an index to answer.
    FullText,
    /// The clause exceeds one of the [`Limits`](crate::Limits).
    Limit,
    /// The clause has a warning that is no hint, and the builder is [strict](crate::QueryBuilder::strict).
    Warning,
}

impl ErrorKind {
    /// The kind as a word in lower case, for logs and tools.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::NotAnObject => "not-an-object",
            Self::NotAList => "not-a-list",
            Self::NullBranch => "null-branch",
            Self::RegexOperand => "regex-operand",
            Self::InvalidRegex => "invalid-regex",
            Self::UnterminatedQuote => "unterminated-quote",
            Self::UnsupportedRegex => "unsupported-regex",
            Self::InvalidKey => "invalid-key",
            Self::InvalidConstraint => "invalid-constraint",
            Self::Database => "database",
            Self::SubQuery => "sub-query",
            Self::FullText => "full-text",
            Self::Limit => "limit",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl CompileError {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, pointer: String, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            pointer,
            message: message.into(),
        }))
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where it is wrong: an RFC 6901 pointer into the clause, empty for the clause as a whole.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.0.pointer
    }

    /// What was expected, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.pointer.is_empty() {
            write!(f, "at {}: ", self.0.pointer)?;
        }
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for CompileError {}
