//! Which fields a change touches.

use std::collections::{HashMap, HashSet};

use livematch::{Change, Object, Watch};
use parking_lot::Mutex;

use super::names::Names;
use crate::rights::{ByName, Name};

/// The fields whose value a change changes, for all who watch some: values are compared once and not for each of them.
#[derive(Default)]
pub(super) struct Touched {
    fields: HashSet<Name, ByName>,
    /// What was answered for long lists: they are often the same.
    answers: Mutex<HashMap<Names, bool>>,
}

/// So few are looked up faster than an answer is.
const FEW: usize = 8;

/// So many answers are kept of a change.
const ANSWERS: usize = 64;

impl Touched {
    pub(super) fn by(change: &Change) -> Self {
        let Some(new) = change.new_object() else {
            return Self::default();
        };
        let old = change.old_object();
        let names = new.keys().chain(old.into_iter().flat_map(Object::keys));
        let touched = names.filter(|name| Watch::new([*name]).touched(old, new));
        Self {
            fields: touched.map(Name::of).collect(),
            answers: Mutex::default(),
        }
    }

    /// Whether one of these fields is among them: the fewer are looked up in the others.
    pub(super) fn has_any(&self, names: &Names) -> bool {
        if self.fields.len().min(names.len()) <= FEW {
            return self.look_for(names);
        }
        if let Some(answer) = self.answers.lock().get(names) {
            return *answer;
        }
        let answer = self.look_for(names);
        let mut answers = self.answers.lock();
        if answers.len() < ANSWERS {
            answers.insert(names.clone(), answer);
        }
        answer
    }

    fn look_for(&self, names: &Names) -> bool {
        if self.fields.len() < names.len() {
            return self.fields.iter().any(|field| names.have(*field));
        }
        names.iter().any(|name| self.fields.contains(&name))
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
                        change.old_object(),
                        change.new_object(),
                    );
                    let others = (0..9).map(|n| format!("other{n}"));
                    for names in [
                        vec![field.to_owned()],
                        others.chain([field.to_owned()]).collect(),
                    ] {
                        assert_eq!(
                            touched.has_any(&Names::new(&names)),
                            expected,
                            "{field}: {message}"
                        );
                    }
                }
            }
        }
    }
}
