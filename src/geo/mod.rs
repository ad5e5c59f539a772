//! Parse's geometry, double for double: points, distances, boxes of nothing but comparisons, polygons.

mod large;
mod shapes;
mod trig;

pub use self::shapes::{GeoPoint, InvalidShape, Polygon};

use crate::value::convert::to_number;
use crate::value::val::List;
use crate::value::{Fault, Val};

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
    const ORIGIN: Self = Self {
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

/// The angle between two points in radians, by the haversine formula in Parse's order of operations.
///
/// The second point is not checked by Parse; NaN comes out as NaN.
pub(crate) fn radians(from: Point, latitude: f64, longitude: f64) -> f64 {
    const RADIANS: f64 = std::f64::consts::PI / 180.0;
    let (from_latitude, from_longitude) = (from.latitude * RADIANS, from.longitude * RADIANS);
    let (latitude, longitude) = (latitude * RADIANS, longitude * RADIANS);
    let over = trig::sin((from_latitude - latitude) / 2.0);
    let along = trig::sin((from_longitude - longitude) / 2.0);
    let chord = over * over + trig::cos(from_latitude) * trig::cos(latitude) * along * along;
    // Not `f64::min`, which would lose a NaN.
    let chord = if chord > 1.0 { 1.0 } else { chord };
    2.0 * libm::asin(chord.sqrt())
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

/// Whether a ring contains a point.
///
/// First the bounding box, borders included, then Parse's ray casting with its half-open edges: planar, and
/// without a thought for the date line.
pub(crate) fn contains_point<R>(ring: R, point: Point) -> bool
where
    R: DoubleEndedIterator<Item = Point> + Clone,
{
    let bounds = Bounds::of(ring.clone());
    bounds.admit_latitude(point.latitude)
        && bounds.admit_longitude(point.longitude)
        && cast_ray(ring, point.latitude, point.longitude)
}

/// Whether a ring contains what a value has as `latitude` and `longitude`, which may be anything that converts
/// to a number. NaN is nowhere.
pub(crate) fn contains<R>(ring: R, value: Val<'_>) -> Result<bool, Fault>
where
    R: DoubleEndedIterator<Item = Point> + Clone,
{
    let bounds = Bounds::of(ring.clone());
    let latitude = to_number(value.get("latitude")?)?;
    // The order is observable: a longitude that does not convert is not looked at behind a latitude outside.
    if !bounds.admit_latitude(latitude) {
        return Ok(false);
    }
    let longitude = to_number(value.get("longitude")?)?;
    Ok(bounds.admit_longitude(longitude) && cast_ray(ring, latitude, longitude))
}

/// The south-west and north-east corner of a ring.
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
        let ring = check_ring(Val::from(&ring))?;
        contains(vertices(ring), Val::from(point))
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
    fn distance_agrees_with_the_sdk() {
        let berlin = Point {
            latitude: 52.52,
            longitude: 13.405,
        };
        // `new Parse.GeoPoint(52.52, 13.405).radiansTo(new Parse.GeoPoint(48.8566, 2.3522))`
        let distance = radians(berlin, 48.8566, 2.3522);
        assert_eq!(
            distance.to_bits(),
            0.137_727_723_421_369_2_f64.to_bits(),
            "{distance}"
        );
    }
}
