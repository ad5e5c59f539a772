//! An object as it is sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use livematch::Object;
use serde_json::value::{RawValue, to_raw_value};

use super::Cut;
use crate::rights::Acl;

/// The JSON of an object, and who may read it.
pub(crate) struct Body {
    json: Arc<RawValue>,
    acl: Option<Acl>,
}

impl Body {
    /// Writes an object; one that does not exist is empty.
    pub(super) fn new(object: Option<&Object>) -> Self {
        let text = object.map_or_else(|| "{}".into(), Object::to_string);
        Self {
            acl: access_list(object, &text),
            json: RawValue::from_string(text).unwrap_or_default().into(),
        }
    }

    /// The whole object.
    pub(super) fn json(&self) -> Arc<RawValue> {
        Arc::clone(&self.json)
    }

    pub(super) fn acl(&self) -> Option<&Acl> {
        self.acl.as_ref()
    }

    /// The JSON of a field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let members = self.members();
        members.get(name).map(|value| value.get())
    }

    /// The fields that a cut leaves.
    pub(super) fn cut(&self, cut: &Cut) -> Arc<RawValue> {
        let mut members = self.members();
        members.retain(|name, _| cut.keeps(name));
        to_raw_value(&members).unwrap_or_default().into()
    }

    fn members(&self) -> BTreeMap<String, &RawValue> {
        members(self.json.get())
    }
}

/// The members of an object. One that could not be read would have none.
fn members(json: &str) -> BTreeMap<String, &RawValue> {
    serde_json::from_str(json).unwrap_or_default()
}

/// The access list of an object, if it has one. One that cannot be read lets nobody read the object.
fn access_list(object: Option<&Object>, text: &str) -> Option<Acl> {
    object?.get("ACL")?;
    let members = members(text);
    let acl = members.get("ACL").map(|acl| Acl::read(acl.get()));
    Some(acl.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Body {
        let object: Object = text.parse().expect("an object");
        Body::new(Some(&object))
    }

    fn keys(keys: &[&str]) -> Cut {
        Cut::new(Some(keys.iter().map(|key| (*key).to_owned()).collect()))
    }

    #[test]
    fn a_selection_keeps_what_every_object_has() {
        let body = body(
            r#"{"className":"A","__type":"Object","objectId":"1","a":1.50,"b":{"c":2},"ACL":{}}"#,
        );
        let cut = |cut: &Cut| body.cut(cut).get().to_owned();
        assert_eq!(
            cut(&keys(&["a", "b.c", "x"])),
            r#"{"ACL":{},"a":1.5,"className":"A","objectId":"1"}"#
        );
        let hidden = Cut::default().without(["b", "a", "ACL"]);
        assert_eq!(
            cut(&hidden),
            r#"{"__type":"Object","className":"A","objectId":"1"}"#
        );
        assert_eq!(
            cut(&keys(&["a"]).without(["a"])),
            r#"{"ACL":{},"className":"A","objectId":"1"}"#
        );
    }

    #[test]
    fn access_lists() {
        assert!(body(r#"{"a":1}"#).acl().is_none());
        assert!(
            body(r#"{"ACL":{"*":{"read":true}}}"#)
                .acl()
                .is_some_and(Acl::is_public)
        );
        let empty = body(r#"{"ACL":{}}"#);
        assert!(
            empty
                .acl()
                .is_some_and(|acl| !acl.is_public() && !acl.lets("u"))
        );
        for odd in [
            r#"{"ACL":null}"#,
            r#"{"ACL":5}"#,
            r#"{"ACL":"*"}"#,
            r#"{"ACL":[]}"#,
            r#"{"ACL":{"*":{"read":1}}}"#,
        ] {
            assert!(body(odd).acl().is_some_and(Acl::is_closed), "{odd}");
        }
    }
}
