//! How long to wait before connecting again.

use std::time::Duration;

/// The first wait; each further one is twice as long.
const FIRST: Duration = Duration::from_millis(100);

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(5);

/// How long a connection must have been of use until the next failure counts as a first one.
const STEADY: Duration = Duration::from_secs(10);

/// Waits that become longer while nothing works.
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { next: FIRST }
    }

    /// How long to wait after a connection that was of use for so long.
    pub(super) fn after(&mut self, worked: Duration) -> Duration {
        if worked >= STEADY {
            self.next = FIRST;
        }
        let wait = self.next;
        self.next = (wait * 2).min(LONGEST);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_until_something_has_worked_for_a_while() {
        let mut backoff = Backoff::new();
        let brief = Duration::from_secs(1);
        let waits: Vec<_> = (0..8).map(|_| backoff.after(brief).as_millis()).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
        assert_eq!(backoff.after(STEADY), FIRST);
        assert_eq!(backoff.after(brief), 2 * FIRST);
    }
}
