//! Permissions of a class, as Parse Server's LiveQuery weighs them.

use serde_json::{Map, Value};

/// The permissions of a class, as Parse Server publishes them with each change.
///
/// Everything that is not understood is kept as it is: what JavaScript would make of it decides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Permissions(Map<String, Value>);

/// What a subscription does to its class: it reads one object by its id, or looks for objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// The clause is the id of an object and nothing else.
    Get,
    /// Any other clause.
    Find,
}

/// What the permissions say of a user before any object is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The class is open to them.
    Open,
    /// Only objects whose fields point to them.
    Pointed,
    /// Somebody has to be logged in.
    NeedsUser,
    /// Forbidden.
    Closed,
}

impl Operation {
    const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Find => "find",
        }
    }
}

impl From<Map<String, Value>> for Permissions {
    fn from(json: Map<String, Value>) -> Self {
        Self(json)
    }
}

impl Permissions {
    /// What a user may do, or nobody in particular.
    ///
    /// Roles are not asked: an entry for a role opens a class to `find()`, but to none of Parse Server's
    /// live queries.
    pub(crate) fn standing(&self, operation: Operation, user: Option<&str>) -> Standing {
        let entries = match self.0.get(operation.name()) {
            Some(Value::Object(entries)) => entries,
            Some(odd) if is_truthy(odd) => return Standing::Closed,
            _ => return Standing::Open,
        };
        let is_granted = |who| entries.get(who) == Some(&Value::Bool(true));
        if entries.get("*").is_some_and(is_truthy) || user.is_some_and(is_granted) {
            return Standing::Open;
        }
        let is_pointed = !self.pointer_fields(operation).is_empty();
        if entries.get("requiresAuthentication").is_some_and(is_truthy) {
            return match (user, is_pointed) {
                (None, _) => Standing::NeedsUser,
                // Pointers are asked even of a user for whom it is enough to be logged in.
                (Some(_), true) => Standing::Pointed,
                (Some(_), false) => Standing::Open,
            };
        }
        if is_pointed {
            Standing::Pointed
        } else {
            Standing::Closed
        }
    }

    /// Whether the standing is the same for everybody.
    pub(crate) fn is_open(&self, operation: Operation) -> bool {
        self.standing(operation, None) == Standing::Open
    }

    /// The fields that may point to who may see an object.
    pub(crate) fn pointer_fields(&self, operation: Operation) -> Vec<&str> {
        let entries = self.0.get(operation.name());
        let of_operation = entries.and_then(|entries| entries.get("pointerFields"));
        let of_class = self.0.get("readUserFields");
        let lists = of_operation.into_iter().chain(of_class);
        lists.flat_map(texts).collect()
    }

    /// Whether there are fields that somebody may not see.
    pub(crate) fn protects(&self) -> bool {
        match self.0.get("protectedFields") {
            Some(Value::Array(fields)) => !fields.is_empty(),
            // A field is hidden only if every tier that applies hides it, and this one always does.
            Some(Value::Object(tiers)) => match tiers.get("*") {
                Some(tier @ Value::Array(_)) => texts(tier).next().is_some(),
                _ => tiers.values().any(|tier| texts(tier).next().is_some()),
            },
            _ => false,
        }
    }

    /// The fields that a user may not see.
    ///
    /// Those of pointer permissions (`userField:…`) protect nothing in Parse Server's live queries, and nothing here.
    pub(crate) fn protected(&self, user: Option<&str>, roles: &[String]) -> Vec<&str> {
        let tiers = match self.0.get("protectedFields") {
            Some(fields @ Value::Array(_)) => return texts(fields).collect(),
            Some(Value::Object(tiers)) => tiers,
            _ => return Vec::new(),
        };
        let is_theirs = |tier: &str, user: &str| {
            tier == user || tier == "authenticated" || roles.iter().any(|role| role == tier)
        };
        let applies = |tier: &str| tier == "*" || user.is_some_and(|user| is_theirs(tier, user));
        // What is no list is no tier.
        let mut tiers = tiers
            .iter()
            .filter(|(tier, fields)| applies(tier) && fields.is_array())
            .map(|(_, fields)| fields);
        let Some(first) = tiers.next() else {
            return Vec::new();
        };
        let rest: Vec<_> = tiers.collect();
        let is_everywhere = |field: &&str| {
            let mut rest = rest.iter();
            rest.all(|tier| texts(tier).any(|other| other == *field))
        };
        texts(first).filter(is_everywhere).collect()
    }
}

/// The texts of a list.
fn texts(list: &Value) -> impl Iterator<Item = &str> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str)
}

/// Whether JavaScript takes a value for true.
pub(crate) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn permissions(json: Value) -> Permissions {
        match json {
            Value::Object(json) => json.into(),
            _ => Permissions::default(),
        }
    }

    fn find(entries: &Value) -> Permissions {
        permissions(json!({ "find": entries }))
    }

    #[test]
    fn standings() {
        let cases = [
            (json!({"*": true}), None, Standing::Open),
            (json!({}), None, Standing::Closed),
            (json!({"u": true}), None, Standing::Closed),
            (json!({"u": true}), Some("u"), Standing::Open),
            (json!({"role:a": true}), Some("u"), Standing::Closed),
            (
                json!({"requiresAuthentication": true}),
                None,
                Standing::NeedsUser,
            ),
            (
                json!({"requiresAuthentication": true}),
                Some("u"),
                Standing::Open,
            ),
            (json!({"pointerFields": ["owner"]}), None, Standing::Pointed),
            (json!({"pointerFields": []}), Some("u"), Standing::Closed),
            (
                json!({"requiresAuthentication": true, "pointerFields": ["owner"]}),
                Some("u"),
                Standing::Pointed,
            ),
        ];
        for (entries, user, standing) in cases {
            let found = find(&entries).standing(Operation::Find, user);
            assert_eq!(found, standing, "{entries} {user:?}");
        }
        assert!(find(&json!({})).is_open(Operation::Get));
    }

    #[test]
    fn a_class_may_name_pointers_for_all_reading() {
        let permissions = permissions(json!({"find": {}, "readUserFields": ["owner"]}));
        assert_eq!(
            permissions.standing(Operation::Find, Some("u")),
            Standing::Pointed
        );
        assert_eq!(permissions.pointer_fields(Operation::Find), ["owner"]);
    }

    #[test]
    fn a_field_is_hidden_where_every_tier_hides_it() {
        let tiers = json!({"protectedFields": {
            "*": ["a", "b", "c"], "authenticated": ["a", "b"], "role:r": ["a"], "u": ["b"], "userField:x": []
        }});
        let permissions = permissions(tiers);
        let roles = ["role:r".to_owned()];
        assert!(permissions.protects());
        assert_eq!(permissions.protected(None, &[]), ["a", "b", "c"]);
        assert_eq!(permissions.protected(Some("v"), &[]), ["a", "b"]);
        assert_eq!(permissions.protected(Some("v"), &roles), ["a"]);
        assert_eq!(permissions.protected(Some("u"), &[]), ["b"]);
        assert!(permissions.protected(Some("u"), &roles).is_empty());
    }

    #[test]
    fn a_tier_that_is_no_list_lifts_nothing() {
        let tiers = json!({"protectedFields": {"*": null, "authenticated": ["a"], "u": null}});
        let permissions = permissions(tiers);
        assert!(permissions.protects());
        assert_eq!(permissions.protected(Some("u"), &[]), ["a"]);
    }

    #[test]
    fn nothing_is_protected_if_the_tier_of_all_is_empty() {
        assert!(
            !permissions(json!({"protectedFields": {"*": [], "authenticated": ["a"]}})).protects()
        );
        assert!(permissions(json!({"protectedFields": {"authenticated": ["a"]}})).protects());
        assert!(!permissions(json!({})).protects());
    }
}
