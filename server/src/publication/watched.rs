//! Which fields a change touches.

use std::collections::BTreeSet;

use livematch::{Change, Object, Watch};

/// The fields whose value a change changes, for all who watch some: values are compared once and not for each of them.
pub(super) struct Touched(BTreeSet<Box<str>>);

impl Touched {
    pub(super) fn by(change: &Change) -> Self {
        let Some(new) = change.new_object() else {
            return Self(BTreeSet::new());
        };
        let old = change.old();
        let names = new.keys().chain(old.into_iter().flat_map(Object::keys));
        let touched = names.filter(|name| Watch::new([*name]).touched(old, new));
        Self(touched.map(Box::from).collect())
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.0.contains(field)
    }
}

#[cfg(test)]
mod tests {
    use livematch::{ChangeKind, Event};

    use super::*;

    #[test]
    fn it_is_what_a_watch_says() {
        let object = |rest: &str| format!(r#"{{"className": "A", "objectId": "a"{rest}}}"#);
        let states = [
            "",
            r#", "a": 1"#,
            r#", "a": 1, "b": {"c": [0]}"#,
            r#", "b": {"c": [-0]}, "a.b": 1"#,
            r#", "a": null"#,
        ];
        let fields = ["a", "b", "a.b", "objectId", "className", "constructor", "c"];
        for old in states {
            for new in states {
                let message = format!(
                    r#"{{"currentParseObject": {}, "originalParseObject": {}}}"#,
                    object(new),
                    object(old)
                );
                let change = Change::from_json(ChangeKind::Save, &message).expect("a change");
                let touched = Touched::by(&change);
                for field in fields {
                    let expected = Watch::new([field]).lets_through(
                        Event::Update,
                        change.old(),
                        change.new_object(),
                    );
                    assert_eq!(touched.has(field), expected, "{field}: {message}");
                }
            }
        }
    }
}
