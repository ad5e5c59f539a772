//! The globe, cut into cells.
//!
//! At level `n` a cell is `360 / 2^n` degrees wide and high. A region is filed under the cells that it touches, at a level
//! where they are as large as it is and so no more than four; with each goes the part of the cell that it covers.

use super::feature::{Feature, KeyHasher, Kind};
use super::hint::{Hint, Spot};
use crate::geo::Point;
use crate::set::tuning::FINEST_CELL;

/// A box in degrees, its borders included; west of the date line to east of it is two boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Region {
    pub(crate) south: f64,
    pub(crate) west: f64,
    pub(crate) north: f64,
    pub(crate) east: f64,
}

/// How far a distance that Parse computes may be off, in degrees, and more.
const SLACK: f64 = 1e-4;

impl Region {
    pub(crate) const ALL: Self = Self {
        south: -90.0,
        west: -180.0,
        north: 90.0,
        east: 180.0,
    };

    /// The smallest box around points.
    pub(crate) fn around(points: impl Iterator<Item = Point>) -> Self {
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
    pub(crate) fn circle(center: Point, radius: f64) -> Vec<Self> {
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

    pub(crate) fn is_empty(self) -> bool {
        let region = self.clamped();
        region.south > region.north || region.west > region.east
    }

    /// The level at which the region is filed, and the cells it touches there.
    pub(crate) fn cells(self) -> (u8, impl Iterator<Item = (f64, f64)>) {
        let region = self.clamped();
        let extent = (region.north - region.south).max(region.east - region.west);
        let mut level = FINEST_CELL;
        while level > 0 && size(level) < extent {
            level -= 1;
        }
        let (x0, y0) = cell(level, region.south, region.west);
        let (x1, y1) = cell(level, region.north, region.east);
        let steps = |to: f64| {
            let steps = (0..=2u8).map(f64::from);
            steps.take_while(move |step| *step <= to)
        };
        let cells = steps(y1 - y0).flat_map(move |y| steps(x1 - x0).map(move |x| (x0 + x, y0 + y)));
        (level, cells)
    }

    /// The part of a cell in which the region lies.
    pub(crate) fn part(self, level: u8, (x, y): (f64, f64)) -> Hint {
        let region = self.clamped();
        let spot = |latitude, longitude| {
            let (at_x, at_y) = place(level, latitude, longitude);
            Spot::on_globe(at_x - x, at_y - y)
        };
        Hint::part(
            spot(region.south, region.west),
            spot(region.north, region.east),
        )
    }
}

/// Every level at which a region may be filed.
pub(crate) fn levels() -> impl Iterator<Item = u8> {
    0..=FINEST_CELL
}

fn size(level: u8) -> f64 {
    360.0 / f64::from(1u32 << level)
}

/// Where a point lies, in cells from the south west of the globe.
fn place(level: u8, latitude: f64, longitude: f64) -> (f64, f64) {
    let size = size(level);
    ((longitude + 180.0) / size, (latitude + 90.0) / size)
}

fn cell(level: u8, latitude: f64, longitude: f64) -> (f64, f64) {
    let (x, y) = place(level, latitude, longitude);
    (x.floor(), y.floor())
}

/// Where in its cell a point lies.
pub(crate) fn spot(level: u8, point: Point) -> Spot {
    let (x, y) = place(level, point.latitude, point.longitude);
    Spot::on_globe(x - x.floor(), y - y.floor())
}

/// The key of a cell, of points or of areas.
pub(crate) fn cell_key(hasher: &KeyHasher, feature: Feature, (x, y): (f64, f64)) -> u64 {
    hasher.key(feature, ((x + 0.0).to_bits(), (y + 0.0).to_bits()))
}

/// The key of the cell in which a point lies, at the level of a feature.
pub(crate) fn point_key(hasher: &KeyHasher, feature: Feature, level: u8, point: Point) -> u64 {
    debug_assert!(matches!(feature.kind, Kind::Cell(own) | Kind::Area(own) if own == level));
    cell_key(
        hasher,
        feature,
        cell(level, point.latitude, point.longitude),
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
                let parts = |region: Region| {
                    let (level, cells) = region.cells();
                    let parts = cells.map(move |cell| (cell, region.part(level, cell)));
                    (level, parts.collect::<Vec<_>>())
                };
                let regions = Region::circle(center, radius).into_iter();
                let filed: Vec<_> = regions.map(parts).collect();
                assert!(filed.iter().all(|(_, cells)| cells.len() <= 4));
                for step in 0..10_000 {
                    let point = at(
                        f64::from(step % 100) * 1.8 - 89.1,
                        f64::from(step / 100) * 3.6 - 178.2,
                    );
                    let near = Place::from(center).radians_to(point.into()) <= radius;
                    let found = filed.iter().any(|(level, parts)| {
                        let own = cell(*level, point.latitude, point.longitude);
                        let spot = spot(*level, point);
                        let mut parts = parts.iter();
                        parts.any(|(cell, part)| *cell == own && part.admits(spot))
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
        assert!(size(level) < 0.5 && cells.count() <= 4);
    }
}
