//! The database's values and their order.

use std::cmp::Ordering;

#[derive(Clone, Debug)]
pub(super) enum Bson {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Object(Vec<(String, Bson)>),
    List(Vec<Bson>),
    Binary(Vec<u8>),
    Date(f64),
}

impl Bson {
    /// Its place among the types, which are not compared with each other.
    pub(super) const fn bracket(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
            Self::Object(_) => 3,
            Self::List(_) => 4,
            Self::Binary(_) => 5,
            Self::Bool(_) => 6,
            Self::Date(_) => 7,
        }
    }

    pub(super) fn is_nan(&self) -> bool {
        matches!(self, Self::Number(number) if number.is_nan())
    }

    /// An object of operators: its first name begins with a dollar.
    pub(super) fn is_expression(&self) -> bool {
        match self {
            Self::Object(members) => members
                .first()
                .is_some_and(|(name, _)| name.starts_with('$')),
            _ => false,
        }
    }
}

/// NaN is one value, and the least.
fn by_number(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b)
        .unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}

pub(super) fn compare(a: &Bson, b: &Bson) -> Ordering {
    match (a, b) {
        (Bson::Bool(a), Bson::Bool(b)) => a.cmp(b),
        (Bson::Number(a), Bson::Number(b)) | (Bson::Date(a), Bson::Date(b)) => by_number(*a, *b),
        (Bson::Text(a), Bson::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Bson::Binary(a), Bson::Binary(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        (Bson::List(a), Bson::List(b)) => {
            let items = a.iter().zip(b).map(|(a, b)| compare(a, b));
            first_unequal(items).then(a.len().cmp(&b.len()))
        }
        (Bson::Object(a), Bson::Object(b)) => {
            let members = a.iter().zip(b).map(|((name, value), (other_name, other))| {
                let brackets = value.bracket().cmp(&other.bracket());
                let names = name.as_bytes().cmp(other_name.as_bytes());
                brackets.then(names).then_with(|| compare(value, other))
            });
            first_unequal(members).then(a.len().cmp(&b.len()))
        }
        _ => a.bracket().cmp(&b.bracket()),
    }
}

fn first_unequal(mut orders: impl Iterator<Item = Ordering>) -> Ordering {
    orders
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Whether a value, or a missing one, equals an operand.
pub(super) fn equals(value: Option<&Bson>, operand: &Bson) -> bool {
    compare(value.unwrap_or(&Bson::Null), operand).is_eq()
}
