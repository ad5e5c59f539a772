//! Why a message yields no change.

use std::error::Error;
use std::fmt;

use crate::decode::Refusal;

/// Why a message could not be read, and the place in it that is to blame.
///
/// Its text names keys of the message, never values.
///
/// # Examples
///
/// ```
/// use livematch::{Change, ChangeErrorKind, ChangeKind};
///
/// let message = r#"{"currentParseObject": {"className": "Game", "start": {"__type": "Date", "iso": "tomorrow"}}}"#;
/// let error = Change::from_json(ChangeKind::Save, message).unwrap_err();
/// assert_eq!(error.kind(), ChangeErrorKind::Inflation);
/// assert_eq!((error.pointer(), error.message()), ("/currentParseObject/start", "an invalid date"));
/// assert_eq!(error.to_string(), "at /currentParseObject/start: an invalid date");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: ChangeErrorKind,
    pointer: String,
    message: String,
}

/// The kind of a [`ChangeError`].
///
/// # Examples
///
/// ```
/// use livematch::{Change, ChangeErrorKind, ChangeKind};
///
/// let kind = |message| Change::from_json(ChangeKind::Save, message).map_err(|error| error.kind());
/// assert_eq!(kind("{"), Err(ChangeErrorKind::Unreadable));
/// assert_eq!(kind("{}"), Err(ChangeErrorKind::NotAMessage));
/// assert_eq!(kind(r#"{"currentParseObject": {}}"#), Err(ChangeErrorKind::NoClass));
/// assert_eq!(ChangeErrorKind::NoClass.as_str(), "no-class");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeErrorKind {
    /// The text is not JSON, or JSON that cannot be held: nested too deep, a number out of range,
    /// half of a surrogate pair.
    Unreadable,
    /// The JSON is no message: it has no object that was saved or deleted.
    NotAMessage,
    /// The object names no class, so that no subscription can be concerned.
    NoClass,
    /// Parse Server fails to build an object from the message and loses it.
    Inflation,
    /// Parse Server fails to write the object it has built as JSON and loses the message.
    Encoding,
}

impl ChangeErrorKind {
    /// The kind as a word in lower case, for logs and tools.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::NotAMessage => "not-a-message",
            Self::NoClass => "no-class",
            Self::Inflation => "inflation",
            Self::Encoding => "encoding",
        }
    }
}

impl fmt::Display for ChangeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ChangeError {
    pub(super) fn unreadable(error: &impl fmt::Display) -> Self {
        Self::new(ChangeErrorKind::Unreadable, String::new(), error)
    }

    pub(super) fn not_a_message(place: &str, reason: &str) -> Self {
        let slash = if place.is_empty() { "" } else { "/" };
        let pointer = format!("{slash}{place}");
        Self::new(ChangeErrorKind::NotAMessage, pointer, &reason)
    }

    pub(super) fn no_class() -> Self {
        let pointer = "/currentParseObject/className".to_owned();
        Self::new(
            ChangeErrorKind::NoClass,
            pointer,
            &"expected the name of a class",
        )
    }

    pub(super) fn lost_in_inflation(refusal: Refusal, side: &str) -> Self {
        Self::lost(ChangeErrorKind::Inflation, refusal, side)
    }

    pub(super) fn lost_in_json(refusal: Refusal, side: &str) -> Self {
        Self::lost(ChangeErrorKind::Encoding, refusal, side)
    }

    fn lost(kind: ChangeErrorKind, refusal: Refusal, side: &str) -> Self {
        let reason = refusal.reason();
        Self::new(kind, refusal.at(side).pointer(), &reason)
    }

    fn new(kind: ChangeErrorKind, pointer: String, reason: &impl fmt::Display) -> Self {
        Self(Box::new(Inner {
            kind,
            pointer,
            message: reason.to_string(),
        }))
    }

    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> ChangeErrorKind {
        self.0.kind
    }

    /// The place in the message as an RFC 6901 pointer; empty when the whole message is to blame.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.0.pointer
    }

    /// What is wrong there, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.pointer.is_empty() {
            write!(f, "at {}: ", self.0.pointer)?;
        }
        f.write_str(&self.0.message)
    }
}

impl Error for ChangeError {}
