//! Operands as the JSON that they were decoded from.
//!
//! Instances of the SDK's classes are written by what operators see of them. The few that no JSON leads back to, such as an object
//! whose class name was an object with attributes of its own, are not written.

use crate::decode::decode_if_typed;
use crate::plan::canonical;
use crate::value::{Datum, Fields, Instance, Species, Text, date};

/// An operand, if it is decoded to the same again.
pub(super) fn operand(operand: &Datum) -> Option<Datum> {
    let json = encode(operand)?;
    let again = decode_if_typed(json.clone())?;
    is_same(&again, operand).then_some(json)
}

/// The same, as an object with a type.
pub(super) fn typed(operand: &Datum) -> Option<Datum> {
    let json = match operand {
        // So it is with operations that the SDK does not know.
        Datum::Null => object([
            ("__type", Datum::text("Null")),
            ("__op", Datum::text("Null")),
        ]),
        _ => encode(operand)?,
    };
    let is_typed = json.as_fields().is_some_and(Fields::is_typed);
    let again = decode_if_typed(json.clone())?;
    (is_typed && is_same(&again, operand)).then_some(json)
}

/// Whether there is something in a value that the SDK has made.
pub(super) fn is_decoded(value: &Datum) -> bool {
    match value {
        Datum::Date(_) | Datum::Instance(_) => true,
        Datum::Array(items) => items.iter().any(is_decoded),
        Datum::Object(fields) => fields.iter().any(|(_, member)| is_decoded(member)),
        Datum::Undefined | Datum::Null | Datum::Bool(_) | Datum::Number(_) => false,
        Datum::Text(_) | Datum::Unit(_) => false,
    }
}

/// Whether nothing tells two values apart.
fn is_same(a: &Datum, b: &Datum) -> bool {
    let text = |value| {
        let mut text = String::new();
        canonical::datum(value, &mut text);
        text
    };
    text(a) == text(b)
}

/// A value as JSON, as far as it has any.
pub(super) fn encode(value: &Datum) -> Option<Datum> {
    Some(match value {
        Datum::Undefined | Datum::Unit(_) => return None,
        // Text has no number that is not finite.
        Datum::Number(number) if !number.is_finite() => return None,
        Datum::Null | Datum::Bool(_) | Datum::Number(_) | Datum::Text(_) => value.clone(),
        Datum::Array(items) => encode_all(items)?,
        Datum::Object(fields) => {
            let members = fields.iter();
            let members = members.map(|(key, member)| Some((Text::from(key), encode(member)?)));
            Datum::Object(members.collect::<Option<_>>()?)
        }
        Datum::Date(ms) => {
            // An invalid date is what any other text is read as.
            let iso = date::to_iso(*ms).unwrap_or_else(|| "invalid".to_owned());
            object([("__type", Datum::text("Date")), ("iso", Datum::text(&iso))])
        }
        Datum::Instance(instance) => encode_instance(instance)?,
    })
}

/// A list of values as JSON.
pub(super) fn encode_all(items: &[Datum]) -> Option<Datum> {
    let items = items.iter().map(encode);
    Some(Datum::Array(items.collect::<Option<_>>()?))
}

fn encode_instance(instance: &Instance) -> Option<Datum> {
    let own = &instance.own;
    let part = |key| own.get(key).map_or(Some(Datum::Undefined), encode_member);
    Some(match instance.species {
        Species::GeoPoint => object([
            ("__type", Datum::text("GeoPoint")),
            ("latitude", part("_latitude")?),
            ("longitude", part("_longitude")?),
        ]),
        Species::Polygon => object([
            ("__type", Datum::text("Polygon")),
            ("coordinates", part("_coordinates")?),
        ]),
        Species::File => object([
            ("__type", Datum::text("File")),
            ("name", part("_name")?),
            ("url", part("_url")?),
        ]),
        Species::Relation => object([
            ("__type", Datum::text("Relation")),
            ("className", part("targetClassName")?),
        ]),
        Species::Object => {
            // A class that is no text leaves no name.
            let class_name = own.get("className").cloned();
            object([
                ("__type", Datum::text("Object")),
                ("className", class_name.unwrap_or(Datum::Bool(true))),
                ("objectId", part("id")?),
            ])
        }
        Species::Operation => encode_operation(own)?,
    })
}

/// An update operation. Which of those on lists it is cannot be seen.
fn encode_operation(own: &Fields) -> Option<Datum> {
    let named = |name, key, operand| {
        object([
            ("__type", Datum::text("Operation")),
            ("__op", Datum::text(name)),
            (key, operand),
        ])
    };
    if let Some(amount) = own.get("_amount") {
        return Some(named("Increment", "amount", encode(amount)?));
    }
    if let Some(objects) = own.get("_value") {
        // Nothing was said of what to add.
        let missing = matches!(items(objects), Some([Datum::Undefined]));
        let objects = if missing {
            Datum::Undefined
        } else {
            encode(objects)?
        };
        return Some(named("Add", "objects", objects));
    }
    let Some(class_name) = own.get("_targetClassName") else {
        return Some(named("Delete", "objects", Datum::Undefined));
    };
    let related = |op, key| -> Option<Datum> {
        let ids = own.get(key).and_then(items).unwrap_or_default();
        let pointers = ids.iter().map(|id| pointer(class_name, id));
        let objects = Datum::Array(pointers.collect::<Option<_>>()?);
        Some(object([("__op", Datum::text(op)), ("objects", objects)]))
    };
    let ops = [
        related("AddRelation", "relationsToAdd")?,
        related("RemoveRelation", "relationsToRemove")?,
    ];
    Some(named("Batch", "ops", Datum::Array(ops.into())))
}

/// A member of a relation. One without a class is known by its id alone.
fn pointer(class_name: &Datum, id: &Datum) -> Option<Datum> {
    if *class_name == Datum::Null {
        return encode(id);
    }
    Some(object([
        ("__type", Datum::text("Pointer")),
        ("className", encode(class_name)?),
        ("objectId", encode(id)?),
    ]))
}

fn items(value: &Datum) -> Option<&[Datum]> {
    match value {
        Datum::Array(items) => Some(items),
        _ => None,
    }
}

/// As [`encode`], for a member of an object, which may hold `undefined`.
pub(super) fn encode_member(value: &Datum) -> Option<Datum> {
    match value {
        Datum::Undefined => Some(Datum::Undefined),
        value => encode(value),
    }
}

/// An object of these members, without those that hold `undefined`.
pub(super) fn object<const N: usize>(members: [(&str, Datum); N]) -> Datum {
    let there = members
        .into_iter()
        .filter(|(_, member)| *member != Datum::Undefined);
    Datum::Object(
        there
            .map(|(key, member)| (Text::from(key), member))
            .collect(),
    )
}
