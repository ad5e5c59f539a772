//! A query of a set, to be run without it.

use super::QuerySet;
use super::budget::Budget;
use super::candidate::Candidate;
use super::classify::sides_of;
use super::finds::Find;
use super::slot::{Slot, paths_of};
use super::subscribers::SubscriptionId;
use crate::document::Document;
use crate::event::Outcome;
use crate::plan::Plan;
use crate::plan::code::Step;
use crate::steps::{Meter, Spent};

/// A query of a [`QuerySet`](super::QuerySet), to be run without it; see [`QuerySet::copy_of`](super::QuerySet::copy_of).
///
/// # Examples
///
/// ```
/// use livematch::{Budget, QuerySet, Verdict};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let mut set = QuerySet::new();
/// let id = set.insert(r#"{"status": "open"}"#.parse()?);
/// let copy = set.copy_of(id).expect("is there");
/// assert_eq!(copy.id(), id);
///
/// // A host lets go of the set, and runs it later.
/// drop(set);
/// let mut budget = Budget::new(1_000);
/// let outcome = copy.outcome_metered(None, Some(&json!({"status": "open"})), &mut budget);
/// assert_eq!(outcome.and_then(|outcome| outcome.new_verdict()), Some(Verdict::Match));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct QueryCopy {
    id: SubscriptionId,
    query: Copied,
}

#[derive(Clone, Debug)]
enum Copied {
    Live(Plan),
    Find(Find),
}

impl QueryCopy {
    /// The subscription for which it was copied; [`QuerySet::equal`](super::QuerySet::equal) names all that share it.
    #[must_use]
    pub fn id(&self) -> SubscriptionId {
        self.id
    }

    /// The verdicts of both sides of a change, as [`Query::outcome`](crate::Query::outcome), if the budget pays for them.
    ///
    /// What it takes is [noted](Budget::costs), and it is [named](Budget::unrun) if it is more than there is.
    ///
    /// # Complexity
    ///
    /// That of [`Query::matches`](crate::Query::matches) for each side, as far as the budget goes.
    #[must_use]
    pub fn outcome_metered<D: Document + ?Sized>(
        &self,
        old: Option<&D>,
        new: Option<&D>,
        budget: &mut Budget,
    ) -> Option<Outcome> {
        budget.run(self.id, |meter| self.outcome(old, new, meter))
    }

    fn outcome<D: Document + ?Sized>(
        &self,
        old: Option<&D>,
        new: Option<&D>,
        meter: &mut Meter,
    ) -> Result<Outcome, Spent> {
        let Some(sides) = sides_of(old, new) else {
            return Ok(Outcome::new(None, None));
        };
        match &self.query {
            Copied::Live(plan) => {
                sides.outcome(|after| plan.answer_within(sides.object(after), meter))
            }
            Copied::Find(find) => sides.outcome(|after| {
                let (plan, object) = (&find.plan, sides.object(after));
                plan.answer_within(object, find.now, meter)
            }),
        }
    }
}

impl QuerySet {
    /// A copy of the query that a subscription asks for, to be run while others have the set: for the queries that a
    /// [metered](Self::classify_metered) match has not run.
    ///
    /// # Complexity
    ///
    /// Linear in the constraints. Long lists, patterns and polygons are not copied but shared.
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
    /// let copy = set.copy_of(unrun).expect("it is in the set");
    /// drop(set);
    ///
    /// budget.renew(1_000_000);
    /// let outcome = copy.outcome_metered(None, Some(&new), &mut budget).expect("this is enough");
    /// assert_eq!(outcome.new_verdict(), Some(Verdict::Match));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn copy_of(&self, id: SubscriptionId) -> Option<QueryCopy> {
        let query = match self.query_of(id)? {
            Candidate::Find(find) => Copied::Find(find.clone()),
            Candidate::Live(slot) => Copied::Live(self.plan_of(slot)?),
        };
        Some(QueryCopy { id, query })
    }

    /// The query that a subscription asks for, if it is one of this set.
    pub(super) fn query_of(&self, id: SubscriptionId) -> Option<Candidate<'_>> {
        let query = self.candidate(self.subscribers.slot_of(id)?)?;
        let is_here = self.subscribers.has(id, query.subscribed());
        is_here.then_some(query)
    }

    fn plan_of(&self, slot: Slot<'_>) -> Option<Plan> {
        let numbers = paths_of(slot.code);
        let position = |number| {
            let position = numbers.binary_search(&number).unwrap_or(numbers.len());
            // There are no more paths than steps.
            u32::try_from(position).unwrap_or(u32::MAX)
        };
        let step = |step: &Step| Step {
            path: position(step.path),
            ..step.clone()
        };
        let path = |number: &u32| Some(self.paths.get(*number)?.path.clone());
        Some(Plan {
            code: slot.code.iter().map(step).collect(),
            paths: numbers.iter().map(path).collect::<Option<_>>()?,
            switches: self.slots.switches(slot.head).into(),
            run: slot.head.run,
        })
    }
}
