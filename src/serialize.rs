//! What the library answers, for serializers (feature `serde`).
//!
//! Names of kinds are texts as their `as_str` gives them; what has parts is a map of these.

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use crate::change::{ChangeError, ChangeErrorKind, ChangeKind};
use crate::comparison::{Compared, Difference, Side};
use crate::error::{CompileError, ErrorKind};
use crate::event::{Event, Outcome, Verdict};
use crate::explain::{ChangeExplanation, Explanation, Found, Held, Tested};
use crate::query::Fingerprint;
use crate::set::SubscriptionId;
use crate::value::{Datum, read_str};
use crate::warning::{Effect, Level, Surprise, Warning};

/// Serializes types as the texts that name their values.
macro_rules! as_texts {
    ($($type:ty),* $(,)?) => {
        $(
            impl Serialize for $type {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.as_str())
                }
            }
        )*
    };
}

as_texts!(
    Event,
    Verdict,
    Effect,
    Level,
    ErrorKind,
    ChangeKind,
    ChangeErrorKind,
    Fingerprint,
    Side,
);

/// A text, as readers of JSON may take a number of this size for a double.
impl Serialize for SubscriptionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_struct("Outcome", 2)?;
        parts.serialize_field("old", &self.old_verdict())?;
        parts.serialize_field("new", &self.new_verdict())?;
        parts.end()
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_struct("Warning", 6)?;
        parts.serialize_field("pointer", self.pointer())?;
        parts.serialize_field("operator", self.operator())?;
        parts.serialize_field("code", self.code())?;
        parts.serialize_field("level", &self.level())?;
        parts.serialize_field("effect", &self.effect())?;
        parts.serialize_field("message", self.message())?;
        parts.end()
    }
}

impl Serialize for CompileError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_struct("CompileError", 3)?;
        parts.serialize_field("kind", &self.kind())?;
        parts.serialize_field("pointer", self.pointer())?;
        parts.serialize_field("message", self.message())?;
        parts.end()
    }
}

impl Serialize for ChangeError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_struct("ChangeError", 3)?;
        parts.serialize_field("kind", &self.kind())?;
        parts.serialize_field("pointer", self.pointer())?;
        parts.serialize_field("message", self.message())?;
        parts.end()
    }
}

/// True, false, `"fault"`, or null where it was not reached.
impl Serialize for Held {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Yes => serializer.serialize_bool(true),
            Self::No => serializer.serialize_bool(false),
            Self::Fault => serializer.serialize_str("fault"),
            Self::NotReached => serializer.serialize_unit(),
        }
    }
}

/// The value itself, `{"missing": true}`, or `{"cut": "…"}` with the beginning of its JSON. A value that reads like one of these,
/// an object whose only member is called `missing`, `cut` or `value`, is put into `{"value": …}`.
impl Serialize for Found {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => member("missing", &true, serializer),
            Self::Beginning(text) => member("cut", text, serializer),
            Self::Value(text) => match read_str(text) {
                Ok(value) if is_ambiguous(&value) => member("value", &value, serializer),
                Ok(value) => value.serialize(serializer),
                Err(_) => member("cut", text, serializer),
            },
        }
    }
}

fn member<S: Serializer>(
    name: &'static str,
    value: &impl Serialize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(name, value)?;
    map.end()
}

fn is_ambiguous(value: &Datum) -> bool {
    let Some(fields) = value.as_fields() else {
        return false;
    };
    let mut names = fields.iter().map(|(name, _)| name);
    fields.len() == 1 && names.any(|name| ["missing", "cut", "value"].contains(&name))
}

impl Serialize for Tested {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_struct("Tested", 8)?;
        parts.serialize_field("pointer", self.pointer())?;
        parts.serialize_field("operator", self.operator())?;
        parts.serialize_field("expected", self.expected())?;
        parts.serialize_field("found", &self.found())?;
        parts.serialize_field("held", &self.held())?;
        parts.serialize_field("decisive", &self.is_decisive())?;
        parts.serialize_field("surprise", &self.surprise().map(Surprise::code))?;
        parts.serialize_field("note", &self.note())?;
        parts.end()
    }
}

/// With its text.
impl Serialize for Explanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_struct("Explanation", 4)?;
        parts.serialize_field("verdict", &self.verdict())?;
        parts.serialize_field("text", &self.to_string())?;
        parts.serialize_field("tested", self.tested())?;
        parts.serialize_field("omitted", &self.omitted())?;
        parts.end()
    }
}

impl Serialize for ChangeExplanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_struct("ChangeExplanation", 3)?;
        parts.serialize_field("event", &self.event())?;
        parts.serialize_field("old", &self.old_explanation())?;
        parts.serialize_field("new", &self.new_explanation())?;
        parts.end()
    }
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pointers: Vec<&str> = self.pointers().collect();
        let mut parts = serializer.serialize_struct("Difference", 4)?;
        parts.serialize_field("side", &self.side())?;
        parts.serialize_field("pointers", &pointers)?;
        parts.serialize_field("served", self.served())?;
        parts.serialize_field("shadow", self.shadow())?;
        parts.end()
    }
}

impl Serialize for Compared {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_struct("Compared", 3)?;
        parts.serialize_field("served", &self.served_outcome())?;
        parts.serialize_field("shadow", &self.shadow_outcome())?;
        parts.serialize_field("differences", self.differences())?;
        parts.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use crate::{Change, ChangeKind, Event, Level, Outcome, Query, Verdict};

    #[test]
    fn kinds_are_texts() {
        let kinds = to_value((
            Event::Enter,
            Verdict::NoMatch,
            Level::Hint,
            ChangeKind::Save,
        ));
        assert_eq!(
            kinds.expect("serializes"),
            json!(["enter", "no-match", "hint", "afterSave"])
        );
        let outcome = to_value(Outcome::new(None, Some(Verdict::Fault)));
        assert_eq!(
            outcome.expect("serializes"),
            json!({"old": null, "new": "fault"})
        );
    }

    #[test]
    fn what_was_found_is_never_ambiguous() {
        let query: Query = r#"{"a":{"$ne":1}}"#.parse().expect("a query");
        let found = |object: serde_json::Value| {
            let explanation = query.explain(&object);
            to_value(explanation.tested()[0].found()).expect("serializes")
        };
        assert_eq!(found(json!({})), json!({"missing": true}));
        assert_eq!(found(json!({"a": null})), json!(null));
        assert_eq!(found(json!({"a": {"b": [2.5]}})), json!({"b": [2.5]}));
        for like in [
            json!({"missing": true}),
            json!({"cut": "x"}),
            json!({"value": 1}),
        ] {
            assert_eq!(found(json!({"a": like})), json!({"value": like}));
        }
        let long = found(json!({"a": "x".repeat(500)}));
        assert_eq!(long, json!({"cut": format!("\"{}", "x".repeat(99))}));
    }

    #[test]
    fn an_explanation_has_its_constraints_and_its_text() {
        let query: Query = r#"{"a":{"$gt":1,"$lt":5},"b":1}"#.parse().expect("a query");
        let change = query.explain_change(None, Some(&json!({"a": 0})));
        let why = "no match: /a/$gt: expected more than 1, found 0";
        let expected = json!({"event": null, "old": null, "new": {
            "verdict": "no-match", "text": why, "omitted": 0, "tested": [
                {"pointer": "/a/$gt", "operator": "$gt", "expected": "more than 1", "found": 0, "held": false,
                 "decisive": true, "surprise": null, "note": null},
                {"pointer": "/a/$lt", "operator": "$lt", "expected": "less than 5", "found": null, "held": null,
                 "decisive": false, "surprise": null, "note": null},
                {"pointer": "/b", "operator": "$eq", "expected": "1", "found": null, "held": null,
                 "decisive": false, "surprise": null, "note": null},
            ],
        }});
        assert_eq!(to_value(change).expect("serializes"), expected);
    }

    #[test]
    fn what_has_parts_is_a_map() {
        let query: Query = r#"{"a": null}"#.parse().expect("a query");
        let warnings = query.warnings();
        let expected = json!({
            "pointer": "/a", "operator": "=", "code": "equals-null", "level": "error",
            "effect": "never matches", "message": warnings[0].message(),
        });
        assert_eq!(to_value(&warnings).expect("serializes"), json!([expected]));
        let fingerprint = query.fingerprint();
        assert_eq!(
            to_value(&fingerprint).expect("serializes"),
            json!(fingerprint.as_str())
        );

        let error = r#"{"$or": 1}"#.parse::<Query>().expect_err("no list");
        let expected = json!({"kind": "not-a-list", "pointer": "/$or", "message": error.message()});
        assert_eq!(to_value(&error).expect("serializes"), expected);
        let error = Change::from_json(ChangeKind::Save, "5").expect_err("no message");
        let expected = json!({"kind": "not-a-message", "pointer": "", "message": error.message()});
        assert_eq!(to_value(&error).expect("serializes"), expected);
    }
}
