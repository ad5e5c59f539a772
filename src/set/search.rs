//! How the candidates of a change are found.

use super::feature::below;
use super::group::Group;
use super::index::{Index, ROOT};
use super::paths::Paths;
use super::scratch::{Keys, Positions};
use super::subject::{Sides, Subject, number_of};
use super::table::{Entry, Posting};

/// Finds the queries that may match one side of a change, some of them more than once.
pub(super) fn candidates(
    index: &Index,
    keys: &Keys,
    numbers: &Numbers<'_, '_>,
    paths: &Paths,
    found: &mut Vec<u32>,
) {
    let mut search = Search {
        index,
        keys,
        numbers,
        found,
    };
    search.root(paths);
}

/// The numbers of a change, for those that ask for them by path.
pub(super) struct Numbers<'s, 'v> {
    pub(super) subject: &'s Subject<'v>,
    pub(super) positions: &'s Positions,
}

impl Numbers<'_, '_> {
    fn of(&self, path: u32, after: bool) -> f64 {
        number_of(self.subject.read(path, after, self.positions))
    }

    /// The sides on which the numbers of some paths are to be looked at.
    fn sides(&self, mut paths: impl Iterator<Item = u32>) -> &'static [bool] {
        let changed = |path: u32| {
            let touched = self.subject.find(path, self.positions);
            touched.is_some_and(|touched| touched.changed)
        };
        match self.subject.sides {
            Sides::Both { .. } if paths.any(changed) => &[true, false],
            _ => &[true],
        }
    }
}

struct Search<'s, 'v> {
    index: &'s Index,
    keys: &'s Keys,
    numbers: &'s Numbers<'s, 'v>,
    found: &'s mut Vec<u32>,
}

impl Search<'_, '_> {
    fn root(&mut self, paths: &Paths) {
        let Some(root) = self.index.groups.get(ROOT) else {
            return;
        };
        self.inside(root);
        for touched in self.numbers.subject.touched() {
            self.path(touched.path, paths);
        }
        let missing = paths.when_missing();
        missing
            .filter(|path| self.numbers.positions.get(*path).is_none())
            .for_each(|path| self.path(path, paths));
    }

    fn path(&mut self, path: u32, paths: &Paths) {
        let Some(record) = paths.get(path) else {
            return;
        };
        for feature in &record.features {
            if paths.used(*feature).is_some_and(|used| used.root > 0) {
                self.keys
                    .of(*feature)
                    .iter()
                    .for_each(|key| self.probe(*key));
            }
        }
    }

    fn probe(&mut self, key: u64) {
        match self.index.table.get(key).map(|packed| Entry::from(*packed)) {
            None => {}
            Some(Entry::One(posting)) => self.posting(posting),
            Some(Entry::Group(number)) => self.group(number),
        }
    }

    fn posting(&mut self, posting: Posting) {
        if self.keys.may_have(posting.print) {
            self.found.push(posting.slot);
        }
    }

    fn group(&mut self, number: u32) {
        let Some(group) = self.index.groups.get(number) else {
            return;
        };
        self.inside(group);
        let Some(parts) = &group.parts else { return };
        for (feature, _) in &parts.features {
            for key in self.keys.of(*feature) {
                self.probe(below(group.key, *key));
            }
        }
    }

    /// What a group has that is not under keys.
    fn inside(&mut self, group: &Group) {
        group.postings.for_each(|posting| self.posting(posting));
        let Some(parts) = &group.parts else { return };
        for thresholds in &parts.thresholds {
            for after in self.numbers.sides([thresholds.path].into_iter()) {
                let number = self.numbers.of(thresholds.path, *after);
                thresholds.for_each(number, |slot| self.found.push(slot));
            }
        }
        for columns in &parts.columns {
            for after in self.numbers.sides(columns.paths()) {
                let number = |path| self.numbers.of(path, *after);
                columns.for_each(number, |slot| self.found.push(slot));
            }
        }
    }
}
