//! `$all`: the value has every member of the operand.

use smallvec::SmallVec;

use crate::op::membership::text_contains;
use crate::value::compare::strictly_equal;
use crate::value::convert::{to_number, to_text};
use crate::value::key::array_index;
use crate::value::val::List;
use crate::value::{Answer, Datum, Fault, Fields, Member, Val, every, text};

/// The operand of `$all`, whatever it is.
#[derive(Clone, Debug)]
pub(crate) enum All {
    /// A list of what must be there. Text is one too, of its units.
    List(Required),
    /// An object, which JavaScript reads as a list if it has a `length`.
    ListLike(Sparse),
    /// A number, a boolean, a date: no length, so nothing is asked for.
    Nothing,
    /// Null, which has no length to read.
    Fault,
}

/// What must be there.
#[derive(Clone, Debug)]
pub(crate) struct Required {
    /// As written.
    items: Box<[Datum]>,
    /// Positions of the items that an array can have (texts, numbers, booleans, null), sorted by
    /// [`compare_scalars`]; each value once.
    sorted: Box<[u32]>,
    /// Whether an item is no such value, so that no array has it.
    beyond_arrays: bool,
}

/// A list with gaps: an object's index keys below its `length`.
#[derive(Clone, Debug)]
pub(crate) struct Sparse {
    /// Ascending by index, all below the length.
    items: Box<[(f64, Datum)]>,
    /// As JavaScript compares it with an index; NaN asks for nothing.
    length: f64,
}

impl All {
    pub(crate) fn new(operand: Datum) -> Self {
        match operand {
            Datum::Array(items) => Self::List(Required::new(items)),
            Datum::Text(text) => {
                let units = text::units(&text).map(|unit| match unit {
                    text::Unit::Char(text) => Datum::text(text),
                    text::Unit::Half(half) => Datum::Unit(half),
                });
                Self::List(Required::new(units.collect()))
            }
            Datum::Unit(_) => Self::List(Required::new([operand].into())),
            Datum::Object(_) | Datum::Instance(_) => Self::list_like(&operand),
            Datum::Bool(_) | Datum::Number(_) | Datum::Date(_) => Self::Nothing,
            Datum::Null | Datum::Undefined => Self::Fault,
        }
    }

    /// The answer for an array, if a few are asked for that it can have: each element is compared with each.
    pub(super) fn few_in<M: Member>(&self, array: &[M]) -> Option<bool> {
        match self {
            Self::List(required) => required.few_in(array),
            Self::ListLike(_) | Self::Nothing | Self::Fault => None,
        }
    }

    fn list_like(operand: &Datum) -> Self {
        let length = Val::from(operand).get("length").and_then(to_number);
        match length {
            Ok(length) if length > 0.0 => Self::ListLike(Sparse::new(operand, length)),
            Ok(_) => Self::Nothing,
            Err(Fault) => Self::Fault,
        }
    }

    /// Heap bytes, its own among them.
    pub(crate) fn memory_usage(&self) -> usize {
        let of = |item: &Datum| size_of::<Datum>() + item.memory_usage();
        size_of::<Self>()
            + match self {
                Self::List(list) => {
                    list.items.iter().map(of).sum::<usize>() + size_of_val(&*list.sorted)
                }
                Self::ListLike(list) => list.items.iter().map(|(_, item)| 8 + of(item)).sum(),
                Self::Nothing | Self::Fault => 0,
            }
    }

    /// An empty value has nothing. An array is searched for each item itself, text for the item as text;
    /// what cannot be searched faults as soon as an item is looked for.
    pub(crate) fn answer(&self, value: Val<'_>) -> Answer {
        if !value.is_truthy() {
            return Ok(false);
        }
        match self {
            Self::List(required) => required.answer(value),
            Self::ListLike(sparse) => sparse.answer(value),
            Self::Nothing => Ok(true),
            Self::Fault => Err(Fault),
        }
    }
}

impl Required {
    fn new(items: Box<[Datum]>) -> Self {
        let in_arrays = |item: &Datum| {
            matches!(
                item,
                Datum::Null | Datum::Bool(_) | Datum::Number(_) | Datum::Text(_)
            )
        };
        let positions = (0..).zip(&items);
        let mut sorted: Vec<u32> = positions
            .filter(|(_, item)| in_arrays(item))
            .map(|(at, _)| at)
            .collect();
        let beyond_arrays = sorted.len() < items.len();
        sorted.sort_by(|a, b| compare_scalars(at(&items, *a), at(&items, *b)));
        sorted.dedup_by(|a, b| compare_scalars(at(&items, *a), at(&items, *b)).is_eq());
        Self {
            items,
            sorted: sorted.into(),
            beyond_arrays,
        }
    }

    pub(crate) fn items(&self) -> &[Datum] {
        &self.items
    }

    /// Whether two lists have the same texts and numbers, and otherwise the same of what an array can have.
    pub(crate) fn has_same_scalars(&self, other: &Self) -> bool {
        let mut both = self.sorted.iter().zip(&other.sorted);
        let is_same = |(ours, others): (&u32, &u32)| {
            compare_scalars(at(&self.items, *ours), at(&other.items, *others)).is_eq()
        };
        self.sorted.len() == other.sorted.len() && both.all(is_same)
    }

    fn answer(&self, value: Val<'_>) -> Answer {
        if self.items.is_empty() {
            return Ok(true);
        }
        match value.as_list() {
            Some(list) => Ok(!self.beyond_arrays && self.all_in(list)),
            // Text is searched for the item as text; what has no `indexOf` faults.
            None => every(&self.items, |item| {
                text_contains(value, &to_text(Val::from(item))?)
            }),
        }
    }

    fn few_in<M: Member>(&self, array: &[M]) -> Option<bool> {
        const FEW: usize = 4;
        if self.beyond_arrays || self.items.len() > FEW {
            return None;
        }
        let has = |item: &Datum| {
            let item = Val::from(item);
            let is_it = |element: &M| strictly_equal(element.view(), item);
            array.iter().any(is_it)
        };
        Some(self.items.iter().all(has))
    }

    /// Whether a list has every item; one pass over it, each element searched among the items.
    fn all_in(&self, list: List<'_>) -> bool {
        let mut missing = self.sorted.len();
        let mut found: SmallVec<[bool; 64]> = SmallVec::from_elem(false, missing);
        for element in list.iter() {
            let compare = |position: &u32| compare_scalars(at(&self.items, *position), element);
            if let Ok(index) = self.sorted.binary_search_by(compare)
                && let Some(found) = found.get_mut(index)
                && !std::mem::replace(found, true)
            {
                missing -= 1;
                if missing == 0 {
                    break;
                }
            }
        }
        missing == 0
    }
}

fn at(items: &[Datum], position: u32) -> Val<'_> {
    items
        .get(position as usize)
        .map_or(Val::Undefined, Val::from)
}

/// An order of plain values in which strictly equal ones are equal, and no others.
///
/// What no item is (an array, an object, a date, NaN) comes last, so that it is found nowhere.
fn compare_scalars(a: Val<'_>, b: Val<'_>) -> std::cmp::Ordering {
    fn rank(value: Val<'_>) -> u8 {
        match value {
            Val::Null => 0,
            Val::Bool(false) => 1,
            Val::Bool(true) => 2,
            Val::Number(number) if !number.is_nan() => 3,
            Val::Text(_) => 4,
            _ => 5,
        }
    }
    match (a, b) {
        (Val::Number(a), Val::Number(b)) if !a.is_nan() && !b.is_nan() => {
            a.partial_cmp(&b).unwrap_or(std::cmp::Ordering::Equal)
        }
        (Val::Text(a), Val::Text(b)) => a.cmp(b),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}

impl Sparse {
    fn new(operand: &Datum, length: f64) -> Self {
        let fields = match operand {
            Datum::Object(fields) => Some(fields),
            Datum::Instance(instance) => Some(&instance.own),
            _ => None,
        };
        let members = fields.into_iter().flat_map(Fields::iter);
        let indexed =
            members.filter_map(|(key, item)| Some((f64::from(array_index(key)?), item.clone())));
        Self {
            items: indexed.take_while(|(index, _)| *index < length).collect(),
            length,
        }
    }

    pub(crate) fn items(&self) -> &[(f64, Datum)] {
        &self.items
    }

    pub(crate) fn length(&self) -> f64 {
        self.length
    }

    /// Looks for the items in their order, and for `undefined` once where there is a gap.
    ///
    /// The original looks for it in every gap, as often as the length says: for ever, for `1e400`.
    fn answer(&self, value: Val<'_>) -> Answer {
        let mut next = 0.0;
        for (index, item) in &self.items {
            if *index > next && !has(value, Val::Undefined)? {
                return Ok(false);
            }
            if !has(value, Val::from(item))? {
                return Ok(false);
            }
            next = index + 1.0;
        }
        Ok(next >= self.length || has(value, Val::Undefined)?)
    }
}

/// `value.indexOf(item) > -1`.
fn has(value: Val<'_>, item: Val<'_>) -> Answer {
    match value.as_list() {
        Some(list) => Ok(list.iter().any(|element| strictly_equal(element, item))),
        None => text_contains(value, &to_text(item)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_equal_values_compare_so() {
        let items = [
            Val::Null,
            Val::Bool(false),
            Val::Bool(true),
            Val::Number(0.0),
            Val::Number(1.0),
            Val::Text(""),
            Val::Text("0"),
        ];
        let never_found = [Val::Undefined, Val::Number(f64::NAN), Val::Date(0.0)];
        for (nth, a) in items.iter().enumerate() {
            for (other, b) in items.iter().chain(&never_found).enumerate() {
                assert_eq!(compare_scalars(*a, *b), nth.cmp(&other), "{a:?} {b:?}");
            }
        }
    }

    /// The original counts up to it, and from some length on never comes back.
    #[test]
    fn a_length_is_not_counted_up_to() {
        let text = |length: u32| format!(r#"{{"0":"a","length":{length}}}"#);
        let all = |length| All::list_like(&crate::value::read_str(&text(length)).expect("JSON"));
        let size = |all: All| all.memory_usage();
        assert_eq!(size(all(10_000)), size(all(10)));
        // Beyond the first item `undefined` is looked for.
        for length in [2, 10_000] {
            assert_eq!(all(length).answer(Val::Text("a undefined")), Ok(true));
            assert_eq!(all(length).answer(Val::Text("a")), Ok(false));
        }
    }
}
