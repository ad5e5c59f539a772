//! Measures values.

use super::key::names;
use super::val::{List, Members};
use super::{Fields, MAX_DEPTH, Val};
use crate::steps::{Shape, Size};

impl Shape {
    #[inline]
    pub(crate) fn of(value: Val<'_>) -> Self {
        match value {
            Val::Undefined | Val::Null | Val::Bool(_) | Val::Number(_) | Val::Date(_) => {
                Self::Plain
            }
            Val::Text(_) | Val::Unit(_) => Self::Text,
            Val::Array(_) => Self::Array,
            Val::Object(_) | Val::Instance(_) | Val::Builtin(_) => Self::Object,
        }
    }
}

/// Bytes of the text of what is no text: a number that is written out, a date in words, an instance.
const NUMBER: u64 = 24;
const DATE: u64 = 80;
const OBJECT: u64 = 64;

impl Size {
    /// What can be told of a value at once: its members, and the bytes of a text.
    #[inline]
    pub(crate) fn at_once(value: Val<'_>) -> Self {
        let members = match value {
            Val::Array(list) => list.len() as u64,
            _ => 1,
        };
        Self {
            members,
            ..Self::default()
        }
    }

    /// The size of a value, and of what is in its arrays. What is in its objects does not count.
    pub(crate) fn of(value: Val<'_>) -> Self {
        let mut size = Self::at_once(value);
        size.add(value, MAX_DEPTH);
        size
    }

    fn add(&mut self, value: Val<'_>, depth: u32) {
        self.nodes += 1;
        self.bytes += match value {
            Val::Undefined | Val::Null | Val::Bool(_) => 9,
            Val::Number(number) => bytes_of(number),
            Val::Text(text) => text.len() as u64,
            Val::Unit(_) => 3,
            Val::Date(_) => DATE,
            Val::Instance(_) | Val::Builtin(_) => OBJECT,
            Val::Object(members) => {
                self.add_pointer(value, members);
                OBJECT_TEXT
            }
            Val::Array(list) => {
                self.add_list(list, depth);
                0
            }
        };
    }

    fn add_list(&mut self, list: List<'_>, depth: u32) {
        // What nests deeper is a fault to whoever looks.
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        for item in list.iter() {
            // Behind a comma.
            self.bytes += 1;
            match item {
                Val::Null | Val::Undefined => self.nodes += 1,
                item => self.add(item, depth),
            }
        }
    }

    fn add_pointer(&mut self, value: Val<'_>, members: Members<'_>) {
        if !value.is_typed("Pointer") {
            return;
        }
        self.pointers += 1;
        let is_text = |key| matches!(members.get_key(key), Some(Val::Text(_)));
        if !(is_text(names::CLASS_NAME) && is_text(names::OBJECT_ID)) {
            self.odd_pointers += 1;
        }
    }
}

/// Of `[object Object]`.
const OBJECT_TEXT: u64 = 15;

/// Bytes of a number as text, or more.
fn bytes_of(number: f64) -> u64 {
    let (size, sign) = (number.abs(), u64::from(number < 0.0));
    // As most numbers are, so that an array of these is not taken for much longer than it is.
    let short = [10.0, 100.0, 1e3, 1e4, 1e6, 1e9, 1e12];
    let digits = [1, 2, 3, 4, 6, 9, 12];
    let whole = (number.fract() == 0.0).then(|| short.iter().position(|limit| size < *limit));
    whole.flatten().map_or(NUMBER, |at| {
        sign + digits.get(at).copied().unwrap_or(NUMBER)
    })
}

/// How many values there are in a tree, in its objects too, and how many bytes their texts and names have.
pub(crate) fn tree_nodes(value: Val<'_>) -> (u64, u64) {
    let (mut nodes, mut bytes) = (0, 0);
    add_tree(value, MAX_DEPTH, &mut nodes, &mut bytes);
    (nodes, bytes)
}

fn add_tree(value: Val<'_>, depth: u32, nodes: &mut u64, bytes: &mut u64) {
    *nodes += 1;
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    match value {
        Val::Text(text) => *bytes += text.len() as u64,
        Val::Array(list) => list
            .iter()
            .for_each(|item| add_tree(item, depth, nodes, bytes)),
        Val::Object(members) => {
            let ended: Option<()> = members.walk(|key, member| {
                *bytes += key.len() as u64;
                add_tree(member, depth, nodes, bytes);
                None
            });
            debug_assert!(ended.is_none());
        }
        Val::Instance(instance) => {
            for fields in [&instance.own, &instance.getters] {
                add_fields(fields, depth, nodes, bytes);
            }
        }
        Val::Undefined | Val::Null | Val::Bool(_) | Val::Number(_) => {}
        Val::Unit(_) | Val::Date(_) | Val::Builtin(_) => {}
    }
}

fn add_fields(fields: &Fields, depth: u32, nodes: &mut u64, bytes: &mut u64) {
    for (key, member) in fields.iter() {
        *bytes += key.len() as u64;
        add_tree(Val::from(member), depth, nodes, bytes);
    }
}
