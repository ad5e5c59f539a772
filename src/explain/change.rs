//! Why a change fires its event, or none.

use std::fmt;

use super::explanation::Explanation;
use crate::event::{Event, Outcome, Verdict};

/// Why a change fires an event for a query, or none; made by [`Query::explain_change`](crate::Query::explain_change).
///
/// Its text has the event or why there is none in its first line, and then a line for each side.
///
/// # Examples
///
/// ```
/// use livematch::{Event, Query};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"price": {"$lt": 100}}"#.parse()?;
/// let (dear, cheap) = (json!({"price": 120}), json!({"price": 80}));
/// let change = query.explain_change(Some(&dear), Some(&cheap));
/// assert_eq!(change.event(), Some(Event::Enter));
/// assert_eq!(change.outcome(), query.outcome(Some(&dear), Some(&cheap)));
/// assert_eq!(change.old_explanation(), Some(&query.explain(&dear)));
/// assert_eq!(change.new_explanation(), Some(&query.explain(&cheap)));
///
/// let change = query.explain_change(Some(&dear), Some(&dear));
/// assert_eq!(
///     change.to_string(),
///     "no event: it matches neither before nor after\n\
///      before: no match: /price/$lt: expected less than 100, found 120\n\
///      after: no match: /price/$lt: expected less than 100, found 120",
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeExplanation {
    pub(crate) old: Option<Explanation>,
    pub(crate) new: Option<Explanation>,
}

impl ChangeExplanation {
    /// That of the object before the change, if there was one.
    #[must_use]
    pub fn old_explanation(&self) -> Option<&Explanation> {
        self.old.as_ref()
    }

    /// That of the object after the change, if there is one.
    #[must_use]
    pub fn new_explanation(&self) -> Option<&Explanation> {
        self.new.as_ref()
    }

    /// The verdicts of both sides, as [`Query::outcome`](crate::Query::outcome) gives them.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let verdict = |side: &Option<Explanation>| side.as_ref().map(Explanation::verdict);
        Outcome::new(verdict(&self.old), verdict(&self.new))
    }

    /// The event, if there is one; who may read the object is not weighed.
    #[must_use]
    pub fn event(&self) -> Option<Event> {
        self.outcome().event()
    }

    /// Why there is no event.
    fn silence(&self) -> &'static str {
        let verdict = |side: &Option<Explanation>| side.as_ref().map(Explanation::verdict);
        match (verdict(&self.old), verdict(&self.new)) {
            (Some(Verdict::Fault), _) => "the object before the change faults",
            (_, Some(Verdict::Fault)) => "the object after the change faults",
            (Some(_), Some(_)) => "it matches neither before nor after",
            (Some(_), None) => "what was deleted did not match",
            (None, Some(_)) => "what is new does not match",
            (None, None) => "there is no object",
        }
    }
}

impl fmt::Display for ChangeExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.event() {
            Some(event) => write!(f, "{event}")?,
            None => write!(f, "no event: {}", self.silence())?,
        }
        for (name, side) in [("before", &self.old), ("after", &self.new)] {
            if let Some(side) = side {
                write!(f, "\n{name}: {side}")?;
            }
        }
        Ok(())
    }
}
