//! A change on its way to subscribers.

mod body;
mod cut;
mod members;
mod names;
mod watched;

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use livematch::{Change, Event, Object};
use parking_lot::Mutex;

use self::body::Body;
pub(crate) use self::cut::Cut;
pub(crate) use self::names::Names;
use self::watched::Touched;
use crate::accounting::{Charge, Ledger, Term};
use crate::protocol::Payload;
use crate::rights::{Acl, Permissions, Pointers};

/// A side of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    /// The object before it; for a deletion the object that is gone.
    Old,
    /// The object after it.
    New,
}

/// What is asked of a side again and again; found by whoever asks first.
#[derive(Default)]
struct Told {
    /// Who may read the object; nothing if it has no access list.
    acl: OnceLock<Option<Acl>>,
    body: OnceLock<Body>,
}

/// A change that all its subscribers share.
///
/// What is sent of it is written once, and not before somebody is sent it.
pub(crate) struct Publication {
    change: Change,
    /// When the change came in.
    arrived: Instant,
    old: Told,
    new: Told,
    permissions: OnceLock<Permissions>,
    touched: OnceLock<Touched>,
    ledger: Arc<Ledger>,
    /// For the change, until it has been handed out.
    charge: Mutex<Charge>,
}

impl Publication {
    pub(crate) fn new(
        change: Change,
        arrived: Instant,
        ledger: &Arc<Ledger>,
        paid: Charge,
    ) -> Self {
        Self {
            change,
            arrived,
            old: Told::default(),
            new: Told::default(),
            permissions: OnceLock::new(),
            touched: OnceLock::new(),
            ledger: Arc::clone(ledger),
            charge: Mutex::new(paid),
        }
    }

    pub(crate) fn change(&self) -> &Change {
        &self.change
    }

    pub(crate) fn arrived(&self) -> Instant {
        self.arrived
    }

    /// Notes that somebody will hear of it only when Parse Server has answered.
    pub(crate) fn park(&self) {
        self.charge.lock().rename(Term::Parked);
        let bodies = [&self.old.body, &self.new.body];
        bodies
            .into_iter()
            .filter_map(OnceLock::get)
            .for_each(Body::park);
    }

    /// What it is charged for.
    pub(crate) fn bytes(&self) -> usize {
        self.charge.lock().bytes()
    }

    /// The id of the object.
    pub(crate) fn object_id(&self) -> Option<&str> {
        self.change.object_id()
    }

    /// The permissions of the class, as they were when the change was made.
    pub(crate) fn permissions(&self) -> &Permissions {
        self.permissions.get_or_init(|| {
            let json = self.change.class_level_permissions_json();
            let json = json.filter(|json| *json != "null");
            json.map_or_else(Permissions::default, Permissions::read)
        })
    }

    /// The access list of a side; none if it has none, so that everybody may read it.
    pub(crate) fn acl(&self, side: Side) -> Option<&Acl> {
        let acl = &self.told(side).acl;
        let read = || self.object(side)?.get("ACL").map(Acl::read);
        acl.get_or_init(read).as_ref()
    }

    /// What a field of a side holds that may point to users.
    pub(crate) fn pointers(&self, side: Side, field: &str) -> Option<Pointers<'_>> {
        self.object(side)?.get(field).map(Pointers::new)
    }

    /// Whether an event is sent to who watches some fields.
    pub(crate) fn lets_through(&self, watch: &Names, event: Event) -> bool {
        match event {
            Event::Create | Event::Update => {
                let touched = self.touched.get_or_init(|| Touched::by(&self.change));
                touched.has_any(watch)
            }
            Event::Enter | Event::Leave | Event::Delete => true,
        }
    }

    /// What is sent of a side.
    pub(crate) fn payload(&self, side: Side, cut: &Cut) -> Payload {
        self.body(side).payload(cut)
    }

    fn body(&self, side: Side) -> &Body {
        let body = &self.told(side).body;
        body.get_or_init(|| Body::new(self.object(side), &self.ledger))
    }

    fn told(&self, side: Side) -> &Told {
        match side {
            Side::Old => &self.old,
            Side::New => &self.new,
        }
    }

    fn object(&self, side: Side) -> Option<&Object> {
        match side {
            Side::Old => self.change.old_object(),
            Side::New => self.change.new_object(),
        }
    }
}

#[cfg(test)]
mod tests {
    use livematch::ChangeKind;

    use super::*;

    fn publication(object: &str, ledger: &Arc<Ledger>) -> Publication {
        let message = format!(r#"{{"currentParseObject":{object}}}"#);
        let change = Change::from_json(ChangeKind::Save, &message).expect("a change");
        Publication::new(
            change,
            Instant::now(),
            ledger,
            ledger.charge_anyway(Term::Changes, 0),
        )
    }

    fn acl_of(members: &str) -> Publication {
        let object = format!(r#"{{"className":"A"{members}}}"#);
        publication(&object, &Ledger::new(1 << 20, 1 << 20))
    }

    #[test]
    fn who_may_read_a_side() {
        let open = acl_of("");
        assert!(open.acl(Side::New).is_none() && open.acl(Side::Old).is_none());
        let public = acl_of(r#","ACL":{"*":{"read":true}}"#);
        assert!(public.acl(Side::New).is_some_and(Acl::is_public));
        // An access list that lets nobody is not one that is not there.
        for closed in [r#","ACL":{}"#, r#","ACL":null"#] {
            let closed = acl_of(closed);
            assert!(closed.acl(Side::New).is_some_and(Acl::is_closed));
        }
    }

    #[test]
    fn what_is_withheld_is_not_written() {
        let ledger = Ledger::new(1 << 20, 1 << 20);
        let object = r#"{"className":"A","ACL":{},"owner":{"__type":"Pointer","className":"_User","objectId":"u"}}"#;
        let publication = publication(object, &ledger);
        assert!(publication.acl(Side::New).is_some_and(Acl::is_closed));
        let owner = publication.pointers(Side::New, "owner");
        assert!(owner.is_some_and(|owner| owner.point_to("u")));
        assert!(publication.pointers(Side::New, "other").is_none());
        publication.park();
        assert!(Term::ALL.iter().all(|term| ledger.held(*term) == 0));

        let payload = publication.payload(Side::New, &Cut::new(None));
        publication.park();
        assert_eq!(ledger.held(Term::Outbox), payload.len());
        drop((publication, payload));
        assert!(Term::ALL.iter().all(|term| ledger.held(*term) == 0));
    }
}
