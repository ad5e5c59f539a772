//! Fields that are hidden from somebody.

use std::collections::BTreeMap;

use super::acl::is_role;
use super::json::{Members, names};
use super::roles::Roles;
use crate::accounting::{list_bytes, text_bytes};

/// What a tier's name begins with that is for whoever a field of the object points to.
const POINTED: &str = "userField:";

/// The fields of a class that are hidden, and from whom.
///
/// They are given in tiers. A field is hidden from somebody if every tier that applies to them hides it, and at least
/// one does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Protected {
    /// What each tier hides, by its name: `*`, `authenticated`, the id of a user, or `role:` and a role's name.
    tiers: BTreeMap<String, Vec<String>>,
    /// The same for whoever a field of an object points to, by the field. These only lift what other tiers hide.
    pointed: BTreeMap<String, Vec<String>>,
}

/// Who looks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seer<'a> {
    /// Nobody in particular.
    Nobody,
    /// A user.
    User(&'a str, Roles<'a>),
    /// Somebody of whom it could not be found out who they are.
    Unknown,
}

/// Whether a tier applies to somebody.
enum Applies {
    Surely,
    Perhaps,
    Never,
}

impl Protected {
    /// Reads the JSON of the tiers; nothing if a part of it cannot be read.
    pub(super) fn read(json: &str) -> Option<Self> {
        // A list is older than tiers, and for everybody.
        if let Some(fields) = names(json) {
            return Some(Self::from_tiers([("*".to_owned(), fields)]));
        }
        let members: Members<'_> = serde_json::from_str(json).ok()?;
        // A tier that is `null` does not count.
        let tiers = members.into_iter().filter(|(_, list)| list.get() != "null");
        let tiers = tiers.map(|(tier, list)| Some((tier, names(list.get())?)));
        Some(Self::from_tiers(tiers.collect::<Option<Vec<_>>>()?))
    }

    fn from_tiers(tiers: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        let mut protected = Self::default();
        for (tier, fields) in tiers {
            match tier.strip_prefix(POINTED) {
                Some(pointer) => protected.pointed.insert(pointer.to_owned(), fields),
                None => protected.tiers.insert(tier, fields),
            };
        }
        protected
    }

    /// What it takes on the heap.
    pub(super) fn bytes(&self) -> usize {
        let tiers = self.tiers.iter().chain(&self.pointed);
        let bytes = tiers.map(|(tier, fields)| text_bytes(tier) + list_bytes(fields));
        bytes.sum()
    }

    /// Whether nothing is hidden from anybody.
    pub(crate) fn is_empty(&self) -> bool {
        // What is hidden from everybody is the most that can be hidden.
        match self.tiers.get("*") {
            Some(fields) => fields.is_empty(),
            None => self.tiers.values().all(Vec::is_empty),
        }
    }

    /// Whether it depends on who looks what is hidden from them.
    pub(crate) fn names_anybody(&self) -> bool {
        let mut tiers = self.tiers.keys();
        !self.is_empty() && (!self.pointed.is_empty() || tiers.any(|tier| tier != "*"))
    }

    /// Whether it depends on the roles of a user what is hidden from them.
    pub(crate) fn names_roles(&self) -> bool {
        !self.is_empty() && self.tiers.keys().any(|tier| is_role(tier))
    }

    /// The fields that are hidden from somebody before any object is looked at.
    ///
    /// Of who could not be found out the worst is assumed.
    pub(crate) fn hidden_from(&self, seer: Seer<'_>) -> Vec<&str> {
        let (mut surely, mut perhaps) = (Vec::new(), Vec::new());
        for (tier, fields) in &self.tiers {
            match seer.applies(tier) {
                Applies::Surely => surely.push(fields),
                Applies::Perhaps => perhaps.push(fields),
                Applies::Never => {}
            }
        }
        // A tier that perhaps applies can only lift what another hides, unless there is no other.
        let Some((first, rest)) = surely.split_first() else {
            return perhaps.into_iter().flatten().map(String::as_str).collect();
        };
        let is_hidden = |field: &&String| rest.iter().all(|tier| tier.contains(field));
        first.iter().filter(is_hidden).map(String::as_str).collect()
    }

    /// The fields whose pointers to a user may lift what is hidden from them, and what they leave hidden.
    pub(crate) fn pointed(&self) -> impl Iterator<Item = (&str, &[String])> {
        let pointed = self.pointed.iter();
        pointed.map(|(pointer, fields)| (pointer.as_str(), fields.as_slice()))
    }
}

impl Seer<'_> {
    /// Whether everything about them is known.
    pub(crate) fn is_known(self) -> bool {
        matches!(self, Self::Nobody | Self::User(_, Roles::Known(_)))
    }

    fn applies(self, tier: &str) -> Applies {
        let applies = match self {
            _ if tier == "*" => true,
            Self::Nobody => false,
            Self::User(user, _) if tier == user || tier == "authenticated" => true,
            Self::User(_, Roles::Known(roles)) => roles.iter().any(|role| role == tier),
            Self::User(_, Roles::Unknown) if is_role(tier) => return Applies::Perhaps,
            Self::User(_, Roles::Unknown) => false,
            Self::Unknown => return Applies::Perhaps,
        };
        if applies {
            Applies::Surely
        } else {
            Applies::Never
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protected(json: &str) -> Protected {
        Protected::read(json).expect("tiers")
    }

    const NO_ROLES: Roles<'_> = Roles::Known(&[]);

    #[test]
    fn a_field_is_hidden_where_every_tier_hides_it() {
        let protected = protected(
            r#"{"*":["a","b","c"],"authenticated":["a","b"],"role:r":["a"],"u":["b"],"userField:x":[]}"#,
        );
        let roles = ["role:r".to_owned(), "role:s".to_owned()];
        let hidden = |seer| protected.hidden_from(seer);
        assert_eq!(hidden(Seer::Nobody), ["a", "b", "c"]);
        assert_eq!(hidden(Seer::User("v", NO_ROLES)), ["a", "b"]);
        assert_eq!(hidden(Seer::User("v", Roles::Known(&roles))), ["a"]);
        assert_eq!(hidden(Seer::User("u", NO_ROLES)), ["b"]);
        assert!(hidden(Seer::User("u", Roles::Known(&roles))).is_empty());
    }

    #[test]
    fn of_what_is_not_known_the_worst_is_assumed() {
        let all = protected(r#"{"*":["a","b"],"authenticated":["a"],"role:r":[]}"#);
        assert_eq!(all.hidden_from(Seer::Unknown), ["a", "b"]);
        assert_eq!(all.hidden_from(Seer::User("u", Roles::Unknown)), ["a"]);

        let some = protected(r#"{"authenticated":["a"],"role:r":["b"],"u":["c"]}"#);
        assert!(some.hidden_from(Seer::Nobody).is_empty());
        assert_eq!(some.hidden_from(Seer::Unknown), ["a", "b", "c"]);
        assert_eq!(some.hidden_from(Seer::User("v", Roles::Unknown)), ["a"]);

        let role = protected(r#"{"role:r":["b"],"v":["d"]}"#);
        assert_eq!(role.hidden_from(Seer::User("u", Roles::Unknown)), ["b"]);
        assert!(role.hidden_from(Seer::User("u", NO_ROLES)).is_empty());
    }

    #[test]
    fn tiers_by_pointer_stand_apart() {
        let protected = protected(r#"{"*":["a"],"userField:owner":["b"],"userField:other":[]}"#);
        let pointed: Vec<_> = protected.pointed().collect();
        assert_eq!(
            pointed,
            [("other", [].as_slice()), ("owner", &["b".to_owned()])]
        );
        assert_eq!(protected.hidden_from(Seer::Unknown), ["a"]);
    }

    #[test]
    fn tiers_that_are_none() {
        assert!(protected("null").is_empty());
        assert!(protected("{}").is_empty());
        assert!(protected(r#"{"*":null}"#).is_empty());
        assert!(protected(r#"{"*":[],"authenticated":["a"]}"#).is_empty());
        assert!(protected(r#"{"userField:owner":["a"]}"#).is_empty());
        assert!(!protected(r#"{"*":null,"authenticated":["a"]}"#).is_empty());
        assert!(!protected(r#"{"u":[],"authenticated":["a"]}"#).is_empty());
        let none = protected(r#"{"*":null,"authenticated":["a"],"u":null}"#);
        assert_eq!(none.hidden_from(Seer::User("u", NO_ROLES)), ["a"]);
    }

    #[test]
    fn a_list_is_for_everybody() {
        let list = protected(r#"["a","b"]"#);
        assert_eq!(list.hidden_from(Seer::Nobody), ["a", "b"]);
        assert_eq!(list.hidden_from(Seer::User("u", NO_ROLES)), ["a", "b"]);
    }

    #[test]
    fn nobody_is_asked_for_where_it_makes_no_difference() {
        assert!(!protected(r#"{"*":["a"]}"#).names_anybody());
        assert!(!protected(r#"{"*":[],"u":["a"],"userField:x":[]}"#).names_anybody());
        assert!(protected(r#"{"*":["a"],"u":[]}"#).names_anybody());
        assert!(protected(r#"{"*":["a"],"userField:x":[]}"#).names_anybody());
    }

    #[test]
    fn who_is_known() {
        assert!(Seer::Nobody.is_known() && Seer::User("u", NO_ROLES).is_known());
        assert!(!Seer::Unknown.is_known() && !Seer::User("u", Roles::Unknown).is_known());
    }

    #[test]
    fn roles_are_asked_for_where_a_tier_names_one() {
        assert!(protected(r#"{"*":["a"],"role:r":[]}"#).names_roles());
        assert!(!protected(r#"{"*":["a"],"u":[]}"#).names_roles());
        assert!(!protected(r#"{"*":[],"role:r":["a"]}"#).names_roles());
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        for json in ["", "5", r#""a""#, r#"{"*":"a"}"#, r#"{"*":["a",1]}"#, "[1]"] {
            assert!(Protected::read(json).is_none(), "{json}");
        }
    }
}
