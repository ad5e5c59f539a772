//! Connections that are no clients yet.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long a peer may do nothing while others wait for its place. A program that opens thousands of connections at once
/// takes about so long until it has said on each what it wants.
const GRACE: Duration = Duration::from_secs(2);

/// How long a peer that is sent away may take to go.
const LEAVING: Duration = Duration::from_millis(50);

/// A bounded number of places.
///
/// A peer needs one for some milliseconds, until it has become a client. Who does nothing with one for a while has to give it up
/// to others when all are taken, so that peers that do nothing shut nobody out.
pub(super) struct Pending {
    places: Arc<Semaphore>,
    queue: Arc<Mutex<Queue>>,
    grace: Duration,
}

/// Who holds a place, by when it last did something.
#[derive(Default)]
struct Queue {
    next: u64,
    holders: BTreeMap<u64, Holder>,
}

struct Holder {
    since: Instant,
    evicted: CancellationToken,
}

impl Queue {
    /// Puts somebody behind all others; their number.
    fn push(&mut self, evicted: CancellationToken) -> u64 {
        self.next += 1;
        let since = Instant::now();
        self.holders.insert(self.next, Holder { since, evicted });
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
            grace: GRACE,
        }
    }

    /// Takes a place, once there is one; how many had to give theirs up for it.
    pub(super) async fn enter(&self) -> (PendingPlace, u64) {
        let permit = Arc::clone(&self.places).acquire_owned();
        let mut permit = pin!(permit);
        let mut count = 0;
        let permit = loop {
            tokio::select! {
                biased;
                permit = permit.as_mut() => break permit,
                () = self.is_stale() => count += u64::from(self.evict()),
            }
            if let Ok(permit) = timeout(LEAVING, permit.as_mut()).await {
                break permit;
            }
        };
        let evicted = CancellationToken::new();
        let number = lock(&self.queue).push(evicted.clone());
        let place = PendingPlace {
            queue: Arc::clone(&self.queue),
            number: Mutex::new(number),
            evicted,
            // The semaphore is never closed.
            _permit: permit.ok(),
        };
        (place, count)
    }

    /// Waits until somebody has done nothing for too long.
    async fn is_stale(&self) {
        loop {
            let oldest = lock(&self.queue)
                .holders
                .first_key_value()
                .map(|(_, holder)| holder.since);
            let rest = oldest.map_or(self.grace, |since| {
                self.grace.saturating_sub(since.elapsed())
            });
            if rest.is_zero() {
                return;
            }
            sleep(rest).await;
        }
    }

    /// Sends away whoever has done nothing for longest; whether there was somebody.
    pub(super) fn evict(&self) -> bool {
        let oldest = lock(&self.queue).holders.pop_first();
        oldest.is_some_and(|(_, holder)| {
            holder.evicted.cancel();
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
    async fn who_has_done_nothing_for_longest_goes_after_a_while() {
        let pending = Pending {
            grace: Duration::ZERO,
            ..Pending::new(2)
        };
        let (first, _) = pending.enter().await;
        let (second, _) = pending.enter().await;
        first.touch();
        let leaves = async {
            second.evicted().await;
            drop(second);
        };
        let ((_third, evicted), ()) = tokio::join!(pending.enter(), leaves);
        assert_eq!(evicted, 1);
        assert!(!first.evicted.is_cancelled());
    }

    #[tokio::test]
    async fn who_has_just_come_is_waited_for() {
        let pending = Pending::new(1);
        let (first, _) = pending.enter().await;
        let enter = tokio::time::timeout(LEAVING, pending.enter());
        assert!(enter.await.is_err() && !first.evicted.is_cancelled());
        drop(first);
        assert_eq!(pending.enter().await.1, 0);
    }

    #[tokio::test]
    async fn who_is_sent_away_does_not_come_back() {
        let pending = Pending::new(1);
        let (place, _) = pending.enter().await;
        assert!(pending.evict());
        place.touch();
        assert!(place.evicted.is_cancelled() && !pending.evict());
    }
}
