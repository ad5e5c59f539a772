//! What a distinct query costs, and who bears it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use livematch::SubscriptionId;
use parking_lot::Mutex;

use crate::accounting::{Account, Charge, Exhausted, Share, Term};

/// A distinct query: charged to the server once, and borne by all who ask for it.
pub(super) struct Held {
    cost: Cost,
    /// Into how many shares it is divided: roughly as many as there are subscriptions.
    shares: AtomicUsize,
    _bytes: Charge,
    _steps: Option<Charge>,
}

/// What a query is charged for.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    /// That it takes in memory.
    pub(super) bytes: usize,
    /// That it may take for a change beyond what is ordinary.
    pub(super) steps: usize,
}

/// Where a subscription stands in its class, and what it bears.
pub(super) struct Place {
    pub(super) id: SubscriptionId,
    pub(super) held: Arc<Held>,
    share: Mutex<Share>,
    /// Of the steps, if it takes any.
    steps: Option<Mutex<Share>>,
    /// For being handed changes, which nobody shares.
    handing: Charge,
    /// For what it asks for in the other dialect, which nobody shares either: what is one query in the one may be several in the other.
    shadow: Option<Charge>,
}

impl Held {
    /// More shares are not told apart: each is small enough, and dividing again costs as much as there are.
    const MOST_SHARES: usize = 1_024;

    /// A query that nobody has asked for before, charged for somebody who does.
    ///
    /// Its memory is charged to one account, and its steps to the other.
    pub(super) fn new(
        cost: Cost,
        memory: &Account,
        steps: &Account,
    ) -> Result<Arc<Self>, Exhausted> {
        let charge = |account: &Account, term, count| account.charge_server(term, count);
        let charged = (cost.steps > 0).then(|| charge(steps, Term::Steps, cost.steps));
        Ok(Arc::new(Self {
            cost,
            shares: AtomicUsize::new(1),
            _steps: charged.transpose()?,
            _bytes: charge(memory, Term::Queries, cost.bytes)?,
        }))
    }

    /// What it may take for a change beyond what is ordinary.
    pub(super) fn steps(&self) -> usize {
        self.cost.steps
    }

    /// What it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.cost.bytes
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

    /// What one share is.
    fn each(&self) -> Cost {
        let shares = self.shares.load(Ordering::Relaxed);
        Cost {
            bytes: self.cost.bytes.div_ceil(shares),
            steps: self.cost.steps.div_ceil(shares),
        }
    }
}

impl Place {
    /// A place for a client, who bears a share from now on, and so many steps for being handed changes.
    pub(super) fn new(
        id: SubscriptionId,
        held: Arc<Held>,
        memory: &Arc<Account>,
        steps: &Arc<Account>,
        handing: usize,
    ) -> Result<Self, Exhausted> {
        let each = held.each();
        let share = (each.steps > 0).then(|| steps.share(Term::Steps, each.steps));
        Ok(Self {
            id,
            steps: share.transpose()?.map(Mutex::new),
            handing: steps.charge(Term::Steps, handing)?,
            share: Mutex::new(memory.share(Term::Queries, each.bytes)?),
            shadow: None,
            held,
        })
    }

    /// The same with a query in the other dialect, which takes so many bytes of the client's memory.
    pub(super) fn with_shadow(
        self,
        bytes: usize,
        memory: &Arc<Account>,
    ) -> Result<Self, Exhausted> {
        let shadow = Some(memory.charge(Term::Queries, bytes)?);
        Ok(Self { shadow, ..self })
    }

    /// How many bytes the client bears.
    pub(super) fn bytes(&self) -> usize {
        self.share.lock().bytes() + self.shadow.as_ref().map_or(0, Charge::bytes)
    }

    /// How many steps the client bears.
    pub(super) fn steps(&self) -> usize {
        let share = self.steps.as_ref();
        self.handing.bytes() + share.map_or(0, |share| share.lock().bytes())
    }

    /// Bears what is one share now.
    pub(super) fn settle(&self) {
        let Cost { bytes, steps } = self.held.each();
        self.share.lock().set(bytes);
        if let Some(share) = &self.steps {
            share.lock().set(steps);
        }
    }
}
