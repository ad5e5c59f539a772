//! Who may read an object.

use std::collections::HashMap;

use serde::Deserialize;

/// The access list of an object. One that is empty lets nobody read it.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Acl {
    entries: HashMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    read: bool,
}

impl Acl {
    /// Whether everybody may read the object.
    pub(crate) fn is_public(&self) -> bool {
        self.lets("*")
    }

    /// Whether a user may, by their id, or a role by `role:` and its name.
    pub(crate) fn lets(&self, who: &str) -> bool {
        self.entries.get(who).is_some_and(|entry| entry.read)
    }

    /// Whether it names a role, whatever it lets it do.
    pub(crate) fn names_roles(&self) -> bool {
        self.entries.keys().any(|who| who.starts_with("role:"))
    }
}
