//! Why an object matches, or does not.

use std::fmt;

use super::found;
use super::tested::{Held, Tested};
use crate::event::Verdict;

/// Why an object matches a query, does not, or has no answer; made by [`Query::explain`](crate::Query::explain).
///
/// It has the verdict, every constraint in the order of evaluation, and which of them decided. Its text is short and for people;
/// with the feature `serde` it serializes for programs.
///
/// # What decides
///
/// The constraints that are [decisive](Tested::is_decisive) are enough by themselves: with their answers the verdict is the same,
/// whether the others hold or not.
///
/// - Of constraints that must all hold and do not, the first one that does not hold decides; if they do, all of them.
/// - Of the branches of `$or`, what decides the first branch that holds; if none does, what decides each of them. So too for
///   `$nor`, the other way round.
/// - A fault is decided by the constraint that faults.
///
/// # Examples
///
/// ```
/// use livematch::{Held, Query, Verdict};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"status": "open", "price": {"$lt": 100}, "size": {"$gt": 1}}"#.parse()?;
/// let explanation = query.explain(&json!({"status": "open", "price": 120, "size": 2}));
/// assert_eq!(explanation.verdict(), Verdict::NoMatch);
/// assert_eq!(explanation.to_string(), "no match: /price/$lt: expected less than 100, found 120");
///
/// let held = explanation.tested().iter().map(|tested| (tested.pointer(), tested.held()));
/// let expected = [("/status", Held::Yes), ("/price/$lt", Held::No), ("/size/$gt", Held::NotReached)];
/// assert_eq!(held.collect::<Vec<_>>(), expected);
/// assert!(explanation.decisive().map(|tested| tested.pointer()).eq(["/price/$lt"]));
/// # Ok(())
/// # }
/// ```
///
/// Where an oddity of the dialect made the difference, it is told:
///
/// ```
/// use livematch::Query;
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"score": {"$lt": 5}}"#.parse()?;
/// let text = query.explain(&json!({"name": "Ada"})).to_string();
/// assert!(text.starts_with("match: /score/$lt: expected less than 5, found nothing (`score` is missing; in the LiveQuery dialect"));
/// # Ok(())
/// # }
/// ```
///
/// Of large clauses and values only so much is kept:
///
/// ```
/// use livematch::{Explanation, Found, Query};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let branches: Vec<_> = (0..300).map(|n| json!({"n": n})).collect();
/// let query = Query::compile(&json!({"$or": branches}))?;
/// let explanation = query.explain(&json!({"n": "x".repeat(1_000)}));
/// assert_eq!(explanation.tested().len(), Explanation::MAX_TESTED);
/// assert_eq!(explanation.omitted(), 300 - Explanation::MAX_TESTED);
/// let Some(Found::Beginning(found)) = explanation.tested()[0].found() else {
///     panic!("the beginning is found");
/// };
/// assert_eq!(found.chars().count(), Explanation::MAX_CHARS);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub(crate) verdict: Verdict,
    pub(crate) tested: Box<[Tested]>,
    /// Constraints that are left out.
    pub(crate) omitted: usize,
    pub(crate) obstacle: Option<&'static str>,
}

/// How many of the constraints that decided the text of an explanation names.
const NAMED: usize = 4;

impl Explanation {
    /// How many constraints are kept.
    pub const MAX_TESTED: usize = 256;

    /// How many characters are kept of the JSON of a value that is found or asked for.
    pub const MAX_CHARS: usize = found::MAX_CHARS;

    /// The verdict, which is that of [`Query::verdict`](crate::Query::verdict).
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The constraints in the order of evaluation, those that were not reached as well.
    ///
    /// Of more than [`MAX_TESTED`](Self::MAX_TESTED) those that decided are kept, and then the first.
    #[must_use]
    pub fn tested(&self) -> &[Tested] {
        &self.tested
    }

    /// Those that decided.
    pub fn decisive(&self) -> impl Iterator<Item = &Tested> {
        self.tested.iter().filter(|tested| tested.is_decisive)
    }

    /// How many constraints are left out, as there are more than [`MAX_TESTED`](Self::MAX_TESTED).
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }
}

/// One line: the verdict, what decided, and what was found there.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.verdict {
            Verdict::Match => "match",
            Verdict::NoMatch => "no match",
            Verdict::Fault => "fault",
        })?;
        let mut separator = ": ";
        if let Some(obstacle) = self.obstacle {
            write!(f, "{separator}{obstacle}")?;
            separator = "; ";
        }
        for tested in self.decisive().take(NAMED) {
            f.write_str(separator)?;
            let is_opposed = match self.verdict {
                Verdict::Match => tested.held == Held::No,
                Verdict::NoMatch => tested.held == Held::Yes,
                Verdict::Fault => false,
            };
            tested.write(f, !is_opposed)?;
            separator = "; ";
        }
        match self.decisive().count().saturating_sub(NAMED) {
            0 if separator != ": " || self.verdict == Verdict::Fault => Ok(()),
            0 if self.tested.is_empty() => f.write_str(": nothing is asked"),
            0 => f.write_str(": what decides asks for nothing"),
            more => write!(f, "; and {more} more"),
        }
    }
}
