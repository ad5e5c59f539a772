//! `$nearSphere`, `$within`, `$geoWithin`, `$geoIntersects`. Each answer is that of the whole constraint.

use std::cmp::Ordering;
use std::hint::black_box;

use crate::geo::{Place, Point, Ring, check_ring, contains_point, vertices};
use crate::value::compare::order;
use crate::value::convert::{JsText, Primitive, to_number, to_primitive};
use crate::value::key::names;
use crate::value::{Answer, Datum, Fault, Species, Val};

/// `$nearSphere` with the `$maxDistance` beside it.
#[derive(Clone, Debug)]
pub(crate) enum Near {
    /// The operand is null, 0, "" or false: nothing is near.
    Nowhere,
    /// The operand is no point, which is noticed once there is a value.
    NoPoint,
    Around {
        point: Point,
        place: Place,
        /// In radians, infinite where none is set; a fault where it does not convert to a number.
        limit: Result<f64, Fault>,
    },
}

impl Near {
    pub(crate) fn new(operand: &Datum, max_distance: Option<&Datum>) -> Self {
        let point = match operand {
            Datum::Instance(instance) if instance.species == Species::GeoPoint => {
                Point::from_value(Val::Instance(instance)).ok()
            }
            operand if !Val::from(operand).is_truthy() => return Self::Nowhere,
            _ => None,
        };
        match point {
            Some(point) => Self::Around {
                point,
                place: point.into(),
                limit: limit(max_distance),
            },
            None => Self::NoPoint,
        }
    }

    /// The value's coordinates may be anything that converts to a number.
    pub(crate) fn answer(&self, value: Val<'_>) -> Answer {
        if !value.is_truthy() {
            return Ok(false);
        }
        match self {
            Self::Nowhere => Ok(false),
            Self::NoPoint => Err(Fault),
            Self::Around { place, limit, .. } => {
                let latitude = to_number(value.get_key(names::LATITUDE)?)?;
                let longitude = to_number(value.get_key(names::LONGITUDE)?)?;
                Ok(place.reaches(latitude, longitude, (*limit)?))
            }
        }
    }
}

impl Near {
    /// See [`Op::prefetch`](super::Op::prefetch).
    pub(super) fn prefetch(&self) {
        black_box(matches!(self, Self::Nowhere));
    }

    /// The answer for a latitude and a longitude.
    pub(super) fn usual_answer(&self, [latitude, longitude]: [f64; 2]) -> Option<bool> {
        match self {
            Self::Around {
                place,
                limit: Ok(limit),
                ..
            } => Some(place.reaches(latitude, longitude, *limit)),
            _ => None,
        }
    }
}

/// A `$maxDistance` of 0, null or "" is taken for none.
fn limit(max_distance: Option<&Datum>) -> Result<f64, Fault> {
    match max_distance.map(Val::from) {
        Some(limit) if limit.is_truthy() => to_number(limit),
        _ => Ok(f64::INFINITY),
    }
}

/// `$within` with a `$box`: strictly between two corners, whose coordinates may be of any type.
#[derive(Clone, Debug)]
pub(crate) enum Within {
    /// Nothing is inside: the operand is null or the like, or the south-west corner is not south-west.
    Nothing,
    /// The corners cannot be read, which is noticed once there is a value.
    NoBox,
    Box(Corners),
}

/// The corners of a `$box`: south, west, north, east.
#[derive(Clone, Debug)]
pub(crate) enum Corners {
    Numbers([f64; 4]),
    /// Each coordinate as relational operators see it; a fault where it does not convert, which is noticed only when it
    /// is compared.
    Odd(Box<[Result<Datum, Fault>; 4]>),
}

impl Within {
    /// Heap bytes, its own among them.
    pub(crate) fn memory_usage(&self) -> usize {
        let corners = match self {
            Self::Box(Corners::Odd(corners)) => {
                let texts = corners.iter().flatten().map(Datum::memory_usage);
                size_of_val(&**corners) + texts.sum::<usize>()
            }
            Self::Box(Corners::Numbers(_)) | Self::Nothing | Self::NoBox => 0,
        };
        size_of::<Self>() + corners
    }

    pub(crate) fn new(operand: &Datum) -> Self {
        let operand = Val::from(operand);
        if !operand.is_truthy() {
            return Self::Nothing;
        }
        match Corners::read(operand).and_then(|corners| Ok((corners.are_crossed()?, corners))) {
            Ok((false, corners)) => Self::Box(corners),
            Ok((true, _)) => Self::Nothing,
            Err(Fault) => Self::NoBox,
        }
    }

    pub(crate) fn answer(&self, value: Val<'_>) -> Answer {
        if !value.is_truthy() {
            return Ok(false);
        }
        match self {
            Self::Nothing => Ok(false),
            Self::NoBox => Err(Fault),
            Self::Box(corners) => corners.surround(value),
        }
    }
}

impl Within {
    /// See [`Op::prefetch`](super::Op::prefetch).
    pub(super) fn prefetch(&self) {
        black_box(matches!(self, Self::Nothing));
    }

    /// The answer for a latitude and a longitude.
    pub(super) fn usual_answer(&self, [latitude, longitude]: [f64; 2]) -> Option<bool> {
        let Self::Box(Corners::Numbers([south, west, north, east])) = *self else {
            return None;
        };
        Some(south < latitude && latitude < north && west < longitude && longitude < east)
    }
}

impl Corners {
    fn read(operand: Val<'_>) -> Result<Self, Fault> {
        let corners = operand.get("$box")?;
        let (south_west, north_east) = (corners.get("0")?, corners.get("1")?);
        let corners = [
            scalar(south_west.get("latitude")?),
            scalar(south_west.get("longitude")?),
            scalar(north_east.get("latitude")?),
            scalar(north_east.get("longitude")?),
        ];
        Ok(match corners {
            [
                Ok(Datum::Number(south)),
                Ok(Datum::Number(west)),
                Ok(Datum::Number(north)),
                Ok(Datum::Number(east)),
            ] => Self::Numbers([south, west, north, east]),
            odd => Self::Odd(Box::new(odd)),
        })
    }

    /// One of the coordinates.
    fn at(&self, index: usize) -> Result<Val<'_>, Fault> {
        match self {
            Self::Numbers(numbers) => Ok(Val::Number(numbers[index])),
            Self::Odd(corners) => corners[index]
                .as_ref()
                .map(Val::from)
                .map_err(|fault| *fault),
        }
    }

    /// South, west, north, east.
    pub(crate) fn coordinates(&self) -> [Result<Val<'_>, Fault>; 4] {
        [0, 1, 2, 3].map(|index| self.at(index))
    }

    /// A box over the date line, which Parse lets contain nothing.
    fn are_crossed(&self) -> Answer {
        let [south, west, north, east] = self.coordinates();
        Ok(is(Ordering::Greater, south?, north)? || is(Ordering::Greater, west?, east)?)
    }

    /// Whether numbers leave nothing between them.
    pub(crate) fn are_flat(&self) -> bool {
        matches!(*self, Self::Numbers([south, west, north, east]) if !(south < north && west < east))
    }

    fn surround(&self, value: Val<'_>) -> Answer {
        let [south, west, north, east] = self.coordinates();
        let latitude = value.get_key(names::LATITUDE)?;
        if !(is(Ordering::Greater, latitude, south)? && is(Ordering::Less, latitude, north)?) {
            return Ok(false);
        }
        let longitude = value.get_key(names::LONGITUDE)?;
        Ok(is(Ordering::Greater, longitude, west)? && is(Ordering::Less, longitude, east)?)
    }
}

fn is(wanted: Ordering, value: Val<'_>, corner: Result<Val<'_>, Fault>) -> Answer {
    Ok(order(value, corner?)? == Some(wanted))
}

/// A coordinate reduced to what is compared: a number or text.
fn scalar(value: Val<'_>) -> Result<Datum, Fault> {
    Ok(match to_primitive(value)? {
        Primitive::Number(number) => Datum::Number(number),
        Primitive::Text(JsText::Text(text)) => Datum::text(&text),
        Primitive::Text(JsText::Unit(half)) => Datum::Unit(half),
    })
}

/// `$geoWithin` with a `$polygon`.
#[derive(Clone, Debug)]
pub(crate) struct Polygon {
    /// At least three, or a fault for every value.
    ring: Result<Ring, Fault>,
}

impl Polygon {
    /// Parse reads `latitude` and `longitude` of each vertex, so that a pair `[a, b]` becomes the point (0, 0).
    pub(crate) fn new(vertices: Val<'_>) -> Self {
        let Val::Array(list) = vertices else {
            return Self { ring: Err(Fault) };
        };
        let read =
            |vertex: Val<'_>| Point::from_values(vertex.get("latitude")?, vertex.get("longitude")?);
        let ring = list
            .iter()
            .map(read)
            .collect::<Result<Box<[Point]>, Fault>>();
        Self {
            ring: ring
                .and_then(|ring| if ring.len() < 3 { Err(Fault) } else { Ok(ring) })
                .map(Ring::new),
        }
    }

    /// Heap bytes, its own among them.
    pub(crate) fn memory_usage(&self) -> usize {
        size_of::<Self>()
            + self
                .ring
                .as_ref()
                .map_or(0, |ring| size_of_val(&*ring.vertices))
    }

    pub(crate) fn ring(&self) -> Result<&Ring, Fault> {
        self.ring.as_ref().map_err(|fault| *fault)
    }

    pub(crate) fn answer(&self, value: Val<'_>) -> Answer {
        self.ring()?.contains(value)
    }

    /// The answer for a latitude and a longitude.
    pub(super) fn usual_answer(&self, [latitude, longitude]: [f64; 2]) -> Option<bool> {
        let ring = self.ring().ok()?;
        Some(ring.surrounds(latitude, longitude))
    }
}

/// `$geoWithin` with a `$centerSphere`.
#[derive(Clone, Debug)]
pub(crate) struct Circle {
    circle: Result<(Point, f64), Fault>,
    place: Place,
}

impl Circle {
    /// The operand is `[[longitude, latitude], radius in radians]`.
    pub(crate) fn new(circle: Val<'_>) -> Self {
        let circle = read_circle(circle);
        let center = circle.map_or(Point::ORIGIN, |(center, _)| center);
        Self {
            circle,
            place: center.into(),
        }
    }

    /// Center, and radius in radians.
    pub(crate) fn circle(&self) -> Result<(Point, f64), Fault> {
        self.circle
    }

    /// A missing field and anything plain lie at (0, 0); null and objects that are no points fault.
    pub(crate) fn answer(&self, value: Val<'_>) -> Answer {
        let (_, radius) = self.circle?;
        let point = Place::from(Point::from_value(value)?);
        Ok(point.radians_to(self.place) <= radius)
    }
}

fn read_circle(circle: Val<'_>) -> Result<(Point, f64), Fault> {
    // Text can be taken apart too, into characters that have no numbers.
    let Val::Array(list) = circle else {
        return Err(Fault);
    };
    let (center, radius) = (list.get(0), list.get(1));
    let center = center.unwrap_or(Val::Undefined);
    let (longitude, latitude) = (center.get("0")?, center.get("1")?);
    let center = match (latitude, longitude) {
        (Val::Number(_), Val::Number(_)) => Point::from_values(latitude, longitude)?,
        _ => return Err(Fault),
    };
    Ok((center, to_number(radius.unwrap_or(Val::Undefined))?))
}

/// `$geoIntersects` with a `$point`: the value is a polygon that contains it.
#[derive(Clone, Debug)]
pub(crate) struct Intersects {
    point: Result<Point, Fault>,
}

impl Intersects {
    pub(crate) fn new(operand: &Datum) -> Self {
        Self {
            point: Val::from(operand).get("$point").and_then(Point::from_value),
        }
    }

    pub(crate) fn point(&self) -> Result<Point, Fault> {
        self.point
    }

    pub(crate) fn answer(&self, value: Val<'_>) -> Answer {
        let ring = check_ring(value.get("coordinates")?)?;
        let point = self.point?;
        Ok(contains_point(vertices(ring), point))
    }
}
