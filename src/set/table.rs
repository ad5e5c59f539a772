//! From an access key to the queries filed under it.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::paths::AsItIs;

/// A map from keys, in shards: so it grows by small steps and no insertion has to move all of it.
#[derive(Clone, Debug)]
pub(super) struct Table<V> {
    shards: Box<[Shard<V>]>,
}

type Shard<V> = HashMap<u64, V, BuildHasherDefault<AsItIs>>;

const SHARDS: usize = 64;

impl<V> Table<V> {
    pub(super) fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Shard::default()).collect(),
        }
    }

    /// The shard is chosen by bits in the middle: those at the ends place a key within it.
    fn shard(key: u64) -> usize {
        (key >> 32) as usize % SHARDS
    }

    pub(super) fn get(&self, key: u64) -> Option<&V> {
        self.shards[Self::shard(key)].get(&key)
    }

    pub(super) fn insert(&mut self, key: u64, value: V) {
        self.shards[Self::shard(key)].insert(key, value);
    }

    pub(super) fn remove(&mut self, key: u64) -> Option<V> {
        let shard = &mut self.shards[Self::shard(key)];
        let removed = shard.remove(&key);
        if shard.capacity() > 64 && shard.len() * 8 < shard.capacity() {
            shard.shrink_to(shard.len() * 2);
        }
        removed
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &V)> {
        self.shards
            .iter()
            .flatten()
            .map(|(key, value)| (*key, value))
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        // A byte beside each place tells whether it is taken.
        let place = size_of::<(u64, V)>() + 1;
        let places: usize = self.shards.iter().map(Shard::capacity).sum();
        places * 8 / 7 * place + size_of_val(&*self.shards)
    }
}

/// What is filed under a key: a query alone, or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    One(Posting),
    Group(u32),
}

/// A query under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting {
    /// Its number.
    pub(super) slot: u32,
    /// Some bits of another key that its matches have; 0 where none is known.
    pub(super) print: u32,
}

/// An [`Entry`] in eight bytes: no slot is [`NONE`](super::slab::NONE), so that tells a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed {
    high: u32,
    low: u32,
}

impl From<Entry> for Packed {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::One(Posting { slot, print }) => Self {
                high: slot,
                low: print,
            },
            Entry::Group(group) => Self {
                high: u32::MAX,
                low: group,
            },
        }
    }
}

impl From<Packed> for Entry {
    fn from(Packed { high, low }: Packed) -> Self {
        if high == u32::MAX {
            Self::Group(low)
        } else {
            Self::One(Posting {
                slot: high,
                print: low,
            })
        }
    }
}
