//! Large queries come and go in pieces.

use super::QuerySet;
use super::debts::{Debt, Debts, Gone};
use super::index::Pending;
use super::tuning::MOST_OWED;

/// It takes so many steps to let go of a path.
const PATH: usize = 8;

impl QuerySet {
    /// Does what is left to be done for large queries that have come or gone, about so many steps of it; whether nothing is
    /// left.
    ///
    /// [`insert`](Self::insert) and [`remove`](Self::remove) do at once what makes answers right, which is little, and leave
    /// the rest of what a query of more than a thousand keys takes to this call: that of filing it under its keys, or of
    /// taking it out from under them. A step is one key, some tenths of a microsecond. Until a query is filed every change
    /// runs it. A host that holds a lock for the set calls this with some thousand steps, gives the lock to others, and
    /// calls again. One that never calls it gets the same hits; then calls of `insert` and `remove` do what exceeds a
    /// million steps, the oldest of it first.
    ///
    /// # Complexity
    ///
    /// Linear in the steps, but for the logarithm of what the set holds. A test that is no list is filed whole, so that there may
    /// be some tens of steps more.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::QuerySet;
    /// use serde_json::json;
    ///
    /// let mut set = QuerySet::new();
    /// let members: Vec<String> = (0..10_000).map(|n| format!("m{n}")).collect();
    /// let id = set.insert(json!({"owner": {"$in": members}}).to_string().parse()?);
    /// assert!(set.owed() > 0);
    /// assert_eq!(set.classify(None, Some(&json!({"owner": "m7"})))[0].id, id);
    /// while !set.settle(1_000) {
    ///     // Here others may have the set.
    /// }
    /// assert_eq!(set.owed(), 0);
    /// # Ok::<(), livematch::CompileError>(())
    /// ```
    pub fn settle(&mut self, steps: usize) -> bool {
        let mut left = steps;
        while left > 0
            && let Some(debt) = self.debts.0.pop_front()
        {
            left = left.saturating_sub(self.pay(debt, left));
        }
        if self.debts.is_empty() {
            self.debts = Debts::default();
        }
        self.debts.is_empty()
    }

    /// How many steps are left to be done by [`settle`](Self::settle).
    ///
    /// # Complexity
    ///
    /// Linear in the number of large queries that are left to be filed or taken out, of which there are some thousand at
    /// most.
    #[must_use]
    pub fn owed(&self) -> usize {
        self.debts.0.iter().map(|debt| self.left(debt)).sum()
    }

    /// Does some of what one debt takes; how many steps it took. What is left of it is next again.
    fn pay(&mut self, mut debt: Debt, most: usize) -> usize {
        let paid = match &mut debt {
            Debt::File(pending) => {
                let (index, mut context) = self.index_and_context();
                index.go_on(pending, most, &mut context)
            }
            Debt::Remove(gone) => self.take_out(gone, most),
        };
        if self.left(&debt) > 0 {
            self.debts.0.push_front(debt);
        }
        paid
    }

    fn left(&self, debt: &Debt) -> usize {
        match debt {
            Debt::File(pending) => pending.left(),
            Debt::Remove(gone) => self.left_of(gone),
        }
    }

    /// Takes a query that has gone out of some of the places where it is filed, and lets go of its paths after that.
    fn take_out(&mut self, gone: &mut Gone, most: usize) -> usize {
        let (index, mut context) = self.index_and_context();
        let taken = index.remove(gone.number, most, &mut context);
        let released = gone.paths.len().min((most - taken).div_ceil(PATH));
        let paths = gone.paths.drain(gone.paths.len() - released..);
        paths.for_each(|path| self.paths.release(path));
        if self.left_of(gone) == 0 {
            self.slots.free(gone.number);
        }
        taken + released * PATH
    }

    fn left_of(&self, gone: &Gone) -> usize {
        let record = self.slots.record(gone.number);
        record.map_or(0, |record| record.filed.len()) + gone.paths.len() * PATH
    }

    /// Leaves it to later to file the rest of a query.
    pub(super) fn owe_filing(&mut self, pending: Pending) {
        self.debts.0.push_back(Debt::File(Box::new(pending)));
        self.pay_excess();
    }

    /// Takes a query that is forgotten out of where it is filed, later if it is in many places.
    pub(super) fn owe_removal(&mut self, mut gone: Gone) {
        if !self.debts.is_empty() {
            self.debts.forgive(gone.number);
        }
        if self.left_of(&gone) <= self.at_once {
            self.take_out(&mut gone, usize::MAX);
            return;
        }
        self.debts.0.push_back(Debt::Remove(gone));
        self.pay_excess();
    }

    fn pay_excess(&mut self) {
        let excess = self.owed().saturating_sub(MOST_OWED);
        if excess > 0 {
            self.settle(excess);
        }
    }
}
