//! An object as it is stored (`parseObjectToMongoObjectForCreate`), and the columns that it shows.

use super::super::Stop;
use super::super::date;
use super::super::value::{Obj, Text, Value, is, units};
use super::bson::{Bson, compare};
use super::{Column, Columns, is_beyond, member, text_of, type_of};

/// What the class is known to hold, as the object could be saved.
pub(super) fn columns(object: &Obj) -> Result<Columns, Stop> {
    let mut columns = Columns::new();
    for (name, value) in &object.own {
        if let Some(column) = column(value)? {
            columns.insert(name.clone(), column);
        }
    }
    for (name, column) in [
        ("objectId", Column::Other),
        ("createdAt", Column::Date),
        ("updatedAt", Column::Date),
    ] {
        columns.insert(units(name), column);
    }
    Ok(columns)
}

fn column(value: &Value) -> Result<Option<Column>, Stop> {
    Ok(match value {
        Value::Null | Value::Undefined => None,
        Value::Arr(_) => Some(Column::Array),
        Value::Obj(_) => Some(match type_of(value)?.as_deref() {
            Some("Date") => Column::Date,
            Some("Pointer") => Column::Pointer,
            Some("Relation") => return Err(Stop::Unknown),
            _ => Column::Other,
        }),
        _ => Some(Column::Other),
    })
}

pub(super) fn of(object: &Obj) -> Result<Bson, Stop> {
    let mut members: Vec<(String, Bson)> = Vec::new();
    for (name, value) in &object.own {
        if is_beyond(name) || name.contains(&u16::from(b'$')) || name.contains(&u16::from(b'.')) {
            return Err(Stop::Unknown);
        }
        let (name, value) = field(name, value)?;
        members.retain(|(other, _)| *other != name);
        members.push((name, value));
    }
    Ok(Bson::Object(members))
}

fn field(name: &Text, value: &Value) -> Result<(String, Bson), Stop> {
    if is(name, "objectId") {
        return Ok(("_id".to_owned(), raw(value)?));
    }
    for (system, stored) in [("createdAt", "_created_at"), ("updatedAt", "_updated_at")] {
        if is(name, system) {
            return Ok((stored.to_owned(), Bson::Date(moment(value)?)));
        }
    }
    if is(name, "expiresAt") {
        let stored = match (atom(value)?, value) {
            (Some(_), Value::Str(_)) => Bson::Date(date_of(value)?),
            (Some(stored), _) => stored,
            // Where a value is the function that says there is none, the driver stores nothing.
            (None, _) => return Err(Stop::Unknown),
        };
        return Ok(("expiresAt".to_owned(), stored));
    }
    let is_pointer = type_of(value)?.as_deref() == Some("Pointer");
    let prefix = if is_pointer { "_p_" } else { "" };
    let stored = match atom(value)? {
        Some(stored) => stored,
        None => interior(value)?,
    };
    Ok((format!("{prefix}{}", text_of(name)?), stored))
}

/// What a time of the system becomes: `new Date(value.iso || value)`. What is falsy stays under its own name.
fn moment(value: &Value) -> Result<f64, Stop> {
    match value {
        Value::Str(text) if !text.is_empty() => date_of(value),
        Value::Num(number) if *number != 0.0 => date_of(value),
        Value::Obj(_) if type_of(value)?.as_deref() == Some("Date") => match atom(value)? {
            Some(Bson::Date(ms)) => Ok(ms),
            _ => Err(Stop::Unknown),
        },
        _ => Err(Stop::Unknown),
    }
}

/// `new Date(value)`; the driver writes what is none as the epoch.
pub(super) fn date_of(value: &Value) -> Result<f64, Stop> {
    match date::new_date(value)? {
        Value::Date(ms) if ms.is_nan() => Ok(0.0),
        Value::Date(ms) => Ok(ms),
        _ => Err(Stop::Unknown),
    }
}

/// `transformTopLevelAtom`; nothing for what is no atom.
pub(super) fn atom(value: &Value) -> Result<Option<Bson>, Stop> {
    Ok(Some(match value {
        Value::Null => Bson::Null,
        Value::Bool(value) => Bson::Bool(*value),
        Value::Num(number) => Bson::Number(*number),
        Value::Str(text) => Bson::Text(text_of(text)?),
        Value::Arr(_) => return Ok(None),
        Value::Obj(_) => match type_of(value)?.as_deref() {
            Some("Pointer") => {
                let part = |name| match member(value, name) {
                    Some(Value::Str(text)) => text_of(text),
                    _ => Err(Stop::Unknown),
                };
                Bson::Text(format!("{}${}", part("className")?, part("objectId")?))
            }
            Some("Date") => Bson::Date(date_of(member(value, "iso").unwrap_or(&Value::Undefined))?),
            Some("Bytes") => bytes(value)?,
            Some("GeoPoint") => Bson::List(vec![
                number(member(value, "longitude"))?,
                number(member(value, "latitude"))?,
            ]),
            Some("Polygon") => polygon(value)?,
            Some("File") => raw(member(value, "name").ok_or(Stop::Unknown)?)?,
            _ => return Ok(None),
        },
        Value::Undefined | Value::Date(_) | Value::Function(..) => return Err(Stop::Unknown),
    }))
}

fn number(value: Option<&Value>) -> Result<Bson, Stop> {
    match value {
        Some(Value::Num(number)) => Ok(Bson::Number(*number)),
        _ => Err(Stop::Unknown),
    }
}

fn bytes(value: &Value) -> Result<Bson, Stop> {
    let Some(Value::Str(text)) = member(value, "base64") else {
        return Err(Stop::Unknown);
    };
    let text = text_of(text)?;
    let text = text.trim_end_matches('=');
    let mut bits = Vec::new();
    for letter in text.bytes() {
        let digit = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(Stop::Unknown),
        };
        bits.extend((0..6).rev().map(|bit| digit >> bit & 1));
    }
    let bytes = bits.chunks_exact(8);
    Ok(Bson::Binary(
        bytes
            .map(|byte| byte.iter().fold(0, |all, bit| all << 1 | bit))
            .collect(),
    ))
}

/// GeoJSON with its ring closed and its coordinates turned.
fn polygon(value: &Value) -> Result<Bson, Stop> {
    let Some(Value::Arr(vertices)) = member(value, "coordinates") else {
        return Err(Stop::Unknown);
    };
    let mut ring = Vec::new();
    for vertex in vertices {
        match vertex {
            Value::Arr(pair) if pair.len() == 2 => {
                ring.push(Bson::List(vec![
                    number(pair.get(1))?,
                    number(pair.first())?,
                ]));
            }
            _ => return Err(Stop::Unknown),
        }
    }
    let first = ring.first().cloned().ok_or(Stop::Unknown)?;
    if ring
        .last()
        .is_some_and(|last| compare(last, &first).is_ne())
    {
        ring.push(first);
    }
    let mut corners = ring.clone();
    corners.sort_by(compare);
    corners.dedup_by(|a, b| compare(a, b).is_eq());
    if corners.len() < 3 {
        return Err(Stop::Fault);
    }
    let coordinates = Bson::List(vec![Bson::List(ring)]);
    Ok(Bson::Object(vec![
        ("type".to_owned(), Bson::Text("Polygon".to_owned())),
        ("coordinates".to_owned(), coordinates),
    ]))
}

/// `transformInteriorAtom`: of pointers only what one is, dates and bytes as themselves, anything else as it is given.
pub(super) fn interior_atom(value: &Value) -> Result<Bson, Stop> {
    if !matches!(value, Value::Obj(_)) {
        return raw(value);
    }
    match type_of(value)?.as_deref() {
        Some("Pointer") => {
            let part = |name: &str| {
                let part = raw(member(value, name).ok_or(Stop::Unknown)?)?;
                Ok((name.to_owned(), part))
            };
            Ok(Bson::Object(vec![
                part("__type")?,
                part("className")?,
                part("objectId")?,
            ]))
        }
        Some("Date" | "Bytes") => atom(value)?.ok_or(Stop::Unknown),
        _ if member(value, "$regex").is_some() => Err(Stop::Unknown),
        _ => raw(value),
    }
}

/// `transformInteriorValue`: the same, for whatever stands in lists and objects.
fn interior(value: &Value) -> Result<Bson, Stop> {
    Ok(match value {
        Value::Arr(items) => Bson::List(items.iter().map(interior).collect::<Result<_, _>>()?),
        Value::Obj(object) => match interior_atom(value)? {
            // The driver's own object, of which the members are stored.
            Bson::Binary(_) => return Err(Stop::Unknown),
            Bson::Date(ms) => Bson::Date(ms),
            _ if type_of(value)?.as_deref() == Some("Pointer") => interior_atom(value)?,
            _ => {
                let mut members = Vec::new();
                for (name, value) in &object.own {
                    if name.iter().any(|unit| b"$.".map(u16::from).contains(unit)) {
                        return Err(Stop::Unknown);
                    }
                    members.push((text_of(name)?, interior(value)?));
                }
                Bson::Object(members)
            }
        },
        _ => raw(value)?,
    })
}

/// JSON as it is.
pub(super) fn raw(value: &Value) -> Result<Bson, Stop> {
    Ok(match value {
        Value::Null => Bson::Null,
        Value::Bool(value) => Bson::Bool(*value),
        Value::Num(number) => Bson::Number(*number),
        Value::Str(text) => Bson::Text(text_of(text)?),
        Value::Arr(items) => Bson::List(items.iter().map(raw).collect::<Result<_, _>>()?),
        Value::Obj(object) => {
            let own = object.own.iter();
            let members = own.map(|(name, value)| Ok((text_of(name)?, raw(value)?)));
            Bson::Object(members.collect::<Result<_, _>>()?)
        }
        Value::Undefined | Value::Date(_) | Value::Function(..) => return Err(Stop::Unknown),
    })
}
