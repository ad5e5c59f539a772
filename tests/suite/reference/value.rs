//! JavaScript's values: look-up, conversions, equality, order.

use std::cmp::Ordering;

use super::Stop;
use super::{date, number};

/// A string is UTF-16 and may hold half of a surrogate pair.
pub(super) type Text = Vec<u16>;

pub(super) fn units(text: &str) -> Text {
    text.encode_utf16().collect()
}

pub(super) fn is(text: &[u16], word: &str) -> bool {
    text.iter().copied().eq(word.encode_utf16())
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Undefined,
    Null,
    Bool(bool),
    Num(f64),
    Str(Text),
    Arr(Vec<Value>),
    Obj(Obj),
    /// Milliseconds, NaN if invalid.
    Date(f64),
    /// A built-in: its name and its `length`.
    Function(&'static str, f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Plain,
    GeoPoint,
    /// Any other class of the SDK.
    Sdk,
    /// `Object.prototype` itself.
    Prototype,
}

#[derive(Clone, Debug)]
pub(super) struct Obj {
    pub(super) class: Class,
    /// What `for … in` walks, in its order.
    pub(super) own: Vec<(Text, Value)>,
    /// What can only be read.
    pub(super) getters: Vec<(Text, Value)>,
}

impl Obj {
    /// An object literal: index keys first and ascending, a repeated key at its first place with its
    /// last value.
    pub(super) fn plain(members: Vec<(Text, Value)>) -> Self {
        let mut own: Vec<(Text, Value)> = Vec::new();
        for (key, value) in members {
            match own.iter_mut().find(|(name, _)| *name == key) {
                Some((_, slot)) => *slot = value,
                None => own.push((key, value)),
            }
        }
        own.sort_by_key(|(key, _)| array_index(key).unwrap_or(u32::MAX));
        Self {
            class: Class::Plain,
            own,
            getters: Vec::new(),
        }
    }

    pub(super) fn own(&self, key: &[u16]) -> Option<&Value> {
        self.own
            .iter()
            .find_map(|(name, value)| (name == key).then_some(value))
    }
}

/// The number of a key that is an array index.
pub(super) fn array_index(key: &[u16]) -> Option<u32> {
    let text = String::from_utf16(key).ok()?;
    let index: u32 = text.parse().ok()?;
    (index != u32::MAX && index.to_string() == text).then_some(index)
}

/// What every value inherits from `Object.prototype`, with the `length` of each function.
const INHERITED: [(&str, f64); 10] = [
    ("toString", 0.0),
    ("toLocaleString", 0.0),
    ("valueOf", 0.0),
    ("hasOwnProperty", 1.0),
    ("isPrototypeOf", 1.0),
    ("propertyIsEnumerable", 1.0),
    ("__defineGetter__", 2.0),
    ("__defineSetter__", 2.0),
    ("__lookupGetter__", 1.0),
    ("__lookupSetter__", 1.0),
];

impl Value {
    /// `this[key]`
    pub(super) fn get(&self, key: &[u16]) -> Result<Value, Stop> {
        let own = match self {
            Self::Undefined | Self::Null => return Err(Stop::Fault),
            Self::Obj(obj) => obj.own(key).cloned().or_else(|| obj.getter(key)),
            Self::Arr(items) if is(key, "length") => Some(length(items.len())),
            Self::Arr(items) => at(items, key).cloned(),
            Self::Str(text) if is(key, "length") => Some(length(text.len())),
            Self::Str(text) => at(text, key).map(|unit| Self::Str(vec![*unit])),
            Self::Function(name, _) if is(key, "name") => Some(Self::Str(units(name))),
            Self::Function(_, length) if is(key, "length") => Some(Self::Num(*length)),
            Self::Function(..) | Self::Bool(_) | Self::Num(_) | Self::Date(_) => None,
        };
        own.map_or_else(|| self.inherited(key), Ok)
    }

    pub(super) fn prop(&self, name: &str) -> Result<Value, Stop> {
        self.get(&units(name))
    }

    fn inherited(&self, key: &[u16]) -> Result<Value, Stop> {
        if is(key, "__proto__") {
            return self.prototype();
        }
        if is(key, "constructor") {
            return Ok(self.constructor());
        }
        let found = INHERITED.iter().find(|(name, _)| is(key, name));
        Ok(found.map_or(Self::Undefined, |(name, length)| {
            Self::Function(name, *length)
        }))
    }

    fn prototype(&self) -> Result<Value, Stop> {
        match self {
            Self::Obj(Obj {
                class: Class::Plain,
                ..
            }) => {
                let prototype = Obj {
                    class: Class::Prototype,
                    ..Obj::plain(Vec::new())
                };
                Ok(Self::Obj(prototype))
            }
            Self::Obj(Obj {
                class: Class::Prototype,
                ..
            }) => Ok(Self::Null),
            // The prototypes of arrays, texts and the like are objects of many built-ins.
            _ => Err(Stop::Unknown),
        }
    }

    fn constructor(&self) -> Value {
        match self {
            Self::Arr(_) => Self::Function("Array", 1.0),
            Self::Str(_) => Self::Function("String", 1.0),
            Self::Num(_) => Self::Function("Number", 1.0),
            Self::Bool(_) => Self::Function("Boolean", 1.0),
            Self::Date(_) => Self::Function("Date", 7.0),
            Self::Function(..) => Self::Function("Function", 1.0),
            Self::Obj(_) | Self::Undefined | Self::Null => Self::Function("Object", 1.0),
        }
    }

    /// The place of an own property that can be assigned to.
    pub(super) fn slot(&mut self, key: &[u16]) -> Option<&mut Value> {
        match self {
            Self::Obj(obj) => obj
                .own
                .iter_mut()
                .find(|(name, _)| name == key)
                .map(|(_, v)| v),
            Self::Arr(items) => items.get_mut(array_index(key)? as usize),
            _ => None,
        }
    }

    /// What `for … in` visits.
    pub(super) fn members(&self) -> Vec<(Text, Value)> {
        let numbered = |(i, value): (usize, Value)| (units(&i.to_string()), value);
        match self {
            Self::Obj(obj) => obj.own.clone(),
            Self::Arr(items) => items.iter().cloned().enumerate().map(numbered).collect(),
            Self::Str(text) => {
                let texts = text.iter().map(|unit| Self::Str(vec![*unit]));
                texts.enumerate().map(numbered).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(value) => *value,
            Self::Num(number) => *number != 0.0 && !number.is_nan(),
            Self::Str(text) => !text.is_empty(),
            Self::Arr(_) | Self::Obj(_) | Self::Date(_) | Self::Function(..) => true,
        }
    }

    /// `typeof this`
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Bool(_) => "boolean",
            Self::Num(_) => "number",
            Self::Str(_) => "string",
            Self::Function(..) => "function",
            Self::Null | Self::Arr(_) | Self::Obj(_) | Self::Date(_) => "object",
        }
    }

    /// `String(this)`
    pub(super) fn to_text(&self) -> Result<Text, Stop> {
        Ok(match self {
            Self::Undefined => units("undefined"),
            Self::Null => units("null"),
            Self::Bool(value) => units(if *value { "true" } else { "false" }),
            Self::Num(number) => units(&number::to_text(*number)),
            Self::Str(text) => text.clone(),
            Self::Arr(items) => joined(items)?,
            // Such an own property hides the function, and JSON holds nothing that can be called.
            Self::Obj(obj) if obj.own(&units("toString")).is_some() => return Err(Stop::Fault),
            Self::Obj(_) => units("[object Object]"),
            Self::Date(ms) => units(&date::to_text(*ms)),
            Self::Function(name, _) => units(&format!("function {name}() {{ [native code] }}")),
        })
    }

    /// `Number(this)`
    pub(super) fn to_number(&self) -> Result<f64, Stop> {
        Ok(match self {
            Self::Undefined => f64::NAN,
            Self::Null => 0.0,
            Self::Bool(value) => f64::from(*value),
            Self::Num(number) | Self::Date(number) => *number,
            Self::Str(text) => number::from_text(text),
            Self::Arr(_) | Self::Obj(_) | Self::Function(..) => number::from_text(&self.to_text()?),
        })
    }
}

impl Obj {
    fn getter(&self, key: &[u16]) -> Option<Value> {
        let found = self.getters.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.clone())
    }
}

fn at<'a, T>(items: &'a [T], key: &[u16]) -> Option<&'a T> {
    items.get(array_index(key)? as usize)
}

fn length(len: usize) -> Value {
    Value::Num(f64::from(
        u32::try_from(len).expect("a text of less than 4 GiB"),
    ))
}

fn joined(items: &[Value]) -> Result<Text, Stop> {
    let mut text = Text::new();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            text.push(u16::from(b','));
        }
        if !matches!(item, Value::Undefined | Value::Null) {
            text.extend(item.to_text()?);
        }
    }
    Ok(text)
}

/// `a === b`, where no object is on both sides.
pub(super) fn strict_equals(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Undefined, Value::Undefined) | (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        #[expect(clippy::float_cmp, reason = "JavaScript compares exactly")]
        (Value::Num(a), Value::Num(b)) => a == b,
        (Value::Str(a), Value::Str(b)) => a == b,
        _ => false,
    }
}

/// How `a` and `b` stand to `<` and its kin; nothing if one is not a number.
pub(super) fn order(a: &Value, b: &Value) -> Result<Option<Ordering>, Stop> {
    let (a, b) = (primitive(a)?, primitive(b)?);
    if let (Value::Str(a), Value::Str(b)) = (&a, &b) {
        return Ok(Some(a.cmp(b)));
    }
    Ok(a.to_number()?.partial_cmp(&b.to_number()?))
}

fn primitive(value: &Value) -> Result<Value, Stop> {
    match value {
        Value::Arr(_) | Value::Obj(_) | Value::Function(..) => value.to_text().map(Value::Str),
        Value::Date(ms) => Ok(Value::Num(*ms)),
        _ => Ok(value.clone()),
    }
}

pub(super) fn less(a: &Value, b: &Value) -> Result<bool, Stop> {
    Ok(order(a, b)?.is_some_and(Ordering::is_lt))
}

pub(super) fn at_most(a: &Value, b: &Value) -> Result<bool, Stop> {
    Ok(order(a, b)?.is_some_and(Ordering::is_le))
}

/// The original's `equalObjects`.
pub(super) fn equal_objects(a: &Value, b: &Value) -> Result<bool, Stop> {
    if a.kind() != b.kind() {
        return Ok(false);
    }
    if a.kind() != "object" || matches!((a, b), (Value::Null, Value::Null)) {
        return Ok(strict_equals(a, b));
    }
    match (a, b) {
        #[expect(clippy::float_cmp, reason = "JavaScript compares exactly")]
        (Value::Date(a), Value::Date(b)) => Ok(a == b),
        (Value::Arr(a), Value::Arr(b)) => equal_arrays(a, b),
        (Value::Date(_) | Value::Arr(_), _) => Ok(false),
        (Value::Null, _) | (_, Value::Null) => Err(Stop::Fault),
        _ => equal_members(a, b),
    }
}

fn equal_arrays(a: &[Value], b: &[Value]) -> Result<bool, Stop> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.iter().zip(b) {
        if !equal_objects(a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_members(a: &Value, b: &Value) -> Result<bool, Stop> {
    let members = a.members();
    if members.len() != b.members().len() {
        return Ok(false);
    }
    for (key, value) in members {
        if !equal_objects(&value, &b.get(&key)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}
