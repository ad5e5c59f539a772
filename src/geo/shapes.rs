//! Points and polygons as hosts hand them in and out.

use std::fmt;

use serde_json::{Value, json};

use super::{Place, Point, check_ring, contains_point, vertices};
use crate::view::View;

/// A point on the globe as Parse has it, with valid coordinates in degrees.
///
/// With the feature `geo` it converts to and from `geo_types::Point`, which names the longitude first.
///
/// # Examples
///
/// ```
/// use livematch::GeoPoint;
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::InvalidShape> {
/// let berlin = GeoPoint::new(52.52, 13.405)?;
/// let paris = GeoPoint::new(48.8566, 2.3522)?;
/// assert_eq!((berlin.radians_to(paris) * 6371.0).round(), 877.0); // kilometres
/// assert!(GeoPoint::new(91.0, 0.0).is_err());
/// assert_eq!((paris.latitude(), paris.longitude()), (48.8566, 2.3522));
/// let json = json!({"__type": "GeoPoint", "latitude": 48.8566, "longitude": 2.3522});
/// assert_eq!(paris.to_json(), json);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeoPoint(Point);

/// Coordinates that Parse's SDK refuses.
///
/// # Examples
///
/// ```
/// use livematch::{GeoPoint, Polygon};
///
/// let error = GeoPoint::new(91.0, 0.0).unwrap_err();
/// assert_eq!(error.to_string(), "expected a latitude from -90 to 90 and a longitude from -180 to 180");
/// let error = Polygon::new([]).unwrap_err();
/// assert_eq!(error.to_string(), "expected at least three valid vertices");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidShape(&'static str);

impl fmt::Display for InvalidShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidShape {}

const BAD_POINT: InvalidShape =
    InvalidShape("expected a latitude from -90 to 90 and a longitude from -180 to 180");

const BAD_POLYGON: InvalidShape = InvalidShape("expected at least three valid vertices");

impl GeoPoint {
    /// A point of a latitude and a longitude in degrees.
    ///
    /// # Errors
    ///
    /// Fails outside of -90 to 90 and -180 to 180, and for NaN.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, InvalidShape> {
        let within = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        if within {
            Ok(Self(Point {
                latitude,
                longitude,
            }))
        } else {
            Err(BAD_POINT)
        }
    }

    /// Degrees north of the equator.
    #[must_use]
    pub fn latitude(self) -> f64 {
        self.0.latitude
    }

    /// Degrees east of Greenwich.
    #[must_use]
    pub fn longitude(self) -> f64 {
        self.0.longitude
    }

    /// The angle to another point in radians, to the last bit as Parse's SDK computes it.
    #[must_use]
    pub fn radians_to(self, other: Self) -> f64 {
        Place::from(self.0).radians_to(other.0.into())
    }

    /// The JSON form of Parse, for clauses and objects.
    #[must_use]
    pub fn to_json(self) -> Value {
        json!({"__type": "GeoPoint", "latitude": self.0.latitude, "longitude": self.0.longitude})
    }
}

/// Reads the JSON form of Parse.
impl TryFrom<View<'_>> for GeoPoint {
    type Error = InvalidShape;

    fn try_from(value: View<'_>) -> Result<Self, InvalidShape> {
        if !value.0.is_typed("GeoPoint") {
            return Err(InvalidShape("expected an object of the type GeoPoint"));
        }
        Point::from_value(value.0).map(Self).map_err(|_| BAD_POINT)
    }
}

/// A polygon as Parse has it: one ring of at least three valid points, closed by itself.
///
/// With the feature `geo` it converts to and from `geo_types::Polygon` without holes.
///
/// # Examples
///
/// ```
/// use livematch::{GeoPoint, Polygon};
///
/// # fn main() -> Result<(), livematch::InvalidShape> {
/// let corners = [(0.0, 0.0), (0.0, 10.0), (10.0, 10.0), (10.0, 0.0)];
/// let corners = corners.map(|(latitude, longitude)| GeoPoint::new(latitude, longitude));
/// let square = Polygon::new(corners.into_iter().collect::<Result<Vec<_>, _>>()?)?;
/// assert!(square.contains(GeoPoint::new(5.0, 5.0)?));
/// // The edges to the south and west are inside, those to the north and east are not.
/// assert!(square.contains(GeoPoint::new(0.0, 5.0)?));
/// assert!(!square.contains(GeoPoint::new(10.0, 5.0)?));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon(Box<[Point]>);

impl Polygon {
    /// A polygon of its vertices in turn.
    ///
    /// # Errors
    ///
    /// Fails for less than three.
    pub fn new(vertices: impl IntoIterator<Item = GeoPoint>) -> Result<Self, InvalidShape> {
        let vertices: Box<[Point]> = vertices.into_iter().map(|vertex| vertex.0).collect();
        if vertices.len() < 3 {
            Err(BAD_POLYGON)
        } else {
            Ok(Self(vertices))
        }
    }

    /// The vertices in turn.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{GeoPoint, Polygon};
    ///
    /// # fn main() -> Result<(), livematch::InvalidShape> {
    /// let corners = [(0.0, 0.0), (0.0, 2.0), (2.0, 0.0)];
    /// let points = corners.map(|(latitude, longitude)| GeoPoint::new(latitude, longitude));
    /// let triangle = Polygon::new(points.into_iter().collect::<Result<Vec<_>, _>>()?)?;
    /// assert!(triangle.vertices().map(|point| (point.latitude(), point.longitude())).eq(corners));
    /// assert_eq!(triangle.to_json()["coordinates"][1][1], 2.0);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn vertices(&self) -> impl ExactSizeIterator<Item = GeoPoint> {
        self.0.iter().map(|vertex| GeoPoint(*vertex))
    }

    /// Whether a point is inside by Parse's rule: planar, its edges half open, the date line no concern.
    ///
    /// # Complexity
    ///
    /// `O(n)` in the number of vertices.
    #[must_use]
    pub fn contains(&self, point: GeoPoint) -> bool {
        contains_point(self.0.iter().copied(), point.0)
    }

    /// The JSON form of Parse, for clauses and objects.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let vertices = self
            .0
            .iter()
            .map(|vertex| json!([vertex.latitude, vertex.longitude]));
        json!({"__type": "Polygon", "coordinates": vertices.collect::<Value>()})
    }
}

/// Reads the JSON form of Parse.
impl TryFrom<View<'_>> for Polygon {
    type Error = InvalidShape;

    fn try_from(value: View<'_>) -> Result<Self, InvalidShape> {
        if !value.0.is_typed("Polygon") {
            return Err(InvalidShape("expected an object of the type Polygon"));
        }
        let ring = value
            .0
            .get("coordinates")
            .and_then(check_ring)
            .map_err(|_| BAD_POLYGON)?;
        Ok(Self(vertices(ring).collect()))
    }
}

#[cfg(feature = "geo")]
#[cfg_attr(docsrs, doc(cfg(feature = "geo")))]
mod geo_types_impls {
    use geo_types::{Point as Xy, Polygon as Area};

    use super::{GeoPoint, InvalidShape, Polygon};

    impl From<GeoPoint> for Xy<f64> {
        fn from(point: GeoPoint) -> Self {
            Self::new(point.longitude(), point.latitude())
        }
    }

    impl TryFrom<Xy<f64>> for GeoPoint {
        type Error = InvalidShape;

        fn try_from(point: Xy<f64>) -> Result<Self, InvalidShape> {
            Self::new(point.y(), point.x())
        }
    }

    impl From<&Polygon> for Area<f64> {
        fn from(polygon: &Polygon) -> Self {
            Self::new(polygon.vertices().map(Xy::from).collect(), Vec::new())
        }
    }

    impl TryFrom<&Area<f64>> for Polygon {
        type Error = InvalidShape;

        fn try_from(area: &Area<f64>) -> Result<Self, InvalidShape> {
            if !area.interiors().is_empty() {
                return Err(InvalidShape("expected a polygon without holes"));
            }
            let vertices = area.exterior().points().map(GeoPoint::try_from);
            Self::new(vertices.collect::<Result<Vec<_>, _>>()?)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn there_and_back() -> Result<(), InvalidShape> {
            let point = GeoPoint::new(1.0, 2.0)?;
            assert_eq!(GeoPoint::try_from(Xy::from(point))?, point);
            let corners = [(0.0, 0.0), (0.0, 9.0), (9.0, 9.0), (0.0, 0.0)];
            let corners = corners.map(|(latitude, longitude)| GeoPoint::new(latitude, longitude));
            let triangle = Polygon::new(corners.into_iter().collect::<Result<Vec<_>, _>>()?)?;
            assert_eq!(Polygon::try_from(&Area::from(&triangle))?, triangle);
            Ok(())
        }
    }
}
