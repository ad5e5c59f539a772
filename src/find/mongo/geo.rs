//! What a filter may ask of a place, and whether it holds.

use super::bson::Bson;
use super::place::{Place, is_on_globe};
use super::refusal::{Refusal, refused};
use super::sphere::{CELL, Degrees, angle, encloses};

/// A question about a place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Geo {
    /// Within a box on a plane, borders included.
    Box { low: Degrees, high: Degrees },
    /// Within a ring on a plane.
    Polygon(FlatRing),
    /// Within a circle on a plane.
    Circle { centre: Degrees, radius: f64 },
    /// Within a cap of the globe.
    Cap { centre: Degrees, radius: f64 },
    /// Within the smaller side of a ring on the globe.
    Ring(Box<[Degrees]>),
    /// At a point of the globe, or a shape that has it.
    Meets(Degrees),
    /// Between two distances from a point of the globe, in radians.
    Near {
        centre: Degrees,
        least: f64,
        most: f64,
    },
}

/// Metres, as MongoDB has it.
const RADIUS: f64 = 6_378_100.0;

impl Geo {
    #[inline]
    pub(crate) fn holds(&self, place: &Place) -> bool {
        match self {
            Self::Box { low, high } => place.flat().is_some_and(|point| {
                let axes = low.iter().zip(high).zip(point);
                axes.into_iter()
                    .all(|((low, high), at)| *low <= at && at <= *high)
            }),
            Self::Polygon(ring) => place.flat().is_some_and(|point| ring.surrounds(point)),
            Self::Circle { centre, radius } => place.flat().is_some_and(|point| {
                libm::hypot(point[0] - centre[0], point[1] - centre[1]) <= *radius
            }),
            Self::Cap { centre, radius } => {
                let reaches = |point: Degrees| angle(*centre, point) <= radius + CELL;
                match place {
                    Place::Shape { vertices, .. } => vertices.iter().copied().all(reaches),
                    Place::Flat(_) | Place::Point(_) => place.globe().is_some_and(reaches),
                }
            }
            Self::Ring(ring) => place.globe().is_some_and(|point| encloses(ring, point)),
            Self::Meets(point) => match place {
                Place::Shape { ring, .. } => {
                    ring.as_deref().is_some_and(|ring| encloses(ring, *point))
                }
                Place::Flat(_) | Place::Point(_) => place
                    .globe()
                    .is_some_and(|there| angle(there, *point) <= CELL),
            },
            Self::Near {
                centre,
                least,
                most,
            } => place.globe().is_some_and(|there| {
                if is_far(*centre, there, *most) {
                    return false;
                }
                let apart = angle(*centre, there);
                apart >= *least && apart <= *most
            }),
        }
    }

    /// `$geoWithin` and `$within`.
    pub(super) fn within(operand: &Bson) -> Result<Self, Refusal> {
        let shapes = operand
            .as_members()
            .ok_or_else(|| refused("expected an object with a shape"))?;
        let [(name, shape)] = shapes else {
            return Err(refused("expected one shape"));
        };
        match &**name {
            "$box" => flat_box(shape),
            "$polygon" => polygon(shape),
            "$center" => {
                let (centre, radius) = circle(shape)?;
                Ok(Self::Circle { centre, radius })
            }
            "$centerSphere" => cap(shape),
            "$geometry" => ring(shape),
            _ => Err(refused(format!("expected a shape and not {name}"))),
        }
    }

    /// `$geoIntersects`.
    pub(super) fn intersects(operand: &Bson) -> Result<Self, Refusal> {
        let geometry = operand
            .get("$geometry")
            .filter(|_| parts(operand).count() == 1);
        let (point, _) = point(geometry.ok_or_else(|| refused("expected a geometry"))?)?;
        on_globe(point).map(Self::Meets)
    }

    /// `$nearSphere` with the distances that stand beside it.
    pub(super) fn near(constraint: &Bson) -> Result<Self, Refusal> {
        let asked = constraint.get("$nearSphere").unwrap_or(&Bson::Null);
        let geo_json = asked.get("$geometry");
        let (centre, is_geo_json) = near_point(geo_json.unwrap_or(asked))?;
        on_globe(centre)?;
        let others = constraint.as_members().unwrap_or_default().iter();
        for (name, _) in others {
            if !["$nearSphere", "$maxDistance", "$minDistance"].contains(&&**name) {
                return Err(refused(format!("expected {name} not beside $nearSphere")));
            }
        }
        let limits = if geo_json.is_some() {
            asked
        } else {
            constraint
        };
        let unit = if is_geo_json { RADIUS } else { 1.0 };
        let limit = |name, otherwise: f64| match limits.get(name) {
            None => Ok(otherwise),
            Some(Bson::Number(number)) if *number >= 0.0 => Ok(number / unit),
            Some(_) => Err(refused(format!(
                "expected {name} to be a number that is not negative"
            ))),
        };
        let (least, most) = (
            limit("$minDistance", 0.0)?,
            limit("$maxDistance", f64::INFINITY)?,
        );
        Ok(Self::Near {
            centre,
            least,
            most,
        })
    }

    /// How many points are compared with a place.
    pub(crate) fn points(&self) -> usize {
        match self {
            Self::Polygon(ring) => ring.vertices.len(),
            Self::Ring(ring) => ring.len(),
            Self::Box { .. }
            | Self::Circle { .. }
            | Self::Cap { .. }
            | Self::Meets(_)
            | Self::Near { .. } => 1,
        }
    }
}

/// The values of a list or an object.
fn parts(operand: &Bson) -> Box<dyn Iterator<Item = &Bson> + '_> {
    match operand {
        Bson::List(items) => Box::new(items.iter()),
        Bson::Object(members) => Box::new(members.iter().map(|(_, member)| member)),
        _ => Box::new([].iter()),
    }
}

/// Two finite numbers and nothing else.
fn exact_pair(operand: &Bson) -> Option<Degrees> {
    let mut parts = parts(operand);
    let point = [parts.next()?.as_number()?, parts.next()?.as_number()?];
    let is_point = parts.next().is_none() && point.iter().all(|part| part.is_finite());
    is_point.then_some(point)
}

/// A point, and whether it is written as GeoJSON.
fn point(operand: &Bson) -> Result<(Degrees, bool), Refusal> {
    let shape = operand
        .get("type")
        .is_none_or(|shape| shape.as_text() == Some("Point"));
    if let Some(coordinates @ Bson::List(items)) = operand.get("coordinates").filter(|_| shape) {
        let two = Bson::List(items.iter().take(2).cloned().collect());
        let point = exact_pair(if items.len() > 2 { &two } else { coordinates });
        let point = point.filter(|point| is_on_globe(*point));
        return point
            .map(|point| (point, true))
            .ok_or_else(|| refused("expected a point on the globe"));
    }
    let point = exact_pair(operand).ok_or_else(|| refused("expected a point of two numbers"))?;
    Ok((point, false))
}

/// As [`point`]; a third coordinate is a distance for other operators, and is let through here.
fn near_point(operand: &Bson) -> Result<(Degrees, bool), Refusal> {
    match operand {
        Bson::List(items) => match &**items {
            [x, y, Bson::Number(_)] => point(&Bson::pair(x.clone(), y.clone())),
            _ => point(operand),
        },
        _ => point(operand),
    }
}

fn on_globe(point: Degrees) -> Result<Degrees, Refusal> {
    if is_on_globe(point) {
        Ok(point)
    } else {
        Err(refused("expected a point on the globe"))
    }
}

fn flat_box(shape: &Bson) -> Result<Geo, Refusal> {
    let mut corners = parts(shape).map(exact_pair);
    let (Some(Some(a)), Some(Some(b))) = (corners.next(), corners.next()) else {
        return Err(refused("expected two corners of a box"));
    };
    Ok(Geo::Box {
        low: [a[0].min(b[0]), a[1].min(b[1])],
        high: [a[0].max(b[0]), a[1].max(b[1])],
    })
}

fn polygon(shape: &Bson) -> Result<Geo, Refusal> {
    let ring: Option<Box<[Degrees]>> = parts(shape).map(exact_pair).collect();
    let ring = ring.filter(|ring| ring.len() >= 3);
    ring.map(|ring| Geo::Polygon(FlatRing::new(ring)))
        .ok_or_else(|| refused("expected three points or more"))
}

fn circle(shape: &Bson) -> Result<(Degrees, f64), Refusal> {
    let mut parts = parts(shape);
    let centre = parts.next().ok_or_else(|| refused("expected a centre"))?;
    let (centre, _) = point(centre)?;
    let radius = parts
        .next()
        .and_then(Bson::as_number)
        .filter(|radius| *radius >= 0.0);
    let radius = radius.ok_or_else(|| refused("expected a radius that is not negative"))?;
    Ok((centre, radius))
}

fn cap(shape: &Bson) -> Result<Geo, Refusal> {
    let (centre, radius) = circle(shape)?;
    on_globe(centre)?;
    Ok(Geo::Cap { centre, radius })
}

fn ring(geometry: &Bson) -> Result<Geo, Refusal> {
    let is_polygon = geometry.get("type").and_then(Bson::as_text) == Some("Polygon");
    let coordinates = geometry.get("coordinates").and_then(Bson::as_list);
    let ring: Option<Box<[Degrees]>> = match coordinates {
        Some([Bson::List(ring)]) if is_polygon => ring.iter().map(exact_pair).collect(),
        _ => None,
    };
    ring.map(Geo::Ring)
        .ok_or_else(|| refused("expected a polygon of one ring"))
}

/// Whether the latitudes alone tell that two places are farther apart than a distance: no way on the globe is shorter than
/// their difference. The margin is far wider than what is lost to rounding.
fn is_far([_, latitude]: Degrees, [_, other]: Degrees, most: f64) -> bool {
    const MARGIN: f64 = 1e-6;
    (latitude - other).abs().to_radians() > most + MARGIN
}

/// The vertices of a polygon on a plane, and the corners of the box around them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FlatRing {
    pub(crate) vertices: Box<[Degrees]>,
    low: Degrees,
    high: Degrees,
}

impl FlatRing {
    fn new(vertices: Box<[Degrees]>) -> Self {
        let ends = |end: fn(f64, f64) -> f64, start| {
            let mut corner = [start; 2];
            for vertex in &vertices {
                corner = [end(corner[0], vertex[0]), end(corner[1], vertex[1])];
            }
            corner
        };
        Self {
            low: ends(f64::min, f64::INFINITY),
            high: ends(f64::max, f64::NEG_INFINITY),
            vertices,
        }
    }

    #[inline]
    fn surrounds(&self, [x, y]: Degrees) -> bool {
        /// What is lost to rounding where a ray meets an edge is far less.
        const SLACK: f64 = 1e-6;
        let is_near = self.low[0] - SLACK <= x && x <= self.high[0];
        is_near && self.low[1] <= y && y <= self.high[1] && is_in_flat_ring(&self.vertices, [x, y])
    }
}

/// Even-odd by a ray along x. Vertices, horizontal and vertical edges count as inside; of slanted edges those to the right
/// of a span do.
#[expect(
    clippy::float_cmp,
    reason = "whether a point is on a border is asked of the coordinates as they are"
)]
fn is_in_flat_ring(ring: &[Degrees], [x, y]: Degrees) -> bool {
    let mut inside = false;
    let ends = ring.iter().cycle().skip(1);
    for ([ax, ay], [bx, by]) in ring.iter().copied().zip(ends.copied()) {
        if (x, y) == (ax, ay) || ay == by && y == ay && ax.min(bx) <= x && x <= ax.max(bx) {
            return true;
        }
        if y <= ay.min(by) || y > ay.max(by) || x > ax.max(bx) {
            continue;
        }
        if ax == bx && x == ax {
            return true;
        }
        inside ^= ax == bx || x <= (y - ay) * (bx - ax) / (by - ay) + ax;
    }
    inside
}
