//! What is asked of one key, as the database is asked it.

use super::atom::{Texts, interior, raw, refused, top};
use super::names::is_truthy;
use super::{geo, relative};
use crate::constraint::Place;
use crate::error::{CompileError, ErrorKind};
use crate::find::mongo::bson::Bson;
use crate::find::mongo::filter::Reader;
use crate::value::convert::to_number;
use crate::value::{Datum, Fields, Text, Val};

type Lowered<T> = Result<T, CompileError>;

/// How the values of a constraint are taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mode<'m> {
    pub(super) reader: &'m Reader<'m>,
    /// As those within a list or an object: the column is of lists, or the key is a path.
    pub(super) is_interior: bool,
    /// Whether the column is of lists.
    pub(super) is_array: bool,
    /// What a text is under an operator.
    pub(super) texts: Texts<'m>,
    /// Whether moments told from now may be asked for.
    pub(super) takes_moments: bool,
}

/// A constraint that was lowered.
pub(super) enum Constraint {
    /// What is asked of the key.
    Plain(Bson),
    /// What must not hold: it has `$containedBy` in it.
    Negated(Bson),
}

/// Lowers a constraint.
pub(super) fn constraint(value: &Datum, mode: Mode<'_>, at: &Place<'_>) -> Lowered<Constraint> {
    if let Datum::Object(fields) = value {
        if let Some(lowered) = operators(fields, mode, at)? {
            let is_negated = lowered.get("$elemMatch").is_some();
            return Ok(if is_negated {
                Constraint::Negated(lowered)
            } else {
                Constraint::Plain(lowered)
            });
        }
    } else if matches!(value, Datum::Array(items) if items.is_empty()) {
        // A list without keys is taken for an object without operators.
        return Ok(Constraint::Plain(Bson::Object(Box::default())));
    }
    equality(value, mode, at).map(Constraint::Plain)
}

fn equality(value: &Datum, mode: Mode<'_>, at: &Place<'_>) -> Lowered<Bson> {
    if mode.is_array && !matches!(value, Datum::Array(_)) {
        let all = Bson::List([interior(value, mode.reader, at)?].into());
        return Ok(Bson::object_of("$all", all));
    }
    if mode.is_interior && !mode.is_array {
        return interior(value, mode.reader, at);
    }
    let atom = top(value, Texts::Plain, at)?;
    atom.ok_or_else(|| {
        refused(
            at,
            "expected a value that a field is equal to, and not a list or an object",
        )
    })
}

/// The operators; nothing if a key is none, which is found in the reverse order of the keys.
fn operators(fields: &Fields, mode: Mode<'_>, at: &Place<'_>) -> Lowered<Option<Bson>> {
    let mut members: Vec<(&str, &Datum)> = fields.iter().collect();
    members.sort_by(|(a, _), (b, _)| b.encode_utf16().cmp(a.encode_utf16()));
    let mut answer = Answer::default();
    for (name, operand) in members {
        if !name.starts_with('$') {
            return Ok(None);
        }
        operator(name, operand, mode, &at.key(name), &mut answer)?;
    }
    Ok(Some(Bson::Object(answer.0.into())))
}

/// The operators so far: one that is there is said anew where it stands.
#[derive(Default)]
struct Answer(Vec<(Text, Bson)>);

impl Answer {
    fn set(&mut self, name: &str, operand: Bson) {
        match self.0.iter_mut().find(|(known, _)| *known == *name) {
            Some((_, known)) => *known = operand,
            None => self.0.push((name.into(), operand)),
        }
    }
}

fn operator(
    name: &str,
    operand: &Datum,
    mode: Mode<'_>,
    at: &Place<'_>,
    answer: &mut Answer,
) -> Lowered<()> {
    let lowered = match name {
        "$lt" | "$lte" | "$gt" | "$gte" | "$exists" | "$ne" | "$eq" => {
            compared(name, operand, mode, at)?
        }
        "$in" | "$nin" => among(operand, mode, at)?,
        "$all" => all(operand, mode, at)?,
        "$regex" => match operand {
            Datum::Text(source) => Bson::Text(source.clone()),
            _ => return Err(at.error(ErrorKind::RegexOperand, "expected a text")),
        },
        "$options" => raw(operand),
        "$containedBy" => {
            let members = list(operand, at)?
                .iter()
                .map(|member| atom(member, mode, at));
            let members = Bson::List(members.collect::<Lowered<_>>()?);
            answer.set("$elemMatch", Bson::object_of("$nin", members));
            return Ok(());
        }
        "$nearSphere" => geo::near(operand, at)?,
        "$maxDistance" => raw(operand),
        "$maxDistanceInRadians" | "$maxDistanceInMiles" | "$maxDistanceInKilometers" => {
            answer.set("$maxDistance", distance(name, operand));
            return Ok(());
        }
        "$within" => geo::within(operand, at)?,
        "$geoWithin" => match geo::geo_within(operand, at)? {
            Some(shape) => shape,
            None => return Ok(()),
        },
        "$geoIntersects" => geo::intersects(operand, at)?,
        "$text" => return Err(full_text(operand, at)),
        _ => return Err(refused(at, "expected an operator of Parse")),
    };
    answer.set(name, lowered);
    Ok(())
}

fn compared(name: &str, operand: &Datum, mode: Mode<'_>, at: &Place<'_>) -> Lowered<Bson> {
    let span = operand
        .as_fields()
        .and_then(|fields| fields.get("$relativeTime"));
    let Some(span) = span.filter(|span| is_truthy(span)) else {
        return atom(operand, mode, at);
    };
    let at = at.key("$relativeTime");
    if !mode.takes_moments || !["$lt", "$lte", "$gt", "$gte"].contains(&name) {
        return Err(refused(&at, "expected a moment in a range of dates only"));
    }
    let Datum::Text(text) = span else {
        return Err(refused(&at, "expected a text"));
    };
    let span = relative::milliseconds(text).map_err(|wrong| refused(&at, wrong))?;
    Ok(Bson::FromNow(span))
}

fn atom(value: &Datum, mode: Mode<'_>, at: &Place<'_>) -> Lowered<Bson> {
    if mode.is_interior {
        return interior(value, mode.reader, at);
    }
    let atom = top(value, mode.texts, at)?;
    atom.ok_or_else(|| {
        refused(
            at,
            "expected an atom: no list, and no object but a typed value",
        )
    })
}

fn list<'d>(operand: &'d Datum, at: &Place<'_>) -> Lowered<&'d [Datum]> {
    match operand {
        Datum::Array(items) => Ok(items),
        _ => Err(refused(at, "expected a list")),
    }
}

/// Members that are lists, or become some, are members in their place.
fn among(operand: &Datum, mode: Mode<'_>, at: &Place<'_>) -> Lowered<Bson> {
    let members = list(operand, at)?;
    let mut lowered = Vec::with_capacity(members.len());
    for (index, member) in members.iter().enumerate() {
        let at = at.index(index);
        match member {
            Datum::Array(inner) => {
                for one in inner {
                    lowered.push(atom(one, mode, &at)?);
                }
            }
            one => match atom(one, mode, &at)? {
                Bson::List(inner) => lowered.extend(inner),
                other => lowered.push(other),
            },
        }
    }
    Ok(Bson::List(lowered.into()))
}

fn all(operand: &Datum, mode: Mode<'_>, at: &Place<'_>) -> Lowered<Bson> {
    let members = list(operand, at)?
        .iter()
        .map(|member| interior(member, mode.reader, at));
    let members = members.collect::<Lowered<Vec<_>>>()?;
    let is_pattern = |member: &Bson| matches!(member, Bson::Regex(_));
    let is_prefix = |member: &Bson| match member {
        Bson::Regex(regex) => {
            let written = format!("/{}/", regex.source);
            let behind = written
                .split_once(r"/^\Q")
                .map(|(_, behind)| behind.contains(r"\E/"));
            behind.unwrap_or_default()
        }
        _ => false,
    };
    let prefixes = members.iter().filter(|member| is_prefix(member)).count();
    let is_alike = match members.len() {
        1 => prefixes == 1,
        count => prefixes == 0 || prefixes == count,
    };
    if members.iter().any(is_pattern) && !is_alike {
        return Err(refused(
            at,
            "expected beginnings alone, or nothing but values",
        ));
    }
    Ok(Bson::List(members.into()))
}

fn distance(name: &str, operand: &Datum) -> Bson {
    let divisor = match name {
        "$maxDistanceInMiles" => 3_959.0,
        "$maxDistanceInKilometers" => 6_371.0,
        _ => return raw(operand),
    };
    let number = to_number(Val::from(operand)).unwrap_or(f64::NAN);
    Bson::Number(number / divisor)
}

fn full_text(operand: &Datum, at: &Place<'_>) -> CompileError {
    let search = operand.as_fields().and_then(|fields| fields.get("$search"));
    let term = search
        .and_then(Datum::as_fields)
        .and_then(|search| search.get("$term"));
    match term {
        Some(Datum::Text(term)) if !term.is_empty() => at.error(
            ErrorKind::FullText,
            "expected nothing that takes an index of words to answer",
        ),
        _ => refused(at, "expected a $search with a $term"),
    }
}
