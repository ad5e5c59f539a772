//! JSON as class permissions have it.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// The members of a JSON object, each as it is written.
pub(super) type Members<'a> = BTreeMap<String, &'a RawValue>;

/// Reads a list of texts; `null` is an empty one.
pub(super) fn names(json: &str) -> Option<Vec<String>> {
    let names: Option<Vec<String>> = serde_json::from_str(json).ok()?;
    Some(names.unwrap_or_default())
}
