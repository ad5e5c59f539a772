//! Who may do something to a class.

use super::acl::is_role;
use super::json::{Members, names};
use super::roles::Roles;
use crate::accounting::list_bytes;

/// Who may do something to a class, as its permissions say for one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gate {
    /// Whether everybody may.
    is_public: bool,
    /// Whether everybody may who is logged in.
    needs_user: bool,
    /// Ids of users, and roles as `role:` and their name; sorted.
    granted: Box<[String]>,
    /// The fields of an object that may point to a user who may.
    pointers: Box<[String]>,
}

/// What a gate says of somebody before any object is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// They may.
    Open,
    /// They may where an object points to them.
    Pointed,
    /// They might if they were logged in.
    NeedsUser,
    /// They may not.
    Closed,
}

/// Permissions that do not name an operation leave it open.
impl Default for Gate {
    fn default() -> Self {
        Self {
            is_public: true,
            ..Self::closed()
        }
    }
}

impl Gate {
    /// Nobody may.
    pub(super) fn closed() -> Self {
        Self {
            is_public: false,
            needs_user: false,
            granted: Box::default(),
            pointers: Box::default(),
        }
    }

    /// What it takes on the heap.
    pub(super) fn bytes(&self) -> usize {
        list_bytes(&self.granted) + list_bytes(&self.pointers)
    }

    /// Reads the JSON of an operation's entry; the class may name pointers for all reading.
    pub(super) fn read(json: &str, of_class: &[String]) -> Self {
        match json {
            // JavaScript takes these for an entry that is not there.
            "null" | "false" | "0" | r#""""# => Self::default(),
            _ => Self::try_read(json, of_class).unwrap_or_else(Self::closed),
        }
    }

    fn try_read(json: &str, of_class: &[String]) -> Option<Self> {
        let mut members: Members<'_> = serde_json::from_str(json).ok()?;
        let mut pointers = match members.remove("pointerFields") {
            Some(list) => names(list.get())?,
            None => Vec::new(),
        };
        pointers.extend_from_slice(of_class);
        // Parse Server stores nothing but `true`.
        members.retain(|_, granted| granted.get() == "true");
        Some(Self {
            is_public: members.remove("*").is_some(),
            needs_user: members.remove("requiresAuthentication").is_some(),
            granted: members.into_keys().collect(),
            pointers: pointers.into(),
        })
    }

    /// Whether everybody may.
    pub(crate) fn is_public(&self) -> bool {
        self.is_public
    }

    /// Whether nobody may, whoever they are.
    pub(crate) fn is_closed(&self) -> bool {
        let opens = self.is_public || self.needs_user;
        !opens && self.granted.is_empty() && self.pointers.is_empty()
    }

    /// Whether it depends on the roles of a user whether they may.
    pub(crate) fn needs_roles(&self, user: &str) -> bool {
        let names_roles = || self.granted.iter().any(|who| is_role(who));
        !self.is_public && !self.is_granted(user) && names_roles()
    }

    /// The fields of an object that may point to who may.
    pub(crate) fn pointers(&self) -> &[String] {
        &self.pointers
    }

    /// What it says of a user with some roles, or of nobody in particular.
    pub(crate) fn standing(&self, user: Option<&str>, roles: Roles<'_>) -> Standing {
        if self.is_public {
            return Standing::Open;
        }
        let Some(user) = user else {
            return self.standing_of_nobody();
        };
        let is_open = self.is_granted(user) || roles.any(|role| self.is_granted(role));
        match (is_open, self.pointers.is_empty()) {
            (true, _) => Standing::Open,
            // Pointers are asked even of a user for whom it is enough to be logged in.
            (false, false) => Standing::Pointed,
            (false, true) if self.needs_user => Standing::Open,
            (false, true) => Standing::Closed,
        }
    }

    fn standing_of_nobody(&self) -> Standing {
        if self.needs_user {
            Standing::NeedsUser
        } else if self.pointers.is_empty() {
            Standing::Closed
        } else {
            Standing::Pointed
        }
    }

    fn is_granted(&self, who: &str) -> bool {
        let find = |granted: &String| granted.as_str().cmp(who);
        self.granted.binary_search_by(find).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(json: &str) -> Gate {
        Gate::read(json, &[])
    }

    #[test]
    fn standings() {
        use Standing::{Closed, NeedsUser, Open, Pointed};
        let cases = [
            (r#"{"*":true}"#, Open, Open, Open),
            ("{}", Closed, Closed, Closed),
            (r#"{"u":true}"#, Closed, Open, Open),
            (r#"{"v":true}"#, Closed, Closed, Closed),
            (r#"{"role:a":true}"#, Closed, Closed, Open),
            (r#"{"role:b":true}"#, Closed, Closed, Closed),
            (r#"{"requiresAuthentication":true}"#, NeedsUser, Open, Open),
            (r#"{"pointerFields":["owner"]}"#, Pointed, Pointed, Pointed),
            (r#"{"pointerFields":[]}"#, Closed, Closed, Closed),
            (r#"{"pointerFields":null}"#, Closed, Closed, Closed),
            (
                r#"{"role:a":true,"pointerFields":["owner"]}"#,
                Pointed,
                Pointed,
                Open,
            ),
            (
                r#"{"requiresAuthentication":true,"pointerFields":["owner"]}"#,
                NeedsUser,
                Pointed,
                Pointed,
            ),
        ];
        for (json, nobody, user, with_role) in cases {
            let (gate, roles) = (gate(json), ["role:a".to_owned()]);
            assert_eq!(gate.standing(None, Roles::Known(&[])), nobody, "{json}");
            assert_eq!(gate.standing(Some("u"), Roles::Known(&[])), user, "{json}");
            assert_eq!(gate.standing(Some("u"), Roles::Unknown), user, "{json}");
            let found = gate.standing(Some("u"), Roles::Known(&roles));
            assert_eq!(found, with_role, "{json}");
        }
    }

    #[test]
    fn only_true_grants() {
        for json in [
            r#"{"*":1,"u":1,"requiresAuthentication":1}"#,
            r#"{"*":"true","u":"true","requiresAuthentication":"true"}"#,
            r#"{"*":false,"u":false,"requiresAuthentication":false}"#,
            r#"{"*":true,"*":false}"#,
        ] {
            assert!(gate(json).is_closed(), "{json}");
        }
    }

    #[test]
    fn what_is_not_there_is_open_and_what_cannot_be_read_is_closed() {
        for json in ["null", "false", "0", r#""""#] {
            assert!(gate(json).is_public(), "{json}");
        }
        for json in [
            "",
            "true",
            "1",
            "[]",
            r#""find""#,
            r#"{"*":true,"pointerFields":"owner"}"#,
            r#"{"*":true,"pointerFields":["owner",null]}"#,
        ] {
            assert!(gate(json).is_closed(), "{json}");
        }
    }

    #[test]
    fn nobody_is_asked_where_it_makes_no_difference() {
        for json in [
            r#"{"*":true}"#,
            r#"{"u":true}"#,
            r#"{"pointerFields":["owner"]}"#,
            r#"{"requiresAuthentication":true}"#,
        ] {
            assert!(!gate(json).is_closed(), "{json}");
        }
        assert!(gate(r#"{"role:a":true}"#).needs_roles("u"));
        assert!(!gate(r#"{"role:a":true,"u":true}"#).needs_roles("u"));
        assert!(!gate(r#"{"role:a":true,"*":true}"#).needs_roles("u"));
        assert!(!gate(r#"{"v":true}"#).needs_roles("u"));
    }
}
