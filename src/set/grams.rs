//! Which bytes are looked for anywhere in a text.
//!
//! A pattern without a fixed beginning is filed under some bytes that every text it matches has. A text has as many
//! runs of bytes of a length as it has bytes, and nearly none of them is asked for, so a filter stands before the
//! table. An automaton of all the bytes would look at each byte of the text once and not once for each length, but
//! it is built anew for queries that come and go.

/// A filter of the keys of bytes that queries are filed under.
#[derive(Clone, Debug)]
pub(super) struct Grams {
    bits: Vec<u64>,
    /// How many keys there are. Bits of those that went stay until there is none.
    keys: usize,
}

/// Size of the filter, which is there once a pattern is: 64 KiB, so that it stays in the cache of a core.
const BITS: usize = 1 << 19;

impl Grams {
    pub(super) const fn new() -> Self {
        Self {
            bits: Vec::new(),
            keys: 0,
        }
    }

    pub(super) fn add(&mut self, key: u64) {
        self.bits.resize(BITS / 64, 0);
        self.keys += 1;
        let at = place(key);
        self.bits[at / 64] |= 1 << (at % 64);
    }

    /// Takes a key back, whichever it is.
    pub(super) fn remove(&mut self) {
        self.keys -= 1;
        if self.keys == 0 {
            self.bits = Vec::new();
        }
    }

    pub(super) fn may_have(&self, key: u64) -> bool {
        let at = place(key);
        let word = self.bits.get(at / 64).copied().unwrap_or(0);
        word >> (at % 64) & 1 == 1
    }

    pub(super) fn len(&self) -> usize {
        self.keys
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        size_of_val(&*self.bits)
    }
}

fn place(key: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "19 bits are left")]
    let place = (key >> (64 - BITS.trailing_zeros())) as usize;
    place
}
