//! Queries of a set, run one by one for a change.

use std::fmt;

use super::QuerySet;
use super::budget::Budget;
use super::classify::sides_of;
use super::matching::scratch::Scratch;
use super::matching::subject::Subject;
use super::subscribers::SubscriptionId;
use crate::document::Document;
use crate::event::Outcome;

/// A change, for which queries of a [`QuerySet`] are run one by one; see [`QuerySet::runner`].
///
/// # Examples
///
/// ```
/// use livematch::{Budget, QuerySet, Scratch, Verdict};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let mut set = QuerySet::new();
/// let id = set.insert(r#"{"status": "open"}"#.parse()?);
/// let (new, mut scratch) = (json!({"status": "closed"}), Scratch::default());
/// let runner = set.runner(None, Some(&new), &mut scratch).expect("there is a side");
/// let outcome = runner.outcome_metered(id, &mut Budget::new(1_000));
/// assert_eq!(outcome.and_then(|outcome| outcome.new_verdict()), Some(Verdict::NoMatch));
/// # Ok(())
/// # }
/// ```
pub struct Runner<'s> {
    set: &'s QuerySet,
    subject: Subject<'s>,
    scratch: &'s Scratch,
}

impl fmt::Debug for Runner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").finish_non_exhaustive()
    }
}

impl QuerySet {
    /// Reads a change, to run queries one by one in an order and within budgets of the host's choice: those that a
    /// [metered](Self::classify_metered) match has not run. Nothing if the change has no side.
    ///
    /// # Complexity
    ///
    /// That of reading the fields of the change that queries look at.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Budget, QuerySet, Scratch, Verdict};
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let mut set = QuerySet::new();
    /// set.insert(r#"{"name": {"$regex": "(a|b){40}"}}"#.parse()?);
    /// let new = json!({"name": "ab".repeat(40)});
    ///
    /// let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    /// let mut budget = Budget::new(100);
    /// set.classify_metered(None, Some(&new), &mut scratch, &mut hits, &mut budget);
    /// let unrun = budget.unrun()[0];
    ///
    /// budget.renew(1_000_000);
    /// let runner = set.runner(None, Some(&new), &mut scratch).expect("there is a side");
    /// let outcome = runner.outcome_metered(unrun, &mut budget).expect("this is enough");
    /// assert_eq!(outcome.new_verdict(), Some(Verdict::Match));
    /// # Ok(())
    /// # }
    /// ```
    pub fn runner<'s, D: Document + ?Sized>(
        &'s self,
        old: Option<&'s D>,
        new: Option<&'s D>,
        scratch: &'s mut Scratch,
    ) -> Option<Runner<'s>> {
        let mut subject = Subject::of(sides_of(old, new)?);
        self.read(&mut subject, scratch);
        Some(Runner {
            set: self,
            subject,
            scratch,
        })
    }
}

impl Runner<'_> {
    /// The verdicts of both sides for the query that a subscription asks for, if it is there and the budget pays for them:
    /// those with which the change [hits](crate::Hit) it. A side that no condition of the query can tell from the other has the
    /// other's verdict.
    ///
    /// What it takes is [noted](Budget::costs), and it is [named](Budget::unrun) if it is more than there is.
    ///
    /// # Complexity
    ///
    /// That of [`Query::matches`](crate::Query::matches) for each side, as far as the budget goes.
    #[must_use]
    pub fn outcome_metered(&self, id: SubscriptionId, budget: &mut Budget) -> Option<Outcome> {
        let (subject, scratch) = (&self.subject, self.scratch);
        let query = self.set.query_of(id)?;
        budget.run(id, |meter| self.set.outcome(query, subject, scratch, meter))
    }
}
