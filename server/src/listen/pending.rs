//! Connections that are no clients yet.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// A bounded number of places.
///
/// A peer needs one for some milliseconds, until it has become a client. Who keeps one for longer has to give it up to
/// others when all are taken, so that peers that do nothing shut nobody out.
pub(super) struct Pending {
    places: Arc<Semaphore>,
    queue: Arc<Mutex<Queue>>,
}

/// Who holds a place, by when it last did something.
#[derive(Default)]
struct Queue {
    next: u64,
    holders: BTreeMap<u64, CancellationToken>,
}

impl Queue {
    /// Puts somebody behind all others; their number.
    fn push(&mut self, evicted: CancellationToken) -> u64 {
        self.next += 1;
        self.holders.insert(self.next, evicted);
        self.next
    }
}

/// A place, until it is dropped.
pub(super) struct PendingPlace {
    queue: Arc<Mutex<Queue>>,
    number: Mutex<u64>,
    evicted: CancellationToken,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Pending {
    pub(super) fn new(room: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(room.clamp(1, Semaphore::MAX_PERMITS))),
            queue: Arc::default(),
        }
    }

    /// Takes a place, once there is one.
    pub(super) async fn enter(&self) -> PendingPlace {
        // The semaphore is never closed.
        let permit = Arc::clone(&self.places).acquire_owned().await.ok();
        let evicted = CancellationToken::new();
        let number = lock(&self.queue).push(evicted.clone());
        PendingPlace {
            queue: Arc::clone(&self.queue),
            number: Mutex::new(number),
            evicted,
            _permit: permit,
        }
    }

    /// Sends away whoever has done nothing for longest, if all places are taken; whether there was somebody.
    pub(super) fn evict_if_full(&self) -> bool {
        self.places.available_permits() == 0 && self.evict()
    }

    /// Sends away whoever has done nothing for longest; whether there was somebody.
    pub(super) fn evict(&self) -> bool {
        let oldest = lock(&self.queue).holders.pop_first();
        oldest.is_some_and(|(_, evicted)| {
            evicted.cancel();
            true
        })
    }
}

impl PendingPlace {
    /// Notes that the holder has done something.
    pub(super) fn touch(&self) {
        let (mut number, mut queue) = (lock(&self.number), lock(&self.queue));
        // Who has been sent away already does not come back.
        if queue.holders.remove(&number).is_some() {
            *number = queue.push(self.evicted.clone());
        }
    }

    /// Waits until the place has to be given up.
    pub(super) async fn evicted(&self) {
        self.evicted.cancelled().await;
    }
}

impl Drop for PendingPlace {
    fn drop(&mut self) {
        let number = *lock(&self.number);
        lock(&self.queue).holders.remove(&number);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_has_done_nothing_for_longest_goes_first() {
        let pending = Pending::new(2);
        let (first, second) = (pending.enter().await, pending.enter().await);
        first.touch();
        assert!(pending.evict_if_full());
        assert!(second.evicted.is_cancelled() && !first.evicted.is_cancelled());
        second.touch();
        assert!(pending.evict());
        assert!(first.evicted.is_cancelled());
        assert!(!pending.evict(), "both have been sent away");
    }

    #[tokio::test]
    async fn a_place_is_free_again_when_it_is_dropped() {
        let pending = Pending::new(1);
        drop(pending.enter().await);
        assert!(!pending.evict_if_full());
        let _place = pending.enter().await;
        assert_eq!(lock(&pending.queue).holders.len(), 1);
    }
}
