//! Geometry of a clause as the database has it.

use super::atom::{raw, refused, type_of};
use crate::constraint::Place;
use crate::error::CompileError;
use crate::find::mongo::bson::Bson;
use crate::geo::Point;
use crate::value::{Datum, Val};

type Lowered<T> = Result<T, CompileError>;

fn member<'d>(datum: &'d Datum, name: &str) -> Option<&'d Datum> {
    datum.as_fields()?.get(name)
}

/// The coordinates of what should be a point, whatever they are.
fn coordinates(point: &Datum, at: &Place<'_>) -> Lowered<Bson> {
    if *point == Datum::Null {
        return Err(refused(at, "expected a point"));
    }
    let part = |name| member(point, name).map_or(Bson::Null, raw);
    Ok(Bson::pair(part("longitude"), part("latitude")))
}

/// `$nearSphere`.
pub(super) fn near(operand: &Datum, at: &Place<'_>) -> Lowered<Bson> {
    coordinates(operand, at)
}

/// `$within`.
pub(super) fn within(operand: &Datum, at: &Place<'_>) -> Lowered<Bson> {
    match member(operand, "$box") {
        Some(Datum::Array(corners)) if corners.len() == 2 => {
            let at = at.key("$box");
            let (first, second) = (
                coordinates(&corners[0], &at)?,
                coordinates(&corners[1], &at)?,
            );
            Ok(Bson::object_of("$box", Bson::pair(first, second)))
        }
        _ => Err(refused(at, "expected a $box of two corners")),
    }
}

/// `$geoWithin`; nothing if there is no shape that the server knows, which it then forgets.
pub(super) fn geo_within(operand: &Datum, at: &Place<'_>) -> Lowered<Option<Bson>> {
    if *operand == Datum::Null {
        return Err(refused(at, "expected a shape"));
    }
    if let Some(polygon) = member(operand, "$polygon") {
        let ring = polygon_ring(polygon, &at.key("$polygon"))?;
        return Ok(Some(Bson::object_of("$polygon", ring)));
    }
    let Some(circle) = member(operand, "$centerSphere") else {
        return Ok(None);
    };
    let cap = cap(circle, &at.key("$centerSphere"))?;
    Ok(Some(Bson::object_of("$centerSphere", cap)))
}

fn polygon_ring(polygon: &Datum, at: &Place<'_>) -> Lowered<Bson> {
    let points = match type_of(polygon) {
        Some("Polygon") => member(polygon, "coordinates"),
        _ => Some(polygon),
    };
    match points {
        Some(Datum::Array(points)) if points.len() >= 3 => {
            let points = points.iter().enumerate();
            let points = points.map(|(index, point)| vertex(point, &at.index(index)));
            points.collect::<Lowered<_>>().map(Bson::List)
        }
        _ => Err(refused(at, "expected three points or more")),
    }
}

/// A GeoPoint, or a pair that has the longitude first.
fn vertex(point: &Datum, at: &Place<'_>) -> Lowered<Bson> {
    if let Datum::Array(pair) = point
        && let [longitude, latitude] = &**pair
    {
        check_point(Some(latitude), Some(longitude), at)?;
        return Ok(raw(point));
    }
    geo_point(point, at)
}

fn geo_point(point: &Datum, at: &Place<'_>) -> Lowered<Bson> {
    if type_of(point) != Some("GeoPoint") {
        return Err(refused(at, "expected a GeoPoint"));
    }
    check_point(member(point, "latitude"), member(point, "longitude"), at)?;
    coordinates(point, at)
}

fn check_point(latitude: Option<&Datum>, longitude: Option<&Datum>, at: &Place<'_>) -> Lowered<()> {
    match (latitude, longitude) {
        (Some(Datum::Number(latitude)), Some(Datum::Number(longitude)))
            if latitude.abs() <= 90.0 && longitude.abs() <= 180.0 =>
        {
            Ok(())
        }
        _ => Err(refused(
            at,
            "expected a latitude up to 90 and a longitude up to 180",
        )),
    }
}

fn cap(circle: &Datum, at: &Place<'_>) -> Lowered<Bson> {
    let Datum::Array(parts) = circle else {
        return Err(refused(at, "expected a centre and a distance"));
    };
    let [centre, distance, ..] = &**parts else {
        return Err(refused(at, "expected a centre and a distance"));
    };
    let centre = match centre {
        Datum::Array(pair) if pair.len() == 2 => {
            let point = Point::from_values(Val::from(&pair[1]), Val::from(&pair[0]));
            let point = point.map_err(|_| refused(&at.index(0), "expected a point"))?;
            Bson::pair(Bson::Number(point.longitude), Bson::Number(point.latitude))
        }
        point => geo_point(point, &at.index(0))?,
    };
    Ok(Bson::pair(centre, raw(distance)))
}

/// `$geoIntersects`.
pub(super) fn intersects(operand: &Datum, at: &Place<'_>) -> Lowered<Bson> {
    let point = member(operand, "$point").unwrap_or(&Datum::Null);
    let point = geo_point(point, &at.key("$point"))?;
    let members = [
        ("type".into(), Bson::text("Point")),
        ("coordinates".into(), point),
    ];
    Ok(Bson::object_of("$geometry", Bson::Object(members.into())))
}
