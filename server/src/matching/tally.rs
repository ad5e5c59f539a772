//! Who has had dear queries run of late.

use std::collections::HashMap;
use std::time::Instant;

use crate::accounting::Numbered;

/// What dear queries may take in a second, and who has taken what of it.
pub(super) struct Tally<C> {
    /// The steps for a second; as many may be saved up.
    rate: u64,
    /// What may still be taken, and when that was so. It is less than nothing while too much has been taken.
    left: i64,
    seen: Instant,
    /// What each client has taken since nothing was owing, by its number.
    taken: HashMap<usize, Taken<C>>,
}

struct Taken<C> {
    client: C,
    steps: u64,
}

impl<C: Numbered> Tally<C> {
    pub(super) fn new(rate: u64, now: Instant) -> Self {
        Self {
            rate,
            left: signed(rate),
            seen: now,
            taken: HashMap::new(),
        }
    }

    /// Notes what the queries of a client have taken.
    pub(super) fn add(&mut self, client: C, steps: u64) {
        self.left = self.left.saturating_sub(signed(steps));
        let taken = self.taken.entry(client.number());
        let taken = taken.or_insert(Taken { client, steps: 0 });
        taken.steps = taken.steps.saturating_add(steps);
    }

    /// Lets time pass; whoever has to go, as too much has been taken: those who have taken most, until what the others have
    /// taken is not too much.
    pub(super) fn settle(&mut self, now: Instant) -> Vec<C> {
        let passed = now.saturating_duration_since(self.seen).as_micros();
        let earned = u128::from(self.rate) * passed / 1_000_000;
        self.seen = now;
        let earned = i64::try_from(earned).unwrap_or(i64::MAX);
        self.left = self.left.saturating_add(earned);
        if self.left >= signed(self.rate) {
            self.left = signed(self.rate);
            self.taken.clear();
        }
        let mut going = Vec::new();
        while self.left < 0 {
            let richest = self.taken.iter().max_by_key(|(_, taken)| taken.steps);
            let Some(taken) = richest
                .map(|(number, _)| *number)
                .and_then(|number| self.taken.remove(&number))
            else {
                self.left = 0;
                break;
            };
            self.left = self.left.saturating_add(signed(taken.steps));
            going.push(taken.client);
        }
        going
    }
}

fn signed(steps: u64) -> i64 {
    i64::try_from(steps).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_takes_most_goes_first() {
        let start = Instant::now();
        let mut tally = Tally::new(1_000, start);
        for (client, steps) in [(0, 400), (1, 200), (1, 200), (2, 200)] {
            tally.add(client, steps);
        }
        assert!(tally.settle(start).is_empty());
        tally.add(2, 350);
        // 400, 400 and 550 are 350 too much.
        assert_eq!(tally.settle(start), [2]);
        assert!(tally.settle(start).is_empty());
        // As much as may be taken in a second comes back in a second.
        let soon = start + Duration::from_millis(500);
        tally.add(0, 200);
        tally.add(1, 1_200);
        assert_eq!(tally.settle(soon), [1]);
        // What was taken is forgotten once nothing is owing.
        let later = start + Duration::from_secs(9);
        assert!(tally.settle(later).is_empty());
        tally.add(0, 500);
        tally.add(1, 501);
        assert_eq!(tally.settle(later), [1]);
    }
}
