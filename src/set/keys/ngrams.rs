//! The n-grams that are looked for anywhere in a text, and a Bloom filter of them.
//!
//! A pattern without a fixed beginning is filed under some bytes that every text it matches has. A text has as many
//! runs of bytes of a length as it has bytes, and nearly none of them is asked for, so a filter stands before the
//! table. An automaton of all the bytes would look at each byte of the text once and not once for each length, but
//! it is built anew for queries that come and go.

use super::feature::below;

/// A Bloom filter with one hash of the n-grams that queries are filed under.
#[derive(Clone, Debug)]
pub(crate) struct Ngrams {
    bits: Vec<u64>,
    /// A smaller filter of their first bytes: most runs of a text are not in it, and need no look at the other.
    prefix_filter: Option<Box<PrefixFilter>>,
    /// How many keys there are. Bits of those that went stay until there is none.
    keys: usize,
}

/// Size of the filter, which is there once a pattern is: 64 KiB, so that it stays in the cache of a core.
const BITS: usize = 1 << 19;

/// Size of the filter of first bytes, a bit for each value that is left of them: 8 KiB.
const WORDS: usize = 1 << 11;

type PrefixFilter = [u32; WORDS];

impl Ngrams {
    pub(crate) const fn new() -> Self {
        Self {
            bits: Vec::new(),
            prefix_filter: None,
            keys: 0,
        }
    }

    pub(crate) fn add(&mut self, key: u64) {
        self.bits.resize(BITS / 64, 0);
        self.keys += 1;
        let at = place(key);
        self.bits[at / 64] |= 1 << (at % 64);
        let prefix_filter = self
            .prefix_filter
            .get_or_insert_with(|| Box::new([0; WORDS]));
        let at = (key >> BEGINNING_AT) as usize;
        prefix_filter[at / 32] |= 1 << (at % 32);
    }

    /// Takes a key back, whichever it is.
    pub(crate) fn remove(&mut self) {
        self.keys -= 1;
        if self.keys == 0 {
            self.bits = Vec::new();
            self.prefix_filter = None;
        }
    }

    pub(crate) fn may_have(&self, key: u64) -> bool {
        has(&self.bits, place(key))
    }

    /// Visits the runs of bytes of a length that may be asked for.
    ///
    /// Of text that does not end with the [`PADDING`] nothing or too little is found.
    #[inline]
    pub(crate) fn for_each<'t>(
        &self,
        padded: &'t [u8],
        length: usize,
        mut visit: impl FnMut(&'t [u8]),
    ) {
        let Some(prefix_filter) = &self.prefix_filter else {
            return;
        };
        let mask = mask(length);
        let runs = (padded.len() + 1).saturating_sub(PADDING.len() + length);
        // As many windows of eight as there are runs.
        let looked_at = padded.get(..runs + 7).unwrap_or_default();
        for (at, eight) in looked_at.windows(8).enumerate() {
            let eight = eight.first_chunk().copied().unwrap_or_default();
            let hash = hash(u64::from_le_bytes(eight) & mask);
            if prefix_filter[usize::from(hash / 32)] >> (hash % 32) & 1 == 1 {
                padded.get(at..at + length).into_iter().for_each(&mut visit);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.keys
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let prefix_filter = self
            .prefix_filter
            .as_ref()
            .map_or(0, |_| size_of::<PrefixFilter>());
        size_of_val(&*self.bits) + prefix_filter
    }
}

#[inline]
fn has(bits: &[u64], at: usize) -> bool {
    let word = bits.get(at / 64).copied().unwrap_or(0);
    word >> (at % 64) & 1 == 1
}

fn place(key: u64) -> usize {
    (key >> 16) as usize % BITS
}

/// The bits of a key from here on tell how the bytes begin.
const BEGINNING_AT: u32 = 48;

/// The key of bytes anywhere in a text, given that of the feature and nothing.
///
/// Of the first and last eight bytes, at two multiplications: it is made for many bytes of a text. Who makes keys
/// collide makes candidates, as one does who asks for the same bytes.
pub(crate) fn key(seed: u64, bytes: &[u8]) -> u64 {
    let half = bytes.len().min(8);
    let (first, last) = (word(&bytes[..half]), word(&bytes[bytes.len() - half..]));
    let rest = below(seed ^ first, last) >> (64 - BEGINNING_AT);
    u64::from(hash(first)) << BEGINNING_AT | rest
}

/// Up to eight bytes, the first of them in the lowest place.
fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(word) => u64::from_le_bytes(*word),
        None => bytes
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// What has to stand behind a text, so that eight bytes can be read at each of its places.
pub(crate) const PADDING: [u8; 8] = [0; 8];

/// As many bytes of a word as begin a run of a length: all eight, or as many as it has.
fn mask(length: usize) -> u64 {
    let bits = u32::try_from(length * 8).unwrap_or(u64::BITS);
    u64::MAX.checked_shl(bits).map_or(u64::MAX, |rest| !rest)
}

/// The first bytes, hashed.
#[inline]
fn hash(first: u64) -> u16 {
    (first.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_are_asked_for_are_found() {
        let text = "the quick brown fox jumps over the lazy dog and is seen no more";
        for length in [1, 3, 7, 8, 9, 12] {
            let mut ngrams = Ngrams::new();
            let runs: Vec<&[u8]> = text.as_bytes().windows(length).collect();
            for run in runs.iter().step_by(3) {
                ngrams.add(key(5, run));
            }
            let padded = [text.as_bytes(), &PADDING].concat();
            let mut found = Vec::new();
            ngrams.for_each(&padded, length, |run| {
                if ngrams.may_have(key(5, run)) {
                    found.push(run);
                }
            });
            for run in runs.iter().step_by(3) {
                assert!(found.contains(run), "{run:?}");
            }
            assert!(length < 8 || found.len() < runs.len() / 2, "{length}");
            for short in [&PADDING[..], &[], b"ab"] {
                ngrams.for_each(short, length, |run| unreachable!("{run:?}"));
            }
        }
    }
}
