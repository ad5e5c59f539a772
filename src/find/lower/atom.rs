//! Values of a clause as the database has them.

use crate::constraint::Place;
use crate::error::{CompileError, ErrorKind};
use crate::find::mongo::bson::Bson;
use crate::find::mongo::filter::Reader;
use crate::find::mongo::moment;
use crate::pattern::{Flags, Pattern};
use crate::value::convert::{JsText, to_text};
use crate::value::dated::from_value;
use crate::value::{Datum, Fields, Text, Val};

type Lowered<T> = Result<T, CompileError>;

/// What a text means under an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texts<'s> {
    /// Itself.
    Plain,
    /// An object of this class.
    IdsOf(&'s str),
    /// An object of the class that the column points to, if it is one of pointers.
    MaybeIds,
}

pub(super) fn refused(at: &Place<'_>, message: &str) -> CompileError {
    at.error(ErrorKind::InvalidConstraint, message)
}

/// A value as it is written.
pub(super) fn raw(datum: &Datum) -> Bson {
    match datum {
        Datum::Bool(value) => Bson::Bool(*value),
        Datum::Number(number) => Bson::Number(*number),
        Datum::Text(text) => Bson::Text(text.clone()),
        Datum::Array(items) => Bson::List(items.iter().map(raw).collect()),
        Datum::Object(fields) => {
            let members = fields
                .iter()
                .map(|(name, member)| (name.into(), raw(member)));
            Bson::Object(members.collect())
        }
        Datum::Date(ms) => Bson::Date(moment(*ms)),
        Datum::Null | Datum::Undefined | Datum::Unit(_) | Datum::Instance(_) => Bson::Null,
    }
}

fn raw_member(fields: &Fields, name: &str) -> Bson {
    fields.get(name).map_or(Bson::Null, raw)
}

pub(super) fn type_of(datum: &Datum) -> Option<&str> {
    datum.as_fields()?.get("__type")?.as_text()
}

/// A value in a list or an object, or of a column of lists: what is no atom stays as it is.
pub(super) fn interior(datum: &Datum, reader: &Reader<'_>, at: &Place<'_>) -> Lowered<Bson> {
    let Some(fields) = datum.as_fields() else {
        return Ok(raw(datum));
    };
    match type_of(datum) {
        Some("Pointer") => {
            let members =
                ["className", "objectId"].map(|name| (name.into(), raw_member(fields, name)));
            let [class, id] = members;
            Ok(Bson::Object(
                [("__type".into(), Bson::text("Pointer")), class, id].into(),
            ))
        }
        Some("Date") => Ok(date(fields)),
        Some("Bytes") => bytes(fields, at),
        _ => match fields.get("$regex") {
            Some(source) => pattern(source, reader, at),
            None => Ok(raw(datum)),
        },
    }
}

/// A value of a column of its own; nothing if it is no atom.
pub(super) fn top(datum: &Datum, texts: Texts<'_>, at: &Place<'_>) -> Lowered<Option<Bson>> {
    let fields = match datum {
        Datum::Text(text) => {
            return Ok(Some(match texts {
                Texts::Plain => Bson::Text(text.clone()),
                Texts::IdsOf(class) => Bson::Text(joined(class, text)),
                Texts::MaybeIds => Bson::Id(text.clone()),
            }));
        }
        Datum::Array(_) => return Ok(None),
        Datum::Object(fields) => fields,
        scalar => return Ok(Some(raw(scalar))),
    };
    Ok(Some(match type_of(datum) {
        Some("Pointer") => Bson::Text(pointer(fields, at)?),
        Some("Date") => date(fields),
        Some("Bytes") => bytes(fields, at)?,
        Some("GeoPoint") => Bson::pair(
            raw_member(fields, "longitude"),
            raw_member(fields, "latitude"),
        ),
        Some("Polygon") => polygon(fields, at)?,
        Some("File") => raw_member(fields, "name"),
        _ => return Ok(None),
    }))
}

fn joined(class: &str, id: &str) -> Text {
    format!("{class}${id}").into()
}

fn pointer(fields: &Fields, at: &Place<'_>) -> Lowered<Text> {
    let part = |name| {
        let value = fields.get(name).map_or(Val::Undefined, Val::from);
        match to_text(value) {
            Ok(JsText::Text(text)) => Ok(text.into_owned()),
            _ => Err(refused(at, "expected texts in a pointer")),
        }
    };
    Ok(joined(&part("className")?, &part("objectId")?))
}

fn date(fields: &Fields) -> Bson {
    let iso = fields.get("iso").map_or(Val::Undefined, Val::from);
    Bson::Date(moment(from_value(iso).unwrap_or(f64::NAN)))
}

fn bytes(fields: &Fields, at: &Place<'_>) -> Lowered<Bson> {
    match fields.get("base64") {
        Some(Datum::Text(base64)) => Ok(Bson::Binary {
            subtype: 0,
            base64: base64.clone(),
        }),
        _ => Err(refused(at, "expected bytes as a text of base64")),
    }
}

/// The GeoJSON of a polygon: its ring is closed, the longitudes come first.
fn polygon(fields: &Fields, at: &Place<'_>) -> Lowered<Bson> {
    let vertices = match fields.get("coordinates") {
        Some(Datum::Array(vertices)) => vertices.iter().map(vertex).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    let mut vertices = vertices.ok_or_else(|| refused(at, "expected pairs of coordinates"))?;
    if vertices.first() != vertices.last() {
        vertices.extend(vertices.first().cloned());
    }
    let first = vertices.first().cloned();
    let mut others = vertices
        .iter()
        .filter(|vertex| Some(*vertex) != first.as_ref());
    let second = others.next();
    if !others.any(|vertex| Some(vertex) != second) {
        return Err(refused(at, "expected three different vertices or more"));
    }
    let ring = Bson::List([Bson::List(vertices.into())].into());
    Ok(Bson::Object(
        [
            ("type".into(), Bson::text("Polygon")),
            ("coordinates".into(), ring),
        ]
        .into(),
    ))
}

fn vertex(vertex: &Datum) -> Option<Bson> {
    let Datum::Array(pair) = vertex else {
        return None;
    };
    let at = |index: usize| pair.get(index).map_or(Bson::Null, raw);
    Some(Bson::pair(at(1), at(0)))
}

/// A pattern that stands in the place of a value. It becomes one of JavaScript first.
fn pattern(source: &Datum, reader: &Reader<'_>, at: &Place<'_>) -> Lowered<Bson> {
    let Ok(JsText::Text(text)) = to_text(Val::from(source)) else {
        return Err(at.error(ErrorKind::RegexOperand, "expected a text"));
    };
    let units: Vec<u16> = text.encode_utf16().collect();
    let limits = &reader.limits.patterns;
    if let Err(error) = Pattern::new(&units, Flags::default(), limits, reader.patterns) {
        return Err(at.error(ErrorKind::InvalidRegex, error.describe(&units)));
    }
    Ok(Bson::regex(&javascript_source(&text), ""))
}

/// The `source` of the regular expression that JavaScript makes of a text.
fn javascript_source(text: &str) -> String {
    if text.is_empty() {
        return "(?:)".to_owned();
    }
    let mut source = String::with_capacity(text.len());
    let (mut is_escaped, mut is_in_class) = (false, false);
    for c in text.chars() {
        let escaped = match c {
            '\n' => Some("\\n"),
            '\r' => Some("\\r"),
            '\u{2028}' => Some("\\u2028"),
            '\u{2029}' => Some("\\u2029"),
            '/' if !is_escaped && !is_in_class => Some("\\/"),
            _ => None,
        };
        match escaped {
            Some(escaped) if is_escaped => source.push_str(&escaped[1..]),
            Some(escaped) => source.push_str(escaped),
            None => source.push(c),
        }
        if !is_escaped && c == '[' {
            is_in_class = true;
        } else if !is_escaped && c == ']' {
            is_in_class = false;
        }
        is_escaped = !is_escaped && c == '\\';
    }
    source
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_is_that_of_javascript() {
        for (text, source) in [
            ("", "(?:)"),
            ("a/b", "a\\/b"),
            ("a\\/b", "a\\/b"),
            ("[/]/", "[/]\\/"),
            ("\\[/", "\\[\\/"),
            ("a\nb", "a\\nb"),
            ("\\\n", "\\n"),
        ] {
            assert_eq!(javascript_source(text), source, "{text:?}");
        }
    }
}
