//! From an access key to the queries filed under it.

use std::hint::black_box;

use super::number::{GroupId, Number};
use super::slab::NONE;
use crate::set::keys::hint::Hint;

/// A map from keys, which are hashes with a seed that nobody knows, to values of a few bytes.
///
/// An entry stands where its key says or shortly behind, so that a look-up reads one line of memory, and all look-ups of
/// a change can be prefetched ([`prefetch`](Self::prefetch)) before the first is made. The map is in shards: it grows by small
/// steps, and no insertion has to move all of it.
///
/// Of a key as much is kept as fits into `K`; keys that are the same so far are the same to the map.
#[derive(Clone, Debug)]
pub(crate) struct Table<K, V> {
    shards: Box<[Shard<K, V>]>,
}

#[derive(Clone, Debug)]
struct Shard<K, V> {
    /// Key and value; a key of nothing but zeros where there is none. At least a quarter is free.
    places: Box<[(K, V)]>,
    len: usize,
}

/// What is kept of a key beside the shard.
pub(crate) trait Kept: Copy + Default + Eq {
    /// Of a key; never the default.
    fn of(key: u64) -> Self;

    /// The half of the key that says where it stands.
    fn half(self) -> u32;
}

/// All of it.
impl Kept for u64 {
    fn of(key: u64) -> Self {
        key.max(1)
    }

    #[expect(clippy::cast_possible_truncation, reason = "half is what is wanted")]
    fn half(self) -> u32 {
        self as u32
    }
}

/// The lower half: with the shard, 38 bits in all.
impl Kept for u32 {
    fn of(key: u64) -> Self {
        key.half().max(1)
    }

    fn half(self) -> u32 {
        self
    }
}

const SHARDS: usize = 64;

/// Places of a shard with its first entry.
const MIN_PLACES: usize = 4;

impl<K: Kept, V: Copy + Default> Table<K, V> {
    pub(crate) fn new() -> Self {
        let shard = |_| Shard {
            places: Box::default(),
            len: 0,
        };
        Self {
            shards: (0..SHARDS).map(shard).collect(),
        }
    }

    /// The shard is chosen by bits that do not place a key within it.
    fn shard(key: u64) -> usize {
        (key >> 32) as usize % SHARDS
    }

    /// Prefetches where a key stands: reads it into the cache, and does not wait for it.
    pub(crate) fn prefetch(&self, key: u64) {
        let shard = &self.shards[Self::shard(key)];
        black_box(
            shard
                .places
                .get(shard.home(K::of(key)))
                .map(|(key, _)| *key),
        );
    }

    pub(crate) fn get(&self, key: u64) -> Option<V> {
        self.shards[Self::shard(key)].get(K::of(key))
    }

    pub(crate) fn insert(&mut self, key: u64, value: V) {
        self.shards[Self::shard(key)].insert(K::of(key), value);
    }

    pub(crate) fn remove(&mut self, key: u64) -> Option<V> {
        self.shards[Self::shard(key)].remove(K::of(key))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, V)> {
        let places = self.shards.iter().flat_map(|shard| &shard.places);
        places.copied().filter(|(key, _)| !is_free(*key))
    }

    /// Gives back the room that is not in use, but for a quarter.
    pub(crate) fn shrink_to_fit(&mut self) {
        for shard in &mut self.shards {
            let needed = shard.len * 4 / 3 + 1;
            if shard.len > 0 && needed < shard.places.len() {
                shard.resize(needed.max(MIN_PLACES));
            }
        }
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let places: usize = self.shards.iter().map(|shard| shard.places.len()).sum();
        places * size_of::<(K, V)>() + size_of_val(&*self.shards)
    }
}

impl<K: Kept, V: Copy + Default> Shard<K, V> {
    /// Where a key stands if nothing else does.
    fn home(&self, key: K) -> usize {
        // The lower half of the key as a fraction, so that the number of places need be no power of two.
        ((u64::from(key.half()) * self.places.len() as u64) >> 32) as usize
    }

    fn after(&self, at: usize) -> usize {
        if at + 1 == self.places.len() {
            0
        } else {
            at + 1
        }
    }

    /// The place of a key, or the free one where it is to stand. There must be a free one.
    fn find(&self, key: K) -> usize {
        let mut at = self.home(key);
        while self.places[at].0 != key && !is_free(self.places[at].0) {
            at = self.after(at);
        }
        at
    }

    fn get(&self, key: K) -> Option<V> {
        if self.len == 0 {
            return None;
        }
        let (found, value) = self.places[self.find(key)];
        (found == key).then_some(value)
    }

    fn insert(&mut self, key: K, value: V) {
        if self.len * 4 >= self.places.len() * 3 {
            // By no more, as all shards grow at about the same time and the room would be that of the set.
            self.resize((self.places.len() * 5 / 4 + 1).max(MIN_PLACES));
        }
        let at = self.find(key);
        self.len += usize::from(is_free(self.places[at].0));
        self.places[at] = (key, value);
    }

    fn remove(&mut self, key: K) -> Option<V> {
        if self.len == 0 {
            return None;
        }
        let at = self.find(key);
        let (found, value) = self.places[at];
        if is_free(found) {
            return None;
        }
        self.close(at);
        self.len -= 1;
        if self.len == 0 {
            self.places = Box::default();
        } else if self.len * 4 < self.places.len() && self.places.len() > MIN_PLACES {
            self.resize((self.len * 2).max(MIN_PLACES));
        }
        Some(value)
    }

    /// Frees a place and moves up those behind it that would not be found past a free one.
    fn close(&mut self, mut free: usize) {
        let size = self.places.len();
        let mut at = free;
        loop {
            at = self.after(at);
            let (key, _) = self.places[at];
            if is_free(key) {
                break;
            }
            let from_home = (at + size - self.home(key)) % size;
            let from_free = (at + size - free) % size;
            if from_home >= from_free {
                self.places[free] = self.places[at];
                free = at;
            }
        }
        self.places[free] = (K::default(), V::default());
    }

    fn resize(&mut self, size: usize) {
        let places = vec![(K::default(), V::default()); size].into_boxed_slice();
        let old = std::mem::replace(&mut self.places, places);
        for (key, value) in old.into_iter().filter(|(key, _)| !is_free(*key)) {
            let at = self.find(key);
            self.places[at] = (key, value);
        }
    }
}

fn is_free<K: Kept>(key: K) -> bool {
    key == K::default()
}

/// What is filed under a key: a query alone, or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    One(Posting),
    Group(GroupId),
}

/// A query under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    /// Its number.
    pub(crate) slot: u32,
    pub(crate) hint: Hint,
}

impl From<u32> for Posting {
    /// A query of which nothing is told beside its number.
    fn from(slot: u32) -> Self {
        Self {
            slot,
            hint: Hint::NONE,
        }
    }
}

/// An [`Entry`] in eight bytes: no slot is [`NONE`](super::slab::NONE), so that tells a group.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Packed {
    /// The slot of the query, or none.
    slot: u32,
    /// The hint of the query, or the number of the group.
    more: u32,
}

impl From<Entry> for Packed {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::One(Posting { slot, hint }) => Self {
                slot,
                more: hint.into(),
            },
            Entry::Group(group) => Self {
                slot: NONE,
                more: group.get(),
            },
        }
    }
}

impl From<Packed> for Entry {
    fn from(Packed { slot, more }: Packed) -> Self {
        if slot == NONE {
            Self::Group(GroupId::of(more))
        } else {
            Self::One(Posting {
                slot,
                hint: more.into(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Keys whose homes are close together, or at the end.
    fn key(step: u64) -> u64 {
        let step = step.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56;
        match step % 3 {
            0 => step << 27,
            1 => u64::from(u32::MAX) - step,
            _ => step << 36 | step,
        }
    }

    #[test]
    fn holds_what_a_map_holds() {
        let (mut table, mut map) = (Table::<u64, u32>::new(), HashMap::new());
        for step in 0..20_000u32 {
            let key = key(u64::from(step)).max(1);
            if step % 5 < if step / 4_000 % 2 == 0 { 3 } else { 2 } {
                table.insert(key, step);
                map.insert(key, step);
            } else {
                assert_eq!(table.remove(key), map.remove(&key));
            }
            table.prefetch(key);
            assert_eq!(table.get(key), map.get(&key).copied());
        }
        let mut entries: Vec<_> = table.iter().collect();
        let mut expected: Vec<_> = map.into_iter().collect();
        entries.sort_unstable();
        expected.sort_unstable();
        assert_eq!(entries, expected);
        assert!(!entries.is_empty());
        for (key, _) in entries {
            assert!(table.remove(key).is_some());
        }
        assert_eq!(table.iter().count(), 0);
        assert_eq!(table.memory_usage(), size_of_val(&*table.shards));
    }
}
