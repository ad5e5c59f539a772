//! The owned tree of values, its objects in JavaScript's key order.

use std::cmp::Ordering;

use serde_json::Value;

use super::Val;

/// A value as JavaScript holds it: JSON, and what Parse's SDK makes of JSON.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Datum {
    /// A property that is there and holds `undefined`, as the SDK leaves in some of its instances.
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(Box<str>),
    /// Half of a surrogate pair, which no Rust string can hold.
    Unit(u16),
    Array(Vec<Datum>),
    Object(Fields),
    /// Milliseconds since the epoch, NaN if invalid.
    Date(f64),
    Instance(Box<Instance>),
}

impl Datum {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// The tree of a `serde_json` value, or nothing if it nests deeper than `levels`.
    pub(crate) fn from_value(value: &Value, levels: u32) -> Option<Self> {
        let levels = levels.checked_sub(1)?;
        Some(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::INFINITY)),
            Value::String(text) => Self::text(text),
            Value::Array(items) => {
                let items = items.iter().map(|item| Self::from_value(item, levels));
                Self::Array(items.collect::<Option<_>>()?)
            }
            Value::Object(map) => {
                let members = map.iter().map(|(key, member)| {
                    Some((key.as_str().into(), Self::from_value(member, levels)?))
                });
                Self::Object(members.collect::<Option<_>>()?)
            }
        })
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_fields(&self) -> Option<&Fields> {
        match self {
            Self::Object(fields) => Some(fields),
            _ => None,
        }
    }
}

/// An instance of one of the SDK's classes, as `Parse._decode` leaves it in an operand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Instance {
    pub(crate) species: Species,
    /// The own, enumerable properties: what key counts and `for … in` see.
    pub(crate) own: Fields,
    /// What can be read but is not counted.
    pub(crate) getters: Fields,
}

/// The SDK class of an [`Instance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Species {
    GeoPoint,
    Polygon,
    File,
    Relation,
    /// A `Parse.Object`. It carries a counter that no two instances share, so nothing equals it.
    Object,
    /// An update operation such as `Increment`.
    Operation,
}

/// The members of an object, in JavaScript's order: array indices ascending, then the rest as written.
///
/// The order is observable: it decides what is compared first, and so what faults.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fields {
    /// No key twice; index keys ascending, then the others in the order of their first mention.
    entries: Vec<(Box<str>, Datum)>,
    /// The positions in `entries`, sorted by key; empty while [`LINEAR`] entries or fewer.
    sorted: Vec<u32>,
}

/// Up to this many members a look-up compares keys one after another.
const LINEAR: usize = 8;

impl Fields {
    /// The members of an object written as `entries`: a key mentioned twice keeps its first place and
    /// its last value, as `JSON.parse` has it.
    pub(crate) fn new(mut entries: Vec<(Box<str>, Datum)>) -> Self {
        drop_repeats(&mut entries);
        if entries.iter().any(|(key, _)| array_index(key).is_some()) {
            entries.sort_by(|(a, _), (b, _)| javascript_order(a, b));
        }
        let sorted = if entries.len() > LINEAR {
            sorted_positions(&entries)
        } else {
            Vec::new()
        };
        Self { entries, sorted }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Datum> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Datum> {
        self.position(key).map(|at| &mut self.entries[at].1)
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.sorted.is_empty() {
            return self.entries.iter().position(|(name, _)| **name == *key);
        }
        let at = self
            .sorted
            .binary_search_by(|at| (*self.entries[*at as usize].0).cmp(key))
            .ok()?;
        Some(self.sorted[at] as usize)
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Datum)> {
        self.entries.iter().map(|(key, value)| (&**key, value))
    }

    pub(crate) fn into_entries(self) -> Vec<(Box<str>, Datum)> {
        self.entries
    }

    /// Whether there is a truthy `__type`, which makes an object one value and not a list of operators.
    pub(crate) fn is_typed(&self) -> bool {
        self.get("__type")
            .is_some_and(|name| Val::from(name).is_truthy())
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl FromIterator<(Box<str>, Datum)> for Fields {
    fn from_iter<I: IntoIterator<Item = (Box<str>, Datum)>>(entries: I) -> Self {
        Self::new(entries.into_iter().collect())
    }
}

fn sorted_positions(entries: &[(Box<str>, Datum)]) -> Vec<u32> {
    // An object with more members than a `u32` counts would not fit in memory.
    let mut sorted: Vec<u32> = (0..u32::try_from(entries.len()).unwrap_or(u32::MAX)).collect();
    sorted.sort_by(|a, b| entries[*a as usize].0.cmp(&entries[*b as usize].0));
    sorted
}

/// Leaves each key once, at its first place and with its last value.
fn drop_repeats(entries: &mut Vec<(Box<str>, Datum)>) {
    let sorted = sorted_positions(entries);
    let repeats = |pair: &[u32]| entries[pair[0] as usize].0 == entries[pair[1] as usize].0;
    if !sorted.windows(2).any(repeats) {
        return;
    }
    let mut dropped = vec![false; entries.len()];
    for run in sorted.chunk_by(|a, b| entries[*a as usize].0 == entries[*b as usize].0) {
        for later in &run[1..] {
            dropped[*later as usize] = true;
        }
    }
    // The sort is stable, so a run of equal keys stands in the order of the text.
    let runs: Vec<(usize, usize)> = sorted
        .chunk_by(|a, b| entries[*a as usize].0 == entries[*b as usize].0)
        .filter(|run| run.len() > 1)
        .map(|run| (run[0] as usize, run[run.len() - 1] as usize))
        .collect();
    for (first, last) in runs {
        entries[first].1 = std::mem::replace(&mut entries[last].1, Datum::Undefined);
    }
    let mut at = 0;
    entries.retain(|_| {
        at += 1;
        !dropped[at - 1]
    });
}

/// The order in which JavaScript walks the keys of an object, for a stable sort: two keys that are no
/// indices stay as they are.
pub(crate) fn javascript_order(a: &str, b: &str) -> Ordering {
    match (array_index(a), array_index(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// The number that a key stands for if it is an array index: canonical decimal, at most 2³² − 2.
pub(crate) fn array_index(key: &str) -> Option<u32> {
    let digits = key.as_bytes();
    let canonical = match digits {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.len() < 10 && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let index: u32 = if canonical {
        key.parse().ok()?
    } else {
        return None;
    };
    (index != u32::MAX).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(keys: &[&str]) -> Vec<String> {
        let entries = keys.iter().enumerate();
        #[expect(clippy::cast_precision_loss, reason = "a handful of keys")]
        let entries = entries.map(|(i, key)| ((*key).into(), Datum::Number(i as f64)));
        let fields: Fields = entries.collect();
        fields
            .iter()
            .map(|(key, value)| format!("{key}={value:?}"))
            .collect()
    }

    #[test]
    fn indices_come_first_and_repeats_keep_place_and_last_value() {
        assert_eq!(
            fields(&["b", "10", "a", "2", "b", "01", "4294967295", "4294967294"]),
            [
                "2=Number(3.0)",
                "10=Number(1.0)",
                "4294967294=Number(7.0)",
                "b=Number(4.0)",
                "a=Number(2.0)",
                "01=Number(5.0)",
                "4294967295=Number(6.0)"
            ]
        );
    }

    #[test]
    fn finds_keys_in_large_objects() {
        let entries =
            (0..100).map(|i| (format!("k{}", 99 - i).into(), Datum::Number(f64::from(i))));
        let fields: Fields = entries.collect();
        assert_eq!(fields.get("k0"), Some(&Datum::Number(99.0)));
        assert_eq!(fields.get("k99"), Some(&Datum::Number(0.0)));
        assert_eq!(fields.get("k100"), None);
    }
}
