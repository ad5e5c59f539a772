//! `$in` and `$nin`: Parse's `contains`.

use std::sync::Arc;

use crate::op::equality::is_pointed_at;
use crate::op::list::List;
use crate::value::convert::{JsText, to_text};
use crate::value::key::names;
use crate::value::val::Members;
use crate::value::{Answer, COUNTS, Datum, Fault, MAX_DEPTH, Val, some, text};

/// The operand of `$in`, `$nin` or `$containedBy`.
#[derive(Clone, Debug)]
pub(crate) enum Membership {
    List(List),
    /// Text is searched for what the value looks like as text.
    Text(Arc<Datum>),
    /// Anything else has no `indexOf`; only a pointer may find its like among the members.
    Other(Arc<Datum>),
}

impl Membership {
    pub(crate) fn new(operand: Datum) -> Self {
        match operand {
            Datum::Array(items) => Self::List(List::new(items)),
            Datum::Text(_) | Datum::Unit(_) => Self::Text(operand.into()),
            other => Self::Other(other.into()),
        }
    }

    /// Whether the list contains a value: itself, as a pointer that it holds, or one of its elements.
    pub(crate) fn contains(&self, value: Val<'_>) -> Answer {
        self.contains_below(value, MAX_DEPTH)
    }

    fn contains_below(&self, value: Val<'_>, depth: u32) -> Answer {
        let depth = depth.checked_sub(1).ok_or(Fault)?;
        if value.is_typed("Pointer") {
            return self.contains_pointer(value);
        }
        if let Some(list) = value.as_list()
            && some(list.iter(), |item| self.contains_below(item, depth))?
        {
            return Ok(true);
        }
        match self {
            Self::List(list) => Ok(list.contains(value)),
            Self::Text(operand) => text_contains(Val::from(&**operand), &to_text(value)?),
            Self::Other(_) => Err(Fault),
        }
    }

    fn contains_pointer(&self, pointer: Val<'_>) -> Answer {
        let (class_name, object_id) = (
            pointer.get_key(names::CLASS_NAME)?,
            pointer.get_key(names::OBJECT_ID)?,
        );
        match self {
            Self::List(list) => list.contains_pointer(class_name, object_id),
            Self::Text(operand) => some(units_of(operand), |unit| {
                is_pointed_at(unit, class_name, object_id)
            }),
            Self::Other(operand) => walk_members(operand, class_name, object_id),
        }
    }

    /// See [`Op::prefetch`](super::Op::prefetch).
    pub(super) fn prefetch(&self) {
        if let Self::List(list) = self {
            list.prefetch();
        }
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        match self {
            Self::List(list) => list.memory_usage(),
            Self::Text(operand) | Self::Other(operand) => {
                COUNTS + size_of::<Datum>() + operand.memory_usage()
            }
        }
    }

    /// Whether no value makes the search fault.
    pub(crate) fn never_faults(&self) -> bool {
        match self {
            Self::List(list) => !list.has_nothing(),
            // Text is compared with the value as text, which an object may not have.
            Self::Text(_) | Self::Other(_) => false,
        }
    }
}

/// The members of what is neither list nor text: those of an object in their order, of anything else none.
fn walk_members(operand: &Datum, class_name: Val<'_>, object_id: Val<'_>) -> Answer {
    let members = match operand {
        Datum::Object(fields) => Members::Fields(fields),
        Datum::Instance(instance) => Members::Fields(&instance.own),
        _ => Members::Empty,
    };
    let ends = |member| match is_pointed_at(member, class_name, object_id) {
        Ok(false) => None,
        ended => Some(ended),
    };
    members.walk(|_, member| ends(member)).unwrap_or(Ok(false))
}

fn units_of(operand: &Datum) -> impl Iterator<Item = Val<'_>> {
    let (text, half) = match operand {
        Datum::Text(text) => (&**text, None),
        Datum::Unit(half) => ("", Some(Val::Unit(*half))),
        _ => ("", None),
    };
    text::units(text).map(Val::from).chain(half)
}

/// `text.indexOf(part) > -1`.
pub(crate) fn text_contains(text: Val<'_>, part: &JsText<'_>) -> Answer {
    Ok(match (text, part) {
        (Val::Text(text), JsText::Text(part)) => text.contains(&**part),
        (Val::Text(text), JsText::Unit(half)) => text::contains_half(text, *half),
        (Val::Unit(_), JsText::Text(part)) => part.is_empty(),
        (Val::Unit(text), JsText::Unit(half)) => text == *half,
        _ => return Err(Fault),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The halves of 😀 in turn.
    const HALVES: [u16; 2] = [0xD83D, 0xDE00];

    #[test]
    fn halves_of_characters_are_found_as_index_of_finds_them() {
        let [first, second] = HALVES;
        let part = |text: &'static str| JsText::Text(text.into());
        for (text, part, is_found) in [
            (Val::Text("x😀"), JsText::Unit(first), true),
            (Val::Text("x😀"), JsText::Unit(second), true),
            (Val::Text("x"), JsText::Unit(first), false),
            (Val::Unit(first), JsText::Unit(first), true),
            (Val::Unit(first), JsText::Unit(second), false),
            (Val::Unit(first), part(""), true),
            (Val::Unit(first), part("😀"), false),
        ] {
            assert_eq!(
                text_contains(text, &part),
                Ok(is_found),
                "{text:?} {part:?}"
            );
        }
        assert_eq!(text_contains(Val::Null, &part("")), Err(Fault));
    }

    #[test]
    fn a_text_is_walked_by_its_units() {
        let walk = |operand: Datum| -> Vec<_> {
            units_of(&operand).map(|unit| format!("{unit:?}")).collect()
        };
        let unit = |unit: u16| format!("{:?}", Val::Unit(unit));
        let a = format!("{:?}", Val::Text("a"));
        assert_eq!(
            walk(Datum::text("a😀")),
            [a, unit(HALVES[0]), unit(HALVES[1])]
        );
        assert_eq!(walk(Datum::Unit(HALVES[1])), [unit(HALVES[1])]);
        assert!(walk(Datum::Null).is_empty());
    }
}
