//! The members of a list, and how a value is found among them.

use std::cmp::Ordering;
use std::hint::black_box;
use std::sync::Arc;

use crate::op::equality::{is_pointed_at, points_to};
use crate::value::by_hash::ByHash;
use crate::value::compare::strictly_equal;
use crate::value::key;
use crate::value::text::is_same;
use crate::value::{Answer, COUNTS, Datum, Fault, Val, some};

/// The members of `$in`, `$nin` or `$containedBy`, as written.
#[derive(Clone, Debug)]
pub(crate) enum List {
    /// At most [`FEW`], which are looked at one after another.
    Few(Arc<[Datum]>),
    Many(Arc<Index>),
}

/// Many members, prepared so that they are searched and not walked.
#[derive(Debug)]
pub(crate) struct Index {
    /// As written.
    items: Box<[Datum]>,
    /// Positions of the texts.
    texts: ByHash,
    /// In bytes; no longer text is a member.
    longest_text: usize,
    /// Positions of the numbers, sorted by number.
    numbers: Box<[u32]>,
    /// Positions of the objects whose `className` and `objectId` are texts, by the hash of the latter.
    pointers: ByHash,
    /// Positions of the objects of which one of them is none.
    odd: Box<[u32]>,
    /// The first position of a value that has neither, being no object.
    first_plain: Option<u32>,
    /// The first position that a walk of the list for a pointer cannot pass without a fault.
    first_null: Option<u32>,
    has_null: bool,
    has_true: bool,
    has_false: bool,
}

/// So many items are looked at faster than the place of one is found, and need no memory for it.
const FEW: usize = 16;

impl List {
    pub(super) fn new(items: Box<[Datum]>) -> Self {
        if items.len() > FEW {
            Self::Many(Arc::new(Index::new(items)))
        } else {
            Self::Few(items.into())
        }
    }

    /// The members as written.
    pub(crate) fn items(&self) -> &[Datum] {
        match self {
            Self::Few(items) => items,
            Self::Many(index) => &index.items,
        }
    }

    /// Whether a member is strictly equal to a value.
    pub(super) fn contains(&self, value: Val<'_>) -> bool {
        match (self, value) {
            (_, Val::Number(number)) => self.has_number(number),
            (_, Val::Text(text)) => self.has_text(text),
            (Self::Many(index), Val::Null) => index.has_null,
            (Self::Many(index), Val::Bool(true)) => index.has_true,
            (Self::Many(index), Val::Bool(false)) => index.has_false,
            (_, Val::Null | Val::Bool(_) | Val::Undefined | Val::Unit(_)) => self.walk(value),
            (_, Val::Array(_) | Val::Object(_) | Val::Date(_)) => false,
            (_, Val::Instance(_) | Val::Builtin(_)) => false,
        }
    }

    /// How many texts and numbers there are, those among them that are there twice; of a few members none are told.
    pub(crate) fn scalars(&self) -> usize {
        match self {
            Self::Few(_) => 0,
            Self::Many(index) => index.texts.len() + index.numbers.len(),
        }
    }

    /// The text or number at a place among [them](Self::scalars), unless the one before it is the same.
    pub(crate) fn scalar(&self, at: usize) -> Option<&Datum> {
        let scalar = |at| match self {
            Self::Few(_) => None,
            Self::Many(index) => index.scalar(at),
        };
        let before = at.checked_sub(1).and_then(scalar);
        scalar(at).filter(|it| before != Some(it))
    }

    /// Whether two lists of many have the same texts and numbers.
    pub(crate) fn has_same_scalars(&self, other: &Self) -> bool {
        let [ours, others] =
            [self, other].map(|list| (0..list.scalars()).filter_map(|at| list.scalar(at)));
        ours.eq(others)
    }

    /// How many members a search for a pointer whose class or id is no text walks.
    pub(crate) fn odd(&self) -> usize {
        match self {
            Self::Few(items) => items.len(),
            Self::Many(index) => index.odd.len(),
        }
    }

    fn walk(&self, value: Val<'_>) -> bool {
        let mut items = self.items().iter();
        items.any(|item| strictly_equal(Val::from(item), value))
    }

    #[inline]
    pub(super) fn has_number(&self, number: f64) -> bool {
        match self {
            Self::Few(_) => self.walk(Val::Number(number)),
            Self::Many(index) => index.has_number(number),
        }
    }

    #[inline]
    pub(super) fn has_text(&self, text: &str) -> bool {
        match self {
            Self::Few(items) => is_among(items, text),
            Self::Many(index) => index.find_text(text).is_some(),
        }
    }

    /// Whether a walk of the list comes to the pointer, or to its bare id, before it comes to a null.
    pub(super) fn contains_pointer(&self, class_name: Val<'_>, object_id: Val<'_>) -> Answer {
        match (self, class_name, object_id) {
            (Self::Many(index), Val::Text(class), Val::Text(id)) => {
                index.contains_pointer((class, id))
            }
            (Self::Many(index), class, id) => index.contains_odd_pointer(class, id),
            (Self::Few(items), class, id) => {
                some(&**items, |item| is_pointed_at(Val::from(item), class, id))
            }
        }
    }

    /// Whether a walk of the list for a pointer may fault.
    pub(super) fn has_nothing(&self) -> bool {
        match self {
            Self::Few(items) => items.iter().any(is_nothing),
            Self::Many(index) => index.first_null.is_some(),
        }
    }

    /// See [`Op::prefetch`](super::Op::prefetch).
    #[inline]
    pub(super) fn prefetch(&self) {
        match self {
            Self::Few(items) => black_box(items.first().is_some_and(is_nothing)),
            Self::Many(index) => black_box(index.items.is_empty()),
        };
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let items = self.items().iter();
        let items = items.map(|item| size_of::<Datum>() + item.memory_usage());
        let index = match self {
            Self::Few(_) => 0,
            Self::Many(index) => index.memory_usage(),
        };
        COUNTS + index + items.sum::<usize>()
    }
}

/// By itself, so that finding out which kind of list there is takes nothing.
#[inline(never)]
fn is_among(items: &[Datum], text: &str) -> bool {
    let is_it = |item: &Datum| matches!(item, Datum::Text(item) if is_same(item, text));
    items.iter().any(is_it)
}

impl Index {
    fn new(items: Box<[Datum]>) -> Self {
        // Lists are limited far below the range of the positions.
        let positions = || (0..).zip(&items);
        let texts = positions().filter_map(|(at, item)| Some((key::hash(item.as_text()?), at)));
        let texts = ByHash::new(texts, |a, b| text_at(&items, a).cmp(text_at(&items, b)));
        let pointers =
            positions().filter_map(|(at, item)| Some((key::hash(pointer_key(item)?.1), at)));
        let pointers = ByHash::new(pointers, |a, b| key_at(&items, a).cmp(&key_at(&items, b)));
        let numbers = positions().filter(|(_, item)| matches!(item, Datum::Number(_)));
        let mut numbers: Box<[u32]> = numbers.map(|(at, _)| at).collect();
        numbers.sort_by(|a, b| compare_numbers(number_at(&items, *a), number_at(&items, *b)));
        let lengths = items.iter().filter_map(Datum::as_text).map(str::len);
        Self {
            longest_text: lengths.max().unwrap_or(0),
            texts,
            numbers,
            pointers,
            odd: positions()
                .filter(|(_, item)| is_object(item) && pointer_key(item).is_none())
                .map(|(at, _)| at)
                .collect(),
            first_plain: positions()
                .find_map(|(at, item)| (!is_object(item) && !is_nothing(item)).then_some(at)),
            first_null: positions().find_map(|(at, item)| is_nothing(item).then_some(at)),
            has_null: items.contains(&Datum::Null),
            has_true: items.contains(&Datum::Bool(true)),
            has_false: items.contains(&Datum::Bool(false)),
            items,
        }
    }

    /// The text or number at a place: texts by their hashes, then numbers in order.
    fn scalar(&self, at: usize) -> Option<&Datum> {
        let number = || self.numbers.get(at - self.texts.len()).copied();
        let at = self.texts.position(at).or_else(number)?;
        self.items.get(at as usize)
    }

    fn has_number(&self, number: f64) -> bool {
        let compare = |at: &u32| compare_numbers(number_at(&self.items, *at), number);
        !number.is_nan() && self.numbers.binary_search_by(compare).is_ok()
    }

    /// The first position of a text.
    fn find_text(&self, text: &str) -> Option<u32> {
        if self.texts.is_empty() || text.len() > self.longest_text {
            return None;
        }
        let compare = |at| text_at(&self.items, at).cmp(text);
        self.texts.find(key::hash(text), compare)
    }

    /// The first position of an object with this class and id.
    fn find_pointer(&self, key: (&str, &str)) -> Option<u32> {
        if self.pointers.is_empty() {
            return None;
        }
        let compare = |at| key_at(&self.items, at).cmp(&Some(key));
        self.pointers.find(key::hash(key.1), compare)
    }

    /// See [`List::contains_pointer`].
    fn contains_pointer(&self, pointer: (&str, &str)) -> Answer {
        self.ends_at([self.find_pointer(pointer), self.find_text(pointer.1)])
    }

    /// The same for a pointer whose class or id is no text: another one with texts for both is none like it.
    fn contains_odd_pointer(&self, class_name: Val<'_>, object_id: Val<'_>) -> Answer {
        let is_it = |at: &u32| {
            let item = self.items.get(*at as usize);
            item.is_some_and(|item| points_to(Val::from(item), class_name, object_id) == Ok(true))
        };
        let like = self.odd.iter().copied().find(is_it);
        let id = match object_id {
            Val::Text(id) => self.find_text(id),
            _ => None,
        };
        // What lacks both parts finds what lacks both.
        let lacks_both = class_name.is_undefined() && object_id.is_undefined();
        self.ends_at([like, id, self.first_plain.filter(|_| lacks_both)])
    }

    /// Whether a walk comes to one of some positions before it comes to a null.
    fn ends_at<const N: usize>(&self, found: [Option<u32>; N]) -> Answer {
        let found = found.into_iter().flatten().min();
        match (found, self.first_null) {
            (Some(found), Some(null)) if null < found => Err(Fault),
            (Some(_), _) => Ok(true),
            (None, Some(_)) => Err(Fault),
            (None, None) => Ok(false),
        }
    }

    /// Heap bytes, its own among them, without those of the items.
    fn memory_usage(&self) -> usize {
        size_of::<Self>()
            + self.texts.memory_usage()
            + self.pointers.memory_usage()
            + size_of_val(&*self.numbers)
            + size_of_val(&*self.odd)
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

fn is_object(item: &Datum) -> bool {
    matches!(item, Datum::Object(_) | Datum::Instance(_))
}

fn is_nothing(item: &Datum) -> bool {
    matches!(item, Datum::Null | Datum::Undefined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::read_str;

    /// What is in a list, and what is looked for in it.
    const ITEMS: [&str; 14] = [
        "null",
        "5",
        "true",
        r#""x""#,
        "[]",
        "{}",
        r#"{"className":"A","objectId":"x"}"#,
        r#"{"className":"A"}"#,
        r#"{"objectId":"x"}"#,
        r#"{"className":5,"objectId":"x"}"#,
        r#"{"className":"A","objectId":true}"#,
        r#"{"className":null,"objectId":7}"#,
        r#"{"className":[],"objectId":{}}"#,
        r#"{"a":1}"#,
    ];

    #[test]
    fn many_members_are_found_as_a_walk_finds_them() {
        let data: Vec<Datum> = ITEMS.map(|item| read_str(item).expect(item)).into();
        let mut found = 0;
        for first in 0..data.len() {
            for second in 0..data.len() {
                // Long enough to be searched, with these two in the end.
                let mut items = vec![data[6].clone(); FEW];
                items.extend([data[first].clone(), data[second].clone()]);
                let list = List::new(items.into());
                for pointer in data.iter().filter(|item| is_object(item)) {
                    let of = |name| Val::from(pointer).get(name).expect("an object");
                    let (class, id) = (of("className"), of("objectId"));
                    let walk = some(list.items(), |item| {
                        is_pointed_at(Val::from(item), class, id)
                    });
                    assert_eq!(list.contains_pointer(class, id), walk, "{class:?} {id:?}");
                    found += usize::from(walk == Ok(true));
                }
            }
        }
        assert!(found > 300, "{found}");
    }
}
