//! The names that every JavaScript object answers to without owning them.
//!
//! Parse's matcher reads `object[key]`, so a field that is missing but named like a member of
//! `Object.prototype` is there: `{"toString": {"$exists": true}}` matches every object. These twelve
//! names are copied here. What arrays, texts, numbers, booleans and dates have beyond them (`push`,
//! `trim`, `toFixed`, `getTime`, …) is not, `length` aside: a deviation that the ledger states.

use super::Fault;

/// A member of a built-in prototype, or such a prototype itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builtin {
    Function { name: &'static str, length: u8 },
    Prototype(Kind),
}

/// What a value is, for the built-in names it answers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    Text,
    Number,
    Bool,
    Date,
    Function,
}

/// Whether a name is one of the twelve members of `Object.prototype`.
pub(crate) fn is_name(name: &str) -> bool {
    name == "constructor" || name == "__proto__" || method(Kind::Object, name).is_some()
}

/// What a value that does not own `name` answers to it.
pub(crate) fn inherited(kind: Kind, name: &str) -> Option<Builtin> {
    match name {
        "constructor" => Some(constructor(kind)),
        "__proto__" => Some(Builtin::Prototype(kind)),
        _ => method(kind, name),
    }
}

fn constructor(kind: Kind) -> Builtin {
    let (name, length) = match kind {
        Kind::Object => ("Object", 1),
        Kind::Array => ("Array", 1),
        Kind::Text => ("String", 1),
        Kind::Number => ("Number", 1),
        Kind::Bool => ("Boolean", 1),
        Kind::Date => ("Date", 7),
        Kind::Function => ("Function", 1),
    };
    Builtin::Function { name, length }
}

fn method(kind: Kind, name: &str) -> Option<Builtin> {
    let (name, length) = match name {
        "toString" if kind == Kind::Number => ("toString", 1),
        "toString" => ("toString", 0),
        "toLocaleString" => ("toLocaleString", 0),
        "valueOf" => ("valueOf", 0),
        "hasOwnProperty" => ("hasOwnProperty", 1),
        "isPrototypeOf" => ("isPrototypeOf", 1),
        "propertyIsEnumerable" => ("propertyIsEnumerable", 1),
        "__defineGetter__" => ("__defineGetter__", 2),
        "__defineSetter__" => ("__defineSetter__", 2),
        "__lookupGetter__" => ("__lookupGetter__", 1),
        "__lookupSetter__" => ("__lookupSetter__", 1),
        _ => return None,
    };
    Some(Builtin::Function { name, length })
}

/// What reading a property of a built-in gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Property {
    Builtin(Builtin),
    Text(&'static str),
    Number(f64),
    Null,
}

impl Builtin {
    pub(crate) fn is_function(self) -> bool {
        matches!(
            self,
            Self::Function { .. } | Self::Prototype(Kind::Function)
        )
    }

    pub(crate) fn is_array(self) -> bool {
        self == Self::Prototype(Kind::Array)
    }

    pub(crate) fn get(self, name: &str) -> Option<Property> {
        match self {
            Self::Function { name: own, length } => match name {
                "name" => Some(Property::Text(own)),
                "length" => Some(Property::Number(f64::from(length))),
                _ => inherited(Kind::Function, name).map(Property::Builtin),
            },
            Self::Prototype(kind) => prototype_property(kind, name),
        }
    }

    /// Its text, as JavaScript's `String(value)` has it.
    pub(crate) fn to_text(self) -> Result<String, Fault> {
        match self {
            Self::Function { name, .. } => Ok(format!("function {name}() {{ [native code] }}")),
            Self::Prototype(kind) => match kind {
                Kind::Object => Ok("[object Object]".to_owned()),
                Kind::Array | Kind::Text => Ok(String::new()),
                Kind::Number => Ok("0".to_owned()),
                Kind::Bool => Ok("false".to_owned()),
                // `Date.prototype` is no date, and its `toString` says so by throwing.
                Kind::Date => Err(Fault),
                Kind::Function => Ok("function () { [native code] }".to_owned()),
            },
        }
    }
}

fn prototype_property(kind: Kind, name: &str) -> Option<Property> {
    match (kind, name) {
        (Kind::Object, "__proto__") => Some(Property::Null),
        (_, "__proto__") => Some(Property::Builtin(Builtin::Prototype(Kind::Object))),
        (Kind::Array | Kind::Text | Kind::Function, "length") => Some(Property::Number(0.0)),
        (Kind::Function, "name") => Some(Property::Text("")),
        _ => inherited(kind, name).map(Property::Builtin),
    }
}
