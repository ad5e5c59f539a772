//! Which fields of an object are sent.

use std::ops::Range;
use std::sync::LazyLock;

use super::members::Members;
use super::names::Names;
use crate::rights::Name;

/// The fields that are sent with any selection.
static ALWAYS: LazyLock<[Name; 5]> =
    LazyLock::new(|| ["className", "objectId", "createdAt", "updatedAt", "ACL"].map(Name::of));

/// Which fields of an object are sent to a subscriber.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Cut {
    /// The fields that were asked for; all if none were named.
    keys: Option<Names>,
    /// The fields that the subscriber may not see, sorted.
    hidden: Vec<Name>,
}

impl Cut {
    /// The fields that a subscriber asked for.
    pub(crate) fn new(keys: Option<Names>) -> Self {
        let hidden = Vec::new();
        Self { keys, hidden }
    }

    /// Leaves these fields out.
    pub(crate) fn without<'f>(mut self, fields: impl IntoIterator<Item = &'f str>) -> Self {
        self.hidden.extend(fields.into_iter().map(Name::of));
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
        let hidden = self.hidden.iter().copied();
        let Some(keys) = &self.keys else {
            return members.without(hidden);
        };
        // Either may have thousands, of which each takes some comparisons to be found in a list, and one look in a table.
        if members.len() * LOOKS < keys.len() {
            return members.such(|name| keys.have(name) || ALWAYS.contains(&name), hidden);
        }
        members.only(keys.iter().chain(*ALWAYS), hidden)
    }
}

/// How many names are looked up in a table in the time in which one is looked for in a list.
const LOOKS: usize = 8;
