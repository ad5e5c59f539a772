//! Equality: implicit with a plain value, a pointer or another typed value, and `$eq`, `$ne`.

use crate::value::compare::{deep_equal, strictly_equal};
use crate::value::key::names;
use crate::value::{Answer, Datum, Val, some};

/// Whether a value, or an element of it if it is an array, is the operand: `{"f": 5}`.
#[inline]
pub(crate) fn is_or_has(value: Val<'_>, operand: &Datum) -> bool {
    let operand = Val::from(operand);
    match value.as_list() {
        Some(list) => list.iter().any(|item| strictly_equal(item, operand)),
        None => strictly_equal(value, operand),
    }
}

/// An operand that is compared by Parse's deep equality.
#[derive(Clone, Debug)]
pub(crate) struct DeepEqual {
    pub(crate) operand: Datum,
}

impl DeepEqual {
    /// `$eq`: the value as a whole.
    pub(crate) fn answer(&self, value: Val<'_>) -> Answer {
        deep_equal(value, Val::from(&self.operand))
    }

    /// `{"f": {"__type": …}}`: the value, or an element of it if it is an array.
    pub(crate) fn answer_any(&self, value: Val<'_>) -> Answer {
        any_element(value, |item| self.answer(item))
    }

    /// Only comparing an object with null faults.
    pub(crate) fn never_faults(&self) -> bool {
        match self.operand {
            Datum::Bool(_)
            | Datum::Number(_)
            | Datum::Text(_)
            | Datum::Unit(_)
            | Datum::Undefined => true,
            Datum::Null
            | Datum::Array(_)
            | Datum::Object(_)
            | Datum::Date(_)
            | Datum::Instance(_) => false,
        }
    }
}

/// A pointer that a field, or an element of it, is to have: `{"f": {"__type": "Pointer", …}}`.
///
/// Parse compares `className` and `objectId` of whatever stands there, so an included object qualifies, and a
/// pointer without them qualifies for everything that lacks them. Null faults.
#[derive(Clone, Debug)]
pub(crate) struct PointerTo {
    pub(crate) class_name: Datum,
    pub(crate) object_id: Datum,
}

impl PointerTo {
    pub(crate) fn answer(&self, value: Val<'_>) -> Answer {
        any_element(value, |item| self.is(item))
    }

    fn is(&self, value: Val<'_>) -> Answer {
        if value.is_undefined() {
            return Ok(false);
        }
        points_to(
            value,
            Val::from(&self.class_name),
            Val::from(&self.object_id),
        )
    }
}

/// Whether a value has this `className` and this `objectId`. Reading them from nothing faults.
pub(crate) fn points_to(value: Val<'_>, class_name: Val<'_>, object_id: Val<'_>) -> Answer {
    Ok(
        strictly_equal(value.get_key(names::CLASS_NAME)?, class_name)
            && strictly_equal(value.get_key(names::OBJECT_ID)?, object_id),
    )
}

fn any_element<'v>(value: Val<'v>, test: impl Fn(Val<'v>) -> Answer) -> Answer {
    match value.as_list() {
        Some(list) => some(list.iter(), test),
        None => test(value),
    }
}
