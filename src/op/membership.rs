//! `$in` and `$nin`: Parse's `contains`, prepared so that a long list is searched and not walked.

use std::cmp::Ordering;
use std::hint::black_box;

use crate::op::equality::points_to;
use crate::value::by_hash::ByHash;
use crate::value::compare::strictly_equal;
use crate::value::convert::{JsText, to_text};
use crate::value::key::{self, names};
use crate::value::text::is_same;
use crate::value::val::Members;
use crate::value::{Answer, Datum, Fault, MAX_DEPTH, Val, some, text};

/// The operand of `$in`, `$nin` or `$containedBy`.
#[derive(Clone, Debug)]
pub(crate) enum Membership {
    List(Index),
    /// Text is searched for what the value looks like as text.
    Text(Datum),
    /// Anything else has no `indexOf`; only a pointer may find its like among the members.
    Other(Datum),
}

/// A list of members, and how they are found.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    /// As written.
    items: Box<[Datum]>,
    /// There if the items are more than a [`FEW`], which are looked at one after another.
    order: Option<Box<Order>>,
    /// The first position that a walk of the list for a pointer cannot pass without a fault.
    first_null: Option<u32>,
    has_null: bool,
    has_true: bool,
    has_false: bool,
}

/// How the members of a long list are found.
#[derive(Clone, Debug)]
struct Order {
    /// Positions of the texts.
    texts: ByHash,
    /// In bytes; no longer text is a member.
    longest_text: usize,
    /// Positions of the numbers, sorted by number.
    numbers: Box<[u32]>,
    /// Positions of the objects whose `className` and `objectId` are texts, by the hash of the latter.
    pointers: ByHash,
}

/// So many items are looked at faster than the place of one is found, and need no memory for it.
const FEW: usize = 16;

impl Membership {
    pub(crate) fn new(operand: Datum) -> Self {
        match operand {
            Datum::Array(items) => Self::List(Index::new(items)),
            Datum::Text(_) | Datum::Unit(_) => Self::Text(operand),
            other => Self::Other(other),
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
            Self::List(index) => Ok(index.contains(value)),
            Self::Text(operand) => text_contains(Val::from(operand), &to_text(value)?),
            Self::Other(_) => Err(Fault),
        }
    }

    fn contains_pointer(&self, pointer: Val<'_>) -> Answer {
        let (class_name, object_id) = (
            pointer.get_key(names::CLASS_NAME)?,
            pointer.get_key(names::OBJECT_ID)?,
        );
        match self {
            Self::List(index) => index.contains_pointer(class_name, object_id),
            Self::Text(operand) => some(units_of(operand), |unit| {
                is_pointed_at(unit, class_name, object_id)
            }),
            Self::Other(operand) => walk_members(operand, class_name, object_id),
        }
    }

    /// See [`Op::touch`](super::Op::touch).
    pub(super) fn touch(&self) {
        if let Self::List(index) = self {
            black_box(index.items.len());
        }
    }

    /// Heap bytes, its own among them.
    pub(crate) fn memory_usage(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::List(index) => index.memory_usage(),
                Self::Text(operand) | Self::Other(operand) => operand.memory_usage(),
            }
    }

    /// Whether no value makes the search fault.
    pub(crate) fn never_faults(&self) -> bool {
        match self {
            Self::List(index) => index.first_null.is_none(),
            // Text is compared with the value as text, which an object may not have.
            Self::Text(_) | Self::Other(_) => false,
        }
    }
}

impl Order {
    fn new(items: &[Datum]) -> Self {
        // Lists are limited far below the range of the positions.
        let positions = || (0..).zip(items);
        let texts = positions().filter_map(|(at, item)| Some((key::hash(item.as_text()?), at)));
        let texts = ByHash::new(texts, |a, b| text_at(items, a).cmp(text_at(items, b)));
        let pointers =
            positions().filter_map(|(at, item)| Some((key::hash(pointer_key(item)?.1), at)));
        let pointers = ByHash::new(pointers, |a, b| key_at(items, a).cmp(&key_at(items, b)));
        let numbers = positions().filter(|(_, item)| matches!(item, Datum::Number(_)));
        let mut numbers: Box<[u32]> = numbers.map(|(at, _)| at).collect();
        numbers.sort_by(|a, b| compare_numbers(number_at(items, *a), number_at(items, *b)));
        let lengths = items.iter().filter_map(Datum::as_text).map(str::len);
        Self {
            longest_text: lengths.max().unwrap_or(0),
            texts,
            numbers,
            pointers,
        }
    }

    fn memory_usage(&self) -> usize {
        size_of::<Self>()
            + self.texts.memory_usage()
            + self.pointers.memory_usage()
            + size_of_val(&*self.numbers)
    }
}

impl Index {
    fn new(items: Box<[Datum]>) -> Self {
        let first_null = (0..).zip(&items).find(|(_, item)| is_nothing(item));
        Self {
            order: (items.len() > FEW).then(|| Box::new(Order::new(&items))),
            first_null: first_null.map(|(at, _)| at),
            has_null: items.contains(&Datum::Null),
            has_true: items.contains(&Datum::Bool(true)),
            has_false: items.contains(&Datum::Bool(false)),
            items,
        }
    }

    fn memory_usage(&self) -> usize {
        let items = self
            .items
            .iter()
            .map(|item| size_of::<Datum>() + item.memory_usage());
        let order = self.order.as_ref().map_or(0, |order| order.memory_usage());
        items.sum::<usize>() + order
    }

    /// The members as written.
    pub(crate) fn items(&self) -> &[Datum] {
        &self.items
    }

    /// Whether a member is strictly equal to a value.
    fn contains(&self, value: Val<'_>) -> bool {
        match value {
            Val::Null => self.has_null,
            Val::Bool(true) => self.has_true,
            Val::Bool(false) => self.has_false,
            Val::Number(number) => self.find_number(number),
            Val::Text(text) => self.find_text(text).is_some(),
            Val::Undefined | Val::Unit(_) => self
                .items
                .iter()
                .any(|item| strictly_equal(Val::from(item), value)),
            Val::Array(_) | Val::Object(_) | Val::Date(_) | Val::Instance(_) | Val::Builtin(_) => {
                false
            }
        }
    }

    pub(super) fn find_number(&self, number: f64) -> bool {
        let Some(order) = &self.order else {
            let is_it = |item| strictly_equal(Val::from(item), Val::Number(number));
            return self.items.iter().any(is_it);
        };
        let compare = |at: &u32| compare_numbers(number_at(&self.items, *at), number);
        !number.is_nan() && order.numbers.binary_search_by(compare).is_ok()
    }

    /// The first position of a text.
    pub(super) fn find_text(&self, text: &str) -> Option<u32> {
        let Some(order) = &self.order else {
            let is_it = |item: &Datum| matches!(item, Datum::Text(item) if is_same(item, text));
            return self.find(is_it);
        };
        if order.texts.is_empty() || text.len() > order.longest_text {
            return None;
        }
        let compare = |at| text_at(&self.items, at).cmp(text);
        order.texts.find(key::hash(text), compare)
    }

    /// The first position of an object with this class and id.
    fn find_pointer(&self, key: (&str, &str)) -> Option<u32> {
        let Some(order) = &self.order else {
            return self.find(|item| pointer_key(item) == Some(key));
        };
        if order.pointers.is_empty() {
            return None;
        }
        let compare = |at| key_at(&self.items, at).cmp(&Some(key));
        order.pointers.find(key::hash(key.1), compare)
    }

    fn find(&self, is_it: impl Fn(&Datum) -> bool) -> Option<u32> {
        let found = (0..).zip(&self.items).find(|(_, item)| is_it(item));
        found.map(|(at, _)| at)
    }

    /// Whether a walk of the list comes to the pointer, or to its bare id, before it comes to a null.
    fn contains_pointer(&self, class_name: Val<'_>, object_id: Val<'_>) -> Answer {
        let (Val::Text(class), Val::Text(id)) = (class_name, object_id) else {
            return some(&self.items, |item| {
                is_pointed_at(Val::from(item), class_name, object_id)
            });
        };
        let found = [self.find_pointer((class, id)), self.find_text(id)]
            .into_iter()
            .flatten()
            .min();
        match (found, self.first_null) {
            (Some(found), Some(null)) if null < found => Err(Fault),
            (Some(_), _) => Ok(true),
            (None, Some(_)) => Err(Fault),
            (None, None) => Ok(false),
        }
    }
}

fn text_at(items: &[Datum], at: u32) -> &str {
    items
        .get(at as usize)
        .and_then(Datum::as_text)
        .unwrap_or_default()
}

fn number_at(items: &[Datum], at: u32) -> f64 {
    match items.get(at as usize) {
        Some(Datum::Number(number)) => *number,
        _ => f64::NAN,
    }
}

/// The order of numbers, in which -0 and 0 are the same.
fn compare_numbers(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

fn key_at(items: &[Datum], at: u32) -> Option<(&str, &str)> {
    items.get(at as usize).and_then(pointer_key)
}

fn pointer_key(item: &Datum) -> Option<(&str, &str)> {
    let fields = item.as_fields()?;
    Some((
        fields.get("className")?.as_text()?,
        fields.get("objectId")?.as_text()?,
    ))
}

fn is_nothing(item: &Datum) -> bool {
    matches!(item, Datum::Null | Datum::Undefined)
}

/// Whether a member that `for … in` comes to is the text of the id, or has this class and id.
fn is_pointed_at(member: Val<'_>, class_name: Val<'_>, object_id: Val<'_>) -> Answer {
    if matches!(member, Val::Text(_) | Val::Unit(_)) && strictly_equal(member, object_id) {
        return Ok(true);
    }
    points_to(member, class_name, object_id)
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
