//! Queries that share the keys they are filed under.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;

use smallvec::SmallVec;

use super::columns::{AllColumns, Columns};
use crate::set::keys::feature::below;
use crate::set::keys::hint::Hint;
use crate::set::store::keyed::{HasKey, Keyed};
use crate::set::store::number::{FeatureId, GroupId};
use crate::set::store::table::Posting;
use crate::set::tuning::{COUNTED, DIVIDE};

/// The queries filed under one key, and how they are told apart when they are many.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// Its key in the table; 0 for the root, under which is everything.
    pub(crate) key: u64,
    /// The group below which it is; the root is below itself.
    pub(crate) above: GroupId,
    /// The feature of its key.
    pub(crate) feature: FeatureId,
    pub(crate) postings: Postings,
    /// There once the group has been divided.
    pub(crate) parts: Option<Box<Parts>>,
}

/// What a divided group has beside the queries that could not be told apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    /// The paths by which the queries came here: nothing more is learned from them.
    pub(crate) paths: SmallVec<[u32; 4]>,
    /// The features of keys below this group.
    pub(crate) features: Keyed<Held>,
    pub(crate) thresholds: Keyed<Thresholds>,
    pub(crate) columns: AllColumns,
}

/// A feature of keys below a group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) feature: FeatureId,
    /// How many keys there are of it.
    pub(crate) keys: u32,
}

/// The queries under a key.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Crowd {
    /// About how many there are: of those that were told apart, all that share what they were told apart by are one.
    pub(crate) queries: usize,
    /// How many are not told apart, and are run one by one.
    pub(crate) together: usize,
}

impl Crowd {
    /// How much they weigh in a guess of how common the key is. What was not told apart cannot be, most likely, and a query that comes
    /// to it will not be either: the more are together, the worse the key is for another one.
    #[expect(clippy::cast_precision_loss, reason = "a guess")]
    pub(crate) fn weight(self) -> f64 {
        let crowding = self.together as f64 / DIVIDE as f64;
        self.count() * crowding.max(1.0)
    }

    /// How many they are.
    #[expect(clippy::cast_precision_loss, reason = "a guess")]
    pub(crate) fn count(self) -> f64 {
        self.queries as f64
    }
}

impl HasKey for Held {
    type Key = FeatureId;

    fn key(&self) -> FeatureId {
        self.feature
    }
}

impl Group {
    pub(crate) fn is_empty(&self) -> bool {
        self.postings.len() == 0 && self.parts.as_ref().is_none_or(|parts| parts.is_empty())
    }

    /// A key below this group.
    pub(crate) fn below(&self, key: u64) -> u64 {
        if self.key == 0 {
            key
        } else {
            below(self.key, key)
        }
    }

    /// How many queries it has; of what is below it, only the first parts are counted, of which there may be any number.
    pub(crate) fn crowd(&self) -> Crowd {
        let parts = self.parts.as_ref().map_or(0, |parts| {
            let keys = parts.features.iter().take(COUNTED);
            let keys = keys.map(|held| held.keys as usize);
            let limits = parts.thresholds.iter().take(COUNTED);
            let limits = limits.map(|found| found.limits.len());
            let rows = parts.columns.iter().take(COUNTED).map(Columns::len);
            keys.sum::<usize>() + limits.sum::<usize>() + rows.sum::<usize>()
        });
        let together = self.postings.len();
        Crowd {
            queries: together + parts,
            together,
        }
    }

    /// Prefetches its first query: reads it into the cache, and does not wait for it.
    pub(crate) fn prefetch(&self) {
        if let Postings::Few(list) = &self.postings {
            black_box(list.first().map(|posting| posting.slot));
        }
    }

    /// Gives back all room that is not in use.
    pub(crate) fn shrink_to_fit(&mut self) {
        if let Postings::Few(list) = &mut self.postings {
            list.shrink_to_fit();
        }
        if let Some(parts) = &mut self.parts {
            parts.features.shrink_to_fit();
            parts.thresholds.shrink_to_fit();
            parts.columns.shrink_to_fit();
        }
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let parts = self.parts.as_ref().map_or(0, |parts| {
            let limits: usize = parts.thresholds.iter().map(|t| t.limits.len() * 24).sum();
            size_of::<Parts>()
                + parts.features.memory_usage()
                + parts.thresholds.memory_usage()
                + parts.columns.memory_usage()
                + limits
        });
        parts + self.postings.memory_usage()
    }
}

impl Parts {
    fn is_empty(&self) -> bool {
        self.features.is_empty() && self.thresholds.is_empty() && self.columns.is_empty()
    }
}

/// A list of queries.
#[derive(Clone, Debug)]
pub(crate) enum Postings {
    Few(SmallVec<[Posting; 2]>),
    /// By slot, so that one is found to be removed.
    Many(BTreeMap<u32, Hint>),
}

/// A list of this length or more is kept in order.
const MANY: usize = 256;

impl Postings {
    pub(crate) fn none() -> Self {
        Self::Few(SmallVec::new())
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Few(list) => list.len(),
            Self::Many(map) => map.len(),
        }
    }

    pub(crate) fn push(&mut self, posting: Posting) {
        if let Self::Few(list) = self {
            if list.len() < MANY {
                list.push(posting);
                return;
            }
            *self = Self::Many(
                list.iter()
                    .map(|posting| (posting.slot, posting.hint))
                    .collect(),
            );
        }
        if let Self::Many(map) = self {
            map.insert(posting.slot, posting.hint);
        }
    }

    pub(crate) fn remove(&mut self, slot: u32) -> Option<Posting> {
        match self {
            Self::Few(list) => {
                let at = list.iter().position(|posting| posting.slot == slot)?;
                let gone = list.swap_remove(at);
                if list.spilled() && list.len() <= list.capacity() / 4 {
                    list.shrink_to_fit();
                }
                Some(gone)
            }
            Self::Many(map) => map.remove(&slot).map(|hint| Posting { slot, hint }),
        }
    }

    pub(crate) fn for_each(&self, mut visit: impl FnMut(Posting)) {
        match self {
            Self::Few(list) => list.iter().copied().for_each(visit),
            Self::Many(map) => map.iter().for_each(|(slot, hint)| {
                visit(Posting {
                    slot: *slot,
                    hint: *hint,
                });
            }),
        }
    }

    fn memory_usage(&self) -> usize {
        match self {
            Self::Few(list) if list.spilled() => list.capacity() * size_of::<Posting>(),
            Self::Few(_) => 0,
            // A node of a B-tree is two thirds full.
            Self::Many(map) => map.len() * 13,
        }
    }
}

/// Queries that ask for numbers on one side of a limit, sorted by the limit: those that a number satisfies stand
/// together.
#[derive(Clone, Debug)]
pub(crate) struct Thresholds {
    pub(crate) path: u32,
    pub(crate) side: Side,
    /// Limits as [`sortable`] numbers, with the query of each.
    pub(crate) limits: BTreeSet<(u64, u32)>,
}

impl HasKey for Thresholds {
    type Key = (u32, Side);

    fn key(&self) -> (u32, Side) {
        (self.path, self.side)
    }
}

/// On which side of its limit a number is to be; the limit is included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Above,
    Below,
}

impl Thresholds {
    /// The queries that a number satisfies; NaN satisfies all.
    pub(crate) fn for_each(&self, number: f64, visit: impl FnMut(u32)) {
        let at = sortable(number);
        let slots = |(_, slot): &(u64, u32)| *slot;
        match self.side {
            _ if number.is_nan() => self.limits.iter().map(slots).for_each(visit),
            Side::Above => self
                .limits
                .range(..=(at, u32::MAX))
                .map(slots)
                .for_each(visit),
            Side::Below => self.limits.range((at, 0)..).map(slots).for_each(visit),
        }
    }
}

/// A number that is to others as the given one is to theirs; -0 is 0.
pub(crate) fn sortable(number: f64) -> u64 {
    const SIGN: u64 = 1 << 63;
    let bits = (number + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sortable_numbers_are_in_order() {
        let numbers = [
            f64::NEG_INFINITY,
            -1e300,
            -1.5,
            -1e-300,
            0.0,
            1e-300,
            1.5,
            1e300,
            f64::INFINITY,
        ];
        assert!(numbers.map(sortable).is_sorted());
        assert_eq!(sortable(-0.0), sortable(0.0));
    }
}
