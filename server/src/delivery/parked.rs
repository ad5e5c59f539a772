//! Cases that wait for an answer of Parse Server.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::{AbortHandle, abortable};
use futures_util::stream::FuturesUnordered;
use livematch::Outcome;
use metrics::Gauge;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio_util::sync::ReusableBoxFuture;

use crate::access::Sight;
use crate::accounting::{Charge, Ledger, Term};
use crate::publication::Publication;
use crate::registry::Subscription;

/// What decides what somebody hears of a change.
pub(super) type Question = ReusableBoxFuture<'static, Heard>;

/// What somebody hears of a change.
#[derive(Debug)]
pub(super) enum Heard {
    Nothing,
    /// An event.
    Event(Sight),
    /// That they would miss one, if there was one: they have to go.
    Missed,
}

/// Whose cases are decided in order: the number of a client, and the id of an object.
type Key = (usize, Box<str>);

/// What is kept for a question beside its change.
const QUESTION_BYTES: usize = 2 << 10;

/// What is kept for a case that waits.
const CASE_BYTES: usize = 2 * size_of::<Waiting>();

/// One part in this many of what may wait for answers may be what one client waits for.
const CLIENT_PART: usize = 4;

/// One whom a change may concern.
pub(super) struct Hit {
    pub(super) subscription: Arc<Subscription>,
    /// What it is for their query; none if that was not found out, as it would have taken more than their share.
    pub(super) outcome: Option<Outcome>,
    /// Whether the change concerns so many others that this one takes turns with what other changes mean to others.
    pub(super) is_beyond: bool,
}

/// A change, and one whom it may concern.
pub(super) struct Case {
    pub(super) publication: Arc<Publication>,
    pub(super) subscription: Arc<Subscription>,
    pub(super) outcome: Option<Outcome>,
    pub(super) is_beyond: bool,
}

impl Case {
    pub(super) fn new(publication: &Arc<Publication>, hit: Hit) -> Self {
        Self {
            publication: Arc::clone(publication),
            subscription: hit.subscription,
            outcome: hit.outcome,
            is_beyond: hit.is_beyond,
        }
    }

    /// The number of its client.
    pub(super) fn client(&self) -> usize {
        self.subscription.client.number
    }

    fn key(&self) -> Key {
        let object = self.publication.object_id().unwrap_or_default();
        (self.client(), object.into())
    }
}

/// How much may wait for answers of Parse Server, for all workers.
pub(super) struct Lot {
    ledger: Arc<Ledger>,
    workers: usize,
    /// Told when too much waits.
    crowded: Notify,
}

impl Lot {
    pub(super) fn new(ledger: &Arc<Ledger>, workers: usize) -> Arc<Self> {
        Arc::new(Self {
            ledger: Arc::clone(ledger),
            workers,
            crowded: Notify::new(),
        })
    }

    /// Waits until too much waits.
    pub(super) fn crowded(&self) -> Notified<'_> {
        self.crowded.notified()
    }

    /// How much what one client waits for may be, and what one worker's clients wait for if too much waits in all.
    fn parts(&self) -> (usize, usize) {
        let all = self.ledger.most_parked();
        (all / CLIENT_PART, all / self.workers)
    }
}

/// Cases that wait for an answer of Parse Server, and those that wait for them in turn.
///
/// What they keep is charged to the feed, as nobody is told what is withheld from them: not even by what room they have. But
/// it is noted who makes it wait. What one client makes wait has a limit; and if too much waits in all, the oldest of those
/// are withheld who make most wait.
pub(super) struct Parked {
    chains: HashMap<Key, Chain>,
    /// The questions that have been asked, each with the chain whose first case it decides.
    asked: FuturesUnordered<Asked>,
    clients: HashMap<usize, Waits>,
    /// The clients by what they make wait, in bytes.
    ranks: BTreeSet<(usize, usize)>,
    /// What all of them make wait. A change counts for each of them.
    bytes: usize,
    next_age: u64,
    lot: Arc<Lot>,
    gauge: Gauge,
}

/// What a client makes wait.
#[derive(Default)]
struct Waits {
    /// The objects of its chains, by when their first case was asked for.
    ages: BTreeMap<u64, Box<str>>,
    cases: usize,
    bytes: usize,
}

/// An answer: for which chain, of which age, and what it is.
pub(super) struct Decided {
    key: Key,
    age: u64,
    pub(super) heard: Heard,
}

/// A question that has been asked.
type Asked = Pin<Box<dyn Future<Output = Decided> + Send>>;

/// Cases of one object for one client. The first waits for an answer, the others for the first.
struct Chain {
    cases: VecDeque<Waiting>,
    /// When the first was asked for.
    age: u64,
    question: AbortHandle,
    /// What the client makes wait by it.
    bytes: usize,
    _charge: Charge,
}

/// A case that waits.
struct Waiting {
    case: Case,
    _counted: Counted,
    _charge: Charge,
}

/// Counts as long as it lives.
struct Counted(Gauge);

impl Counted {
    fn by(gauge: &Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

impl Parked {
    pub(super) fn new(lot: &Arc<Lot>, gauge: Gauge) -> Self {
        Self {
            chains: HashMap::new(),
            asked: FuturesUnordered::new(),
            clients: HashMap::new(),
            ranks: BTreeSet::new(),
            bytes: 0,
            next_age: 0,
            lot: Arc::clone(lot),
            gauge,
        }
    }

    pub(super) fn lot(&self) -> &Arc<Lot> {
        &self.lot
    }

    /// The next decision, if it has not been given up.
    pub(super) async fn next(&mut self) -> Decided {
        match self.asked.next().await {
            Some(decided) => decided,
            None => pending().await,
        }
    }

    /// Puts a case behind those of the same object for the same client, if any wait; otherwise it comes back.
    pub(super) fn follow(&mut self, case: Case) -> Option<Case> {
        if self.chains.is_empty() {
            return Some(case);
        }
        let Some(chain) = self.chains.get_mut(&case.key()) else {
            return Some(case);
        };
        let last = chain.cases.back();
        let is_same =
            last.is_some_and(|last| Arc::ptr_eq(&last.case.publication, &case.publication));
        let change = if is_same { 0 } else { case.publication.bytes() };
        let (client, bytes) = (case.client(), CASE_BYTES + change);
        chain.bytes += bytes;
        let waiting = Waiting::new(case, &self.lot.ledger, &self.gauge);
        chain.cases.push_back(waiting);
        self.grow(client, bytes);
        None
    }

    /// Begins to wait for a decision.
    pub(super) fn park(&mut self, case: Case, mut question: Question) {
        let key = case.key();
        let (client, object) = key.clone();
        let bytes = QUESTION_BYTES + CASE_BYTES + case.publication.bytes();
        let age = self.next_age;
        self.next_age += 1;
        let (asking, handle) = abortable(poll_fn(move |cx| question.poll(cx)));
        let asked_for = key.clone();
        self.asked.push(Box::pin(async move {
            let heard = asking.await.unwrap_or(Heard::Nothing);
            let key = asked_for;
            Decided { key, age, heard }
        }));
        let ledger = &self.lot.ledger;
        let chain = Chain {
            cases: VecDeque::from([Waiting::new(case, ledger, &self.gauge)]),
            age,
            question: handle,
            bytes,
            _charge: ledger.charge_anyway(Term::Parked, QUESTION_BYTES),
        };
        self.chains.insert(key, chain);
        let waits = self.clients.entry(client).or_default();
        waits.ages.insert(age, object);
        self.grow(client, bytes);
    }

    /// Takes out the cases of a chain whose first one has been decided, unless it has been given up.
    pub(super) fn take(
        &mut self,
        decided: &Decided,
    ) -> Option<impl DoubleEndedIterator<Item = Case> + ExactSizeIterator + use<>> {
        let chain = self.chains.get(&decided.key);
        chain.filter(|chain| chain.age == decided.age)?;
        let chain = self.remove(&decided.key)?;
        Some(chain.cases.into_iter().map(|waiting| waiting.case))
    }

    /// Gives up what has waited longest of what those make wait who make most wait, while it is too much; how many cases that were.
    pub(super) fn give_up(&mut self) -> usize {
        let mut given_up = 0;
        while let Some(key) = self.too_much() {
            let Some(chain) = self.remove(&key) else {
                break;
            };
            chain.question.abort();
            given_up += chain.cases.len();
        }
        given_up
    }

    /// The chain that has to be given up, if one has to.
    fn too_much(&self) -> Option<Key> {
        let (bytes, client) = *self.ranks.last()?;
        let waits = self.clients.get(&client)?;
        let (of_client, of_worker) = self.lot.parts();
        // One change may be large, and is then to be waited for like others.
        let is_too_much = bytes > of_client && waits.cases > 1
            || self.bytes > of_worker && self.lot.ledger.parks_too_much();
        let (_, object) = waits.ages.first_key_value().filter(|_| is_too_much)?;
        Some((client, object.clone()))
    }

    /// Takes out a chain.
    fn remove(&mut self, key: &Key) -> Option<Chain> {
        let chain = self.chains.remove(key)?;
        let (client, _) = key;
        self.bytes -= chain.bytes;
        if let Some(waits) = self.clients.get_mut(client) {
            self.ranks.remove(&(waits.bytes, *client));
            waits.ages.remove(&chain.age);
            waits.bytes -= chain.bytes;
            waits.cases -= chain.cases.len();
            if waits.ages.is_empty() {
                self.clients.remove(client);
            } else {
                self.ranks.insert((waits.bytes, *client));
            }
        }
        Some(chain)
    }

    /// Notes that a client makes one more case wait.
    fn grow(&mut self, client: usize, bytes: usize) {
        let waits = self.clients.entry(client).or_default();
        self.ranks.remove(&(waits.bytes, client));
        waits.bytes += bytes;
        waits.cases += 1;
        self.ranks.insert((waits.bytes, client));
        self.bytes += bytes;
        if self.lot.ledger.parks_too_much() {
            self.lot.crowded.notify_waiters();
        }
    }
}

impl Waiting {
    fn new(case: Case, ledger: &Arc<Ledger>, gauge: &Gauge) -> Self {
        case.publication.park();
        Self {
            _counted: Counted::by(gauge),
            _charge: ledger.charge_anyway(Term::Parked, CASE_BYTES),
            case,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Stage;
    use super::*;

    /// The memory of all, of which a part may wait.
    const MEMORY: usize = 8 << 20;

    fn parked() -> (Arc<Ledger>, Parked) {
        let ledger = Ledger::new(MEMORY, MEMORY);
        let lot = Lot::new(&ledger, 1);
        (ledger, Parked::new(&lot, Gauge::noop()))
    }

    /// Has a case wait for an answer that never comes.
    fn wait(parked: &mut Parked, case: Case) -> usize {
        if let Some(case) = parked.follow(case) {
            parked.park(case, ReusableBoxFuture::new(pending()));
        }
        parked.give_up()
    }

    #[test]
    fn who_makes_most_wait_gives_up_and_others_do_not() {
        let (ledger, mut parked) = parked();
        let stage = Stage::new();
        for client in 1..9 {
            assert_eq!(wait(&mut parked, stage.case(client, 0)), 0);
        }
        let mut given_up = 0;
        for number in 0..40_000 {
            given_up += wait(&mut parked, stage.case(0, number % 7));
            assert!(
                parked.clients.get(&0).map_or(0, |waits| waits.bytes)
                    <= ledger.most_parked() / CLIENT_PART
            );
        }
        assert!(given_up > 30_000 && parked.clients[&0].cases == 40_000 - given_up);
        assert!(!ledger.parks_too_much());
        assert_eq!(parked.clients.len(), 9);
        // All is given back.
        drop(parked);
        assert!(
            ledger
                .charge(Term::Changes, 2 * ledger.most_parked())
                .is_ok()
        );
    }

    #[test]
    fn nothing_is_given_up_as_long_as_there_is_room() {
        let (_, mut parked) = parked();
        let stage = Stage::new();
        for number in 0..1_000 {
            assert_eq!(wait(&mut parked, stage.case(number % 9, 0)), 0);
        }
        // Together they may not make more wait than there is room for.
        let mut given_up = 0;
        for number in 0..9_000 {
            given_up += wait(&mut parked, stage.case(number % 9, 0));
        }
        let waits = parked.clients.values().map(|waits| waits.cases);
        assert_eq!(waits.sum::<usize>() + given_up, 10_000);
    }

    #[test]
    fn one_large_change_is_waited_for() {
        let (ledger, mut parked) = parked();
        let stage = Stage::of_bytes(ledger.most_parked() / CLIENT_PART * 2);
        assert_eq!(wait(&mut parked, stage.case(0, 0)), 0);
        assert_eq!(wait(&mut parked, stage.case(0, 1)), 1, "the first");
    }
}
