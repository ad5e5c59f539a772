//! Which fields of an object are kept when it is read.

use std::sync::{Arc, OnceLock};

use crate::value::by_hash::ByHash;
use crate::value::text::is_same;
use crate::value::{Guess, Text, key};

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
    names: Box<[Name]>,
    /// Their positions: a reader asks for every name that it comes to.
    by_hash: ByHash,
    /// By the number of fields kept so far, where the name stands that was kept next of the last object.
    guesses: Box<[Guess]>,
    /// The [`trait_of`] each name: most names that are not there are known for it by this.
    traits: u64,
    /// See [`FieldSet::for_messages`]; made once, as a host reads message after message for the same set.
    for_messages: OnceLock<ForMessages>,
}

#[derive(Debug, PartialEq, Eq)]
struct Name {
    text: Text,
    hash: u32,
}

/// The fields of the objects of messages.
#[derive(Clone, Debug)]
pub(crate) struct ForMessages {
    /// Those that are asked for or kept in any case.
    pub(crate) kept: FieldSet,
    /// Those of them that are to be read.
    pub(crate) read: FieldSet,
}

impl PartialEq for Sorted {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Eq for Sorted {}

impl Sorted {
    fn new(names: Vec<Text>) -> Self {
        let name = |text: Text| Name {
            hash: key::hash(&text),
            text,
        };
        let names: Box<[Name]> = names.into_iter().map(name).collect();
        // More names than a `u32` counts would not fit in memory.
        let hashes = names.iter().map(|name| name.hash).zip(0..);
        let text = |at: u32| &names[at as usize].text;
        Self {
            by_hash: ByHash::new(hashes, |a, b| text(a).cmp(text(b))),
            guesses: names.iter().map(|_| Guess::default()).collect(),
            traits: names
                .iter()
                .fold(0, |traits, name| traits | trait_of(&name.text)),
            names,
            for_messages: OnceLock::new(),
        }
    }

    /// Where a name stands.
    #[inline]
    fn find(&self, name: &str) -> Option<usize> {
        if self.traits & trait_of(name) == 0 {
            return None;
        }
        let order = |at: u32| (*self.names[at as usize].text).cmp(name);
        let at = self.by_hash.find(key::hash(name), order)?;
        Some(at as usize)
    }

    /// A name that is there: most objects have the same names in the same order.
    #[inline]
    fn find_next(&self, name: &str, kept: usize) -> Option<&Name> {
        let guess = self.guesses.get(kept);
        match guess.and_then(|guess| self.names.get(guess.place())) {
            Some(guessed) if is_same(&guessed.text, name) => Some(guessed),
            _ => {
                let at = self.find(name)?;
                if let Some(guess) = guess {
                    guess.set(at);
                }
                Some(&self.names[at])
            }
        }
    }
}

/// One of 64 bits, by the ends of a name and its length.
#[inline]
fn trait_of(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let end = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or_default());
    let sum = end(bytes.first()) + 5 * end(bytes.last()) + 11 * bytes.len();
    1 << (sum % 64)
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
        Self(Names::Some(Arc::new(Sorted::new(names))))
    }

    /// These fields and those that are kept of the object of a message in any case; of all of them some are visible to
    /// queries, and only those are worth reading.
    pub(crate) fn for_messages(
        &self,
        always: &[&str],
        is_visible: fn(&str) -> bool,
    ) -> ForMessages {
        let Names::Some(some) = &self.0 else {
            let [kept, read] = [Self::all(), Self::all()];
            return ForMessages { kept, read };
        };
        let both = || {
            let kept = self.union(&Self::new(always));
            let visible = kept.names().into_iter().flatten();
            let read = Self::new(visible.filter(|name| is_visible(name)));
            ForMessages { kept, read }
        };
        some.for_messages.get_or_init(both).clone()
    }

    /// The fields of both sets.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` in the number of names.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Names::Some(a), Names::Some(b)) => {
                let names = a.names.iter().chain(&b.names);
                Self::new(names.map(|name| &name.text))
            }
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
        match &self.0 {
            Names::All => true,
            Names::Some(some) => some.find(name).is_some(),
        }
    }

    /// The hash and the name of a field of an object, if it is kept; so many of the fields before it are.
    #[inline]
    pub(crate) fn find_next(&self, name: &str, kept: usize) -> Option<(u32, Text)> {
        match &self.0 {
            Names::All => Some((key::hash(name), name.into())),
            Names::Some(some) => {
                let name = some.find_next(name, kept)?;
                Some((name.hash, name.text.clone()))
            }
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
                Arc::ptr_eq(a, b) || b.names.iter().all(|name| self.contains(&name.text))
            }
        }
    }

    /// The names in alphabetical order, or nothing if every field is kept.
    #[must_use]
    pub fn names(&self) -> Option<impl ExactSizeIterator<Item = &str>> {
        match &self.0 {
            Names::All => None,
            Names::Some(some) => Some(some.names.iter().map(|name| &*name.text)),
        }
    }
}

impl Default for FieldSet {
    /// Every field.
    fn default() -> Self {
        Self::all()
    }
}
