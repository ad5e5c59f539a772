//! Short rows of items, kept side by side.

/// A store of rows, each known by its [`Span`].
///
/// A row of its own on the heap would cost a header and a line of memory more. It grows by chunks, so that no insertion
/// has to move what is already there; the room of a row that went is for another one of its length.
#[derive(Clone, Debug)]
pub(crate) struct Arena<T> {
    chunks: Vec<Vec<T>>,
    /// The chunk to which rows are added; never that of a long row, with which it would go.
    open: Option<usize>,
    /// Rows that went, by length.
    free: Vec<Vec<Span>>,
    /// Chunks of long rows that went.
    free_chunks: Vec<usize>,
}

/// Where a row is: of six bytes, as there is one for each query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(Rust, packed(2))]
pub(crate) struct Span {
    /// The chunk, and the place in it by the last [`CHUNK_BITS`].
    at: u32,
    len: u16,
}

/// Items in a chunk; a power of two.
const CHUNK: usize = 1 << CHUNK_BITS;

const CHUNK_BITS: u32 = 10;

/// A longer row has a chunk of its own.
const LONGEST: usize = 64;

impl<T: Default> Arena<T> {
    pub(crate) const fn new() -> Self {
        Self {
            chunks: Vec::new(),
            open: None,
            free: Vec::new(),
            free_chunks: Vec::new(),
        }
    }

    /// Puts a row of so many items somewhere, which must be fewer than 65,536.
    pub(crate) fn insert(&mut self, len: usize, row: impl Iterator<Item = T>) -> Span {
        if len > LONGEST {
            return self.insert_long(row);
        }
        if let Some(span) = self.free.get_mut(len).and_then(Vec::pop) {
            let places = self.get_mut(span).iter_mut();
            places.zip(row).for_each(|(place, item)| *place = item);
            return span;
        }
        let chunk = self.chunk_for(len);
        let at = self.chunks[chunk].len();
        self.chunks[chunk].extend(row);
        Span::of(chunk, at, self.chunks[chunk].len() - at)
    }

    fn insert_long(&mut self, row: impl Iterator<Item = T>) -> Span {
        let row: Vec<T> = row.collect();
        let len = row.len();
        if let Some(chunk) = self.free_chunks.pop() {
            self.chunks[chunk] = row;
            return Span::of(chunk, 0, len);
        }
        self.chunks.push(row);
        Span::of(self.chunks.len() - 1, 0, len)
    }

    /// A chunk with room for a row.
    fn chunk_for(&mut self, len: usize) -> usize {
        let has_room = |chunk: &usize| self.chunks[*chunk].len() + len <= CHUNK;
        if let Some(chunk) = self.open.filter(has_room) {
            return chunk;
        }
        // The first chunk grows with what a small set needs.
        let room = if self.chunks.is_empty() { len } else { CHUNK };
        self.chunks.push(Vec::with_capacity(room));
        *self.open.insert(self.chunks.len() - 1)
    }

    pub(crate) fn get(&self, span: Span) -> &[T] {
        let chunk = self.chunks.get(span.chunk());
        chunk
            .and_then(|chunk| chunk.get(span.range()))
            .unwrap_or_default()
    }

    fn get_mut(&mut self, span: Span) -> &mut [T] {
        let chunk = self.chunks.get_mut(span.chunk());
        chunk
            .and_then(|chunk| chunk.get_mut(span.range()))
            .unwrap_or_default()
    }

    /// Forgets a row, which must be there.
    pub(crate) fn remove(&mut self, span: Span) {
        let len = span.len();
        if len > LONGEST {
            self.chunks[span.chunk()] = Vec::new();
            return self.free_chunks.push(span.chunk());
        }
        self.get_mut(span).fill_with(T::default);
        if self.free.len() <= len {
            self.free.resize_with(len + 1, Vec::new);
        }
        self.free[len].push(span);
    }

    /// Heap bytes of the items themselves.
    pub(crate) fn memory_usage(&self) -> usize {
        let items: usize = self.chunks.iter().map(Vec::capacity).sum();
        let free: usize = self.free.iter().map(Vec::capacity).sum();
        items * size_of::<T>()
            + self.chunks.capacity() * size_of::<Vec<T>>()
            + free * size_of::<Span>()
    }
}

impl Span {
    fn of(chunk: usize, at: usize, len: usize) -> Self {
        debug_assert!(len <= u16::MAX.into(), "a row of {len}");
        Self {
            // Memory ends before four billion items do.
            at: u32::try_from(chunk << CHUNK_BITS | at).unwrap_or(u32::MAX),
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

    /// Where the row begins: another place for each row that is not empty.
    pub(crate) fn start(self) -> u32 {
        self.at
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
        let mut spans: Vec<Span> = (0..2_000)
            .map(|number| arena.insert(number % 90, row(number)))
            .collect();
        for number in (0..2_000).step_by(3) {
            arena.remove(spans[number]);
        }
        let chunks = arena.chunks.len();
        for number in (0..2_000).step_by(3) {
            spans[number] = arena.insert(number % 90, row(number));
        }
        assert_eq!(arena.chunks.len(), chunks);
        for (number, span) in spans.into_iter().enumerate() {
            assert_eq!(arena.get(span), expected(number));
        }
    }

    #[test]
    fn a_long_row_goes_alone() {
        let mut arena = Arena::new();
        let long = arena.insert(LONGEST + 1, 0..=64);
        let short = arena.insert(2, [7, 8].into_iter());
        arena.remove(long);
        assert_eq!(arena.get(short), [7, 8]);
        let long = arena.insert(LONGEST + 2, 0..=65);
        assert_eq!((arena.get(short), arena.get(long).len()), (&[7, 8][..], 66));
    }
}
