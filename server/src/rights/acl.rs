//! Who may read an object.

use livematch::View;

/// The access list of an object: everybody who may read it. An empty list lets nobody.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Acl {
    /// `*`, the ids of users, and roles as `role:` and their name; sorted.
    readers: Box<[String]>,
}

impl Acl {
    /// Reads a list. One that cannot be read lets nobody.
    pub(crate) fn read(list: View<'_>) -> Self {
        Self {
            readers: readers(list).unwrap_or_default(),
        }
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

/// Everybody who may read by a list, sorted; nothing if a part of it cannot be read.
fn readers(list: View<'_>) -> Option<Box<[String]>> {
    let mut readers = Vec::new();
    for (who, entry) in list.members()? {
        let mut rights = entry.members()?;
        // Parse Server writes `true` or leaves it out.
        let read = rights.find(|(right, _)| *right == "read");
        if read.map_or(Some(false), |(_, read)| read.as_bool())? {
            readers.push(who.to_owned());
        }
    }
    readers.sort_unstable();
    Some(readers.into())
}

/// Whether a name in a list is that of a role.
pub(crate) fn is_role(name: &str) -> bool {
    name.starts_with("role:")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn read(json: &str) -> Acl {
        let list: Value = serde_json::from_str(json).expect(json);
        Acl::read((&list).into())
    }

    #[test]
    fn who_may_read() {
        let acl =
            read(r#"{"u":{"read":true,"write":false},"v":{"write":true},"role:r":{"read":true}}"#);
        assert!(acl.lets("u") && acl.lets("role:r"));
        assert!(!acl.lets("v") && !acl.lets("*") && !acl.is_public());
        assert!(acl.lets_roles() && !acl.is_closed());
        assert!(read(r#"{"*":{"read":true}}"#).is_public());
    }

    #[test]
    fn names_are_found_in_whatever_order_they_came() {
        let acl =
            read(r#"{"v":{"read":true},"10":{"read":true},"u":{"read":true},"9":{"read":true}}"#);
        assert!(["u", "v", "9", "10"].into_iter().all(|who| acl.lets(who)));
    }

    #[test]
    fn a_role_that_may_only_write_is_no_reader() {
        let acl = read(r#"{"u":{"read":true},"role:r":{"write":true}}"#);
        assert!(!acl.lets_roles());
        assert!(read(r#"{"role:r":{"write":true}}"#).is_closed());
    }

    #[test]
    fn what_cannot_be_read_lets_nobody() {
        for json in [
            "null",
            "5",
            "[]",
            r#""*""#,
            r#"{"*":true}"#,
            r#"{"*":[true]}"#,
            r#"{"*":{"read":"yes"}}"#,
            r#"{"*":{"read":true},"u":{"read":1}}"#,
            r#"{"*":{"read":true},"u":{"read":null}}"#,
            r#"{"*":{"read":true},"u":null}"#,
        ] {
            assert!(read(json).is_closed(), "{json}");
        }
    }
}
