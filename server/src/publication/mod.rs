//! A change on its way to subscribers.

mod body;
mod cut;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use livematch::Change;
use serde_json::value::RawValue;

use self::body::Body;
pub(crate) use self::cut::Cut;
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
/// What is sent of it is written once for each distinct form, by whoever needs it first.
pub(crate) struct Publication {
    change: Change,
    /// When the change came in.
    arrived: Instant,
    old: OnceLock<Body>,
    new: OnceLock<Body>,
    permissions: OnceLock<Permissions>,
    cuts: Mutex<HashMap<(Side, Cut), Arc<RawValue>>>,
}

impl Publication {
    pub(crate) fn new(change: Change, arrived: Instant) -> Self {
        Self {
            change,
            arrived,
            old: OnceLock::new(),
            new: OnceLock::new(),
            permissions: OnceLock::new(),
            cuts: Mutex::default(),
        }
    }

    pub(crate) fn change(&self) -> &Change {
        &self.change
    }

    pub(crate) fn arrived(&self) -> Instant {
        self.arrived
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

    /// What is sent of a side.
    pub(crate) fn payload(&self, side: Side, cut: &Cut) -> Arc<RawValue> {
        if cut.is_whole() {
            return self.body(side).json();
        }
        let mut cuts = self.cuts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = cuts.get(&(side, cut.clone())).cloned();
        known.unwrap_or_else(|| {
            let payload = self.body(side).cut(cut);
            cuts.insert((side, cut.clone()), Arc::clone(&payload));
            payload
        })
    }

    fn body(&self, side: Side) -> &Body {
        match side {
            Side::Old => self.old.get_or_init(|| Body::new(self.change.old())),
            Side::New => self.new.get_or_init(|| Body::new(self.change.new_object())),
        }
    }
}
