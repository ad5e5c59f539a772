//! How queries come and go.

use smallvec::SmallVec;

use super::QuerySet;
use super::candidate::Candidate;
use super::debts::Gone;
use super::filing::{self, Filing};
use super::index::cover::Chooser;
use super::index::crowds::Crowds;
use super::index::{FilingContext, Index};
use super::slot::{Draft, paths_of};
use super::store::slab;
use super::subscribers::{Subscribed, SubscriptionId};
use crate::plan::code::Step;
use crate::plan::{self, Plan};
use crate::query::{self, Query};

/// Bytes that are asked for at each insertion, for a text that seldom needs so many: glibc first joins the small pieces
/// that compiling has freed then. Left apart, they were a ninth of the memory of a large set.
const JOINING: usize = 2_048;

impl QuerySet {
    /// Adds a subscription.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` in the size of the query, whatever the size of the set. A query that is to be filed under more than a thousand
    /// keys is filed by [`settle`](Self::settle); what is done here takes some tens of nanoseconds for each member of its lists.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::QuerySet;
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let mut set = QuerySet::new();
    /// let id = set.insert(r#"{"status": "open"}"#.parse()?);
    /// assert_eq!(set.classify(None, Some(&json!({"status": "open"})))[0].id, id);
    /// // Every subscription has an id of its own.
    /// assert_ne!(set.insert(r#"{"status": "open"}"#.parse()?), id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn insert(&mut self, query: Query) -> SubscriptionId {
        let moment = query.moment();
        let plan = match query.into_plan() {
            query::Plan::Live(plan) => plan,
            query::Plan::Find(plan) => return self.insert_find(plan, moment),
        };
        let draft = draft(plan, |path| self.paths.acquire(path));
        let entry = draft.run.entry();
        let identity = self.identity(&draft.code, entry, JOINING);
        let equal = self.find_equal(&identity, &draft.code, entry);
        if let Some(id) = equal.and_then(|number| self.subscribe(number)) {
            self.release_paths(&paths_of(&draft.code));
            return id;
        }
        let id = self.subscribers.first();
        let number = self.slots.insert(draft, Subscribed::One(id));
        self.subscribers.place_at(id, number);
        self.equals.insert(identity.hash, number);
        if identity.has_digests {
            self.equals.keep(identity.hash, number);
        }
        self.file(number);
        id
    }

    /// Removes a subscription; whether there was one. The id of another set is none.
    ///
    /// # Complexity
    ///
    /// As [`insert`](Self::insert), and `O(log n)` in the size of the set. A query that is filed under more than a thousand keys
    /// is taken out from under them by [`settle`](Self::settle), and its fields are among [`fields`](Self::fields) until then.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::QuerySet;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let mut set = QuerySet::new();
    /// let id = set.insert(r#"{"status": "open"}"#.parse()?);
    /// assert!(set.remove(id));
    /// assert!(!set.remove(id) && set.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn remove(&mut self, id: SubscriptionId) -> bool {
        let Some(number) = self.subscribers.slot_of(id) else {
            return false;
        };
        let Some(subscribed) = self.slots.subscribed_mut(number) else {
            return false;
        };
        if !self.subscribers.has(id, *subscribed) {
            return false;
        }
        if self.subscribers.remove(id, subscribed) {
            self.drop_query(number);
        }
        true
    }

    /// How a query would be filed now, and what it is expected to cost: for a host that refuses what is costly.
    ///
    /// # Complexity
    ///
    /// As [`insert`](Self::insert).
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{FilingKind, QuerySet};
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let set = QuerySet::new();
    /// let filing = |clause: &str| clause.parse().map(|query| set.filing(&query));
    /// assert_eq!(filing(r#"{"room": "r1", "n": {"$ne": 5}}"#)?.kind(), FilingKind::Keys);
    /// assert_eq!(filing(r#"{"n": {"$ne": 5}}"#)?.kind(), FilingKind::Scan);
    /// assert_eq!(filing("{}")?.kind(), FilingKind::Always);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn filing(&self, query: &Query) -> Filing {
        let mut strangers = (0..slab::NONE).rev();
        let mut numbers = Vec::new();
        let plan = match query.plan() {
            query::Plan::Live(plan) => plan,
            query::Plan::Find(plan) => return self.filing_of_find(plan, query.moment()),
        };
        let draft = draft(plan.clone(), |path| {
            let number = match self.paths.number(path) {
                Some(number) => number,
                None if path.is_plain() => strangers.next().unwrap_or(slab::NONE),
                None => slab::NONE,
            };
            numbers.push(number);
            number
        });
        let named = numbers.into_iter().zip(&plan.paths);
        let crowds = Crowds::new(&self.index.table, &self.index.groups, None);
        let chooser = Chooser::new(&self.hasher, &self.paths, crowds, named);
        filing::of(&draft, plan.bound_in_place(), &chooser)
    }

    pub(super) fn release_paths(&mut self, paths: &[u32]) {
        for path in paths {
            self.paths.release(*path);
        }
    }

    /// Adds a subscription to a query that is there.
    pub(super) fn subscribe(&mut self, number: u32) -> Option<SubscriptionId> {
        let subscribed = self.slots.subscribed_mut(number)?;
        Some(self.subscribers.add(number, subscribed))
    }

    pub(super) fn file(&mut self, number: u32) {
        let is_always = self.candidate(number).is_some_and(Candidate::is_always);
        if is_always {
            self.always.insert(number);
            return;
        }
        let (index, mut context) = self.index_and_context();
        if let Some(pending) = index.file(number, &mut context) {
            self.owe_filing(pending);
        }
    }

    pub(super) fn index_and_context(&mut self) -> (&mut Index, FilingContext<'_>) {
        let context = FilingContext {
            hasher: &self.hasher,
            paths: &mut self.paths,
            slots: &mut self.slots,
            at_once: self.at_once,
        };
        (&mut self.index, context)
    }

    /// Forgets a query without subscribers.
    pub(super) fn drop_query(&mut self, number: u32) {
        let (paths, hash) = match self.candidate(number) {
            None => return,
            Some(Candidate::Find(find)) => {
                let kept = self.equals.kept(number);
                let hash = kept.unwrap_or_else(|| self.hasher.text(&find.text()));
                (find.paths(), hash)
            }
            Some(Candidate::Live(slot)) => {
                let kept = self.equals.kept(number);
                let hash = kept.unwrap_or_else(|| self.identity_of(slot).hash);
                (paths_of(slot.code), hash)
            }
        };
        self.equals.remove(hash, number);
        self.always.remove(&number);
        self.slots.vacate(number);
        self.owe_removal(Gone { number, paths });
    }
}

/// The query as a set runs it, its paths by numbers.
fn draft(plan: Plan, number: impl FnMut(&plan::Path) -> u32) -> Draft {
    let numbers: SmallVec<[u32; 8]> = plan.paths.iter().map(number).collect();
    let step = |step: Step| Step {
        path: numbers
            .get(step.path as usize)
            .copied()
            .unwrap_or(slab::NONE),
        ..step
    };
    Draft {
        code: plan.code.into_iter().map(step).collect(),
        switches: plan.switches,
        run: plan.run,
    }
}
