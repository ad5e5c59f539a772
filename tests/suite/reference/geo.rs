//! The SDK's `GeoPoint` and `Polygon`.

use super::Stop;
use super::trig::{asin, cos, sin};
use super::value::{Class, Obj, Value, less, units};

/// Latitude and longitude.
pub(super) type Point = (f64, f64);

/// `new Parse.GeoPoint(a, b)`
pub(super) fn point(a: &Value, b: &Value) -> Result<Point, Stop> {
    match a {
        Value::Arr(_) => validate(&a.prop("0")?, &a.prop("1")?),
        _ if a.kind() == "object" => validate(&a.prop("latitude")?, &a.prop("longitude")?),
        _ if matches!(a, Value::Undefined) || matches!(b, Value::Undefined) => Ok((0.0, 0.0)),
        _ => validate(a, b),
    }
}

pub(super) fn validate(latitude: &Value, longitude: &Value) -> Result<Point, Stop> {
    match (latitude, longitude) {
        (Value::Num(latitude), Value::Num(longitude))
            if latitude.abs() <= 90.0 && longitude.abs() <= 180.0 =>
        {
            Ok((*latitude, *longitude))
        }
        _ => Err(Stop::Fault),
    }
}

/// The instance that stands for a point in an operand.
pub(super) fn instance((latitude, longitude): Point) -> Value {
    let named = |a: &str, b: &str| {
        vec![
            (units(a), Value::Num(latitude)),
            (units(b), Value::Num(longitude)),
        ]
    };
    Value::Obj(Obj {
        class: Class::GeoPoint,
        own: named("_latitude", "_longitude"),
        getters: named("latitude", "longitude"),
    })
}

/// `from.radiansTo(to)`, where `to` is not validated.
pub(super) fn radians(from: Point, to: &Value) -> Result<f64, Stop> {
    const D2R: f64 = std::f64::consts::PI / 180.0;
    let (lat1, long1) = (from.0 * D2R, from.1 * D2R);
    let lat2 = to.prop("latitude")?.to_number()? * D2R;
    let long2 = to.prop("longitude")?.to_number()? * D2R;
    let s = sin((lat1 - lat2) / 2.0);
    let t = sin((long1 - long2) / 2.0);
    let a = s * s + cos(lat1) * cos(lat2) * t * t;
    // `Math.min` keeps NaN, `f64::min` does not.
    let a = if a > 1.0 { 1.0 } else { a };
    Ok(2.0 * asin(a.sqrt()))
}

/// `new Parse.Polygon(coordinates)`
pub(super) fn polygon(coordinates: &Value) -> Result<Vec<Point>, Stop> {
    match coordinates {
        Value::Arr(corners) if corners.len() >= 3 => corners.iter().map(corner).collect(),
        _ => Err(Stop::Fault),
    }
}

fn corner(value: &Value) -> Result<Point, Stop> {
    match value {
        Value::Arr(pair) if pair.len() == 2 => point(&pair[0], &pair[1]),
        _ => Err(Stop::Fault),
    }
}

/// `polygon.containsPoint(point)`, where the point is not validated.
pub(super) fn contains(corners: &[Point], point: &Value) -> Result<bool, Stop> {
    let (x, y) = (point.prop("latitude")?, point.prop("longitude")?);
    for (value, side) in [(&x, 0), (&y, 1)] {
        let sides = corners
            .iter()
            .map(|corner| if side == 0 { corner.0 } else { corner.1 });
        let least = sides.clone().fold(f64::INFINITY, f64::min);
        let most = sides.fold(f64::NEG_INFINITY, f64::max);
        if less(value, &Value::Num(least))? || less(&Value::Num(most), value)? {
            return Ok(false);
        }
    }
    let mut inside = false;
    for (i, start) in corners.iter().enumerate() {
        let end = corners[(i + corners.len() - 1) % corners.len()];
        let above = less(&y, &Value::Num(start.1))? != less(&y, &Value::Num(end.1))?;
        if above {
            let slope = (end.0 - start.0) * (y.to_number()? - start.1) / (end.1 - start.1);
            inside ^= less(&x, &Value::Num(slope + start.0))?;
        }
    }
    Ok(inside)
}
