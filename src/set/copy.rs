//! A query of a set, to be run without it.

use super::budget::Budget;
use super::subscribers::QueryId;
use crate::document::Document;
use crate::event::{Outcome, Verdict};
use crate::plan::Plan;
use crate::steps::{Meter, Spent};

/// A query of a [`QuerySet`](super::QuerySet), to be run without it; see [`QuerySet::copy_of`](super::QuerySet::copy_of).
#[derive(Clone, Debug)]
pub struct QueryCopy {
    id: QueryId,
    plan: Plan,
}

impl QueryCopy {
    pub(super) const fn new(id: QueryId, plan: Plan) -> Self {
        Self { id, plan }
    }

    /// The subscription for which it was copied; [`QuerySet::equal`](super::QuerySet::equal) names all that share it.
    #[must_use]
    pub fn id(&self) -> QueryId {
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
        let mut verdict = |object: &D| {
            let answer = self.plan.answer_within(object.view().0, meter)?;
            Ok(Verdict::from(answer))
        };
        let old = old.map(&mut verdict).transpose()?;
        let new = new.map(verdict).transpose()?;
        Ok(Outcome::new(old, new))
    }
}
