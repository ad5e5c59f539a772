//! Which fields of an object are kept when it is read.

use std::sync::Arc;

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
    /// Sorted, each once.
    Some(Arc<[Box<str>]>),
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
        let mut names: Vec<Box<str>> = names.into_iter().map(|name| name.as_ref().into()).collect();
        names.sort_unstable();
        names.dedup();
        Self(Names::Some(names.into()))
    }

    /// The fields of both sets.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` in the number of names.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Names::Some(a), Names::Some(b)) => Self::new(a.iter().chain(b.iter())),
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
            Names::Some(names) => names.binary_search_by(|other| (**other).cmp(name)).is_ok(),
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
                Arc::ptr_eq(a, b) || b.iter().all(|name| self.contains(name))
            }
        }
    }

    /// The names in alphabetical order, or nothing if every field is kept.
    #[must_use]
    pub fn names(&self) -> Option<impl ExactSizeIterator<Item = &str>> {
        match &self.0 {
            Names::All => None,
            Names::Some(names) => Some(names.iter().map(|name| &**name)),
        }
    }
}

impl Default for FieldSet {
    /// Every field.
    fn default() -> Self {
        Self::all()
    }
}
