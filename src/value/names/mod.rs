//! Some names of fields, or all.

mod sorted;
mod tree;

use std::sync::{Arc, OnceLock};

use self::tree::Tree;
use super::{COUNTS, Text, key};

/// The names of top-level fields that are kept of an object: the inside of a [`FieldSet`](crate::FieldSet).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    All,
    Some(Arc<Chosen>),
}

/// Some names.
#[derive(Debug)]
pub(crate) struct Chosen {
    tree: Tree,
    /// See [`Names::for_messages`]; made once, as a host reads message after message for the same set.
    for_messages: OnceLock<ForMessages>,
}

/// The fields of the objects of messages.
#[derive(Clone, Debug)]
pub(crate) struct ForMessages {
    /// Those that are asked for or kept in any case.
    pub(crate) kept: Names,
    /// Those of them that are to be read.
    pub(crate) read: Names,
}

impl PartialEq for Chosen {
    fn eq(&self, other: &Self) -> bool {
        self.tree == other.tree
    }
}

impl Eq for Chosen {}

impl Names {
    /// Of names in any order, also repeated.
    pub(crate) fn new(mut names: Vec<Text>) -> Self {
        names.sort_unstable();
        names.dedup();
        Self::of(Tree::new(names))
    }

    fn of(tree: Tree) -> Self {
        Self::Some(Arc::new(Chosen {
            tree,
            for_messages: OnceLock::new(),
        }))
    }

    /// Adds a name. It takes the logarithm of how many there are: copies share the rest.
    pub(crate) fn insert(&mut self, name: &str) {
        if let Self::Some(some) = self {
            *self = Self::of(some.tree.with(name));
        }
    }

    /// Takes a name away, if not all are among them, in as much time.
    pub(crate) fn remove(&mut self, name: &str) {
        if let Self::Some(some) = self {
            *self = Self::of(some.tree.without(name));
        }
    }

    /// These names and those that are kept of the object of a message in any case; of all of them some are visible to
    /// queries, and only those are worth reading.
    pub(crate) fn for_messages(
        &self,
        always: &[&str],
        is_visible: fn(&str) -> bool,
    ) -> ForMessages {
        let Self::Some(some) = self else {
            let [kept, read] = [Self::All, Self::All];
            return ForMessages { kept, read };
        };
        let both = || {
            let tree = some.tree.clone();
            let kept = always.iter().fold(tree, |tree, name| tree.with(name));
            ForMessages {
                read: Self::of(kept.visible(is_visible)),
                kept: Self::of(kept),
            }
        };
        some.for_messages.get_or_init(both).clone()
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        match (self.listed(), other.listed()) {
            (Some(a), Some(b)) => Self::new(a.chain(b).map(Text::from).collect()),
            _ => Self::All,
        }
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(some) => some.tree.has(name),
        }
    }

    /// The hash and the name of a field of an object, if it is kept; `kept` of the fields before it are.
    #[inline]
    pub(crate) fn find_next(&self, name: &str, kept: usize) -> Option<(u32, Text)> {
        match self {
            Self::All => Some((key::hash(name), name.into())),
            Self::Some(some) => {
                let name = some.tree.find_next(name, kept)?;
                Some((name.hash, name.text.clone()))
            }
        }
    }

    pub(crate) fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    pub(crate) fn is_superset(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Some(_), Self::All) => false,
            (Self::Some(a), Self::Some(b)) => {
                let has = |name: &sorted::Name| a.tree.has(&name.text);
                a.tree.is_same(&b.tree) || b.tree.sorted().into_iter().all(has)
            }
        }
    }

    /// In alphabetical order, or nothing if every field is kept.
    pub(crate) fn listed(&self) -> Option<impl ExactSizeIterator<Item = &str>> {
        match self {
            Self::All => None,
            Self::Some(some) => Some(some.tree.sorted().into_iter().map(|name| &*name.text)),
        }
    }

    /// Heap bytes, those that are shared with other names among them.
    pub(crate) fn memory_usage(&self) -> usize {
        match self {
            Self::All => 0,
            Self::Some(some) => COUNTS + size_of::<Chosen>() + some.tree.memory_usage(),
        }
    }
}
