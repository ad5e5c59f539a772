//! A change takes what there is for one, over however many sockets who it concerns have subscribed.

use std::sync::Arc;

use livematch::{Change, ChangeKind, Query};
use parking_lot::RwLock;

use super::dear::Dear;
use crate::accounting::{Exhausted, HANDED, Ledger, StepLimits, Steps};
use crate::metrics::Metrics;
use crate::registry::{Class, Client, Desk, Readers, Sees, Subscription, testing};

/// To so many subscriptions a change may be handed here.
const MOST: usize = 200;

const STEPS: usize = 4_000_000;

/// How many subscriptions each client asks for.
const EACH: usize = 8;

struct Everything;

impl Readers for Everything {
    fn sees(&mut self, _: &Subscription) -> Sees {
        Sees::All
    }
}

/// A class to which clients subscribe that share all there is.
struct Crowd {
    class: RwLock<Class>,
    ledger: Arc<Ledger>,
    steps: Arc<Steps>,
    clients: Vec<Arc<Client>>,
    subscriptions: Vec<Arc<Subscription>>,
}

impl Crowd {
    fn new() -> Self {
        let limits = StepLimits {
            all: STEPS,
            client: STEPS,
            change: HANDED * MOST as u64,
            ..StepLimits::none()
        };
        Self {
            class: RwLock::new(Class::new()),
            ledger: Ledger::new(1 << 30, 1 << 30),
            steps: Arc::new(Steps::new(limits)),
            clients: Vec::new(),
            subscriptions: Vec::new(),
        }
    }

    fn come(&mut self) -> Arc<Client> {
        let client = testing::client_of(self.clients.len(), &self.ledger, &self.steps);
        self.clients.push(Arc::clone(&client));
        client
    }

    fn subscribe(&mut self, client: &Arc<Client>, clause: &str) -> Result<(), Exhausted> {
        let query: Query = clause.parse().expect("a clause");
        let dues = self.steps.of(&query)?;
        let subscription = testing::subscription(client, &query);
        self.class.get_mut().add(&subscription, query, dues)?;
        self.subscriptions.push(subscription);
        Ok(())
    }

    /// Those who have to go do.
    fn leave(&mut self) {
        let class = self.class.get_mut();
        self.subscriptions.retain(|subscription| {
            let stays = subscription.is_due();
            assert!(stays || class.remove(subscription));
            stays
        });
    }

    /// To how many a change is handed, and what is paid for them.
    fn change(&self, message: &str) -> usize {
        let change = Change::from_json(ChangeKind::Save, message).expect("a change");
        let (mut desk, metrics) = (Desk::new(&self.steps), Metrics::unattached());
        let class = self.class.read();
        class.matches(&change, &mut Everything, &mut desk, &metrics);
        drop(class);
        let mut dear = Dear::new(Arc::clone(&self.steps));
        dear.finish(&change, &self.class, &mut Everything, &mut desk, &metrics);
        desk.hits.len()
    }

    fn has_anybody_ended(&self) -> bool {
        self.clients.iter().any(|client| client.account.is_ended())
    }
}

/// Everything is met by it.
fn message() -> String {
    let fields: Vec<_> = (0..2_000).map(|n| format!(r#""f{n}": 7"#)).collect();
    let fields = fields.join(",");
    format!(
        r#"{{"currentParseObject": {{"className": "A", "objectId": "a", "room": "lobby", {fields}}}}}"#
    )
}

#[test]
fn what_does_not_fit_is_refused_and_what_fits_is_handed_over() {
    let clauses: [&dyn Fn(usize) -> String; 4] = [
        &|_| "{}".into(),
        &|_| r#"{"room": "lobby"}"#.into(),
        &|_| r#"{"f1": {"$gt": 5}}"#.into(),
        &|n| format!(r#"{{"f{n}": {{"$gt": 5}}}}"#),
    ];
    for clause in clauses {
        let mut crowd = Crowd::new();
        let mut refused = None;
        // So many as could not be handed a change if each had some for nothing.
        for _ in 0..2 * MOST / EACH {
            let client = crowd.come();
            for _ in 0..EACH {
                let subscribed = crowd.subscribe(&client, &clause(crowd.subscriptions.len()));
                refused = refused.or(subscribed.err());
            }
            crowd.leave();
        }
        // Who asks for as much as anybody has is refused.
        let last = crowd.come();
        for n in 0..MOST {
            let subscribed = crowd.subscribe(&last, &clause(crowd.subscriptions.len() + n));
            refused = refused.or(subscribed.err());
        }
        crowd.leave();
        let (taken, name) = (crowd.subscriptions.len(), clause(0));
        assert!((MOST / 2..=MOST + EACH).contains(&taken), "{name}: {taken}");
        let refused = refused.expect("there are too many").to_string();
        assert!(refused.contains(&STEPS.to_string()), "{refused}");
        let before = crowd.clients.iter().filter(|one| one.account.is_ended());
        let before = before.count();
        assert!(crowd.change(&message()) >= taken - EACH, "{name}");
        let after = crowd.clients.iter().filter(|one| one.account.is_ended());
        assert!(after.count() - before <= 1, "{name}");
    }
}

#[test]
fn who_asks_for_one_takes_it_from_who_has_many() {
    let mut crowd = Crowd::new();
    for _ in 0..MOST / EACH {
        let client = crowd.come();
        for _ in 0..EACH {
            let _ = crowd.subscribe(&client, "{}");
        }
    }
    assert!(!crowd.has_anybody_ended());
    for _ in 0..MOST / EACH {
        let client = crowd.come();
        crowd.subscribe(&client, "{}").expect("others have more");
        crowd.leave();
        assert!(!client.account.is_ended());
    }
    let few = crowd.clients.split_off(MOST / EACH);
    assert_eq!(crowd.change(&message()), crowd.subscriptions.len());
    assert!(few.iter().all(|client| !client.account.is_ended()));
}

#[test]
fn what_nobody_could_foresee_ends_who_has_most_of_it() {
    let mut crowd = Crowd::new();
    // One of each room, in all of which an object can be.
    for _ in 0..2 * MOST / EACH {
        let client = crowd.come();
        for n in 0..EACH {
            let clause = format!(r#"{{"rooms": "r{n}"}}"#);
            crowd.subscribe(&client, &clause).expect("it is rare");
        }
    }
    let modest = crowd.come();
    crowd
        .subscribe(&modest, r#"{"rooms": "r0"}"#)
        .expect("it is rare");
    let rooms: Vec<_> = (0..EACH).map(|n| format!("\"r{n}\"")).collect();
    let message = format!(
        r#"{{"currentParseObject": {{"className": "A", "objectId": "a", "rooms": [{}]}}}}"#,
        rooms.join(",")
    );
    assert!(crowd.change(&message) <= MOST);
    assert!(crowd.has_anybody_ended() && !modest.account.is_ended());
}
