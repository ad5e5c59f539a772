//! What a set does for queries of the `find` dialect.

use std::collections::BTreeMap;

use super::finds::{self, Find};
use super::index::cover::Chooser;
use super::index::covered;
use super::index::crowds::Crowds;
use super::index::find::Question;
use super::subscribers::{Subscribed, SubscriptionId};
use super::{Filing, QuerySet, filing};
use crate::find::Plan;
use crate::set::store::slab::NONE;

impl QuerySet {
    /// Adds a subscription to a query of the dialect.
    pub(super) fn insert_find(&mut self, mut plan: Plan, now: Option<f64>) -> SubscriptionId {
        let text = finds::text(&plan, now);
        let hash = self.hasher.text(&text);
        let is_same = |number| {
            let find = self.slots.find(number);
            find.is_some_and(|find| find.text() == text)
        };
        let equal = self.equals.find(hash, is_same);
        if let Some(id) = equal.and_then(|number| self.subscribe(number)) {
            return id;
        }
        plan.each_leaf_mut(&mut |asked| self.paths.acquire_way(asked));
        let id = self.subscribers.first();
        let find = Find::new(plan, now, Subscribed::One(id));
        let number = self.slots.insert_find(find);
        self.subscribers.place_at(id, number);
        self.equals.insert(hash, number);
        if self.slots.find(number).is_some_and(Find::is_long) {
            self.equals.keep(hash, number);
        }
        self.file(number);
        id
    }

    /// How a query of the dialect would be filed.
    pub(super) fn filing_of_find(&self, plan: &Plan, now: Option<f64>) -> Filing {
        if plan.matches_everything() {
            return filing::always(plan.bound());
        }
        let mut strangers = BTreeMap::new();
        let mut numbered = plan.clone();
        numbered.each_leaf_mut(&mut |asked| {
            let text = asked.way().text();
            let known = self.paths.way(&text);
            asked.number = known.unwrap_or_else(|| {
                // There are fewer leaves than numbers.
                let next = NONE - 1 - u32::try_from(strangers.len()).unwrap_or_default();
                *strangers.entry(text).or_insert(next)
            });
        });
        let question = Question {
            plan: &numbered,
            now,
        };
        let crowds = Crowds::new(&self.index.table, &self.index.groups, None);
        let chooser = Chooser::new(&self.hasher, &self.paths, crowds, std::iter::empty());
        let covered = covered(question, &chooser, &|_, _| true);
        filing::of_cover(covered.cover.as_deref(), plan.bound())
    }
}
