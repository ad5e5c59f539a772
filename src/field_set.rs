//! Which fields of an object are kept when it is read.

use crate::value::Names;

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
///
/// Sets can be asked:
///
/// ```
/// use livematch::FieldSet;
///
/// let few = FieldSet::new(["score", "name", "name"]);
/// assert!(few.contains("name") && !few.contains("owner"));
/// assert!(few.names().is_some_and(|names| names.eq(["name", "score"])));
///
/// let all = FieldSet::all();
/// assert!(all.is_all() && all.names().is_none());
/// assert!(all.is_superset(&few) && !few.is_superset(&all));
/// assert_eq!(few.union(&all), all);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSet(pub(crate) Names);

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
        let names = names.into_iter().map(|name| name.as_ref().into());
        Self(Names::new(names.collect()))
    }

    /// The fields of both sets.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` in the number of names.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0))
    }

    /// Whether a field is kept.
    ///
    /// # Complexity
    ///
    /// `O(log n)` in the number of names.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Whether every field is kept.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.0.is_all()
    }

    /// Whether every field of another set is kept.
    ///
    /// # Complexity
    ///
    /// `O(n log n)`; at once for a clone.
    #[must_use]
    pub fn is_superset(&self, other: &Self) -> bool {
        self.0.is_superset(&other.0)
    }

    /// The names in alphabetical order, or nothing if every field is kept.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` in the number of names.
    #[must_use]
    pub fn names(&self) -> Option<impl ExactSizeIterator<Item = &str>> {
        self.0.listed()
    }
}

impl<S: AsRef<str>> FromIterator<S> for FieldSet {
    /// As [`new`](Self::new).
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        Self::new(names)
    }
}

impl<S: AsRef<str>> Extend<S> for FieldSet {
    /// Keeps these fields too; a set of every field stays so.
    fn extend<I: IntoIterator<Item = S>>(&mut self, names: I) {
        *self = self.union(&Self::new(names));
    }
}

impl Default for FieldSet {
    /// Every field.
    fn default() -> Self {
        Self::all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_collected_and_extended() {
        let mut fields: FieldSet = ["b", "a", "b"].into_iter().collect();
        assert_eq!(fields, FieldSet::new(["a", "b"]));
        fields.extend([String::from("c"), String::from("a")]);
        assert_eq!(fields, FieldSet::new(["a", "b", "c"]));
        let mut all = FieldSet::all();
        all.extend(["a"]);
        assert!(all.is_all());
    }
}
