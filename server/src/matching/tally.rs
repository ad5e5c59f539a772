//! Who has had dear queries run of late.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Weak};
use std::time::Instant;

use crate::accounting::Numbered;

/// What dear queries may take in a second, and who has taken what of it.
///
/// What may be taken in a second is forgiven in a second, to all who owe something in equal shares, as far as they owe as much.
/// So whoever takes less than a share owes nothing for long, however long it goes on, and who owes most is who takes most now.
pub(super) struct Tally<C> {
    /// The steps for a second; as many may be owed by all together.
    rate: u64,
    seen: Instant,
    /// What has been forgiven to each who has owed something all the time. Who has owed so much when it began is clear
    /// when this has been reached: what somebody owes is the level at which they are clear, less this.
    forgiven: u64,
    /// What has been earned and could not be divided yet.
    rest: u64,
    /// What all owe.
    owed: u64,
    /// Who owes something, by number; and in the order in which they will be clear.
    debtors: HashMap<usize, Debtor<C>>,
    order: BTreeSet<(u64, usize)>,
}

/// A client, or several for whom the same pays.
struct Debtor<C> {
    /// Those who have made it owe something, by number. Who is gone is not kept for what they owe.
    clients: HashMap<usize, Weak<C>>,
    /// When so much has been forgiven to each it owes nothing.
    clear_at: u64,
}

impl<C> Tally<C>
where
    Arc<C>: Numbered,
{
    pub(super) fn new(rate: u64, now: Instant) -> Self {
        Self {
            rate,
            seen: now,
            forgiven: 0,
            rest: 0,
            owed: 0,
            debtors: HashMap::new(),
            order: BTreeSet::new(),
        }
    }

    /// Notes what the queries of a client have taken.
    pub(super) fn add(&mut self, client: &Arc<C>, steps: u64) {
        let number = client.payer();
        let debtor = self.debtors.entry(number).or_insert_with(|| Debtor {
            clients: HashMap::new(),
            clear_at: self.forgiven,
        });
        let known = debtor.clients.entry(client.number());
        known.or_insert_with(|| Arc::downgrade(client));
        self.order.remove(&(debtor.clear_at, number));
        debtor.clear_at = debtor.clear_at.saturating_add(steps);
        self.owed = self.owed.saturating_add(steps);
        self.order.insert((debtor.clear_at, number));
    }

    /// Lets time pass; whoever has to go, as too much has been taken: those who owe most, until what the others owe is not
    /// too much.
    pub(super) fn settle(&mut self, now: Instant) -> Vec<Arc<C>> {
        let passed = now.saturating_duration_since(self.seen).as_micros();
        let earned = u128::from(self.rate) * passed / 1_000_000;
        // What is earned meanwhile and is less than a step is not lost.
        if earned > 0 {
            self.seen = now;
        }
        self.forgive(u64::try_from(earned).unwrap_or(u64::MAX));
        let mut going = Vec::new();
        while self.owed > self.rate {
            let Some((clear_at, number)) = self.order.pop_last() else {
                self.owed = 0;
                break;
            };
            self.owed = self.owed.saturating_sub(clear_at - self.forgiven);
            let debtor = self.debtors.remove(&number);
            let clients = debtor.into_iter().flat_map(|debtor| debtor.clients);
            going.extend(clients.filter_map(|(_, client)| client.upgrade()));
        }
        going
    }

    /// Forgives so much in all, beginning with who owes least.
    fn forgive(&mut self, earned: u64) {
        let mut left = earned.saturating_add(std::mem::take(&mut self.rest));
        while let Some((clear_at, number)) = self.order.first().copied() {
            let debtors = self.order.len() as u64;
            let each = (clear_at - self.forgiven).min(left / debtors);
            self.forgiven += each;
            left -= each * debtors;
            self.owed = self.owed.saturating_sub(each * debtors);
            if self.forgiven < clear_at {
                self.rest = left;
                return;
            }
            self.order.pop_first();
            self.debtors.remove(&number);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    struct Somebody(usize);

    impl Numbered for Arc<Somebody> {
        fn number(&self) -> usize {
            self.0
        }
    }

    fn people<const N: usize>() -> [Arc<Somebody>; N] {
        std::array::from_fn(|number| Arc::new(Somebody(number)))
    }

    fn going(tally: &mut Tally<Somebody>, now: Instant) -> Vec<usize> {
        let going = tally.settle(now);
        going.iter().map(|client| client.0).collect()
    }

    #[test]
    fn who_takes_most_goes_first() {
        let start = Instant::now();
        let people: [_; 3] = people();
        let mut tally = Tally::new(1_000, start);
        let add = |tally: &mut Tally<_>, who: usize, steps| tally.add(&people[who], steps);
        for (who, steps) in [(0, 400), (1, 200), (1, 200), (2, 200)] {
            add(&mut tally, who, steps);
        }
        assert!(going(&mut tally, start).is_empty());
        add(&mut tally, 2, 350);
        // 400, 400 and 550 are 350 too much.
        assert_eq!(going(&mut tally, start), [2]);
        assert!(going(&mut tally, start).is_empty());
        // As much as may be taken in a second comes back in a second.
        let soon = start + Duration::from_millis(500);
        add(&mut tally, 0, 200);
        add(&mut tally, 1, 1_200);
        assert_eq!(going(&mut tally, soon), [1]);
        // What was taken is forgotten once nothing is owing.
        let later = start + Duration::from_secs(9);
        assert!(going(&mut tally, later).is_empty());
        add(&mut tally, 0, 500);
        add(&mut tally, 1, 501);
        assert_eq!(going(&mut tally, later), [1]);
    }

    /// However long it goes on, and though others see to it that something is always owing.
    #[test]
    fn who_takes_less_than_a_share_is_never_who_has_taken_most() {
        let start = Instant::now();
        let people: [_; 601] = people();
        let mut tally = Tally::new(1_000, start);
        let mut now = start;
        for other in &people[1..] {
            tally.add(&people[0], 20);
            tally.add(other, 980);
            now += Duration::from_millis(999);
            assert!(going(&mut tally, now).is_empty());
        }
        tally.add(&people[0], 20);
        tally.add(&people[1], 1_100);
        assert_eq!(going(&mut tally, now), [1]);
    }

    /// Two of each have one who pays.
    #[derive(Debug)]
    struct OfPair(usize);

    impl Numbered for Arc<OfPair> {
        fn number(&self) -> usize {
            self.0
        }

        fn payer(&self) -> usize {
            1_000 + self.0 / 2
        }
    }

    #[test]
    fn who_pays_for_several_owes_what_they_take_together() {
        let start = Instant::now();
        let people: [_; 4] = std::array::from_fn(|number| Arc::new(OfPair(number)));
        let mut tally = Tally::new(1_000, start);
        for (person, steps) in people.iter().zip([300, 300, 0, 500]) {
            tally.add(person, steps);
        }
        let mut going = tally.settle(start);
        going.sort_by_key(|person| person.0);
        let going: Vec<_> = going.iter().map(|person| person.0).collect();
        assert_eq!(going, [0, 1], "each less than the last, and more together");
    }

    #[test]
    fn nobody_is_kept_for_what_they_owe() {
        let start = Instant::now();
        let [gone, other] = people();
        let mut tally = Tally::new(1_000, start);
        tally.add(&gone, 900);
        let weak = Arc::downgrade(&gone);
        drop(gone);
        assert!(weak.upgrade().is_none());
        tally.add(&other, 800);
        // Who is gone had taken most, and cannot go once more.
        assert!(going(&mut tally, start).is_empty());
        assert_eq!(tally.owed, 800);
        assert!(going(&mut tally, start + Duration::from_secs(1)).is_empty());
        assert_eq!(
            (tally.owed, tally.debtors.len(), tally.order.len()),
            (0, 0, 0)
        );
    }
}
