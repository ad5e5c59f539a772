//! Who may read an object.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// The access list of an object: everybody who may read it. An empty list lets nobody.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Acl {
    /// `*`, the ids of users, and roles as `role:` and their name; sorted.
    readers: Box<[String]>,
}

#[derive(Deserialize)]
struct Entry {
    /// Parse Server writes `true` or leaves it out.
    #[serde(default)]
    read: bool,
}

impl Acl {
    /// Reads the JSON of a list. One that cannot be read lets nobody.
    pub(crate) fn read(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// Whether everybody may read the object.
    pub(crate) fn is_public(&self) -> bool {
        self.lets("*")
    }

    /// Whether a user may, by their id, or a role, by `role:` and its name.
    pub(crate) fn lets(&self, who: &str) -> bool {
        let find = |reader: &String| reader.as_str().cmp(who);
        self.readers.binary_search_by(find).is_ok()
    }

    /// Whether nobody may.
    pub(crate) fn is_closed(&self) -> bool {
        self.readers.is_empty()
    }

    /// Whether a role may.
    pub(crate) fn lets_roles(&self) -> bool {
        self.readers.iter().any(|reader| is_role(reader))
    }
}

impl<'de> Deserialize<'de> for Acl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = BTreeMap::<String, Entry>::deserialize(deserializer)?;
        let readers = entries.into_iter().filter(|(_, entry)| entry.read);
        Ok(Self {
            readers: readers.map(|(reader, _)| reader).collect(),
        })
    }
}

/// Whether a name in a list is that of a role.
pub(crate) fn is_role(name: &str) -> bool {
    name.starts_with("role:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_read() {
        let acl = Acl::read(
            r#"{"u":{"read":true,"write":false},"v":{"write":true},"role:r":{"read":true}}"#,
        );
        assert!(acl.lets("u") && acl.lets("role:r"));
        assert!(!acl.lets("v") && !acl.lets("*") && !acl.is_public());
        assert!(acl.lets_roles() && !acl.is_closed());
        assert!(Acl::read(r#"{"*":{"read":true}}"#).is_public());
    }

    #[test]
    fn a_role_that_may_only_write_is_no_reader() {
        let acl = Acl::read(r#"{"u":{"read":true},"role:r":{"write":true}}"#);
        assert!(!acl.lets_roles());
        assert!(Acl::read(r#"{"role:r":{"write":true}}"#).is_closed());
    }

    #[test]
    fn the_last_of_two_entries_counts() {
        let acl = Acl::read(r#"{"u":{"read":true},"u":{"read":false}}"#);
        assert!(!acl.lets("u"));
    }

    #[test]
    fn what_cannot_be_read_lets_nobody() {
        for json in [
            "",
            "{",
            "5",
            "[]",
            r#""*""#,
            r#"{"*":true}"#,
            r#"{"*":{"read":"yes"}}"#,
            r#"{"*":{"read":true},"u":{"read":1}}"#,
            r#"{"*":{"read":true},"u":null}"#,
            r#"{"*":{"read":true,"read":true}}"#,
        ] {
            assert!(Acl::read(json).is_closed(), "{json}");
        }
    }
}
