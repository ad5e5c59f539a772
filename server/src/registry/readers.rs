//! Who may read a change, as those need to know who find whom it concerns.

use super::Subscription;

/// Who may read one change, as far as that is known at once.
///
/// Whoever may not see anything of a change must not learn what their queries made of it: neither by an event, nor by
/// being told that it took too much to run them.
pub(crate) trait Readers {
    /// Whether a subscriber could see anything of the change; none if that is not known yet.
    fn may_see(&mut self, subscription: &Subscription) -> Option<bool>;
}
