//! What the permissions of a class say.

use super::gate::Gate;
use super::json::{Members, names};
use super::protected::Protected;

/// The permissions of a class, as Parse Server publishes them with each change.
///
/// What cannot be read closes: an operation if it is its entry, the class if it is the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permissions {
    get: Gate,
    find: Gate,
    protected: Protected,
}

/// What a subscription does to its class: it reads one object by its id, or looks for objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    /// The clause is the id of an object and nothing else.
    Get,
    /// Any other clause.
    Find,
}

impl Permissions {
    /// Reads the JSON of permissions.
    pub(crate) fn read(json: &str) -> Self {
        Self::try_read(json).unwrap_or_else(Self::closed)
    }

    fn try_read(json: &str) -> Option<Self> {
        let members: Members<'_> = serde_json::from_str(json).ok()?;
        let pointers = match members.get("readUserFields") {
            Some(list) => names(list.get())?,
            None => Vec::new(),
        };
        let gate = |operation| match members.get(operation) {
            Some(entries) => Gate::read(entries.get(), &pointers),
            None => Gate::default(),
        };
        Some(Self {
            get: gate("get"),
            find: gate("find"),
            protected: match members.get("protectedFields") {
                Some(tiers) => Protected::read(tiers.get())?,
                None => Protected::default(),
            },
        })
    }

    /// What they take in memory.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.get.bytes() + self.find.bytes() + self.protected.bytes()
    }

    /// Permissions that let nobody do anything.
    fn closed() -> Self {
        Self {
            get: Gate::closed(),
            find: Gate::closed(),
            protected: Protected::default(),
        }
    }

    /// Who may do something.
    pub(crate) fn gate(&self, operation: Operation) -> &Gate {
        match operation {
            Operation::Get => &self.get,
            Operation::Find => &self.find,
        }
    }

    /// What is hidden, and from whom.
    pub(crate) fn protected(&self) -> &Protected {
        &self.protected
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::{Roles, Seer, Standing};

    fn standing(json: &str, operation: Operation) -> Standing {
        let permissions = Permissions::read(json);
        let gate = permissions.gate(operation);
        gate.standing(Some("u"), Roles::Known(&[]))
    }

    #[test]
    fn each_operation_has_its_entry() {
        let json = r#"{"get":{"*":true},"find":{}}"#;
        assert_eq!(standing(json, Operation::Get), Standing::Open);
        assert_eq!(standing(json, Operation::Find), Standing::Closed);
        let json = r#"{"get":{},"find":{"*":true}}"#;
        assert_eq!(standing(json, Operation::Get), Standing::Closed);
        assert_eq!(standing(json, Operation::Find), Standing::Open);
    }

    #[test]
    fn what_is_not_said_is_open() {
        assert_eq!(Permissions::read("{}"), Permissions::default());
        assert_eq!(standing("{}", Operation::Find), Standing::Open);
        assert!(Permissions::default().protected().is_empty());
    }

    #[test]
    fn what_is_hidden_is_read_with_the_rest() {
        let permissions = Permissions::read(r#"{"protectedFields":{"*":["secret"]}}"#);
        let hidden = permissions.protected().hidden_from(Seer::Nobody);
        assert_eq!(hidden, ["secret"]);
    }

    #[test]
    fn pointers_may_be_named_for_all_reading() {
        let json = r#"{"find":{},"get":{"pointerFields":["a"]},"readUserFields":["owner"]}"#;
        let permissions = Permissions::read(json);
        assert_eq!(standing(json, Operation::Find), Standing::Pointed);
        let pointers = |operation| permissions.gate(operation).pointers().to_vec();
        assert_eq!(pointers(Operation::Find), ["owner"]);
        assert_eq!(pointers(Operation::Get), ["a", "owner"]);
    }

    #[test]
    fn an_entry_that_cannot_be_read_closes_its_operation() {
        let json = r#"{"get":{"*":true},"find":5}"#;
        assert_eq!(standing(json, Operation::Get), Standing::Open);
        assert_eq!(standing(json, Operation::Find), Standing::Closed);
    }

    #[test]
    fn what_cannot_be_read_closes_the_class() {
        for json in [
            "",
            "{",
            "[]",
            "null",
            "5",
            r#"{"find":{"*":true},"readUserFields":"owner"}"#,
            r#"{"find":{"*":true},"readUserFields":["owner",1]}"#,
            r#"{"find":{"*":true},"protectedFields":"secret"}"#,
            r#"{"find":{"*":true},"protectedFields":{"*":"secret"}}"#,
            r#"{"find":{"*":true},"protectedFields":{"*":["secret",1]}}"#,
            r#"{"find":{"*":true},"protectedFields":{"*":[],"role:a":5}}"#,
        ] {
            for operation in [Operation::Find, Operation::Get] {
                assert_eq!(standing(json, operation), Standing::Closed, "{json}");
            }
        }
    }
}
