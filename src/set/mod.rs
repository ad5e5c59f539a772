//! Many queries against one change.
#![doc = include_str!("design.md")]

mod budget;
mod candidate;
mod check;
mod classify;
mod copy;
mod debts;
mod dialect;
mod equals;
mod filed;
mod filing;
mod finds;
mod get;
mod hit;
mod identity;
mod index;
mod insert;
mod keys;
mod matching;
mod metered;
mod runner;
mod settle;
mod slot;
mod slots;
mod store;
mod subscribers;
mod tuning;
mod verify;

pub use self::budget::{Budget, Cost};
pub use self::copy::QueryCopy;
pub use self::filing::{Filing, FilingKind};
pub use self::hit::Hit;
pub use self::matching::scratch::Scratch;
pub use self::runner::Runner;
pub use self::subscribers::SubscriptionId;

use std::collections::BTreeSet;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use self::debts::Debts;
use self::equals::Equals;
use self::index::Index;
use self::index::paths::Paths;
use self::keys::feature::KeyHasher;
use self::slots::Slots;
use self::subscribers::Subscribers;
use self::tuning::AT_ONCE;
use crate::field_set::FieldSet;
use crate::query::Query;

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
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::QuerySet;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let (mut one, mut other) = (QuerySet::with_seed(7), QuerySet::with_seed(7));
    /// let id = one.insert(r#"{"status": "open"}"#.parse()?);
    /// assert_eq!(other.insert(r#"{"status": "open"}"#.parse()?), id);
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::QuerySet;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let mut set = QuerySet::new();
    /// assert!(set.is_empty());
    /// set.insert(r#"{"a": 1}"#.parse()?);
    /// set.insert(r#"{"a": 1.0}"#.parse()?);
    /// assert_eq!((set.len(), set.distinct()), (2, 1));
    /// # Ok(())
    /// # }
    /// ```
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

    /// The fields that the queries look at: what an [`Object`](crate::Object) must keep for this set.
    ///
    /// # Complexity
    ///
    /// At once.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Object, QuerySet};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut set = QuerySet::new();
    /// set.insert(r#"{"status": "open", "place.city": "Paris"}"#.parse()?);
    /// assert!(set.fields().names().is_some_and(|names| names.eq(["place", "status"])));
    ///
    /// let json = br#"{"status": "open", "notes": ["..."], "place": {"city": "Paris"}}"#;
    /// let new = Object::from_slice(json, set.fields())?;
    /// assert_eq!((new.len(), set.classify(None, Some(&new)).len()), (2, 1));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn fields(&self) -> &FieldSet {
        self.paths.fields()
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

impl fmt::Debug for QuerySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuerySet")
            .field("len", &self.len())
            .field("distinct", &self.distinct())
            .finish_non_exhaustive()
    }
}
