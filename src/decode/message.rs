//! The objects of a message, through the SDK and back to JSON.

use super::canonical::is_canonical_object;
use super::encode::has_secrets;
use super::{Refusal, SdkObject};
use crate::value::key::names;
use crate::value::{Datum, Fields};

/// The object of a message, as the SDK holds it.
pub(crate) enum Inflated {
    /// It comes out as it went in, but for its id, which then stands last.
    Canonical(Fields),
    Object(SdkObject),
}

impl Inflated {
    /// What the SDK makes of the members that the server lets in.
    pub(crate) fn new(json: Fields) -> Result<Self, Refusal> {
        let class_name = json.get_key(names::CLASS_NAME).and_then(Datum::as_text);
        if !class_name.is_some_and(has_secrets) && is_canonical_object(&json) {
            return Ok(Self::Canonical(json));
        }
        SdkObject::inflate(json).map(Self::Object)
    }

    /// The object as JSON, with what it holds in full.
    ///
    /// `filed_under` is a class whose secrets it keeps besides those of its own class.
    pub(crate) fn into_json(self, filed_under: &str) -> Result<Fields, Refusal> {
        match self {
            Self::Canonical(json) if !has_secrets(filed_under) => Ok(json.with_last("objectId")),
            Self::Canonical(json) => SdkObject::inflate(json)?.into_json(filed_under),
            Self::Object(object) => object.into_json(filed_under),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{read_str, write_fields};

    const OBJECTS: [&str; 24] = [
        "{}",
        r#"{"objectId":"1","className":"A","a":1}"#,
        r#"{"objectId":"1","__type":"Object","className":"A","a":{"b":[null]}}"#,
        r#"{"objectId":"","className":"A"}"#,
        r#"{"objectId":5,"className":"A"}"#,
        r#"{"objectId":"1","className":["A"]}"#,
        r#"{"objectId":"1","createdAt":"2020-01-01T00:00:00.000Z","updatedAt":"2020-01-01T00:00:00.000Z","a":1}"#,
        r#"{"objectId":"1","updatedAt":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"objectId":"1","createdAt":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"objectId":"1","createdAt":"2020-01-01","updatedAt":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"objectId":"1","createdAt":"2020-01-01T00:00:00.000Z","updatedAt":null}"#,
        r#"{"objectId":"1","updatedAt":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}"#,
        r#"{"objectId":"1","ACL":{"*":{"read":true},"u":{"write":true,"read":false},"v":{}},"a":1}"#,
        r#"{"objectId":"1","ACL":{"u":{"read":true},"*":true}}"#,
        r#"{"objectId":"1","ACL":{"__proto__":{"read":true}}}"#,
        r#"{"objectId":"1","ACL":{"2":{"read":true},"1":{"read":true}}}"#,
        r#"{"objectId":"1","ACL":null}"#,
        r#"{"objectId":"1","constructor":1}"#,
        r#"{"objectId":"1","a.b":1,"a":{"c":2}}"#,
        r#"{"objectId":"1","className":"_User","sessionToken":"x","name":"n"}"#,
        r#"{"objectId":"1","sessionToken":"x","_private":1}"#,
        r#"{"objectId":"1","room":{"__type":"Pointer","className":"Room","objectId":"2"},"when":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}"#,
        r#"{"objectId":"1","room":{"__type":"Object","className":"Room","objectId":"2","createdAt":"2020-01-01T00:00:00.000Z"}}"#,
        r#"{"10":1,"objectId":"1","2":2,"x":3}"#,
    ];

    fn text(fields: &Fields) -> String {
        let mut text = String::new();
        write_fields(fields, &mut text);
        text
    }

    #[test]
    fn what_stays_as_it_is_comes_out_like_what_is_built() {
        let mut canonical = 0;
        for object in OBJECTS {
            let Ok(Datum::Object(json)) = read_str(object) else {
                unreachable!("an object was read");
            };
            for filed_under in ["A", "_Session"] {
                let built = SdkObject::inflate(json.clone());
                let built = built.and_then(|built| built.into_json(filed_under));
                let inflated = Inflated::new(json.clone());
                canonical += u32::from(matches!(inflated, Ok(Inflated::Canonical(_))));
                let out = inflated.and_then(|inflated| inflated.into_json(filed_under));
                assert_eq!(
                    out.as_ref().map(text).ok(),
                    built.as_ref().map(text).ok(),
                    "{object}"
                );
            }
        }
        assert_eq!(canonical, 2 * 10);
    }

    #[test]
    fn what_has_many_members_is_found_when_its_id_stands_last() {
        let members = (0..100).map(|i| format!(r#""f{i}":{i}"#));
        let members: Vec<String> = members.collect();
        let object = format!(r#"{{"objectId":"1",{}}}"#, members.join(","));
        let Ok(Datum::Object(json)) = read_str(&object) else {
            unreachable!("an object was read");
        };
        let out = Inflated::new(json).and_then(|inflated| inflated.into_json("A"));
        let out = out.expect("an object");
        assert_eq!(out.iter().last().map(|(key, _)| key), Some("objectId"));
        for i in 0..100 {
            let number = out.get(&format!("f{i}"));
            assert_eq!(number, Some(&Datum::Number(f64::from(i))));
        }
        assert_eq!(out.get("objectId"), Some(&Datum::text("1")));
    }
}
