//! What one client holds, or one user with several: in one account memory, in another one the steps that clauses may take.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;

use super::ranks::rank;
use super::{Charge, Exhausted, Ledger, Term, Whose};

/// What one client holds: memory of its own, and shares of what it holds together with others.
///
/// It may be part of another account, that of everything one user holds, for which all that it holds counts too.
pub(crate) struct Account {
    ledger: Arc<Ledger>,
    id: u64,
    /// Whose it is, and what they may hold.
    whose: Whose,
    limit: usize,
    /// What it is part of. What is held is changed while this is locked, so that it is the same here and there.
    within: Mutex<Option<Arc<Account>>>,
    /// What it holds, its shares of what others hold too among it.
    held: AtomicUsize,
    /// What it holds alone, which is free when it goes.
    own: AtomicUsize,
    /// Where it stands among the others, as far as that has been written down.
    rank: AtomicU32,
    /// By how much it may exceed its limit for a moment.
    allowance: AtomicUsize,
    /// That of the client, whichever of its accounts is the reason.
    ending: Arc<Ending>,
}

/// Whether a client has to go.
#[derive(Default)]
pub(super) struct Ending {
    /// Set when it has to.
    why: OnceLock<Exhausted>,
    /// Wakes the client's connection.
    waker: AtomicWaker,
}

impl Account {
    pub(super) fn new(
        ledger: Arc<Ledger>,
        id: u64,
        (whose, limit): (Whose, usize),
        ending: Arc<Ending>,
    ) -> Self {
        Self {
            ledger,
            id,
            whose,
            limit,
            within: Mutex::default(),
            held: AtomicUsize::new(0),
            own: AtomicUsize::new(0),
            rank: AtomicU32::new(0),
            allowance: AtomicUsize::new(0),
            ending,
        }
    }

    pub(super) fn ending(&self) -> &Arc<Ending> {
        &self.ending
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// A number by which clients are told apart.
    pub(crate) fn number(&self) -> usize {
        usize::try_from(self.id).unwrap_or_default()
    }

    pub(super) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// What it holds, with its shares.
    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// What will be free when it has gone.
    pub(super) fn own(&self) -> usize {
        self.own.load(Ordering::Relaxed)
    }

    /// A charge of nothing yet.
    pub(crate) fn begin(self: &Arc<Self>, term: Term) -> Charge {
        Charge::of_client(self, term)
    }

    /// Charges bytes, if there is room for them.
    pub(crate) fn charge(self: &Arc<Self>, term: Term, bytes: usize) -> Result<Charge, Exhausted> {
        let mut charge = self.begin(term);
        charge.grow(bytes).map(|()| charge)
    }

    /// Bears a share of what is charged to the server, if it is within the client's own limit.
    pub(crate) fn share(self: &Arc<Self>, term: Term, bytes: usize) -> Result<Share, Exhausted> {
        self.hold(term, bytes)?;
        self.place();
        let account = Arc::clone(self);
        Ok(Share { account, bytes })
    }

    /// Lets it exceed its limit by what it is about to give back, as long as this lives.
    pub(crate) fn allow(self: &Arc<Self>, bytes: usize) -> Allowance {
        self.allowance.store(bytes, Ordering::Relaxed);
        Allowance(Arc::clone(self))
    }

    /// Charges the server for what this client asks for and others may come to hold too. The client bears it by
    /// [shares](Self::share).
    pub(crate) fn charge_server(&self, term: Term, bytes: usize) -> Result<Charge, Exhausted> {
        let would_hold = self.held() + bytes;
        self.ledger.take(term, bytes, Some((self.id, would_hold)))?;
        Ok(Charge::paid(&self.ledger, term, bytes))
    }

    /// Takes bytes from the client's own limit and from the room of all.
    pub(super) fn take(self: &Arc<Self>, term: Term, bytes: usize) -> Result<(), Exhausted> {
        let held = self.hold(term, bytes)?;
        if let Err(exhausted) = self.ledger.take(term, bytes, Some((self.id, held))) {
            self.change(0, bytes);
            return Err(exhausted);
        }
        self.own.fetch_add(bytes, Ordering::Relaxed);
        self.place();
        Ok(())
    }

    pub(super) fn give_back(self: &Arc<Self>, term: Term, bytes: usize) {
        self.own.fetch_sub(bytes, Ordering::Relaxed);
        self.change(0, bytes);
        self.ledger.give_back(term, bytes);
        self.place();
    }

    /// Counts bytes against the client's limit, and that of what it is part of; what it holds then.
    fn hold(&self, term: Term, bytes: usize) -> Result<usize, Exhausted> {
        let within = self.within.lock();
        let allowance = self.allowance.load(Ordering::Relaxed);
        let parts = [Some(self), within.as_deref()];
        for (at, part) in parts.into_iter().flatten().enumerate() {
            let held = part.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
            if held > part.limit + allowance {
                let counted = parts.into_iter().flatten().take(at + 1);
                counted.for_each(|part| part.subtract(bytes));
                let (whose, limit) = (part.whose, part.limit);
                return Err(self.ledger.refuse(Exhausted { term, whose, limit }));
            }
        }
        Ok(self.held())
    }

    /// Changes what is held, here and in what it is part of.
    fn change(&self, more: usize, less: usize) {
        let within = self.within.lock();
        for part in [Some(self), within.as_deref()].into_iter().flatten() {
            part.held.fetch_add(more, Ordering::Relaxed);
            part.subtract(less);
        }
    }

    fn subtract(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Makes it a part of another account, and of no other than that. What it holds may exceed the limit there: then nothing
    /// more is charged.
    pub(super) fn belong(&self, other: &Arc<Self>) {
        let mut within = self.within.lock();
        let held = self.held();
        other.held.fetch_add(held, Ordering::Relaxed);
        if let Some(before) = within.replace(Arc::clone(other)) {
            before.subtract(held);
        }
    }

    /// Sees to its rank after what it holds has changed.
    fn place(self: &Arc<Self>) {
        if rank(self.held()) != self.rank.load(Ordering::Relaxed) {
            self.ledger.place(self);
        }
    }

    /// Writes its rank down; the one before, and the new one.
    pub(super) fn change_rank(&self) -> (u32, u32) {
        let new = rank(self.held());
        (self.rank.swap(new, Ordering::Relaxed), new)
    }

    /// Tells the client to go.
    pub(crate) fn end(&self, why: Exhausted) {
        if self.ending.why.set(why).is_ok() {
            self.wake();
        }
    }

    /// Whether the client has been told to go.
    pub(crate) fn is_ended(&self) -> bool {
        self.ending.why.get().is_some()
    }

    /// Why the client has to go, once it has to.
    pub(crate) fn poll_ended(&self, cx: &Context<'_>) -> Poll<Exhausted> {
        self.ending.waker.register(cx.waker());
        self.ending
            .why
            .get()
            .map_or(Poll::Pending, |why| Poll::Ready(*why))
    }

    /// Wakes who has asked last whether the client has to go: its connection.
    pub(crate) fn wake(&self) {
        self.ending.waker.wake();
    }
}

/// What a client may exceed its limit by for a moment.
pub(crate) struct Allowance(Arc<Account>);

impl Drop for Allowance {
    fn drop(&mut self) {
        self.0.allowance.store(0, Ordering::Relaxed);
    }
}

/// A client's share of what it holds together with others. It counts when it is asked who holds most, and against the
/// client's own limit; the bytes themselves are charged to the server.
pub(crate) struct Share {
    account: Arc<Account>,
    bytes: usize,
}

impl Share {
    /// How many bytes it is.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Changes the share, because others have come or gone. It may exceed the limit of the client, who cannot help it.
    pub(crate) fn set(&mut self, bytes: usize) {
        self.account.change(bytes, self.bytes);
        self.bytes = bytes;
        self.account.place();
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.set(0);
    }
}
