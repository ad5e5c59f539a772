//! What one client has had of the threads' time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What one client has had of the threads' time.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// In nanoseconds. It begins where those stand who have had least of those who wait, so that who comes new, or has been
    /// away, is next and does not get all the time that others have had meanwhile.
    had: AtomicU64,
    /// How much of its work it does not wait for.
    behind: AtomicUsize,
}

/// How long a piece of work is likely to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Less than a millisecond.
    Light,
    /// Perhaps longer.
    Heavy,
}

impl Turn {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// How far ahead of the others the client may be for its work to be taken for light.
    const AHEAD: u64 = 5_000_000;

    /// When it is its turn, if those who are next have had so much; and how its work is to be taken.
    pub(super) fn place(&self, now: u64, weight: Weight) -> (u64, Weight) {
        let had = self.had.fetch_max(now, Ordering::Relaxed).max(now);
        if had - now > Self::AHEAD {
            return (had, Weight::Heavy);
        }
        (had, weight)
    }

    /// Whether the client has had some time since work of it was given this place.
    pub(super) fn has_had(&self, place: u64) -> bool {
        self.had.load(Ordering::Relaxed) > place
    }

    /// How much of its work it does not wait for.
    pub(crate) fn behind(&self) -> &AtomicUsize {
        &self.behind
    }

    /// Notes that the client has had some time.
    pub(super) fn add(&self, nanoseconds: u64) {
        self.had.fetch_add(nanoseconds, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_been_away_saves_nothing_up() {
        let turn = Turn::new();
        assert_eq!(turn.place(1_000, Weight::Light), (1_000, Weight::Light));
        turn.add(500);
        assert_eq!(turn.place(1_000, Weight::Light), (1_500, Weight::Light));
        assert_eq!(turn.place(9_000, Weight::Heavy), (9_000, Weight::Heavy));
    }

    #[test]
    fn who_is_far_ahead_has_no_light_work() {
        let turn = Turn::new();
        turn.add(Turn::AHEAD + 1);
        assert_eq!(
            turn.place(0, Weight::Light),
            (Turn::AHEAD + 1, Weight::Heavy)
        );
        assert_eq!(
            turn.place(1, Weight::Light),
            (Turn::AHEAD + 1, Weight::Light)
        );
    }
}
