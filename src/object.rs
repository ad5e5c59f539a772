//! An object read from JSON, in the order of its text.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, DeserializeSeed, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::document::Document;
use crate::field_set::FieldSet;
use crate::value::val::Members;
use crate::value::{
    Fields, KeptObject, Names, Val, read_kept, read_slice, read_text, serialize_fields,
    write_fields,
};
use crate::view::View;

/// An object read from JSON text or by any serde deserializer, whatever features `serde_json` is built with.
///
/// Unlike a `serde_json::Value` it keeps the order in which its keys are written, as JavaScript does. The order
/// is observable where an operand is compared with a nested object that holds null: Parse's comparison ends at
/// the first difference and throws at null, so it matters which comes first.
///
/// # Examples
///
/// ```
/// use livematch::{Object, Query};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let object: Object = r#"{"name": "Ada", "score": 30}"#.parse()?;
/// let query: Query = r#"{"score": {"$gt": 10}}"#.parse()?;
/// assert!(query.matches(&object));
/// assert_eq!(object.to_string(), r#"{"name":"Ada","score":30}"#);
/// # Ok(())
/// # }
/// ```
///
/// Its members can be read:
///
/// ```
/// use livematch::Object;
///
/// let object: Object = r#"{"name": "Ada", "2": null, "1": true}"#.parse()?;
/// assert_eq!(object.get("name").and_then(|name| name.as_str()), Some("Ada"));
/// assert!(object.get("score").is_none());
/// // In JavaScript's order.
/// assert!(object.keys().eq(["1", "2", "name"]));
/// assert!(object.len() == 3 && !object.is_empty());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(pub(crate) Fields);

impl Object {
    /// Reads an object from JSON bytes and keeps the fields of a set; the others are skipped.
    ///
    /// A query that asks for a field that was not kept gets a fault. To read from something else than bytes, use the
    /// set as a [`DeserializeSeed`](serde::de::DeserializeSeed).
    ///
    /// # Errors
    ///
    /// Fails if the bytes are not the JSON text of one object, nest more than 128 levels, or hold in a field that is
    /// kept what no Rust string or double can (half a surrogate pair, `1e400`).
    ///
    /// # Complexity
    ///
    /// One pass over the bytes, and `O(k log k)` in the number of members that are kept, in each object.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{FieldSet, Object};
    ///
    /// let json = br#"{"name": "Ada", "scores": [3, 4], "half": "\ud800"}"#;
    /// let object = Object::from_slice(json, &FieldSet::new(["scores"]))?;
    /// assert_eq!(object.to_string(), r#"{"scores":[3,4]}"#);
    /// assert!(Object::from_slice(json, &FieldSet::all()).is_err());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn from_slice(json: &[u8], keep: &FieldSet) -> Result<Self, serde_json::Error> {
        read_slice(json, KeptObject(&keep.0)).map(Self)
    }

    /// A member as queries see it.
    ///
    /// # Complexity
    ///
    /// `O(log n)` in the number of members.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<View<'_>> {
        self.0.get(key).map(|member| View(Val::from(member)))
    }

    /// The keys, array indices first in ascending order, the others as written.
    #[must_use]
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(|(key, _)| key)
    }

    /// The number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Document for Object {
    fn view(&self) -> View<'_> {
        View(Val::Object(Members::Fields(&self.0)))
    }
}

impl FromStr for Object {
    type Err = serde_json::Error;

    /// Reads an object from JSON text, with every field; see [`from_slice`](Self::from_slice).
    ///
    /// # Errors
    ///
    /// As `from_slice`, of every field.
    fn from_str(json: &str) -> Result<Self, serde_json::Error> {
        read_text(json, KeptObject(&Names::All)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FieldSet::all().deserialize(deserializer)
    }
}

/// Reads an object of which only the fields of the set are kept, by any deserializer.
impl<'de> DeserializeSeed<'de> for &FieldSet {
    type Value = Object;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Object, D::Error> {
        read_kept(deserializer, &self.0).map(Object)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_fields(&self.0, serializer)
    }
}

/// Its compact JSON text.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write_fields(&self.0, &mut text);
        f.write_str(&text)
    }
}
