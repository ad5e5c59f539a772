//! Which fields of an object are sent.

use std::sync::Arc;

/// The fields that are sent with any selection.
const ALWAYS: [&str; 5] = ["className", "objectId", "createdAt", "updatedAt", "ACL"];

/// Which fields of an object are sent to a subscriber.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Cut {
    /// The fields that were asked for, sorted; all if none were named.
    keys: Option<Arc<[String]>>,
    /// The fields that the subscriber may not see, sorted.
    hidden: Vec<String>,
}

impl Cut {
    /// The fields that a subscriber asked for, sorted.
    pub(crate) fn new(keys: Option<Arc<[String]>>) -> Self {
        let hidden = Vec::new();
        Self { keys, hidden }
    }

    /// Leaves these fields out.
    pub(crate) fn without<'f>(mut self, fields: impl IntoIterator<Item = &'f str>) -> Self {
        self.hidden.extend(fields.into_iter().map(str::to_owned));
        self.hidden.sort_unstable();
        self.hidden.dedup();
        self
    }

    /// Whether nothing is left out.
    pub(crate) fn is_whole(&self) -> bool {
        self.keys.is_none() && self.hidden.is_empty()
    }

    /// Whether a field is sent. A path selects nothing: names are looked up as they are.
    pub(crate) fn keeps(&self, field: &str) -> bool {
        let is_among =
            |names: &[String]| names.binary_search_by(|name| (**name).cmp(field)).is_ok();
        let is_asked_for = |keys: &Arc<[String]>| ALWAYS.contains(&field) || is_among(keys);
        self.keys.as_ref().is_none_or(is_asked_for) && !is_among(&self.hidden)
    }
}
