//! Measures values.

use super::key::names;
use super::val::{List, Members};
use super::{MAX_DEPTH, Val};
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

/// What is to be known of a size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    /// So many nodes and one more are enough: who takes a step for each of them, and has no more, need not know the rest.
    pub(crate) most: u64,
    /// How deep arrays are looked into.
    pub(crate) levels: u32,
    /// Whether pointers are to be told from other objects.
    pub(crate) pointers: bool,
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
    pub(crate) fn of(value: Val<'_>, scope: Scope) -> Self {
        let mut size = Self::at_once(value);
        size.add(value, &scope, scope.levels);
        size
    }

    fn add(&mut self, value: Val<'_>, scope: &Scope, depth: u32) {
        self.nodes += 1;
        self.bytes += match value {
            Val::Undefined | Val::Null | Val::Bool(_) => 9,
            Val::Number(number) => bytes_of(number),
            Val::Text(text) => text.len() as u64,
            Val::Unit(_) => 3,
            Val::Date(_) => DATE,
            Val::Instance(_) | Val::Builtin(_) => OBJECT,
            Val::Object(members) => {
                self.add_object(value, members, scope);
                OBJECT_TEXT
            }
            Val::Array(list) => {
                self.add_list(list, scope, depth);
                0
            }
        };
    }

    fn add_list(&mut self, list: List<'_>, scope: &Scope, depth: u32) {
        // What nests deeper is a fault to whoever looks.
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        for item in list.iter() {
            if self.nodes > scope.most {
                return;
            }
            // Behind a comma.
            self.bytes += 1;
            match item {
                Val::Null | Val::Undefined => self.nodes += 1,
                item => self.add(item, scope, depth),
            }
        }
    }

    fn add_object(&mut self, value: Val<'_>, members: Members<'_>, scope: &Scope) {
        self.objects += 1;
        if !scope.pointers || !value.is_typed("Pointer") {
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

/// How many values there are in a tree, in its objects too, and how many bytes their texts and names have; as far as `most`
/// values and one more.
pub(crate) fn tree_nodes(value: Val<'_>, most: u64) -> (u64, u64) {
    let mut tree = Tree {
        nodes: 0,
        bytes: 0,
        most,
    };
    tree.add(value, MAX_DEPTH);
    (tree.nodes, tree.bytes)
}

struct Tree {
    nodes: u64,
    bytes: u64,
    most: u64,
}

impl Tree {
    fn add(&mut self, value: Val<'_>, depth: u32) {
        self.nodes += 1;
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        match value {
            Val::Text(text) => self.bytes += text.len() as u64,
            Val::Array(list) => {
                list.iter()
                    .find_map(|item| self.add_member("", item, depth));
            }
            Val::Object(members) => {
                members.walk(|key, member| self.add_member(key, member, depth));
            }
            Val::Instance(instance) => {
                for fields in [&instance.own, &instance.getters] {
                    let mut members = fields.iter();
                    members.find_map(|(key, member)| self.add_member(key, member.into(), depth));
                }
            }
            Val::Undefined | Val::Null | Val::Bool(_) | Val::Number(_) => {}
            Val::Unit(_) | Val::Date(_) | Val::Builtin(_) => {}
        }
    }

    /// Something if that is enough.
    fn add_member(&mut self, key: &str, member: Val<'_>, depth: u32) -> Option<()> {
        self.bytes += key.len() as u64;
        self.add(member, depth);
        (self.nodes > self.most).then_some(())
    }
}
