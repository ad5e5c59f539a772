//! What equal ones share, and who of them is hot.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, Mutex, TryLockError, Weak};

/// What is compiled from a source, and may ask for a place among the hot.
pub(super) trait Tenant {
    /// What it is compiled from: equal sources give equal tenants.
    type Source: Eq + Hash;

    fn source(&self) -> &Self::Source;

    /// How often it was asked.
    fn uses(&self) -> u32;

    /// Whether it uses the place that it has.
    fn is_hot(&self) -> bool;

    /// Gives up its place. Called under the lock of the pool, so it must not call back.
    fn cool(&self);
}

/// A handle to a pool: equal tenants are one as long as one of them lives, and the hottest have a place.
#[derive(Debug)]
pub(super) struct Shared<T>(Arc<Pool<T>>);

#[derive(Debug)]
struct Pool<T> {
    capacity: usize,
    hasher: RandomState,
    state: Mutex<State<T>>,
}

#[derive(Debug)]
struct State<T> {
    /// By the hash of the source. Of two tenants with the same hash one is not shared.
    known: HashMap<u64, Weak<T>>,
    /// How large `known` may grow before the dead are cleared out of it.
    clear_at: usize,
    /// Who has a place; never more than the capacity.
    hot: Vec<Weak<T>>,
    /// Where the next search for a place in `hot` begins.
    hand: usize,
}

/// How many places in a full pool are looked at for one that is asked less.
const SEARCHED: usize = 8;

/// The fewest known tenants that are worth clearing.
const CLEAR_AT_LEAST: usize = 64;

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Tenant> Shared<T> {
    pub(super) fn new(capacity: usize) -> Self {
        let state = State {
            known: HashMap::new(),
            clear_at: 0,
            hot: Vec::new(),
            hand: 0,
        };
        Self(Arc::new(Pool {
            capacity,
            hasher: RandomState::new(),
            state: Mutex::new(state),
        }))
    }

    /// How many may have a place.
    pub(super) fn capacity(&self) -> usize {
        self.0.capacity
    }

    /// How many use a place now.
    pub(super) fn hot(&self) -> usize {
        self.with(|state| {
            state
                .hot
                .iter()
                .filter_map(Weak::upgrade)
                .filter(|hot| hot.is_hot())
                .count()
        })
    }

    /// Heap bytes of the pool itself, divided among those who hold it.
    pub(super) fn memory_share(&self) -> usize {
        // A table of hashes has a byte beside each place and is at most 7/8 full.
        let place = size_of::<(u64, Weak<T>)>() + 1;
        let tables = self.with(|state| {
            let known = state.known.capacity() * 8 / 7;
            known * place + state.hot.capacity() * size_of::<Weak<T>>()
        });
        let counts = 2 * size_of::<usize>();
        (counts + size_of::<Pool<T>>() + tables) / Arc::strong_count(&self.0).max(1)
    }

    /// Does something with the state. A panic elsewhere leaves it whole, so poison is no matter.
    fn with<R>(&self, act: impl FnOnce(&mut State<T>) -> R) -> R {
        match self.0.state.lock() {
            Ok(mut state) => act(&mut state),
            Err(poisoned) => act(&mut poisoned.into_inner()),
        }
    }

    /// The living tenant with this source, if there is one.
    pub(super) fn find(&self, source: &T::Source) -> Option<Arc<T>> {
        let hash = self.0.hasher.hash_one(source);
        let found = self.with(|state| state.known.get(&hash).and_then(Weak::upgrade));
        found.filter(|tenant| tenant.source() == source)
    }

    /// Makes a tenant known, unless an equal one has become so meanwhile; whichever is known.
    pub(super) fn share(&self, tenant: Arc<T>) -> Arc<T> {
        let hash = self.0.hasher.hash_one(tenant.source());
        self.with(|state| state.share(hash, tenant))
    }

    /// Asks for a place among the hot; whether there is one. Who makes way is cooled.
    pub(super) fn admits(&self, tenant: &Arc<T>) -> bool {
        if self.0.capacity == 0 {
            return false;
        }
        match self.0.state.try_lock() {
            Ok(mut state) => state.admits(tenant, self.0.capacity),
            Err(TryLockError::Poisoned(poisoned)) => {
                poisoned.into_inner().admits(tenant, self.0.capacity)
            }
            // Someone else is being served, and a test does not wait.
            Err(TryLockError::WouldBlock) => false,
        }
    }
}

impl<T: Tenant> State<T> {
    fn share(&mut self, hash: u64, tenant: Arc<T>) -> Arc<T> {
        if let Some(known) = self.known.get(&hash).and_then(Weak::upgrade) {
            return if known.source() == tenant.source() {
                known
            } else {
                tenant
            };
        }
        self.known.insert(hash, Arc::downgrade(&tenant));
        if self.known.len() > self.clear_at.max(CLEAR_AT_LEAST) {
            self.known.retain(|_, weak| weak.strong_count() > 0);
            self.clear_at = self.known.len() * 2;
        }
        tenant
    }

    fn admits(&mut self, tenant: &Arc<T>, capacity: usize) -> bool {
        if self.hot.len() < capacity {
            self.hot.push(Arc::downgrade(tenant));
            return true;
        }
        let Some(place) = self.place_for(tenant) else {
            return false;
        };
        let gone = std::mem::replace(&mut self.hot[place], Arc::downgrade(tenant));
        if let Some(gone) = gone.upgrade() {
            gone.cool();
        }
        true
    }

    /// A place that is free, or whose holder was asked less than half as often.
    ///
    /// A tenant asks for a place each time its uses have doubled, and two that are asked alike never replace each
    /// other: however many there are, each is given a place only a few times.
    fn place_for(&mut self, tenant: &Arc<T>) -> Option<usize> {
        let uses = tenant.uses();
        for _ in 0..SEARCHED.min(self.hot.len()) {
            self.hand = (self.hand + 1) % self.hot.len();
            let holder = self.hot[self.hand].upgrade();
            if holder.is_none_or(|holder| holder.uses() < uses / 2) {
                return Some(self.hand);
            }
        }
        None
    }
}
