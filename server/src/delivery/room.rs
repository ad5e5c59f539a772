//! How much has been handed out and not worked off.

use parking_lot::{Condvar, Mutex};

/// By how many pairs of a change and a subscription delivery may be behind before matching waits for it.
const MOST: usize = 1 << 18;

/// Counts pairs of a change and a subscription that have been handed out and not worked off.
#[derive(Default)]
pub(super) struct Room {
    taken: Mutex<usize>,
    freed: Condvar,
}

impl Room {
    pub(super) fn take(&self, hits: usize) {
        *self.taken.lock() += hits;
    }

    pub(super) fn give_back(&self, hits: usize) {
        let mut taken = self.taken.lock();
        *taken -= hits;
        if *taken < MOST {
            self.freed.notify_all();
        }
    }

    /// Waits until there is room. A change may exceed it: it is not known before whom it concerns.
    pub(super) fn wait(&self) {
        let mut taken = self.taken.lock();
        self.freed.wait_while(&mut taken, |taken| *taken >= MOST);
    }
}
