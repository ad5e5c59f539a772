//! Any number of names, of which one can come or go without a copy of all others.

use std::sync::{Arc, OnceLock};

use super::sorted::{Name, Sorted};
use crate::value::{COUNTS, Text, key};

/// Names, in a tree if they are many; what has not changed is shared by a set and the one that was made of it.
///
/// The same names are the same tree, whatever came and went before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    /// At most [`few`], or as many as have one hash.
    Few(Arc<Sorted>),
    Many(Arc<Branch>),
}

/// More names than a [`few`], told apart by some bits of their hashes.
#[derive(Debug)]
pub(super) struct Branch {
    len: usize,
    below: [Tree; WAYS],
    /// See [`Tree::visible`].
    visible: OnceLock<Tree>,
}

impl PartialEq for Branch {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.below == other.below
    }
}

impl Eq for Branch {}

/// How many names a level has without branches. The fields of a class are fewer than those of the first, and then found
/// at a glance; below it what is copied when a name comes or goes is to be little.
const fn few(level: u32) -> usize {
    if level == 0 { 64 } else { 16 }
}

const WAYS: usize = 1 << BITS;

const BITS: u32 = 2;

/// How often a hash can be divided.
const LEVELS: u32 = u32::BITS / BITS;

/// Which way names of a hash go from a branch, so many levels below the first.
fn way(hash: u32, level: u32) -> usize {
    (hash >> (u32::BITS - BITS * (level + 1))) as usize % WAYS
}

impl Tree {
    /// Of names in alphabetical order, each once.
    pub(super) fn new(names: Vec<Text>) -> Self {
        Self::at(names.into_iter().map(Name::from).collect(), 0)
    }

    /// The names of a branch of a level, in alphabetical order.
    fn at(names: Vec<Name>, level: u32) -> Self {
        if names.len() <= few(level) || level == LEVELS {
            return Self::Few(Arc::new(Sorted::new(names.into())));
        }
        let len = names.len();
        let mut below: [Vec<Name>; WAYS] = Default::default();
        for name in names {
            below[way(name.hash, level)].push(name);
        }
        Self::branch(len, below.map(|names| Self::at(names, level + 1)))
    }

    fn branch(len: usize, below: [Self; WAYS]) -> Self {
        Self::Many(Arc::new(Branch {
            len,
            below,
            visible: OnceLock::new(),
        }))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(few) => few.names().len(),
            Self::Many(branch) => branch.len,
        }
    }

    /// Whether they are the same without a look at them.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Few(a), Self::Few(b)) => Arc::ptr_eq(a, b),
            (Self::Many(a), Self::Many(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    #[inline]
    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Self::Few(few) => few.find(name).is_some(),
            Self::Many(branch) => branch.find(name).is_some(),
        }
    }

    /// A name that is there, given how many fields of an object were kept before it.
    #[inline]
    pub(super) fn find_next(&self, name: &str, kept: usize) -> Option<&Name> {
        match self {
            Self::Few(few) => few.find_next(name, kept),
            Self::Many(branch) => branch.find(name),
        }
    }

    /// The names and one more, if it is not among them.
    pub(super) fn with(&self, name: &str) -> Self {
        if self.has(name) {
            return self.clone();
        }
        self.with_at(Text::from(name).into(), 0)
    }

    fn with_at(&self, name: Name, level: u32) -> Self {
        match self {
            Self::Few(few) => Self::at(few.with(name).into(), level),
            Self::Many(branch) => {
                let mut below = branch.below.clone();
                let way = way(name.hash, level);
                below[way] = below[way].with_at(name, level + 1);
                Self::branch(branch.len + 1, below)
            }
        }
    }

    /// The names but for one, if it is among them.
    pub(super) fn without(&self, name: &str) -> Self {
        if !self.has(name) {
            return self.clone();
        }
        self.without_at(name, key::hash(name), 0)
    }

    fn without_at(&self, name: &str, hash: u32, level: u32) -> Self {
        match self {
            Self::Few(few) => Self::Few(Arc::new(Sorted::new(few.without(name)))),
            Self::Many(branch) => {
                let mut below = branch.below.clone();
                let way = way(hash, level);
                below[way] = below[way].without_at(name, hash, level + 1);
                let rest = Self::branch(branch.len - 1, below);
                if rest.len() > few(level) {
                    return rest;
                }
                Self::at(rest.sorted().into_iter().cloned().collect(), level)
            }
        }
    }

    /// Those of the names that are visible. They are kept, as are those of every branch: after a name came or went little
    /// is left to do.
    pub(super) fn visible(&self, is_visible: fn(&str) -> bool) -> Self {
        match self {
            Self::Few(few) => Self::Few(few.visible(is_visible)),
            Self::Many(branch) => {
                let visible = || {
                    let below = branch.below.each_ref();
                    let below = below.map(|names| names.visible(is_visible));
                    Self::branch(below.iter().map(Self::len).sum(), below)
                };
                branch.visible.get_or_init(visible).clone()
            }
        }
    }

    /// In alphabetical order.
    pub(super) fn sorted(&self) -> Vec<&Name> {
        let mut names = Vec::with_capacity(self.len());
        self.gather(&mut names);
        if let Self::Many(_) = self {
            names.sort_unstable_by(|a, b| a.text.cmp(&b.text));
        }
        names
    }

    fn gather<'s>(&'s self, names: &mut Vec<&'s Name>) {
        match self {
            Self::Few(few) => names.extend(few.names()),
            Self::Many(branch) => branch.below.iter().for_each(|below| below.gather(names)),
        }
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        COUNTS
            + match self {
                Self::Few(few) => few.memory_usage(),
                Self::Many(branch) => {
                    let below = branch.below.iter().map(Self::memory_usage);
                    size_of::<Branch>() + below.sum::<usize>()
                }
            }
    }
}

impl Branch {
    fn find(&self, name: &str) -> Option<&Name> {
        let hash = key::hash(name);
        let mut branch = self;
        for level in 0..LEVELS {
            match &branch.below[way(hash, level)] {
                Tree::Few(few) => {
                    let at = few.find_hashed(name, hash)?;
                    return few.names().get(at);
                }
                Tree::Many(below) => branch = below,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: impl Iterator<Item = String>) -> Tree {
        let mut names: Vec<Text> = names.map(Text::from).collect();
        names.sort_unstable();
        Tree::new(names)
    }

    #[test]
    fn names_come_and_go() {
        let name = |i: usize| format!("field{i}");
        let mut names = of(std::iter::empty());
        for i in 0..3_000 {
            names = names.with(&name(i)).with(&name(i / 2));
            if i % 500 == few(0) {
                assert_eq!(names, of((0..=i).map(name)));
            }
        }
        for i in (0..3_000).rev() {
            assert!(names.has(&name(i)) && names.find_next(&name(i), 7).is_some());
            names = names.without(&name(i)).without(&name(i));
            assert!(!names.has(&name(i)));
            if i % 500 == few(0) {
                assert_eq!(names, of((0..i).map(name)));
                assert!(matches!(names, Tree::Few(_)) == (i <= few(0)));
            }
        }
        assert_eq!(names.len(), 0);
    }

    #[test]
    fn what_is_visible_is_found() {
        let names = of((0..1_000).map(|i| format!("{}{i}", if i % 3 == 0 { "_" } else { "f" })));
        let is_visible = |name: &str| !name.starts_with('_');
        let visible = names.visible(is_visible);
        assert_eq!(visible.len(), 666);
        assert!(
            names
                .sorted()
                .iter()
                .all(|name| visible.has(&name.text) == is_visible(&name.text))
        );
        let more = names.with("_more").with("more").visible(is_visible);
        assert!(more.len() == 667 && more.has("more"));
    }

    #[test]
    fn names_of_one_hash_have_a_place() {
        let names = (0..1_000).map(|i| Name {
            text: format!("{i:03}").into(),
            hash: 7,
        });
        let names = Tree::at(names.collect(), 0);
        assert_eq!((names.len(), names.sorted().len()), (1_000, 1_000));
        assert!(names.sorted().is_sorted_by_key(|name| &name.text));
    }
}
