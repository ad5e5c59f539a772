//! Parse's geometry, double for double: points, distances, boxes of nothing but comparisons, polygons.

mod large;
mod shapes;
pub(crate) mod trig;

pub use self::shapes::{GeoPoint, InvalidShape, Polygon};

use crate::value::convert::to_number;
use crate::value::key::names;
use crate::value::val::List;
use crate::value::{Answer, Fault, Val};

/// A valid point, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    /// -90 to 90.
    pub(crate) latitude: f64,
    /// -180 to 180.
    pub(crate) longitude: f64,
}

impl Point {
    /// Where Parse takes a point to be that was given no coordinates.
    pub(crate) const ORIGIN: Self = Self {
        latitude: 0.0,
        longitude: 0.0,
    };

    /// `new Parse.GeoPoint(value)`: a pair `[latitude, longitude]` or an object with both; text, numbers,
    /// booleans and nothing at all are the point (0, 0).
    pub(crate) fn from_value(value: Val<'_>) -> Result<Self, Fault> {
        Self::from_values(value, Val::Undefined)
    }

    /// `new Parse.GeoPoint(first, second)`: as above if the first is an object, else two numbers.
    pub(crate) fn from_values(first: Val<'_>, second: Val<'_>) -> Result<Self, Fault> {
        if let Some(pair) = first.as_list() {
            let at = |index| pair.get(index).unwrap_or(Val::Undefined);
            return Self::new(at(0), at(1));
        }
        match first {
            Val::Null | Val::Object(_) | Val::Date(_) | Val::Instance(_) => {
                Self::new(first.get("latitude")?, first.get("longitude")?)
            }
            Val::Builtin(builtin) if !builtin.is_function() => Err(Fault),
            _ if first.is_undefined() || second.is_undefined() => Ok(Self::ORIGIN),
            _ => Self::new(first, second),
        }
    }

    fn new(latitude: Val<'_>, longitude: Val<'_>) -> Result<Self, Fault> {
        match (latitude, longitude) {
            (Val::Number(latitude), Val::Number(longitude))
                if latitude.abs() <= 90.0 && longitude.abs() <= 180.0 =>
            {
                Ok(Self {
                    latitude,
                    longitude,
                })
            }
            _ => Err(Fault),
        }
    }
}

/// A degree in radians.
const RADIANS: f64 = std::f64::consts::PI / 180.0;

/// A place on the sphere, prepared for distances: angles in radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    latitude: f64,
    longitude: f64,
    /// Of the latitude.
    cosine: f64,
}

impl Place {
    /// From degrees, which Parse does not always check; NaN comes out as NaN.
    pub(crate) fn new(latitude: f64, longitude: f64) -> Self {
        let latitude = latitude * RADIANS;
        Self {
            latitude,
            longitude: longitude * RADIANS,
            cosine: trig::cos(latitude),
        }
    }

    /// The angle to another place in radians, by the haversine formula in Parse's order of operations.
    pub(crate) fn radians_to(self, other: Self) -> f64 {
        let over = trig::sin((self.latitude - other.latitude) / 2.0);
        let along = trig::sin((self.longitude - other.longitude) / 2.0);
        let chord = over * over + self.cosine * other.cosine * along * along;
        // Not `f64::min`, which would lose a NaN.
        let chord = if chord > 1.0 { 1.0 } else { chord };
        2.0 * libm::asin(chord.sqrt())
    }

    /// Whether a place given in degrees is no farther than a limit in radians.
    ///
    /// On the globe no way is shorter than the difference of the latitudes, so most places need no haversine. The margin
    /// is far wider than what is lost to rounding.
    pub(crate) fn reaches(self, latitude: f64, longitude: f64, limit: f64) -> bool {
        const MARGIN: f64 = 1e-6;
        let apart = (self.latitude - latitude * RADIANS).abs();
        if apart > limit + MARGIN && latitude.abs() <= 90.0 && self.cosine >= 0.0 {
            return false;
        }
        self.radians_to(Self::new(latitude, longitude)) <= limit
    }
}

impl From<Point> for Place {
    fn from(point: Point) -> Self {
        Self::new(point.latitude, point.longitude)
    }
}

/// The vertices of a polygon and their bounds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ring {
    pub(crate) vertices: Box<[Point]>,
    bounds: Bounds,
}

impl Ring {
    pub(crate) fn new(vertices: Box<[Point]>) -> Self {
        let bounds = Bounds::of(vertices.iter().copied());
        Self { vertices, bounds }
    }

    /// Whether the ring contains what a value has as `latitude` and `longitude`, which may be anything that converts
    /// to a number. NaN is nowhere.
    ///
    /// First the bounding box, borders included, then Parse's ray casting with its half-open edges: planar, and
    /// without a thought for the date line.
    pub(crate) fn contains(&self, value: Val<'_>) -> Answer {
        let latitude = to_number(value.get_key(names::LATITUDE)?)?;
        // The order is observable: a longitude that does not convert is not looked at behind a latitude outside.
        if !self.bounds.admit_latitude(latitude) {
            return Ok(false);
        }
        let longitude = to_number(value.get_key(names::LONGITUDE)?)?;
        Ok(self.surrounds(latitude, longitude))
    }

    pub(crate) fn surrounds(&self, latitude: f64, longitude: f64) -> bool {
        let vertices = self.vertices.iter().copied();
        self.bounds.admit_latitude(latitude)
            && self.bounds.admit_longitude(longitude)
            && cast_ray(vertices, latitude, longitude)
    }

    /// South-west and north-east corner.
    pub(crate) fn corners(&self) -> [Point; 2] {
        [self.bounds.least, self.bounds.most]
    }
}

/// `new Parse.Polygon(coordinates)`: how many vertices, all of them valid, or a fault.
pub(crate) fn check_ring(coordinates: Val<'_>) -> Result<List<'_>, Fault> {
    let ring = coordinates
        .as_list()
        .filter(|ring| ring.len() >= 3)
        .ok_or(Fault)?;
    ring.iter()
        .try_for_each(|vertex| vertex_of(vertex).map(drop))?;
    Ok(ring)
}

fn vertex_of(vertex: Val<'_>) -> Result<Point, Fault> {
    if let Val::Instance(instance) = vertex {
        // Only a point among the SDK's instances has these, and it was checked when it was made.
        let at = |key| instance.property(key).map_or(Val::Undefined, Val::from);
        return Point::new(at("latitude"), at("longitude"));
    }
    match vertex
        .as_list()
        .map(|pair| (pair.len(), pair.get(0), pair.get(1)))
    {
        Some((2, Some(first), Some(second))) => Point::from_values(first, second),
        _ => Err(Fault),
    }
}

/// The vertices of a ring that [`check_ring`] let through.
pub(crate) fn vertices(ring: List<'_>) -> impl DoubleEndedIterator<Item = Point> + Clone {
    (0..ring.len()).filter_map(move |index| vertex_of(ring.get(index)?).ok())
}

/// Whether a ring contains a point; the rule is that of [`Ring::contains`].
pub(crate) fn contains_point<R>(ring: R, point: Point) -> bool
where
    R: DoubleEndedIterator<Item = Point> + Clone,
{
    let bounds = Bounds::of(ring.clone());
    bounds.admit_latitude(point.latitude)
        && bounds.admit_longitude(point.longitude)
        && cast_ray(ring, point.latitude, point.longitude)
}

/// The south-west and north-east corner of a ring.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bounds {
    least: Point,
    most: Point,
}

impl Bounds {
    /// Whether a latitude is not outside. NaN is not.
    fn admit_latitude(&self, latitude: f64) -> bool {
        !(latitude < self.least.latitude || latitude > self.most.latitude)
    }

    fn admit_longitude(&self, longitude: f64) -> bool {
        !(longitude < self.least.longitude || longitude > self.most.longitude)
    }

    fn of(ring: impl Iterator<Item = Point>) -> Self {
        let all = Self {
            least: Point {
                latitude: f64::INFINITY,
                longitude: f64::INFINITY,
            },
            most: Point {
                latitude: f64::NEG_INFINITY,
                longitude: f64::NEG_INFINITY,
            },
        };
        ring.fold(all, |Self { least, most }, vertex| Self {
            least: Point {
                latitude: least.latitude.min(vertex.latitude),
                longitude: least.longitude.min(vertex.longitude),
            },
            most: Point {
                latitude: most.latitude.max(vertex.latitude),
                longitude: most.longitude.max(vertex.longitude),
            },
        })
    }
}

fn cast_ray(
    mut ring: impl DoubleEndedIterator<Item = Point> + Clone,
    latitude: f64,
    longitude: f64,
) -> bool {
    let Some(last) = ring.clone().next_back() else {
        return false;
    };
    let crossings = ring.try_fold((last, false), |(end, inside), start| {
        let straddles = (start.longitude > longitude) != (end.longitude > longitude);
        let crosses = straddles
            && latitude
                < (end.latitude - start.latitude) * (longitude - start.longitude)
                    / (end.longitude - start.longitude)
                    + start.latitude;
        Some((start, inside != crosses))
    });
    crossings.is_some_and(|(_, inside)| inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn square(point: &serde_json::Value) -> Result<bool, Fault> {
        let ring = json!([[0, 0], [0, 10], [10, 10], [10, 0]]);
        let ring = Ring::new(vertices(check_ring(Val::from(&ring))?).collect());
        ring.contains(Val::from(point))
    }

    #[test]
    fn edges_are_half_open() {
        let inside = |latitude: f64, longitude: f64| {
            square(&json!({"latitude": latitude, "longitude": longitude}))
        };
        for (latitude, longitude) in [(0.0, 0.0), (0.0, 5.0), (5.0, 0.0), (5.0, 5.0)] {
            assert_eq!(
                inside(latitude, longitude),
                Ok(true),
                "{latitude} {longitude}"
            );
        }
        for (latitude, longitude) in [(10.0, 10.0), (10.0, 5.0), (5.0, 10.0), (11.0, 5.0)] {
            assert_eq!(
                inside(latitude, longitude),
                Ok(false),
                "{latitude} {longitude}"
            );
        }
        assert_eq!(square(&json!({})), Ok(false));
        assert_eq!(square(&json!(null)), Err(Fault));
    }

    #[test]
    fn reaches_as_far_as_the_distance_says() {
        let from = Place::new(40.0, -30.0);
        for step in 0..4_000_i32 {
            let (latitude, longitude) = (f64::from(step % 61) * 7.0 - 213.5, f64::from(step) * 0.7);
            let distance = from.radians_to(Place::new(latitude, longitude));
            for limit in [
                0.0,
                0.1,
                1.0,
                2.0,
                distance,
                distance - 1e-12,
                3.0,
                f64::NAN,
            ] {
                let reaches = from.reaches(latitude, longitude, limit);
                assert_eq!(reaches, distance <= limit, "{latitude} {longitude} {limit}");
            }
        }
    }

    #[test]
    fn distance_agrees_with_the_sdk() {
        let berlin = Point {
            latitude: 52.52,
            longitude: 13.405,
        };
        // `new Parse.GeoPoint(52.52, 13.405).radiansTo(new Parse.GeoPoint(48.8566, 2.3522))`
        let distance = Place::from(berlin).radians_to(Place::new(48.8566, 2.3522));
        assert_eq!(
            distance.to_bits(),
            0.137_727_723_421_369_2_f64.to_bits(),
            "{distance}"
        );
    }
}
