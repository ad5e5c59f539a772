//! Whether a field of an object points to a user.

use livematch::View;

/// What a field holds that may point to users.
#[derive(Clone, Copy)]
pub(crate) struct Pointers<'a>(View<'a>);

impl<'a> Pointers<'a> {
    /// What a field holds.
    pub(crate) fn new(field: View<'a>) -> Self {
        Self(field)
    }

    /// Whether it is a pointer to a user, or a list with one: what opens an object by `pointerFields`.
    pub(crate) fn point_to(self, user: &str) -> bool {
        self.any(|item| {
            // Where the object was saved together with the user it holds them as a whole.
            let is_pointer = matches!(text(item, "__type"), Some("Pointer" | "Object"));
            is_pointer && text(item, "className") == Some("_User") && has_id(item, user)
        })
    }

    /// Whether it has the id of a user, or is a list of which an item has it: what lifts protection by `userField:`.
    ///
    /// Parse Server asks for no more here.
    pub(crate) fn have_id(self, user: &str) -> bool {
        self.any(|item| has_id(item, user))
    }

    fn any(self, is_such: impl Fn(View<'_>) -> bool) -> bool {
        match self.0.items() {
            // Parse Server stumbles over null, and shows nothing.
            Some(items) => items.take_while(|item| !item.is_null()).any(is_such),
            None => is_such(self.0),
        }
    }
}

fn text<'a>(object: View<'a>, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

fn has_id(object: View<'_>, id: &str) -> bool {
    text(object, "objectId") == Some(id)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn pointers(json: &str, ask: impl FnOnce(Pointers<'_>) -> bool) -> bool {
        let field: Value = serde_json::from_str(json).expect(json);
        ask(Pointers::new((&field).into()))
    }

    const POINTER: &str = r#"{"__type":"Pointer","className":"_User","objectId":"u"}"#;

    #[test]
    fn pointers_to_a_user() {
        let names = |json: &str| pointers(json, |field| field.point_to("u"));
        assert!(names(POINTER));
        assert!(names(&format!("[1,{POINTER},null]")));
        assert!(names(
            r#"{"__type":"Object","className":"_User","objectId":"u","nick":"a"}"#
        ));
        assert!(!names(&format!("[null,{POINTER}]")));
        for other in [
            "null",
            r#""u""#,
            "[]",
            r#"[["u"]]"#,
            r#"[["Pointer","_User","u"]]"#,
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
        let has_id = |json: &str| pointers(json, |field| field.have_id("u"));
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
