//! The features by which queries are filed, and how many ask for each.

use super::Paths;
use crate::set::keys::feature::{Feature, Kind};
use crate::set::store::number::FeatureId;

/// A feature in use.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) number: FeatureId,
    pub(crate) feature: Feature,
    /// How many keys of it the root has.
    pub(crate) root: u32,
    /// How many other groups have keys of it, and queries a second key.
    pub(crate) groups: u32,
    /// In how many places queries are filed under its keys of the root.
    pub(crate) filings: u32,
}

impl Paths {
    pub(crate) fn uses(&self) -> impl Iterator<Item = &Use> {
        let numbers = self.features.iter();
        numbers.filter_map(|(number, _)| self.used(number))
    }

    pub(crate) fn when_missing(&self) -> impl Iterator<Item = u32> {
        self.when_missing.iter().copied()
    }

    /// The number of a feature of a path that there is; it is in use from now on.
    pub(crate) fn feature(&mut self, feature: Feature) -> Option<FeatureId> {
        let record = self.records.get_mut(feature.path)?;
        let mut features = record.features.iter();
        if let Some(used) = features.find(|used| used.feature == feature) {
            return Some(used.number);
        }
        let number = self.features.insert(feature.path);
        record.features.push(Use {
            number,
            feature,
            root: 0,
            groups: 0,
            filings: 0,
        });
        if is_of_nothing(feature) {
            self.when_missing.insert(feature.path);
        }
        Some(number)
    }

    pub(crate) fn used(&self, feature: FeatureId) -> Option<&Use> {
        let path = self.features.get(feature)?;
        let mut features = self.records.get(*path)?.features.iter();
        features.find(|used| used.number == feature)
    }

    fn used_mut(&mut self, feature: FeatureId) -> Option<&mut Use> {
        let path = self.features.get(feature)?;
        let mut features = self.records.get_mut(*path)?.features.iter_mut();
        features.find(|used| used.number == feature)
    }

    pub(crate) fn features_bound(&self) -> usize {
        self.features.bound()
    }

    /// Counts a place where a query is filed under a key of the root.
    pub(crate) fn count_filing(&mut self, feature: FeatureId) {
        if let Some(used) = self.used_mut(feature) {
            used.filings += 1;
        }
    }

    /// Takes back a [`count_filing`](Self::count_filing).
    pub(crate) fn discount_filing(&mut self, feature: FeatureId) {
        if let Some(used) = self.used_mut(feature) {
            used.filings -= 1;
        }
    }

    /// Counts a key of the root, or a group that has keys of a feature.
    pub(crate) fn acquire_feature(&mut self, feature: FeatureId, at_root: bool) {
        if let Some(used) = self.used_mut(feature) {
            if at_root {
                used.root += 1;
            } else {
                used.groups += 1;
            }
        }
    }

    /// Takes back a [`acquire_feature`](Self::acquire_feature).
    pub(crate) fn release_feature(&mut self, feature: FeatureId, at_root: bool) {
        let Some(used) = self.used_mut(feature) else {
            return;
        };
        if at_root {
            used.root -= 1;
        } else {
            used.groups -= 1;
        }
        if used.root > 0 || used.groups > 0 {
            return;
        }
        let path = used.feature.path;
        self.features.remove(feature);
        if let Some(record) = self.records.get_mut(path) {
            record.features.retain(|other| other.number != feature);
        }
        self.forget_missing(path);
    }

    /// Counts a range structure that asks for the number at a path.
    pub(crate) fn acquire_range(&mut self, path: u32) {
        if let Some(record) = self.records.get_mut(path) {
            record.ranges += 1;
            self.when_missing.insert(path);
        }
    }

    /// Takes back a [`acquire_range`](Self::acquire_range).
    pub(crate) fn release_range(&mut self, path: u32) {
        if let Some(record) = self.records.get_mut(path) {
            record.ranges -= 1;
        }
        self.forget_missing(path);
    }

    fn forget_missing(&mut self, path: u32) {
        let Some(record) = self.records.get(path) else {
            return;
        };
        let asks = record
            .features
            .iter()
            .any(|used| is_of_nothing(used.feature));
        if !asks && record.ranges == 0 {
            self.when_missing.remove(&path);
        }
    }
}

/// Whether nothing at the path may have a key of a feature.
fn is_of_nothing(feature: Feature) -> bool {
    matches!(feature.kind, Kind::Shape(shape) if shape.is_of_nothing())
}
