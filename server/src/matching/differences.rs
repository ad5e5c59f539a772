//! Where the other dialect would have told a subscriber something else is told in the log.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use livematch::{Difference, Surprise};
use tracing::warn;

use crate::accounting::Seldom;
use crate::dialects::Dialects;
use crate::excerpt::excerpt;
use crate::publication::Publication;
use crate::registry::{Subscription, Told};
use crate::turns::{Progress, Turn, Turns, Weight};

/// Of larger changes nothing is told: nobody meters what that takes.
const LARGEST: usize = 64 << 10;

/// Tells of one difference in a while, and why it is.
pub(crate) struct Differences {
    dialects: Arc<Dialects>,
    /// The clause is read anew, which is done when nobody waits for it.
    turns: Turns,
    turn: Arc<Turn>,
    lines: Seldom,
    /// Whether one is being looked at.
    is_busy: Arc<AtomicBool>,
}

/// Until it is dropped, a difference is looked at.
struct Busy(Arc<AtomicBool>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Differences {
    pub(crate) fn new(dialects: &Arc<Dialects>, turns: &Turns) -> Self {
        Self {
            dialects: Arc::clone(dialects),
            turns: turns.clone(),
            turn: Turn::new(),
            lines: Seldom::default(),
            is_busy: Arc::default(),
        }
    }

    /// Tells what a subscriber is told of a change and would have been, and which constraints of the clause make the difference. What
    /// they ask for and what the object has is not told.
    pub(super) fn tell(
        &self,
        publication: &Arc<Publication>,
        subscription: &Arc<Subscription>,
        told: Told,
    ) {
        if publication.bytes() > LARGEST || self.is_busy.load(Ordering::Relaxed) {
            return;
        }
        let Some(more) = self.lines.due() else {
            return;
        };
        self.is_busy.store(true, Ordering::Relaxed);
        let busy = Busy(Arc::clone(&self.is_busy));
        let (publication, subscription) = (Arc::clone(publication), Arc::clone(subscription));
        let dialects = Arc::clone(&self.dialects);
        self.turns.in_pieces(&self.turn, Weight::Heavy, move || {
            let _until_done = &busy;
            let change = publication.change();
            let (class, [served, shadow]) = (&*subscription.class_name, told.names());
            let comparison = dialects.comparison(class, &subscription.clause);
            let compared = comparison.compare(change.old_object(), change.new_object());
            let differences = compared.differences();
            let places = joined(differences.iter().flat_map(Difference::pointers));
            let surprises = differences.iter().flat_map(Difference::surprises);
            let codes = joined(surprises.map(Surprise::code));
            let id = publication.object_id();
            warn!(
                class,
                id,
                served,
                shadow,
                places,
                codes,
                more,
                "the other dialect would have told a subscriber something else"
            );
            Progress::Done
        });
    }
}

/// What is told of many: each once, and no more than a line of it.
fn joined<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let words: BTreeSet<&str> = words.collect();
    excerpt(words.into_iter().collect::<Vec<_>>().join(" "))
}
