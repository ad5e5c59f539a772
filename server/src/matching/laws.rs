//! Laws of who is run, who pays, and who has to go.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use livematch::{Budget, Change, ChangeKind, Query, QuerySet};
use parking_lot::RwLock;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::dear::Dear;
use crate::accounting::{Dues, HANDED, StepLimits, Steps};
use crate::metrics::Metrics;
use crate::registry::{Class, Client, Desk, Readers, Sees, Subscription, testing};

/// What a change may take here.
const STEPS: u64 = 120_000;

/// A class, and what clients have subscribed to in it.
struct World {
    class: RwLock<Class>,
    steps: Arc<Steps>,
    clients: Vec<Arc<Client>>,
    subscriptions: Vec<(Arc<Subscription>, Query)>,
    metrics: Arc<Metrics>,
    /// The clients who may see nothing, and those of whom it is not known.
    blind: BTreeSet<usize>,
    doubtful: BTreeSet<usize>,
    /// Those of whom it was not known and whose queries were not run for the last change.
    missed: RefCell<Vec<Arc<Subscription>>>,
}

/// The clients who may see nothing of a change, and those of whom it is not known.
struct Sighted<'a>(&'a BTreeSet<usize>, &'a BTreeSet<usize>);

impl Readers for Sighted<'_> {
    fn sees(&mut self, subscription: &Subscription) -> Sees {
        let client = subscription.client.number;
        match (self.0.contains(&client), self.1.contains(&client)) {
            (_, true) => Sees::InDoubt,
            (true, false) => Sees::Nothing,
            (false, false) => Sees::All,
        }
    }
}

impl World {
    fn new() -> Self {
        Self {
            class: RwLock::new(Class::new()),
            steps: Arc::new(Steps::new(StepLimits {
                change: STEPS,
                ..StepLimits::none()
            })),
            clients: Vec::new(),
            subscriptions: Vec::new(),
            metrics: Arc::new(Metrics::unattached()),
            blind: BTreeSet::new(),
            doubtful: BTreeSet::new(),
            missed: RefCell::default(),
        }
    }

    /// The client of a number, which comes if it is not there.
    fn client(&mut self, number: usize) -> Arc<Client> {
        while self.clients.len() <= number {
            self.clients.push(testing::client(self.clients.len()));
        }
        Arc::clone(&self.clients[number])
    }

    fn subscribe(&mut self, client: usize, clause: &str) {
        let query: Query = clause.parse().expect("a clause");
        let subscription = testing::subscription(&self.client(client), &query);
        let class = self.class.get_mut();
        let added = class.add(&subscription, query.clone(), Dues::default());
        added.expect("there is room");
        self.subscriptions.push((subscription, query));
    }

    /// Matches a change; which subscriptions it hits.
    fn change(&self, change: &Change, meanwhile: impl FnOnce()) -> Vec<*const Subscription> {
        let mut desk = Desk::new(&self.steps);
        let mut dear = Dear::new(Arc::clone(&self.steps));
        let mut readers = Sighted(&self.blind, &self.doubtful);
        let class = self.class.read();
        class.matches(change, &mut readers, &mut desk, &self.metrics);
        drop(class);
        meanwhile();
        dear.finish(change, &self.class, &mut readers, &mut desk, &self.metrics);
        *self.missed.borrow_mut() = std::mem::take(&mut desk.missed);
        let hits = desk.hits.iter();
        hits.map(|(subscription, _)| Arc::as_ptr(subscription))
            .collect()
    }

    fn has_ended(&self, client: usize) -> bool {
        self.clients[client].account.is_ended()
    }
}

/// What a query takes for a change, in whichever way it takes most, and whether it matches.
fn takes(query: &Query, change: &Change) -> (u64, bool) {
    let (old, new) = (change.old_object(), change.new_object());
    let mut set = QuerySet::new();
    let id = set.insert(query.clone());
    let mut scratch = livematch::Scratch::default();
    let mut budget = Budget::new(u64::MAX);
    let runner = set.runner(old, new, &mut scratch).expect("a side");
    let outcome = runner.outcome_metered(id, &mut budget).expect("paid");
    let in_set = budget.spent();
    budget.renew(u64::MAX);
    let copy = set.copy_of(id).expect("it is there");
    assert!(copy.outcome_metered(old, new, &mut budget).is_some());
    // A copy has to be made as well.
    let copying = 64 + (query.memory_usage() as u64 + 512) / 64;
    (
        in_set.max(budget.spent() + copying),
        outcome.event().is_some(),
    )
}

fn change() -> Change {
    let text: String = (0..600_u32)
        .map(|i| char::from_u32(97 + i * 7 % 26).unwrap_or('a'))
        .collect();
    let tag = |i: u32| {
        if i.is_multiple_of(2) {
            format!("\"t{i}\"")
        } else {
            i.to_string()
        }
    };
    let tags: Vec<_> = (0..300).map(tag).collect();
    let message = format!(
        r#"{{"currentParseObject": {{"className": "A", "objectId": "a", "k": 1, "u": "me", "text": "{text}", "tags": [{}]}}}}"#,
        tags.join(",")
    );
    Change::from_json(ChangeKind::Save, &message).expect("a change")
}

/// Clauses that the change concerns, from those that take some steps to those that take all there are.
fn clause(kind: usize, n: usize) -> String {
    match kind {
        0 => format!(r#"{{"k": 1, "u": {{"$ne": "u{n}"}}}}"#),
        1 => format!(r#"{{"k": 1, "tags": {{"$nin": ["a{n}", "b{n}"]}}}}"#),
        2 => format!(r#"{{"k": 1, "text": {{"$regex": "[a-z]{{5}}[^a-z]x{n}|abc"}}}}"#),
        3 => {
            let list: Vec<_> = (0..16).map(|i| format!("\"n{n}x{i}\"")).collect();
            format!(r#"{{"k": 1, "tags": {{"$nin": [{}]}}}}"#, list.join(","))
        }
        _ => format!(
            r#"{{"k": 1, "text": {{"$regex": "([a-z]{{1,60}})[a-z]{{1,60}}\\1[0-9]{{{}}}"}}}}"#,
            n + 1
        ),
    }
}

/// What clients ask for: a client and a clause, in the order in which they come.
fn mix() -> impl Strategy<Value = Vec<(usize, String)>> {
    let greedy = select(vec![(0, 400_usize), (1, 400), (2, 200), (3, 200), (4, 6)]);
    let greedy = greedy.prop_flat_map(|(kind, most)| (Just(kind), 0..most));
    let greedy = greedy.prop_map(|(kind, count)| {
        (0..count)
            .map(move |n| (0, clause(kind, n)))
            .collect::<Vec<_>>()
    });
    let modest = vec(
        (1..9_usize, select(vec![0, 0, 0, 1, 1, 2, 3]), 0..40_usize),
        1..60,
    );
    let modest = modest.prop_map(|all| {
        all.into_iter()
            .map(|(client, kind, n)| (client, clause(kind, n)))
            .collect::<Vec<_>>()
    });
    (greedy, modest, any::<bool>()).prop_map(|(greedy, modest, is_first)| {
        let [one, other] = if is_first {
            [greedy, modest]
        } else {
            [modest, greedy]
        };
        // Nobody asks twice for the same.
        let mut seen = BTreeSet::new();
        let all = one.into_iter().chain(other);
        all.filter(|asked| seen.insert(asked.clone())).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_asks_for_no_more_than_a_share_hears_everything(asked in mix()) {
        let mut world = World::new();
        for (client, clause) in &asked {
            world.subscribe(*client, clause);
        }
        let change = change();
        let hits = world.change(&change, || {});
        let share = STEPS / asked.iter().map(|(client, _)| client).collect::<BTreeSet<_>>().len() as u64;
        let mut needs = vec![0; world.clients.len()];
        for (subscription, query) in &world.subscriptions {
            needs[subscription.client.number] += takes(query, &change).0;
        }
        for (subscription, query) in &world.subscriptions {
            let client = subscription.client.number;
            let is_hit = hits.contains(&Arc::as_ptr(subscription));
            if needs[client] <= share {
                prop_assert!(!world.has_ended(client), "{client} needs {} of {share}", needs[client]);
            }
            // Who misses something knows it.
            if !world.has_ended(client) {
                prop_assert_eq!(is_hit, takes(query, &change).1);
            }
        }
        // Nobody goes as long as there is enough for all, but for what is begun anew.
        if needs.iter().sum::<u64>() <= STEPS / 4 {
            prop_assert!((0..needs.len()).all(|client| !world.has_ended(client)));
        }
    }
}

#[test]
fn who_gives_up_what_takes_too_long_stays() {
    let mut world = World::new();
    for n in 0..80 {
        world.subscribe(n % 2, &clause(4, n));
    }
    let all = world
        .subscriptions
        .iter()
        .map(|(subscription, _)| subscription);
    let given_up: Vec<_> = all
        .filter(|subscription| subscription.client.number == 0)
        .cloned()
        .collect();
    world.change(&change(), || {
        for subscription in &given_up {
            subscription.end();
        }
    });
    assert_eq!([0, 1].map(|client| world.has_ended(client)), [false, true]);
}

#[test]
fn a_query_that_many_ask_for_is_paid_by_all_of_them() {
    let mut world = World::new();
    for client in 0..300 {
        world.subscribe(client, &clause(3, 0));
    }
    let change = change();
    let (steps, _) = takes(&world.subscriptions[0].1, &change);
    assert!(steps > STEPS / 300, "no client could pay it alone: {steps}");
    assert_eq!(world.change(&change, || {}).len(), 300);
}

/// Clients who ask for more than there is: of everything, of what takes long, of what is put off.
fn greedy(world: &mut World, client: usize) {
    for n in 0..40 {
        world.subscribe(client, &clause(4, n));
        world.subscribe(client, &clause(3, n));
    }
}

#[test]
fn who_may_not_see_a_change_is_not_told_what_its_queries_made_of_it() {
    let mut world = World::new();
    (0..3).for_each(|client| greedy(&mut world, client));
    world.subscribe(3, &clause(3, 0));
    (world.blind, world.doubtful) = (BTreeSet::from([0]), BTreeSet::from([1]));
    let hits = world.change(&change(), || {});
    assert_eq!(
        [0, 1, 2, 3].map(|client| world.has_ended(client)),
        [false, false, true, false]
    );
    // That is found out by whoever waits for what is not known.
    let missed = world.missed.borrow();
    assert!(!missed.is_empty() && missed.iter().all(|missed| missed.client.number == 1));
    // Nothing is run for who may not see it.
    let of = |client: usize| {
        world
            .subscriptions
            .iter()
            .filter(move |(subscription, _)| subscription.client.number == client)
    };
    let heard = |client| {
        of(client)
            .filter(|(subscription, _)| hits.contains(&Arc::as_ptr(subscription)))
            .count()
    };
    assert_eq!((heard(0), heard(3)), (0, 1));
}

#[test]
fn what_it_takes_in_doubt_ends_nobody_and_has_an_end() {
    let mut world = World::new();
    world.steps = Arc::new(Steps::new(StepLimits {
        second: STEPS,
        change: STEPS,
        ..StepLimits::none()
    }));
    world.subscribe(0, &clause(4, 0));
    world.subscribe(1, &clause(3, 0));
    world.doubtful = BTreeSet::from([0, 1]);
    let mut dear = Dear::new(Arc::clone(&world.steps));
    let mut desk = Desk::new(&world.steps);
    let change = change();
    let mut heard = Vec::new();
    for _ in 0..9 {
        let mut readers = Sighted(&world.blind, &world.doubtful);
        let class = world.class.read();
        class.matches(&change, &mut readers, &mut desk, &world.metrics);
        drop(class);
        dear.finish(
            &change,
            &world.class,
            &mut readers,
            &mut desk,
            &world.metrics,
        );
        heard.push(
            desk.hits
                .iter()
                .filter(|(hit, _)| hit.client.number == 1)
                .count(),
        );
    }
    assert!(!world.has_ended(0) && !world.has_ended(1));
    // Nothing is run any more for who takes that much, and they would be told if they could be.
    assert_eq!(desk.resting.keys().collect::<Vec<_>>(), [&0]);
    assert_eq!(desk.missed.len(), 1);
    assert_eq!(heard, [1; 9]);
}

#[test]
fn who_has_too_many_subscriptions_to_one_change_goes_alone() {
    let many = usize::try_from(STEPS / HANDED + 1).expect("a few thousand");
    let mut world = World::new();
    (0..many).for_each(|_| world.subscribe(0, "{}"));
    (0..many).for_each(|_| world.subscribe(1, "{}"));
    (2..9).for_each(|client| world.subscribe(client, "{}"));
    world.blind = BTreeSet::from([1]);
    let hits = world.change(&change(), || {});
    assert_eq!(
        [0, 1, 2].map(|client| world.has_ended(client)),
        [true, false, false]
    );
    assert_eq!(hits.len(), 7);
}

#[test]
fn who_asks_for_what_another_gives_up_meanwhile_hears_of_it() {
    for goes in [0, 1] {
        let mut world = World::new();
        // It is put off until nobody waits for the class.
        for client in [0, 1] {
            world.subscribe(client, &clause(3, 0));
        }
        let hits = world.change(&change(), || {
            let (gone, _) = &world.subscriptions[goes];
            gone.end();
            assert!(world.class.write().remove(gone));
        });
        let (stays, _) = &world.subscriptions[1 - goes];
        assert!(hits.contains(&Arc::as_ptr(stays)), "{goes}");
        assert!(!world.has_ended(0) && !world.has_ended(1), "{goes}");
    }
}

#[test]
fn who_is_filed_again_meanwhile_hears_what_the_other_query_says() {
    let mut world = World::new();
    world.subscribe(0, &clause(3, 0));
    let hits = world.change(&change(), || {
        let other: Query = clause(3, 1).parse().expect("a clause");
        let (subscription, _) = &world.subscriptions[0];
        let refiled = world
            .class
            .write()
            .refile(subscription, other, Dues::default());
        refiled.expect("there is room");
    });
    assert_eq!(hits.len(), 1);
    assert!(!world.has_ended(0));
}

#[test]
fn as_many_clients_as_there_are_have_one_subscription_each() {
    let clients = usize::try_from(STEPS / HANDED).expect("a few thousand") * 3;
    let mut world = World::new();
    (0..clients).for_each(|client| world.subscribe(client, "{}"));
    assert_eq!(world.change(&change(), || {}).len(), clients);
    assert!((0..clients).all(|client| !world.has_ended(client)));
}
