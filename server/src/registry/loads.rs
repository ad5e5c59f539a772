//! Of whose subscriptions one change concerns too many.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::accounting::HANDED;

/// What each name of its `keys` or `watch` takes besides, as far as the object has as many fields.
pub(super) const NAMED: u64 = 2;

/// What it takes to put a query off, beside running it.
pub(super) const PUT_OFF: u64 = 96;

/// Who has no more than this to be done is never the reason that it takes long, however many clients there are: one subscription.
const FEW: u64 = HANDED;

/// What a change makes to be done for the subscriptions of each client, in steps, by the client's number.
#[derive(Default)]
pub(super) struct Loads(FxHashMap<usize, u64>);

impl Loads {
    pub(super) fn add(&mut self, client: usize, steps: u64) {
        *self.0.entry(client).or_default() += steps;
    }

    /// Those for whom there is more to be done than their share of so many steps. Who needs less leaves the rest to others.
    pub(super) fn beyond(&self, steps: u64) -> FxHashSet<usize> {
        let mut loads: Vec<u64> = self.0.values().copied().collect();
        loads.sort_unstable();
        let (mut left, mut share) = (steps, u64::MAX);
        for (at, load) in loads.iter().enumerate() {
            let part = left / (loads.len() - at) as u64;
            if *load > part {
                share = part.max(FEW);
                break;
            }
            left -= load;
        }
        let beyond = self.0.iter().filter(|(_, load)| **load > share);
        beyond.map(|(client, _)| *client).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn who_has_little_stays_and_who_stays_has_not_too_much(
            loads in vec(prop_oneof![0..2 * FEW, 0..200 * FEW], 0..60),
            steps in 0..1_000 * FEW,
        ) {
            let mut all = Loads::default();
            for (client, load) in loads.iter().enumerate() {
                all.add(client, *load);
            }
            let beyond = all.beyond(steps);
            let share = steps / loads.len().max(1) as u64;
            let stays = |client: &usize| !beyond.contains(client);
            for (client, load) in loads.iter().enumerate() {
                prop_assert!(*load > share.max(FEW) || stays(&client));
            }
            let left = (0..loads.len()).filter(stays).map(|client| loads[client]);
            let heavy: u64 = left.filter(|load| *load > FEW).sum();
            prop_assert!(heavy <= steps, "{heavy} of {steps}");
            if loads.iter().sum::<u64>() <= steps {
                prop_assert!(beyond.is_empty());
            }
        }
    }
}
