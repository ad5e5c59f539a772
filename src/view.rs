//! A value of an object as a host reads it.

use std::fmt;

use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::value::val::{List, Members};
use crate::value::{Val, write_json};

/// A borrowed JSON value as queries see it; made from the types that implement [`Document`](crate::Document).
///
/// Reading a value never fails: what it is not, it is `None` as. Its members stand in JavaScript's order, array indices
/// first. As text ([`Display`](fmt::Display)) it is compact JSON with JavaScript's numbers.
///
/// In an object of a [`Change`](crate::Change) a member can be there without a value, where the SDK of Parse Server loses one
/// on the way. It is none of the kinds below, and JSON leaves it out.
///
/// # Examples
///
/// ```
/// use livematch::{Document, Object, View};
/// use serde_json::json;
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let object: Object = r#"{"ACL": {"*": {"read": true}, "u1": {"write": true}}, "scores": [3, 4]}"#.parse()?;
/// let acl = object.get("ACL").expect("is there");
/// let readers = acl.members().into_iter().flatten();
/// let readers = readers.filter(|(_, entry)| entry.get("read").and_then(|read| read.as_bool()) == Some(true));
/// assert_eq!(readers.map(|(who, _)| who).collect::<Vec<_>>(), ["*"]);
///
/// let scores = object.get("scores").expect("is there");
/// let scores = scores.items().into_iter().flatten().filter_map(|score| score.as_f64());
/// assert_eq!(scores.sum::<f64>(), 7.0);
/// assert_eq!(object.view().to_string(), object.to_string());
/// let owner = json!({"name": "Ada", "team": null});
/// let owner = View::from(&owner);
/// assert_eq!(owner.get("name").and_then(View::as_str), Some("Ada"));
/// assert!(owner.get("team").is_some_and(View::is_null));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct View<'a>(pub(crate) Val<'a>);

impl<'a> View<'a> {
    /// Whether the value is null.
    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(self.0, Val::Null)
    }

    /// The value, if it is true or false.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.0 {
            Val::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The value, if it is a number: the double that JavaScript reads.
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        match self.0 {
            Val::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The value, if it is a text.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        match self.0 {
            Val::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The member of this name, if the value is an object that has it.
    ///
    /// # Complexity
    ///
    /// `O(log n)` in the number of members.
    #[must_use]
    pub fn get(self, name: &str) -> Option<View<'a>> {
        self.as_members()?.get(name).map(View)
    }

    /// The members with their names, if the value is an object, in JavaScript's order.
    ///
    /// # Complexity
    ///
    /// `O(n)` in the number of members; `O(n log n)` for a `serde_json` object some of whose names are array indices.
    #[must_use]
    pub fn members(self) -> Option<impl ExactSizeIterator<Item = (&'a str, View<'a>)>> {
        let members = self.as_members()?;
        let mut all = Vec::with_capacity(members.len());
        members.walk(|name, member| -> Option<()> {
            all.push((name, View(member)));
            None
        });
        Some(all.into_iter())
    }

    /// The items, if the value is a list.
    #[must_use]
    pub fn items(self) -> Option<impl ExactSizeIterator<Item = View<'a>>> {
        let Val::Array(list) = self.0 else {
            return None;
        };
        Some((0..list.len()).map(move |index| item(list, index)))
    }

    fn as_members(self) -> Option<Members<'a>> {
        match self.0 {
            Val::Object(members) => Some(members),
            _ => None,
        }
    }
}

/// The item at an index below the length.
fn item(list: List<'_>, index: usize) -> View<'_> {
    View(list.get(index).unwrap_or(Val::Undefined))
}

impl<'a> From<&'a Value> for View<'a> {
    fn from(value: &'a Value) -> Self {
        Self(Val::from(value))
    }
}

impl<'a> From<&'a Map<String, Value>> for View<'a> {
    fn from(map: &'a Map<String, Value>) -> Self {
        Self(Val::Object(Members::Map(map)))
    }
}

/// Its compact JSON text.
impl fmt::Display for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write_json(self.0, &mut text);
        f.write_str(&text)
    }
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use crate::document::Document;
    use crate::object::Object;
    use serde_json::{Value, json};

    const TEXT: &str =
        r#"{"b":[null,true,1.5,1e21,"a\"\u0001",{"c":{}}],"2":0,"1":-0,"a":{"x":null}}"#;

    #[test]
    fn a_value_is_read_alike_from_an_object_and_from_json() {
        let object: Object = TEXT.parse().expect("an object");
        let value: Value = serde_json::from_str(TEXT).expect("JSON");
        for view in [object.view(), value.view()] {
            let b = view.get("b").expect("is there");
            let items: Vec<_> = b.items().expect("a list").collect();
            assert!(items[0].is_null() && !items[1].is_null());
            assert_eq!(items[1].as_bool(), Some(true));
            assert_eq!(items[2].as_f64(), Some(1.5));
            assert_eq!(items[4].as_str(), Some("a\"\u{1}"));
            assert_eq!(
                (items[4].as_bool(), items[1].as_str(), items[0].as_f64()),
                (None, None, None)
            );
            assert!(
                items[5]
                    .get("c")
                    .is_some_and(|c| c.members().is_some_and(|all| all.len() == 0))
            );
            assert!(b.members().is_none() && view.items().is_none() && b.get("0").is_none());
            assert!(view.get("toString").is_none());
        }
    }

    #[test]
    fn members_stand_in_javascripts_order() {
        let object: Object = TEXT.parse().expect("an object");
        let names = |view: super::View<'_>| -> Vec<String> {
            let members = view.members().expect("an object");
            members.map(|(name, _)| name.to_owned()).collect()
        };
        assert_eq!(names(object.view()), ["1", "2", "b", "a"]);
        let value = json!({"b": 0, "10": 0, "9": 0});
        assert_eq!(names(value.view())[..2], ["9", "10"]);
    }

    #[test]
    fn it_is_written_as_javascript_writes_it() {
        let object: Object = TEXT.parse().expect("an object");
        let text = r#"{"1":0,"2":0,"b":[null,true,1.5,1e+21,"a\"\u0001",{"c":{}}],"a":{"x":null}}"#;
        assert_eq!(object.view().to_string(), text);
        let written = serde_json::to_value(object.view()).expect("serializes");
        assert_eq!(written, serde_json::to_value(&object).expect("serializes"));
        assert_eq!(json!(["a", 1e300]).view().to_string(), r#"["a",1e+300]"#);
    }
}
