//! Cases that wait for an answer of Parse Server.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::{AbortHandle, abortable};
use futures_util::stream::FuturesUnordered;
use livematch::Outcome;
use metrics::Gauge;
use tokio_util::sync::ReusableBoxFuture;

use crate::access::Sight;
use crate::accounting::{Charge, Ledger, Term};
use crate::publication::Publication;
use crate::registry::Subscription;

/// What decides what somebody sees of a change.
pub(super) type Question = ReusableBoxFuture<'static, Option<Sight>>;

/// Whose cases are decided in order: the number of a client, and the id of an object.
pub(super) type Key = (usize, Box<str>);

/// What is kept for a case beside its change.
const CASE_BYTES: usize = 2 << 10;

/// One whom a change may concern.
pub(super) struct Hit {
    pub(super) subscription: Arc<Subscription>,
    pub(super) outcome: Outcome,
}

/// A change, and one whom it may concern.
pub(super) struct Case {
    pub(super) publication: Arc<Publication>,
    pub(super) subscription: Arc<Subscription>,
    pub(super) outcome: Outcome,
}

impl Case {
    pub(super) fn new(publication: &Arc<Publication>, hit: Hit) -> Self {
        Self {
            publication: Arc::clone(publication),
            subscription: hit.subscription,
            outcome: hit.outcome,
        }
    }

    fn key(&self) -> Key {
        let object = self.publication.object_id().unwrap_or_default();
        (self.subscription.client.number, object.into())
    }
}

/// Cases that wait for an answer of Parse Server, and those that wait for them in turn.
///
/// What they keep is charged to the server: no client can help it if Parse Server is slow. If it becomes too much, the
/// oldest are withheld.
pub(super) struct Parked {
    chains: HashMap<Key, Chain>,
    /// The questions that have been asked, each with the chain whose first case it decides.
    asked: FuturesUnordered<Asked>,
    /// The chains by when their first case was asked for.
    ages: BTreeMap<u64, Key>,
    next_age: u64,
    ledger: Arc<Ledger>,
    gauge: Gauge,
}

/// A question that has been asked: for which chain, of which age, and what the answer is.
type Asked = Pin<Box<dyn Future<Output = (Key, u64, Option<Sight>)> + Send>>;

/// Cases of one object for one client. The first waits for an answer, the others for the first.
struct Chain {
    cases: VecDeque<Waiting>,
    /// When the first was asked for.
    age: u64,
    question: AbortHandle,
}

/// A case that waits.
pub(super) struct Waiting {
    pub(super) case: Case,
    gauge: Gauge,
    _charge: Charge,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.gauge.decrement(1.0);
    }
}

impl Parked {
    pub(super) fn new(ledger: &Arc<Ledger>, gauge: Gauge) -> Self {
        Self {
            chains: HashMap::new(),
            asked: FuturesUnordered::new(),
            ages: BTreeMap::new(),
            next_age: 0,
            ledger: Arc::clone(ledger),
            gauge,
        }
    }

    /// The next decision, and for which chain it is, if it has not been given up.
    pub(super) async fn next(&mut self) -> (Key, u64, Option<Sight>) {
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
        chain
            .cases
            .push_back(Waiting::new(case, &self.ledger, &self.gauge));
        None
    }

    /// Begins to wait for a decision.
    pub(super) fn park(&mut self, case: Case, question: Question) {
        let key = case.key();
        self.ask_for(
            key,
            VecDeque::from([Waiting::new(case, &self.ledger, &self.gauge)]),
            question,
        );
    }

    /// Waits for the decision of the case that is first now.
    fn ask_for(&mut self, key: Key, cases: VecDeque<Waiting>, mut question: Question) {
        let age = self.next_age;
        self.next_age += 1;
        let asking = poll_fn(move |cx| question.poll(cx));
        let (asking, handle) = abortable(asking);
        let asked_for = key.clone();
        self.asked.push(Box::pin(async move {
            let sight = asking.await.ok().flatten();
            (asked_for, age, sight)
        }));
        self.ages.insert(age, key.clone());
        let question = handle;
        self.chains.insert(
            key,
            Chain {
                cases,
                age,
                question,
            },
        );
    }

    /// Takes out a chain whose first case has been decided, unless it has been given up.
    pub(super) fn take(&mut self, key: &Key, age: u64) -> Option<VecDeque<Waiting>> {
        self.chains.get(key).filter(|chain| chain.age == age)?;
        self.ages.remove(&age);
        self.chains.remove(key).map(|chain| chain.cases)
    }

    /// Puts back what is left of a chain, whose first case has a question of its own.
    pub(super) fn put_back(&mut self, key: Key, cases: VecDeque<Waiting>, question: Question) {
        self.ask_for(key, cases, question);
    }

    /// Gives up what has waited longest, while too much is kept; how many cases that were.
    pub(super) fn give_up(&mut self) -> usize {
        let mut given_up = 0;
        while self.ledger.parks_too_much()
            && let Some((_, key)) = self.ages.pop_first()
        {
            let Some(chain) = self.chains.remove(&key) else {
                continue;
            };
            chain.question.abort();
            given_up += chain.cases.len();
        }
        given_up
    }
}

impl Waiting {
    fn new(case: Case, ledger: &Arc<Ledger>, gauge: &Gauge) -> Self {
        case.publication.park();
        gauge.increment(1.0);
        let charge = ledger.charge_anyway(Term::Parked, CASE_BYTES);
        Self {
            case,
            gauge: gauge.clone(),
            _charge: charge,
        }
    }
}
