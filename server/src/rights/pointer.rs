//! Whether a field of an object points to a user.

use serde::Deserialize;
use serde_json::value::RawValue;

/// What a field holds that may point to users, as it is written.
#[derive(Clone, Copy)]
pub(crate) struct Pointers<'a>(&'a str);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pointer {
    #[serde(rename = "__type")]
    kind: Option<String>,
    class_name: Option<String>,
    object_id: Option<String>,
}

impl<'a> Pointers<'a> {
    /// What the JSON of a field holds.
    pub(crate) fn new(json: &'a str) -> Self {
        Self(json)
    }

    /// Whether it is a pointer to a user, or a list with one: what opens an object by `pointerFields`.
    pub(crate) fn point_to(self, user: &str) -> bool {
        self.any(|pointer| {
            // Where the object was saved together with the user it holds them as a whole.
            let is_pointer = matches!(pointer.kind.as_deref(), Some("Pointer" | "Object"));
            is_pointer && pointer.class_name.as_deref() == Some("_User") && pointer.has_id(user)
        })
    }

    /// Whether it has the id of a user, or is a list of which an item has it: what lifts protection by `userField:`.
    ///
    /// Parse Server asks for no more here.
    pub(crate) fn have_id(self, user: &str) -> bool {
        self.any(|pointer| pointer.has_id(user))
    }

    fn any(self, is_such: impl Fn(Pointer) -> bool) -> bool {
        let is_such = |json: &str| serde_json::from_str(json).is_ok_and(&is_such);
        match serde_json::from_str::<Vec<&RawValue>>(self.0) {
            // Parse Server stumbles over null, and shows nothing.
            Ok(items) => {
                let items = items.iter().map(|item| item.get());
                items.take_while(|item| *item != "null").any(is_such)
            }
            Err(_) => is_such(self.0),
        }
    }
}

impl Pointer {
    fn has_id(&self, id: &str) -> bool {
        self.object_id.as_deref() == Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTER: &str = r#"{"__type":"Pointer","className":"_User","objectId":"u"}"#;

    #[test]
    fn pointers_to_a_user() {
        let names = |json: &str| Pointers::new(json).point_to("u");
        assert!(names(POINTER));
        assert!(names(&format!("[1,{POINTER},null]")));
        assert!(names(
            r#"{"__type":"Object","className":"_User","objectId":"u","nick":"a"}"#
        ));
        assert!(!names(&format!("[null,{POINTER}]")));
        for other in [
            "",
            "null",
            r#""u""#,
            "[]",
            r#"[["u"]]"#,
            r#"{"objectId":"u"}"#,
            r#"{"id":"u"}"#,
            r#"{"__type":"Pointer","objectId":"u"}"#,
            r#"{"__type":"Pointer","className":"Game","objectId":"u"}"#,
            r#"{"__type":"Pointer","className":"_User","objectId":"v"}"#,
            r#"{"__type":"Date","className":"_User","objectId":"u"}"#,
        ] {
            assert!(!names(other), "{other}");
        }
    }

    #[test]
    fn an_id_is_enough_to_lift_protection() {
        let has_id = |json: &str| Pointers::new(json).have_id("u");
        assert!(has_id(POINTER));
        assert!(has_id(r#"{"objectId":"u"}"#));
        assert!(has_id(r#"[{"objectId":"v"},{"objectId":"u"},null]"#));
        for other in [
            "null",
            r#""u""#,
            r#"{"objectId":"v"}"#,
            r#"{"objectId":5}"#,
            "[]",
        ] {
            assert!(!has_id(other), "{other}");
        }
    }
}
