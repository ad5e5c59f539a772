//! What is asked of a field, answered from its member as it stands, where that takes less than to say what the member is.
//!
//! [`usual`](super::usual) is the rule for these cases, as [`Stored`](super::stored::Stored) is for all: ranges, negations, pointers, places,
//! and lists of texts are most of what is not a scalar asked for one thing.

use std::slice;

use super::asked::{Asked, Cases};
use super::column::{Column, Kept};
use super::mongo::bson::Bson;
use super::mongo::moment;
use super::mongo::order::{Comparison, is_joined};
use super::mongo::test::{Circumstances, One, Test, VALUE};
use super::mongo::toll::Toll;
use super::mongo::value::Kind;
use super::usual::{coordinates, has_text, of_point, pointer, scalar, type_name};
use crate::value::Member;
use crate::value::fields::Reading;
use crate::value::text::is_same;

impl Asked {
    /// Whether it holds for what stands in the field, where that takes less than to say what it is. The path ends there.
    #[inline]
    pub(super) fn in_place<M: Member, T: Toll>(
        &self,
        member: &M,
        around: Circumstances<'_, T>,
    ) -> Option<bool> {
        match &self.cases {
            Cases::One(test) => in_place(test, member, self.way.head.kept(), around),
            // What a pointer is asked.
            Cases::Open(_) => match self.cases.of(Column::Other)? {
                Test::Some(One::Equals(operand)) if self.way.head.kept().has_pointers() => {
                    is_pointer_text(member, operand, around.toll)
                }
                _ => None,
            },
        }
    }
}

impl Kept {
    /// Whether scalars and lists are stored as they are.
    #[inline]
    pub(super) fn has_scalars(self) -> bool {
        matches!(self, Self::Open | Self::Plain | Self::Raw)
    }

    #[inline]
    fn has_dates(self) -> bool {
        matches!(self, Self::Open | Self::Plain | Self::Time | Self::Expiry)
    }

    #[inline]
    fn has_pointers(self) -> bool {
        matches!(self, Self::Open | Self::Pointers)
    }

    #[inline]
    fn has_points(self) -> bool {
        matches!(self, Self::Open | Self::Plain)
    }
}

#[inline]
fn in_place<M: Member, T: Toll>(
    test: &Test,
    member: &M,
    kept: Kept,
    around: Circumstances<'_, T>,
) -> Option<bool> {
    match test {
        Test::All(tests) => match &**tests {
            [
                Test::Some(One::Stands(from, low)),
                Test::Some(One::Stands(to, high)),
            ] => {
                let at = instant_or_number(member, low, kept)?;
                in_range(at, [(*from, low), (*to, high)], around.toll)
            }
            tests if kept.has_scalars() => all_in_place(tests, member, around),
            _ => None,
        },
        Test::Not(_) if kept.has_scalars() => all_in_place(slice::from_ref(test), member, around),
        Test::Some(one) => one_in_place(one, member, kept, around),
        Test::Not(_) | Test::Never | Test::Element(_) | Test::Size(_) => None,
    }
}

#[inline]
fn one_in_place<M: Member, T: Toll>(
    one: &One,
    member: &M,
    kept: Kept,
    around: Circumstances<'_, T>,
) -> Option<bool> {
    match one {
        One::Stands(comparison, limit @ Bson::Date(ms)) => {
            let order = instant_or_number(member, limit, kept)?.partial_cmp(ms)?;
            around.toll.pays(VALUE);
            Some(comparison.holds(order))
        }
        One::Equals(operand @ (Bson::Text(text) | Bson::Id(text))) => match member.items() {
            Some(items) if kept.has_scalars() => Some(has_text(items, text, around.toll)),
            None if kept.has_pointers() => is_pointer_text(member, operand, around.toll),
            Some(_) | None => None,
        },
        One::Exists if kept.has_pointers() => {
            (type_name::<M>(member.members()?)? == "Pointer").then_some(true)
        }
        One::Lies(_) if kept.has_points() => {
            let members = member.members()?;
            let is_point = type_name::<M>(members)? == "GeoPoint";
            of_point(one, is_point.then(|| coordinates::<M>(members))??)
        }
        _ => None,
    }
}

/// Whether a member is a pointer whose text, or whose id, is an operand.
#[inline]
fn is_pointer_text<M: Member, T: Toll>(member: &M, operand: &Bson, toll: &T) -> Option<bool> {
    let (class, id) = pointer(member)?;
    toll.pays(VALUE);
    match operand {
        Bson::Text(text) => Some(is_joined(class, id, text)),
        Bson::Id(wanted) => Some(is_same(id, wanted)),
        _ => None,
    }
}

/// Both ends of a range. Both are asked, as after the first alone half of all objects would be guessed wrong.
#[inline]
fn in_range<T: Toll>(at: f64, [low, high]: [(Comparison, &Bson); 2], toll: &T) -> Option<bool> {
    let ((Bson::Number(first), Bson::Number(second)) | (Bson::Date(first), Bson::Date(second))) =
        (low.1, high.1)
    else {
        return None;
    };
    let first = low.0.holds(at.partial_cmp(first)?);
    let second = high.0.holds(at.partial_cmp(second)?);
    toll.pays(if first { 2 * VALUE } else { VALUE });
    Some(first & second)
}

/// A number or the milliseconds of a date, whichever an operand is.
#[inline]
fn instant_or_number<M: Member>(member: &M, operand: &Bson, kept: Kept) -> Option<f64> {
    match operand {
        Bson::Number(_) if kept.has_scalars() => member.number(),
        Bson::Date(_) if kept.has_dates() => {
            let members = member.members()?;
            match M::date_of(members) {
                Reading::Known(Ok(Some(ms))) => {
                    (type_name::<M>(members)? == "Date").then(|| moment(ms))
                }
                Reading::Known(_) | Reading::Open => None,
            }
        }
        _ => None,
    }
}

/// Whether all of some tests hold for a scalar, or for a list if all ask for texts.
#[inline]
fn all_in_place<M: Member, T: Toll>(
    tests: &[Test],
    member: &M,
    around: Circumstances<'_, T>,
) -> Option<bool> {
    match member.items() {
        Some(items) => all_of_items(tests, items, around.toll),
        None => all_of_scalar(tests, scalar(member)?, around),
    }
}

fn all_of_items<M: Member, T: Toll>(tests: &[Test], items: &[M], toll: &T) -> Option<bool> {
    // Nothing is paid for what is then asked in another way.
    let asks_for_texts = tests.iter().all(|test| text_asked(test).is_some());
    let mut wanted = tests.iter().filter_map(text_asked);
    asks_for_texts.then(|| wanted.all(|text| has_text(items, text, toll)))
}

/// The text that a test asks for.
#[inline]
fn text_asked(test: &Test) -> Option<&str> {
    match test {
        Test::Some(One::Equals(Bson::Text(wanted) | Bson::Id(wanted))) => Some(wanted),
        Test::Some(_)
        | Test::All(_)
        | Test::Not(_)
        | Test::Never
        | Test::Element(_)
        | Test::Size(_) => None,
    }
}

fn all_of_scalar<T: Toll>(
    tests: &[Test],
    kind: Kind<'_>,
    around: Circumstances<'_, T>,
) -> Option<bool> {
    let asks_for_values = tests.iter().all(|test| one_asked(test).is_some());
    let mut wanted = tests.iter().filter_map(one_asked);
    let holds = |(one, wanted): (&One, bool)| one.holds(Some(kind), around) == wanted;
    asks_for_values.then(|| wanted.all(holds))
}

/// What a test asks of one value, and which answer it wants.
#[inline]
fn one_asked(test: &Test) -> Option<(&One, bool)> {
    match test {
        Test::Some(one) => Some((one, true)),
        Test::Not(test) => match &**test {
            Test::Some(one) => Some((one, false)),
            Test::All(_) | Test::Not(_) | Test::Never | Test::Element(_) | Test::Size(_) => None,
        },
        Test::All(_) | Test::Never | Test::Element(_) | Test::Size(_) => None,
    }
}
