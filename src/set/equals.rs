//! Which distinct query has a canonical text: an equal one is held once.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::once;

use super::store::table::Table;

/// Distinct queries by a hash of their canonical text.
#[derive(Clone, Debug)]
pub(super) struct Equals {
    /// By the bits of the hash that a table keeps.
    first: Table<u32, u32>,
    /// The few whose bits another one has too.
    others: BTreeSet<(u64, u32)>,
    /// The hashes of queries for which it takes long to make them again.
    kept: BTreeMap<u32, u64>,
}

impl Equals {
    pub(super) fn new() -> Self {
        Self {
            first: Table::new(),
            others: BTreeSet::new(),
            kept: BTreeMap::new(),
        }
    }

    /// The query with a text of this hash that is the same.
    pub(super) fn find(&self, hash: u64, is_same: impl Fn(u32) -> bool) -> Option<u32> {
        let key = key(hash);
        let first = self.first.get(key)?;
        let mut all = once(first).chain(self.others(key));
        all.find(|number| is_same(*number))
    }

    /// Adds a query that [is not there](Self::find).
    pub(super) fn insert(&mut self, hash: u64, number: u32) {
        let key = key(hash);
        if self.first.get(key).is_none() {
            self.first.insert(key, number);
        } else {
            self.others.insert((key, number));
        }
    }

    /// Keeps the hash of a query, so that it need not be made again.
    pub(super) fn keep(&mut self, hash: u64, number: u32) {
        self.kept.insert(number, hash);
    }

    /// The hash of a query, if it was [kept](Self::keep).
    pub(super) fn kept(&self, number: u32) -> Option<u64> {
        self.kept.get(&number).copied()
    }

    /// Removes a query that was added with this hash.
    pub(super) fn remove(&mut self, hash: u64, number: u32) {
        self.kept.remove(&number);
        let key = key(hash);
        if self.others.remove(&(key, number)) {
            return;
        }
        self.first.remove(key);
        let other = self.others(key).next();
        if let Some(number) = other {
            self.others.remove(&(key, number));
            self.first.insert(key, number);
        }
    }

    fn others(&self, key: u64) -> impl Iterator<Item = u32> {
        let others = self.others.range((key, 0)..=(key, u32::MAX));
        others.map(|(_, number)| *number)
    }

    /// Gives back all room that is not in use.
    pub(super) fn shrink_to_fit(&mut self) {
        self.first.shrink_to_fit();
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let kept = self.kept.len() * size_of::<(u32, u64)>() * 3 / 2;
        self.first.memory_usage() + kept
    }
}

/// Of a hash, as many bits as the table keeps. It is odd, as the table keeps no zero.
fn key(hash: u64) -> u64 {
    hash & ((1 << 38) - 1) | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_of_one_hash_are_told_apart() {
        let mut equals = Equals::new();
        let hash = 0xABCD_EF01_2345_6789;
        for number in [7, 3, 9] {
            assert_eq!(equals.find(hash, |other| other == number), None);
            equals.insert(hash, number);
        }
        // The first, one of the others, and the one that came in the place of the first.
        for (number, rest) in [(7, &[3, 9][..]), (9, &[3]), (3, &[])] {
            equals.remove(hash, number);
            assert_eq!(equals.find(hash, |other| other == number), None);
            for left in rest {
                assert_eq!(equals.find(hash, |other| other == *left), Some(*left));
            }
        }
        assert_eq!(equals.find(hash, |_| true), None);
    }
}
