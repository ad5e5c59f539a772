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
    free_chunks: Vec<u32>,
}

/// Where a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    chunk: u32,
    at: u16,
    len: u16,
}

/// Items in a chunk.
const CHUNK: usize = 1_024;

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
        span(chunk, at, self.chunks[chunk].len() - at)
    }

    fn insert_long(&mut self, row: impl Iterator<Item = T>) -> Span {
        let row: Vec<T> = row.collect();
        let len = row.len();
        if let Some(chunk) = self.free_chunks.pop() {
            self.chunks[chunk as usize] = row;
            return span(chunk as usize, 0, len);
        }
        self.chunks.push(row);
        span(self.chunks.len() - 1, 0, len)
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
        let chunk = self.chunks.get(span.chunk as usize);
        chunk
            .and_then(|chunk| chunk.get(span.range()))
            .unwrap_or_default()
    }

    fn get_mut(&mut self, span: Span) -> &mut [T] {
        let chunk = self.chunks.get_mut(span.chunk as usize);
        chunk
            .and_then(|chunk| chunk.get_mut(span.range()))
            .unwrap_or_default()
    }

    /// Forgets a row, which must be there.
    pub(crate) fn remove(&mut self, span: Span) {
        let len = usize::from(span.len);
        if len > LONGEST {
            self.chunks[span.chunk as usize] = Vec::new();
            return self.free_chunks.push(span.chunk);
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
    fn range(self) -> std::ops::Range<usize> {
        let at = usize::from(self.at);
        at..at + usize::from(self.len)
    }
}

fn span(chunk: usize, at: usize, len: usize) -> Span {
    let short = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
    debug_assert!(len <= u16::MAX.into(), "a row of {len}");
    Span {
        // Memory ends before four billion chunks do.
        chunk: u32::try_from(chunk).unwrap_or(u32::MAX),
        at: short(at),
        len: short(len),
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
