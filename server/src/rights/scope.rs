//! What permissions ask of a clause.

use livematch::Query;
use serde_json::{Map, Value};

use super::Operation;

/// What a subscription asks about, as far as permissions go.
pub(crate) struct Scope {
    /// Reading one object by its id, or looking for objects.
    pub(crate) operation: Operation,
    /// The id that the clause asks for, if it asks for one plainly.
    pub(crate) object_id: Option<Box<str>>,
    /// The fields that the clause and the watch list look at, each as a path and as its first component; none if that
    /// could not be found out.
    fields: Option<Box<[Box<str>]>>,
}

impl Scope {
    /// What a query and its watch list look at.
    pub(crate) fn new(query: &Query, watch: Option<&[String]>) -> Self {
        let Ok(clause) = serde_json::from_str::<Map<String, Value>>(query.clause_text()) else {
            return Self::unknown();
        };
        let mut fields = Vec::new();
        collect(&clause, &mut fields);
        watch
            .unwrap_or_default()
            .iter()
            .for_each(|field| push(field, &mut fields));
        fields.sort_unstable();
        fields.dedup();
        let object_id = clause.get("objectId").and_then(Value::as_str);
        Self {
            operation: match object_id {
                Some(_) if clause.len() == 1 => Operation::Get,
                _ => Operation::Find,
            },
            object_id: object_id.map(Into::into),
            fields: Some(fields.into()),
        }
    }

    /// What cannot be read may look at anything.
    fn unknown() -> Self {
        Self {
            operation: Operation::Find,
            object_id: None,
            fields: None,
        }
    }

    /// Whether it looks at one of these fields, so that its events would tell what they hold.
    pub(crate) fn looks_at(&self, fields: &[&str]) -> bool {
        let Some(known) = &self.fields else {
            return !fields.is_empty();
        };
        let is_looked_at = |field: &&str| known.iter().any(|known| **known == **field);
        fields.iter().any(is_looked_at)
    }
}

fn collect(clause: &Map<String, Value>, fields: &mut Vec<Box<str>>) {
    for (key, value) in clause {
        push(key, fields);
        if let ("$or" | "$and" | "$nor", Value::Array(branches)) = (key.as_str(), value) {
            let branches = branches.iter().filter_map(Value::as_object);
            branches.for_each(|branch| collect(branch, fields));
        }
    }
}

fn push(path: &str, fields: &mut Vec<Box<str>>) {
    if let Some((root, _)) = path.split_once('.') {
        fields.push(root.into());
    }
    fields.push(path.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(clause: &str, watch: Option<&[String]>) -> Scope {
        Scope::new(&clause.parse().expect("a clause"), watch)
    }

    #[test]
    fn an_id_alone_is_read() {
        let operation = |clause| scope(clause, None).operation;
        assert_eq!(operation(r#"{"objectId":"a"}"#), Operation::Get);
        assert_eq!(operation(r#"{"objectId":{"$eq":"a"}}"#), Operation::Find);
        assert_eq!(operation(r#"{"objectId":"a","b":1}"#), Operation::Find);
        assert_eq!(operation("{}"), Operation::Find);
    }

    #[test]
    fn fields_are_found_wherever_they_are_looked_at() {
        let watch = ["w.x".to_owned()];
        let scope = scope(
            r#"{"a.b":1,"$or":[{"c":1},{"$nor":[{"d":2}]}]}"#,
            Some(&watch),
        );
        for field in ["a", "a.b", "c", "d", "w", "w.x"] {
            assert!(scope.looks_at(&[field]), "{field}");
        }
        assert!(!scope.looks_at(&["b", "e"]));
        assert!(!scope.looks_at(&[]));
    }
}
