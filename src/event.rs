//! From the verdicts of two sides to the event of a change.

use std::fmt;
use std::str::FromStr;

use crate::value::Answer;

/// What a change means to a subscription, by LiveQuery's names.
///
/// # Examples
///
/// ```
/// use livematch::Event;
///
/// assert_eq!(Event::Enter.to_string(), "enter");
/// assert_eq!("leave".parse(), Ok(Event::Leave));
/// // The names on the wire.
/// let names = Event::ALL.map(Event::as_str);
/// assert_eq!(names, ["create", "enter", "update", "leave", "delete"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// A new object matches.
    Create,
    /// An object did not match and now does.
    Enter,
    /// An object matched and still does.
    Update,
    /// An object matched and no longer does.
    Leave,
    /// An object that matched was deleted.
    Delete,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 5] = [
        Self::Create,
        Self::Enter,
        Self::Update,
        Self::Leave,
        Self::Delete,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Enter => "enter",
            Self::Update => "update",
            Self::Leave => "leave",
            Self::Delete => "delete",
        }
    }

    /// The event of a change, from whether each side counts as matching.
    ///
    /// `None` stands for a side that does not exist: no old object on creation, no new one on deletion.
    const fn of(old: Option<bool>, new: Option<bool>) -> Option<Self> {
        match (old, new) {
            (None, Some(true)) => Some(Self::Create),
            (Some(false), Some(true)) => Some(Self::Enter),
            (Some(true), Some(true)) => Some(Self::Update),
            (Some(true), Some(false)) => Some(Self::Leave),
            (Some(true), None) => Some(Self::Delete),
            (None | Some(false), None | Some(false)) => None,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no [`Event`].
///
/// # Examples
///
/// ```
/// use livematch::Event;
///
/// let error = "open".parse::<Event>().unwrap_err();
/// assert_eq!(error.to_string(), "expected create, enter, update, leave or delete");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownEvent(());

impl fmt::Display for UnknownEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected create, enter, update, leave or delete")
    }
}

impl std::error::Error for UnknownEvent {}

impl FromStr for Event {
    type Err = UnknownEvent;

    /// Reads the name on the wire.
    ///
    /// # Errors
    ///
    /// Fails for any other text.
    fn from_str(name: &str) -> Result<Self, UnknownEvent> {
        Self::ALL
            .into_iter()
            .find(|event| event.as_str() == name)
            .ok_or(UnknownEvent(()))
    }
}

/// Whether an object satisfies a query.
///
/// # Examples
///
/// ```
/// use livematch::{Query, Verdict};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"name": {"$regex": "^A"}}"#.parse()?;
/// let verdict = query.verdict(&json!({"name": "Ada"}));
/// assert!(verdict.is_match());
/// assert_eq!(verdict.as_str(), "match");
/// assert_eq!(query.verdict(&json!({"name": "Bob"})), Verdict::NoMatch);
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It does.
    Match,
    /// It does not.
    NoMatch,
    /// Parse Server's matcher throws here; its server then sends nothing to the subscription for this change,
    /// whatever the other side of it says.
    Fault,
}

impl Verdict {
    /// Whether this is [`Verdict::Match`]; a fault is none.
    #[must_use]
    pub const fn is_match(self) -> bool {
        matches!(self, Self::Match)
    }

    /// The verdict as a word: `match`, `no-match` or `fault`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::NoMatch => "no-match",
            Self::Fault => "fault",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Answer> for Verdict {
    fn from(answer: Answer) -> Self {
        match answer {
            Ok(true) => Self::Match,
            Ok(false) => Self::NoMatch,
            Err(_) => Self::Fault,
        }
    }
}

/// The verdict of each side of a change.
///
/// A server must weigh whether the subscriber may read each side before the event has its name: an object that
/// stops being readable *leaves*. So the verdicts travel together until then.
///
/// # Examples
///
/// ```
/// use livematch::{Event, Outcome, Query, Verdict};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"score": {"$gt": 10}}"#.parse()?;
/// let outcome = query.outcome(Some(&json!({"score": 20})), Some(&json!({"score": 30})));
/// assert_eq!(outcome.event(), Some(Event::Update));
/// // The new state may not be read: to this subscriber the object has left.
/// assert_eq!(outcome.readable(true, false).event(), Some(Event::Leave));
/// // A fault on either side leaves the change without an event.
/// let outcome = Outcome::new(Some(Verdict::Fault), outcome.new_verdict());
/// assert!(outcome.is_fault() && outcome.event().is_none());
/// assert_eq!(outcome.old_verdict(), Some(Verdict::Fault));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    old: Option<Verdict>,
    new: Option<Verdict>,
}

impl Outcome {
    /// The outcome of a change whose sides have these verdicts; `None` for a side that does not exist.
    #[must_use]
    pub const fn new(old: Option<Verdict>, new: Option<Verdict>) -> Self {
        Self { old, new }
    }

    /// The verdict of the object before the change, if there was one.
    #[must_use]
    pub const fn old_verdict(self) -> Option<Verdict> {
        self.old
    }

    /// The verdict of the object after the change, if there is one.
    #[must_use]
    pub const fn new_verdict(self) -> Option<Verdict> {
        self.new
    }

    /// Whether a side faults, which leaves the change without an event.
    #[must_use]
    pub const fn is_fault(self) -> bool {
        matches!(self.old, Some(Verdict::Fault)) || matches!(self.new, Some(Verdict::Fault))
    }

    /// The outcome for a subscriber who may or may not read each side: one that may not be read counts as not
    /// matching.
    ///
    /// Whether a side faults does not depend on who reads it.
    #[must_use]
    pub fn readable(self, old: bool, new: bool) -> Self {
        Self {
            old: unless_hidden(self.old, old),
            new: unless_hidden(self.new, new),
        }
    }

    /// The event to send, if any.
    #[must_use]
    pub fn event(self) -> Option<Event> {
        if self.is_fault() {
            return None;
        }
        Event::of(
            self.old.map(Verdict::is_match),
            self.new.map(Verdict::is_match),
        )
    }
}

fn unless_hidden(verdict: Option<Verdict>, readable: bool) -> Option<Verdict> {
    match verdict {
        Some(Verdict::Match) if !readable => Some(Verdict::NoMatch),
        verdict => verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Fault, Match, NoMatch};
    use super::*;

    #[test]
    fn names_every_pair() {
        let cases = [
            (None, Some(Match), Some(Event::Create)),
            (None, Some(NoMatch), None),
            (Some(NoMatch), Some(Match), Some(Event::Enter)),
            (Some(Match), Some(Match), Some(Event::Update)),
            (Some(Match), Some(NoMatch), Some(Event::Leave)),
            (Some(NoMatch), Some(NoMatch), None),
            (Some(Match), None, Some(Event::Delete)),
            (Some(NoMatch), None, None),
            (None, None, None),
            (Some(Fault), Some(Match), None),
            (Some(Match), Some(Fault), None),
            (None, Some(Fault), None),
        ];
        for (old, new, event) in cases {
            assert_eq!(Outcome::new(old, new).event(), event, "{old:?} {new:?}");
        }
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for event in Event::ALL {
            assert_eq!(event.to_string(), event.as_str());
            assert_eq!(event.as_str().parse(), Ok(event));
        }
        assert_eq!(
            Event::ALL.map(Event::as_str),
            ["create", "enter", "update", "leave", "delete"]
        );
        let error = "Create".parse::<Event>().expect_err("no name");
        assert_eq!(
            error.to_string(),
            "expected create, enter, update, leave or delete"
        );
    }

    #[test]
    fn a_side_that_may_not_be_read_does_not_match() {
        let both = Outcome::new(Some(Match), Some(Match));
        for (old, new, event) in [
            (true, true, Some(Event::Update)),
            (true, false, Some(Event::Leave)),
            (false, true, Some(Event::Enter)),
            (false, false, None),
        ] {
            let readable = both.readable(old, new);
            let sides = [readable.old_verdict(), readable.new_verdict()]
                .map(|side| side.map(Verdict::is_match));
            assert_eq!((sides, readable.event()), ([Some(old), Some(new)], event));
        }
        let none = Outcome::new(None, Some(NoMatch));
        assert_eq!(none.readable(false, false), none);
    }

    #[test]
    fn a_fault_outlives_a_hidden_side() {
        for outcome in [
            Outcome::new(Some(Fault), Some(Match)),
            Outcome::new(Some(Match), Some(Fault)),
        ] {
            let hidden = outcome.readable(false, false);
            assert!(outcome.is_fault() && hidden.is_fault());
            assert_eq!(hidden.event(), None);
        }
        assert!(!Outcome::new(Some(Match), Some(NoMatch)).is_fault());
    }
}
