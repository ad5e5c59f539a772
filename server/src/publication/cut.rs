//! Which fields of an object are sent.

use std::ops::Range;

use super::members::Members;
use super::names::Names;

/// The fields that are sent with any selection.
const ALWAYS: [&str; 5] = ["className", "objectId", "createdAt", "updatedAt", "ACL"];

/// Which fields of an object are sent to a subscriber.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Cut {
    /// The fields that were asked for; all if none were named.
    keys: Option<Names>,
    /// The fields that the subscriber may not see, sorted.
    hidden: Vec<String>,
}

impl Cut {
    /// The fields that a subscriber asked for.
    pub(crate) fn new(keys: Option<Names>) -> Self {
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

    /// The pieces of the text of an object that are sent. A path selects nothing: names are looked up as they are.
    pub(super) fn pieces(&self, members: &Members) -> Vec<Range<usize>> {
        let hidden = self.hidden.iter().map(String::as_str);
        let Some(keys) = &self.keys else {
            return members.without(hidden);
        };
        let is_shown = |name: &str| {
            let compare = |hidden: &String| hidden.as_str().cmp(name);
            self.hidden.binary_search_by(compare).is_err()
        };
        // Either may have thousands.
        if members.len() < keys.len() {
            let is_asked_for = |name: &str| keys.have(name) || ALWAYS.contains(&name);
            return members.such(|name| is_asked_for(name) && is_shown(name));
        }
        let asked_for = keys.iter().chain(ALWAYS);
        members.only(asked_for.filter(|name| is_shown(name)))
    }
}
