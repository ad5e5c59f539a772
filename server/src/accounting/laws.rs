//! Whatever comes and goes, the sums are those of what is held.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use proptest::prelude::*;

use super::ranks::rank;
use super::term::Side;
use super::{
    Account, Charge, Exhausted, Ledger, Member, Owner, OwnerLimits, Owners, Share, StepLimits,
    Steps, Term, Whose,
};

const MEMORY: usize = 4 << 20;
const CLIENT: usize = 1 << 20;

/// What the clients of one user may hold together.
const OWNER: usize = 3 << 19;

/// What changes may take: a quarter, less what answers and messages may.
const FEED: usize = MEMORY / 4 - MEMORY / 8 - MEMORY / 32;

/// What happens to a few clients and what they hold; numbers are taken modulo what there is.
#[derive(Clone, Copy, Debug)]
enum Step {
    Charge(usize, usize, usize),
    Share(usize, usize),
    Grow(usize, usize),
    Shrink(usize, usize),
    Set(usize, usize),
    Rename(usize, usize),
    Drop(usize),
    DropShare(usize),
    Leave(usize),
    Belong(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let bytes = prop_oneof![1..2_000_usize, 1..100_000_usize, 1..2_000_000_usize];
    let number = 0..1_000_usize;
    prop_oneof![
        8 => (number.clone(), number.clone(), bytes.clone()).prop_map(|(a, t, n)| Step::Charge(a, t, n)),
        3 => (number.clone(), bytes.clone()).prop_map(|(a, n)| Step::Share(a, n)),
        3 => (number.clone(), bytes.clone()).prop_map(|(c, n)| Step::Grow(c, n)),
        2 => (number.clone(), bytes.clone()).prop_map(|(c, n)| Step::Shrink(c, n)),
        2 => (number.clone(), bytes).prop_map(|(c, n)| Step::Set(c, n)),
        1 => (number.clone(), number.clone()).prop_map(|(c, t)| Step::Rename(c, t)),
        2 => number.clone().prop_map(Step::Drop),
        1 => number.clone().prop_map(Step::DropShare),
        1 => number.clone().prop_map(Step::Leave),
        2 => (number.clone(), number).prop_map(|(a, o)| Step::Belong(a, o)),
    ]
}

/// A charge, or a share, and to whom of the clients it belongs; none is the server.
struct Held<T> {
    who: Option<u64>,
    term: Term,
    what: T,
    bytes: usize,
}

struct World {
    ledger: Arc<Ledger>,
    clients: Vec<Arc<Account>>,
    /// Users, and which of the clients, by id, are theirs.
    owners: Vec<Arc<Account>>,
    belongs: HashMap<u64, usize>,
    charges: Vec<Held<Charge>>,
    shares: Vec<Held<Share>>,
}

fn at<T>(list: &mut [T], number: usize) -> Option<&mut T> {
    let length = list.len();
    list.get_mut(number.checked_rem(length)?)
}

impl World {
    fn new() -> Self {
        let ledger = Ledger::new(MEMORY, CLIENT);
        Self {
            clients: (0..8).map(|_| ledger.open()).collect(),
            owners: (0..3)
                .map(|_| ledger.open_whole(Whose::User, OWNER))
                .collect(),
            belongs: HashMap::new(),
            ledger,
            charges: Vec::new(),
            shares: Vec::new(),
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Charge(who, term, bytes) => {
                self.charge(who, Term::ALL[term % Term::ALL.len()], bytes);
            }
            Step::Share(who, bytes) => self.share(who, bytes),
            Step::Grow(charge, bytes) => self.grow(charge, bytes),
            Step::Shrink(charge, bytes) => {
                if let Some(held) = at(&mut self.charges, charge) {
                    held.what.shrink_to(bytes);
                    held.bytes = held.bytes.min(bytes);
                }
            }
            Step::Set(share, bytes) => {
                if let Some(held) = at(&mut self.shares, share) {
                    held.what.set(bytes);
                    held.bytes = bytes;
                }
            }
            Step::Rename(charge, term) => {
                if let Some(held) = at(&mut self.charges, charge) {
                    held.term = Term::ALL[term % Term::ALL.len()];
                    held.what.rename(held.term);
                }
            }
            Step::Drop(charge) => {
                if !self.charges.is_empty() {
                    self.charges.swap_remove(charge % self.charges.len());
                }
            }
            Step::DropShare(share) => {
                if !self.shares.is_empty() {
                    self.shares.swap_remove(share % self.shares.len());
                }
            }
            Step::Leave(who) => self.leave(who),
            Step::Belong(who, owner) => {
                let (client, owner) = (&self.clients[who % 8], owner % 3);
                client.belong(&self.owners[owner]);
                self.belongs.insert(client.id(), owner);
            }
        }
    }

    fn charge(&mut self, who: usize, term: Term, bytes: usize) {
        // One in nine is the server itself.
        let client = self.clients.get(who % 9).cloned();
        let before = client.as_ref().map_or(0, |client| client.held());
        let owner = client.as_ref().and_then(|client| self.owner(client));
        let of_owner = owner.map_or(0, |owner| owner.held());
        let running: Vec<_> = self
            .clients
            .iter()
            .filter(|other| !other.is_ended())
            .cloned()
            .collect();
        let charged = match &client {
            Some(client) => client.charge(term, bytes),
            None => self.ledger.charge(term, bytes),
        };
        // Nobody has to go for one who would then hold as much.
        for other in running.iter().filter(|other| other.is_ended()) {
            assert!(other.held() > before + if client.is_some() { bytes } else { 0 });
        }
        match charged {
            Ok(what) => self.charges.push(Held {
                who: client.map(|client| client.id()),
                term,
                what,
                bytes,
            }),
            Err(error) => check_refusal(&error, term, before + bytes, of_owner + bytes),
        }
    }

    fn owner(&self, client: &Account) -> Option<&Arc<Account>> {
        let owner = self.belongs.get(&client.id())?;
        Some(&self.owners[*owner])
    }

    fn share(&mut self, who: usize, bytes: usize) {
        let client = &self.clients[who % 8];
        let term = Term::Queries;
        match client.share(term, bytes) {
            Ok(what) => self.shares.push(Held {
                who: Some(client.id()),
                term,
                what,
                bytes,
            }),
            Err(error) => assert!(matches!(error.whose, Whose::Client | Whose::User)),
        }
    }

    fn grow(&mut self, charge: usize, bytes: usize) {
        if let Some(held) = at(&mut self.charges, charge)
            && held.what.grow(bytes).is_ok()
        {
            held.bytes += bytes;
        }
    }

    /// A client goes with all it holds, and another comes.
    fn leave(&mut self, who: usize) {
        let who = who % self.clients.len();
        let id = Some(self.clients[who].id());
        self.charges.retain(|held| held.who != id);
        self.shares.retain(|held| held.who != id);
        assert_eq!((self.clients[who].held(), self.clients[who].own()), (0, 0));
        self.clients[who] = self.ledger.open();
    }

    fn check(&self) {
        let mut terms = HashMap::<Term, usize>::new();
        for held in &self.charges {
            assert_eq!(held.what.bytes(), held.bytes);
            *terms.entry(held.term).or_default() += held.bytes;
        }
        for term in Term::ALL {
            assert_eq!(
                self.ledger.held(term),
                terms.get(&term).copied().unwrap_or_default(),
                "{term:?}"
            );
        }
        let side = |side| {
            Term::ALL
                .iter()
                .filter(|term| term.side() == side)
                .map(|term| self.ledger.held(*term))
                .sum::<usize>()
        };
        assert_eq!(
            self.ledger.totals(),
            (side(Side::Clients), side(Side::Feed))
        );
        let mut ranked = Vec::new();
        for client in &self.clients {
            let sum = |list: &mut dyn Iterator<Item = usize>| list.sum::<usize>();
            let id = Some(client.id());
            let own = sum(&mut self
                .charges
                .iter()
                .filter(|held| held.who == id)
                .map(|held| held.bytes));
            let shares = sum(&mut self
                .shares
                .iter()
                .filter(|held| held.who == id)
                .map(|held| held.bytes));
            assert_eq!((client.own(), client.held()), (own, own + shares));
            ranked.extend((rank(client.held()) > 0).then_some(client.id()));
        }
        for (number, owner) in self.owners.iter().enumerate() {
            let clients = self.clients.iter();
            let theirs = clients.filter(|client| self.belongs.get(&client.id()) == Some(&number));
            assert_eq!(owner.held(), theirs.map(|one| one.held()).sum::<usize>());
        }
        let mut written = self.ledger.ranked();
        written.sort_unstable();
        ranked.sort_unstable();
        assert_eq!(written, ranked);
    }
}

fn check_refusal(error: &Exhausted, term: Term, would_hold: usize, of_owner: usize) {
    assert_eq!(error.term, term);
    match error.whose {
        Whose::Client => assert!(would_hold > CLIENT),
        Whose::User | Whose::Address => assert!(of_owner > OWNER),
        Whose::Server => {}
        Whose::Taken => unreachable!("the one who asks does not have to go"),
        Whose::Subscription(_) | Whose::Change | Whose::Recently => unreachable!("no memory"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sums_are_those_of_what_is_held(steps in prop::collection::vec(step(), 1..120)) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
            world.check();
        }
        world.charges.clear();
        world.shares.clear();
        world.check();
        prop_assert_eq!(world.ledger.totals(), (0, 0));
        // Nobody who has gone is kept.
        prop_assert!(world.clients.iter().all(|client| Arc::strong_count(client) == 1 || client.is_ended()));
    }
}

#[test]
fn who_holds_most_has_to_go() {
    let ledger = Ledger::new(MEMORY, MEMORY);
    let [small, large, asker] = [ledger.open(), ledger.open(), ledger.open()];
    let room = MEMORY / 4 * 3;
    let kept = small
        .charge(Term::Queries, room / 3)
        .expect("there is room");
    let most = large
        .charge(Term::Queries, room / 3 * 2)
        .expect("there is room");
    let taken = asker.charge(Term::Frames, room / 5);
    assert!(taken.is_ok() && large.is_ended() && !small.is_ended());
    // What has been taken may be there twice for a moment, but only so much of it.
    let more = asker.charge(Term::Frames, room / 10);
    assert_eq!(more.err().map(|error| error.whose), Some(Whose::Server));
    drop(most);
    assert!(asker.charge(Term::Frames, room / 3).is_ok() && !small.is_ended());
    drop(kept);
}

#[test]
fn the_feed_ends_nobody_and_waits() {
    let ledger = Ledger::new(MEMORY, MEMORY);
    let client = ledger.open();
    let _held = client.charge(Term::Queries, MEMORY / 4 * 3);
    let first = ledger.charge(Term::Changes, FEED);
    assert!(first.is_ok() && ledger.charge(Term::Changes, 1).is_err() && !client.is_ended());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let waits = ledger.charge_in_turn(Term::Changes, MEMORY);
        let frees = async {
            tokio::task::yield_now().await;
            drop(first);
        };
        let (charge, ()) = tokio::join!(waits, frees);
        assert_eq!(charge.bytes(), FEED);
    });
    // Of what has been handed out, whoever holds most has to go.
    let mut change = ledger.charge(Term::Changes, 1_000).expect("there is room");
    change.rename(Term::Outbox);
    assert!(client.is_ended());
}

#[test]
fn one_user_holds_no_more_with_many_clients() {
    let ledger = Ledger::new(MEMORY, CLIENT);
    let steps = Arc::new(Steps::new(StepLimits::none()));
    let places = Ledger::of_places(1_000);
    let limits = OwnerLimits {
        memory: OWNER,
        steps: 1_000,
        clients_of_user: 4,
        clients_of_address: 6,
    };
    let owners = Owners::new(limits, &ledger, &steps, &places);
    let client = |address: Option<u8>| {
        let account = ledger.open();
        let of_steps = steps.open(&account);
        let estate = address.map(|last| owners.of(Owner::Address([10, 0, 0, last].into())));
        Member::new(&account, &of_steps, estate).map(|member| (account, of_steps, member))
    };
    let user = |name: &str| Owner::User(name.into());
    // Those of an address count there, until it is known whose they are; the place at the address stays taken.
    let of_address: Vec<_> = (0..6).map(|_| client(Some(1)).expect("a place")).collect();
    let refused = client(Some(1)).err().map(|why| (why.whose, why.limit));
    assert_eq!(refused, Some((Whose::Address, 6)));
    assert!(client(Some(2)).is_ok());
    let payers = |of: &[(Arc<Account>, Arc<Account>, Member)]| -> HashSet<usize> {
        of.iter().map(|(_, _, member)| member.payer()).collect()
    };
    assert_eq!(payers(&of_address).len(), 1);
    let _held = of_address[0].0.charge(Term::Queries, CLIENT);
    let refused = of_address[1].0.charge(Term::Queries, OWNER - CLIENT + 1);
    assert_eq!(refused.err().map(|why| why.whose), Some(Whose::Address));
    of_address[0]
        .2
        .join(&owners, Owner::Session("made up".into()));
    assert_eq!(payers(&of_address).len(), 1);
    of_address[0].2.join(&owners, user("a"));
    assert!(of_address[1].0.charge(Term::Queries, CLIENT).is_ok());
    assert_eq!(payers(&of_address).len(), 2);
    // A user has so many clients, whichever sessions they have, and so much for all of them.
    let of_user: Vec<_> = (0..4).map(|_| client(None).expect("a place")).collect();
    for (n, (_, _, member)) in of_user.iter().enumerate() {
        member.join(&owners, Owner::Session(format!("session {n}").into()));
        assert_ne!(member.payer(), of_address[0].2.payer());
    }
    assert_eq!(payers(&of_user).len(), 4);
    for (_, _, member) in &of_user {
        member.join(&owners, user("a"));
    }
    let has_ended: Vec<_> = of_user.iter().map(|(one, ..)| one.is_ended()).collect();
    assert_eq!(has_ended, [false, false, false, true]);
    assert_eq!(payers(&of_user[..3]).len(), 1);
    let refused = of_user[0].1.charge(Term::Steps, 1_001).err();
    let refused = refused.expect("it is too much").to_string();
    assert!(
        refused.contains("of a user to take at most 1000 steps"),
        "{refused}"
    );
    assert!(
        of_user[1]
            .0
            .charge(Term::Frames, OWNER - CLIENT + 1)
            .is_err()
    );
    // Whoever has gone leaves room, and nothing else.
    drop((of_address, of_user));
    assert_eq!(owners.count(), 0);
    assert_eq!(places.held(Term::Places), 0);
}

#[test]
fn a_client_has_a_limit_of_its_own() {
    let ledger = Ledger::new(MEMORY, CLIENT);
    let client = ledger.open();
    let mut share = client
        .share(Term::Queries, CLIENT - 10)
        .expect("there is room");
    assert!(client.charge(Term::Frames, 10).is_ok());
    let error = client.charge(Term::Frames, 11).err();
    let expected = Exhausted {
        term: Term::Frames,
        whose: Whose::Client,
        limit: CLIENT,
    };
    assert_eq!(error, Some(expected));
    assert_eq!(
        expected.to_string(),
        "Expected a client to need at most 1048576 bytes of memory"
    );
    // Others have gone, and it bears more.
    share.set(CLIENT + 10);
    assert_eq!(client.held(), CLIENT + 10);
    assert_eq!(ledger.held(Term::Frames), 0);
}
