//! MongoDB's order of values: by bracket, then within it.

use std::cmp::Ordering;

use super::base64;
use super::bson::Bson;
use super::value::{Bracket, Kind, Value};
use crate::value::Text;
use crate::value::text::{is_same, is_same_bytes};

/// One of the comparisons that ask for an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Comparison {
    Lt,
    Lte,
    Gt,
    Gte,
}

impl Comparison {
    pub(crate) const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Lt => order.is_lt(),
            Self::Lte => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Gte => order.is_ge(),
        }
    }
}

/// The order of a stored value and an operand, across brackets.
#[inline]
pub(crate) fn compare<'v, V: Value<'v>>(value: V, operand: &Bson) -> Ordering {
    let (kind, other) = (value.kind(), operand.kind());
    let brackets = kind.bracket().cmp(&other.bracket());
    brackets.then_with(|| within(value, kind, operand, other))
}

/// The order of two values of one bracket.
#[inline]
fn within<'v, V: Value<'v>>(value: V, kind: Kind<'v>, operand: &Bson, other: Kind<'_>) -> Ordering {
    match (kind, other) {
        (Kind::Bool(a), Kind::Bool(b)) => a.cmp(&b),
        (Kind::Number(a), Kind::Number(b)) => by_number(a, b),
        (Kind::Date(a), Kind::Date(b)) => by_number(a, b),
        (Kind::Text(a), Kind::Text(b)) => a.cmp(b),
        (Kind::Pointer { class, id }, Kind::Text(text)) => match operand {
            Bson::Id(wanted) => id.cmp(wanted),
            _ => joined(class, id, text),
        },
        (Kind::List, Kind::List) => by_items(value, operand),
        (Kind::Object, Kind::Object) => by_members(value, operand),
        (
            Kind::Binary { subtype, base64 },
            Kind::Binary {
                subtype: other_type,
                base64: other,
            },
        ) => by_binary((subtype, base64), (other_type, other)),
        (
            Kind::Regex { source, options },
            Kind::Regex {
                source: other_source,
                options: other_options,
            },
        ) => (source, options).cmp(&(other_source, other_options)),
        // Null has one value; no other two are of one bracket.
        _ => Ordering::Equal,
    }
}

/// The text of a pointer and another text, by their bytes.
pub(super) fn joined(class: &str, id: &str, text: &str) -> Ordering {
    let (text, class) = (text.as_bytes(), class.as_bytes());
    let (first, behind) = text.split_at(class.len().min(text.len()));
    class.cmp(first).then_with(|| match behind.split_first() {
        Some((dollar, rest)) => b'$'.cmp(dollar).then_with(|| id.as_bytes().cmp(rest)),
        None => Ordering::Greater,
    })
}

/// Whether a text is that of a pointer.
#[inline]
pub(crate) fn is_joined(class: &str, id: &str, text: &str) -> bool {
    let rest = text.as_bytes().split_at_checked(class.len());
    rest.is_some_and(|(first, rest)| {
        rest.split_first().is_some_and(|(dollar, rest)| {
            *dollar == b'$' && is_same_bytes(rest, id.as_bytes()) && first == class.as_bytes()
        })
    })
}

/// NaN is one value and less than any other.
fn by_number(a: f64, b: f64) -> Ordering {
    let order = a.partial_cmp(&b);
    order.unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}

fn by_items<'v, V: Value<'v>>(value: V, operand: &Bson) -> Ordering {
    let others = operand.as_list().unwrap_or_default();
    for (index, other) in others.iter().enumerate() {
        let Some(item) = value.item(index) else {
            break;
        };
        let order = compare(item, other);
        if order.is_ne() {
            return order;
        }
    }
    value.len().cmp(&others.len())
}

/// Member by member: the bracket of its value, its name, its value; then whoever has fewer.
fn by_members<'v, V: Value<'v>>(value: V, operand: &Bson) -> Ordering {
    let mut others = operand.as_members().unwrap_or_default().iter();
    let mut order = Ordering::Equal;
    value.each_member(&mut |name, member| {
        order = others
            .next()
            .map_or(Ordering::Greater, |(other_name, other)| {
                let brackets = member.kind().bracket().cmp(&other.kind().bracket());
                let names = || name.cmp(other_name);
                brackets
                    .then_with(names)
                    .then_with(|| compare(member, other))
            });
        order.is_eq()
    });
    if order.is_eq() && others.next().is_some() {
        return Ordering::Less;
    }
    order
}

/// By length, subtype and bytes.
fn by_binary(a: (u8, &str), b: (u8, &str)) -> Ordering {
    let (bytes, others) = (base64::decode(a.1), base64::decode(b.1));
    let length = bytes.len().cmp(&others.len());
    length.then(a.0.cmp(&b.0)).then_with(|| bytes.cmp(&others))
}

/// Whether a value equals an operand; a missing one equals null.
#[inline]
pub(crate) fn equals<'v, V: Value<'v>>(value: Option<V>, operand: &Bson) -> bool {
    match value {
        Some(value) => match (value.kind(), operand) {
            // What is asked most.
            (Kind::Text(text), Bson::Text(other) | Bson::Id(other)) => is_same(text, other),
            (Kind::Number(number), Bson::Number(other))
            | (Kind::Date(number), Bson::Date(other)) => by_number(number, *other).is_eq(),
            (Kind::Bool(value), Bson::Bool(other)) => value == *other,
            (Kind::Pointer { class, id }, Bson::Text(text)) => is_joined(class, id, text),
            (Kind::Text(_), Bson::Number(_) | Bson::Bool(_)) => false,
            (Kind::Object, Bson::Object(members)) => match value.pointer_object() {
                Some(pointer) => is_pointer(members, pointer),
                None => compare(value, operand).is_eq(),
            },
            _ => compare(value, operand).is_eq(),
        },
        None => *operand == Bson::Null,
    }
}

/// Whether members are those of a pointer in a list.
fn is_pointer(members: &[(Text, Bson)], (class, id): (&str, &str)) -> bool {
    let text = |at: usize| match &members[at].1 {
        Bson::Text(text) => Some(&**text),
        _ => None,
    };
    let names = ["__type", "className", "objectId"];
    members.len() == names.len()
        && text(2) == Some(id)
        && text(1) == Some(class)
        && text(0) == Some("Pointer")
        && members.iter().map(|(name, _)| &**name).eq(names)
}

/// Whether a value stands in an order to an operand: both must be of one bracket, and NaN stands in none but to itself.
#[inline]
pub(crate) fn stands<'v, V: Value<'v>>(
    value: Option<V>,
    comparison: Comparison,
    operand: &Bson,
) -> bool {
    let Some(value) = value else {
        return *operand == Bson::Null && comparison.holds(Ordering::Equal);
    };
    let kind = value.kind();
    // What is asked most.
    if let (Kind::Number(number), Bson::Number(limit)) | (Kind::Date(number), Bson::Date(limit)) =
        (kind, operand)
        && let Some(order) = number.partial_cmp(limit)
    {
        return comparison.holds(order);
    }
    let other = operand.kind();
    if kind.bracket() != other.bracket() {
        return false;
    }
    let is_nan = |kind: Kind<'_>| matches!(kind, Kind::Number(number) if number.is_nan());
    if is_nan(kind) != is_nan(other) {
        return false;
    }
    comparison.holds(within(value, kind, operand, other))
}

impl Bracket {
    /// By the names of MongoDB's types, so far as a bracket is all that one asks for.
    pub(crate) fn from_type_name(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::Null,
            "double" | "int" | "long" | "number" => Self::Number,
            "string" => Self::Text,
            "object" => Self::Object,
            "array" => Self::List,
            "binData" => Self::Binary,
            "bool" => Self::Bool,
            "date" => Self::Date,
            "regex" => Self::Regex,
            _ => return None,
        })
    }
}
