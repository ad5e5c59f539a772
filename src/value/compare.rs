//! JavaScript's comparisons, and Parse's deep equality.

use std::cmp::Ordering;

use super::builtin::Builtin;
use super::convert::{JsText, Primitive, to_primitive, to_text};
use super::text::is_same;
use super::val::{List, Members};
use super::{Answer, Fault, Species, Val, every, text};

/// `a === b`. Two arrays, objects or dates are never the same, as the sides were read apart.
#[inline]
pub(crate) fn strictly_equal(a: Val<'_>, b: Val<'_>) -> bool {
    match (a, b) {
        (Val::Undefined, Val::Undefined) | (Val::Null, Val::Null) => true,
        (Val::Bool(a), Val::Bool(b)) => a == b,
        #[expect(clippy::float_cmp, reason = "this is JavaScript's equality of numbers")]
        (Val::Number(a), Val::Number(b)) => a == b,
        (Val::Text(a), Val::Text(b)) => is_same(a, b),
        (Val::Unit(a), Val::Unit(b)) => a == b,
        _ => false,
    }
}

/// How `a` stands to `b` for `<`, `<=`, `>` and `>=`; `None` where each of them is false.
pub(crate) fn order(a: Val<'_>, b: Val<'_>) -> Result<Option<Ordering>, Fault> {
    // The usual cases first; what follows is the rule for all of them.
    match (a, b) {
        (Val::Number(a) | Val::Date(a), Val::Number(b) | Val::Date(b)) => {
            return Ok(a.partial_cmp(&b));
        }
        (Val::Text(a), Val::Text(b)) => return Ok(Some(text::compare(a, b))),
        _ => {}
    }
    let (a, b) = (to_primitive(a)?, to_primitive(b)?);
    if let (Primitive::Text(a), Primitive::Text(b)) = (&a, &b) {
        return Ok(Some(order_texts(a, b)));
    }
    Ok(a.to_number().partial_cmp(&b.to_number()))
}

fn order_texts(a: &JsText<'_>, b: &JsText<'_>) -> Ordering {
    match (a, b) {
        (JsText::Text(a), JsText::Text(b)) => text::compare(a, b),
        (JsText::Unit(a), JsText::Text(b)) => [*a].into_iter().cmp(b.encode_utf16()),
        (JsText::Text(a), JsText::Unit(b)) => a.encode_utf16().cmp([*b]),
        (JsText::Unit(a), JsText::Unit(b)) => a.cmp(b),
    }
}

/// `value == "Date"`, loosely: `["Date"]` is taken for it too.
pub(crate) fn loosely_equals_text(value: Val<'_>, other: &str) -> Answer {
    match value {
        Val::Text(text) => Ok(text == other),
        Val::Array(_) | Val::Object(_) | Val::Instance(_) | Val::Builtin(_) => {
            Ok(to_text(value)?.is(other))
        }
        Val::Undefined | Val::Null | Val::Bool(_) | Val::Number(_) | Val::Unit(_) => Ok(false),
        Val::Date(_) => Ok(false),
    }
}

/// What JavaScript's `typeof` tells apart.
#[derive(PartialEq)]
enum TypeOf {
    Undefined,
    Bool,
    Number,
    Text,
    Function,
    Object,
}

fn type_of(value: Val<'_>) -> TypeOf {
    match value {
        Val::Undefined => TypeOf::Undefined,
        Val::Bool(_) => TypeOf::Bool,
        Val::Number(_) => TypeOf::Number,
        Val::Text(_) | Val::Unit(_) => TypeOf::Text,
        Val::Builtin(builtin) if builtin.is_function() => TypeOf::Function,
        Val::Null | Val::Array(_) | Val::Object(_) | Val::Date(_) => TypeOf::Object,
        Val::Instance(_) | Val::Builtin(_) => TypeOf::Object,
    }
}

/// Parse Server's `equalObjects`, which is neither symmetric nor total.
///
/// `{}` equals `[]` and every date but not the other way round, `{"length": 1}` equals any array of
/// one element, and comparing an object with `null` faults. It stops at the first difference, so a
/// pair that would fault after it does not. Recursion is no deeper than `b`, an operand of limited depth.
pub(crate) fn deep_equal(a: Val<'_>, b: Val<'_>) -> Answer {
    if type_of(a) != type_of(b) {
        return Ok(false);
    }
    if type_of(a) != TypeOf::Object {
        return Ok(strictly_equal(a, b));
    }
    match (a, b) {
        (Val::Null, Val::Null) => Ok(true),
        #[expect(
            clippy::float_cmp,
            reason = "an invalid date is NaN, which equals nothing"
        )]
        (Val::Date(a), Val::Date(b)) => Ok(a == b),
        (Val::Date(_), _) => Ok(false),
        (Val::Array(a), b) => b.as_list().map_or(Ok(false), |b| equal_lists(a, b)),
        (Val::Null, _) | (_, Val::Null) => array_or_fault(a),
        (Val::Object(a), b) => equal_members(a, b),
        (a, b) => Ok(equal_keyless(a, b)),
    }
}

/// What becomes of a comparison with `null`: only an array on the left is looked at before it faults.
fn array_or_fault(a: Val<'_>) -> Answer {
    a.as_list().map_or(Err(Fault), |_| Ok(false))
}

fn equal_lists(a: List<'_>, b: List<'_>) -> Answer {
    if a.len() != b.len() {
        return Ok(false);
    }
    every(a.iter().zip(b.iter()), |(a, b)| deep_equal(a, b))
}

fn equal_members(a: Members<'_>, b: Val<'_>) -> Answer {
    if key_count(b) != Some(a.len()) {
        return Ok(false);
    }
    let differs = |key: &str, a: Val<'_>| match b.get(key).and_then(|b| deep_equal(a, b)) {
        Ok(true) => None,
        refused => Some(refused),
    };
    a.walk(differs).unwrap_or(Ok(true))
}

/// `Object.keys(value).length`, or nothing for an instance that equals nothing whatever its keys.
fn key_count(value: Val<'_>) -> Option<usize> {
    match value {
        Val::Array(list) => Some(list.len()),
        Val::Object(members) => Some(members.len()),
        Val::Instance(instance) if instance.species == Species::Object => None,
        Val::Instance(instance) => Some(instance.own.len()),
        Val::Text(text) => Some(text::len(text)),
        Val::Unit(_) => Some(1),
        Val::Undefined
        | Val::Null
        | Val::Bool(_)
        | Val::Number(_)
        | Val::Date(_)
        | Val::Builtin(_) => Some(0),
    }
}

/// An object without own keys, such as a built-in prototype, against another value.
fn equal_keyless(a: Val<'_>, b: Val<'_>) -> bool {
    match a {
        Val::Builtin(builtin) if builtin.is_array() => b.as_list().is_some_and(|b| b.len() == 0),
        Val::Builtin(Builtin::Prototype(_)) => key_count(b) == Some(0),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read_str;

    fn equal(a: &str, b: &str) -> Answer {
        let (a, b) = (
            read_str(a).map_err(|_| Fault)?,
            read_str(b).map_err(|_| Fault)?,
        );
        deep_equal(Val::from(&a), Val::from(&b))
    }

    #[test]
    fn equality_is_one_sided() {
        assert_eq!(equal("{}", "[]"), Ok(true));
        assert_eq!(equal("[]", "{}"), Ok(false));
        assert_eq!(equal(r#"{"length":1}"#, "[7]"), Ok(true));
        assert_eq!(
            deep_equal(Val::Object(Members::Empty), Val::Date(f64::NAN)),
            Ok(true)
        );
    }

    #[test]
    fn null_against_an_object_faults_unless_a_difference_comes_first() {
        assert_eq!(equal("null", "{}"), Err(Fault));
        assert_eq!(equal("[]", "null"), Ok(false));
        assert_eq!(equal(r#"{"a":1,"b":null}"#, r#"{"a":2,"b":{}}"#), Ok(false));
        assert_eq!(
            equal(r#"{"b":null,"a":1}"#, r#"{"a":2,"b":{}}"#),
            Err(Fault)
        );
    }
}
