//! The queries that are run for a change.

use crate::marks::Marks;

/// Numbers of queries, each once when all are [there](Self::finish).
#[derive(Clone, Debug, Default)]
pub(crate) struct Candidates {
    all: Vec<u32>,
    marks: Marks,
}

/// Among so many a number is looked for that may be there; more are sorted in the end.
const FEW: usize = 64;

impl Candidates {
    pub(crate) fn clear(&mut self) {
        self.all.clear();
        self.marks = Marks::default();
    }

    #[inline]
    pub(crate) fn push(&mut self, number: u32) {
        let may_be_there = self.marks.mark(number);
        if may_be_there && self.all.len() <= FEW && self.all.contains(&number) {
            return;
        }
        self.all.push(number);
    }

    /// Leaves each number once.
    pub(crate) fn finish(&mut self) {
        if self.all.len() > FEW {
            self.all.sort_unstable();
            self.all.dedup();
        }
    }

    pub(crate) fn all(&self) -> &[u32] {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_is_there_once() {
        let mut candidates = Candidates::default();
        for count in [0, 3, 30, 63, 64, 65, 66, 500] {
            candidates.clear();
            // Some that end alike, and each twice.
            let numbers = (0..count).map(|at| at % 7 * 1_024 + at / 2);
            numbers
                .clone()
                .chain(numbers.clone())
                .for_each(|number| candidates.push(number));
            candidates.finish();
            let expected: BTreeSet<u32> = numbers.collect();
            assert_eq!(candidates.all().len(), expected.len());
            assert_eq!(
                candidates.all().iter().copied().collect::<BTreeSet<_>>(),
                expected
            );
        }
    }
}
