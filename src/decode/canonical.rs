//! JSON that comes out of the SDK as it went in.
//!
//! Nearly all of a message is of this kind, as a server that writes it has the same SDK: it need not be taken apart and put
//! together again.

use super::{Datum, MAX_DEPTH, is_dangerous};
use crate::value::key::names;
use crate::value::{Fields, date};

/// Whether decoding a value and encoding it again would change nothing, and could not fail. May say no where it could
/// say yes.
pub(super) fn is_canonical(value: &Datum) -> bool {
    is_canonical_below(value, MAX_DEPTH)
}

/// Whether the SDK would write the object of a message as it was, but for the place of its id. May say no where it could
/// say yes.
pub(super) fn is_canonical_object(fields: &Fields) -> bool {
    // What was never saved again was saved when it was created, and the SDK adds that.
    let has_times =
        fields.get_key(names::UPDATED_AT).is_some() || fields.get_key(names::CREATED_AT).is_none();
    let mut members = fields.iter();
    has_times
        && members.all(|(key, member)| match key {
            "className" | "objectId" => member.as_text().is_some_and(|text| !text.is_empty()),
            "createdAt" | "updatedAt" => member.as_text().is_some_and(date::is_usual_iso),
            "ACL" => is_canonical_acl(member),
            _ => !key.contains('.') && !is_dangerous(key) && is_canonical(member),
        })
}

/// An access list that names rights and nothing else.
fn is_canonical_acl(value: &Datum) -> bool {
    let is_right = |(right, allowed): (&str, &Datum)| {
        matches!(right, "read" | "write") && matches!(allowed, Datum::Bool(_))
    };
    let is_entry = |(id, rights): (&str, &Datum)| {
        let rights = rights.as_fields();
        id != "__proto__" && rights.is_some_and(|rights| rights.iter().all(is_right))
    };
    let lists = value.as_fields();
    lists.is_some_and(|lists| lists.iter().all(is_entry))
}

fn is_canonical_below(value: &Datum, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match value {
        Datum::Null | Datum::Bool(_) | Datum::Number(_) | Datum::Text(_) => true,
        Datum::Array(items) => items.iter().all(|item| is_canonical_below(item, depth)),
        Datum::Object(fields) => match fields.get_key(names::TYPE) {
            None => is_canonical_plain(fields, depth),
            Some(Datum::Text(name)) => is_canonical_typed(name, fields),
            Some(_) => false,
        },
        Datum::Undefined | Datum::Unit(_) | Datum::Date(_) | Datum::Instance(_) => false,
    }
}

fn is_canonical_plain(fields: &Fields, depth: u32) -> bool {
    let mut members = fields.iter();
    members.all(|(key, member)| {
        !is_dangerous(key) && key != "__op" && is_canonical_below(member, depth)
    })
}

/// The members must be those that are written, in the same order.
fn is_canonical_typed(name: &str, fields: &Fields) -> bool {
    let mut members = fields.iter();
    let (first, second, third) = (members.next(), members.next(), members.next());
    if members.next().is_some() || first.is_none_or(|(key, _)| key != "__type") {
        return false;
    }
    match (name, second, third) {
        ("Date", Some(("iso", Datum::Text(iso))), None) => date::is_usual_iso(iso),
        (
            "Pointer",
            Some(("className", Datum::Text(class_name))),
            Some(("objectId", Datum::Text(object_id))),
        ) => !class_name.is_empty() && !object_id.is_empty(),
        (
            "GeoPoint",
            Some(("latitude", Datum::Number(latitude))),
            Some(("longitude", Datum::Number(longitude))),
        ) => latitude.abs() <= 90.0 && longitude.abs() <= 180.0,
        ("File", Some(("name", Datum::Text(_))), Some(("url", Datum::Text(url)))) => {
            !url.is_empty()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::decode_value;
    use super::super::encode::{Mode, Seen};
    use super::*;
    use crate::value::read_str;

    const VALUES: [&str; 30] = [
        "null",
        "-0.0",
        r#""x""#,
        r#"["a",1,null,[],{}]"#,
        r#"{"a":{"b":[true]},"1":2}"#,
        r#"{"a":{"constructor":1}}"#,
        r#"{"a.prototype":1}"#,
        r#"{"__op":"Delete"}"#,
        r#"{"__op":1}"#,
        r#"[{"__op":"Unknown"}]"#,
        r#"{"__type":5}"#,
        r#"{"__type":"Other","a":1}"#,
        r#"{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"__type":"Date","iso":"2020-01-01T00:00:00Z"}"#,
        r#"{"iso":"2020-01-01T00:00:00.000Z","__type":"Date"}"#,
        r#"{"__type":"Date","iso":"2020-01-01T00:00:00.000Z","x":1}"#,
        r#"{"__type":"Date","iso":"soon"}"#,
        r#"{"__type":"Pointer","className":"A","objectId":"1"}"#,
        r#"[{"__type":"Pointer","className":"A","objectId":"1"}]"#,
        r#"{"__type":"Pointer","className":"A","objectId":"1","b":1}"#,
        r#"{"__type":"Pointer","className":"A"}"#,
        r#"{"__type":"Pointer","className":"","objectId":"1"}"#,
        r#"{"__type":"Pointer","className":"A","objectId":""}"#,
        r#"{"__type":"Object","className":"A","objectId":"1"}"#,
        r#"{"__type":"GeoPoint","latitude":1,"longitude":2}"#,
        r#"{"__type":"GeoPoint","longitude":2,"latitude":1}"#,
        r#"{"__type":"GeoPoint","latitude":91,"longitude":2}"#,
        r#"{"__type":"File","name":"a","url":"b"}"#,
        r#"{"__type":"File","name":"a","url":""}"#,
        r#"{"__type":"Relation","className":"A"}"#,
    ];

    #[test]
    fn what_is_canonical_comes_out_as_it_went_in() {
        let seen = Seen::nothing();
        let mut canonical = 0;
        for text in VALUES {
            let value: Datum = read_str(text).expect("JSON");
            if !is_canonical(&value) {
                continue;
            }
            canonical += 1;
            for mode in [Mode::Pointers, Mode::Full(&seen)] {
                let decoded = decode_value(value.clone(), MAX_DEPTH).expect(text);
                assert!(decoded.check().is_ok(), "{text}");
                assert_eq!(decoded.encode(mode).ok().as_ref(), Some(&value), "{text}");
            }
        }
        assert_eq!(canonical, 10);
    }
}
