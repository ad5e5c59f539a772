//! A subscription.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use super::Client;
use super::held::Place;
use crate::accounting::{Allowance, Charge, Exhausted, Term};
use crate::protocol::{RequestId, Subscribe};
use crate::publication::Names;
use crate::rights::Scope;

/// What a client asked to be told of.
pub(crate) struct Subscription {
    pub(crate) client: Arc<Client>,
    /// The client's number for it.
    pub(crate) id: RequestId,
    pub(crate) class_name: Box<str>,
    pub(crate) keys: Option<Names>,
    pub(crate) watch: Option<Names>,
    pub(crate) session_token: Option<String>,
    /// What it asks for, if that may have to be read again; otherwise it is empty.
    pub(crate) clause: Box<str>,
    pub(crate) scope: Scope,
    /// Set when the client has given it up, or something else in its place.
    has_ended: AtomicBool,
    /// Set when it is added to its class, and anew when its query is filed again.
    place: Mutex<Option<Place>>,
    /// Equal for subscriptions of a client who may see the same of a change. Nobody can foresee it.
    pub(super) sight: u64,
    /// For all of it but its query.
    charge: Charge,
}

impl Subscription {
    /// A subscription, if there is room for it.
    pub(crate) fn new(
        client: Arc<Client>,
        request: Subscribe,
        scope: Scope,
    ) -> Result<Self, Exhausted> {
        static SECRET: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let size =
            size_of::<Self>() + request.size() + request.clause.len() + scope.size() + AROUND;
        let charge = client.account.charge(Term::Subscriptions, size)?;
        Ok(Self {
            sight: SECRET.hash_one((client.number, &request.session_token, &scope)),
            client,
            id: request.id,
            class_name: request.class_name.into(),
            scope,
            keys: request.keys.as_deref().map(Names::new),
            watch: request.watch.as_deref().map(Names::new),
            session_token: request.session_token,
            clause: request.clause.into(),
            has_ended: AtomicBool::new(false),
            place: Mutex::new(None),
            charge,
        })
    }

    /// How many bytes its client pays for it.
    pub(crate) fn bytes(&self) -> usize {
        self.charge.bytes() + self.of_place(Place::bytes).unwrap_or(0)
    }

    /// How many bytes its query takes, whoever pays for them.
    pub(crate) fn query_bytes(&self) -> usize {
        self.of_place(|place| place.held.bytes()).unwrap_or(0)
    }

    /// How many steps its client is charged for.
    pub(crate) fn steps(&self) -> usize {
        self.of_place(Place::steps).unwrap_or(0)
    }

    /// Lets its client hold so much more for a while: what it takes will be free at once, as something else takes its place.
    pub(crate) fn allowance(&self) -> [Allowance; 2] {
        let Client { account, steps, .. } = &*self.client;
        [account.allow(self.bytes()), steps.allow(self.steps())]
    }

    /// What is said of its place, if it has one.
    pub(super) fn of_place<T>(&self, say: impl FnOnce(&Place) -> T) -> Option<T> {
        self.place.lock().as_ref().map(say)
    }

    /// Gives it a place; the one that it had.
    pub(super) fn put(&self, place: Place) -> Option<Place> {
        self.place.lock().replace(place)
    }

    /// How many names its lists of fields have.
    pub(super) fn names(&self) -> usize {
        let lists = [&self.keys, &self.watch];
        lists.into_iter().flatten().map(Names::len).sum()
    }

    /// Notes that nothing of it is to be sent any more.
    pub(crate) fn end(&self) {
        self.has_ended.store(true, Ordering::Relaxed);
    }

    /// Whether nothing of it is to be sent any more.
    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Relaxed)
    }

    /// Whether anything is to be done for it: not if it has been given up, or its client has been told to go.
    pub(crate) fn is_due(&self) -> bool {
        !self.has_ended() && !self.client.account.is_ended()
    }
}

/// What is kept of a subscription in tables, here and in its connection.
const AROUND: usize = 128;
