//! Where a stored value lies.

use super::sphere::Degrees;
use super::value::{Kind, Value};
use crate::value::MAX_DEPTH;

/// A stored value as a geometry.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// Two numbers, as Parse stores a GeoPoint.
    Flat(Degrees),
    /// A point on the globe, as GeoJSON has it.
    Point(Degrees),
    /// Another shape, and its ring if that is all of it.
    Shape {
        vertices: Vec<Degrees>,
        ring: Option<Vec<Degrees>>,
    },
}

impl Place {
    /// The geometry of a value, if it has one.
    pub(crate) fn of<'v, V: Value<'v>>(value: V) -> Option<Self> {
        match value.kind() {
            Kind::List => pair(value).map(Self::Flat),
            Kind::Object => match geo_json(value) {
                Some((shape, coordinates)) => Self::of_geo_json(shape, coordinates),
                None => pair(value).map(Self::Flat),
            },
            _ => None,
        }
    }

    fn of_geo_json<'v, V: Value<'v>>(shape: &str, coordinates: V) -> Option<Self> {
        let mut vertices = Vec::new();
        corners(coordinates, MAX_DEPTH, &mut vertices);
        match shape {
            "Point" => {
                let point = vertices.first().copied();
                point.filter(|point| is_on_globe(*point)).map(Self::Point)
            }
            "Polygon" if coordinates.len() == 1 => {
                let mut ring = Vec::new();
                corners(coordinates.item(0)?, MAX_DEPTH, &mut ring);
                let ring = Some(ring);
                Some(Self::Shape { vertices, ring })
            }
            _ => Some(Self::Shape {
                vertices,
                ring: None,
            }),
        }
    }

    /// The point, on a plane.
    pub(crate) fn flat(&self) -> Option<Degrees> {
        match self {
            Self::Flat(point) | Self::Point(point) => Some(*point),
            Self::Shape { .. } => None,
        }
    }

    /// The point, on the globe.
    pub(crate) fn globe(&self) -> Option<Degrees> {
        self.flat().filter(|point| is_on_globe(*point))
    }
}

pub(super) fn is_on_globe([longitude, latitude]: Degrees) -> bool {
    longitude.abs() <= 180.0 && latitude.abs() <= 90.0
}

/// The name and the coordinates of a shape in GeoJSON.
fn geo_json<'v, V: Value<'v>>(object: V) -> Option<(&'v str, V)> {
    let Kind::Text(shape) = object.member("type")?.kind() else {
        return None;
    };
    let coordinates = object.member("coordinates")?;
    matches!(coordinates.kind(), Kind::List).then_some((shape, coordinates))
}

/// The first two values of a list or an object, if they are finite numbers.
fn pair<'v, V: Value<'v>>(value: V) -> Option<Degrees> {
    if let Kind::List = value.kind() {
        return finite(value.item(0)?, value.item(1)?);
    }
    let mut first = None;
    let mut found = None;
    value.each_member(&mut |_, member| match first {
        None => {
            first = Some(member);
            true
        }
        Some(first) => {
            found = finite(first, member);
            false
        }
    });
    found
}

fn finite<'v, V: Value<'v>>(x: V, y: V) -> Option<Degrees> {
    let point = [number(x)?, number(y)?];
    point.iter().all(|part| part.is_finite()).then_some(point)
}

fn number<'v, V: Value<'v>>(value: V) -> Option<f64> {
    match value.kind() {
        Kind::Number(number) => Some(number),
        _ => None,
    }
}

/// The corners of GeoJSON coordinates, as deep as they may be nested.
fn corners<'v, V: Value<'v>>(coordinates: V, levels: u32, found: &mut Vec<Degrees>) {
    let Some(levels) = levels.checked_sub(1) else {
        return;
    };
    let first = coordinates.item(0).and_then(number);
    if let Some(longitude) = first {
        let latitude = coordinates.item(1).and_then(number);
        found.push([longitude, latitude.unwrap_or(f64::NAN)]);
        return;
    }
    for index in 0..coordinates.len() {
        if let Some(below) = coordinates.item(index) {
            corners(below, levels, found);
        }
    }
}
