//! The subscriptions of one class.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use livematch::{Change, Object, QueryCopy, QuerySet, SubscriptionId};
use rustc_hash::FxHashSet;

use super::beside::Beside;
use super::client::Client;
use super::desk::{Desk, Unrun};
use super::foreseen::{Foreseen, Look};
use super::held::{Cost, Held, Place};
use super::loads::{Loads, NAMED, PUT_OFF};
use super::readers::Readers;
use super::shadow::Shadow;
use super::subscription::Subscription;
use crate::accounting::{Dues, Exhausted, HANDED, Numbered, Purses, Ran, Terms};
use crate::dialects::{Changed, Queries};
use crate::metrics::Metrics;

/// What one query may take while the class is held.
const EACH: u64 = 2_048;

/// From so many steps on it is noted who has caused them.
const NOTED: u64 = 256;

/// The queries of a class, and who subscribed to each.
pub(crate) struct Class {
    /// Holds equal queries once.
    queries: QuerySet,
    /// The same in the other dialect, if what that would answer is to be known.
    shadow: Option<Box<Shadow>>,
    /// Has an entry for each subscription of the set.
    subscriptions: HashMap<SubscriptionId, Entry, Beside>,
    /// No subscription has had more names in its lists of fields.
    longest: usize,
    /// Whether it is no longer the class of its name. Then it has no subscriptions, and gets none.
    is_forgotten: bool,
}

/// A subscription, and what has to be known of it where there are so many that they cannot be looked at.
struct Entry {
    subscription: Arc<Subscription>,
    /// The number of who pays for its client.
    client: usize,
    /// How many names its lists of fields have.
    names: usize,
    /// Equal for subscriptions of a client who may see the same of a change.
    sight: u64,
}

impl Class {
    pub(crate) fn new() -> Self {
        Self {
            queries: QuerySet::new(),
            shadow: None,
            subscriptions: HashMap::default(),
            longest: 0,
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

    /// Adds a subscription, if there is room for what it is charged for, given what has been [foreseen](Self::foresee) of that.
    pub(super) fn add_foreseen(
        &mut self,
        subscription: &Arc<Subscription>,
        queries: Queries,
        dues: Dues,
        foreseen: Foreseen,
    ) -> Result<(), Exhausted> {
        let place = self.file(&subscription.client, queries, dues, foreseen)?;
        // It is new, and has no place yet.
        self.give(subscription, place);
        Ok(())
    }

    /// What a subscription will cost. It takes long for a large query, and changes can be matched meanwhile.
    pub(super) fn foresee(&self, queries: &Queries) -> Foreseen {
        let beside = queries.shadow.as_ref().map_or(0, |query| {
            let look = match &self.shadow {
                Some(shadow) => Look::at(shadow.queries(), query),
                None => Look::at(&QuerySet::new(), query),
            };
            look.steps()
        });
        let look = Look::at(&self.queries, &queries.served);
        Foreseen { look, beside }
    }

    /// Has a subscription ask for another query from now on, if there is room for what it is charged for. Who is not here any more
    /// is not affected.
    pub(super) fn refile_foreseen(
        &mut self,
        subscription: &Arc<Subscription>,
        queries: Queries,
        dues: Dues,
        foreseen: Foreseen,
    ) -> Result<(), Exhausted> {
        let id = subscription.of_place(|place| place.id);
        let entry = id.and_then(|id| self.subscriptions.get(&id));
        if !entry.is_some_and(|entry| Arc::ptr_eq(&entry.subscription, subscription)) {
            return Ok(());
        }
        let place = self.file(&subscription.client, queries, dues, foreseen)?;
        if let Some(old) = self.give(subscription, place) {
            self.take_out(old.id, &old.held);
        }
        Ok(())
    }

    /// Files a query for a client, who pays for it.
    fn file(
        &mut self,
        client: &Client,
        Queries {
            served,
            shadow,
            weights: [bytes, beside_bytes],
        }: Queries,
        dues: Dues,
        Foreseen { look, beside }: Foreseen,
    ) -> Result<Place, Exhausted> {
        let cost = Cost {
            bytes,
            steps: dues.clause + look.steps(),
        };
        let id = self.queries.insert(served);
        let others = self.queries.equal(id).len() - 1;
        // What is one query in the one dialect may be several in the other: each pays for its own.
        let handing = dues.of_handing(look != Look::Seldom, others) + beside + dues.shadow;
        let held = self
            .held(id)
            .map_or_else(|| Held::new(cost, &client.account, &client.steps), Ok);
        let place =
            held.and_then(|held| Place::new(id, held, &client.account, &client.steps, handing));
        let place = match &shadow {
            None => place,
            Some(_) => place.and_then(|place| place.with_shadow(beside_bytes, &client.account)),
        };
        let place = place.inspect_err(|_| {
            self.queries.remove(id);
        })?;
        if let Some(query) = shadow {
            let shadow = self.shadow.get_or_insert_with(|| Box::new(Shadow::new()));
            shadow.insert(id, query);
        }
        Ok(place)
    }

    /// Gives a subscription a place; the one that it had.
    fn give(&mut self, subscription: &Arc<Subscription>, place: Place) -> Option<Place> {
        let (id, held) = (place.id, Arc::clone(&place.held));
        let old = subscription.put(place);
        let entry = Entry {
            subscription: Arc::clone(subscription),
            client: subscription.client.payer(),
            names: subscription.names(),
            sight: subscription.sight,
        };
        self.longest = self.longest.max(entry.names);
        self.subscriptions.insert(id, entry);
        self.divide(&held, id);
        old
    }

    /// What the query of a subscription costs, if others have asked for it before.
    fn held(&self, id: SubscriptionId) -> Option<Arc<Held>> {
        let mut others = self.queries.equal(id).iter();
        others.find_map(|other| {
            self.subscription(*other)?
                .of_place(|place| Arc::clone(&place.held))
        })
    }

    /// Divides what a query costs among those who ask for it now, of whom one is given.
    fn divide(&self, held: &Held, one: SubscriptionId) {
        let all = self.queries.equal(one);
        if !held.divide(all.len()) {
            return;
        }
        for subscription in all.iter().filter_map(|id| self.subscription(*id)) {
            subscription.of_place(Place::settle);
        }
    }

    /// Removes a subscription; whether it was here.
    pub(crate) fn remove(&mut self, subscription: &Subscription) -> bool {
        let place = subscription.of_place(|place| (place.id, Arc::clone(&place.held)));
        place.is_some_and(|(id, held)| self.take_out(id, &held))
    }

    /// Takes the query of a subscription out; whether it was here.
    fn take_out(&mut self, id: SubscriptionId, held: &Held) -> bool {
        let mut others = self.queries.equal(id).iter();
        let other = others.find(|other| **other != id).copied();
        let is_removed = self.queries.remove(id);
        if let Some(shadow) = &mut self.shadow {
            shadow.remove(id);
        }
        self.subscriptions.remove(&id);
        if let Some(other) = other {
            self.divide(held, other);
        }
        is_removed
    }

    /// The subscriptions whose clause may mean something else now that their class holds something else.
    pub(crate) fn affected_by(&self, changed: &Changed) -> Vec<Weak<Subscription>> {
        let all = self.subscriptions.values().map(|entry| &entry.subscription);
        all.filter(|subscription| changed.concerns(&subscription.scope))
            .map(Arc::downgrade)
            .collect()
    }

    /// How many steps are left to be done for large queries that have come or gone.
    pub(super) fn owed(&self) -> usize {
        let shadow = self.shadow.as_ref();
        self.queries.owed() + shadow.map_or(0, |shadow| shadow.queries().owed())
    }

    /// Does some of them, about so many; how many they were.
    pub(super) fn settle(&mut self, steps: usize) -> usize {
        let before = self.owed();
        self.queries.settle(steps);
        let left = steps.saturating_sub(before - self.owed());
        if let Some(shadow) = self.shadow.as_mut().filter(|_| left > 0) {
            shadow.queries_mut().settle(left);
        }
        before - self.owed()
    }

    /// Finds the subscriptions that a change may concern, as far as that takes little; what it would take more for is
    /// [left](Desk::unrun) to be run when nobody waits for the class.
    pub(crate) fn matches(
        &self,
        change: &Change,
        readers: &mut impl Readers,
        desk: &mut Desk,
        metrics: &Metrics,
    ) {
        desk.begin(self.distinct());
        self.queries.classify_metered(
            change.old_object(),
            change.new_object(),
            &mut desk.scratch,
            &mut desk.found,
            &mut desk.budget,
        );
        metrics
            .candidates
            .increment(desk.scratch.candidates() as u64);
        metrics.steps.increment(desk.budget.spent());
        let unrun: Vec<SubscriptionId> = desk.budget.unrun().to_vec();
        self.compare(change, &unrun, desk, metrics);
        self.turn_away(change, &unrun, readers, desk);
        let hits = desk.found.iter().filter_map(|hit| {
            let entry = self.subscriptions.get(&hit.id)?;
            let is_handed = !desk.overloaded.contains(&entry.client);
            is_handed.then(|| (Arc::clone(&entry.subscription), hit.outcome))
        });
        desk.hits.extend(hits);
        if !unrun.is_empty() {
            self.run_by_shares(&unrun, change, readers, desk, metrics);
        }
    }

    /// Finds out what the other dialect would have told of a change, of which some queries are still to be run.
    fn compare(
        &self,
        change: &Change,
        unrun: &[SubscriptionId],
        desk: &mut Desk,
        metrics: &Metrics,
    ) {
        let Some(shadow) = &self.shadow else {
            return;
        };
        let undecided = unrun.iter().flat_map(|id| self.queries.equal(*id));
        desk.comparing.begin(desk.steps.change());
        let compared = shadow.compare(
            change,
            &desk.found,
            undecided.copied(),
            &mut desk.scratch,
            &mut desk.comparing,
        );
        metrics.shadow_agreed.increment(compared.agreed);
        metrics.shadow_uncompared.increment(compared.uncompared);
        for (told, ids) in compared.differences {
            told.count(ids.len());
            // One of those to whom it happens is told of.
            let one = ids.first().and_then(|id| self.subscription(*id));
            desk.differences
                .extend(one.map(|one| (Arc::clone(one), told)));
        }
    }

    /// Finds out of whose subscriptions a change concerns more than can be worked off. Nothing is done for any of them.
    fn turn_away(
        &self,
        change: &Change,
        unrun: &[SubscriptionId],
        readers: &mut impl Readers,
        desk: &mut Desk,
    ) {
        let put_off = || unrun.iter().flat_map(|id| self.queries.equal(*id));
        let fields = |object: &Object| object.keys().len();
        let sides = [change.old_object(), change.new_object()]
            .into_iter()
            .flatten();
        let fields = sides.map(fields).max().unwrap_or(0);
        let handed = |names: usize| HANDED + NAMED * names.min(fields) as u64;
        let (hits, put_off_too) = (desk.found.len() as u64, put_off().count() as u64);
        let limit = desk.steps.change();
        if (hits + put_off_too) * handed(self.longest) + put_off_too * PUT_OFF <= limit {
            return;
        }
        let hits = || desk.found.iter().map(|hit| &hit.id);
        let mut loads = Loads::default();
        let entry = |id| self.subscriptions.get(id);
        for entry in hits().filter_map(entry) {
            loads.add(entry.client, handed(entry.names));
        }
        for entry in put_off().filter_map(entry) {
            loads.add(entry.client, handed(entry.names) + PUT_OFF);
        }
        desk.overloaded = loads.beyond(limit);
        if desk.overloaded.is_empty() {
            return;
        }
        let concerned = hits().chain(put_off()).filter_map(entry);
        let mut seen = FxHashSet::default();
        let missing: Vec<_> = concerned
            .filter(|entry| desk.overloaded.contains(&entry.client) && seen.insert(entry.sight))
            .collect();
        for entry in missing {
            desk.miss(&entry.subscription, readers);
        }
    }

    /// Runs what takes more than a few steps, as far as those can pay for it who ask for it.
    fn run_by_shares(
        &self,
        unrun: &[SubscriptionId],
        change: &Change,
        readers: &mut impl Readers,
        desk: &mut Desk,
        metrics: &Metrics,
    ) {
        let (mut purses, mut clients) = (Purses::new(), Vec::new());
        for id in unrun {
            clients.clear();
            let mut concerns = |one: &Arc<Subscription>| desk.concerns(one, readers);
            self.some_of(self.queries.equal(*id), &mut concerns, &mut clients);
            if !clients.is_empty() {
                purses.add(*id, clients.iter().copied(), PUT_OFF, 0);
            }
        }
        let (old, new) = (change.old_object(), change.new_object());
        let Some(runner) = self.queries.runner(old, new, &mut desk.scratch) else {
            return;
        };
        let (budget, hits, overloaded) = (&mut desk.purse, &mut desk.hits, &desk.overloaded);
        let terms = Terms {
            steps: desk.steps.change(),
            each: EACH,
            noted: NOTED,
        };
        let undone = purses.run(&terms, |id, most| {
            budget.renew(most.saturating_sub(PUT_OFF));
            let outcome = runner.outcome_metered(*id, budget);
            metrics.steps.increment(budget.spent());
            if let Some(outcome) = outcome.filter(|outcome| outcome.event().is_some()) {
                let all = self.queries.equal(*id).iter();
                let all = all.filter_map(|id| self.subscriptions.get(id));
                let all = all.filter(|entry| !overloaded.contains(&entry.client));
                hits.extend(all.map(|entry| (Arc::clone(&entry.subscription), outcome)));
            }
            Ran {
                spent: PUT_OFF + budget.spent(),
                is_done: outcome.is_some(),
            }
        });
        drop(runner);
        for (id, least) in undone {
            let unrun = self.unrun(id, least, readers, desk);
            desk.unrun.extend(unrun);
        }
        desk.charge(purses.spent());
    }

    /// A query to be run by itself, unless all who ask for it are about to go.
    fn unrun(
        &self,
        id: SubscriptionId,
        least: u64,
        readers: &mut impl Readers,
        desk: &mut Desk,
    ) -> Option<Unrun> {
        let all = self.queries.equal(id).iter();
        let subscriptions: Vec<_> = all
            .filter_map(|id| self.subscription(*id))
            .filter(|subscription| desk.concerns(subscription, readers))
            .cloned()
            .collect();
        let held = subscriptions.first()?;
        let held = held.of_place(|place| Arc::clone(&place.held))?;
        Some(Unrun {
            least,
            estimate: held.steps() as u64,
            bytes: held.bytes(),
            subscriptions,
        })
    }

    /// The query that a subscription asks for now, to be run while others have the class.
    pub(crate) fn copy_for(&self, subscription: &Subscription) -> Option<QueryCopy> {
        let id = subscription.of_place(|place| place.id)?;
        self.queries.copy_of(id)
    }

    fn subscription(&self, id: SubscriptionId) -> Option<&Arc<Subscription>> {
        Some(&self.subscriptions.get(&id)?.subscription)
    }

    /// Those who ask for a query with these subscriptions and whom it concerns; if there are many some of them, each as likely
    /// as the others.
    fn some_of<'s>(
        &'s self,
        ids: &'s [SubscriptionId],
        concerns: &mut impl FnMut(&Arc<Subscription>) -> bool,
        some: &mut Vec<&'s Arc<Client>>,
    ) {
        /// So many can always pay for what one query may take here, and it does not matter to one of them.
        const FEW: usize = 64;
        let step = ids.len().div_ceil(FEW).max(1);
        let first = if step == 1 {
            0
        } else {
            fastrand::usize(..step)
        };
        let mut concerned = |id: &SubscriptionId| {
            let subscription = self.subscription(*id)?;
            concerns(subscription).then_some(&subscription.client)
        };
        let ones = ids.iter().skip(first).step_by(step);
        some.extend(ones.filter_map(&mut concerned));
        if some.is_empty() {
            some.extend(ids.iter().filter_map(concerned).take(FEW));
        }
    }
}

#[cfg(test)]
impl Class {
    /// Foresees and adds.
    pub(crate) fn add(
        &mut self,
        subscription: &Arc<Subscription>,
        queries: impl Into<Queries>,
        dues: Dues,
    ) -> Result<(), Exhausted> {
        let queries = queries.into();
        let foreseen = self.foresee(&queries);
        self.add_foreseen(subscription, queries, dues, foreseen)
    }

    /// Foresees and files again.
    pub(crate) fn refile(
        &mut self,
        subscription: &Arc<Subscription>,
        queries: impl Into<Queries>,
        dues: Dues,
    ) -> Result<(), Exhausted> {
        let queries = queries.into();
        let foreseen = self.foresee(&queries);
        self.refile_foreseen(subscription, queries, dues, foreseen)
    }
}

#[cfg(test)]
mod tests {
    use livematch::{Dialect, FindOptions, Query};

    use super::super::testing;
    use super::*;
    use crate::accounting::{StepLimits, Steps};

    #[test]
    fn who_asks_for_what_every_change_looks_at_pays_for_it() {
        // For looking, and for what is handed over.
        type Clause<'a> = (usize, usize, &'a dyn Fn(usize) -> String);
        let clauses: [Clause<'_>; 6] = [
            (0, 3_445, &|n| format!(r#"{{"f{n}": {{"$gt": 5}}}}"#)),
            (0, 3_445, &|n| format!(r#"{{"f{n}": {{"$ne": 5}}}}"#)),
            (64, 3_445, &|n| {
                format!(r#"{{"k": 1, "f{n}": {{"$gt": 5}}}}"#)
            }),
            (0, 0, &|n| format!(r#"{{"f": "v{n}"}}"#)),
            (0, 0, &|n| {
                format!(r#"{{"open": true, "zone": {{"$in": ["a{n}", "b{n}", "c{n}"]}}}}"#)
            }),
            (0, 145, &|_| "{}".into()),
        ];
        let steps = Steps::new(StepLimits::none());
        for (free, charge, clause) in clauses {
            let (mut class, client) = (Class::new(), testing::client(0));
            let charged = (0..1_000).map(|n| {
                let query: Query = clause(n).parse().expect("a clause");
                let dues = steps.of(&query).expect("it is not too much");
                let subscription = testing::subscription(&client, &query);
                class
                    .add(&subscription, query, dues)
                    .expect("there is room");
                subscription.steps()
            });
            let charged: Vec<_> = charged.collect();
            assert!(charged[..free].iter().all(|steps| *steps == 0));
            let right = charged.iter().filter(|steps| **steps == charge).count();
            // A key that all have is found out when there are some.
            assert!(
                right >= if free > 0 { 500 } else { 900 },
                "{}: {right}",
                clause(0)
            );
        }
    }

    #[test]
    fn what_find_has_every_change_look_at_is_charged_for_too() {
        type Clause<'a> = (usize, &'a dyn Fn(usize) -> String);
        let clauses: [Clause<'_>; 9] = [
            (3_445, &|n| format!(r#"{{"f{n}": {{"$ne": 5}}}}"#)),
            (3_445, &|n| format!(r#"{{"f{n}": {{"$nin": [5, 6]}}}}"#)),
            (3_445, &|n| format!(r#"{{"f{n}": {{"$exists": true}}}}"#)),
            (3_445, &|n| format!(r#"{{"f{n}": {{"$gt": 5}}}}"#)),
            (145, &|_| "{}".into()),
            (0, &|n| format!(r#"{{"f": "v{n}"}}"#)),
            (0, &|n| {
                format!(r#"{{"f": "v{n}", "open": {{"$ne": false}}}}"#)
            }),
            (0, &|n| format!(r#"{{"f": {{"$in": ["v{n}", "all"]}}}}"#)),
            (0, &|n| {
                format!(r#"{{"f": {{"$regex": "^\\Qvalue{n}\\E"}}}}"#)
            }),
        ];
        let queries = Query::builder().dialect(Dialect::Find(FindOptions::new()));
        let steps = Steps::new(StepLimits::none());
        for (charge, clause) in clauses {
            let (mut class, client) = (Class::new(), testing::client(0));
            let charged = (0..500).map(|n| {
                let query = queries.compile_str(&clause(n)).expect("a clause");
                let dues = steps.of(&query).expect("it is not too much");
                let subscription = testing::subscription(&client, &query);
                let added = class.add(&subscription, query, dues);
                added.expect("there is room");
                subscription.steps()
            });
            let right = charged.filter(|steps| *steps == charge).count();
            // What keys most changes have is a guess until there are some queries.
            assert!(right >= 400, "{}: {right}", clause(0));
        }
    }

    fn hits(class: &Class, object: &str) -> Vec<SubscriptionId> {
        let object: Object = object.parse().expect("an object");
        let hits = class.queries.classify(None, Some(&object));
        hits.into_iter().map(|hit| hit.id).collect()
    }

    #[test]
    fn who_is_filed_again_is_found_by_the_other_query_and_pays_for_it() {
        let query = |clause: &str| clause.parse::<Query>().expect("a clause");
        let client = testing::client(0);
        let list: Vec<usize> = (0..1_000).collect();
        let long = format!(r#"{{"n": {{"$in": {list:?}}}}}"#);
        for (first, second) in [(r#"{"n": 7}"#, &*long), (&long, r#"{"n": 7}"#)] {
            let mut class = Class::new();
            let (goes, stays) = (query(first), query(second));
            let subscriptions = [&goes, &goes, &stays].map(|query| {
                let subscription = testing::subscription(&client, query);
                let added = class.add(&subscription, query.clone(), Dues::default());
                added.expect("there is room");
                subscription
            });
            let [one, other, third] = &subscriptions;
            let refiled = class.refile(one, stays.clone(), Dues::default());
            refiled.expect("there is room");
            let id = |subscription: &Subscription| subscription.of_place(|place| place.id);
            assert_eq!(class.distinct(), 2);
            assert_eq!(class.queries.equal(id(one).expect("a place")).len(), 2);
            assert_eq!(one.query_bytes(), third.query_bytes());
            assert_ne!(one.query_bytes(), other.query_bytes());
            assert_eq!(hits(&class, r#"{"n": 7}"#).len(), 3);
            assert!(subscriptions.iter().all(|one| class.remove(one)));
            assert!(class.is_empty() && class.distinct() == 0);
            // It has gone meanwhile.
            let refiled = class.refile(one, stays, Dues::default());
            assert!(refiled.is_ok() && class.is_empty());
        }
        assert_eq!(client.account.held(), testing::client(0).account.held());
    }
}
