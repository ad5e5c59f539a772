//! Fields whose change lets an event through.

use std::collections::HashSet;

use crate::change::is_visible;
use crate::document::Document;
use crate::event::Event;
use crate::value::val::{List, Members};
use crate::value::{MAX_DEPTH, Val};
use crate::view::View;

/// The fields that a subscription watches: an update or a creation that touches none of them is not sent.
///
/// Parse Server compares the values that its SDK has built, and so does this:
/// - Only whole top-level fields are watched. A path such as `a.b` is never touched, nor is `objectId`.
/// - A field that a new object lacks is not touched, so that its creation may be held back.
/// - From null to missing is a change; another order of keys is none.
/// - A pointer or an included object anywhere in a field, or a relation as the field, counts as changed
///   with every save, because the SDK numbers its objects.
///
/// # Examples
///
/// ```
/// use livematch::{Event, Watch};
/// use serde_json::json;
///
/// let watch = Watch::new(["score"]);
/// let (old, new) = (json!({"score": 1, "name": "a"}), json!({"score": 1, "name": "b"}));
/// assert!(!watch.touched(Some(&old), &new));
/// assert!(!watch.lets_through(Event::Update, Some(&old), Some(&new)));
/// assert!(watch.lets_through(Event::Leave, Some(&old), Some(&new)));
/// assert!(watch.fields().eq(["score"]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    fields: Box<[Box<str>]>,
    /// The positions of those that can be touched, each name once.
    telling: Box<[usize]>,
}

impl Watch {
    /// Watches these fields. Watching none at all lets neither updates nor creations through.
    ///
    /// # Complexity
    ///
    /// `O(n)` in the number of fields.
    pub fn new(fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let fields = fields.into_iter().map(|field| field.into().into());
        let fields: Box<[Box<str>]> = fields.collect();
        let mut seen = HashSet::new();
        let telling = fields.iter().enumerate();
        let telling = telling.filter(|(_, field)| can_change(field) && seen.insert(&**field));
        Self {
            telling: telling.map(|(at, _)| at).collect(),
            fields,
        }
    }

    /// The names of the fields, as they were given.
    #[must_use]
    pub fn fields(&self) -> impl ExactSizeIterator<Item = &str> {
        self.fields.iter().map(|field| &**field)
    }

    /// Those of the names that nothing ever touches: paths, `objectId`, what no field can be called. Who watches these alone hears of
    /// no update and of no creation, and Parse Server confirms the subscription.
    ///
    /// # Complexity
    ///
    /// `O(n)` in the length of the names.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Watch;
    ///
    /// let watch = Watch::new(["score", "place.city"]);
    /// assert!(watch.untouchable().eq(["place.city"]));
    /// ```
    pub fn untouchable(&self) -> impl Iterator<Item = &str> {
        self.fields().filter(|field| !can_change(field))
    }

    /// Whether a watched field differs between two states of an object, without an old one if it is new.
    ///
    /// The states are objects as a [`Change`](crate::Change) has them. A value that nests deeper than 512 levels, as only a host can
    /// build one, counts as changed.
    ///
    /// # Complexity
    ///
    /// Linear in the size of the watched values.
    #[must_use]
    pub fn touched<D: Document + ?Sized>(&self, old: Option<&D>, new: &D) -> bool {
        let (old, new) = (old.map(Document::view), new.view());
        let mut telling = self.telling.iter().filter_map(|at| self.fields.get(*at));
        telling.any(|field| {
            let old = old.and_then(|old| member(old, field));
            differ(old, member(new, field))
        })
    }

    /// Whether an event is sent: an update or a creation if it touches a watched field, the others always.
    ///
    /// # Complexity
    ///
    /// As [`touched`](Self::touched).
    #[must_use]
    pub fn lets_through<D: Document + ?Sized>(
        &self,
        event: Event,
        old: Option<&D>,
        new: Option<&D>,
    ) -> bool {
        match event {
            Event::Create | Event::Update => new.is_some_and(|new| self.touched(old, new)),
            Event::Enter | Event::Leave | Event::Delete => true,
        }
    }
}

impl<S: Into<String>> FromIterator<S> for Watch {
    /// As [`new`](Self::new).
    fn from_iter<I: IntoIterator<Item = S>>(fields: I) -> Self {
        Self::new(fields)
    }
}

/// Whether the SDK keeps a value under such a name. It keeps the id elsewhere and drops two names.
fn can_change(field: &str) -> bool {
    is_visible(field) && !matches!(field, "objectId" | "constructor" | "prototype")
}

fn member<'a>(object: View<'a>, field: &str) -> Option<Val<'a>> {
    match object.0 {
        Val::Object(members) => members.get(field),
        _ => None,
    }
}

fn differ(old: Option<Val<'_>>, new: Option<Val<'_>>) -> bool {
    match (old, new) {
        (None, None) => false,
        // A relation knows the object it belongs to, but only where it is the field itself.
        (Some(old), Some(new)) => {
            new.is_typed("Relation") || !same(old, new, Pointers::Differ, MAX_DEPTH)
        }
        (Some(_), None) | (None, Some(_)) => true,
    }
}

/// How two pointers to the same object compare.
#[derive(Clone, Copy, PartialEq)]
enum Pointers {
    Differ,
    /// What looks like a pointer is none.
    AreJson,
}

/// Node's `isDeepStrictEqual` of the values behind two pieces of JSON. What nests deeper than so many levels counts as different.
fn same(a: Val<'_>, b: Val<'_>, pointers: Pointers, levels: u32) -> bool {
    let Some(levels) = levels.checked_sub(1) else {
        return false;
    };
    match (a, b) {
        // As `Object.is` has it: 0 and -0 differ.
        (Val::Number(a), Val::Number(b)) => a.to_bits() == b.to_bits(),
        (Val::Array(a), Val::Array(b)) => same_items(a, b, pointers, levels),
        (Val::Object(a), Val::Object(b)) => same_objects(a, b, pointers, levels),
        (Val::Undefined, Val::Undefined) | (Val::Null, Val::Null) => true,
        (Val::Bool(a), Val::Bool(b)) => a == b,
        (Val::Text(a), Val::Text(b)) => a == b,
        _ => false,
    }
}

fn same_items(a: List<'_>, b: List<'_>, pointers: Pointers, levels: u32) -> bool {
    let mut pairs = a.iter().zip(b.iter());
    a.len() == b.len() && pairs.all(|(a, b)| same(a, b, pointers, levels))
}

fn same_objects(a: Members<'_>, b: Members<'_>, pointers: Pointers, levels: u32) -> bool {
    if a.len() != b.len() || (pointers == Pointers::Differ && is_sdk_object(a)) {
        return false;
    }
    let pointers = if holds_json(a) {
        Pointers::AreJson
    } else {
        pointers
    };
    let differs = |key: &str, a: Val<'_>| {
        let is_same = b.get(key).is_some_and(|b| same(a, b, pointers, levels));
        (!is_same).then_some(())
    };
    a.walk(differs).is_none()
}

/// Whether the SDK keeps what is inside as the JSON it came as. An operation on a relation holds plain
/// ids, though its JSON shows pointers.
fn holds_json(members: Members<'_>) -> bool {
    let operation = members.get("__op");
    matches!(members.get("__type"), Some(Val::Text("File" | "Relation")))
        || matches!(
            operation,
            Some(Val::Text("AddRelation" | "RemoveRelation" | "Batch"))
        )
}

/// Whether the SDK builds an object of its own from this JSON. A class that is no text was lost on the
/// way and left `undefined`.
fn is_sdk_object(members: Members<'_>) -> bool {
    let is_typed = matches!(members.get("__type"), Some(Val::Text("Pointer" | "Object")));
    let class = members.get("className");
    is_typed && class.is_some_and(|class| class.is_truthy() || class.is_undefined())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn touched(field: &str, old: Value, new: Value) -> bool {
        let of = |value: Value| json!({ field: value });
        Watch::new([field]).touched(Some(&of(old)), &of(new))
    }

    #[test]
    fn whole_fields_are_compared_deeply() {
        assert!(!touched(
            "a",
            json!({"x": [1], "y": 2}),
            json!({"y": 2, "x": [1]})
        ));
        assert!(touched("a", json!({"x": [1]}), json!({"x": [2]})));
        assert!(touched("a", json!(0), json!(-0.0)));
        assert!(touched("a", json!(1), json!("1")));
        assert!(touched("a", json!([1]), json!({"0": 1})));
        assert!(!touched("a.b", json!(1), json!(2)));
        assert!(!touched("objectId", json!(1), json!(2)));
    }

    #[test]
    fn every_kind_of_value_is_compared() {
        let values = [
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!("a"),
            json!("b"),
            json!([]),
            json!([1]),
            json!([1, 2]),
            json!({}),
            json!({"x": 1}),
            json!({"x": 1, "y": 2}),
            json!({"y": 1}),
        ];
        for (i, old) in values.iter().enumerate() {
            for (j, new) in values.iter().enumerate() {
                assert_eq!(
                    touched("a", old.clone(), new.clone()),
                    i != j,
                    "{old} and {new}"
                );
            }
        }
    }

    #[test]
    fn names_that_the_sdk_does_not_keep_are_never_touched() {
        for field in ["constructor", "prototype", "objectId", "a.b", "_a", ""] {
            assert!(!touched(field, json!(1), json!(2)), "{field}");
            assert!(Watch::new([field]).untouchable().eq([field]), "{field}");
        }
        for field in ["a", "a_1", "createdAt", "ACL"] {
            assert!(touched(field, json!(1), json!(2)), "{field}");
            assert_eq!(Watch::new([field]).untouchable().count(), 0, "{field}");
        }
    }

    #[test]
    fn it_is_collected() {
        let watch: Watch = ["b", "a", "b"].into_iter().collect();
        assert_eq!(watch.fields().collect::<Vec<_>>(), ["b", "a", "b"]);
        assert_eq!(watch, Watch::new(["b", "a", "b"]));
    }

    #[test]
    fn missing_is_not_null() {
        let (without, with) = (json!({}), json!({"a": null}));
        let watch = Watch::new(["a"]);
        assert!(watch.touched(Some(&with), &without));
        assert!(watch.touched(Some(&without), &with));
        assert!(watch.touched(None, &with));
        assert!(!watch.touched(None, &without));
    }

    #[test]
    fn objects_of_the_sdk_are_never_the_same() {
        let pointer = json!({"__type": "Pointer", "className": "A", "objectId": "1"});
        let relation = json!({"__type": "Relation", "className": "A"});
        let unchanged = |value: Value| !touched("a", value.clone(), value);
        assert!(!unchanged(pointer.clone()));
        assert!(!unchanged(json!([[pointer]])));
        assert!(!unchanged(json!({ "x": { "y": pointer } })));
        assert!(!unchanged(relation.clone()));
        assert!(unchanged(json!([relation])));
        assert!(unchanged(
            json!({"__op": "AddRelation", "objects": [pointer]})
        ));
        assert!(unchanged(json!({"__type": "Pointer", "objectId": "1"})));
        assert!(unchanged(
            json!({"__type": "Date", "iso": "2020-01-01T00:00:00.000Z"})
        ));
    }

    #[test]
    fn only_updates_and_creations_are_held_back() {
        let object = json!({"a": 1});
        let passes = |event, old| Watch::new(["b"]).lets_through(event, old, Some(&object));
        let passing = Event::ALL
            .into_iter()
            .filter(|event| passes(*event, Some(&object)));
        assert_eq!(
            passing.collect::<Vec<_>>(),
            [Event::Enter, Event::Leave, Event::Delete]
        );
        assert_eq!(Watch::new(["b"]).fields().collect::<Vec<_>>(), ["b"]);
    }
}
