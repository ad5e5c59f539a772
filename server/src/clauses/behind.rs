//! What is looked at once clients have been answered, so that nobody waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::turns::Turn;

/// How much may wait: of one client, and how many bytes of all. For what is more its client waits.
const MOST: usize = 8;
const BYTES: usize = 8 << 20;

/// The clauses that are still to be looked at though their clients go on.
#[derive(Default)]
pub(crate) struct Behind {
    bytes: AtomicUsize,
}

/// Room for one of them.
pub(super) struct Room {
    behind: Arc<Behind>,
    turn: Arc<Turn>,
    bytes: usize,
}

impl Behind {
    /// Room for a clause of so many bytes, if there is any.
    pub(super) fn room(self: &Arc<Self>, turn: &Arc<Turn>, bytes: usize) -> Option<Room> {
        // Given back as soon as it is dropped, whether or not there is as much.
        let room = Room {
            behind: Arc::clone(self),
            turn: Arc::clone(turn),
            bytes,
        };
        let waiting = turn.behind().fetch_add(1, Ordering::Relaxed) + 1;
        let held = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        (waiting <= MOST && held.saturating_add(bytes) <= BYTES).then_some(room)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.turn.behind().fetch_sub(1, Ordering::Relaxed);
        self.behind.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded_for_each_client_and_for_all() {
        let behind = Arc::new(Behind::default());
        let (one, other) = (Turn::new(), Turn::new());
        let held: Vec<_> = (0..MOST).map(|_| behind.room(&one, 1)).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(behind.room(&one, 1).is_none());
        assert!(behind.room(&other, BYTES).is_none());
        let rest = behind.room(&other, BYTES - MOST);
        assert!(rest.is_some() && behind.room(&other, 1).is_none());
        drop((held, rest));
        assert!(behind.room(&one, BYTES).is_some());
        assert_eq!(behind.bytes.load(Ordering::Relaxed), 0);
    }
}
