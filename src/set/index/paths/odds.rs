//! Which share of the changes a key or a range will find, as a guess from what is in queries.

use super::Paths;
use crate::set::keys::feature::{Feature, Kind, Scalar, sort};
use crate::set::keys::interval::Bounds;

impl Paths {
    /// Notes that a query was filed by a plain value, or has a range.
    pub(crate) fn note(&mut self, path: u32, range: Option<Bounds>) {
        let Some(record) = self.records.get_mut(path) else {
            return;
        };
        let Some(bounds) = range else {
            record.filed = record.filed.saturating_add(1);
            return;
        };
        for end in [bounds.low, bounds.high] {
            if end.is_finite() {
                record.span.low = record.span.low.min(end);
                record.span.high = record.span.high.max(end);
            }
        }
    }

    /// How likely a change is to have a key, as a guess: the more values of a path there are in queries, the less
    /// likely is each.
    pub(crate) fn chance(&self, feature: Feature) -> f64 {
        match feature.kind {
            Kind::Scalar => self.chance_of_value(feature, 64.0),
            Kind::Pointer => self.chance_of_value(feature, 1_024.0),
            Kind::Sort => match feature.level {
                sort::MISSING => 0.2,
                sort::OBJECT | sort::ARRAY => 0.5,
                sort::BRACKETS.. => 0.6,
                _ => 0.002,
            },
            Kind::Prefix | Kind::Gram => 0.5f64.powi(feature.level.into()).max(1e-4),
            Kind::Interval => 0.0,
            Kind::Cell => 0.25f64.powi(feature.level.into()),
            Kind::Area => 0.01,
            Kind::Whole => 1.0 / 64.0,
        }
    }

    fn chance_of_value(&self, feature: Feature, at_first: f64) -> f64 {
        let Some(record) = self.records.get(feature.path) else {
            return 1.0 / at_first;
        };
        let mut uses = record.features.iter();
        let known = uses
            .find(|used| used.feature == feature)
            .map_or(0, |used| used.root);
        let trust = 1.0 + f64::from(record.filed) / 16.0;
        1.0 / (f64::from(known) + at_first / trust).max(1.0)
    }

    /// How likely the number of a path is to lie within bounds, as a guess.
    pub(crate) fn chance_within(&self, path: u32, bounds: Bounds) -> f64 {
        const ONE_SIDED: f64 = 0.4;
        if !bounds.is_two_sided() {
            return ONE_SIDED;
        }
        let length = self
            .records
            .get(path)
            .map_or(0.0, |record| record.span.high - record.span.low);
        let share = (bounds.high - bounds.low) / length;
        if length > 0.0 && share.is_finite() {
            share.clamp(1e-6, ONE_SIDED)
        } else {
            0.05
        }
    }
}

/// Whether a value is one of the few that a field of its kind has: to ask for it tells half of the objects apart at best.
pub(crate) fn is_two_valued(scalar: Scalar<'_>) -> bool {
    matches!(scalar, Scalar::Bool(_) | Scalar::Null)
}
