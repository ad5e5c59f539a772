//! The owned tree of values.

use serde_json::Value;

use super::text::is_same;
use super::{Fields, Text, double, text_memory};

/// A value as JavaScript holds it: JSON, and what Parse's SDK makes of JSON.
#[derive(Clone, Debug)]
pub(crate) enum Datum {
    /// A property that is there and holds `undefined`, as the SDK leaves in some of its instances.
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(Text),
    /// Half of a surrogate pair, which no Rust string can hold.
    Unit(u16),
    Array(Box<[Datum]>),
    Object(Fields),
    /// Milliseconds since the epoch, NaN if invalid.
    Date(f64),
    Instance(Box<Instance>),
}

impl PartialEq for Datum {
    /// As it would be derived, but that short texts are compared faster.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => is_same(a, b),
            (Self::Number(a), Self::Number(b)) | (Self::Date(a), Self::Date(b)) => a == b,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Null, Self::Null) | (Self::Undefined, Self::Undefined) => true,
            (Self::Unit(a), Self::Unit(b)) => a == b,
            (Self::Instance(a), Self::Instance(b)) => a == b,
            _ => false,
        }
    }
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
            Value::Number(number) => Self::Number(double(number)),
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

    /// Whether all numbers in it are finite, as those of JSON text are.
    pub(crate) fn is_finite(&self) -> bool {
        match self {
            Self::Number(number) => number.is_finite(),
            Self::Array(items) => items.iter().all(Self::is_finite),
            Self::Object(fields) => fields.iter().all(|(_, member)| member.is_finite()),
            _ => true,
        }
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        match self {
            Self::Text(text) => text_memory(text),
            Self::Array(items) => items
                .iter()
                .map(|item| size_of::<Self>() + item.memory_usage())
                .sum(),
            Self::Object(fields) => fields.memory_usage(),
            Self::Instance(instance) => {
                size_of::<Instance>()
                    + instance.own.memory_usage()
                    + instance.getters.memory_usage()
            }
            _ => 0,
        }
    }

    #[inline]
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    #[inline]
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
