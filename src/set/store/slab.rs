//! Items in numbered places that stay where they are.

use std::marker::PhantomData;

use super::chunk::{CHUNK, CHUNK_BITS, Chunk};
use super::number::Number;

/// A store of items, each known by a number that is used again once its item is gone.
///
/// It grows by chunks, so that no insertion has to move what is already there, and gives the room of those that are nearly
/// empty back.
#[derive(Clone, Debug)]
pub(crate) struct Slab<T, N = u32> {
    chunks: Vec<Chunk<Option<T>>>,
    /// The chunks with a free place.
    open: Vec<u32>,
    len: usize,
    /// Places that are [vacated](Self::vacate).
    vacated: usize,
    numbers: PhantomData<N>,
}

/// The number of no place.
pub(crate) const NONE: u32 = u32::MAX;

fn split(at: impl Number) -> (usize, usize) {
    let at = at.get();
    ((at >> CHUNK_BITS) as usize, at as usize & (CHUNK - 1))
}

impl<T, N: Number> Slab<T, N> {
    pub(crate) const fn new() -> Self {
        Self {
            chunks: Vec::new(),
            open: Vec::new(),
            len: 0,
            vacated: 0,
            numbers: PhantomData,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Numbers given out so far, whether in use or not.
    pub(crate) fn bound(&self) -> usize {
        let full = self.chunks.len().saturating_sub(1) * CHUNK;
        full + self.chunks.last().map_or(0, Chunk::bound)
    }

    /// Puts an item somewhere.
    pub(crate) fn insert(&mut self, item: T) -> N {
        self.len += 1;
        let number = self.chunk_with_room();
        let chunk = &mut self.chunks[number];
        let at = chunk.first_free().unwrap_or(chunk.bound());
        chunk.put(at, [Some(item)].into_iter());
        if chunk.is_full() {
            self.open.pop();
        }
        // Memory ends before four billion items do.
        N::of(u32::try_from(number << CHUNK_BITS | at).unwrap_or(NONE))
    }

    /// The last of the open chunks.
    fn chunk_with_room(&mut self) -> usize {
        if let Some(last) = self.open.last() {
            return *last as usize;
        }
        // The first chunk grows with what a small set needs.
        let room = if self.chunks.is_empty() { 0 } else { CHUNK };
        self.chunks.push(Chunk::with_room(room));
        let number = self.chunks.len() - 1;
        self.open.extend(u32::try_from(number));
        number
    }

    pub(crate) fn remove(&mut self, at: N) -> Option<T> {
        let item = self.vacate(at)?;
        self.free(at);
        Some(item)
    }

    /// Takes an item out whose number is not to be used again before it is [freed](Self::free).
    pub(crate) fn vacate(&mut self, at: N) -> Option<T> {
        let (number, index) = split(at);
        let item = self.chunks.get_mut(number)?.get_mut(index)?.take()?;
        self.len -= 1;
        self.vacated += 1;
        Some(item)
    }

    /// Lets the number of an item that was taken out be used again. It must have been.
    pub(crate) fn free(&mut self, at: N) {
        let (number, index) = split(at);
        let Some(chunk) = self.chunks.get_mut(number) else {
            return;
        };
        let was_full = chunk.is_full();
        if chunk.take(index).is_none() {
            return;
        }
        self.vacated -= 1;
        if was_full {
            self.open.extend(u32::try_from(number));
        }
        if self.len == 0 && self.vacated == 0 {
            *self = Self::new();
        }
    }

    #[inline]
    pub(crate) fn get(&self, at: N) -> Option<&T> {
        let (chunk, index) = split(at);
        self.chunks.get(chunk)?.get(index)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, at: N) -> Option<&mut T> {
        let (chunk, index) = split(at);
        self.chunks.get_mut(chunk)?.get_mut(index)?.as_mut()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (N, &T)> {
        let firsts = (0..).step_by(CHUNK);
        let chunks = firsts.zip(&self.chunks);
        chunks.flat_map(|(first, chunk)| {
            let items = chunk.iter();
            // Numbers were given out, so they can be counted.
            let number = move |at: usize| N::of(first + u32::try_from(at).unwrap_or_default());
            items.filter_map(move |(at, item)| Some((number(at), item.as_ref()?)))
        })
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.chunks.iter_mut().flat_map(Chunk::iter_mut).flatten()
    }

    /// Gives back all room that is not in use.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.chunks.iter_mut().for_each(Chunk::shrink_to_fit);
        self.chunks.shrink_to_fit();
        self.open.shrink_to_fit();
    }

    /// Heap bytes of the places themselves.
    pub(crate) fn memory_usage(&self) -> usize {
        let places: usize = self.chunks.iter().map(Chunk::memory_usage).sum();
        places
            + self.chunks.capacity() * size_of::<Chunk<Option<T>>>()
            + self.open.capacity() * size_of::<u32>()
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
        let full = slab.memory_usage();
        for number in (0..3_001).filter(|number| number % 10 > 0) {
            assert!(slab.remove(number).is_some());
        }
        assert_eq!(slab.get(3_000).map(String::as_str), Some("next"));
        assert!(
            slab.iter()
                .map(|(number, _)| number)
                .eq((0..=3_000).step_by(10))
        );
        assert!(
            slab.memory_usage() * 5 < full,
            "{} of {full}",
            slab.memory_usage()
        );
        for number in (0..=3_000).step_by(10) {
            assert!(slab.remove(number).is_some());
        }
        assert_eq!((slab.len(), slab.bound(), slab.memory_usage()), (0, 0, 0));
    }

    #[test]
    fn a_vacated_place_is_kept_until_it_is_freed() {
        let mut slab = Slab::new();
        let numbers: Vec<u32> = (0..300).map(|i| slab.insert(i)).collect();
        assert_eq!((slab.vacate(7), slab.vacate(7)), (Some(7), None));
        assert_eq!((slab.remove(7), slab.get(7), slab.len()), (None, None, 299));
        assert_eq!(slab.insert(300), 300, "its number is not given out");
        // All others go, and more come and go, in chunks full and nearly empty.
        for number in numbers
            .into_iter()
            .chain([300])
            .filter(|number| *number != 7)
        {
            assert!(slab.remove(number).is_some());
        }
        let another = slab.insert(301);
        assert_ne!(another, 7);
        assert_eq!(slab.remove(another), Some(301));
        assert_eq!((slab.len(), slab.iter().count()), (0, 0));
        slab.free(7);
        assert_eq!((slab.bound(), slab.memory_usage()), (0, 0));
    }
}
