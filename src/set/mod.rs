//! Many queries against one change.
#![doc = include_str!("design.md")]

mod budget;
mod check;
mod copy;
mod debts;
mod dialect;
mod equals;
mod filed;
mod filing;
mod finds;
mod get;
mod identity;
mod index;
mod keys;
mod matching;
mod metered;
mod runner;
mod settle;
mod slot;
mod slots;
mod store;
mod subscribers;
mod verify;

pub use self::budget::{Budget, Cost};
pub use self::copy::QueryCopy;
pub use self::filing::{Filing, FilingKind};
pub use self::matching::scratch::Scratch;
pub use self::runner::Runner;
pub use self::subscribers::SubscriptionId;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use smallvec::SmallVec;

use self::debts::{Debts, Gone};
use self::equals::Equals;
use self::finds::Find;
use self::index::cover::Chooser;
use self::index::crowds::Crowds;
use self::index::paths::Paths;
use self::index::{FilingContext, Index};
use self::keys::feature::KeyHasher;
use self::matching::emit::Emitter;
use self::matching::search::{self, Numbers};
use self::matching::subject::{Reader, Sides, Subject};
use self::slot::{Draft, Slot, paths_of};
use self::slots::Slots;
use self::store::slab;
use self::subscribers::{Subscribed, Subscribers};
use self::verify::find_outcome;
use crate::document::Document;
use crate::event::{Event, Outcome};
use crate::field_set::FieldSet;
use crate::plan::code::{Run, Step};
use crate::plan::{self, Plan};
use crate::query::{self, Query};
use crate::steps::Free;
use crate::value::Answer;

/// Many queries, matched against one change at a time.
///
/// Its answer is that of every query by itself, its cost that of the queries that match: they are found by hashed
/// access keys and not one by one. An equal query is held once, however often it is inserted.
///
/// A set holds the queries of one class. It is `Send` and `Sync`: any number of threads may match at the same time,
/// each with a [`Scratch`] of its own, while a host's lock keeps insertions and removals apart from them.
///
/// # Examples
///
/// ```
/// use livematch::{Event, QuerySet};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let mut set = QuerySet::new();
/// let cheap = set.insert(r#"{"price": {"$lt": 10}}"#.parse()?);
/// let open = set.insert(r#"{"status": "open"}"#.parse()?);
///
/// let old = json!({"status": "open", "price": 12});
/// let new = json!({"status": "open", "price": 8});
/// let mut hits = set.classify(Some(&old), Some(&new));
/// hits.sort_by_key(|hit| hit.id);
/// assert_eq!((hits[0].id, hits[0].event), (cheap, Event::Enter));
/// assert_eq!((hits[1].id, hits[1].event), (open, Event::Update));
///
/// set.remove(open);
/// assert_eq!(set.classify(Some(&old), Some(&new)).len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct QuerySet {
    hasher: KeyHasher,
    paths: Paths,
    slots: Slots,
    subscribers: Subscribers,
    equals: Equals,
    index: Index,
    /// Queries that ask for nothing and match everything.
    always: BTreeSet<u32>,
    debts: Debts,
    /// A query that is filed in more places is filed, and taken out of them, in pieces.
    at_once: usize,
}

/// In how many places a query is filed at once: what takes longer than some tenths of a millisecond is put off.
const AT_ONCE: usize = 1_024;

/// Bytes that are asked for at each insertion, for a text that seldom needs so many: glibc first joins the small pieces
/// that compiling has freed then. Left apart, they were a ninth of the memory of a large set.
const JOINING: usize = 2_048;

/// A subscription that a change fires an event for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hit {
    /// As given by [`QuerySet::insert`].
    pub id: SubscriptionId,
    /// The verdicts of both sides, for a host that weighs who may read which; see [`Outcome::readable`].
    pub outcome: Outcome,
    /// The event of the outcome.
    pub event: Event,
}

impl Hit {
    /// One for each subscription to a query, if its outcome has an event.
    #[inline]
    fn each(ids: &[SubscriptionId], outcome: Outcome) -> impl Iterator<Item = Self> {
        let event = outcome.event();
        ids.iter().filter_map(move |id| {
            Some(Self {
                id: *id,
                outcome,
                event: event?,
            })
        })
    }
}

impl Default for QuerySet {
    fn default() -> Self {
        Self::new()
    }
}

impl QuerySet {
    /// An empty set whose hashes have a random seed.
    ///
    /// Those who choose queries and values cannot foresee which of them share a key.
    #[must_use]
    pub fn new() -> Self {
        Self::with_seed(RandomState::new().hash_one(0))
    }

    /// An empty set whose hashes have this seed: for runs that can be repeated.
    ///
    /// Sets of equal seed that are filled alike give out [equal ids](SubscriptionId), and accept those of each other.
    #[must_use]
    pub fn with_seed(seed: u64) -> Self {
        let hasher = KeyHasher::new(seed);
        Self {
            subscribers: Subscribers::new(hasher.tag()),
            hasher,
            paths: Paths::new(),
            slots: Slots::new(),
            equals: Equals::new(),
            index: Index::new(),
            always: BTreeSet::new(),
            debts: Debts::default(),
            at_once: AT_ONCE,
        }
    }

    /// Sets in how many places a query is filed at once. Not part of the API: for tests, whose queries are small.
    #[doc(hidden)]
    #[must_use]
    pub fn at_once(mut self, places: usize) -> Self {
        self.at_once = places;
        self
    }

    /// How many subscriptions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.subscribers.len()
    }

    /// Whether there are no subscriptions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many distinct queries there are.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.slots.len()
    }

    /// Adds a subscription.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` in the size of the query, whatever the size of the set. A query that is to be filed under more than a thousand
    /// keys is filed by [`settle`](Self::settle); what is done here takes some tens of nanoseconds for each member of its lists.
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

    /// The subscriptions of the query that one asks for, itself among them; none if it is not in the set.
    ///
    /// For a host that divides what a query costs among those who ask for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::QuerySet;
    ///
    /// let mut set = QuerySet::new();
    /// let one = set.insert(r#"{"a": 1}"#.parse()?);
    /// let other = set.insert(r#"{"a":1.0}"#.parse()?);
    /// assert_eq!(set.equal(one), [one, other]);
    /// set.remove(one);
    /// assert_eq!((set.equal(one), set.equal(other)), (&[][..], &[other][..]));
    /// # Ok::<(), livematch::CompileError>(())
    /// ```
    #[must_use]
    pub fn equal(&self, id: SubscriptionId) -> &[SubscriptionId] {
        let number = self.subscribers.slot_of(id);
        let subscribed = number.and_then(|number| self.subscribed(number));
        let subscribed = subscribed.filter(|subscribed| self.subscribers.has(id, **subscribed));
        subscribed.map_or(&[], |subscribed| self.subscribers.of(subscribed))
    }

    /// Whether a subscription is in the set.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::QuerySet;
    ///
    /// let (mut set, mut other) = (QuerySet::new(), QuerySet::new());
    /// let id = set.insert("{}".parse()?);
    /// other.insert("{}".parse()?);
    /// assert!(set.contains(id) && !other.contains(id));
    /// set.remove(id);
    /// assert!(!set.contains(id));
    /// # Ok::<(), livematch::CompileError>(())
    /// ```
    #[must_use]
    pub fn contains(&self, id: SubscriptionId) -> bool {
        !self.equal(id).is_empty()
    }

    /// All subscriptions, in no particular order.
    ///
    /// # Complexity
    ///
    /// `O(n)` in the size of the set.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Query, QuerySet};
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let clauses = [r#"{"room": "r1"}"#, r#"{"room": "r2"}"#, r#"{"room": "r1"}"#];
    /// let set: QuerySet = clauses.iter().map(|clause| clause.parse::<Query>()).collect::<Result<_, _>>()?;
    /// assert_eq!((set.iter().count(), set.distinct()), (3, 2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = SubscriptionId> {
        let live = self.slots.iter().map(|(_, slot)| slot.head.subscribed);
        let of_find = self.slots.finds().map(|(_, find)| find.subscribed);
        let all = live.chain(of_find);
        all.flat_map(|subscribed| self.subscribers.of_each(subscribed))
    }

    /// Removes a subscription; whether there was one. The id of another set is none.
    ///
    /// # Complexity
    ///
    /// As [`insert`](Self::insert), and `O(log n)` in the size of the set. A query that is filed under more than a thousand keys
    /// is taken out from under them by [`settle`](Self::settle), and its fields are among [`fields`](Self::fields) until then.
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

    /// The fields that the queries look at: what an [`Object`](crate::Object) must keep for this set.
    ///
    /// # Complexity
    ///
    /// At once.
    #[must_use]
    pub fn fields(&self) -> &FieldSet {
        self.paths.fields()
    }

    /// The subscriptions for which a change fires an event, in no particular order; `None` stands for a side that
    /// does not exist.
    ///
    /// # Complexity
    ///
    /// As [`classify_into`](Self::classify_into), and the memory that it saves.
    #[must_use]
    pub fn classify<D: Document + ?Sized>(&self, old: Option<&D>, new: Option<&D>) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.classify_into(old, new, &mut Scratch::default(), &mut hits);
        hits
    }

    /// As [`classify`](Self::classify), into a list, after what is in it.
    ///
    /// # Complexity
    ///
    /// Linear in the fields of the object that queries look at, and in the candidates: queries with an access key
    /// that the object has before or after the change. Those that nothing selective is known of
    /// ([`FilingKind::Scan`]) are candidates of every change. Each path of the [`find` dialect](crate::Dialect::Find) that leads
    /// through a list looks at its elements.
    pub fn classify_into<D: Document + ?Sized>(
        &self,
        old: Option<&D>,
        new: Option<&D>,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) {
        self.classify_each(
            old,
            new,
            scratch,
            hits,
            |candidate, subject, scratch, hits| {
                self.verify(candidate, subject, scratch, hits);
            },
        );
    }

    /// Heap bytes, near enough: what a pattern cache shares is counted for each query that uses it.
    ///
    /// # Complexity
    ///
    /// `O(n)` in the size of the set.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        let groups = self.index.groups.iter();
        let groups: usize = groups.map(|(_, group)| group.memory_usage()).sum();
        groups
            + self.slots.memory_usage()
            + self.subscribers.memory_usage()
            + self.equals.memory_usage()
            + self.index.groups.memory_usage()
            + self.index.table.memory_usage()
            + self.index.ngrams.memory_usage()
            + self.paths.memory_usage()
            + self.debts.memory_usage()
    }

    /// Gives back the memory that is held for queries to come.
    ///
    /// What is removed is given back without it, but for some room: a set holds no more than a few times what its queries
    /// need. It is for a set that has been filled and will change little.
    ///
    /// # Complexity
    ///
    /// `O(n)` in the size of the set.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::QuerySet;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let mut set = QuerySet::new();
    /// for i in 0..2_000 {
    ///     set.insert(format!(r#"{{"room": "r{i}"}}"#).parse()?);
    /// }
    /// let filled = set.memory_usage();
    /// set.shrink_to_fit();
    /// assert!(set.memory_usage() < filled);
    /// # Ok(())
    /// # }
    /// ```
    pub fn shrink_to_fit(&mut self) {
        self.paths.shrink_to_fit();
        self.slots.shrink_to_fit();
        self.subscribers.shrink_to_fit();
        self.equals.shrink_to_fit();
        self.index.shrink_to_fit();
    }
}

impl Extend<Query> for QuerySet {
    /// [Inserts](QuerySet::insert) queries; [`iter`](QuerySet::iter) tells their ids.
    fn extend<I: IntoIterator<Item = Query>>(&mut self, queries: I) {
        for query in queries {
            self.insert(query);
        }
    }
}

impl FromIterator<Query> for QuerySet {
    /// A [new](QuerySet::new) set of these queries.
    fn from_iter<I: IntoIterator<Item = Query>>(queries: I) -> Self {
        let mut set = Self::new();
        set.extend(queries);
        set
    }
}

/// The sides of a change, if it has one.
#[inline]
fn sides_of<'v, D: Document + ?Sized>(old: Option<&'v D>, new: Option<&'v D>) -> Option<Sides<'v>> {
    Some(match (old, new) {
        (Some(old), Some(new)) => Sides::Both {
            old: old.view().0,
            new: new.view().0,
        },
        (None, Some(new)) => Sides::New(new.view().0),
        (Some(old), None) => Sides::Old(old.view().0),
        (None, None) => return None,
    })
}

/// A distinct query that may match a change.
#[derive(Clone, Copy)]
enum Candidate<'s> {
    Live(Slot<'s>),
    Find(&'s Find),
}

impl Candidate<'_> {
    /// Whether it asks for nothing and matches everything.
    fn is_always(self) -> bool {
        match self {
            Self::Live(slot) => slot.head.run == Run::Always,
            Self::Find(find) => find.plan.matches_everything(),
        }
    }

    /// Who asks for it.
    fn subscribed(self) -> Subscribed {
        match self {
            Self::Live(slot) => slot.head.subscribed,
            Self::Find(find) => find.subscribed,
        }
    }
}

impl QuerySet {
    /// Finds the candidates of a change, and has each of them run.
    #[inline]
    fn classify_each<D: Document + ?Sized>(
        &self,
        old: Option<&D>,
        new: Option<&D>,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
        verify: impl FnMut(Candidate<'_>, &Subject<'_>, &Scratch, &mut Vec<Hit>),
    ) {
        let Some(sides) = sides_of(old, new) else {
            return;
        };
        let mut subject = Subject::of(sides);
        self.read(&mut subject, scratch);
        self.find_candidates(&subject, scratch);
        for candidate in (self.always.iter()).filter_map(|number| self.candidate(*number)) {
            let outcome = match candidate {
                Candidate::Live(_) => {
                    let Ok(outcome) = sides.outcome(|_| Ok::<Answer, Infallible>(Ok(true)));
                    outcome
                }
                // To this dialect a side may be no object.
                Candidate::Find(find) => {
                    let Ok(outcome) = find_outcome(find, &subject, &mut Free);
                    outcome
                }
            };
            self.hit(candidate.subscribed(), outcome, hits);
        }
        self.verify_all(&subject, scratch, hits, verify);
    }

    /// Reads what queries look at.
    #[inline]
    fn read(&self, subject: &mut Subject<'_>, scratch: &mut Scratch) {
        scratch.positions.reset(self.paths.bound());
        subject.read_sides(&mut Reader {
            paths: &self.paths,
            positions: &mut scratch.positions,
            guesses: &mut scratch.guesses.0,
        });
    }

    fn release_paths(&mut self, paths: &[u32]) {
        for path in paths {
            self.paths.release(*path);
        }
    }

    /// Who asks for a query.
    fn subscribed(&self, number: u32) -> Option<&Subscribed> {
        self.slots.subscribed(number)
    }

    /// Adds a subscription to a query that is there.
    fn subscribe(&mut self, number: u32) -> Option<SubscriptionId> {
        let subscribed = self.slots.subscribed_mut(number)?;
        Some(self.subscribers.add(number, subscribed))
    }

    fn file(&mut self, number: u32) {
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

    fn index_and_context(&mut self) -> (&mut Index, FilingContext<'_>) {
        let context = FilingContext {
            hasher: &self.hasher,
            paths: &mut self.paths,
            slots: &mut self.slots,
            at_once: self.at_once,
        };
        (&mut self.index, context)
    }

    /// Forgets a query without subscribers.
    fn drop_query(&mut self, number: u32) {
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

    fn find_candidates(&self, subject: &Subject<'_>, scratch: &mut Scratch) {
        let Scratch {
            positions,
            keys,
            frontier,
            candidates,
            texts,
            ..
        } = scratch;
        keys.reset(self.paths.features_bound());
        let mut emitter = Emitter {
            hasher: &self.hasher,
            paths: &self.paths,
            keys,
            texts,
            ngrams: &self.index.ngrams,
            yielded: 0,
        };
        emitter.subject(subject);
        let missing = self.paths.when_missing();
        missing
            .filter(|path| positions.get(*path).is_none())
            .for_each(|path| emitter.missing(path));
        candidates.clear();
        if emitter.is_cut_short() {
            let finds = self.slots.finds();
            finds.for_each(|(number, _)| candidates.push(number));
        }
        let numbers = Numbers {
            subject,
            paths: &self.paths,
            positions,
        };
        search::candidates(&self.index, keys, &numbers, frontier, candidates);
        candidates.finish();
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

impl fmt::Debug for QuerySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuerySet")
            .field("len", &self.len())
            .field("distinct", &self.distinct())
            .finish_non_exhaustive()
    }
}
