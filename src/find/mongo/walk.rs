//! What a path yields: MongoDB's way through objects and lists.

use super::value::{Kind, Value};
use crate::value::key::{Key, array_index, hash};
use crate::value::{Text, text_memory};

/// A part of a path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Component {
    name: Text,
    hash: u32,
    /// The element of a list that it names.
    index: Option<u32>,
}

impl Component {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            hash: hash(name),
            index: array_index(name),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name with its hash.
    pub(crate) fn key(&self) -> Key<'_> {
        Key {
            name: &self.name,
            hash: self.hash,
        }
    }

    /// The member of an object or the element of a list.
    pub(crate) fn of<'v, V: Value<'v>>(&self, value: V) -> Option<V> {
        match value.kind() {
            Kind::Object => value.member(&self.name),
            Kind::List => value.item(self.index? as usize),
            _ => None,
        }
    }

    fn is_digits(&self) -> bool {
        !self.name.is_empty() && self.name.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        text_memory(&self.name)
    }
}

/// A value and the rest of a path from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Road<'p, V> {
    /// What stands at the beginning of the path; nothing if it is missing.
    pub(crate) head: Option<V>,
    pub(crate) rest: &'p [Component],
    /// Whether what a path cannot lead through yields nothing in a list, as before SERVER-36681; else a missing value.
    pub(crate) legacy_null: bool,
}

/// Whether a list at the end of a path yields its elements before itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lists {
    Opened,
    Whole,
}

impl<'v, V: Value<'v>> Road<'_, V> {
    /// Whether some value that the path yields passes a test; a missing one is nothing.
    #[inline]
    pub(crate) fn any(&self, lists: Lists, mut test: impl FnMut(Option<V>) -> bool) -> bool {
        // Most paths are a field, and most values no list.
        if self.rest.is_empty()
            && !self
                .head
                .is_some_and(|head| matches!(head.kind(), Kind::List))
        {
            return test(self.head);
        }
        let mut walk = Walk {
            lists,
            legacy_null: self.legacy_null,
            yielded: 0,
            test,
        };
        walk.descend(self.head, self.rest)
    }
}

struct Walk<F> {
    lists: Lists,
    legacy_null: bool,
    /// How many values were yielded so far.
    yielded: usize,
    test: F,
}

impl<F> Walk<F> {
    fn descend<'v, V: Value<'v>>(&mut self, value: Option<V>, rest: &[Component]) -> bool
    where
        F: FnMut(Option<V>) -> bool,
    {
        let Some((first, behind)) = rest.split_first() else {
            return self.end(value);
        };
        match value.map(|value| (value, value.kind())) {
            Some((object, Kind::Object)) => self.descend(object.member(&first.name), behind),
            Some((list, Kind::List)) => self.through(list, first, rest),
            _ => self.show(None),
        }
    }

    fn end<'v, V: Value<'v>>(&mut self, value: Option<V>) -> bool
    where
        F: FnMut(Option<V>) -> bool,
    {
        if self.lists == Lists::Opened
            && let Some(list) = value
            && matches!(list.kind(), Kind::List)
            && list.any_item(|item| self.show(Some(item)))
        {
            return true;
        }
        self.show(value)
    }

    /// A list with components left: objects in it are walked with all of them, an element at the index that the first one
    /// names with those behind it.
    fn through<'v, V: Value<'v>>(&mut self, list: V, first: &Component, rest: &[Component]) -> bool
    where
        F: FnMut(Option<V>) -> bool,
    {
        let before = self.yielded;
        let is_strict = !self.legacy_null;
        for index in 0..list.len() {
            let Some(element) = list.item(index) else {
                break;
            };
            let found = match element.kind() {
                Kind::Object => self.descend(Some(element), rest),
                _ => is_strict && !first.is_digits() && self.show(None),
            };
            let is_named = first.index.is_some_and(|named| named as usize == index);
            if found || is_named && self.at_index(element, &rest[1..]) {
                return true;
            }
        }
        is_strict && self.yielded == before && self.show(None)
    }

    /// The element that a component names. At the end of a path it is yielded whole.
    fn at_index<'v, V: Value<'v>>(&mut self, element: V, behind: &[Component]) -> bool
    where
        F: FnMut(Option<V>) -> bool,
    {
        let Some(next) = behind.first() else {
            return self.show(Some(element));
        };
        match element.kind() {
            Kind::Object => self.descend(Some(element), behind),
            Kind::List => self.through(element, next, behind),
            _ => false,
        }
    }

    fn show<V>(&mut self, value: Option<V>) -> bool
    where
        F: FnMut(Option<V>) -> bool,
    {
        self.yielded += 1;
        (self.test)(value)
    }
}
