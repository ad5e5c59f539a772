//! Positions found by the hash of what stands there.

use std::cmp::Ordering;

/// Positions of items that have a hash and an order, for look-ups.
///
/// A look-up ends in a binary search, so that nobody can slow it down with items whose hashes collide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ByHash {
    /// Hash and position, sorted by hash, then by the items' order, then by position.
    sorted: Box<[(u32, u32)]>,
}

impl ByHash {
    /// Sorts positions with their hashes; `order` compares the items at two positions.
    pub(crate) fn new(
        positions: impl Iterator<Item = (u32, u32)>,
        order: impl Fn(u32, u32) -> Ordering,
    ) -> Self {
        let mut sorted: Vec<(u32, u32)> = positions.collect();
        sorted.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| order(*x, *y)));
        Self {
            sorted: sorted.into(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// The position at a place in the order: equal items stand side by side.
    pub(crate) fn position(&self, at: usize) -> Option<u32> {
        self.sorted.get(at).map(|(_, position)| *position)
    }

    /// The first position of an item with a hash; `order` compares the item at a position with it.
    pub(crate) fn find(&self, hash: u32, order: impl Fn(u32) -> Ordering) -> Option<u32> {
        let from = self.lower_bound(hash);
        let (found, at) = *self.sorted.get(from)?;
        if found != hash {
            return None;
        }
        if order(at).is_eq() {
            return Some(at);
        }
        let rest = &self.sorted[from..];
        let same = &rest[..rest.partition_point(|(other, _)| *other == hash)];
        let (_, at) = *same.get(same.partition_point(|(_, at)| order(*at).is_lt()))?;
        order(at).is_eq().then_some(at)
    }

    /// Neighbours that may be equal: runs of one hash.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &[(u32, u32)]> {
        self.sorted.chunk_by(|(a, _), (b, _)| a == b)
    }

    /// The first position whose hash is not below `hash`.
    ///
    /// Hashes are spread evenly, so a guess by proportion is off by a step or two; where somebody chose the items,
    /// the steps run out and a binary search takes over.
    fn lower_bound(&self, hash: u32) -> usize {
        const STEPS: usize = 8;
        let sorted = &self.sorted;
        let below = |at: usize| sorted.get(at).is_some_and(|(other, _)| *other < hash);
        let guess = (u64::from(hash) * sorted.len() as u64) >> 32;
        let mut at = usize::try_from(guess).unwrap_or_default();
        for _ in 0..STEPS {
            if below(at) {
                at += 1;
            } else if at > 0 && !below(at - 1) {
                at -= 1;
            } else {
                return at;
            }
        }
        sorted.partition_point(|(other, _)| *other < hash)
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        size_of_val(&*self.sorted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_among_equal_hashes() {
        let items = ["b", "a", "c", "a", "z", "y"];
        let hashes = [7, 7, 7, 7, 9, u32::MAX];
        let by_hash = ByHash::new((0..).zip(hashes).map(|(at, hash)| (hash, at)), |a, b| {
            items[a as usize].cmp(items[b as usize])
        });
        let find = |hash, item: &str| by_hash.find(hash, |at| items[at as usize].cmp(item));
        assert_eq!(find(7, "a"), Some(1));
        assert_eq!(find(7, "b"), Some(0));
        assert_eq!(find(7, "c"), Some(2));
        assert_eq!(find(9, "z"), Some(4));
        assert_eq!(find(u32::MAX, "y"), Some(5));
        assert_eq!(
            (find(7, "d"), find(8, "a"), find(0, "a")),
            (None, None, None)
        );
    }

    #[test]
    fn finds_many() {
        let hash = |i: u32| i.wrapping_mul(0x9E37_79B9) & !0x3FF;
        let by_hash = ByHash::new((0..10_000).map(|i| (hash(i), i)), |a, b| a.cmp(&b));
        for i in 0..10_000 {
            assert_eq!(by_hash.find(hash(i), |at| at.cmp(&i)), Some(i));
        }
    }
}
