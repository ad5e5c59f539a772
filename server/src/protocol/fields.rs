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

    /// Whether the members stand in alphabetical order in the text.
    pub(super) fn are_sorted(&self) -> bool {
        let mut members: Vec<_> = self.0.iter().collect();
        members.sort_unstable_by_key(|(name, _)| *name);
        // Each is a part of the text, so that its address tells where it stands.
        members.is_sorted_by_key(|(_, json)| json.get().as_ptr())
    }

    /// Takes a member out, if it is there and not null: the .NET SDK writes null for a key that it has not.
    pub(super) fn take<T: Deserialize<'a>>(
        &mut self,
        name: &str,
        kind: &str,
    ) -> Result<Option<T>, Complaint> {
        let json = self.0.remove(name).filter(|json| json.get() != "null");
        json.map(|json| read(json, kind)).transpose()
    }

    /// Takes a member out that has to be there.
    pub(super) fn require<T: Deserialize<'a>>(
        &mut self,
        name: &str,
        kind: &str,
    ) -> Result<T, Complaint> {
        let json = self.0.remove(name);
        let json = json.ok_or_else(|| format!("Missing required property: {name}"))?;
        read(json, kind)
    }

    /// Drops members that mean nothing here.
    pub(super) fn ignore(&mut self, names: &[&str]) {
        for name in names {
            self.0.remove(*name);
        }
    }

    /// Takes out a list of different texts, at least one, and sorts it.
    pub(super) fn names(&mut self, name: &str) -> Result<Option<Vec<String>>, Complaint> {
        let names = self.take(name, "array of strings")?;
        names.map(check_names).transpose()
    }

    /// The same; or one text of all names with commas between them, as Moralis' SDK for Unity writes it.
    pub(super) fn joined_names(&mut self, name: &str) -> Result<Option<Vec<String>>, Complaint> {
        let joined = self.0.get(name);
        if !joined.is_some_and(|json| json.get().starts_with('"')) {
            return self.names(name);
        }
        let joined: Option<String> = self.take(name, "string")?;
        let split = |joined: String| joined.split(',').map(str::to_owned).collect();
        joined.map(split).map(check_names).transpose()
    }

    /// Nothing may be left. SDKs know this very text and leave out what is new to an old server.
    pub(super) fn finish(self) -> Result<(), Complaint> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err("Additional properties not allowed".into())
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a RawValue, kind: &str) -> Result<T, Complaint> {
    serde_json::from_str(json.get()).map_err(|_| mismatch(json.get(), kind))
}

/// Sorts names, of which there has to be one, and none twice.
fn check_names(mut names: Vec<String>) -> Result<Vec<String>, Complaint> {
    /// Each event is weighed by them.
    const MOST: usize = 1_000;
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
    Ok(names)
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
