//! A clause as the filter that the server sends (`replaceEquality`, `validateQuery`, `transformWhere`).

use super::super::Stop;
use super::super::value::{Obj, Text, Value, is, units};
use super::bson::Bson;
use super::document::{atom, date_of, interior_atom, raw};
use super::{Column, Columns, is_beyond, member, text_of, type_of};

const GROUPS: [&str; 3] = ["$or", "$and", "$nor"];

/// What takes another query, or an index of texts, wherever it stands.
const ELSEWHERE: [&str; 6] = [
    "$select",
    "$dontSelect",
    "$inQuery",
    "$notInQuery",
    "$relatedTo",
    "$text",
];

/// The fields that a clause constrains, but not those of paths.
pub(super) fn fields_asked(clause: &Value) -> Vec<Text> {
    let mut fields = Vec::new();
    let Value::Obj(clause) = clause else {
        return fields;
    };
    for (name, value) in &clause.own {
        let below = match value {
            Value::Arr(branches) if is_group(name) => {
                branches.iter().flat_map(fields_asked).collect()
            }
            _ if name.contains(&u16::from(b'.')) || starts_with_dollar(name) => Vec::new(),
            _ => vec![name.clone()],
        };
        for field in below {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
    }
    fields
}

fn is_group(name: &[u16]) -> bool {
    GROUPS.iter().any(|group| is(name, group))
}

fn starts_with_dollar(name: &[u16]) -> bool {
    name.first() == Some(&u16::from(b'$'))
}

/// The filter of a clause, where the class has these columns.
pub(super) fn filter(clause: &Value, columns: &Columns) -> Result<Bson, Stop> {
    if goes_elsewhere(clause) {
        return Err(Stop::Unknown);
    }
    let Value::Obj(clause) = clause else {
        return Err(Stop::Unknown);
    };
    let own = clause.own.iter();
    let replaced = own.map(|(name, value)| (name.clone(), with_equality(value)));
    let clause = Value::Obj(Obj::plain(replaced.collect()));
    validate(&clause)?;
    lowered(&clause, columns)
}

fn goes_elsewhere(value: &Value) -> bool {
    match value {
        Value::Arr(items) => items.iter().any(goes_elsewhere),
        Value::Obj(object) => object.own.iter().any(|(name, value)| {
            ELSEWHERE.iter().any(|one| is(name, one)) || goes_elsewhere(value)
        }),
        _ => false,
    }
}

/// Members beside operators are equality with an object of them.
fn with_equality(constraint: &Value) -> Value {
    let Value::Obj(object) = constraint else {
        return constraint.clone();
    };
    let own = object.own.iter().cloned();
    let (mut operators, members): (Vec<_>, Vec<_>) =
        own.partition(|(name, _)| starts_with_dollar(name));
    if operators.is_empty() || members.is_empty() {
        return constraint.clone();
    }
    operators.retain(|(name, _)| !is(name, "$eq"));
    operators.push((units("$eq"), Value::Obj(Obj::plain(members))));
    Value::Obj(Obj::plain(operators))
}

fn validate(clause: &Value) -> Result<(), Stop> {
    let clause = match clause {
        Value::Obj(clause) => clause,
        // The elements of a list, and the letters of a text, are taken for members.
        Value::Arr(items) if items.is_empty() => return Ok(()),
        Value::Str(text) if text.is_empty() => return Ok(()),
        Value::Num(_) | Value::Bool(_) => return Ok(()),
        _ => return Err(Stop::Fault),
    };
    for (name, value) in &clause.own {
        if is_group(name) && value.truthy() {
            match value {
                Value::Arr(branches) if is(name, "$nor") && branches.is_empty() => {
                    return Err(Stop::Fault);
                }
                Value::Arr(branches) => branches.iter().try_for_each(validate)?,
                _ => return Err(Stop::Fault),
            }
        }
        validate_pattern(value)?;
        if is_beyond(name) {
            return Err(Stop::Unknown);
        }
        if !is_group(name) && !is_name(name) {
            return Err(Stop::Fault);
        }
    }
    Ok(())
}

fn validate_pattern(constraint: &Value) -> Result<(), Stop> {
    match (member(constraint, "$regex"), member(constraint, "$options")) {
        (None, _) => Ok(()),
        (Some(Value::Str(_)), None) => Ok(()),
        (Some(Value::Str(_)), Some(Value::Str(options))) => {
            let all_known = options
                .iter()
                .all(|unit| b"imxsu".map(u16::from).contains(unit));
            let is_valid = !options.is_empty() && all_known;
            if is_valid { Ok(()) } else { Err(Stop::Fault) }
        }
        _ => Err(Stop::Fault),
    }
}

/// Whether a name is `^[a-zA-Z][a-zA-Z0-9_.]*$`.
fn is_name(name: &[u16]) -> bool {
    let bytes: Option<Vec<u8>> = name.iter().map(|unit| u8::try_from(*unit).ok()).collect();
    bytes.is_some_and(|bytes| {
        bytes.first().is_some_and(u8::is_ascii_alphabetic)
            && bytes
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(byte))
    })
}

fn lowered(clause: &Value, columns: &Columns) -> Result<Bson, Stop> {
    let Value::Obj(clause) = clause else {
        return Ok(Bson::Object(Vec::new()));
    };
    let mut filter: Vec<(String, Bson)> = Vec::new();
    for (name, value) in &clause.own {
        let (name, value) = key_value(name, value, columns)?;
        match filter.iter_mut().find(|(other, _)| *other == name) {
            Some(entry) => entry.1 = value,
            None => filter.push((name, value)),
        }
    }
    Ok(Bson::Object(filter))
}

fn key_value(name: &Text, value: &Value, columns: &Columns) -> Result<(String, Bson), Stop> {
    if is_group(name) {
        let Value::Arr(branches) = value else {
            return Err(Stop::Fault);
        };
        let branches = branches.iter().map(|branch| lowered(branch, columns));
        let branches = branches.collect::<Result<_, _>>()?;
        return Ok((text_of(name)?, Bson::List(branches)));
    }
    if is(name, "objectId") {
        return Ok(("_id".to_owned(), raw(value)?));
    }
    let times = [
        ("createdAt", "_created_at"),
        ("updatedAt", "_updated_at"),
        ("expiresAt", "expiresAt"),
    ];
    let time = times.iter().find(|(time, _)| is(name, time));
    if let (Some((_, stored)), Value::Str(_)) = (time, value) {
        return Ok(((*stored).to_owned(), Bson::Date(date_of(value)?)));
    }
    let key = match time {
        Some((_, stored)) => (*stored).to_owned(),
        None => text_of(name)?,
    };
    // Of a field that has another name there, nothing is known.
    let column = columns.get(&units(&key)).copied();
    let prefix = if column == Some(Column::Pointer) {
        "_p_"
    } else {
        ""
    };
    let key = format!("{prefix}{key}");
    let asked = Asked {
        column,
        is_path: key.contains('.'),
    };
    if let Some(constraint) = asked.constraint(value)? {
        let is_contained = matches!(&constraint, Bson::Object(members) if members.iter().any(|(name, _)| name == "$elemMatch"));
        if is_contained {
            let negated = Bson::Object(vec![(key, constraint)]);
            return Ok(("$nor".to_owned(), Bson::List(vec![negated])));
        }
        return Ok((key, constraint));
    }
    if column == Some(Column::Array) && !matches!(value, Value::Arr(_)) {
        let all = Bson::List(vec![interior_atom(value)?]);
        return Ok((key, Bson::Object(vec![("$all".to_owned(), all)])));
    }
    let value = if asked.is_path {
        Some(interior_atom(value)?)
    } else {
        atom(value)?
    };
    value.map(|value| (key, value)).ok_or(Stop::Fault)
}

/// What a constraint is asked of.
struct Asked {
    column: Option<Column>,
    is_path: bool,
}

impl Asked {
    /// `transformConstraint`; nothing for what is a value.
    fn constraint(&self, constraint: &Value) -> Result<Option<Bson>, Stop> {
        let own = match constraint {
            Value::Arr(items) if items.is_empty() => return Ok(Some(Bson::Object(Vec::new()))),
            Value::Obj(object) => &object.own,
            _ => return Ok(None),
        };
        let mut sorted: Vec<&(Text, Value)> = own.iter().collect();
        sorted.sort_by(|(a, _), (b, _)| b.cmp(a));
        let mut lowered: Vec<(String, Bson)> = Vec::new();
        for (name, value) in sorted {
            if !starts_with_dollar(name) {
                return Ok(None);
            }
            let name = text_of(name)?;
            lowered.push(self.operator(&name, value)?);
        }
        Ok(Some(Bson::Object(lowered)))
    }

    fn operator(&self, name: &str, value: &Value) -> Result<(String, Bson), Stop> {
        let as_it_is = |value| (name.to_owned(), value);
        Ok(match name {
            "$lt" | "$lte" | "$gt" | "$gte" | "$exists" | "$ne" | "$eq" => {
                if member(value, "$relativeTime").is_some() {
                    return Err(Stop::Unknown);
                }
                as_it_is(self.atom(value)?)
            }
            "$in" | "$nin" => {
                let mut members = Vec::new();
                for member in list(value)? {
                    match member {
                        Value::Arr(inner) => {
                            for one in inner {
                                members.push(self.atom(one)?);
                            }
                        }
                        // The parts of what becomes a list are members, too.
                        _ => match self.atom(member)? {
                            Bson::List(parts) => members.extend(parts),
                            atom => members.push(atom),
                        },
                    }
                }
                as_it_is(Bson::List(members))
            }
            "$all" => {
                let members = list(value)?.iter().map(interior_atom);
                as_it_is(Bson::List(members.collect::<Result<_, _>>()?))
            }
            "$containedBy" => {
                let members = list(value)?.iter().map(|member| self.atom(member));
                let members = Bson::List(members.collect::<Result<_, _>>()?);
                let none = Bson::Object(vec![("$nin".to_owned(), members)]);
                ("$elemMatch".to_owned(), none)
            }
            "$regex" => match value {
                Value::Str(text) => as_it_is(Bson::Text(text_of(text)?)),
                _ => return Err(Stop::Fault),
            },
            "$options" => as_it_is(raw(value)?),
            "$within" => as_it_is(within_box(value)?),
            "$geoWithin" => as_it_is(within_polygon(value)?),
            _ if name.starts_with("$maxDistance")
                || ["$nearSphere", "$geoIntersects"].contains(&name) =>
            {
                return Err(Stop::Unknown);
            }
            _ => return Err(Stop::Fault),
        })
    }

    /// The operand of an operator, which is refused if it is none.
    fn atom(&self, value: &Value) -> Result<Bson, Stop> {
        if self.is_path || self.column == Some(Column::Array) {
            return interior_atom(value);
        }
        if let (Value::Str(_), Some(Column::Pointer)) = (value, self.column) {
            // It takes the class that the column is known to point to.
            return Err(Stop::Unknown);
        }
        atom(value)?.ok_or(Stop::Fault)
    }
}

fn list(value: &Value) -> Result<&[Value], Stop> {
    match value {
        Value::Arr(items) => Ok(items),
        _ => Err(Stop::Fault),
    }
}

/// The coordinates of a point, longitude first.
fn coordinates(point: &Value) -> Result<Bson, Stop> {
    match (member(point, "longitude"), member(point, "latitude")) {
        (Some(Value::Num(longitude)), Some(Value::Num(latitude))) => Ok(Bson::List(vec![
            Bson::Number(*longitude),
            Bson::Number(*latitude),
        ])),
        _ => Err(Stop::Unknown),
    }
}

fn within_box(value: &Value) -> Result<Bson, Stop> {
    match member(value, "$box") {
        Some(Value::Arr(corners)) if corners.len() == 2 => {
            let corners = corners.iter().map(coordinates).collect::<Result<_, _>>()?;
            Ok(Bson::Object(vec![("$box".to_owned(), Bson::List(corners))]))
        }
        _ => Err(Stop::Unknown),
    }
}

/// The corners of a polygon as they are written; those that are a Polygon's stand the other way round, and are kept so.
fn within_polygon(value: &Value) -> Result<Bson, Stop> {
    let Some(polygon) = member(value, "$polygon") else {
        return Err(Stop::Unknown);
    };
    let corners = match (type_of(polygon)?.as_deref(), polygon) {
        (Some("Polygon"), _) => member(polygon, "coordinates").ok_or(Stop::Unknown)?,
        (None, Value::Arr(_)) => polygon,
        _ => return Err(Stop::Unknown),
    };
    let corners = list(corners)?;
    if corners.len() < 3 {
        return Err(Stop::Fault);
    }
    let corners = corners.iter().map(|corner| {
        let corner = match corner {
            Value::Arr(pair) if pair.len() == 2 => raw(corner)?,
            _ if type_of(corner)?.as_deref() == Some("GeoPoint") => coordinates(corner)?,
            _ => return Err(Stop::Unknown),
        };
        match &corner {
            Bson::List(pair) => match pair[..] {
                [Bson::Number(x), Bson::Number(y)] if x.abs() <= 180.0 && y.abs() <= 90.0 => {
                    Ok(corner)
                }
                [Bson::Number(_), Bson::Number(_)] => Err(Stop::Fault),
                _ => Err(Stop::Unknown),
            },
            _ => Err(Stop::Unknown),
        }
    });
    let corners = corners.collect::<Result<_, _>>()?;
    Ok(Bson::Object(vec![(
        "$polygon".to_owned(),
        Bson::List(corners),
    )]))
}
