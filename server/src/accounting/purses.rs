//! Steps, divided among those who ask for queries.

use std::collections::HashMap;
use std::ops::Range;

/// Somebody who is told apart by a number.
pub(crate) trait Numbered: Clone {
    fn number(&self) -> usize;

    /// The number of who pays for it, who may pay for others too.
    fn payer(&self) -> usize {
        self.number()
    }
}

/// So often what is left of shares is divided anew.
const ROUNDS: usize = 16;

/// What a query that has not been begun may take at once when shares have become too small.
const AT_ONCE: u64 = 2_048;

/// Queries that wait to be run, and who asks for them.
///
/// Each client gets an equal share of the steps, or all clients of one user do, and pays its queries from it; equal queries are run once, and paid by all who ask
/// for them together. What is left of the shares of those who need less is divided anew among the others, until all is done
/// or there is nothing left. So who needs no more than their share lacks nothing, whatever others ask for, and in
/// whichever order.
pub(crate) struct Purses<C, T> {
    clients: Vec<Purse<C>>,
    /// Their places in `clients`, by the numbers of who pays.
    places: HashMap<usize, u32>,
    jobs: Vec<Job<T>>,
    /// The places of those who ask for each job, one behind the other.
    askers: Vec<u32>,
}

/// What one client may spend now, or several for whom the same pays, and what it has spent.
struct Purse<C> {
    clients: Vec<C>,
    left: u64,
    spent: u64,
    is_waiting: bool,
}

struct Job<T> {
    what: T,
    /// In the list of those who ask.
    askers: Range<usize>,
    /// It takes more than this.
    least: u64,
    /// What it is thought to take.
    estimate: u64,
}

/// What has come of running a query.
pub(crate) struct Ran {
    pub(crate) spent: u64,
    pub(crate) is_done: bool,
}

impl Ran {
    /// There is nothing to be run any more.
    pub(crate) fn without(spent: u64) -> Self {
        let is_done = true;
        Self { spent, is_done }
    }
}

/// How steps are divided.
pub(crate) struct Terms {
    /// So many are there.
    pub(crate) steps: u64,
    /// So many one query may take, whoever asks for it.
    pub(crate) each: u64,
    /// From so many on it is noted who has paid for a query.
    pub(crate) noted: u64,
}

impl<C: Numbered, T> Purses<C, T> {
    pub(crate) fn new() -> Self {
        Self {
            clients: Vec::new(),
            places: HashMap::new(),
            jobs: Vec::new(),
            askers: Vec::new(),
        }
    }

    /// Adds a query that some ask for, one at least, of which it is known that it takes more than `least` steps.
    pub(crate) fn add<'c>(
        &mut self,
        what: T,
        askers: impl IntoIterator<Item = &'c C>,
        least: u64,
        estimate: u64,
    ) where
        C: 'c,
    {
        let start = self.askers.len();
        for client in askers {
            let place = self.place(client);
            self.askers.push(place);
        }
        // Who asks for it twice has one purse.
        self.askers[start..].sort_unstable();
        let mut previous = None;
        let mut kept = start;
        for at in start..self.askers.len() {
            let place = self.askers[at];
            if previous != Some(place) {
                self.askers[kept] = place;
                kept += 1;
            }
            previous = Some(place);
        }
        self.askers.truncate(kept);
        self.jobs.push(Job {
            what,
            askers: start..kept,
            least,
            estimate,
        });
    }

    fn place(&mut self, client: &C) -> u32 {
        let next = u32::try_from(self.clients.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(client.payer()).or_insert_with(|| {
            self.clients.push(Purse {
                clients: Vec::new(),
                left: 0,
                spent: 0,
                is_waiting: false,
            });
            next
        });
        let clients = &mut self.clients[place as usize].clients;
        // Those of one payer come one behind the other as a rule, and are told apart in the end.
        let last = clients.last().map(Numbered::number);
        if last != Some(client.number()) {
            clients.push(client.clone());
        }
        place
    }

    /// Runs the queries; those that were not done, with what is known that they take more than.
    ///
    /// Of the queries of a client those are run first that may take least.
    pub(crate) fn run(
        &mut self,
        terms: &Terms,
        mut run: impl FnMut(&T, u64) -> Ran,
    ) -> Vec<(T, u64)> {
        let mut left = terms.steps;
        let mut waiting = std::mem::take(&mut self.jobs);
        let mut undone = Vec::new();
        let mut round = 0;
        while left > 0 && !waiting.is_empty() {
            waiting.sort_by_key(|job| (job.least, job.estimate));
            self.fill(&waiting, left);
            let before = left;
            let mut still = Vec::new();
            for mut job in waiting {
                let most = if round < ROUNDS {
                    self.sum(&job.askers)
                } else {
                    // Shares are too small for any: what is left is for those that may take least.
                    job.least.saturating_mul(2).max(AT_ONCE)
                };
                let most = most.min(left).min(terms.each);
                if most <= job.least {
                    still.push(job);
                    continue;
                }
                let ran = run(&job.what, most);
                left = left.saturating_sub(ran.spent);
                self.pay(&job.askers, ran.spent, terms.noted);
                if ran.is_done {
                    continue;
                }
                job.least = most;
                if most < terms.each {
                    still.push(job);
                } else {
                    undone.push(job);
                }
            }
            waiting = still;
            if before > left {
                round += 1;
            } else if round < ROUNDS {
                round = ROUNDS;
            } else {
                break;
            }
        }
        undone.extend(waiting);
        let what = |job: Job<T>| (job.what, job.least);
        undone.into_iter().map(what).collect()
    }

    /// Gives equal shares to those whose queries wait, and nothing to others.
    fn fill(&mut self, waiting: &[Job<T>], left: u64) {
        for purse in &mut self.clients {
            (purse.left, purse.is_waiting) = (0, false);
        }
        let mut count = 0;
        for place in waiting
            .iter()
            .flat_map(|job| &self.askers[job.askers.clone()])
        {
            let purse = &mut self.clients[*place as usize];
            count += u64::from(!purse.is_waiting);
            purse.is_waiting = true;
        }
        let share = left / count.max(1);
        for purse in self.clients.iter_mut().filter(|purse| purse.is_waiting) {
            purse.left = share;
        }
    }

    /// What those who ask for a query have together.
    fn sum(&self, askers: &Range<usize>) -> u64 {
        let askers = &self.askers[askers.clone()];
        askers
            .iter()
            .map(|place| self.clients[*place as usize].left)
            .sum()
    }

    /// Has those who asked for a query pay for it: as far as they can in equal parts.
    fn pay(&mut self, askers: &Range<usize>, spent: u64, noted: u64) {
        let askers = &self.askers[askers.clone()];
        let mut owing = spent;
        let among = askers.len().max(1) as u64;
        let part = spent.div_ceil(among);
        for most in [part, u64::MAX] {
            for place in askers {
                let purse = &mut self.clients[*place as usize];
                let paid = purse.left.min(most).min(owing);
                owing -= paid;
                purse.left -= paid;
                if spent >= noted {
                    purse.spent += paid;
                }
            }
        }
        // What there are no shares for is theirs as well.
        let more = owing.div_ceil(among);
        for place in askers {
            if owing > 0 && spent >= noted {
                self.clients[*place as usize].spent += more;
            }
        }
    }

    /// What each has paid for queries that took so much that it was noted.
    pub(crate) fn spent(self) -> impl Iterator<Item = (C, u64)> {
        let paid = self.clients.into_iter().filter(|purse| purse.spent > 0);
        paid.flat_map(|mut purse| {
            purse.clients.sort_unstable_by_key(Numbered::number);
            purse.clients.dedup_by_key(|client| client.number());
            let each = purse.spent.div_ceil(purse.clients.len() as u64);
            purse.clients.into_iter().map(move |client| (client, each))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    impl Numbered for usize {
        fn number(&self) -> usize {
            *self
        }
    }

    /// What a query takes, and who asks for it.
    type Query = (u64, BTreeSet<usize>);

    const TERMS: Terms = Terms {
        steps: 30_000,
        each: u64::MAX,
        noted: 0,
    };

    /// Runs queries; which were done and which were not, what was spent, and what each has paid.
    fn run(
        queries: &[Query],
        terms: &Terms,
    ) -> (Vec<usize>, Vec<usize>, u64, BTreeMap<usize, u64>) {
        let mut purses = Purses::new();
        for (number, (_, askers)) in queries.iter().enumerate() {
            purses.add(number, askers, 0, 0);
        }
        let (done, spent) = (RefCell::default(), RefCell::new(0));
        let undone = purses.run(terms, |number, most| {
            let takes = queries[*number].0;
            let ran = Ran {
                spent: takes.min(most),
                is_done: takes <= most,
            };
            *spent.borrow_mut() += ran.spent;
            if ran.is_done {
                let mut done: std::cell::RefMut<'_, Vec<usize>> = done.borrow_mut();
                assert!(!done.contains(number), "twice");
                done.push(*number);
            }
            ran
        });
        let undone: Vec<_> = undone.into_iter().map(|(number, _)| number).collect();
        let paid = purses.spent().collect();
        (done.into_inner(), undone, spent.into_inner(), paid)
    }

    /// Clients who ask for a few queries that take little, and one who asks for whatever it likes, alone or for what others ask for too.
    fn mix() -> impl Strategy<Value = Vec<Query>> {
        let modest = vec(
            (
                1..80_u64,
                proptest::collection::btree_set(1..30_usize, 1..4),
            ),
            1..60,
        );
        let greedy = prop_oneof![
            vec(Just(2_048_u64), 0..60),
            vec(1..9_u64, 0..3_000),
            vec(1..1_000_000_u64, 0..9),
            Just(vec![u64::MAX; 3]),
        ];
        let shared = vec((1..90_000_u64, 0..30_usize), 0..4);
        (modest, greedy, shared, any::<u64>()).prop_map(|(modest, greedy, shared, seed)| {
            let greedy = greedy.into_iter().map(|takes| (takes, BTreeSet::from([0])));
            let shared = shared
                .into_iter()
                .map(|(takes, other)| (takes, BTreeSet::from([0, other])));
            let mut all: Vec<Query> = greedy.chain(modest).chain(shared).collect();
            // In any order.
            let length = all.len() as u64;
            for at in 1..all.len() {
                let other = seed.wrapping_mul(at as u64 * 2 + 1) % length;
                all.swap(at, usize::try_from(other).expect("small"));
            }
            all
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn who_asks_for_no_more_than_a_share_lacks_nothing(queries in mix()) {
            let mut needs: BTreeMap<usize, u64> = BTreeMap::new();
            for (takes, askers) in &queries {
                for client in askers {
                    let need = needs.entry(*client).or_default();
                    *need = need.saturating_add(*takes);
                }
            }
            let share = TERMS.steps / needs.len() as u64;
            let (done, undone, spent, paid) = run(&queries, &TERMS);
            prop_assert_eq!(done.len() + undone.len(), queries.len());
            prop_assert!(spent <= TERMS.steps);
            for number in &undone {
                let (takes, askers) = &queries[*number];
                for client in askers {
                    prop_assert!(needs[client] > share, "{} needs {} of {share}", client, needs[client]);
                }
                prop_assert!(*takes > TERMS.steps - spent, "{takes} with {} left", TERMS.steps - spent);
            }
            // Nobody pays for what others ask for.
            for (client, paid) in &paid {
                prop_assert!(*paid <= needs[client].max(spent));
            }
            prop_assert!(paid.values().sum::<u64>() >= spent);
        }
    }

    /// One of a thousand for whom the same pays.
    #[derive(Clone)]
    struct OfMany(usize);

    impl Numbered for OfMany {
        fn number(&self) -> usize {
            self.0
        }

        fn payer(&self) -> usize {
            self.0 / 1_000
        }
    }

    #[test]
    fn who_has_many_sockets_has_one_share() {
        let mut purses = Purses::new();
        (0..1_000).for_each(|n| purses.add(n, [&OfMany(n)], 0, 0));
        purses.add(1_000, [&OfMany(1_000)], 0, 0);
        let undone = purses.run(&TERMS, |_, most| Ran {
            spent: most.min(15_000),
            is_done: most >= 15_000,
        });
        // Half of it is for the other, whoever came first.
        assert!(undone.iter().all(|(number, _)| *number < 1_000));
        let paid: Vec<_> = purses.spent().collect();
        let of_many: u64 = paid
            .iter()
            .map(|(who, paid)| paid * u64::from(who.payer() == 0))
            .sum();
        assert!((15_000..=16_000).contains(&of_many), "{of_many}");
    }

    #[test]
    fn equal_queries_are_paid_together() {
        // Nobody could pay it alone.
        let many = (0..30).collect();
        let (done, undone, _, paid) = run(&[(20_000, many), (11_000, [1].into())], &TERMS);
        assert_eq!((done.len(), undone), (1, vec![1]));
        assert!(paid.values().all(|paid| *paid > 600));
    }

    #[test]
    fn what_takes_too_much_for_one_is_given_back() {
        let terms = Terms {
            each: 2_048,
            ..TERMS
        };
        let queries = [(5_000, [0].into()), (2_048, [0].into()), (1, [1].into())];
        let (done, undone, spent, _) = run(&queries, &terms);
        assert_eq!((done.len(), undone, spent), (2, vec![0], 4_097));
    }
}
