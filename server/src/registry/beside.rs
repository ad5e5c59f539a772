//! A hash under which ids that were given out one after the other stand beside each other.

use std::hash::{BuildHasherDefault, Hasher};

/// Hashes the ids of a set, which no stranger chooses. A change that concerns many subscriptions concerns those that were
/// made together: they are found without waiting for memory.
pub(super) type Beside = BuildHasherDefault<IdHasher>;

#[derive(Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    /// The first is the place of an id, the second one in which turn it was given out.
    fn write_u32(&mut self, number: u32) {
        self.0 = self.0.rotate_left(32) ^ u64::from(number);
    }

    /// Tables take the lowest bits for where to begin, and the highest seven to tell apart what stands there.
    fn finish(&self) -> u64 {
        const MIXED: u64 = 0x9e37_79b9_7f4a_7c15;
        const TAG: u64 = 0x7f << 57;
        let place = self.0.rotate_left(32);
        place & !TAG | place.wrapping_mul(MIXED) & TAG
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};
    use std::hash::BuildHasher;

    use livematch::{Query, QuerySet};

    use super::*;

    #[test]
    fn ids_stand_beside_each_other_and_differ() {
        let mut set = QuerySet::new();
        let query: Query = "{}".parse().expect("a clause");
        let ids: Vec<_> = (0..4_096).map(|_| set.insert(query.clone())).collect();
        let hashes: Vec<_> = ids
            .iter()
            .map(|id| Beside::default().hash_one(id))
            .collect();
        let low = |hash: &u64| hash & 0xfff;
        assert!(
            hashes
                .windows(2)
                .all(|pair| low(&pair[1]).wrapping_sub(low(&pair[0])) & 0xfff == 1)
        );
        let tags: HashSet<_> = hashes[..64].iter().map(|hash| hash >> 57).collect();
        assert!(tags.len() > 32, "{}", tags.len());
        // What takes the place of another is told apart.
        let all: HashMap<_, _, Beside> = ids.iter().copied().zip(0..).collect();
        assert!(ids.iter().all(|id| set.remove(*id)));
        let later = set.insert(query);
        assert_eq!((all.len(), all.get(&later)), (4_096, None));
    }
}
