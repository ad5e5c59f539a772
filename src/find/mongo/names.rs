//! Texts among which one is looked for.

use std::cmp::Ordering;

use crate::value::by_hash::ByHash;
use crate::value::text::is_same;
use crate::value::{Text, key, text_memory};

/// Texts in their order, none twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Names {
    sorted: Box<[Text]>,
    /// Their places; empty if they are few.
    by_hash: ByHash,
}

/// So many texts are looked at faster than the place of one is found.
const FEW: usize = 16;

impl Names {
    pub(super) fn new(mut names: Vec<Text>) -> Self {
        names.sort_unstable();
        names.dedup();
        let by_hash = if names.len() > FEW {
            // More texts than a `u32` counts would not fit in memory.
            let hashes = names.iter().map(|name| key::hash(name)).zip(0..);
            ByHash::new(hashes, |a, b| names[a as usize].cmp(&names[b as usize]))
        } else {
            ByHash::default()
        };
        Self {
            sorted: names.into(),
            by_hash,
        }
    }

    pub(super) fn all(&self) -> &[Text] {
        &self.sorted
    }

    #[inline]
    pub(super) fn has(&self, text: &str) -> bool {
        if self.by_hash.is_empty() {
            return self.sorted.iter().any(|name| is_same(name, text));
        }
        let order = |at: u32| (*self.sorted[at as usize]).cmp(text);
        self.by_hash.find(key::hash(text), order).is_some()
    }

    /// Whether there is one that stands so to what is looked for.
    pub(super) fn has_by(&self, order: impl Fn(&str) -> Ordering) -> bool {
        let found = self.sorted.binary_search_by(|name| order(name));
        found.is_ok()
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let names = self.sorted.iter().map(text_memory);
        size_of_val(&*self.sorted) + names.sum::<usize>() + self.by_hash.memory_usage()
    }
}
