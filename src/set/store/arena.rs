//! Short rows of items, kept side by side.

use super::chunk::{CHUNK, CHUNK_BITS, Chunk};

/// A store of rows, each known by its [`Span`].
///
/// A row of its own on the heap would cost a header and a line of memory more. It grows by chunks, so that no insertion
/// has to move what is already there, and gives the room of those that are nearly empty back; the place of a row that went
/// is for another one of its length.
#[derive(Clone, Debug)]
pub(crate) struct Arena<T> {
    chunks: Vec<Chunk<T>>,
    /// Rows longer than [`LONGEST`], each by itself; empty where one went.
    long: Vec<Box<[T]>>,
    /// Places of rows that went, by length.
    free: Vec<Vec<Span>>,
    /// Places of long rows that went.
    free_long: Vec<usize>,
    /// How many rows there are that are not empty; those are nowhere.
    rows: usize,
}

/// Where a row is: of six bytes, as there is one for each query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(Rust, packed(2))]
pub(crate) struct Span {
    /// The chunk, and the place in it by the last [`CHUNK_BITS`]; of a long row its position among these.
    at: u32,
    len: u16,
}

/// A longer row stands by itself.
const LONGEST: usize = 64;

impl<T: Default> Arena<T> {
    pub(crate) const fn new() -> Self {
        Self {
            chunks: Vec::new(),
            long: Vec::new(),
            free: Vec::new(),
            free_long: Vec::new(),
            rows: 0,
        }
    }

    /// Puts a row somewhere, whose items must be fewer than 65,536.
    pub(crate) fn insert(&mut self, row: impl ExactSizeIterator<Item = T>) -> Span {
        let len = row.len();
        if len == 0 {
            return Span::default();
        }
        self.rows += 1;
        if len > LONGEST {
            return self.insert_long(row.collect());
        }
        let free = self.free.get_mut(len).and_then(Vec::pop);
        let span = free.unwrap_or_else(|| self.next(len));
        if let Some(chunk) = self.chunks.get_mut(span.chunk()) {
            chunk.put(span.range().start, row);
        }
        span
    }

    fn insert_long(&mut self, row: Box<[T]>) -> Span {
        let len = row.len();
        let at = self.free_long.pop().unwrap_or_else(|| {
            self.long.push(Box::default());
            self.long.len() - 1
        });
        self.long[at] = row;
        Span::of(at, len)
    }

    /// The place behind all rows of the last chunk that has room, or of a new one.
    fn next(&mut self, len: usize) -> Span {
        let end = self.chunks.last().map_or(CHUNK, Chunk::bound);
        if end + len <= CHUNK {
            return Span::of((self.chunks.len() - 1) << CHUNK_BITS | end, len);
        }
        // The first chunk grows with what a small set needs.
        let room = if self.chunks.is_empty() { len } else { CHUNK };
        self.chunks.push(Chunk::with_room(room));
        Span::of((self.chunks.len() - 1) << CHUNK_BITS, len)
    }

    #[inline]
    pub(crate) fn get(&self, span: Span) -> &[T] {
        if span.len() > LONGEST {
            return self.long.get(span.at as usize).map_or(&[], |row| row);
        }
        let chunk = self.chunks.get(span.chunk());
        chunk
            .and_then(|chunk| chunk.range(span.range()))
            .unwrap_or_default()
    }

    /// Forgets a row, which must be there.
    pub(crate) fn remove(&mut self, span: Span) {
        let len = span.len();
        if len == 0 {
            return;
        }
        self.rows -= 1;
        if self.rows == 0 {
            *self = Self::new();
            return;
        }
        if len > LONGEST {
            self.long[span.at as usize] = Box::default();
            return self.free_long.push(span.at as usize);
        }
        if let Some(chunk) = self.chunks.get_mut(span.chunk()) {
            chunk.clear(span.range());
        }
        if self.free.len() <= len {
            self.free.resize_with(len + 1, Vec::new);
        }
        self.free[len].push(span);
    }

    /// Gives back all room that is not in use.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.chunks.iter_mut().for_each(Chunk::shrink_to_fit);
        self.chunks.shrink_to_fit();
        self.long.shrink_to_fit();
        self.free.iter_mut().for_each(Vec::shrink_to_fit);
        self.free_long.shrink_to_fit();
    }

    /// Heap bytes of the items themselves.
    pub(crate) fn memory_usage(&self) -> usize {
        let chunks: usize = self.chunks.iter().map(Chunk::memory_usage).sum();
        let long: usize = self.long.iter().map(|row| size_of_val(&**row)).sum();
        let free: usize = self.free.iter().map(Vec::capacity).sum();
        chunks
            + long
            + self.chunks.capacity() * size_of::<Chunk<T>>()
            + self.long.capacity() * size_of::<Box<[T]>>()
            + free * size_of::<Span>()
            + self.free.capacity() * size_of::<Vec<Span>>()
            + self.free_long.capacity() * size_of::<usize>()
    }
}

impl Span {
    fn of(at: usize, len: usize) -> Self {
        debug_assert!(len <= u16::MAX.into(), "a row of {len}");
        Self {
            // Memory ends before four billion items do.
            at: u32::try_from(at).unwrap_or(u32::MAX),
            len: u16::try_from(len).unwrap_or(u16::MAX),
        }
    }

    fn chunk(self) -> usize {
        (self.at >> CHUNK_BITS) as usize
    }

    fn range(self) -> std::ops::Range<usize> {
        let at = self.at as usize & (CHUNK - 1);
        at..at + self.len()
    }

    fn len(self) -> usize {
        self.len.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_and_go() {
        let mut arena = Arena::new();
        let row = |number: usize| (0..number % 90).map(move |item| format!("{number} {item}"));
        let expected = |number: usize| row(number).collect::<Vec<_>>();
        let mut spans: Vec<Span> = (0..2_000).map(|number| arena.insert(row(number))).collect();
        let full = arena.memory_usage();
        for number in (0..2_000).filter(|number| number % 10 > 0) {
            arena.remove(spans[number]);
        }
        for number in (0..2_000).step_by(10) {
            assert_eq!(arena.get(spans[number]), expected(number));
        }
        assert!(
            arena.memory_usage() * 4 < full,
            "{} of {full}",
            arena.memory_usage()
        );
        let chunks = arena.chunks.len();
        for number in (0..2_000).filter(|number| number % 10 > 0) {
            spans[number] = arena.insert(row(number));
        }
        assert_eq!(arena.chunks.len(), chunks);
        for (number, span) in spans.iter().enumerate() {
            assert_eq!(arena.get(*span), expected(number));
        }
        for span in spans {
            arena.remove(span);
        }
        assert_eq!(arena.memory_usage(), 0);
    }

    #[test]
    fn a_long_row_goes_alone() {
        let mut arena = Arena::new();
        let long = arena.insert(0..65);
        let short = arena.insert([7, 8].into_iter());
        arena.remove(long);
        assert_eq!(arena.get(short), [7, 8]);
        let long = arena.insert(0..66);
        assert_eq!((arena.get(short), arena.get(long).len()), (&[7, 8][..], 66));
    }
}
