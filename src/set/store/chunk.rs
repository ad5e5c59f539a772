//! Some hundred numbered places, which take little room once few of them are in use.

use std::mem;
use std::ops::Range;

/// Numbered places, each in use or not.
///
/// As long as many are in use an item stands where its number says. Of few only the items are kept, and the number is
/// counted out among the bits of the places before it.
#[derive(Clone, Debug)]
pub(crate) struct Chunk<P> {
    /// All places so far; only those in use if the chunk is packed.
    places: Vec<P>,
    is_packed: bool,
    /// How many are in use.
    used: u16,
    /// Which are in use.
    bits: [u64; WORDS],
}

/// Places of a chunk; a power of two. It bounds what has to be moved when a place of a packed chunk comes into use or is freed.
pub(crate) const CHUNK: usize = 1 << CHUNK_BITS;

pub(crate) const CHUNK_BITS: u32 = 8;

const WORDS: usize = CHUNK / 64;

/// A chunk of fewer places is never packed: there is little to be given back.
const MIN_PLACES: usize = CHUNK / 8;

/// With more in use a chunk is no longer packed. It is packed with half of its places in use, so that it takes many to come
/// and go until it is packed again.
const MANY: usize = CHUNK * 5 / 8;

impl<P: Default> Chunk<P> {
    /// None in use, and room for so many.
    pub(crate) fn with_room(places: usize) -> Self {
        Self {
            places: Vec::with_capacity(places),
            is_packed: false,
            used: 0,
            bits: [0; WORDS],
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.used as usize == CHUNK
    }

    /// Places that were in use so far, at most: those behind are free.
    pub(crate) fn bound(&self) -> usize {
        if self.is_packed {
            CHUNK
        } else {
            self.places.len()
        }
    }

    /// The first place that is free, among those that were in use so far.
    pub(crate) fn first_free(&self) -> Option<usize> {
        let word = self.bits.iter().position(|word| *word != u64::MAX)?;
        let at = word * 64 + self.bits[word].trailing_ones() as usize;
        (at < self.bound()).then_some(at)
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&P> {
        if self.is_packed {
            return self.places.get(self.packed(at..at + 1)?.start);
        }
        self.places.get(at)
    }

    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut P> {
        let at = if self.is_packed {
            self.packed(at..at + 1)?.start
        } else {
            at
        };
        self.places.get_mut(at)
    }

    /// The items of some places, all of which are in use.
    #[inline]
    pub(crate) fn range(&self, range: Range<usize>) -> Option<&[P]> {
        if self.is_packed {
            return self.places.get(self.packed(range)?);
        }
        self.places.get(range)
    }

    /// Where the items of some places in use stand in a packed chunk.
    #[cold]
    fn packed(&self, range: Range<usize>) -> Option<Range<usize>> {
        let is_used = range.is_empty() || self.has(range.start);
        let at = self.rank(range.start);
        is_used.then(|| at..at + range.len())
    }

    fn has(&self, at: usize) -> bool {
        self.bits
            .get(at / 64)
            .is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// How many places before one are in use.
    fn rank(&self, at: usize) -> usize {
        let words = self.bits.iter().take(at / 64).map(|word| word.count_ones());
        let last = self
            .bits
            .get(at / 64)
            .map_or(0, |word| (word & ((1 << (at % 64)) - 1)).count_ones());
        (words.sum::<u32>() + last) as usize
    }

    /// Puts items where some places are free, or behind all.
    pub(crate) fn put(&mut self, at: usize, items: impl ExactSizeIterator<Item = P>) {
        let len = items.len();
        if self.used as usize + len > MANY {
            self.unpack();
        }
        if self.is_packed {
            let rank = self.rank(at);
            self.places.reserve_exact(len.max(self.places.len() / 4));
            self.places.splice(rank..rank, items);
        } else if at == self.places.len() {
            self.places.extend(items);
        } else {
            let places = self.places.iter_mut().skip(at);
            places.zip(items).for_each(|(place, item)| *place = item);
        }
        (at..at + len).for_each(|at| self.bits[at / 64] |= 1 << (at % 64));
        // A chunk has no more places than a `u16` counts.
        self.used += u16::try_from(len).unwrap_or_default();
    }

    /// Frees places in use, and drops what is there.
    pub(crate) fn clear(&mut self, range: Range<usize>) {
        self.take_each(range, drop);
    }

    /// Frees a place; what was there, if it was in use.
    pub(crate) fn take(&mut self, at: usize) -> Option<P> {
        let mut taken = None;
        if self.has(at) {
            self.take_each(at..at + 1, |item| taken = Some(item));
        }
        taken
    }

    fn take_each(&mut self, range: Range<usize>, mut each: impl FnMut(P)) {
        let len = range.len();
        if self.is_packed {
            if let Some(packed) = self.packed(range.clone()) {
                self.places.drain(packed).for_each(each);
            }
        } else if let Some(places) = self.places.get_mut(range.clone()) {
            for place in places {
                each(mem::take(place));
            }
        }
        range.for_each(|at| self.bits[at / 64] &= !(1 << (at % 64)));
        self.used -= u16::try_from(len).unwrap_or_default();
        self.pack();
    }

    /// Gives back the room of what is not in use.
    fn pack(&mut self) {
        if self.is_packed {
            if self.places.capacity() > 2 * self.places.len() {
                self.places.shrink_to_fit();
            }
        } else if self.used == 0 || self.is_wasteful() {
            self.pack_now();
        }
    }

    fn is_wasteful(&self) -> bool {
        self.places.len() >= MIN_PLACES && self.used as usize <= self.places.len() / 2
    }

    fn pack_now(&mut self) {
        let all = mem::take(&mut self.places).into_iter().zip(0..);
        let bits = self.bits;
        let used = all.filter(|(_, at)| bits[at / 64] >> (at % 64) & 1 == 1);
        let mut places = Vec::with_capacity(self.used.into());
        places.extend(used.map(|(item, _)| item));
        self.places = places;
        self.is_packed = true;
    }

    fn unpack(&mut self) {
        if !self.is_packed {
            return;
        }
        let mut items = mem::take(&mut self.places).into_iter();
        let place = |at: usize| if self.has(at) { items.next() } else { None };
        self.places = (0..CHUNK)
            .map(place)
            .map(Option::unwrap_or_default)
            .collect();
        self.is_packed = false;
    }

    /// Gives back all room that is not in use.
    pub(crate) fn shrink_to_fit(&mut self) {
        if !self.is_packed && self.is_wasteful() {
            self.pack_now();
        }
        self.places.shrink_to_fit();
    }

    /// What is in use, with its places.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &P)> {
        let used = (0..CHUNK).filter(|at| self.has(*at));
        let packed = used.clone().zip(&self.places).filter(|_| self.is_packed);
        let full = used.filter(|_| !self.is_packed);
        packed.chain(full.filter_map(|at| Some((at, self.places.get(at)?))))
    }

    /// All items, those of places that are free among them.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut P> {
        self.places.iter_mut()
    }

    /// Heap bytes of the places.
    pub(crate) fn memory_usage(&self) -> usize {
        self.places.capacity() * size_of::<P>()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn places_are_packed_and_unpacked() {
        let (mut chunk, mut map) = (Chunk::<Option<String>>::with_room(0), BTreeMap::new());
        let check = |chunk: &Chunk<Option<String>>, map: &BTreeMap<usize, String>| {
            let there = chunk
                .iter()
                .map(|(at, item)| (at, item.clone().unwrap_or_default()));
            assert!(there.eq(map.clone()));
            for at in 0..CHUNK {
                assert_eq!(chunk.get(at).and_then(Option::as_ref), map.get(&at));
            }
        };
        let put = |chunk: &mut Chunk<_>, map: &mut BTreeMap<_, _>, number: u32| {
            let at = chunk.first_free().unwrap_or(chunk.bound());
            chunk.put(at, [Some(number.to_string())].into_iter());
            assert_eq!(map.insert(at, number.to_string()), None);
        };
        for number in (0..).take(CHUNK) {
            put(&mut chunk, &mut map, number);
        }
        check(&chunk, &map);
        assert_eq!((chunk.first_free(), chunk.bound()), (None, CHUNK));
        let full = chunk.memory_usage();
        for at in (0..CHUNK).map(|at| at * 5 % CHUNK).take(CHUNK * 3 / 4) {
            assert_eq!(chunk.take(at).flatten(), map.remove(&at));
            assert_eq!(chunk.take(at), None);
        }
        assert!(chunk.is_packed && chunk.memory_usage() * 2 <= full);
        check(&chunk, &map);
        for number in (0..).take(CHUNK / 2) {
            put(&mut chunk, &mut map, number);
            if number % 50 == 0 {
                check(&chunk, &map);
            }
        }
        check(&chunk, &map);
        assert!(!chunk.is_packed);
        for at in 0..CHUNK {
            assert_eq!(chunk.take(at).flatten(), map.remove(&at));
        }
        assert_eq!((chunk.used, chunk.memory_usage()), (0, 0));
    }

    #[test]
    fn rows_stay_together() {
        const ROWS: usize = CHUNK / 4;
        let mut chunk = Chunk::<u32>::with_room(CHUNK);
        for row in (0..).take(ROWS) {
            chunk.put(chunk.bound(), (0..4).map(|item| row * 4 + item));
        }
        for row in (0..ROWS).filter(|row| row % 8 > 0) {
            chunk.clear(row * 4..row * 4 + 4);
        }
        assert!(chunk.is_packed);
        for row in (0..ROWS).step_by(8) {
            let at = u32::try_from(row).unwrap_or_default() * 4;
            assert_eq!(
                chunk.range(row * 4..row * 4 + 4),
                Some(&[at, at + 1, at + 2, at + 3][..])
            );
        }
        chunk.put(4, [7, 8, 9].into_iter());
        assert_eq!(
            (chunk.range(4..7), chunk.range(8..9)),
            (Some(&[7, 8, 9][..]), None)
        );
        assert_eq!(chunk.range(32..36), Some(&[32, 33, 34, 35][..]));
    }
}
