//! Where a member stood the last time.

use std::sync::atomic::{AtomicU32, Ordering};

/// The place of a member in the last object that had it: objects of a class have their fields in the same places, most of
/// the time.
///
/// Any place is right to begin with, and threads may overwrite each other's.
#[derive(Debug, Default)]
pub(crate) struct Guess(AtomicU32);

impl Guess {
    #[inline]
    pub(crate) fn place(&self) -> usize {
        self.0.load(Ordering::Relaxed) as usize
    }

    #[inline]
    pub(crate) fn set(&self, place: usize) {
        let place = u32::try_from(place).unwrap_or_default();
        self.0.store(place, Ordering::Relaxed);
    }
}

impl Clone for Guess {
    fn clone(&self) -> Self {
        let guess = Self::default();
        guess.set(self.place());
        guess
    }
}

/// A guess makes no difference.
impl PartialEq for Guess {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
