//! `QueryTools.matchesQuery`, branch for branch.

use std::cmp::Ordering;
use std::ops::ControlFlow::{self, Break, Continue};

use super::decode::decode;
use super::value::{
    Class, Obj, Value, at_most, equal_objects, is, less, order, strict_equals, units,
};
use super::{Stop, date, geo, pattern};

/// Longer paths are left alone, for each part may cost a call.
const MAX_PARTS: usize = 100;

/// A `$all` that counts further would run for ever in the original.
const MAX_ALL: u32 = 20_000;

const DOT: u16 = b'.' as u16;

pub(super) fn matches_query(object: &mut Value, query: &Value) -> Result<bool, Stop> {
    for (key, constraints) in query.members() {
        if !matches_key(object, &key, &constraints)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn matches_key(object: &mut Value, key: &[u16], constraints: &Value) -> Result<bool, Stop> {
    if matches!(constraints, Value::Null) {
        return Ok(false);
    }
    if key.split(|unit| *unit == DOT).count() > MAX_PARTS {
        return Err(Stop::Unknown);
    }
    if let Some(dot) = key.iter().position(|unit| *unit == DOT) {
        return matches_path(object, &key[..dot], &key[dot + 1..], constraints);
    }
    match String::from_utf16_lossy(key).as_str() {
        "$or" => some_matches(object, constraints, true),
        "$nor" => some_matches(object, constraints, false),
        "$and" => all_match(object, constraints),
        "$relatedTo" => Ok(false),
        _ => matches_field(object, key, constraints),
    }
}

fn matches_path(
    object: &mut Value,
    head: &[u16],
    rest: &[u16],
    constraints: &Value,
) -> Result<bool, Stop> {
    let mut read = object.get(head)?;
    if !read.truthy() {
        read = Value::Obj(Obj::plain(Vec::new()));
        return matches_key(&mut read, rest, constraints);
    }
    // What is the object's own is changed in place, what is computed is not kept.
    matches_key(object.slot(head).unwrap_or(&mut read), rest, constraints)
}

/// Whether `found` is the answer as soon as one clause matches, and its opposite if none does.
fn some_matches(object: &mut Value, clauses: &Value, found: bool) -> Result<bool, Stop> {
    let Value::Arr(clauses) = clauses else {
        return Ok(false);
    };
    for clause in clauses {
        if matches_query(object, clause)? {
            return Ok(found);
        }
    }
    Ok(!found)
}

fn all_match(object: &mut Value, clauses: &Value) -> Result<bool, Stop> {
    let Value::Arr(clauses) = clauses else {
        return Ok(false);
    };
    for clause in clauses {
        if !matches_query(object, clause)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn matches_field(object: &mut Value, key: &[u16], constraints: &Value) -> Result<bool, Stop> {
    decode_date(object, key)?;
    let field = object.get(key)?;
    if constraints.kind() != "object" {
        return Ok(match &field {
            Value::Arr(items) => items.iter().any(|item| strict_equals(item, constraints)),
            _ => strict_equals(&field, constraints),
        });
    }
    match constraints.prop("__type")? {
        Value::Str(kind) if is(&kind, "Pointer") => {
            let is_there = |value: &Value| !matches!(value, Value::Undefined);
            any_element(&field, |value| {
                Ok(is_there(value) && is_pointed_at(value, constraints)?)
            })
        }
        kind if kind.truthy() => {
            let operand = decode(constraints)?;
            any_element(&field, |value| equal_objects(value, &operand))
        }
        _ => passes_all(&field, constraints),
    }
}

fn decode_date(object: &mut Value, key: &[u16]) -> Result<(), Stop> {
    let field = object.get(key)?;
    if !field.truthy() {
        return Ok(());
    }
    let kind = field.prop("__type")?;
    // A loose comparison: an array of one text is that text.
    let is_date = match kind {
        Value::Str(_) | Value::Arr(_) | Value::Obj(_) => is(&kind.to_text()?, "Date"),
        _ => false,
    };
    if is_date {
        let date = date::new_date(&field.prop("iso")?)?;
        *object.slot(key).expect("only what JSON holds has a type") = date;
    }
    Ok(())
}

fn any_element(field: &Value, test: impl Fn(&Value) -> Result<bool, Stop>) -> Result<bool, Stop> {
    let Value::Arr(items) = field else {
        return test(field);
    };
    for item in items {
        if test(item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_pointed_at(value: &Value, pointer: &Value) -> Result<bool, Stop> {
    let same = |name| Ok(strict_equals(&value.prop(name)?, &pointer.prop(name)?));
    Ok(same("className")? && same("objectId")?)
}

fn passes_all(field: &Value, constraints: &Value) -> Result<bool, Stop> {
    for (name, raw) in constraints.members() {
        let typed = !matches!(raw, Value::Null) && raw.prop("__type")?.truthy();
        let operand = if typed { decode(&raw)? } else { raw };
        let name = String::from_utf16_lossy(&name);
        if let Break(answer) = passes(field, &name, &operand, constraints)? {
            return Ok(answer);
        }
    }
    Ok(true)
}

/// Continues with the next condition, or breaks with the answer of them all.
fn passes(
    field: &Value,
    name: &str,
    operand: &Value,
    constraints: &Value,
) -> Result<ControlFlow<bool>, Stop> {
    let ordered = |refuted: fn(Ordering) -> bool| Ok(!order(field, operand)?.is_some_and(refuted));
    let passed = match name {
        "$lt" => ordered(Ordering::is_ge)?,
        "$lte" => ordered(Ordering::is_gt)?,
        "$gt" => ordered(Ordering::is_le)?,
        "$gte" => ordered(Ordering::is_lt)?,
        "$eq" => equal_objects(field, operand)?,
        "$ne" => !equal_objects(field, operand)?,
        "$in" => contains(operand, field)?,
        "$nin" => !contains(operand, field)?,
        "$all" => has_all(field, operand)?,
        "$exists" => match constraints.prop("$exists")? {
            Value::Bool(wanted) => wanted != matches!(field, Value::Undefined),
            _ => true,
        },
        "$regex" => pattern::test(field, operand, &constraints.prop("$options")?)?,
        "$nearSphere" => return near(field, operand, constraints).map(Break),
        "$within" => return within(field, operand).map(Break),
        "$containedBy" => return contained_by(field, operand).map(Break),
        "$geoWithin" => return geo_within(field, operand),
        "$geoIntersects" => return geo_intersects(field, operand).map(Break),
        "$options" | "$maxDistance" => true,
        _ => false,
    };
    Ok(if passed { Continue(()) } else { Break(false) })
}

fn contains(haystack: &Value, needle: &Value) -> Result<bool, Stop> {
    if needle.truthy() && matches!(needle.prop("__type")?, Value::Str(kind) if is(&kind, "Pointer"))
    {
        let id = needle.prop("objectId")?;
        for (_, item) in haystack.members() {
            let named = matches!(item, Value::Str(_)) && strict_equals(&item, &id);
            if named || is_pointed_at(&item, needle)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Value::Arr(needles) = needle {
        for needle in needles {
            if contains(haystack, needle)? {
                return Ok(true);
            }
        }
    }
    index_of(haystack, needle)
}

/// `haystack.indexOf(needle) > -1`
fn index_of(haystack: &Value, needle: &Value) -> Result<bool, Stop> {
    match haystack {
        Value::Arr(items) => Ok(items.iter().any(|item| strict_equals(item, needle))),
        Value::Str(text) => {
            let part = needle.to_text()?;
            Ok(part.is_empty() || text.windows(part.len()).any(|window| window == part))
        }
        _ => Err(Stop::Fault),
    }
}

fn has_all(field: &Value, operand: &Value) -> Result<bool, Stop> {
    if !field.truthy() {
        return Ok(false);
    }
    let length = operand.prop("length")?;
    for i in 0..MAX_ALL {
        if !less(&Value::Num(f64::from(i)), &length)? {
            return Ok(true);
        }
        if !index_of(field, &operand.prop(&i.to_string())?)? {
            return Ok(false);
        }
    }
    Err(Stop::Unknown)
}

fn near(field: &Value, operand: &Value, constraints: &Value) -> Result<bool, Stop> {
    if !operand.truthy() || !field.truthy() {
        return Ok(false);
    }
    if !matches!(
        operand,
        Value::Obj(Obj {
            class: Class::GeoPoint,
            ..
        })
    ) {
        return Err(Stop::Fault);
    }
    let center = geo::point(operand, &Value::Undefined)?;
    let distance = Value::Num(geo::radians(center, field)?);
    let most = constraints.prop("$maxDistance")?;
    let most = if most.truthy() {
        most
    } else {
        Value::Num(f64::INFINITY)
    };
    at_most(&distance, &most)
}

fn within(field: &Value, operand: &Value) -> Result<bool, Stop> {
    const SIDES: [&str; 2] = ["latitude", "longitude"];
    if !operand.truthy() || !field.truthy() {
        return Ok(false);
    }
    let corners = operand.prop("$box")?;
    let (south_west, north_east) = (corners.prop("0")?, corners.prop("1")?);
    for side in SIDES {
        if less(&north_east.prop(side)?, &south_west.prop(side)?)? {
            return Ok(false);
        }
    }
    for side in SIDES {
        let value = field.prop(side)?;
        if !less(&south_west.prop(side)?, &value)? || !less(&value, &north_east.prop(side)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn contained_by(field: &Value, operand: &Value) -> Result<bool, Stop> {
    for item in elements(field)? {
        if !contains(operand, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What `for … of` visits: the elements of an array, the code points of a text.
fn elements(value: &Value) -> Result<Vec<Value>, Stop> {
    match value {
        Value::Arr(items) => Ok(items.clone()),
        Value::Str(text) => {
            let units_of = |point| match point {
                Ok(c) => units(char::encode_utf8(c, &mut [0; 4])),
                Err(half) => vec![half],
            };
            let points = char::decode_utf16(text.iter().copied());
            let points = points.map(|point| point.map_err(|half| half.unpaired_surrogate()));
            Ok(points.map(units_of).map(Value::Str).collect())
        }
        _ => Err(Stop::Fault),
    }
}

fn geo_within(field: &Value, operand: &Value) -> Result<ControlFlow<bool>, Stop> {
    let corners = operand.prop("$polygon")?;
    if corners.truthy() {
        return in_polygon(field, &corners).map(Break);
    }
    let sphere = operand.prop("$centerSphere")?;
    if sphere.truthy() {
        return in_sphere(field, &sphere).map(Break);
    }
    Ok(Continue(()))
}

fn in_polygon(field: &Value, corners: &Value) -> Result<bool, Stop> {
    let Value::Arr(corners) = corners else {
        return Err(Stop::Fault);
    };
    let pair = |corner: &Value| -> Result<Value, Stop> {
        Ok(Value::Arr(vec![
            corner.prop("latitude")?,
            corner.prop("longitude")?,
        ]))
    };
    let pairs = corners.iter().map(pair).collect::<Result<_, _>>()?;
    geo::contains(&geo::polygon(&Value::Arr(pairs))?, field)
}

fn in_sphere(field: &Value, sphere: &Value) -> Result<bool, Stop> {
    let mut parts = elements(sphere)?.into_iter();
    let mut next = || parts.next().unwrap_or(Value::Undefined);
    let (center, radius) = (next(), next());
    let center = Value::Arr(vec![center.prop("1")?, center.prop("0")?]);
    let center = geo::instance(geo::point(&center, &Value::Undefined)?);
    let point = geo::point(field, &Value::Undefined)?;
    at_most(&Value::Num(geo::radians(point, &center)?), &radius)
}

fn geo_intersects(field: &Value, operand: &Value) -> Result<bool, Stop> {
    let ring = geo::polygon(&field.prop("coordinates")?)?;
    let point = geo::point(&operand.prop("$point")?, &Value::Undefined)?;
    geo::contains(&ring, &geo::instance(point))
}
