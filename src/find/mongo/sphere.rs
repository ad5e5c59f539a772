//! Places on the globe: angles between them, and what the great-circle edges of a ring enclose.

use std::f64::consts::PI;

use crate::geo::trig::{cos, sin};

/// A place in degrees, the longitude first, as MongoDB has it.
pub(crate) type Degrees = [f64; 2];

/// A direction from the middle of the globe.
type Vector = [f64; 3];

const RADIANS: f64 = PI / 180.0;

/// How far from a border a point still counts as on it: MongoDB tests cells of about a centimetre.
pub(super) const CELL: f64 = 1.6e-9;

/// The area of the globe.
const GLOBE: f64 = 4.0 * PI;

/// Below this area, some square metres, rounding may decide which side of a ring is the smaller one.
const THIN: f64 = 1e-13;

/// Below this, rounding decides on which side of a plane a vector lies.
const ROUNDING: f64 = 1e-15;

/// The angle between two places in radians, by the haversine formula.
pub(super) fn angle(one: Degrees, other: Degrees) -> f64 {
    let [b, a] = one.map(|degrees| degrees * RADIANS);
    let [d, c] = other.map(|degrees| degrees * RADIANS);
    let over = sin((a - c) / 2.0);
    let along = sin((b - d) / 2.0);
    let chord = (over * over + cos(a) * cos(c) * along * along).min(1.0);
    2.0 * libm::asin(chord.sqrt())
}

fn vector([longitude, latitude]: Degrees) -> Vector {
    let (l, p) = (longitude * RADIANS, latitude * RADIANS);
    [cos(p) * cos(l), cos(p) * sin(l), sin(p)]
}

fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Vector, b: Vector) -> Vector {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// On which side of the plane through `a` and `b` a vector lies.
fn side(a: Vector, b: Vector, c: Vector) -> f64 {
    dot(cross(a, b), c)
}

fn length(a: Vector) -> f64 {
    dot(a, a).sqrt()
}

fn distance(a: Vector, b: Vector) -> f64 {
    length([a[0] - b[0], a[1] - b[1], a[2] - b[2]])
}

/// Whether a ring encloses a place: its smaller side, borders included.
pub(super) fn encloses(ring: &[Degrees], place: Degrees) -> bool {
    let open = open(ring);
    let ring = Ring(open.iter().map(|degrees| vector(*degrees)).collect());
    let point = vector(place);
    if ring.edges().any(|edge| to_edge(point, edge) <= CELL) {
        return true;
    }
    let left = ring.is_left_smaller();
    let mut seen = (0..ring.0.len()).filter_map(|at| ring.is_inside(at, point, left));
    seen.next().unwrap_or_else(|| {
        // Every vertex lies in line with the point and another one: a point beside it is on the same side of the border.
        let beside = [point[0] + 1e-10, point[1] + 7e-11, point[2] - 5e-11];
        ring.is_inside(0, beside, left).unwrap_or_default()
    })
}

/// A cap of the globe, centre and radius, outside of which a ring encloses nothing. Nothing if there is none, or if it is not
/// plain which side is enclosed.
pub(crate) fn cap_around(ring: &[Degrees]) -> Option<(Degrees, f64)> {
    /// Less than a quarter of a great circle: all edges between places of the cap lie in it, and what is around it is the
    /// larger side.
    const LARGEST: f64 = 1.5;
    let vectors: Vec<Vector> = open(ring).iter().map(|degrees| vector(*degrees)).collect();
    let zero = [0.0; 3];
    let [x, y, z] =
        (vectors.iter()).fold(zero, |sum, v| [sum[0] + v[0], sum[1] + v[1], sum[2] + v[2]]);
    let centre = [
        libm::atan2(y, x) / RADIANS,
        libm::atan2(z, libm::hypot(x, y)) / RADIANS,
    ];
    let radii = ring.iter().map(|place| angle(centre, *place));
    // NaN is not lost on the way.
    let radius = radii.fold(
        0.0,
        |most: f64, radius| if radius <= most { most } else { radius },
    );
    let area = Ring(vectors).area_to_the_left();
    let is_plain = area.min(GLOBE - area) > THIN;
    (radius < LARGEST && is_plain).then_some((centre, radius))
}

/// A ring without the place that closes it.
#[expect(clippy::float_cmp, reason = "the place is written twice")]
fn open(ring: &[Degrees]) -> &[Degrees] {
    match ring {
        [first, between @ .., last] if first == last => &ring[..=between.len()],
        _ => ring,
    }
}

/// The distance from a point to a great-circle edge.
fn to_edge(point: Vector, (from, to): (Vector, Vector)) -> f64 {
    let normal = cross(from, to);
    let length = length(normal);
    let is_between = side(normal, from, point) >= 0.0 && side(to, normal, point) >= 0.0;
    if length > 0.0 && is_between {
        dot(normal, point).abs() / length
    } else {
        distance(point, from).min(distance(point, to))
    }
}

/// The vertices of a ring, none twice.
struct Ring(Vec<Vector>);

impl Ring {
    fn edges(&self) -> impl Iterator<Item = (Vector, Vector)> {
        let ends = self.0.iter().cycle().skip(1);
        self.0.iter().copied().zip(ends.copied())
    }

    /// Whether the side to the left of the edges is not larger than half of the globe.
    fn is_left_smaller(&self) -> bool {
        self.area_to_the_left() <= GLOBE / 2.0
    }

    fn area_to_the_left(&self) -> f64 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0.0;
        };
        let triangle = |pair: &[Vector]| {
            let (first, a, b) = (*first, pair[0], pair[1]);
            let corner = 1.0 + dot(first, a) + dot(a, b) + dot(b, first);
            2.0 * libm::atan2(side(a, b, first), corner)
        };
        let area: f64 = rest.windows(2).map(triangle).sum();
        (area % GLOBE + GLOBE) % GLOBE
    }

    /// Whether a point is inside, seen from a vertex; nothing if rounding does not let it be said from there.
    fn is_inside(&self, at: usize, point: Vector, left: bool) -> Option<bool> {
        let count = self.0.len();
        let vertex = *self.0.get(at)?;
        let (before, after) = ((at + count - 1) % count, (at + 1) % count);
        let mut inside = is_between(self.0[after], point, self.0[before], vertex) == left;
        for (number, edge) in self.edges().enumerate() {
            if number != at && number != before {
                inside ^= is_crossed(vertex, point, edge)?;
            }
        }
        Some(inside)
    }
}

/// Whether one turns from `a` by `b` to `c`, counterclockwise around `centre`.
fn is_between(a: Vector, b: Vector, c: Vector, centre: Vector) -> bool {
    let held = [
        side(b, centre, a) >= 0.0,
        side(c, centre, b) >= 0.0,
        side(a, centre, c) > 0.0,
    ];
    held.into_iter().filter(|held| *held).count() >= 2
}

/// Whether the way from one point to another crosses an edge; nothing if that is lost to rounding.
fn is_crossed(from: Vector, to: Vector, (a, b): (Vector, Vector)) -> Option<bool> {
    let sides = [
        side(from, a, to),
        side(to, b, from),
        side(a, to, b),
        side(b, from, a),
    ];
    if sides.iter().any(|one| one.abs() < ROUNDING) {
        return None;
    }
    Some(sides.iter().all(|one| *one > 0.0) || sides.iter().all(|one| *one < 0.0))
}
