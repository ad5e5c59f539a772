//! An object as it is sent.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use livematch::Object;
use parking_lot::Mutex;

use super::Cut;
use super::members::Members;
use crate::accounting::{Ledger, Term};
use crate::protocol::{Payload, Written};

/// The text of an object.
pub(crate) struct Body {
    written: Arc<Written>,
    /// Where its members stand; looked for when somebody is sent a part of it.
    members: OnceLock<Members>,
    /// What was sent of it to others.
    cuts: Mutex<HashMap<Cut, Arc<[Range<usize>]>>>,
}

/// So many cuts are kept of an object; most who are sent a part of it are sent one of a few.
const CUTS: usize = 64;

impl Body {
    /// Writes an object; one that does not exist is empty.
    pub(super) fn new(object: Option<&Object>, ledger: &Arc<Ledger>) -> Self {
        let text = object.map_or_else(|| "{}".into(), Object::to_string);
        let charge = ledger.charge_anyway(Term::Changes, text.len());
        Self {
            written: Written::new(text, charge),
            members: OnceLock::new(),
            cuts: Mutex::default(),
        }
    }

    /// Notes that somebody will hear of it only when Parse Server has answered.
    pub(super) fn park(&self) {
        self.written.park();
    }

    /// What is sent of it to somebody.
    pub(super) fn payload(&self, cut: &Cut) -> Payload {
        self.written.send();
        if cut.is_whole() {
            return Payload::whole(&self.written);
        }
        Payload::cut(&self.written, self.pieces(cut))
    }

    /// The pieces of the text that are sent: made once for all who are sent the same.
    fn pieces(&self, cut: &Cut) -> Arc<[Range<usize>]> {
        if let Some(pieces) = self.cuts.lock().get(cut) {
            return Arc::clone(pieces);
        }
        let pieces: Arc<[_]> = cut.pieces(self.members()).into();
        let mut cuts = self.cuts.lock();
        if cuts.len() < CUTS {
            cuts.insert(cut.clone(), Arc::clone(&pieces));
        }
        pieces
    }

    fn members(&self) -> &Members {
        self.members
            .get_or_init(|| Members::of(self.written.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publication::Names;

    fn body(text: &str) -> Body {
        let object: Object = text.parse().expect("an object");
        Body::new(Some(&object), &Ledger::new(1 << 20, 1 << 20))
    }

    fn keys(keys: &[&str]) -> Cut {
        let keys: Vec<_> = keys.iter().map(|key| (*key).to_owned()).collect();
        Cut::new(Some(Names::new(&keys)))
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
    fn long_lists_of_keys_are_not_gone_through_for_each_who_sends_one() {
        let body = body(r#"{"className":"A","objectId":"1","a":1,"k7":2}"#);
        let names: Vec<_> = (0..1_000).map(|n| format!("k{n}")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let cut = keys(&names);
        let few = keys(&["k7"]);
        let began = std::time::Instant::now();
        for _ in 0..5_000 {
            assert_eq!(cut.pieces(body.members()), few.pieces(body.members()));
        }
        let took = began.elapsed();
        assert!(took < std::time::Duration::from_secs(2), "{took:?}");
    }

    #[test]
    fn who_is_sent_the_same_shares_it() {
        let body = body(r#"{"className":"A","objectId":"1","a":1,"b":2}"#);
        assert!(Arc::ptr_eq(
            &body.pieces(&keys(&["a"])),
            &body.pieces(&keys(&["a"]))
        ));
        let hidden = keys(&["a"]).without(["a"]);
        assert_ne!(body.pieces(&keys(&["a"])), body.pieces(&hidden));
        for n in 0..CUTS * 2 {
            let name = format!("k{n}");
            let cut = keys(&[&name, "b"]);
            assert_eq!(*body.pieces(&cut), cut.pieces(body.members()));
        }
        assert_eq!(body.cuts.lock().len(), CUTS);
    }
}
