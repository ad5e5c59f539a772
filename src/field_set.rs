//! Which fields of an object are kept when it is read.

use std::sync::{Arc, OnceLock};

use crate::value::Text;
use crate::value::by_hash::ByHash;
use crate::value::key::{self, Key};

/// The names of top-level fields that an [`Object`](crate::Object) keeps when it is read, or all of them.
///
/// [`Query::fields`](crate::Query::fields) and `QuerySet::fields` say which fields a query or a set
/// looks at. A query that asks an object for a field that was not kept gets a fault.
///
/// # Examples
///
/// ```
/// use livematch::{FieldSet, Object, Query, Verdict};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let query: Query = r#"{"score": {"$gt": 10}}"#.parse()?;
/// let json = br#"{"name": "Ada", "score": 30}"#;
/// let object = Object::from_slice(json, &query.fields())?;
/// assert!(query.matches(&object));
/// assert_eq!(object.to_string(), r#"{"score":30}"#);
///
/// let named: Query = r#"{"name": "Ada"}"#.parse()?;
/// assert_eq!(named.verdict(&object), Verdict::Fault);
/// let both = query.fields().union(&FieldSet::new(["name"]));
/// assert!(named.matches(&Object::from_slice(json, &both)?));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSet(Names);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Names {
    All,
    Some(Arc<Sorted>),
}

/// Some names.
#[derive(Debug)]
struct Sorted {
    /// In alphabetical order, each once.
    names: Box<[Text]>,
    /// Their positions: a reader asks for every name that it comes to.
    by_hash: ByHash,
    /// See [`FieldSet::for_messages`]; made once, as a host reads message after message for the same set.
    for_messages: OnceLock<FieldSet>,
}

impl PartialEq for Sorted {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Eq for Sorted {}

impl Sorted {
    fn has(&self, key: Key<'_>) -> bool {
        let order = |at: u32| (*self.names[at as usize]).cmp(key.name);
        self.by_hash.find(key.hash, order).is_some()
    }
}

impl FieldSet {
    /// Every field.
    #[must_use]
    pub const fn all() -> Self {
        Self(Names::All)
    }

    /// The fields of these names; a dot in a name means nothing.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` in the number of names.
    #[must_use]
    pub fn new<I>(names: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut names: Vec<Text> = names.into_iter().map(|name| name.as_ref().into()).collect();
        names.sort_unstable();
        names.dedup();
        let names: Box<[Text]> = names.into();
        // More names than a `u32` counts would not fit in memory.
        let hashes = names.iter().map(|name| key::hash(name)).zip(0..);
        let by_hash = ByHash::new(hashes, |a, b| names[a as usize].cmp(&names[b as usize]));
        Self(Names::Some(Arc::new(Sorted {
            names,
            by_hash,
            for_messages: OnceLock::new(),
        })))
    }

    /// These fields and those that are kept of the object of a message in any case.
    pub(crate) fn for_messages(&self, always: &[&str]) -> Self {
        match &self.0 {
            Names::All => Self::all(),
            Names::Some(some) => {
                let both = || self.union(&Self::new(always));
                some.for_messages.get_or_init(both).clone()
            }
        }
    }

    /// The fields of both sets.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` in the number of names.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Names::Some(a), Names::Some(b)) => Self::new(a.names.iter().chain(&b.names)),
            _ => Self::all(),
        }
    }

    /// Whether a field is kept.
    ///
    /// # Complexity
    ///
    /// `O(log n)` in the number of names.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.has(Key::new(name))
    }

    pub(crate) fn has(&self, key: Key<'_>) -> bool {
        match &self.0 {
            Names::All => true,
            Names::Some(some) => some.has(key),
        }
    }

    /// Whether every field is kept.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.0 == Names::All
    }

    /// Whether every field of another set is kept.
    ///
    /// # Complexity
    ///
    /// `O(n log n)`; at once for a clone.
    #[must_use]
    pub fn is_superset(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Names::All, _) => true,
            (Names::Some(_), Names::All) => false,
            (Names::Some(a), Names::Some(b)) => {
                Arc::ptr_eq(a, b) || b.names.iter().all(|name| self.contains(name))
            }
        }
    }

    /// The names in alphabetical order, or nothing if every field is kept.
    #[must_use]
    pub fn names(&self) -> Option<impl ExactSizeIterator<Item = &str>> {
        match &self.0 {
            Names::All => None,
            Names::Some(some) => Some(some.names.iter().map(|name| &**name)),
        }
    }
}

impl Default for FieldSet {
    /// Every field.
    fn default() -> Self {
        Self::all()
    }
}
