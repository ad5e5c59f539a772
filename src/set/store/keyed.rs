//! Items in a row that are found by their keys.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;

/// What is found by a key.
pub(crate) trait HasKey {
    type Key: Clone + Eq + Hash + fmt::Debug;

    fn key(&self) -> Self::Key;
}

/// Items in no order, no two of one key.
///
/// There are few in most rows, and these are looked at one after another; of many the places are kept beside them.
#[derive(Clone, Debug)]
pub(crate) struct Keyed<T: HasKey> {
    items: Vec<T>,
    /// The place of each item, from [`MANY`] items on until half of them are left.
    places: Option<Box<Places<T::Key>>>,
}

type Places<K> = HashMap<K, usize, foldhash::fast::RandomState>;

const MANY: usize = 16;

impl<T: HasKey> Keyed<T> {
    pub(crate) const fn new() -> Self {
        Self {
            items: Vec::new(),
            places: None,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter()
    }

    fn place(&self, key: &T::Key) -> Option<usize> {
        match &self.places {
            Some(places) => places.get(key).copied(),
            None => self.items.iter().position(|item| item.key() == *key),
        }
    }

    pub(crate) fn get(&self, key: &T::Key) -> Option<&T> {
        self.items.get(self.place(key)?)
    }

    pub(crate) fn get_mut(&mut self, key: &T::Key) -> Option<&mut T> {
        let place = self.place(key)?;
        self.items.get_mut(place)
    }

    /// Adds an item whose key no other one has.
    pub(crate) fn push(&mut self, item: T) {
        debug_assert!(self.place(&item.key()).is_none());
        if let Some(places) = &mut self.places {
            places.insert(item.key(), self.items.len());
        }
        self.items.push(item);
        if self.places.is_none() && self.items.len() >= MANY {
            let keys = self.items.iter().map(T::key);
            self.places = Some(Box::new(keys.zip(0..).collect()));
        }
    }

    pub(crate) fn remove(&mut self, key: &T::Key) -> Option<T> {
        let place = self.place(key)?;
        let gone = self.items.swap_remove(place);
        if let Some(places) = &mut self.places {
            places.remove(key);
            if let Some(moved) = self.items.get(place) {
                places.insert(moved.key(), place);
            }
        }
        if self.items.len() <= MANY / 2 {
            self.places = None;
        }
        if self.items.len() < self.items.capacity() / 4 {
            self.items.shrink_to(self.items.len() * 2);
            if let Some(places) = &mut self.places {
                places.shrink_to(self.items.len() * 2);
            }
        }
        Some(gone)
    }

    /// Gives back all room that is not in use.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.items.shrink_to_fit();
        if let Some(places) = &mut self.places {
            places.shrink_to_fit();
        }
    }

    /// Heap bytes of the items themselves and of their places.
    pub(crate) fn memory_usage(&self) -> usize {
        let places = self.places.as_ref().map_or(0, |places| {
            size_of_val(&**places) + places.capacity() * (size_of::<(T::Key, usize)>() + 1)
        });
        places + self.items.capacity() * size_of::<T>()
    }
}

impl<T: HasKey> Default for Keyed<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    impl HasKey for (u32, u32) {
        type Key = u32;

        fn key(&self) -> u32 {
            self.0
        }
    }

    #[test]
    fn holds_what_a_map_holds() {
        let (mut keyed, mut map) = (Keyed::<(u32, u32)>::new(), BTreeMap::new());
        let (mut longest, mut shortest) = (0, MANY);
        for step in 0..4_000u32 {
            let key = step.wrapping_mul(0x9E37_79B9) >> 25;
            let found = keyed.get(&key).map(|(_, value)| *value);
            assert_eq!(found, map.get(&key).copied());
            // There are many and few in turn.
            let goes = step % 8 < if step / 500 % 2 == 0 { 2 } else { 8 };
            if goes {
                assert_eq!(keyed.remove(&key).map(|(_, value)| value), map.remove(&key));
            } else if let Some((_, value)) = keyed.get_mut(&key) {
                *value = step;
                map.insert(key, step);
            } else {
                keyed.push((key, step));
                map.insert(key, step);
            }
            longest = longest.max(map.len());
            shortest = if longest > 2 * MANY {
                shortest.min(map.len())
            } else {
                MANY
            };
            let mut items: Vec<_> = keyed.iter().copied().collect();
            items.sort_unstable();
            assert_eq!(items, map.clone().into_iter().collect::<Vec<_>>());
            assert_eq!(keyed.is_empty(), map.is_empty());
        }
        assert!(
            longest > 2 * MANY && shortest < MANY / 2,
            "{longest} {shortest}"
        );
    }
}
