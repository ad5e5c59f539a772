//! Who may read a change, as those need to know who find whom it concerns.

use super::Subscription;

/// Who may read one change, as far as that is known at once.
///
/// Whoever may not see anything of a change must not learn what their queries made of it: neither by an event, nor by
/// being told that it took too much to run them.
pub(crate) trait Readers {
    /// How much of the change a subscriber may see, for whom their query is run on all of it.
    fn sees(&mut self, subscription: &Subscription) -> Sees;
}

/// How much of a change somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sees {
    All,
    Nothing,
    /// One side of two, or it is not known yet. What a query takes may tell what they may not see.
    InDoubt,
}
