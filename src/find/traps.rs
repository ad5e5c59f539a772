//! What a clause says that its author will not have meant, where `find()` takes it all the same.

use crate::constraint::Place;
use crate::value::{Datum, Fields};
use crate::warning::{Surprise, Warning, surprises};

impl Surprise {
    /// Those of the [`find` dialect](crate::Dialect::Find), each once.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Dialect, FindOptions, Query, Surprise};
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let find = Query::builder().dialect(Dialect::Find(FindOptions::new()));
    /// for trap in Surprise::in_find() {
    ///     let warnings = find.compile_str(trap.example())?.warnings();
    ///     assert!(warnings.iter().any(|warning| warning.code() == trap.code()));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn in_find() -> &'static [&'static Self] {
        TRAPS
    }
}

surprises! {
    TRAPS:

    EMPTY "equals-empty-object" Error Differs,
    "an empty list or object in the place of operators asks for an empty object",
    r#"ask for an empty list by {"$eq": []} on a path, or by {"$size": 0} in the application"#,
    r#"{"tags":[]}"# { r#"{"tags":[]}"# NoMatch r#"{"tags":{}}"# Match }

    POINTS_IN_LIST "points-in-list" Error Differs,
    "a GeoPoint in a list is taken for its two coordinates, and finds every place that has one of them",
    "ask for each point by $or, or for what is near by $nearSphere",
    r#"{"place":{"$in":[{"__type":"GeoPoint","latitude":10,"longitude":20}]}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":20,"longitude":30}}"# Match
    }

    CONTAINED_BESIDE "contained-by-beside" Error Differs,
    "$containedBy negates what stands beside it on the field, and of several, or of one beside $nor, only the last is asked",
    "put each into a clause of its own in $and",
    r#"{"tags":{"$containedBy":["a","b"],"$ne":"b"}}"# { r#"{"tags":["b"]}"# Match }

    CONTAINED_MISSING "contained-by-missing" Hint Differs,
    "$containedBy finds objects without the field, and values that are no list",
    r#"add {"$exists": true} for the field in $and"#,
    r#"{"tags":{"$containedBy":["a"]}}"# { "{}" Match r#"{"tags":"z"}"# Match }

    BOX_TURNED "box-turned" Error Differs,
    "a box whose corners are not its south-west and north-east has these all the same: over the date line it is the rest of the globe",
    "give the south-west corner first, and ask for two boxes with $or at the date line",
    r#"{"place":{"$within":{"$box":[{"__type":"GeoPoint","latitude":-10,"longitude":170},{"__type":"GeoPoint","latitude":10,"longitude":-170}]}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":0,"longitude":175}}"# NoMatch
        r#"{"place":{"__type":"GeoPoint","latitude":0,"longitude":0}}"# Match
    }

    TEXT_DATE "server-date-text" Error Differs,
    "the server stores a date here, and a text under an operator is no date",
    r#"compare with {"__type": "Date", "iso": …}"#,
    r#"{"createdAt":{"$gt":"2024-01-01"}}"# { r#"{"createdAt":"2024-03-01T12:00:00.000Z"}"# NoMatch }
}

/// Whether a trap of an operator is about the operators beside it as well.
pub(crate) fn is_about_all(surprise: &Surprise) -> bool {
    *surprise == CONTAINED_BESIDE
}

/// The traps of a clause, in its order.
pub(crate) fn warnings(clause: &Fields) -> Vec<Warning> {
    let mut found = Vec::new();
    of_clause(clause, &Place::ROOT, &mut found);
    found
}

fn warn(surprise: &'static Surprise, operator: &str, at: &Place<'_>, found: &mut Vec<Warning>) {
    found.push(Warning {
        pointer: at.pointer(),
        operator: operator.into(),
        surprise,
    });
}

fn of_clause(clause: &Fields, at: &Place<'_>, found: &mut Vec<Warning>) {
    let mut negated = 0;
    for (key, value) in clause.iter() {
        let at = at.key(key);
        let branches = ["$or", "$and", "$nor"].contains(&key);
        match value {
            Datum::Array(items) if branches => {
                for (index, item) in items.iter().enumerate() {
                    if let Datum::Object(fields) = item {
                        of_clause(fields, &at.index(index), found);
                    }
                }
                negated += usize::from(key == "$nor");
            }
            Datum::Array(items) if items.is_empty() => warn(&EMPTY, "=", &at, found),
            Datum::Object(fields) if fields.is_empty() => warn(&EMPTY, "=", &at, found),
            Datum::Object(fields) => {
                negated += usize::from(fields.get("$containedBy").is_some());
                of_constraint(key, fields, &at, found);
            }
            _ => {}
        }
    }
    if negated > 1 {
        let contained = clause.iter().filter(|(_, value)| asks_contained(value));
        for (key, _) in contained {
            let (at, name) = (at.key(key), "$containedBy");
            warn(&CONTAINED_BESIDE, name, &at.key(name), found);
        }
    }
}

fn asks_contained(value: &Datum) -> bool {
    value
        .as_fields()
        .is_some_and(|fields| fields.get("$containedBy").is_some())
}

fn of_constraint(key: &str, operators: &Fields, at: &Place<'_>, found: &mut Vec<Warning>) {
    for (name, operand) in operators.iter() {
        let at = at.key(name);
        match name {
            "$in" | "$nin" if has_point(operand) => warn(&POINTS_IN_LIST, name, &at, found),
            "$containedBy" => {
                let is_alone = operators.len() == 1;
                let trap = if is_alone {
                    &CONTAINED_MISSING
                } else {
                    &CONTAINED_BESIDE
                };
                warn(trap, name, &at, found);
            }
            "$within" if is_turned(operand) => warn(&BOX_TURNED, name, &at, found),
            _ => {}
        }
        let is_date = ["createdAt", "updatedAt"].contains(&key);
        if is_date && name.starts_with('$') && name != "$exists" && has_text(operand) {
            warn(&TEXT_DATE, name, &at, found);
        }
    }
}

fn has_text(operand: &Datum) -> bool {
    match operand {
        Datum::Text(_) => true,
        Datum::Array(items) => items.iter().any(|item| matches!(item, Datum::Text(_))),
        _ => false,
    }
}

fn has_point(members: &Datum) -> bool {
    let is_point = |member: &Datum| {
        let typed = member.as_fields().and_then(|fields| fields.get("__type"));
        typed.and_then(Datum::as_text) == Some("GeoPoint")
    };
    matches!(members, Datum::Array(items) if items.iter().any(is_point))
}

/// Whether the first corner of a box is not its south-west one.
fn is_turned(operand: &Datum) -> bool {
    let corners = operand.as_fields().and_then(|fields| fields.get("$box"));
    let Some(Datum::Array(corners)) = corners else {
        return false;
    };
    let part = |index: usize, name| match corners.get(index)?.as_fields()?.get(name)? {
        Datum::Number(number) => Some(*number),
        _ => None,
    };
    let turned = |name| {
        part(0, name)
            .zip(part(1, name))
            .is_some_and(|(from, to)| from > to)
    };
    turned("latitude") || turned("longitude")
}
