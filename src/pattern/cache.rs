//! The pool that patterns share: equal ones are one, and the hottest have a `regex::Regex`.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, TryLockError, Weak};

use super::compiled::{Compiled, Source};

/// A pool of compiled patterns, which many queries may share.
///
/// Equal patterns with equal flags are compiled once as long as one of them lives. Every pattern keeps
/// a small program of its own; a pool lets the patterns that are asked most, up to its capacity, have a
/// faster and larger one besides. When it is full the others are answered by their small program:
/// nothing is compiled again for a test. A clone is another handle to the same pool.
#[derive(Clone, Debug)]
pub struct PatternCache(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    capacity: usize,
    hasher: RandomState,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// By the hash of the source. Of two patterns with the same hash one is not shared.
    known: HashMap<u64, Weak<Compiled>>,
    /// How large `known` may grow before the dead are cleared out of it.
    clear_at: usize,
    /// Who may hold a `regex::Regex`; never more than the capacity.
    hot: Vec<Weak<Compiled>>,
    /// Where the next search for a place in `hot` begins.
    hand: usize,
}

/// How many places in a full pool are looked at for one that is asked less.
const SEARCHED: usize = 8;

/// The fewest known patterns that are worth clearing.
const CLEAR_AT_LEAST: usize = 64;

impl Default for PatternCache {
    fn default() -> Self {
        Self::new(Self::DEFAULT_CAPACITY)
    }
}

impl PatternCache {
    /// How many patterns a pool speeds up unless it is told otherwise: with some 5 to 40 KB each, that
    /// is 5 to 40 MB.
    pub const DEFAULT_CAPACITY: usize = 1_024;

    /// A pool that speeds up at most `capacity` patterns; with 0 all keep to their small program.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let state = Mutex::new(State::default());
        Self(Arc::new(Pool {
            capacity,
            hasher: RandomState::new(),
            state,
        }))
    }

    /// How many patterns the pool speeds up at most.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.0.capacity
    }

    /// How many patterns the pool speeds up now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.with(|state| {
            state
                .hot
                .iter()
                .filter_map(Weak::upgrade)
                .filter(|hot| hot.is_hot())
                .count()
        })
    }

    /// Whether the pool speeds up no pattern now.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Heap bytes of the pool itself, divided among those who hold it.
    pub(super) fn memory_share(&self) -> usize {
        // A table of hashes has a byte beside each place and is at most 7/8 full.
        let place = size_of::<(u64, Weak<Compiled>)>() + 1;
        let tables = self.with(|state| {
            let known = state.known.capacity() * 8 / 7;
            known * place + state.hot.capacity() * size_of::<Weak<Compiled>>()
        });
        let counts = 2 * size_of::<usize>();
        (counts + size_of::<Pool>() + tables) / Arc::strong_count(&self.0).max(1)
    }

    /// Does something with the state. A panic elsewhere leaves it whole, so poison is no matter.
    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        match self.0.state.lock() {
            Ok(mut state) => act(&mut state),
            Err(poisoned) => act(&mut poisoned.into_inner()),
        }
    }

    /// The living pattern with this source, if there is one.
    pub(super) fn find(&self, source: &Source) -> Option<Arc<Compiled>> {
        let hash = self.0.hasher.hash_one(source);
        let found = self.with(|state| state.known.get(&hash).and_then(Weak::upgrade));
        found.filter(|compiled| compiled.source == *source)
    }

    /// Makes a pattern known, unless an equal one has become so meanwhile; whichever is known.
    pub(super) fn share(&self, compiled: Arc<Compiled>) -> Arc<Compiled> {
        let hash = self.0.hasher.hash_one(&compiled.source);
        self.with(|state| state.share(hash, compiled))
    }

    /// Asks for a place among the hot patterns; whether there is one. The pattern that makes way loses
    /// its `regex::Regex`.
    pub(super) fn admits(&self, compiled: &Arc<Compiled>) -> bool {
        if self.0.capacity == 0 {
            return false;
        }
        match self.0.state.try_lock() {
            Ok(mut state) => state.admits(compiled, self.0.capacity),
            Err(TryLockError::Poisoned(poisoned)) => {
                poisoned.into_inner().admits(compiled, self.0.capacity)
            }
            // Someone else is being served, and a test does not wait.
            Err(TryLockError::WouldBlock) => false,
        }
    }
}

impl State {
    fn share(&mut self, hash: u64, compiled: Arc<Compiled>) -> Arc<Compiled> {
        if let Some(known) = self.known.get(&hash).and_then(Weak::upgrade) {
            return if known.source == compiled.source {
                known
            } else {
                compiled
            };
        }
        self.known.insert(hash, Arc::downgrade(&compiled));
        if self.known.len() > self.clear_at.max(CLEAR_AT_LEAST) {
            self.known.retain(|_, weak| weak.strong_count() > 0);
            self.clear_at = self.known.len() * 2;
        }
        compiled
    }

    fn admits(&mut self, compiled: &Arc<Compiled>, capacity: usize) -> bool {
        if self.hot.len() < capacity {
            self.hot.push(Arc::downgrade(compiled));
            return true;
        }
        let Some(place) = self.place_for(compiled) else {
            return false;
        };
        let gone = std::mem::replace(&mut self.hot[place], Arc::downgrade(compiled));
        if let Some(gone) = gone.upgrade() {
            gone.cool();
        }
        true
    }

    /// A place that is free, or whose holder was asked less than half as often.
    ///
    /// A pattern asks for a place each time its tests have doubled, and two that are asked alike never
    /// replace each other: however many patterns there are, each is compiled only a few times.
    fn place_for(&mut self, compiled: &Arc<Compiled>) -> Option<usize> {
        let uses = compiled.uses();
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
