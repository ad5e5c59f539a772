//! A query that is not filed yet.

use super::access::AccessKey;
use super::cover::Choice;

/// A query that is filed under so many keys that it is done in pieces.
///
/// Until it is done every change runs the query, so that it makes no difference which of the keys it is filed under
/// already.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) number: u32,
    pub(super) necessary: Vec<Choice>,
    /// What it is still to be filed by, the next one last.
    pub(super) cover: Vec<Choice>,
    /// How many keys of the next one are done, if it is a long list.
    pub(super) done: usize,
    /// How many keys are left.
    pub(super) left: usize,
}

impl Pending {
    pub(super) fn new(number: u32, cover: Vec<Choice>, necessary: Vec<Choice>) -> Self {
        Self {
            number,
            left: keys_of(&cover),
            necessary,
            cover,
            done: 0,
        }
    }

    /// How many steps it takes to file the rest.
    pub(crate) fn left(&self) -> usize {
        self.left
    }

    /// Heap bytes, near enough.
    pub(crate) fn memory_usage(&self) -> usize {
        let choices = self.cover.capacity() + self.necessary.capacity();
        choices * size_of::<Choice>() + self.left * size_of::<AccessKey>()
    }
}

/// Under how many keys a cover has a query filed.
pub(super) fn keys_of(cover: &[Choice]) -> usize {
    cover.iter().map(|choice| choice.access.keys()).sum()
}
