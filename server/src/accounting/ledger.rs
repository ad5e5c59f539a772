//! What all hold together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use metrics::{Counter, Gauge, counter, gauge};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tracing::warn;

use super::account::Ending;
use super::ranks::Ranks;
use super::term::{Side, Unit};
use super::{Account, Charge, Exhausted, Seldom, Term, Whose};

/// One part in this many of the memory is for what comes from Parse Server, and cannot be used up by clients.
const FEED_PART: usize = 4;

/// The part of that which may wait to be read, and the part that answers about sessions, roles and classes may take. The rest is for
/// changes.
const INBOX_PART: usize = 2;
const ANSWERS_PART: usize = 8;

/// The part of that which may wait for answers of Parse Server.
const PARKED_PART: usize = 2;

/// By what part of its limit memory may be exceeded while those leave who have been told to.
const OVERLAP: usize = 4;

/// The accounts of the whole server.
pub(crate) struct Ledger {
    unit: Unit,
    clients: Pool,
    feed: Pool,
    inbox: Pool,
    answers: Pool,
    /// What one client may hold.
    client_limit: usize,
    entries: [Entry; Term::ALL.len()],
    ranks: Mutex<Ranks>,
    next_id: AtomicU64,
    /// Whose turn it is to wait for room for the feed.
    turn: tokio::sync::Mutex<()>,
    /// Told when the feed gives something back.
    room: Notify,
}

/// Memory with a limit.
struct Pool {
    held: AtomicUsize,
    limit: usize,
}

/// What is known of a term.
struct Entry {
    held: AtomicUsize,
    bytes: Gauge,
    refused: Counter,
    log: Seldom,
}

impl Ledger {
    /// Accounts for `memory` bytes in all, of which one client may hold `client_limit`.
    #[cfg(test)]
    pub(crate) fn new(memory: usize, client_limit: usize) -> Arc<Self> {
        Self::with_inbox(memory, client_limit, usize::MAX)
    }

    /// The same, of which so much at most may wait to be read.
    pub(crate) fn with_inbox(memory: usize, client_limit: usize, inbox: usize) -> Arc<Self> {
        let feed = memory / FEED_PART;
        let (inbox, answers) = (inbox.min(feed / INBOX_PART), feed / ANSWERS_PART);
        let pools = [memory - feed, feed - inbox - answers, inbox, answers];
        Self::of(Unit::Bytes, pools, client_limit)
    }

    /// Accounts for the places of so many clients.
    pub(crate) fn of_places(clients: usize) -> Arc<Self> {
        Self::of(Unit::Places, [clients, 0, 0, 0], clients)
    }

    /// Accounts for so many steps in all, of which one client may take so many.
    pub(super) fn of_steps(steps: usize, client_limit: usize) -> Arc<Self> {
        Self::of(Unit::Steps, [steps, 0, 0, 0], client_limit)
    }

    fn of(unit: Unit, pools: [usize; 4], client_limit: usize) -> Arc<Self> {
        let client_limit = client_limit.min(pools[0]);
        let [clients, feed, inbox, answers] = pools.map(Pool::new);
        Arc::new(Self {
            unit,
            clients,
            feed,
            inbox,
            answers,
            client_limit,
            entries: Term::ALL.map(Entry::new),
            ranks: Mutex::default(),
            next_id: AtomicU64::new(0),
            turn: tokio::sync::Mutex::default(),
            room: Notify::new(),
        })
    }

    /// An account for a client that comes.
    pub(crate) fn open(self: &Arc<Self>) -> Arc<Account> {
        self.open_for(Arc::default())
    }

    /// Another account for the client that has one elsewhere.
    pub(super) fn open_beside(self: &Arc<Self>, other: &Account) -> Arc<Account> {
        self.open_for(Arc::clone(other.ending()))
    }

    fn open_for(self: &Arc<Self>, ending: Arc<Ending>) -> Arc<Account> {
        self.open_account((Whose::Client, self.client_limit), ending)
    }

    /// An account for all that somebody holds who may have several clients: accounts of those [belong](Account::belong) to it.
    pub(super) fn open_whole(self: &Arc<Self>, whose: Whose, limit: usize) -> Arc<Account> {
        self.open_account((whose, limit.min(self.clients.limit)), Arc::default())
    }

    fn open_account(self: &Arc<Self>, limit: (Whose, usize), ending: Arc<Ending>) -> Arc<Account> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        Arc::new(Account::new(Arc::clone(self), id, limit, ending))
    }

    /// Charges the server, if there is room.
    pub(crate) fn charge(self: &Arc<Self>, term: Term, bytes: usize) -> Result<Charge, Exhausted> {
        let mut charge = Charge::of_server(self, term);
        charge.grow(bytes).map(|()| charge)
    }

    /// Charges the server whether or not there is room: if it is scarce now, whoever holds most has to go.
    pub(crate) fn charge_anyway(self: &Arc<Self>, term: Term, bytes: usize) -> Charge {
        self.entry(term).held.fetch_add(bytes, Ordering::Relaxed);
        self.add(term, bytes);
        Charge::paid(self, term, bytes)
    }

    /// How many bytes answers of Parse Server may take that are remembered.
    pub(crate) fn most_answers(&self) -> usize {
        self.answers.limit
    }

    /// How many bytes of messages may wait to be read.
    pub(crate) fn most_messages(&self) -> usize {
        self.inbox.limit
    }

    /// Whether so much waits for answers of Parse Server that there is too little room for what does not.
    pub(crate) fn parks_too_much(&self) -> bool {
        self.entry(Term::Parked).held.load(Ordering::Relaxed) > self.most_parked()
    }

    /// How much may wait for answers of Parse Server.
    pub(crate) fn most_parked(&self) -> usize {
        self.feed.limit / PARKED_PART
    }

    /// Charges the server once there is room, and who asks first gets it first.
    ///
    /// What is larger than all there is counts as all there is, and so waits until nothing else is held.
    pub(crate) async fn charge_in_turn(self: &Arc<Self>, term: Term, bytes: usize) -> Charge {
        let _turn = self.turn.lock().await;
        loop {
            let room = self.room.notified();
            if let Ok(charge) = self.charge(term, bytes.min(self.pool(term).limit)) {
                return charge;
            }
            room.await;
        }
    }

    /// Takes bytes: for a client, given what it would then hold, or for the server itself.
    pub(super) fn take(
        &self,
        term: Term,
        bytes: usize,
        asker: Option<(u64, usize)>,
    ) -> Result<(), Exhausted> {
        let pool = self.pool(term);
        let held = pool.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if held > pool.limit && !self.make_room(term, asker) {
            pool.held.fetch_sub(bytes, Ordering::Relaxed);
            let (whose, limit) = (Whose::Server, pool.limit);
            return Err(self.refuse(Exhausted { term, whose, limit }));
        }
        self.entry(term).held.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    pub(super) fn give_back(&self, term: Term, bytes: usize) {
        self.entry(term).held.fetch_sub(bytes, Ordering::Relaxed);
        self.pool(term).held.fetch_sub(bytes, Ordering::Relaxed);
        if term.side() == Side::Feed {
            self.room.notify_waiters();
        }
    }

    pub(super) fn rename(&self, old: Term, new: Term, bytes: usize) {
        self.entry(new).held.fetch_add(bytes, Ordering::Relaxed);
        self.pool(new).held.fetch_add(bytes, Ordering::Relaxed);
        self.give_back(old, bytes);
        self.add(new, 0);
    }

    /// Adds bytes to what is held, and sees to it that there is room for them.
    fn add(&self, term: Term, bytes: usize) {
        let pool = self.pool(term);
        let held = pool.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if held > pool.limit {
            self.make_room(term, None);
        }
    }

    pub(super) fn place(&self, account: &Arc<Account>) {
        self.ranks.lock().place(account);
    }

    /// Ends those who hold most, until what is taken finds room without them; whether it does.
    ///
    /// Nobody has to go for one who would then hold as much, and nobody for the feed, which waits.
    fn make_room(&self, term: Term, asker: Option<(u64, usize)>) -> bool {
        if term.side() != Side::Clients {
            return false;
        }
        let (limit, mut ranks) = (self.clients.limit, self.ranks.lock());
        loop {
            let held = self.clients.held.load(Ordering::Relaxed);
            if held.saturating_sub(ranks.leaving()) <= limit {
                return held <= limit + limit / OVERLAP;
            }
            let (id, would_hold) = asker.unwrap_or((u64::MAX, 0));
            let richest = ranks.richest().cloned();
            let Some(richest) =
                richest.filter(|other| other.id() != id && other.held() > would_hold)
            else {
                return false;
            };
            self.end(&richest, term);
            ranks.leave(richest);
        }
    }

    fn end(&self, account: &Account, term: Term) {
        let (whose, limit) = (Whose::Taken, self.clients.limit);
        account.end(self.refuse(Exhausted { term, whose, limit }));
    }

    /// Counts and logs that something is used up.
    pub(super) fn refuse(&self, why: Exhausted) -> Exhausted {
        let entry = self.entry(why.term);
        entry.refused.increment(1);
        // A change that does not find room waits for it.
        if why.term.side() != Side::Feed
            && let Some(more) = entry.log.due()
        {
            let what = match why.term.unit() {
                Unit::Bytes => "memory is used up",
                Unit::Steps => "clauses are too dear",
                Unit::Places => "there is no place for another client",
            };
            warn!(term = why.term.name(), whose = ?why.whose, limit = why.limit, more, "{what}");
        }
        why
    }

    /// Sets the gauges.
    pub(crate) fn tell(&self) {
        let terms = Term::ALL
            .into_iter()
            .filter(|term| term.unit() == self.unit);
        for entry in terms.map(|term| self.entry(term)) {
            #[expect(clippy::cast_precision_loss, reason = "metrics are doubles")]
            entry.bytes.set(entry.held.load(Ordering::Relaxed) as f64);
        }
    }

    /// What is held for something.
    #[cfg(test)]
    pub(crate) fn held(&self, term: Term) -> usize {
        self.entry(term).held.load(Ordering::Relaxed)
    }

    /// What clients hold together, and what the feed holds.
    #[cfg(test)]
    pub(super) fn totals(&self) -> (usize, usize) {
        let held = |pool: &Pool| pool.held.load(Ordering::Relaxed);
        (held(&self.clients), held(&self.feed))
    }

    #[cfg(test)]
    pub(super) fn ranked(&self) -> Vec<u64> {
        self.ranks.lock().ids()
    }

    fn pool(&self, term: Term) -> &Pool {
        match term.side() {
            Side::Clients => &self.clients,
            Side::Feed => &self.feed,
            Side::Inbox => &self.inbox,
            Side::Answers => &self.answers,
        }
    }

    fn entry(&self, term: Term) -> &Entry {
        &self.entries[term as usize]
    }
}

impl Pool {
    fn new(limit: usize) -> Self {
        let held = AtomicUsize::new(0);
        Self { held, limit }
    }
}

impl Entry {
    fn new(term: Term) -> Self {
        Self {
            held: AtomicUsize::new(0),
            bytes: match term.unit() {
                Unit::Bytes => gauge!("livematch_memory_bytes", "term" => term.name()),
                Unit::Steps => gauge!("livematch_steps"),
                Unit::Places => gauge!("livematch_places"),
            },
            refused: counter!("livematch_refused_total", "term" => term.name()),
            log: Seldom::default(),
        }
    }
}
