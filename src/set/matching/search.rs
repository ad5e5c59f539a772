//! How the candidates of a change are found.

use super::candidates::Candidates;
use super::positions::Positions;
use super::sought::{Keys, Sought};
use super::subject::{Sides, Subject};
use crate::set::index::Index;
use crate::set::index::group::Group;
use crate::set::index::paths::Paths;
use crate::set::keys::hint::Spot;
use crate::set::store::number::GroupId;
use crate::set::store::table::{Entry, Posting};

/// Finds the queries that may match one side of a change.
///
/// Level by level: the keys of all groups of a level are looked up together, so that what they lead to is read from
/// memory at once and not one after another.
pub(crate) fn candidates(
    index: &Index,
    keys: &Keys,
    numbers: &Numbers<'_, '_>,
    frontier: &mut Frontier,
    found: &mut Candidates,
) {
    let mut search = Search {
        index,
        keys,
        numbers,
        frontier,
        found,
    };
    search.root();
    while !search.frontier.groups.is_empty() {
        search.enter();
        search.look_up_below();
    }
}

/// Where a search stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frontier {
    /// To be looked up.
    keys: Vec<Sought>,
    /// Groups that keys led to, and the spots of the keys or of those above.
    groups: Vec<(GroupId, Option<Spot>)>,
}

/// The numbers of a change, for those that ask for them by path.
pub(crate) struct Numbers<'s, 'v> {
    pub(crate) subject: &'s Subject<'v>,
    pub(crate) paths: &'s Paths,
    pub(crate) positions: &'s Positions,
}

impl Numbers<'_, '_> {
    fn of(&self, path: u32, after: bool) -> Option<f64> {
        self.subject.number(path, after, self.paths, self.positions)
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
    frontier: &'s mut Frontier,
    found: &'s mut Candidates,
}

impl Search<'_, '_> {
    fn root(&mut self) {
        self.frontier.groups.clear();
        self.keys.of_root().for_each(|keys| self.look_up(keys));
        if let Some(root) = self.index.groups.get(GroupId::ROOT) {
            self.inside(root, None);
        }
    }

    fn look_up(&mut self, keys: &[Sought]) {
        let table = &self.index.table;
        for sought in keys {
            table.prefetch(sought.key);
        }
        for Sought { key, spot } in keys {
            match table.get(*key).map(Entry::from) {
                Some(Entry::One(posting)) => take(posting, *spot, self.keys, self.found),
                Some(Entry::Group(group)) => self.frontier.groups.push((group, *spot)),
                None => {}
            }
        }
    }

    /// Looks up the keys that entering groups has brought.
    fn look_up_below(&mut self) {
        let mut keys = std::mem::take(&mut self.frontier.keys);
        self.look_up(&keys);
        keys.clear();
        self.frontier.keys = keys;
    }

    /// Goes into the groups that were found.
    fn enter(&mut self) {
        let mut groups = std::mem::take(&mut self.frontier.groups);
        let index = self.index;
        let found = || {
            let group = |(number, spot): &(GroupId, _)| Some((index.groups.get(*number)?, *spot));
            groups.iter().filter_map(group)
        };
        found().for_each(|(group, _)| group.prefetch());
        for (group, spot) in found() {
            self.inside(group, spot);
            let Some(parts) = &group.parts else { continue };
            for held in parts.features.iter() {
                let keys = self.keys.of(held.feature).iter();
                let keys = keys.map(|sought| Sought {
                    key: group.below(sought.key),
                    spot: sought.spot.or(spot),
                });
                self.frontier.keys.extend(keys);
            }
        }
        groups.clear();
        self.frontier.groups = groups;
    }

    /// What a group has that is not under keys, where a key with a spot led to it.
    fn inside(&mut self, group: &Group, spot: Option<Spot>) {
        let (keys, found) = (self.keys, &mut *self.found);
        group
            .postings
            .for_each(|posting| take(posting, spot, keys, found));
        let Some(parts) = &group.parts else { return };
        for thresholds in parts.thresholds.iter() {
            for after in self.numbers.sides([thresholds.path].into_iter()) {
                if let Some(number) = self.numbers.of(thresholds.path, *after) {
                    thresholds.for_each(number, |slot| self.found.push(slot));
                }
            }
        }
        for columns in parts.columns.iter() {
            for after in self.numbers.sides(columns.paths()) {
                let number = |path| self.numbers.of(path, *after);
                columns.for_each(number, |slot| self.found.push(slot));
            }
        }
    }
}

/// Takes a query for a candidate, unless its hint tells that the change is none for it.
#[inline]
fn take(posting: Posting, spot: Option<Spot>, keys: &Keys, found: &mut Candidates) {
    if keys.admits(posting.hint, spot) {
        found.push(posting.slot);
    }
}
