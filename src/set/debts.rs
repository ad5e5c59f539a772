//! What is left to be done for queries that have come or gone.

use std::collections::VecDeque;

use smallvec::SmallVec;

use super::index::Pending;

/// What is left to be done, the oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Debts(pub(super) VecDeque<Debt>);

#[derive(Clone, Debug)]
pub(super) enum Debt {
    /// A query is to be filed.
    File(Box<Pending>),
    /// A query that has gone is to be taken out of where it was filed.
    Remove(Gone),
}

/// A query that has gone. Its number is not given out as long as it stands somewhere.
#[derive(Clone, Debug)]
pub(super) struct Gone {
    pub(super) number: u32,
    /// The paths that it looked at: where it is filed they are known by their numbers.
    pub(super) paths: SmallVec<[u32; 8]>,
}

impl Debts {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The queries that have gone and are still filed.
    pub(super) fn gone(&self) -> impl Iterator<Item = &Gone> {
        self.0.iter().filter_map(|debt| match debt {
            Debt::Remove(gone) => Some(gone),
            Debt::File(_) => None,
        })
    }

    /// The queries that are not filed yet.
    pub(super) fn pending(&self) -> impl Iterator<Item = &Pending> {
        self.0.iter().filter_map(|debt| match debt {
            Debt::File(pending) => Some(&**pending),
            Debt::Remove(_) => None,
        })
    }

    /// A query is not to be filed any more.
    pub(super) fn forgive(&mut self, number: u32) {
        self.0
            .retain(|debt| !matches!(debt, Debt::File(pending) if pending.number == number));
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let pending = self.pending().map(Pending::memory_usage);
        let gone = self.gone().filter(|gone| gone.paths.spilled());
        let paths = gone.map(|gone| gone.paths.capacity() * size_of::<u32>());
        self.0.capacity() * size_of::<Debt>() + pending.sum::<usize>() + paths.sum::<usize>()
    }
}
