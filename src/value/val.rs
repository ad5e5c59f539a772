//! A borrowed view of a value, and how JavaScript reads its properties.

use serde_json::{Map, Value};

use super::builtin::{self, Builtin, Kind, Property};
use super::key::{Key, array_index, javascript_order, names};
use super::text::{self, Unit};
use super::{Datum, Fault, Fields, Instance, double};

/// A value as a test sees it, wherever it is kept.
///
/// The tag is a whole word: beside a tag of one byte the compiler copies small values by odd pieces, which stalls the
/// processor at every look-up.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub(crate) enum Val<'a> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(&'a str),
    /// Half of a surrogate pair.
    Unit(u16),
    Array(List<'a>),
    Object(Members<'a>),
    /// Milliseconds since the epoch, NaN if invalid.
    Date(f64),
    Instance(&'a Instance),
    Builtin(Builtin),
}

/// The elements of an array.
#[derive(Clone, Copy, Debug)]
pub(crate) enum List<'a> {
    Values(&'a [Value]),
    Data(&'a [Datum]),
}

/// The members of a plain object.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Members<'a> {
    Map(&'a Map<String, Value>),
    Fields(&'a Fields),
    /// The object that Parse looks into where a path leads through nothing.
    Empty,
}

impl<'a> From<&'a Value> for Val<'a> {
    #[inline]
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(double(number)),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::Array(List::Values(items)),
            Value::Object(map) => Self::Object(Members::Map(map)),
        }
    }
}

impl<'a> From<&'a Datum> for Val<'a> {
    #[inline]
    fn from(datum: &'a Datum) -> Self {
        match datum {
            Datum::Undefined => Self::Undefined,
            Datum::Null => Self::Null,
            Datum::Bool(value) => Self::Bool(*value),
            Datum::Number(number) => Self::Number(*number),
            Datum::Text(text) => Self::Text(text),
            Datum::Unit(unit) => Self::Unit(*unit),
            Datum::Array(items) => Self::Array(List::Data(items)),
            Datum::Object(fields) => Self::Object(Members::Fields(fields)),
            Datum::Date(ms) => Self::Date(*ms),
            Datum::Instance(instance) => Self::Instance(instance),
        }
    }
}

impl<'a> From<Unit<'a>> for Val<'a> {
    fn from(unit: Unit<'a>) -> Self {
        match unit {
            Unit::Char(text) => Self::Text(text),
            Unit::Half(half) => Self::Unit(half),
        }
    }
}

impl From<Property> for Val<'_> {
    fn from(property: Property) -> Self {
        match property {
            Property::Builtin(builtin) => Self::Builtin(builtin),
            Property::Text(text) => Self::Text(text),
            Property::Number(number) => Self::Number(number),
            Property::Null => Self::Null,
        }
    }
}

impl<'a> Val<'a> {
    /// Reads a property as `value[key]` does: own members, then JavaScript's built-in ones.
    ///
    /// Reading from `undefined` or `null` faults.
    pub(crate) fn get(self, name: &str) -> Result<Self, Fault> {
        self.get_key(Key::new(name))
    }

    #[expect(
        clippy::inline_always,
        reason = "each look-up goes through here; a third faster than where the compiler decides"
    )]
    #[inline(always)]
    pub(crate) fn get_key(self, key: Key<'_>) -> Result<Self, Fault> {
        // Nearly always it is a member that is there.
        if let Self::Object(Members::Fields(fields)) = self
            && let Some(member) = fields.get_key(key)
        {
            return Ok(member.into());
        }
        self.property(key)
    }

    fn property(self, key: Key<'_>) -> Result<Self, Fault> {
        let own = match self {
            Self::Undefined | Self::Null => return Err(Fault),
            Self::Bool(_) | Self::Number(_) | Self::Date(_) => None,
            Self::Text(text) => text_property(text, key.name),
            Self::Unit(_) => match key.name {
                "length" => Some(Self::Number(1.0)),
                "0" => Some(self),
                _ => None,
            },
            Self::Array(list) => list.property(key.name),
            Self::Object(members) => members.get_key(key),
            Self::Instance(instance) => instance.property(key.name).map(Val::from),
            Self::Builtin(builtin) => {
                return Ok(builtin.get(key.name).map_or(Self::Undefined, Self::from));
            }
        };
        own.map_or_else(|| self.builtin(key.name), Ok)
    }

    /// What a value that does not own `name` answers to it. An object that was read in part cannot tell whether it
    /// would own it.
    #[cold]
    fn builtin(self, name: &str) -> Result<Self, Fault> {
        if let Self::Object(Members::Fields(fields)) = self
            && !fields.knows(name)
        {
            return Err(Fault);
        }
        let found = self.kind().and_then(|kind| builtin::inherited(kind, name));
        Ok(found.map_or(Self::Undefined, Self::Builtin))
    }

    fn kind(self) -> Option<Kind> {
        match self {
            Self::Undefined | Self::Null | Self::Builtin(_) => None,
            Self::Bool(_) => Some(Kind::Bool),
            Self::Number(_) => Some(Kind::Number),
            Self::Text(_) | Self::Unit(_) => Some(Kind::Text),
            Self::Array(_) => Some(Kind::Array),
            Self::Object(_) | Self::Instance(_) => Some(Kind::Object),
            Self::Date(_) => Some(Kind::Date),
        }
    }

    pub(crate) fn is_truthy(self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(value) => value,
            Self::Number(number) => number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Unit(_) | Self::Array(_) | Self::Object(_) | Self::Date(_) => true,
            Self::Instance(_) | Self::Builtin(_) => true,
        }
    }

    pub(crate) fn is_undefined(self) -> bool {
        matches!(self, Self::Undefined)
    }

    /// The elements, if this is what `Array.isArray` calls an array.
    pub(crate) fn as_list(self) -> Option<List<'a>> {
        match self {
            Self::Array(list) => Some(list),
            Self::Builtin(builtin) if builtin.is_array() => Some(List::Data(&[])),
            _ => None,
        }
    }

    /// Whether this is an object whose own `__type` is the text `name`.
    pub(crate) fn is_typed(self, name: &str) -> bool {
        match self {
            Self::Object(members) => {
                matches!(members.get_key(names::TYPE), Some(Val::Text(text)) if text == name)
            }
            Self::Instance(instance) => {
                matches!(instance.property("__type"), Some(Datum::Text(text)) if *text == *name)
            }
            _ => false,
        }
    }
}

fn text_property<'a>(text: &'a str, key: &str) -> Option<Val<'a>> {
    if key == "length" {
        #[expect(clippy::cast_precision_loss, reason = "no text is that long")]
        return Some(Val::Number(text::len(text) as f64));
    }
    text::unit_at(text, array_index(key)? as usize).map(Val::from)
}

impl<'a> List<'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Values(items) => items.len(),
            Self::Data(items) => items.len(),
        }
    }

    pub(crate) fn get(self, index: usize) -> Option<Val<'a>> {
        match self {
            Self::Values(items) => items.get(index).map(Val::from),
            Self::Data(items) => items.get(index).map(Val::from),
        }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Val<'a>> {
        (0..self.len()).filter_map(move |index| self.get(index))
    }

    fn property(self, key: &str) -> Option<Val<'a>> {
        if key == "length" {
            #[expect(clippy::cast_precision_loss, reason = "no array is that long")]
            return Some(Val::Number(self.len() as f64));
        }
        self.get(array_index(key)? as usize)
    }
}

impl<'a> Members<'a> {
    pub(crate) fn get(self, name: &str) -> Option<Val<'a>> {
        self.get_key(Key::new(name))
    }

    #[inline]
    pub(crate) fn get_key(self, key: Key<'_>) -> Option<Val<'a>> {
        match self {
            Self::Map(map) => map.get(key.name).map(Val::from),
            Self::Fields(fields) => fields.get_key(key).map(Val::from),
            Self::Empty => None,
        }
    }

    /// As [`get_key`](Self::get_key), for a member that stands at a place most of the time.
    #[inline]
    pub(crate) fn get_near(self, key: Key<'_>, place: usize) -> Option<Val<'a>> {
        match self {
            Self::Fields(fields) => fields.get_near(key, place).map(Val::from),
            Self::Map(_) | Self::Empty => self.get_key(key),
        }
    }

    pub(crate) fn len(self) -> usize {
        match self {
            Self::Map(map) => map.len(),
            Self::Fields(fields) => fields.len(),
            Self::Empty => 0,
        }
    }

    /// Calls `visit` for each member in JavaScript's order until it returns something.
    pub(crate) fn walk<T>(self, mut visit: impl FnMut(&'a str, Val<'a>) -> Option<T>) -> Option<T> {
        match self {
            Self::Map(map) if map.keys().any(|key| array_index(key).is_some()) => {
                let mut members: Vec<_> = map.iter().collect();
                members.sort_by(|(a, _), (b, _)| javascript_order(a, b));
                members
                    .into_iter()
                    .find_map(|(key, value)| visit(key, value.into()))
            }
            Self::Map(map) => map.iter().find_map(|(key, value)| visit(key, value.into())),
            Self::Fields(fields) => fields
                .iter()
                .find_map(|(key, datum)| visit(key, datum.into())),
            Self::Empty => None,
        }
    }
}

impl Fields {
    /// Whether there is a truthy `__type`, which makes an object one value and not a list of operators.
    pub(crate) fn is_typed(&self) -> bool {
        self.get_key(names::TYPE)
            .is_some_and(|name| Val::from(name).is_truthy())
    }
}

impl Instance {
    /// An own property or a getter.
    pub(crate) fn property(&self, key: &str) -> Option<&Datum> {
        self.own.get(key).or_else(|| self.getters.get(key))
    }
}
