//! Equality: implicit with a plain value, a pointer or another typed value, and `$eq`, `$ne`.

use crate::value::compare::{deep_equal, strictly_equal};
use crate::value::key::names;
use crate::value::{Answer, Datum, Text, Val, some, text_memory};

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
pub(crate) enum PointerTo {
    /// The length of the class name, which is one byte, the class name and the id: short enough to need no memory of
    /// their own, most of the time.
    Texts(Text),
    /// One of them is no text, or the class name is long.
    Odd(Box<[Datum; 2]>),
}

/// Bytes of a class name whose length is one byte.
const LONGEST: usize = 127;

impl PointerTo {
    pub(crate) fn new(class_name: Datum, object_id: Datum) -> Self {
        if let (Datum::Text(class), Datum::Text(id)) = (&class_name, &object_id)
            && class.len() <= LONGEST
            && let Ok(length) = u8::try_from(class.len())
        {
            let mut texts = Text::with_capacity(1 + class.len() + id.len());
            texts.push(char::from(length));
            texts.push_str(class);
            texts.push_str(id);
            return Self::Texts(texts);
        }
        Self::Odd(Box::new([class_name, object_id]))
    }

    /// Class name and id, if they are texts.
    #[inline]
    pub(crate) fn texts(&self) -> Option<(&str, &str)> {
        match self {
            Self::Texts(texts) => {
                let length = usize::from(*texts.as_bytes().first()?);
                texts.get(1..)?.split_at_checked(length)
            }
            Self::Odd(both) => both[0].as_text().zip(both[1].as_text()),
        }
    }

    /// Class name and id.
    pub(crate) fn to_data(&self) -> [Datum; 2] {
        match self {
            Self::Texts(_) => {
                let (class_name, object_id) = self.texts().unwrap_or_default();
                [Datum::text(class_name), Datum::text(object_id)]
            }
            Self::Odd(both) => (**both).clone(),
        }
    }

    pub(crate) fn answer(&self, value: Val<'_>) -> Answer {
        any_element(value, |item| self.is(item))
    }

    fn is(&self, value: Val<'_>) -> Answer {
        if value.is_undefined() {
            return Ok(false);
        }
        match self {
            Self::Texts(_) => {
                let (class_name, object_id) = self.texts().unwrap_or_default();
                points_to(value, Val::Text(class_name), Val::Text(object_id))
            }
            Self::Odd(both) => points_to(value, Val::from(&both[0]), Val::from(&both[1])),
        }
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        match self {
            Self::Texts(texts) => text_memory(texts),
            Self::Odd(both) => {
                size_of_val(&**both) + both.iter().map(Datum::memory_usage).sum::<usize>()
            }
        }
    }
}

/// Whether a value has this `className` and this `objectId`. Reading them from nothing faults.
pub(crate) fn points_to(value: Val<'_>, class_name: Val<'_>, object_id: Val<'_>) -> Answer {
    Ok(
        strictly_equal(value.get_key(names::CLASS_NAME)?, class_name)
            && strictly_equal(value.get_key(names::OBJECT_ID)?, object_id),
    )
}

/// Whether a member that `for … in` comes to is the text of the id, or has this class and id.
pub(super) fn is_pointed_at(member: Val<'_>, class_name: Val<'_>, object_id: Val<'_>) -> Answer {
    if matches!(member, Val::Text(_) | Val::Unit(_)) && strictly_equal(member, object_id) {
        return Ok(true);
    }
    points_to(member, class_name, object_id)
}

fn any_element<'v>(value: Val<'v>, test: impl Fn(Val<'v>) -> Answer) -> Answer {
    match value.as_list() {
        Some(list) => some(list.iter(), test),
        None => test(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_gives_its_parts_back() {
        let long = "C".repeat(200);
        let texts = ["", "_User", "Raum-ß", &long];
        for class in texts {
            for id in ["", "x1", &long] {
                let pointer = PointerTo::new(Datum::text(class), Datum::text(id));
                assert_eq!(pointer.texts(), Some((class, id)));
            }
        }
        let odd = PointerTo::new(Datum::Number(1.0), Datum::Undefined);
        assert_eq!(odd.texts(), None);
        assert_eq!(odd.to_data(), [Datum::Number(1.0), Datum::Undefined]);
    }
}
