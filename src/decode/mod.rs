//! What Parse's SDK makes of JSON.
//!
//! Parse Server hands every typed operand of a query, and every published object, to the decoder of
//! its SDK. [`decode`] answers for operands what that decoder leaves; [`change`](crate::change) reads
//! whole objects with [`Inflated`] and writes them as JSON again. Where the SDK throws, the [`Refusal`]
//! knows the place.
//!
//! [`message`] goes there and back, [`canonical`] tells what need not go this way, [`object`] reads objects, [`op`] update
//! operations, [`nested`] their dotted keys, [`typed`] the small types; [`encode`] is the way back to JSON, [`operand`] the
//! way to what operators see.

mod canonical;
mod encode;
mod legacy;
mod message;
mod nested;
mod object;
mod op;
mod operand;
mod refusal;
mod typed;

pub(crate) use self::message::Inflated;
pub(crate) use self::refusal::Refusal;

use self::object::{Attributes, SdkObject};
use self::op::Op;
use crate::value::{Datum, Fault, Fields, Val, dated};

/// How deep a value may nest. JSON text nests no deeper here, and operands less deep still.
const MAX_DEPTH: u32 = 128;

/// A value as the SDK holds it.
#[derive(Clone, Debug)]
enum Decoded {
    /// What has no parts: `null`, a boolean, a number, a text, or `undefined` where JSON said nothing. In the object of a
    /// message also what is [canonical](canonical::is_canonical).
    Leaf(Datum),
    Array(Vec<Decoded>),
    Plain(Attributes),
    /// Milliseconds since the epoch, NaN if invalid.
    Date(f64),
    /// Latitude and longitude, both in range.
    GeoPoint([f64; 2]),
    /// At least three points in range.
    Polygon(Vec<[f64; 2]>),
    /// Both as the JSON has them, of whatever type.
    File {
        name: Datum,
        url: Datum,
    },
    /// The class it leads to, of whatever type.
    Relation(Datum),
    /// Who may do what, as its JSON.
    Acl(Fields),
    Op(Box<Op>),
    Object(Box<SdkObject>),
}

/// What the SDK makes of an operand, as the operators see it.
///
/// # Errors
///
/// Faults where the SDK's decoder throws.
pub(crate) fn decode(value: &Datum) -> Result<Datum, Fault> {
    let decoded = decode_value(value.clone(), MAX_DEPTH)?;
    Ok(decoded.into_operand())
}

/// An operand as the matcher sees it, or nothing if the SDK refuses to decode it.
pub(crate) fn decode_if_typed(operand: Datum) -> Option<Datum> {
    if operand.as_fields().is_some_and(Fields::is_typed) {
        return decode(&operand).ok();
    }
    Some(operand)
}

fn decode_value(value: Datum, depth: u32) -> Result<Decoded, Refusal> {
    let depth = depth.checked_sub(1).ok_or(Refusal::TOO_DEEP)?;
    match value {
        Datum::Array(items) => decode_array(items.into(), depth).map(Decoded::Array),
        Datum::Object(fields) => decode_object(fields, depth),
        Datum::Date(ms) => Ok(Decoded::Date(ms)),
        Datum::Undefined
        | Datum::Null
        | Datum::Bool(_)
        | Datum::Number(_)
        | Datum::Text(_)
        | Datum::Unit(_)
        | Datum::Instance(_) => Ok(Decoded::Leaf(value)),
    }
}

// Loops rather than iterators, here and below: each level of nesting takes fewer frames of the stack.
fn decode_array(items: Vec<Datum>, depth: u32) -> Result<Vec<Decoded>, Refusal> {
    let mut decoded = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        match decode_value(item, depth) {
            Ok(item) => decoded.push(item),
            Err(refusal) => return Err(refusal.at_index(index)),
        }
    }
    Ok(decoded)
}

/// A text under `__op` goes before any `__type`.
fn decode_object(mut fields: Fields, depth: u32) -> Result<Decoded, Refusal> {
    if let Some(Datum::Text(name)) = fields.get("__op") {
        let name = name.clone();
        return op::from_json(&name, fields, depth);
    }
    match fields.get("__type").and_then(Datum::as_text) {
        Some("Pointer" | "Object") if has_class(&fields) => {
            let object = SdkObject::from_json(fields, depth)?;
            Ok(Decoded::Object(Box::new(object)))
        }
        Some("Relation") => Ok(Decoded::Relation(take(&mut fields, "className"))),
        Some("Date") => {
            let iso = take(&mut fields, "iso");
            Ok(Decoded::Date(dated::from_value(Val::from(&iso))?))
        }
        Some("File") => Ok(Decoded::File {
            name: take(&mut fields, "name"),
            url: take(&mut fields, "url"),
        }),
        Some("GeoPoint") => typed::geo_point(&fields).map(Decoded::GeoPoint),
        Some("Polygon") => typed::polygon(fields.get("coordinates")).map(Decoded::Polygon),
        _ => decode_plain(fields, depth).map(Decoded::Plain),
    }
}

fn has_class(fields: &Fields) -> bool {
    fields.get("className").is_some_and(is_truthy)
}

fn decode_plain(fields: Fields, depth: u32) -> Result<Attributes, Refusal> {
    let mut copy = Vec::with_capacity(fields.len());
    for (key, value) in fields.into_entries() {
        if is_dangerous(&key) {
            continue;
        }
        match decode_value(value, depth) {
            Ok(value) => copy.push((key, value)),
            Err(refusal) => return Err(refusal.at(&key)),
        }
    }
    Ok(Attributes::new(copy))
}

/// Whether the SDK drops a key lest it write to a prototype: one of three names, alone or between dots.
fn is_dangerous(key: &str) -> bool {
    // Of the length of the shortest; nearly all are shorter.
    key.len() >= 9
        && key
            .split('.')
            .any(|part| matches!(part, "__proto__" | "constructor" | "prototype"))
}

fn is_truthy(datum: &Datum) -> bool {
    Val::from(datum).is_truthy()
}

/// Takes a member out of an object; `undefined` if there is none.
pub(crate) fn take(fields: &mut Fields, key: &str) -> Datum {
    let place = fields.get_mut(key);
    place.map_or(Datum::Undefined, |value| {
        std::mem::replace(value, Datum::Undefined)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Instance, Species, read_str};

    fn decoded(text: &str) -> Result<Datum, Fault> {
        decode(&read_str(text).map_err(|_| Fault)?)
    }

    fn instance(text: &str) -> Option<Box<Instance>> {
        match decoded(text) {
            Ok(Datum::Instance(instance)) => Some(instance),
            _ => None,
        }
    }

    fn keys(fields: &Fields) -> Vec<&str> {
        fields.iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn plain_values_are_copied_without_dangerous_keys() {
        let text = r#"{"a":[{"__proto__":1,"b.constructor":2,"c":null}],"prototype":{}}"#;
        assert_eq!(decoded(text), decoded(r#"{"a":[{"c":null}]}"#));
        assert_eq!(
            decoded("[1,null]"),
            Ok(Datum::Array([Datum::Number(1.0), Datum::Null].into()))
        );
    }

    #[test]
    fn an_operation_goes_before_a_type() {
        let text = r#"{"__type":"Date","iso":"1970","__op":"Delete"}"#;
        assert!(instance(text).is_some_and(|op| op.species == Species::Operation));
        assert_eq!(decoded(r#"{"__op":"Unknown"}"#), Ok(Datum::Null));
        assert_eq!(decoded(r#"{"__op":"Increment","amount":"1"}"#), Err(Fault));
        assert_eq!(
            decoded(r#"{"__op":1,"__type":"Date","iso":0}"#),
            Ok(Datum::Date(0.0))
        );
    }

    #[test]
    fn a_pointer_counts_itself_and_shows_its_attributes() {
        let text = r#"{"__type":"Pointer","className":"A","objectId":"1","b":2}"#;
        let Some(pointer) = instance(text) else {
            unreachable!("a pointer was read");
        };
        assert_eq!(keys(&pointer.own), ["_objCount", "className", "id"]);
        assert_eq!(
            keys(&pointer.getters),
            ["attributes", "createdAt", "updatedAt"]
        );
        let unnamed = instance(r#"{"__type":"Object","className":5}"#);
        assert!(unnamed.is_some_and(|object| keys(&object.own) == ["_objCount"]));
        assert!(instance(r#"{"__type":"Pointer","className":"","objectId":"1"}"#).is_none());
    }

    #[test]
    fn an_object_faults_at_what_has_no_json() {
        let with = |attribute: &str| {
            let text = r#"{"__type":"Object","className":"A","objectId":"1","a":ATTRIBUTE}"#;
            decoded(&text.replace("ATTRIBUTE", attribute)).is_ok()
        };
        assert!(!with(r#"{"__type":"Date","iso":"x"}"#));
        assert!(!with(r#"[{"__type":"File","name":"x"}]"#));
        assert!(with(r#"{"__type":"File","name":"x"}"#));
        assert!(!with(r#"[{"__type":"Pointer","className":"B"}]"#));
        assert!(with(r#"{"__type":"Pointer","className":"B"}"#));
        assert!(!with(r#"5,"ACL":{"*":{"read":"yes"}}"#));
        assert!(!with(r#"5,"a.b":5"#));
    }

    #[test]
    fn points_and_polygons_are_checked() {
        let point = instance(r#"{"__type":"GeoPoint","latitude":1,"longitude":2}"#);
        assert!(point.is_some_and(|point| keys(&point.own) == ["_latitude", "_longitude"]));
        assert_eq!(
            decoded(r#"{"__type":"GeoPoint","latitude":91,"longitude":2}"#),
            Err(Fault)
        );
        let polygon = instance(r#"{"__type":"Polygon","coordinates":[[0,0],[0,1],[1,1]]}"#);
        assert!(polygon.is_some_and(|polygon| keys(&polygon.getters) == ["coordinates"]));
        assert_eq!(
            decoded(r#"{"__type":"Polygon","coordinates":[[0,0],[0,1]]}"#),
            Err(Fault)
        );
    }

    #[test]
    fn a_relation_is_of_one_class() {
        let relation = |objects: &str| {
            let text = r#"{"__op":"AddRelation","objects":OBJECTS}"#;
            instance(&text.replace("OBJECTS", objects))
        };
        let a = r#"{"__type":"Pointer","className":"A","objectId":"1"}"#;
        let b = r#"{"__type":"Pointer","className":"B","objectId":"1"}"#;
        let twice = relation(&format!("[{a},{a},\"2\"]"));
        let added = twice.as_ref().and_then(|op| op.own.get("relationsToAdd"));
        assert_eq!(
            added,
            Some(&Datum::Array([Datum::text("1"), Datum::text("2")].into()))
        );
        assert!(relation(&format!("[{a},{b}]")).is_none());
        assert!(relation("[{}]").is_none());
    }

    #[test]
    fn depth_is_bounded() {
        assert!(decode(&nest(MAX_DEPTH - 1)).is_ok());
        assert_eq!(decode(&nest(MAX_DEPTH)), Err(Fault));
    }

    #[test]
    fn times_that_are_objects_do_not_grow_with_each_level() {
        let open =
            r#"{"__type":"Object","className":"A","objectId":"1","updatedAt":1,"createdAt":"#;
        let text = format!("{}0{}", open.repeat(100), "}".repeat(100));
        assert!(decoded(&text).is_ok());
        assert_eq!(decoded(&text.replace(r#""updatedAt":1,"#, "")), Err(Fault));
    }

    #[test]
    fn a_class_that_is_an_object_brings_attributes() {
        let own = |class: &str| {
            let text = r#"{"__type":"Pointer","className":CLASS,"objectId":"2"}"#;
            instance(&text.replace("CLASS", class)).map(|object| object.own)
        };
        let named = own(r#"{"id":"1","objectId":5}"#);
        assert_eq!(
            named.as_ref().and_then(|own| own.get("id")),
            Some(&Datum::text("1"))
        );
        assert_eq!(
            named.as_ref().and_then(|own| own.get("className")),
            Some(&Datum::Undefined)
        );
        assert!(own("[]").is_some() && own(r#"["A"]"#).is_none());
        assert!(own(r#"{"ACL":5}"#).is_none() && own(r#"{"1":5}"#).is_none());
    }

    #[test]
    fn dotted_keys_are_levels() {
        let with = |components: usize, value: &str| {
            let key = vec!["a"; components].join(".");
            let text =
                format!(r#"{{"__type":"Object","className":"A","objectId":"1","{key}":{value}}}"#);
            decoded(&text).is_ok()
        };
        assert!(with(100, "[[1]]") && !with(126, "[[1]]"));
        assert!(!with(100_000, "1"));
        // Paths below paths add up.
        let key = vec!["a"; 60].join(".");
        let open = format!(r#"{{"__type":"Object","className":"A","objectId":"1","{key}":"#);
        let nested = |objects: usize| format!("{}1{}", open.repeat(objects), "}".repeat(objects));
        assert!(decoded(&nested(2)).is_ok());
        assert_eq!(decoded(&nested(100)), Err(Fault));
    }

    /// Included objects inside of each other, `levels` deep.
    fn nest(levels: u32) -> Datum {
        let text = |key: &str, text| (key.into(), Datum::text(text));
        (0..levels).fold(Datum::Null, |inner, _| {
            let class = [
                text("__type", "Object"),
                text("className", "A"),
                text("objectId", "1"),
            ];
            let entries = class.into_iter().chain([("a".into(), inner)]);
            Datum::Object(entries.collect())
        })
    }
}
