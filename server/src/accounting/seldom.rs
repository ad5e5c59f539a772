//! What happens often is logged seldom.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// How often the same thing is logged.
const PERIOD: Duration = Duration::from_secs(10);

/// Lets one of many equal log lines through in a while, and counts the others.
#[derive(Debug, Default)]
pub(crate) struct Seldom {
    last: Mutex<Option<Instant>>,
    withheld: AtomicU64,
}

impl Seldom {
    /// Whether a line is due; if so, how many have been withheld since the last one.
    pub(crate) fn due(&self) -> Option<u64> {
        let now = Instant::now();
        let mut last = self.last.lock();
        if last.is_some_and(|last| now.duration_since(last) < PERIOD) {
            self.withheld.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        *last = Some(now);
        Some(self.withheld.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_in_a_while() {
        let seldom = Seldom::default();
        assert_eq!(seldom.due(), Some(0));
        assert_eq!((seldom.due(), seldom.due()), (None, None));
        *seldom.last.lock() = Instant::now().checked_sub(PERIOD);
        assert_eq!(seldom.due(), Some(2));
    }
}
