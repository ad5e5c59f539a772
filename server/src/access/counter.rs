//! Where questions to Parse Server wait for their turn.

use tokio::sync::{Semaphore, SemaphorePermit};

/// How many questions may be under way at once. More would only wait at Parse Server instead.
const PLACES: usize = 32;

/// How many of them may be about what has not been answered for anybody yet, such as a session that nobody has
/// heard of. Whoever makes sessions up does not stand in the way of those who have one.
const PLACES_OF_NEW: usize = 16;

/// How many questions may wait for a place.
const WAITING: usize = 4_096;

/// In which of two lines a question waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It is about somebody who is known.
    Known,
    /// It is about somebody or something new.
    New,
}

/// Places for questions.
pub(super) struct Counter {
    places: Semaphore,
    places_of_new: Semaphore,
    /// Places for those that wait, for each line.
    waiting: [Semaphore; 2],
}

/// A place for a question.
pub(super) struct Place<'a> {
    _place: SemaphorePermit<'a>,
    _of_new: Option<SemaphorePermit<'a>>,
}

impl Default for Counter {
    fn default() -> Self {
        Self {
            places: Semaphore::new(PLACES),
            places_of_new: Semaphore::new(PLACES_OF_NEW),
            waiting: [Semaphore::new(WAITING), Semaphore::new(WAITING)],
        }
    }
}

impl Counter {
    /// Waits for a place; none if too many wait already.
    pub(super) async fn wait(&self, turn: Turn) -> Option<Place<'_>> {
        let _waiting = self.waiting[turn as usize].try_acquire().ok()?;
        // They are never closed.
        let of_new = match turn {
            Turn::New => Some(self.places_of_new.acquire().await.ok()?),
            Turn::Known => None,
        };
        Some(Place {
            _place: self.places.acquire().await.ok()?,
            _of_new: of_new,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use futures_util::future::join_all;

    /// The places that are had without waiting.
    fn take(counter: &Counter, turn: Turn) -> Vec<Place<'_>> {
        std::iter::from_fn(|| counter.wait(turn).now_or_never().flatten()).collect()
    }

    #[test]
    fn new_ones_leave_places_to_those_who_are_known() {
        let counter = Counter::default();
        let new = take(&counter, Turn::New);
        assert_eq!(new.len(), PLACES_OF_NEW);
        let known = take(&counter, Turn::Known);
        assert_eq!(known.len(), PLACES - PLACES_OF_NEW);
        drop(new);
        assert_eq!(take(&counter, Turn::Known).len(), PLACES_OF_NEW);
    }

    #[test]
    fn those_who_are_known_may_have_all_places() {
        let counter = Counter::default();
        let known = take(&counter, Turn::Known);
        assert_eq!(known.len(), PLACES);
        assert!(take(&counter, Turn::New).is_empty());
        drop(known);
        assert_eq!(take(&counter, Turn::New).len(), PLACES_OF_NEW);
    }

    #[tokio::test]
    async fn so_many_wait_and_the_next_does_not() {
        let counter = Counter::default();
        let places = take(&counter, Turn::New);
        let mut waiting = Box::pin(join_all((0..WAITING).map(|_| counter.wait(Turn::New))));
        assert!(waiting.as_mut().now_or_never().is_none());
        let refused = counter.wait(Turn::New).now_or_never();
        assert!(matches!(refused, Some(None)));
        let known = counter.wait(Turn::Known).now_or_never();
        assert!(matches!(known, Some(Some(_))), "another line");
        drop((waiting, places));
        let place = counter.wait(Turn::New).now_or_never();
        assert!(matches!(place, Some(Some(_))));
    }
}
