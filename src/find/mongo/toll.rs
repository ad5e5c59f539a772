//! Who pays while a filter is asked.

use std::cell::Cell;

use crate::pattern::Pattern;
use crate::steps::{Meter, Spend};

/// Pays for steps, or lets them pass.
///
/// What cannot be paid is answered anyhow, so that whoever asks comes to an end: the answer as a whole is then worth
/// nothing.
pub(crate) trait Toll {
    /// Pays for steps; whether there was enough.
    fn pays(&self, steps: u64) -> bool;

    /// Whether a pattern matches.
    fn matches(&self, pattern: &Pattern, text: &str) -> bool;
}

/// Nobody counts.
pub(crate) struct NoToll;

impl Toll for NoToll {
    #[inline]
    fn pays(&self, _: u64) -> bool {
        true
    }

    #[inline]
    fn matches(&self, pattern: &Pattern, text: &str) -> bool {
        pattern.is_match(text)
    }
}

/// So many steps may be paid.
pub(crate) struct Purse {
    meter: Cell<Meter>,
    is_spent: Cell<bool>,
}

impl Purse {
    pub(crate) const fn new(left: u64) -> Self {
        Self {
            meter: Cell::new(Meter::new(left)),
            is_spent: Cell::new(false),
        }
    }

    /// How many steps are left; nothing if there were not enough.
    pub(crate) fn left(&self) -> Option<u64> {
        (!self.is_spent.get()).then(|| self.meter.get().left())
    }

    fn with<T, E>(&self, spend: impl FnOnce(&mut Meter) -> Result<T, E>) -> Option<T> {
        let mut meter = self.meter.get();
        let done = spend(&mut meter).ok();
        self.meter.set(meter);
        if done.is_none() {
            self.is_spent.set(true);
        }
        done
    }
}

impl Toll for Purse {
    fn pays(&self, steps: u64) -> bool {
        self.with(|meter| meter.spend(steps)).is_some()
    }

    fn matches(&self, pattern: &Pattern, text: &str) -> bool {
        let found = self.with(|meter| pattern.is_match_within(text, meter));
        found.unwrap_or_default()
    }
}
