//! What one client has had of the threads' time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What one client has had of the threads' time.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// In nanoseconds, of the threads of each [kind of work](Work). It begins where those stand who have had least of those who wait, so
    /// that who comes new, or has been away, is next and does not get all the time that others have had meanwhile.
    had: [AtomicU64; 2],
    /// How much of its work it does not wait for.
    behind: AtomicUsize,
}

/// What threads do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// They read and compile what clients send.
    Reading = 0,
    /// They file what has been compiled, and take out what is given up.
    Filing = 1,
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
    pub(super) fn place(&self, work: Work, now: u64, weight: Weight) -> (u64, Weight) {
        let had = self.had(work).fetch_max(now, Ordering::Relaxed).max(now);
        if had - now > Self::AHEAD {
            return (had, Weight::Heavy);
        }
        (had, weight)
    }

    /// Whether the client has had some time since work of it was given this place.
    pub(super) fn has_had(&self, work: Work, place: u64) -> bool {
        self.had(work).load(Ordering::Relaxed) > place
    }

    /// How much of its work it does not wait for.
    pub(crate) fn behind(&self) -> &AtomicUsize {
        &self.behind
    }

    /// Notes that the client has had some time.
    pub(super) fn add(&self, work: Work, nanoseconds: u64) {
        self.had(work).fetch_add(nanoseconds, Ordering::Relaxed);
    }

    fn had(&self, work: Work) -> &AtomicU64 {
        &self.had[work as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_been_away_saves_nothing_up() {
        let turn = Turn::new();
        assert_eq!(
            turn.place(Work::Reading, 1_000, Weight::Light),
            (1_000, Weight::Light)
        );
        turn.add(Work::Reading, 500);
        assert_eq!(
            turn.place(Work::Reading, 1_000, Weight::Light),
            (1_500, Weight::Light)
        );
        assert_eq!(
            turn.place(Work::Reading, 9_000, Weight::Heavy),
            (9_000, Weight::Heavy)
        );
    }

    #[test]
    fn who_is_far_ahead_has_no_light_work() {
        let turn = Turn::new();
        turn.add(Work::Reading, Turn::AHEAD + 1);
        assert_eq!(
            turn.place(Work::Reading, 0, Weight::Light),
            (Turn::AHEAD + 1, Weight::Heavy)
        );
        assert_eq!(
            turn.place(Work::Reading, 1, Weight::Light),
            (Turn::AHEAD + 1, Weight::Light)
        );
    }
}
