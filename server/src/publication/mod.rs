//! A change on its way to subscribers.

mod body;
mod cut;
mod members;
mod names;
mod watched;

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use livematch::{Change, Event};
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

/// A change that all its subscribers share.
///
/// What is sent of it is written once, by whoever needs it first.
pub(crate) struct Publication {
    change: Change,
    /// When the change came in.
    arrived: Instant,
    old: OnceLock<Body>,
    new: OnceLock<Body>,
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
            old: OnceLock::new(),
            new: OnceLock::new(),
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
        let bodies = [&self.old, &self.new];
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
        self.body(side).acl()
    }

    /// What a field of a side holds that may point to users.
    pub(crate) fn pointers(&self, side: Side, field: &str) -> Option<Pointers<'_>> {
        self.body(side).field(field).map(Pointers::new)
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
        match side {
            Side::Old => self
                .old
                .get_or_init(|| Body::new(self.change.old(), &self.ledger)),
            Side::New => self
                .new
                .get_or_init(|| Body::new(self.change.new_object(), &self.ledger)),
        }
    }
}
