//! Some names of fields, or all.

use std::sync::{Arc, OnceLock};

use super::by_hash::ByHash;
use super::text::is_same;
use super::{Guess, Text, key};

/// The names of top-level fields that are kept of an object: the inside of a [`FieldSet`](crate::FieldSet).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    All,
    Some(Arc<Sorted>),
}

/// Some names.
#[derive(Debug)]
pub(crate) struct Sorted {
    /// In alphabetical order, each once.
    names: Box<[Name]>,
    /// Their positions: a reader asks for every name that it comes to.
    by_hash: ByHash,
    /// By the number of fields kept so far, where the name stands that was kept next of the last object.
    guesses: Box<[Guess]>,
    /// The [`trait_of`] each name: most names that are not there are known for it by this.
    traits: u64,
    /// See [`Names::for_messages`]; made once, as a host reads message after message for the same set.
    for_messages: OnceLock<ForMessages>,
}

#[derive(Debug, PartialEq, Eq)]
struct Name {
    text: Text,
    hash: u32,
}

/// The fields of the objects of messages.
#[derive(Clone, Debug)]
pub(crate) struct ForMessages {
    /// Those that are asked for or kept in any case.
    pub(crate) kept: Names,
    /// Those of them that are to be read.
    pub(crate) read: Names,
}

impl PartialEq for Sorted {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Eq for Sorted {}

impl Sorted {
    fn new(names: Vec<Text>) -> Self {
        let name = |text: Text| Name {
            hash: key::hash(&text),
            text,
        };
        let names: Box<[Name]> = names.into_iter().map(name).collect();
        // More names than a `u32` counts would not fit in memory.
        let hashes = names.iter().map(|name| name.hash).zip(0..);
        let text = |at: u32| &names[at as usize].text;
        Self {
            by_hash: ByHash::new(hashes, |a, b| text(a).cmp(text(b))),
            guesses: names.iter().map(|_| Guess::default()).collect(),
            traits: names
                .iter()
                .fold(0, |traits, name| traits | trait_of(&name.text)),
            names,
            for_messages: OnceLock::new(),
        }
    }

    fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(|name| &*name.text)
    }

    /// Where a name stands.
    #[inline]
    fn find(&self, name: &str) -> Option<usize> {
        if self.traits & trait_of(name) == 0 {
            return None;
        }
        let order = |at: u32| (*self.names[at as usize].text).cmp(name);
        let at = self.by_hash.find(key::hash(name), order)?;
        Some(at as usize)
    }

    /// A name that is there: most objects have the same names in the same order.
    #[inline]
    fn find_next(&self, name: &str, kept: usize) -> Option<&Name> {
        let guess = self.guesses.get(kept);
        match guess.and_then(|guess| self.names.get(guess.place())) {
            Some(guessed) if is_same(&guessed.text, name) => Some(guessed),
            _ => {
                let at = self.find(name)?;
                if let Some(guess) = guess {
                    guess.set(at);
                }
                Some(&self.names[at])
            }
        }
    }
}

/// One of 64 bits, by the ends of a name and its length.
#[inline]
fn trait_of(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let end = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or_default());
    let sum = end(bytes.first()) + 5 * end(bytes.last()) + 11 * bytes.len();
    1 << (sum % 64)
}

impl Names {
    /// Of names in any order, also repeated.
    pub(crate) fn new(mut names: Vec<Text>) -> Self {
        names.sort_unstable();
        names.dedup();
        Self::Some(Arc::new(Sorted::new(names)))
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
            let always = always.iter().map(|name| Text::from(*name));
            let kept = Self::new(some.iter().map(Text::from).chain(always).collect());
            let visible = kept.listed().into_iter().flatten();
            let read = Self::new(
                visible
                    .filter(|name| is_visible(name))
                    .map(Text::from)
                    .collect(),
            );
            ForMessages { kept, read }
        };
        some.for_messages.get_or_init(both).clone()
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Some(a), Self::Some(b)) => {
                Self::new(a.iter().chain(b.iter()).map(Text::from).collect())
            }
            _ => Self::All,
        }
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(some) => some.find(name).is_some(),
        }
    }

    /// The hash and the name of a field of an object, if it is kept; `kept` of the fields before it are.
    #[inline]
    pub(crate) fn find_next(&self, name: &str, kept: usize) -> Option<(u32, Text)> {
        match self {
            Self::All => Some((key::hash(name), name.into())),
            Self::Some(some) => {
                let name = some.find_next(name, kept)?;
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
                Arc::ptr_eq(a, b) || b.iter().all(|name| self.contains(name))
            }
        }
    }

    /// In alphabetical order, or nothing if every field is kept.
    pub(crate) fn listed(&self) -> Option<impl ExactSizeIterator<Item = &str>> {
        match self {
            Self::All => None,
            Self::Some(some) => Some(some.iter()),
        }
    }
}
