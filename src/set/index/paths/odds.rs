//! Which share of the changes a key or a range will find, as a guess from what is in queries.

use super::Paths;
use crate::set::index::group::Crowd;
use crate::set::keys::feature::{Feature, Kind, Scalar};
use crate::set::keys::interval::Bounds;
use crate::set::keys::shape::Shape;

/// The share of the changes that have a key, as a guess.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Chance {
    /// What the queries tell that are filed under the key already: the more of those of its feature, the more common it is.
    pub(crate) seen: f64,
    /// How much dearer the queries that are together under the key make it than what they tell.
    pub(crate) crowding: f64,
    /// What is assumed of every key, until more is known of the feature.
    pub(crate) assumed: f64,
}

impl Chance {
    /// Of what queries tell nothing about.
    pub(crate) const fn fixed(share: f64) -> Self {
        Self {
            seen: share,
            crowding: 0.0,
            assumed: 0.0,
        }
    }

    /// The share itself.
    pub(crate) fn share(self) -> f64 {
        self.seen + self.assumed
    }

    /// What it counts for where keys are chosen.
    pub(crate) fn total(self) -> f64 {
        self.share() + self.crowding
    }
}

impl Paths {
    /// Notes that a query has a range.
    pub(crate) fn note_range(&mut self, path: u32, bounds: Bounds) {
        let Some(record) = self.records.get_mut(path) else {
            return;
        };
        for end in [bounds.low, bounds.high] {
            if end.is_finite() {
                record.span.low = record.span.low.min(end);
                record.span.high = record.span.high.max(end);
            }
        }
    }

    /// How likely a change is to have a key under which there are such queries.
    ///
    /// It is the key's share of what is filed under the feature at the root, as if there had been one more query of each of as many
    /// keys as a feature of its kind has at least.
    pub(crate) fn chance(&self, feature: Feature, crowd: Crowd) -> Chance {
        let at_first = match feature.kind {
            Kind::Scalar | Kind::Whole => 1.0 / 64.0,
            Kind::Pointer => 1.0 / 256.0,
            // Each query that asks for the path has the same one, so their number says nothing.
            Kind::Shape(shape) => return Chance::fixed(chance_of_shape(shape)),
            Kind::Interval(_) => return Chance::fixed(0.0),
            Kind::Prefix(length) | Kind::Gram(length) => 0.5f64.powi(length.into()).max(1e-4),
            Kind::Cell(level) => 0.25f64.powi(level.into()),
            Kind::Area(_) => 0.01,
        };
        let uses = self
            .records
            .get(feature.path)
            .map(|record| &record.features);
        let known = uses.and_then(|uses| uses.iter().find(|used| used.feature == feature));
        let all = known.map_or(0.0, |used| f64::from(used.filings)) + 1.0 / at_first;
        let queries = crowd.count();
        Chance {
            seen: queries / all,
            crowding: (crowd.weight() - queries) / all,
            assumed: 1.0 / all,
        }
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

fn chance_of_shape(shape: Shape) -> f64 {
    match shape {
        Shape::Missing => 0.2,
        Shape::Present | Shape::Object | Shape::Array => 0.5,
        Shape::Bracket(_) => 0.6,
        Shape::Text | Shape::EmptyArray | Shape::Other | Shape::OddPoint | Shape::NoOrder => 0.002,
        Shape::BarePointer | Shape::VastArea | Shape::Keyless => 0.002,
    }
}

/// Whether a value is one of the few that a field of its kind has: to ask for it tells half of the objects apart at best.
pub(crate) fn is_two_valued(scalar: Scalar<'_>) -> bool {
    matches!(scalar, Scalar::Bool(_) | Scalar::Null)
}
