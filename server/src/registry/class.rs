//! The subscriptions of one class.

use std::collections::HashMap;
use std::sync::Arc;

use livematch::{Change, Query, QueryCopy, QueryId, QuerySet};

use super::client::Client;
use super::desk::{Desk, Unrun};
use super::held::{Cost, Held, Place};
use super::subscription::Subscription;
use crate::accounting::{Exhausted, Purses, Ran, Terms};
use crate::metrics::Metrics;

/// What one query may take while the class is held.
const EACH: u64 = 2_048;

/// From so many steps on it is noted who has caused them.
const NOTED: u64 = 256;

/// The queries of a class, and who subscribed to each.
pub(crate) struct Class {
    /// Holds equal queries once.
    queries: QuerySet,
    /// Has an entry for each subscription of the set.
    subscriptions: HashMap<QueryId, Arc<Subscription>>,
    /// Whether it is no longer the class of its name. Then it has no subscriptions, and gets none.
    is_forgotten: bool,
}

impl Class {
    pub(crate) fn new() -> Self {
        Self {
            queries: QuerySet::new(),
            subscriptions: HashMap::new(),
            is_forgotten: false,
        }
    }

    pub(super) fn is_forgotten(&self) -> bool {
        self.is_forgotten
    }

    pub(super) fn forget(&mut self) {
        self.is_forgotten = true;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.subscriptions.is_empty()
    }

    /// How many different queries there are.
    pub(super) fn distinct(&self) -> usize {
        self.queries.distinct()
    }

    /// Adds a subscription, if there is room for its query, which may take so many steps beyond what is ordinary.
    pub(crate) fn add(
        &mut self,
        subscription: &Arc<Subscription>,
        query: Query,
        steps: usize,
    ) -> Result<(), Exhausted> {
        let client = &subscription.client;
        let cost = Cost {
            bytes: weight(&query),
            steps,
        };
        let id = self.queries.insert(query);
        let held = self
            .held(id)
            .map_or_else(|| Held::new(cost, &client.account, &client.steps), Ok);
        let place = held.and_then(|held| Place::new(id, held, &client.account, &client.steps));
        let place = place.inspect_err(|_| {
            self.queries.remove(id);
        })?;
        let held = Arc::clone(&place.held);
        // It is new, and has no place yet.
        subscription.place.get_or_init(|| place);
        self.subscriptions.insert(id, Arc::clone(subscription));
        self.divide(&held, id);
        Ok(())
    }

    /// What the query of a subscription costs, if others have asked for it before.
    fn held(&self, id: QueryId) -> Option<Arc<Held>> {
        let mut others = self.queries.equal(id).iter();
        let place = others.find_map(|other| self.subscriptions.get(other)?.place.get())?;
        Some(Arc::clone(&place.held))
    }

    /// Divides what a query costs among those who ask for it now, of whom one is given.
    fn divide(&self, held: &Held, one: QueryId) {
        let all = self.queries.equal(one);
        if !held.divide(all.len()) {
            return;
        }
        let subscriptions = all.iter().filter_map(|id| self.subscriptions.get(id));
        let places = subscriptions.filter_map(|subscription| subscription.place.get());
        places.for_each(Place::settle);
    }

    /// Removes a subscription; whether it was here.
    pub(super) fn remove(&mut self, subscription: &Subscription) -> bool {
        let Some(place) = subscription.place.get() else {
            return false;
        };
        let mut others = self.queries.equal(place.id).iter();
        let other = others.find(|other| **other != place.id).copied();
        let is_removed = self.queries.remove(place.id);
        self.subscriptions.remove(&place.id);
        if let Some(other) = other {
            self.divide(&place.held, other);
        }
        is_removed
    }

    /// Finds the subscriptions that a change may concern, as far as that takes little; what it would take more for is
    /// [left](Desk::unrun) to be run when nobody waits for the class.
    pub(crate) fn matches(&self, change: &Change, desk: &mut Desk, metrics: &Metrics) {
        desk.begin(self.distinct());
        self.queries.classify_metered(
            change.old(),
            change.new_object(),
            &mut desk.scratch,
            &mut desk.found,
            &mut desk.budget,
        );
        let hits = desk.found.iter().filter_map(|hit| {
            let subscription = self.subscriptions.get(&hit.id)?;
            Some((Arc::clone(subscription), hit.outcome))
        });
        desk.hits.extend(hits);
        metrics
            .candidates
            .increment(desk.scratch.candidates() as u64);
        metrics.steps.increment(desk.budget.spent());
        if !desk.budget.unrun().is_empty() {
            self.run_by_shares(change, desk, metrics);
        }
    }

    /// Runs what takes more than a few steps, as far as those can pay for it who ask for it.
    fn run_by_shares(&self, change: &Change, desk: &mut Desk, metrics: &Metrics) {
        let (mut purses, mut clients) = (Purses::new(), Vec::new());
        for id in desk.budget.unrun() {
            clients.clear();
            self.some_of(self.queries.equal(*id), &mut clients);
            if !clients.is_empty() {
                purses.add(*id, clients.iter().copied(), 0, 0);
            }
        }
        let (old, new) = (change.old(), change.new_object());
        let Some(runner) = self.queries.runner(old, new, &mut desk.scratch) else {
            return;
        };
        let (budget, hits) = (&mut desk.purse, &mut desk.hits);
        let terms = Terms {
            steps: desk.steps,
            each: EACH,
            noted: NOTED,
        };
        let undone = purses.run(&terms, |id, most| {
            budget.renew(most);
            let outcome = runner.outcome_metered(*id, budget);
            metrics.steps.increment(budget.spent());
            if let Some(outcome) = outcome.filter(|outcome| outcome.event().is_some()) {
                let all = self.all_of(self.queries.equal(*id));
                hits.extend(all.map(|subscription| (Arc::clone(subscription), outcome)));
            }
            Ran {
                spent: budget.spent(),
                is_done: outcome.is_some(),
            }
        });
        let undone = undone.into_iter();
        desk.unrun
            .extend(undone.filter_map(|(id, least)| self.unrun(id, least)));
        desk.costs.extend(purses.spent());
    }

    /// A query to be run by itself, unless all who ask for it are about to go.
    fn unrun(&self, id: QueryId, least: u64) -> Option<Unrun> {
        let subscriptions: Vec<_> = self
            .all_of(self.queries.equal(id))
            .filter(|subscription| subscription.is_due())
            .cloned()
            .collect();
        let place = subscriptions.first()?.place.get()?;
        Some(Unrun {
            id,
            least,
            estimate: place.held.steps() as u64,
            bytes: place.held.bytes(),
            subscriptions,
        })
    }

    /// The query that a subscription asks for, to be run while others have the class.
    pub(crate) fn copy_of(&self, id: QueryId) -> Option<QueryCopy> {
        self.queries.copy_of(id)
    }

    fn all_of<'s>(&'s self, ids: &'s [QueryId]) -> impl Iterator<Item = &'s Arc<Subscription>> {
        ids.iter().filter_map(|id| self.subscriptions.get(id))
    }

    /// Those who ask for a query with these subscriptions and stay; if there are many some of them, each as likely as the others.
    fn some_of<'s>(&'s self, ids: &'s [QueryId], some: &mut Vec<&'s Arc<Client>>) {
        /// So many can always pay for what one query may take here, and it does not matter to one of them.
        const FEW: usize = 64;
        let step = ids.len().div_ceil(FEW).max(1);
        let first = if step == 1 {
            0
        } else {
            fastrand::usize(..step)
        };
        let is_due = |id: &QueryId| {
            let subscription = self.subscriptions.get(id)?;
            subscription.is_due().then_some(&subscription.client)
        };
        some.extend(ids.iter().skip(first).step_by(step).filter_map(is_due));
        if some.is_empty() {
            some.extend(ids.iter().filter_map(is_due).take(FEW));
        }
    }
}

/// How many bytes a query takes, compiled and filed: in the set it leaves its text, and has keys instead.
///
/// A key takes about as much as the member of a list that it is of, and a third more while tables grow; under which keys a
/// query is filed depends on others and may change. A field that no other query asks for is noted as well.
fn weight(query: &Query) -> usize {
    const FILED: usize = 256;
    const ORDINARY: usize = 512;
    const FIELD: usize = 128;
    let bytes = query.memory_usage();
    if bytes <= ORDINARY {
        return bytes + FILED;
    }
    bytes + FILED + (bytes - ORDINARY) / 3 * 4 + query.paths().len() * FIELD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filed_is_charged_for() {
        let list = |n: usize, length: usize, quote: &str| -> String {
            let members = (0..length).map(|i| format!("{quote}{}{quote}", n * length + i));
            members.collect::<Vec<_>>().join(",")
        };
        let or = |constraint: &dyn Fn(usize) -> String| -> String {
            let all: Vec<_> = (0..500).map(|i| format!("{{{}}}", constraint(i))).collect();
            format!(r#"{{"$or": [{}]}}"#, all.join(","))
        };
        let shapes: [(usize, &dyn Fn(usize) -> String); 8] = [
            (2_000, &|n| format!(r#"{{"a": {n}}}"#)),
            (2_000, &|n| {
                format!(r#"{{"a": {n}, "b": "x{n}", "c": {{"$gt": {n}}}}}"#)
            }),
            (500, &|n| {
                format!(r#"{{"a": {{"$in": [{}]}}}}"#, list(n, 30, "\""))
            }),
            (50, &|n| {
                format!(r#"{{"a": {{"$in": [{}]}}}}"#, list(n, 3_000, "\""))
            }),
            (50, &|n| {
                format!(r#"{{"a": {{"$in": [{}]}}}}"#, list(n, 3_000, ""))
            }),
            (500, &|n| {
                format!(r#"{{"a{n}": {{"$in": [{}]}}}}"#, list(0, 100, ""))
            }),
            (20, &|n| or(&|i| format!(r#""a{}": 1"#, n * 500 + i))),
            (20, &|n| {
                or(&|i| format!(r#""a": {{"$gt": {i}e{}, "$lt": {i}e{}}}"#, 100 + n, 200 + n))
            }),
        ];
        for (count, clause) in shapes {
            let mut set = QuerySet::new();
            let mut charged = 0;
            for n in 0..count {
                let query: Query = clause(n).parse().expect("a clause");
                charged += weight(&query);
                set.insert(query);
            }
            let takes = set.memory_usage();
            let shown = &clause(0)[..20.min(clause(0).len())];
            assert!(takes <= charged, "{shown}: {takes} of {charged}");
        }
    }
}
