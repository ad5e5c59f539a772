//! Taking queries out of where they are filed.

use std::mem;

use super::group::{Group, Side};
use super::paths::Paths;
use super::{FilingContext, Index, is_gram};
use crate::set::filed::{Filed, Where};
use crate::set::slot::Second;
use crate::set::store::number::{FeatureId, GroupId};
use crate::set::store::slab::NONE;
use crate::set::store::table::Entry;
use crate::set::tuning::MOST_APART;

impl Index {
    /// Takes back an [`acquire_key`](Self::acquire_key); a group in which nothing is left goes.
    fn release_key(&mut self, group: GroupId, feature: FeatureId, paths: &mut Paths) {
        if is_gram(feature, paths) {
            self.ngrams.remove();
        }
        if group == GroupId::ROOT {
            return paths.release_feature(feature, true);
        }
        let Some(parts) = self.parts(group) else {
            return;
        };
        let Some(held) = parts.features.get_mut(&feature) else {
            return;
        };
        held.keys -= 1;
        if held.keys == 0 {
            parts.features.remove(&feature);
            paths.release_feature(feature, false);
        }
        self.drop_if_empty(group, paths);
    }

    fn drop_if_empty(&mut self, number: GroupId, paths: &mut Paths) {
        if number == GroupId::ROOT || !self.groups.get(number).is_some_and(Group::is_empty) {
            return;
        }
        if let Some(group) = self.groups.remove(number) {
            self.table.remove(group.key);
            self.release_key(group.above, group.feature, paths);
        }
    }

    /// Takes a query out of so many places where it is filed, or of all if they are fewer, while its record is still there:
    /// a row that goes may move another row of the same query. How many places it were.
    pub(crate) fn remove(
        &mut self,
        number: u32,
        most: usize,
        context: &mut FilingContext<'_>,
    ) -> usize {
        let second = context.slots.record_mut(number);
        let second = second.map(|record| mem::replace(&mut record.second, Second::Unknown));
        if let Some(feature) = second.and_then(Second::feature) {
            context.paths.release_feature(feature, false);
        }
        let next = |context: &mut FilingContext<'_>| context.slots.record_mut(number)?.filed.pop();
        let mut taken = 0;
        while taken < most
            && let Some(filed) = next(context)
        {
            taken += 1;
            match filed.place.into() {
                Where::Key(feature) => {
                    if filed.at_root().is_some() {
                        context.paths.discount_filing(feature);
                    }
                    self.remove_key(number, &filed, feature, context.paths);
                }
                Where::Scan => {
                    if let Some(group) = self.groups.get_mut(filed.group) {
                        group.postings.remove(number);
                    }
                    self.drop_if_empty(filed.group, context.paths);
                }
                Where::Above(path) => {
                    self.remove_threshold(number, &filed, path, Side::Above, context.paths);
                }
                Where::Below(path) => {
                    self.remove_threshold(number, &filed, path, Side::Below, context.paths);
                }
                Where::Columns(at) => self.remove_row(&filed, at, context),
            }
        }
        taken
    }

    fn remove_key(&mut self, number: u32, filed: &Filed, feature: FeatureId, paths: &mut Paths) {
        match self.table.get(filed.at).map(Entry::from) {
            Some(Entry::One(_)) => {
                self.table.remove(filed.at);
                self.release_key(filed.group, feature, paths);
            }
            Some(Entry::Group(inside)) => {
                if let Some(group) = self.groups.get_mut(inside) {
                    group.postings.remove(number);
                }
                self.drop_if_empty(inside, paths);
            }
            None => {}
        }
    }

    fn remove_threshold(
        &mut self,
        number: u32,
        filed: &Filed,
        path: u32,
        side: Side,
        paths: &mut Paths,
    ) {
        let Some(parts) = self.parts(filed.group) else {
            return;
        };
        let Some(thresholds) = parts.thresholds.get_mut(&(path, side)) else {
            return;
        };
        thresholds.limits.remove(&(filed.at, number));
        if thresholds.limits.is_empty() {
            parts.thresholds.remove(&(path, side));
            paths.release_range(path);
            self.drop_if_empty(filed.group, paths);
        }
    }

    fn remove_row(&mut self, filed: &Filed, at: u32, context: &mut FilingContext<'_>) {
        let Some(parts) = self.parts(filed.group) else {
            return;
        };
        let Some(columns) = parts.columns.get_mut(at) else {
            return;
        };
        let row = u32::try_from(filed.at).unwrap_or(NONE);
        let last = u64::try_from(columns.len()).unwrap_or(0).saturating_sub(1);
        if let Some(moved) = columns.remove(row)
            && let Some(record) = context.slots.record_mut(moved.slot)
            && let Some(known) = find(
                &mut record.filed,
                moved.filing,
                &Filed { at: last, ..*filed },
            )
        {
            *known = *filed;
        }
        if !columns.is_empty() {
            return;
        }
        let gone = parts.columns.remove(at);
        gone.iter()
            .flat_map(|columns| columns.paths())
            .for_each(|path| context.paths.release_range(path));
        self.drop_if_empty(filed.group, context.paths);
    }
}

/// Where a query is filed at some place, by how many places there were before when it was filed there. While they were
/// few, one that was forgotten may have brought it further to the front.
fn find<'f>(all: &'f mut [Filed], before: u32, filed: &Filed) -> Option<&'f mut Filed> {
    let before = before as usize;
    if all.get(before) == Some(filed) {
        return all.get_mut(before);
    }
    all.iter_mut()
        .take(MOST_APART + 1)
        .find(|known| *known == filed)
}
