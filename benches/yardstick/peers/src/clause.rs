//! A clause that asks for equality of one field with one of some texts.

use serde_json::Value;

#[derive(Debug)]
pub struct Equality {
    pub field: String,
    /// Of pointers the ids.
    pub values: Vec<String>,
}

impl Equality {
    /// Reads a clause; `None` if it asks for something else.
    pub fn read(clause: &str) -> Option<Self> {
        let clause: Value = serde_json::from_str(clause).ok()?;
        let (field, constraint) = clause.as_object()?.iter().next()?;
        let values = match constraint.get("$in") {
            Some(list) => list.as_array()?.iter().map(text).collect(),
            None => vec![text(constraint)],
        };
        let field = field.clone();
        Some(Self { field, values })
    }

    pub fn is_of_pointers(&self) -> bool {
        ["room", "owner"].contains(&&*self.field)
    }
}

/// A text, or the id of a pointer.
pub fn text(value: &Value) -> String {
    let text = value.as_str().or_else(|| value["objectId"].as_str());
    text.unwrap_or_default().to_owned()
}
