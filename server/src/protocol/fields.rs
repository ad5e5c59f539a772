//! The members of a JSON object, taken one by one.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// What is wrong with a request, in the words of Parse Server's own check.
pub(crate) type Complaint = String;

/// The members of an object as they are written. Of a repeated key the last counts, as in JavaScript.
pub(super) struct Fields<'a>(HashMap<String, &'a RawValue>);

impl<'a> Fields<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, Complaint> {
        let members = serde_json::from_str(text);
        members.map(Self).map_err(|_| mismatch(text, "object"))
    }

    /// Takes a member out, if it is there.
    pub(super) fn take<T: Deserialize<'a>>(
        &mut self,
        name: &str,
        kind: &str,
    ) -> Result<Option<T>, Complaint> {
        let Some(json) = self.0.remove(name) else {
            return Ok(None);
        };
        let value = serde_json::from_str(json.get());
        value.map(Some).map_err(|_| mismatch(json.get(), kind))
    }

    /// Takes a member out that has to be there.
    pub(super) fn require<T: Deserialize<'a>>(
        &mut self,
        name: &str,
        kind: &str,
    ) -> Result<T, Complaint> {
        let value = self.take(name, kind)?;
        value.ok_or_else(|| format!("Missing required property: {name}"))
    }

    /// Takes out a list of different texts, at least one, and sorts it.
    pub(super) fn names(&mut self, name: &str) -> Result<Option<Vec<String>>, Complaint> {
        /// Each event is weighed by them.
        const MOST: usize = 1_000;
        let Some(mut names) = self.take::<Vec<String>>(name, "array of strings")? else {
            return Ok(None);
        };
        let length = names.len();
        if length == 0 {
            return Err("Array is too short (0), minimum 1".into());
        }
        if length > MOST {
            return Err(format!("Array is too long ({length}), maximum {MOST}"));
        }
        names.sort_unstable();
        names.dedup();
        if names.len() < length {
            return Err("Array items are not unique".into());
        }
        Ok(Some(names))
    }

    /// Nothing may be left. SDKs know this very text and leave out what is new to an old server.
    pub(super) fn finish(self) -> Result<(), Complaint> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err("Additional properties not allowed".into())
    }
}

fn mismatch(json: &str, expected: &str) -> Complaint {
    let found = match json.trim_start().bytes().next() {
        Some(b'{') => "object",
        Some(b'[') => "array",
        Some(b'"') => "string",
        Some(b't' | b'f') => "boolean",
        Some(b'n') => "null",
        _ => "number",
    };
    format!("Invalid type: {found} (expected {expected})")
}
