//! The way to the values of a path, for those who look at them for many queries at once.

use super::column::{Head, Seen};
use super::mongo::value::{Kind, Value};
use super::mongo::walk::{Component, Lists, Road};
use super::stored::Stored;
use crate::value::Val;
use crate::value::val::Members;

/// Of so many values the number is looked for.
const MOST_VALUES: u32 = 64;

/// Where a query looks: a field, how it is stored, and the path from there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Way {
    pub(super) head: Head,
    pub(super) rest: Box<[Component]>,
}

impl Way {
    pub(super) fn new(head: Head, rest: Box<[Component]>) -> Self {
        Self { head, rest }
    }

    /// What tells it from others. No path has an `@` in it.
    pub(crate) fn text(&self) -> String {
        format!("{}@{:?}", self.path(), self.head.kept())
    }

    /// The path as it is written.
    pub(super) fn path(&self) -> String {
        let rest = self.rest.iter().map(Component::name);
        let parts: Vec<&str> = std::iter::once(self.head.name()).chain(rest).collect();
        parts.join(".")
    }

    /// The field of the object.
    pub(crate) fn head(&self) -> &str {
        self.head.name()
    }

    /// The value of the field in an object, whatever becomes of it.
    #[inline]
    pub(super) fn head_in<'v>(&self, object: Members<'v>) -> Option<Val<'v>> {
        self.head.value(object)
    }

    /// The path from what stands in the field.
    #[inline]
    pub(super) fn road<V>(&self, head: Option<V>, legacy_null: bool) -> Road<'_, V> {
        Road {
            head,
            rest: &self.rest,
            legacy_null,
        }
    }

    /// Whether it leads below the field.
    pub(crate) fn leads_on(&self) -> bool {
        !self.rest.is_empty()
    }

    /// What stands in the field, given its value.
    #[inline]
    pub(crate) fn see<'v>(&self, value: Option<Val<'v>>) -> Seen<'v> {
        self.head.see(value)
    }

    /// Shows whatever a test may be asked of, given what stands in the field; nothing where a value is missing.
    ///
    /// A path that yields nothing shows a missing value too, so that what holds for no value is found there.
    #[inline]
    pub(crate) fn each<'v>(&self, seen: &Seen<'v>, mut visit: impl FnMut(Option<Stored<'v>>)) {
        self.walk(seen, |yielded| {
            visit(yielded);
            false
        });
    }

    /// Shows them until one is enough.
    #[inline]
    fn walk<'v>(&self, seen: &Seen<'v>, is_enough: impl FnMut(Option<Stored<'v>>) -> bool) {
        self.road(seen.head(), false).any(Lists::Opened, is_enough);
    }

    /// The number or date that is found; nothing if there is none. NaN if there are several, or so many values that it would
    /// take long to look at each.
    pub(crate) fn number(&self, seen: &Seen<'_>) -> Option<f64> {
        let (mut found, mut left) = (None, MOST_VALUES);
        self.walk(seen, |yielded| {
            if let Some(number) = yielded.and_then(number_of) {
                found = Some(one_of(found, number));
            }
            left -= 1;
            if left == 0 {
                found = Some(f64::NAN);
            }
            found.is_some_and(f64::is_nan)
        });
        found
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let rest = self.rest.iter().map(Component::memory_usage);
        self.head.memory_usage() + size_of_val(&*self.rest) + rest.sum::<usize>()
    }
}

/// A number, or the milliseconds of a date.
pub(crate) fn number_of(stored: Stored<'_>) -> Option<f64> {
    match stored.kind() {
        Kind::Number(number) | Kind::Date(number) => Some(number),
        Kind::Null
        | Kind::Bool(_)
        | Kind::Text(_)
        | Kind::Pointer { .. }
        | Kind::Object
        | Kind::List
        | Kind::Binary { .. }
        | Kind::Regex { .. } => None,
    }
}

/// A number beside what was found before; NaN if they differ.
#[expect(clippy::float_cmp, reason = "the same number, found twice")]
pub(crate) fn one_of(found: Option<f64>, number: f64) -> f64 {
    if found.is_none_or(|other| other == number) {
        number
    } else {
        f64::NAN
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::column::Kept;
    use serde_json::{Value as Json, json};

    fn way(head: &str, rest: &[&str]) -> Way {
        Way {
            head: Head::new(head, Kept::Open),
            rest: rest.iter().map(|name| Component::new(name)).collect(),
        }
    }

    #[test]
    fn several_numbers_are_none() {
        let number = |value: &Json| {
            let way = way("a", &[]);
            way.number(&way.see(Some(Val::from(value))))
        };
        assert_eq!(number(&json!(5)), Some(5.0));
        assert_eq!(number(&json!([5, "x", 5])), Some(5.0));
        assert!(number(&json!([5, 6])).is_some_and(f64::is_nan));
        assert!(number(&json!([5, 6, 5])).is_some_and(f64::is_nan));
        // Of more values none is looked for; the list is one of them.
        assert_eq!(number(&json!(vec![5; 62])), Some(5.0));
        assert!(number(&json!(vec![5; 63])).is_some_and(f64::is_nan));
        assert!(number(&json!(vec![5; 200])).is_some_and(f64::is_nan));
        assert_eq!(number(&json!("5")), None);
        assert_eq!(number(&Json::Null), None);
        let way = way("a", &[]);
        assert_eq!(way.number(&way.see(None)), None);
        let date = json!({"__type": "Date", "iso": "1970-01-01T00:00:00.007Z"});
        assert_eq!(number(&date), Some(7.0));
    }

    #[test]
    fn something_is_always_shown() {
        let values = [
            json!([]),
            json!([1, "x"]),
            json!([[]]),
            json!({}),
            json!([{}, 5]),
            Json::Null,
            json!([[[1]]]),
        ];
        for rest in [&["b"][..], &["0"], &["b", "c"], &["0", "1"], &["0", "b"]] {
            for value in &values {
                let mut shown = 0;
                let way = way("a", rest);
                way.each(&way.see(Some(Val::from(value))), |_| shown += 1);
                assert!(shown > 0, "{rest:?} {value}");
            }
        }
    }
}
