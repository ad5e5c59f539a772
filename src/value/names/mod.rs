//! Some names of fields, or all.

mod sorted;
mod tree;

use std::collections::BTreeSet;
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

/// From one change for so many names on all of them are sorted anew.
const MANY_CHANGES: usize = 16;

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

    /// These names and some more or less, each with whether it is among them from now on.
    ///
    /// It takes the time of the changes if they are few, and shares the rest.
    pub(crate) fn changed<'n>(
        &self,
        changes: impl ExactSizeIterator<Item = (&'n str, bool)>,
    ) -> Self {
        let Self::Some(some) = self else {
            return Self::All;
        };
        if changes.len() > some.tree.len() / MANY_CHANGES {
            let mut all: BTreeSet<&str> = self.listed().into_iter().flatten().collect();
            for (name, is_there) in changes {
                if is_there {
                    all.insert(name);
                } else {
                    all.remove(name);
                }
            }
            return Self::of(Tree::new(all.into_iter().map(Text::from).collect()));
        }
        let change = |tree: Tree, (name, is_there): (&str, bool)| {
            if is_there {
                tree.with(name)
            } else {
                tree.without(name)
            }
        };
        Self::of(changes.fold(some.tree.clone(), change))
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

    /// How many there are, unless these are all.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::All => 0,
            Self::Some(some) => some.tree.len(),
        }
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
