//! The keys that a change has.

use std::ops::Range;

use super::stamped::Stamped;
use crate::set::index::paths::Use;
use crate::set::keys::hint::{FINGERPRINT_BITS, Hint, KeyFingerprint, Spot};
use crate::set::store::number::{FeatureId, Number};
use crate::set::store::slab::NONE;

/// Keys that a change has, those of a feature in a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    all: Vec<Sought>,
    /// Where those are of features that the root has keys of.
    root: Vec<Range<usize>>,
    /// First and last but one, by feature of groups.
    ranges: Stamped<(u32, u32)>,
    /// Some bits of each key of a value or a pointer: whether a change may have a key.
    filter: KeyFilter,
}

/// A key of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sought {
    pub(crate) key: u64,
    /// Of a piece, where in it the value lies.
    pub(crate) spot: Option<Spot>,
}

impl Keys {
    pub(crate) fn reset(&mut self, features: usize) {
        self.all.clear();
        self.root.clear();
        self.ranges.reset(features);
        self.filter = KeyFilter::default();
    }

    #[inline]
    pub(crate) fn push(&mut self, key: u64, spot: Option<Spot>) {
        self.all.push(Sought { key, spot });
    }

    /// How many there are so far.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Ends the keys of a feature, which begin at a position.
    #[inline]
    pub(crate) fn close(&mut self, from: usize, used: &Use) {
        match self.all.len() - from {
            0 | 1 => {}
            2..=8 => self.thin_out(from),
            _ => self.sort_last(from),
        }
        if used.groups > 0 {
            let number = |at: usize| u32::try_from(at).unwrap_or(NONE);
            let range = (number(from), number(self.all.len()));
            self.ranges.set(used.number.get(), range);
        }
        if used.root > 0 {
            self.extend_root(from..self.all.len());
        }
    }

    #[inline]
    fn extend_root(&mut self, range: Range<usize>) {
        match self.root.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => self.root.push(range),
        }
    }

    /// The keys of features that the root has keys of, in a few rows.
    pub(crate) fn of_root(&self) -> impl Iterator<Item = &[Sought]> {
        let rows = self.root.iter();
        rows.filter_map(|range| self.all.get(range.clone()))
    }

    /// Leaves each of the few keys from a position on once.
    fn thin_out(&mut self, from: usize) {
        let mut end = from + 1;
        for at in from + 1..self.all.len() {
            if !self.all[from..end].contains(&self.all[at]) {
                self.all[end] = self.all[at];
                end += 1;
            }
        }
        self.all.truncate(end);
    }

    /// Sorts the keys from a position on, each once.
    fn sort_last(&mut self, from: usize) {
        self.all[from..].sort_unstable();
        let mut kept = from;
        for at in from + 1..self.all.len() {
            if self.all[at] != self.all[kept] {
                kept += 1;
                self.all[kept] = self.all[at];
            }
        }
        self.all.truncate(kept + 1);
    }

    pub(crate) fn of(&self, feature: FeatureId) -> &[Sought] {
        let (from, to) = self.ranges.get(feature.get()).unwrap_or_default();
        self.all.get(from as usize..to as usize).unwrap_or_default()
    }

    /// Notes the fingerprints of the keys from a position on.
    pub(crate) fn filter_from(&mut self, from: usize) {
        for sought in self.all.get(from..).unwrap_or_default() {
            self.filter.set(KeyFingerprint::of(sought.key));
        }
    }

    /// Whether a query that tells this may match a change with the key it is filed under, at a spot.
    #[inline]
    pub(crate) fn admits(&self, hint: Hint, spot: Option<Spot>) -> bool {
        spot.is_none_or(|spot| hint.admits(spot))
            && hint
                .fingerprint()
                .is_none_or(|fingerprint| self.filter.has(fingerprint))
    }
}

/// A Bloom filter with one hash: which fingerprints there are.
#[derive(Clone, Copy, Debug)]
struct KeyFilter([u64; WORDS]);

const WORDS: usize = 1 << (FINGERPRINT_BITS - 6);

impl Default for KeyFilter {
    fn default() -> Self {
        Self([0; WORDS])
    }
}

impl KeyFilter {
    fn set(&mut self, fingerprint: KeyFingerprint) {
        let (word, bit) = Self::place(fingerprint);
        self.0[word] |= 1 << bit;
    }

    #[inline]
    fn has(&self, fingerprint: KeyFingerprint) -> bool {
        let (word, bit) = Self::place(fingerprint);
        self.0[word] >> bit & 1 == 1
    }

    #[inline]
    fn place(fingerprint: KeyFingerprint) -> (usize, u32) {
        (
            (fingerprint.bits() >> 6) as usize % WORDS,
            fingerprint.bits() % 64,
        )
    }
}
