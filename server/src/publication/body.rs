//! An object as it is sent.

use std::sync::{Arc, OnceLock};

use livematch::Object;

use super::Cut;
use super::members::Members;
use crate::accounting::{Ledger, Term};
use crate::protocol::{Payload, Written};
use crate::rights::Acl;

/// The text of an object, and who may read it.
pub(crate) struct Body {
    written: Arc<Written>,
    /// Where its members stand; looked for when somebody is sent a part of it.
    members: OnceLock<Members>,
    acl: Option<Acl>,
}

impl Body {
    /// Writes an object; one that does not exist is empty.
    pub(super) fn new(object: Option<&Object>, ledger: &Arc<Ledger>) -> Self {
        let text = object.map_or_else(|| "{}".into(), Object::to_string);
        let charge = ledger.charge_anyway(Term::Outbox, text.len());
        let mut body = Self {
            written: Written::new(text, charge),
            members: OnceLock::new(),
            acl: None,
        };
        body.acl = object
            .and_then(|object| object.get("ACL"))
            .map(|_| body.access_list());
        body
    }

    /// The access list. One that cannot be read lets nobody read the object.
    fn access_list(&self) -> Acl {
        self.field("ACL").map(Acl::read).unwrap_or_default()
    }

    pub(super) fn acl(&self) -> Option<&Acl> {
        self.acl.as_ref()
    }

    /// The JSON of a field.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.members().value(self.written.text(), name)
    }

    /// What is sent of it.
    pub(super) fn payload(&self, cut: &Cut) -> Payload {
        if cut.is_whole() {
            return Payload::whole(&self.written);
        }
        let pieces = cut.pieces(self.written.text(), self.members());
        Payload::cut(&self.written, pieces)
    }

    fn members(&self) -> &Members {
        self.members
            .get_or_init(|| Members::of(self.written.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Body {
        let object: Object = text.parse().expect("an object");
        Body::new(Some(&object), &Ledger::new(1 << 20, 1 << 20))
    }

    fn keys(keys: &[&str]) -> Cut {
        Cut::new(Some(keys.iter().map(|key| (*key).to_owned()).collect()))
    }

    #[test]
    fn a_selection_keeps_what_every_object_has() {
        let body = body(
            r#"{"className":"A","__type":"Object","objectId":"1","a":1.50,"b":{"c":2},"ACL":{}}"#,
        );
        let cut = |cut: &Cut| {
            let payload = body.payload(cut);
            let mut text = String::new();
            payload.write(&mut text);
            assert_eq!(text.len(), payload.len());
            text
        };
        assert_eq!(
            cut(&keys(&["a", "b.c", "x"])),
            r#"{"className":"A","objectId":"1","a":1.5,"ACL":{}}"#
        );
        let hidden = Cut::default().without(["b", "a", "ACL"]);
        assert_eq!(
            cut(&hidden),
            r#"{"className":"A","__type":"Object","objectId":"1"}"#
        );
        assert_eq!(
            cut(&keys(&["a"]).without(["a"])),
            r#"{"className":"A","objectId":"1","ACL":{}}"#
        );
        let all = ["ACL", "__type", "a", "b", "className", "objectId"];
        assert_eq!(cut(&Cut::default().without(all)), "{}");
        assert_eq!(cut(&Cut::default()), body.written.text());
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
