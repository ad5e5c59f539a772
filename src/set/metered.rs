//! Matching within a budget.

use std::cell::Cell;

use super::budget::Budget;
use super::copy::QueryCopy;
use super::matching::scratch::Scratch;
use super::matching::subject::{Sides, Subject};
use super::slot::{Run, Slot, paths_of};
use super::subscribers::QueryId;
use super::{Hit, QuerySet};
use crate::document::Document;
use crate::event::{Outcome, Verdict};
use crate::plan::Plan;
use crate::plan::code::Step;
use crate::plan::steps::{RUN, answer_in_place_within, follow_within};
use crate::plan::switch::{self, Cases};
use crate::steps::{Meter, Spend, Spent};
use crate::value::{Answer, Fault};

impl QuerySet {
    /// As [`classify_into`](Self::classify_into), within a budget.
    ///
    /// Every candidate is run that can be paid for: its hits are those of an unmetered run. Whatever is not run, or is given
    /// up because it takes more than is left or than [one query may](Budget::each_query), has no hits and is
    /// [named](Budget::unrun). Candidates are run in no particular order, so a host that wants to be fair gives each
    /// query little at first, and then decides for whom to spend what it has left: [`copy_of`](Self::copy_of) gives it a
    /// query to run by itself.
    ///
    /// # Complexity
    ///
    /// As [`classify_into`](Self::classify_into) until the budget is spent; to find and to name the candidates takes some
    /// nanoseconds for each, and is not charged.
    pub fn classify_metered<D: Document + ?Sized>(
        &self,
        old: Option<&D>,
        new: Option<&D>,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
        budget: &mut Budget,
    ) {
        self.classify_each(old, new, scratch, hits, |slot, subject, scratch, hits| {
            self.verify_within(slot, subject, scratch, hits, budget);
        });
    }

    fn verify_within(
        &self,
        slot: Slot<'_>,
        subject: &Subject<'_>,
        scratch: &Scratch,
        hits: &mut Vec<Hit>,
        budget: &mut Budget,
    ) {
        // A query has at least one subscription.
        let Some(id) = self.subscribers.of(&slot.head.subscribed).first().copied() else {
            return;
        };
        let outcome = budget.run(id, |meter| {
            self.outcome_within(slot, subject, scratch, meter)
        });
        if let Some(outcome) = outcome {
            self.hit(slot, outcome, hits);
        }
    }

    pub(super) fn outcome_within(
        &self,
        slot: Slot<'_>,
        subject: &Subject<'_>,
        scratch: &Scratch,
        meter: &mut Meter,
    ) -> Result<Outcome, Spent> {
        let mut verdict = |after| {
            let answer = self.answer_within(slot, subject, after, scratch, meter)?;
            Ok(Verdict::from(answer))
        };
        Ok(match subject.sides {
            Sides::New(_) => Outcome::new(None, Some(verdict(true)?)),
            Sides::Old(_) => Outcome::new(Some(verdict(false)?), None),
            Sides::Both { .. } if slot.head.mask & subject.changed == 0 => {
                let verdict = verdict(true)?;
                Outcome::new(Some(verdict), Some(verdict))
            }
            Sides::Both { .. } => Outcome::new(Some(verdict(false)?), Some(verdict(true)?)),
        })
    }

    fn answer_within(
        &self,
        slot: Slot<'_>,
        subject: &Subject<'_>,
        after: bool,
        scratch: &Scratch,
        meter: &mut Meter,
    ) -> Result<Answer, Spent> {
        meter.spend(RUN)?;
        let (code, entry) = (slot.code, slot.head.entry());
        match slot.head.run {
            Run::Always => Ok(Ok(true)),
            Run::Never => Ok(Ok(false)),
            Run::Steps => follow_within(code, entry, |step| {
                subject.answer_within(step, after, &scratch.positions, meter)
            }),
            Run::Switched => self.answer_switched_within(slot, subject, after, scratch, meter),
            Run::InPlace => {
                let path = |number| self.paths.get(number).map(|record| &record.path);
                answer_in_place_within(code, entry, subject.sides.object(after), path, meter)
            }
        }
    }

    fn answer_switched_within(
        &self,
        slot: Slot<'_>,
        subject: &Subject<'_>,
        after: bool,
        scratch: &Scratch,
        meter: &mut Meter,
    ) -> Result<Answer, Spent> {
        let (code, positions) = (slot.code, &scratch.positions);
        // Both of these pay, and nothing is run behind the fault with which the first ends that cannot.
        let (paying, is_spent) = (Cell::new(*meter), Cell::new(false));
        let pay = |steps: u64| {
            let mut meter = paying.get();
            let paid = meter.spend(steps);
            paying.set(meter);
            is_spent.set(is_spent.get() || paid.is_err());
        };
        let finds = |step: &Step, cases: &Cases| {
            let most = paying.get().left();
            pay(subject.steps_to_find(step.path, after, positions, most));
            if is_spent.get() {
                // The step that is run instead ends the run.
                return None;
            }
            subject.finds(code, cases, step.path, after, positions)
        };
        let holds = |step: &Step| {
            if is_spent.get() {
                return Err(Fault);
            }
            let mut meter = paying.get();
            let answer = subject.answer_within(step, after, positions, &mut meter);
            paying.set(meter);
            is_spent.set(answer.is_err());
            answer.unwrap_or(Err(Fault))
        };
        let switches = self.slots.switches(slot.head);
        let answer = switch::follow(code, slot.head.entry(), switches, finds, holds);
        *meter = paying.get();
        if is_spent.get() {
            Err(Spent)
        } else {
            Ok(answer)
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
    /// assert_eq!(outcome.after(), Some(Verdict::Match));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn copy_of(&self, id: QueryId) -> Option<QueryCopy> {
        let plan = self.plan_of(self.slot_of(id)?)?;
        Some(QueryCopy::new(id, plan))
    }

    /// The query that a subscription asks for, if it is one of this set.
    pub(super) fn slot_of(&self, id: QueryId) -> Option<Slot<'_>> {
        let slot = self.slots.get(self.subscribers.slot_of(id)?)?;
        let is_here = self.subscribers.has(id, slot.head.subscribed);
        is_here.then_some(slot)
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
            entry: slot.head.entry(),
            switches: self.slots.switches(slot.head).into(),
            revisits_dates: slot.head.run == Run::InPlace,
        })
    }
}
