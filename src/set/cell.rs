//! The globe, cut into cells.
//!
//! At level `n` a cell is `360 / 2^n` degrees wide and high. A region is filed under the few cells that it touches, at
//! a level where they are no larger than it is.

use super::feature::{Feature, KeyHasher, Kind};
use crate::geo::Point;

/// A box in degrees, its borders included; west of the date line to east of it is two boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Region {
    pub(super) south: f64,
    pub(super) west: f64,
    pub(super) north: f64,
    pub(super) east: f64,
}

/// Cells are cut no finer: some 40 m.
const FINEST: u8 = 20;

/// A region touches no more cells.
const MOST_CELLS: f64 = 16.0;

/// How far a distance that Parse computes may be off, in degrees, and more.
const SLACK: f64 = 1e-4;

impl Region {
    pub(super) const ALL: Self = Self {
        south: -90.0,
        west: -180.0,
        north: 90.0,
        east: 180.0,
    };

    /// The smallest box around points.
    pub(super) fn around(points: impl Iterator<Item = Point>) -> Self {
        let none = Self {
            south: f64::INFINITY,
            west: f64::INFINITY,
            north: f64::NEG_INFINITY,
            east: f64::NEG_INFINITY,
        };
        points.fold(none, |region, point| Self {
            south: region.south.min(point.latitude),
            west: region.west.min(point.longitude),
            north: region.north.max(point.latitude),
            east: region.east.max(point.longitude),
        })
    }

    /// Boxes around the points that are no farther from a center than `radius`, in radians.
    ///
    /// Over a pole, where every meridian is near, a box goes all the way around.
    pub(super) fn circle(center: Point, radius: f64) -> Vec<Self> {
        let degrees = radius.to_degrees() * (1.0 + 1e-9) + SLACK;
        let (south, north) = (center.latitude - degrees, center.latitude + degrees);
        if south <= -90.0 || north >= 90.0 {
            return vec![
                Self {
                    south,
                    north,
                    ..Self::ALL
                }
                .clamped(),
            ];
        }
        let along = degrees.to_radians().sin() / center.latitude.to_radians().cos();
        let along = along.min(1.0).asin().to_degrees() + SLACK;
        let (west, east) = (center.longitude - along, center.longitude + along);
        let region = Self {
            south,
            west,
            north,
            east,
        };
        let mut regions = vec![region.clamped()];
        if west < -180.0 {
            regions.push(
                Self {
                    west: west + 360.0,
                    east: 180.0,
                    ..region
                }
                .clamped(),
            );
        }
        if east > 180.0 {
            regions.push(
                Self {
                    west: -180.0,
                    east: east - 360.0,
                    ..region
                }
                .clamped(),
            );
        }
        regions
    }

    fn clamped(self) -> Self {
        Self {
            south: self.south.max(-90.0),
            west: self.west.max(-180.0),
            north: self.north.min(90.0),
            east: self.east.min(180.0),
        }
    }

    pub(super) fn is_empty(self) -> bool {
        let region = self.clamped();
        region.south > region.north || region.west > region.east
    }

    /// The level at which the region is filed, and the cells it touches there.
    pub(super) fn cells(self) -> (u8, impl Iterator<Item = (f64, f64)>) {
        let region = self.clamped();
        let extent = (region.north - region.south).max(region.east - region.west);
        let mut level = FINEST;
        while level > 0 && (size(level) < extent / 2.0 || region.count(level) > MOST_CELLS) {
            level -= 1;
        }
        let (x0, y0) = cell(level, region.south, region.west);
        let (x1, y1) = cell(level, region.north, region.east);
        let steps = |to: f64| {
            (0..=16u8)
                .map(f64::from)
                .take_while(move |step| *step <= to)
        };
        let cells = steps(y1 - y0).flat_map(move |y| steps(x1 - x0).map(move |x| (x0 + x, y0 + y)));
        (level, cells)
    }

    fn count(self, level: u8) -> f64 {
        let (x0, y0) = cell(level, self.south, self.west);
        let (x1, y1) = cell(level, self.north, self.east);
        (x1 - x0 + 1.0) * (y1 - y0 + 1.0)
    }
}

/// Every level at which a region may be filed.
pub(super) fn levels() -> impl Iterator<Item = u8> {
    0..=FINEST
}

fn size(level: u8) -> f64 {
    360.0 / f64::from(1u32 << level)
}

fn cell(level: u8, latitude: f64, longitude: f64) -> (f64, f64) {
    let size = size(level);
    (
        ((longitude + 180.0) / size).floor(),
        ((latitude + 90.0) / size).floor(),
    )
}

/// The key of a cell, of points or of areas.
pub(super) fn cell_key(hasher: &KeyHasher, feature: Feature, (x, y): (f64, f64)) -> u64 {
    hasher.key(feature, ((x + 0.0).to_bits(), (y + 0.0).to_bits()))
}

/// The key of the cell in which a point lies.
pub(super) fn point_key(hasher: &KeyHasher, feature: Feature, point: Point) -> u64 {
    debug_assert!(matches!(feature.kind, Kind::Cell | Kind::Area));
    cell_key(
        hasher,
        feature,
        cell(feature.level, point.latitude, point.longitude),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::Place;

    fn at(latitude: f64, longitude: f64) -> Point {
        Point {
            latitude,
            longitude,
        }
    }

    #[test]
    fn what_is_near_lies_in_a_cell_of_the_circle() {
        let centers = [
            at(0.0, 0.0),
            at(52.5, 13.4),
            at(-89.0, 100.0),
            at(10.0, 179.9),
            at(60.0, -179.0),
        ];
        for center in centers {
            for radius in [0.0, 1e-6, 0.001, 0.1, 1.0, 3.0] {
                let filed: Vec<(u8, Vec<(f64, f64)>)> = Region::circle(center, radius)
                    .into_iter()
                    .map(Region::cells)
                    .map(|(level, cells)| (level, cells.collect()))
                    .collect();
                assert!(filed.iter().all(|(_, cells)| cells.len() <= 17));
                for step in 0..10_000 {
                    let point = at(
                        f64::from(step % 100) * 1.8 - 89.1,
                        f64::from(step / 100) * 3.6 - 178.2,
                    );
                    let near = Place::from(center).radians_to(point.into()) <= radius;
                    let found = filed.iter().any(|(level, cells)| {
                        cells.contains(&cell(*level, point.latitude, point.longitude))
                    });
                    assert!(found || !near, "{center:?} {radius} {point:?}");
                }
            }
        }
    }

    #[test]
    fn a_small_box_touches_few_small_cells() {
        let region = Region {
            south: 10.0,
            west: 20.0,
            north: 10.1,
            east: 20.2,
        };
        let (level, cells) = region.cells();
        assert!(size(level) < 0.25 && cells.count() <= 9);
    }
}
