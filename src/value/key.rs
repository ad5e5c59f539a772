//! The name of a member with its hash, which is computed once and not at every look-up; which names are indices.

use std::cmp::Ordering;

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
    pub(crate) const CREATED_AT: Key<'static> = Key::new("createdAt");
    pub(crate) const UPDATED_AT: Key<'static> = Key::new("updatedAt");
    pub(crate) const LATITUDE: Key<'static> = Key::new("latitude");
    pub(crate) const LONGITUDE: Key<'static> = Key::new("longitude");
}

/// A hash of a name, the same in every process.
///
/// Written here because constants need it. It need not resist attackers: among names that collide a look-up is a binary
/// search by name, see [`Fields`](super::Fields).
pub(crate) const fn hash(name: &str) -> u32 {
    const FIRST: u64 = 0x9E37_79B9_7F4A_7C15;
    const LAST: u64 = 0xD1B5_4A32_D192_ED03;
    let bytes = name.as_bytes();
    let (first, last) = ends(bytes);
    let mut state = first ^ (bytes.len() as u64).wrapping_mul(LAST);
    let mut rest = bytes;
    while rest.len() > 16
        && let Some((_, tail)) = rest.split_first_chunk::<8>()
        && let Some(word) = tail.first_chunk()
    {
        state = fold(state ^ FIRST, u64::from_le_bytes(*word) ^ LAST);
        rest = tail;
    }
    (fold(state ^ FIRST, last ^ LAST) >> 32) as u32
}

/// The first bytes and the last, up to eight each: all of a name that has no more than both, some of them twice.
const fn ends(bytes: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, last] = [u32::from_le_bytes(*first), u32::from_le_bytes(*last)];
        return ((last as u64) << 32 | first as u64, 0);
    }
    let short = match bytes {
        [] => 0,
        [one] => *one as u64,
        [first, second, .., last] | [first, second @ last] => {
            (*last as u64) << 32 | (*second as u64) << 8 | *first as u64
        }
    };
    (short, 0)
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

/// The order in which JavaScript walks the keys of an object, for a stable sort: two keys that are no
/// indices stay as they are.
pub(crate) fn javascript_order(a: &str, b: &str) -> Ordering {
    match (array_index(a), array_index(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// The number that a key stands for if it is an array index: canonical decimal, at most 2³² − 2.
pub(crate) fn array_index(key: &str) -> Option<u32> {
    let digits = key.as_bytes();
    let canonical = match digits {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.len() < 10 && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let index: u32 = if canonical {
        key.parse().ok()?
    } else {
        return None;
    };
    (index != u32::MAX).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_spread() {
        let names: [fn(u32) -> String; 6] = [
            |i| format!("field{i}"),
            |i| format!("{i:x}"),
            |i| format!("SKU-{:06}", i * 7),
            |i| format!("{i:010}"),
            |i| format!("user{:03}-{}", i % 1_000, i / 1_000),
            |i| format!("a longer text about {i} things, and more of it"),
        ];
        for name in names {
            let mut hashes: Vec<u32> = (0..10_000).map(|i| hash(&name(i))).collect();
            hashes.sort_unstable();
            hashes.dedup();
            assert!(hashes.len() > 9_990, "{} {}", name(0), hashes.len());
            for part in 0..16 {
                let these = hashes.iter().filter(|hash| **hash >> 28 == part);
                let count = these.count();
                assert!((500..750).contains(&count), "{} {count}", name(0));
            }
            let low: std::collections::HashSet<u32> =
                hashes.iter().map(|hash| hash % 256).collect();
            assert_eq!(low.len(), 256, "{}", name(0));
        }
    }
}
