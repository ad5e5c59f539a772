//! A few names.

use std::sync::{Arc, OnceLock};

use crate::value::by_hash::ByHash;
use crate::value::text::is_same;
use crate::value::{Guess, Text, key, text_memory};

/// Some names.
#[derive(Debug)]
pub(super) struct Sorted {
    /// In alphabetical order, each once.
    names: Box<[Name]>,
    /// Their positions: a reader asks for every name that it comes to.
    by_hash: ByHash,
    /// By the number of fields kept so far, where the name stands that was kept next of the last object.
    guesses: Box<[Guess]>,
    /// The [`trait_of`] each name: most names that are not there are known for it by this.
    traits: u64,
    /// Those of the names that the SDK shows; nothing if it shows all of them.
    visible: OnceLock<Option<Arc<Sorted>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) text: Text,
    pub(super) hash: u32,
}

impl From<Text> for Name {
    fn from(text: Text) -> Self {
        Self {
            hash: key::hash(&text),
            text,
        }
    }
}

impl PartialEq for Sorted {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Eq for Sorted {}

impl Sorted {
    /// Of names in alphabetical order, each once.
    pub(super) fn new(names: Box<[Name]>) -> Self {
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
            visible: OnceLock::new(),
        }
    }

    pub(super) fn names(&self) -> &[Name] {
        &self.names
    }

    /// The names and one more.
    pub(super) fn with(&self, name: Name) -> Box<[Name]> {
        let at = self.names.partition_point(|known| known.text < name.text);
        let mut names = Vec::with_capacity(self.names.len() + 1);
        names.extend_from_slice(&self.names[..at]);
        names.push(name);
        names.extend_from_slice(&self.names[at..]);
        names.into()
    }

    /// The names but for one.
    pub(super) fn without(&self, name: &str) -> Box<[Name]> {
        let rest = self.names.iter().filter(|known| known.text != name);
        rest.cloned().collect()
    }

    /// Those of the names that are visible.
    pub(super) fn visible(self: &Arc<Self>, is_visible: fn(&str) -> bool) -> Arc<Self> {
        let some = || {
            let visible = self.names.iter().filter(|name| is_visible(&name.text));
            let visible: Box<[Name]> = visible.cloned().collect();
            (visible.len() < self.names.len()).then(|| Arc::new(Self::new(visible)))
        };
        let some = self.visible.get_or_init(some);
        Arc::clone(some.as_ref().unwrap_or(self))
    }

    /// Where a name stands.
    #[inline]
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        if self.traits & trait_of(name) == 0 {
            return None;
        }
        self.find_hashed(name, key::hash(name))
    }

    /// Where a name stands that has this hash.
    #[inline]
    pub(super) fn find_hashed(&self, name: &str, hash: u32) -> Option<usize> {
        let order = |at: u32| (*self.names[at as usize].text).cmp(name);
        let at = self.by_hash.find(hash, order)?;
        Some(at as usize)
    }

    /// A name that is there: most objects have the same names in the same order.
    #[inline]
    pub(super) fn find_next(&self, name: &str, kept: usize) -> Option<&Name> {
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

    /// Heap bytes, its own among them.
    pub(super) fn memory_usage(&self) -> usize {
        let texts = self.names.iter().map(|name| text_memory(&name.text));
        size_of::<Self>()
            + size_of_val(&*self.names)
            + size_of_val(&*self.guesses)
            + self.by_hash.memory_usage()
            + texts.sum::<usize>()
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
