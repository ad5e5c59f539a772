//! Matching within a budget.

use super::QuerySet;
use super::budget::Budget;
use super::candidate::Candidate;
use super::hit::Hit;
use super::matching::scratch::Scratch;
use super::matching::subject::Subject;
use crate::document::Document;

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
        self.classify_each(
            old,
            new,
            scratch,
            hits,
            |candidate, subject, scratch, hits| {
                self.verify_within(candidate, subject, scratch, hits, budget);
            },
        );
    }

    fn verify_within(
        &self,
        candidate: Candidate<'_>,
        subject: &Subject<'_>,
        scratch: &Scratch,
        hits: &mut Vec<Hit>,
        budget: &mut Budget,
    ) {
        // A query has at least one subscription.
        let subscribed = candidate.subscribed();
        let Some(id) = self.subscribers.of(&subscribed).first().copied() else {
            return;
        };
        let outcome = budget.run(id, |meter| self.outcome(candidate, subject, scratch, meter));
        if let Some(outcome) = outcome {
            self.hit(subscribed, outcome, hits);
        }
    }
}
