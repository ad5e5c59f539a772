//! What permissions ask of a clause.

use livematch::Query;

use super::{Name, Operation};

/// What a subscription asks about, as far as permissions go.
#[derive(Hash)]
pub(crate) struct Scope {
    /// Reading one object by its id, or looking for objects.
    pub(crate) operation: Operation,
    /// The id that the clause asks for, if it asks for one plainly.
    pub(crate) object_id: Option<Box<str>>,
    /// The fields that the clause and the watch list name, each as a path and as its first component; sorted.
    fields: Box<[Name]>,
    /// Whether it has to be taken for asking about whatever there is.
    is_of_everything: bool,
}

impl Scope {
    /// What a query and its watch list look at.
    ///
    /// The query itself says what it names: a second reading of its clause could differ.
    pub(crate) fn new(query: &Query, watch: Option<&[String]>) -> Self {
        let outline = query.outline();
        let watch = watch.unwrap_or_default().iter().map(String::as_str);
        let mut fields = Vec::new();
        for path in outline.paths().chain(watch) {
            fields.push(Name::of(path));
            if let Some((root, _)) = path.split_once('.') {
                fields.push(Name::of(root));
            }
        }
        fields.sort_unstable();
        fields.dedup();
        Self {
            operation: if outline.is_get() {
                Operation::Get
            } else {
                Operation::Find
            },
            object_id: outline.object_id().map(Into::into),
            fields: fields.into(),
            is_of_everything: false,
        }
    }

    /// What a clause asks about that cannot be read: nothing is open to it that is closed to anybody.
    pub(crate) fn of_everything() -> Self {
        Self {
            operation: Operation::Find,
            object_id: None,
            fields: Box::default(),
            is_of_everything: true,
        }
    }

    /// How many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        size_of_val(&*self.fields) + self.object_id.as_deref().map_or(0, str::len)
    }

    /// Whether it looks at one of these fields, so that its events would tell what they hold.
    pub(crate) fn looks_at<F: AsRef<str>>(&self, fields: &[F]) -> bool {
        let is_named = |field| {
            self.fields
                .binary_search(&Name::of(AsRef::as_ref(field)))
                .is_ok()
        };
        if self.is_of_everything {
            return !fields.is_empty();
        }
        fields.iter().any(is_named)
    }
}

#[cfg(test)]
mod law;

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
    fn an_id_that_is_asked_for() {
        let id = |clause| scope(clause, None).object_id;
        assert_eq!(id(r#"{"a":1,"objectId":"x"}"#).as_deref(), Some("x"));
        assert_eq!(id(r#"{"objectId":{"$in":["x"]}}"#), None);
        assert_eq!(id(r#"{"$or":[{"objectId":"x"}]}"#), None);
        assert_eq!(
            id(r#"{"objectId":"x","objectId":"y"}"#).as_deref(),
            Some("y")
        );
    }

    #[test]
    fn its_size_is_that_of_what_it_keeps() {
        let size = |clause| scope(clause, None).size();
        assert_eq!(size("{}"), 0);
        assert_eq!(size(r#"{"abc":1,"de":2}"#), 2 * size_of::<Name>());
        assert_eq!(size(r#"{"objectId":"x12"}"#), size_of::<Name>() + 3);
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
        assert!(!scope.looks_at::<&str>(&[]));
        let everything = Scope::of_everything();
        assert!(everything.looks_at(&["b"]) && !everything.looks_at::<&str>(&[]));
    }
}
