//! What a set does for queries of the `find` dialect.

use super::finds::{Find, paths};
use super::subscribers::SubscriptionId;
use super::{Hit, QuerySet};
use crate::event::Outcome;
use crate::find::Plan;

impl QuerySet {
    /// Adds a subscription to a query of the dialect.
    pub(super) fn insert_find(&mut self, plan: Plan, now: Option<f64>) -> SubscriptionId {
        if let Some(number) = self.finds.equal(&plan, now)
            && let Some(subscribed) = self.finds.subscribed_mut(number)
        {
            return self.subscribers.add(number, subscribed);
        }
        for path in paths(&plan) {
            self.paths.acquire(&path);
        }
        let id = self.subscribers.first();
        let number = self.finds.insert(plan, now, id);
        self.subscribers.place_at(id, number);
        id
    }

    /// Forgets a query without subscribers.
    pub(super) fn drop_find(&mut self, number: u32) {
        let Some(find) = self.finds.remove(number) else {
            return;
        };
        let paths = find.paths().into_iter();
        let numbers: Vec<u32> = paths.filter_map(|path| self.paths.number(&path)).collect();
        self.release_paths(&numbers);
    }

    /// The query of the dialect that a subscription asks for, if it is one of this set.
    pub(super) fn find_of(&self, id: SubscriptionId) -> Option<&Find> {
        let find = self.finds.get(self.subscribers.slot_of(id)?)?;
        self.subscribers.has(id, find.subscribers()).then_some(find)
    }

    /// Has each query of the dialect run, for one of its subscriptions.
    pub(super) fn run_finds(
        &self,
        hits: &mut Vec<Hit>,
        mut run: impl FnMut(SubscriptionId, &Find) -> Option<Outcome>,
    ) {
        for find in self.finds.iter() {
            let subscribed = find.subscribers();
            let ids = self.subscribers.of(&subscribed);
            let outcome = ids.first().and_then(|first| run(*first, find));
            if let Some(outcome) = outcome {
                hits.extend(Hit::each(ids, outcome));
            }
        }
    }
}
