//! The name of a member with its hash, which is computed once and not at every look-up.

/// A name to look up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<'a> {
    pub(crate) name: &'a str,
    /// [`hash`] of the name.
    pub(crate) hash: u32,
}

impl<'a> Key<'a> {
    pub(crate) const fn new(name: &'a str) -> Self {
        let hash = hash(name);
        Self { name, hash }
    }
}

/// The names that Parse gives a meaning.
pub(crate) mod names {
    use super::Key;

    pub(crate) const TYPE: Key<'static> = Key::new("__type");
    pub(crate) const ISO: Key<'static> = Key::new("iso");
    pub(crate) const CLASS_NAME: Key<'static> = Key::new("className");
    pub(crate) const OBJECT_ID: Key<'static> = Key::new("objectId");
    pub(crate) const LATITUDE: Key<'static> = Key::new("latitude");
    pub(crate) const LONGITUDE: Key<'static> = Key::new("longitude");
}

/// A hash of a name, the same in every process.
///
/// Hand-written because it is wanted in constants. It need not resist anybody: who finds names that collide makes
/// a look-up among them a bisection by name, see [`Fields`](super::Fields).
pub(crate) const fn hash(name: &str) -> u32 {
    const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut rest = name.as_bytes();
    let mut state = rest.len() as u64;
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        state = fold(state ^ u64::from_le_bytes(*word), MULTIPLIER);
        rest = tail;
    }
    let mut word = 0;
    while let Some((byte, tail)) = rest.split_first() {
        word = word << 8 | *byte as u64;
        rest = tail;
    }
    state = fold(state ^ word, MULTIPLIER);
    (fold(state, MULTIPLIER) >> 32) as u32
}

/// Both halves of a product, one over the other.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the halves are what is wanted"
)]
const fn fold(a: u64, b: u64) -> u64 {
    let product = (a as u128).wrapping_mul(b as u128);
    (product as u64) ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_spread() {
        let mut hashes: Vec<u32> = (0..10_000).map(|i| hash(&format!("field{i}"))).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert!(hashes.len() > 9_990, "{}", hashes.len());
        let quarter = hashes.iter().filter(|hash| **hash < u32::MAX / 4).count();
        assert!((2_300..2_700).contains(&quarter), "{quarter}");
    }
}
