//! What permissions ask of a clause.

use serde_json::{Map, Value};

use super::permissions::Operation;

/// What a subscription asks about, as far as permissions go.
pub(crate) struct Scope {
    /// Reading one object by its id, or looking for objects.
    pub(crate) operation: Operation,
    /// The id that the clause asks for, if it asks for one plainly.
    pub(crate) object_id: Option<Box<str>>,
    /// The fields that the clause and the watch list look at, each as a path and as its first component.
    fields: Box<[Box<str>]>,
}

impl Scope {
    /// Reads the clause of a query, as its matcher reads it.
    pub(crate) fn new(clause: &str, watch: Option<&[String]>) -> Self {
        let clause: Map<String, Value> = serde_json::from_str(clause).unwrap_or_default();
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
            fields: fields.into(),
        }
    }

    /// Whether it looks at one of these fields, so that its events would tell what they hold.
    pub(crate) fn looks_at(&self, fields: &[&str]) -> bool {
        let is_looked_at = |field: &&str| self.fields.iter().any(|known| **known == **field);
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

    #[test]
    fn an_id_alone_is_read() {
        let operation = |clause| Scope::new(clause, None).operation;
        assert_eq!(operation(r#"{"objectId":"a"}"#), Operation::Get);
        assert_eq!(operation(r#"{"objectId":{"$eq":"a"}}"#), Operation::Find);
        assert_eq!(operation(r#"{"objectId":"a","b":1}"#), Operation::Find);
        assert_eq!(operation("{}"), Operation::Find);
    }

    #[test]
    fn fields_are_found_wherever_they_are_looked_at() {
        let watch = ["w.x".to_owned()];
        let scope = Scope::new(
            r#"{"a.b":1,"$or":[{"c":1},{"$nor":[{"d":2}]}]}"#,
            Some(&watch),
        );
        for field in ["a", "a.b", "c", "d", "w", "w.x"] {
            assert!(scope.looks_at(&[field]), "{field}");
        }
        assert!(!scope.looks_at(&["b", "e"]));
    }
}
