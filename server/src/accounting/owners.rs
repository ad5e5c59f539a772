//! Who has several clients, and what those hold together.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::{Account, Exhausted, Ledger, Share, Steps, Term, Whose};

/// Somebody whose clients count together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Owner {
    /// A user, by id.
    User(Arc<str>),
    /// Whoever has a session of which it is not known yet whose it is.
    Session(Box<str>),
    /// Whoever comes from an address.
    Address(IpAddr),
}

/// What the clients of one owner may hold together.
#[derive(Clone, Copy)]
pub(crate) struct OwnerLimits {
    pub(crate) memory: usize,
    pub(crate) steps: usize,
    pub(crate) clients_of_user: usize,
    pub(crate) clients_of_address: usize,
}

/// Everybody who has a client.
pub(crate) struct Owners {
    limits: OwnerLimits,
    memory: Arc<Ledger>,
    steps: Arc<Steps>,
    places: Arc<Ledger>,
    estates: Mutex<HashMap<Owner, Weak<Estate>>>,
}

/// What all clients of one owner hold: an account for each thing that a client has an account for.
pub(crate) struct Estate {
    owner: Owner,
    owners: Arc<Owners>,
    memory: Arc<Account>,
    steps: Arc<Account>,
    places: Arc<Account>,
}

/// A client's part in what its owner holds.
pub(crate) struct Member {
    memory: Arc<Account>,
    steps: Arc<Account>,
    /// Its place among those of its address.
    _at_address: Option<Share>,
    /// That of its owner, and its place there.
    estate: Mutex<Option<(Arc<Estate>, Option<Share>)>>,
    /// By what it is told apart who pays for what its clauses take for a change.
    payer: AtomicUsize,
}

impl Owners {
    pub(crate) fn new(
        limits: OwnerLimits,
        memory: &Arc<Ledger>,
        steps: &Arc<Steps>,
        places: &Arc<Ledger>,
    ) -> Arc<Self> {
        Arc::new(Self {
            limits,
            memory: Arc::clone(memory),
            steps: Arc::clone(steps),
            places: Arc::clone(places),
            estates: Mutex::default(),
        })
    }

    /// What an owner holds, who has it as long as it is kept.
    pub(crate) fn of(self: &Arc<Self>, owner: Owner) -> Arc<Estate> {
        let mut estates = self.estates.lock();
        if let Some(estate) = estates.get(&owner).and_then(Weak::upgrade) {
            return estate;
        }
        let limits = self.limits;
        let (whose, clients) = match owner {
            Owner::User(_) | Owner::Session(_) => (Whose::User, limits.clients_of_user),
            Owner::Address(_) => (Whose::Address, limits.clients_of_address),
        };
        let estate = Arc::new(Estate {
            owners: Arc::clone(self),
            memory: self.memory.open_whole(whose, limits.memory),
            steps: self.steps.open_whole(whose, limits.steps),
            places: self.places.open_whole(whose, clients),
            owner: owner.clone(),
        });
        estates.insert(owner, Arc::downgrade(&estate));
        estate
    }
}

#[cfg(test)]
impl Owners {
    /// How many have something.
    pub(super) fn count(&self) -> usize {
        self.estates.lock().len()
    }
}

impl Estate {
    /// A place for one of its clients.
    fn place(&self) -> Result<Share, Exhausted> {
        self.places.share(Term::Places, 1)
    }
}

impl Drop for Estate {
    fn drop(&mut self) {
        let mut estates = self.owners.estates.lock();
        // Another may have been made for the same owner meanwhile.
        if estates
            .get(&self.owner)
            .is_some_and(|of| of.strong_count() == 0)
        {
            estates.remove(&self.owner);
        }
    }
}

impl Member {
    /// A client that has an account for memory and one for steps, if there is a place for it where it comes from, should that be known.
    /// Who comes from there answers for it until it is known who does.
    pub(crate) fn new(
        memory: &Arc<Account>,
        steps: &Arc<Account>,
        address: Option<Arc<Estate>>,
    ) -> Result<Self, Exhausted> {
        let place = address.as_ref().map(|estate| estate.place());
        let member = Self {
            memory: Arc::clone(memory),
            steps: Arc::clone(steps),
            _at_address: place.transpose()?,
            estate: Mutex::default(),
            payer: AtomicUsize::new(memory.number()),
        };
        if let Some(estate) = address {
            member.belong(&mut member.estate.lock(), estate, None);
        }
        Ok(member)
    }

    /// A client of nobody, of a number that a test has given it.
    #[cfg(test)]
    pub(crate) fn alone(memory: &Arc<Account>, steps: &Arc<Account>, number: usize) -> Arc<Self> {
        let member = Self::new(memory, steps, None).expect("no place is needed");
        member.payer.store(number, Ordering::Relaxed);
        Arc::new(member)
    }

    /// By what it is told apart who pays.
    pub(crate) fn payer(&self) -> usize {
        self.payer.load(Ordering::Relaxed)
    }

    /// Has its user answer for what it holds, or whoever has its session as long as its user is not known, instead of who did
    /// before. If there is no place for it there, it has to go.
    ///
    /// Once it is of a user it stays of that one. Of a session nothing is believed where it is known which address it comes from:
    /// sessions can be made up.
    pub(crate) fn join(&self, owners: &Arc<Owners>, owner: Owner) {
        let mut joined = self.estate.lock();
        let is_settled = match joined.as_ref().map(|(of, _)| &of.owner) {
            None => false,
            Some(Owner::User(_)) => true,
            Some(Owner::Session(_) | Owner::Address(_)) => !matches!(owner, Owner::User(_)),
        };
        if is_settled {
            return;
        }
        let estate = owners.of(owner);
        match estate.place() {
            Ok(place) => self.belong(&mut joined, estate, Some(place)),
            Err(why) => self.memory.end(why),
        }
    }

    fn belong(
        &self,
        joined: &mut Option<(Arc<Estate>, Option<Share>)>,
        estate: Arc<Estate>,
        place: Option<Share>,
    ) {
        self.memory.belong(&estate.memory);
        self.steps.belong(&estate.steps);
        self.payer.store(estate.memory.number(), Ordering::Relaxed);
        *joined = Some((estate, place));
    }
}
