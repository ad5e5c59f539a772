//! What a distinct query costs, and who bears it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use livematch::QueryId;
use parking_lot::Mutex;

use crate::accounting::{Account, Charge, Exhausted, Share, Term};

/// A distinct query: charged to the server once, and borne by all who ask for it.
pub(super) struct Held {
    bytes: usize,
    /// Into how many shares it is divided: roughly as many as there are subscriptions.
    shares: AtomicUsize,
    _charge: Charge,
}

/// Where a subscription stands in its class, and what it bears.
pub(super) struct Place {
    pub(super) id: QueryId,
    pub(super) held: Arc<Held>,
    share: Mutex<Share>,
}

impl Held {
    /// More shares are not told apart: each is small enough, and dividing again costs as much as there are.
    const MOST_SHARES: usize = 1_024;

    /// A query that nobody has asked for before, charged for somebody who does.
    pub(super) fn new(bytes: usize, account: &Arc<Account>) -> Result<Arc<Self>, Exhausted> {
        Ok(Arc::new(Self {
            bytes,
            shares: AtomicUsize::new(1),
            _charge: account.charge_server(Term::Queries, bytes)?,
        }))
    }

    /// A share of it.
    pub(super) fn share(&self, account: &Arc<Account>) -> Result<Share, Exhausted> {
        account.share(Term::Queries, self.each())
    }

    /// Whether it has to be divided anew among `among` subscriptions: not as long as its shares are nearly right.
    pub(super) fn divide(&self, among: usize) -> bool {
        let (old, new) = (
            self.shares.load(Ordering::Relaxed),
            among.clamp(1, Self::MOST_SHARES),
        );
        let is_due = new >= old * 2 || new * 2 <= old;
        if is_due {
            self.shares.store(new, Ordering::Relaxed);
        }
        is_due
    }

    fn each(&self) -> usize {
        self.bytes.div_ceil(self.shares.load(Ordering::Relaxed))
    }
}

impl Place {
    pub(super) fn new(id: QueryId, held: Arc<Held>, share: Share) -> Self {
        let share = Mutex::new(share);
        Self { id, held, share }
    }

    /// How many bytes the client bears.
    pub(super) fn bytes(&self) -> usize {
        self.share.lock().bytes()
    }

    /// Bears what is one share now.
    pub(super) fn settle(&self) {
        self.share.lock().set(self.held.each());
    }
}
