//! Items in numbered places that stay where they are.

/// A store of items, each known by a number that is used again once its item is gone.
///
/// It grows by chunks, so that no insertion has to move what is already there.
#[derive(Clone, Debug)]
pub(crate) struct Slab<T> {
    chunks: Vec<Vec<Place<T>>>,
    /// The first place that is free, or [`NONE`].
    free: u32,
    len: usize,
}

#[derive(Clone, Debug)]
enum Place<T> {
    Used(T),
    /// The next place that is free, or [`NONE`].
    Free(u32),
}

/// The number of no place.
pub(crate) const NONE: u32 = u32::MAX;

/// Items in a chunk; a power of two.
const CHUNK: usize = 1 << CHUNK_BITS;

const CHUNK_BITS: u32 = 10;

fn split(at: u32) -> (usize, usize) {
    ((at >> CHUNK_BITS) as usize, at as usize & (CHUNK - 1))
}

impl<T> Slab<T> {
    pub(crate) const fn new() -> Self {
        Self {
            chunks: Vec::new(),
            free: NONE,
            len: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Numbers given out so far, whether in use or not.
    pub(crate) fn bound(&self) -> usize {
        let full = self.chunks.len().saturating_sub(1) * CHUNK;
        full + self.chunks.last().map_or(0, Vec::len)
    }

    /// Puts an item somewhere.
    pub(crate) fn insert(&mut self, item: T) -> u32 {
        self.len += 1;
        if self.free != NONE {
            let at = self.free;
            let (chunk, index) = split(at);
            if let Place::Free(next) =
                std::mem::replace(&mut self.chunks[chunk][index], Place::Used(item))
            {
                self.free = next;
            }
            return at;
        }
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            // The first chunk grows with what a small set needs.
            let room = if self.chunks.is_empty() { 0 } else { CHUNK };
            self.chunks.push(Vec::with_capacity(room));
        }
        let at = self.bound();
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push(Place::Used(item));
        }
        // Memory ends before four billion items do.
        u32::try_from(at).unwrap_or(NONE)
    }

    pub(crate) fn remove(&mut self, at: u32) -> Option<T> {
        let (chunk, index) = split(at);
        let place = self.chunks.get_mut(chunk)?.get_mut(index)?;
        if matches!(place, Place::Free(_)) {
            return None;
        }
        let Place::Used(item) = std::mem::replace(place, Place::Free(self.free)) else {
            return None;
        };
        self.free = at;
        self.len -= 1;
        Some(item)
    }

    pub(crate) fn get(&self, at: u32) -> Option<&T> {
        let (chunk, index) = split(at);
        match self.chunks.get(chunk)?.get(index)? {
            Place::Used(item) => Some(item),
            Place::Free(_) => None,
        }
    }

    pub(crate) fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        let (chunk, index) = split(at);
        match self.chunks.get_mut(chunk)?.get_mut(index)? {
            Place::Used(item) => Some(item),
            Place::Free(_) => None,
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let places = (0..).zip(self.chunks.iter().flatten());
        places.filter_map(|(at, place)| match place {
            Place::Used(item) => Some((at, item)),
            Place::Free(_) => None,
        })
    }

    /// Heap bytes of the places themselves.
    pub(crate) fn memory_usage(&self) -> usize {
        let places: usize = self.chunks.iter().map(Vec::capacity).sum();
        places * size_of::<Place<T>>() + self.chunks.capacity() * size_of::<Vec<Place<T>>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_used_again() {
        let mut slab = Slab::new();
        let numbers: Vec<u32> = (0..3_000).map(|i| slab.insert(i.to_string())).collect();
        assert_eq!(numbers, (0..3_000).collect::<Vec<u32>>());
        assert_eq!(slab.remove(1_024).as_deref(), Some("1024"));
        assert_eq!((slab.remove(1_024), slab.remove(5_000)), (None, None));
        assert_eq!((slab.get(1_024), slab.len()), (None, 2_999));
        assert_eq!(slab.insert("again".to_owned()), 1_024);
        assert_eq!(slab.insert("next".to_owned()), 3_000);
        assert_eq!(slab.get(1_024).map(String::as_str), Some("again"));
        assert_eq!(slab.iter().count(), 3_001);
    }
}
