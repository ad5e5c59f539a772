//! What the library answers, for serializers (feature `serde`).
//!
//! Names of kinds are texts as their `as_str` gives them; what has parts is a map of these.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::change::{ChangeError, ChangeErrorKind, ChangeKind};
use crate::error::{CompileError, ErrorKind};
use crate::event::{Event, Outcome, Verdict};
use crate::query::Fingerprint;
use crate::set::SubscriptionId;
use crate::warning::{Effect, Level, Warning};

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
