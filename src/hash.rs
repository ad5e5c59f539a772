//! Parse Server's own name for a query, for hosts that must agree on it.

use crate::value::convert::{JsText, to_number, to_text};
use crate::value::val::Val;
use crate::value::{Datum, read_str, text};

/// Parse Server's `queryHash` of a class name and a clause: the text by which its LiveQuery server groups
/// subscriptions.
///
/// **Different queries share a hash**: it sorts the values of `{"a": 1, "b": 2}` apart from their keys, drops every
/// key beside an `$or`, and sorts lists. Parse Server then answers the second subscription with the first one's
/// matches. Use [`Query::fingerprint`](crate::Query::fingerprint) to tell queries apart, and this only where the
/// original's text itself is needed.
///
/// # Errors
///
/// Fails if the clause is not JSON, or if Parse Server cannot hash it (null, or an `$or` that is or holds null).
///
/// # Complexity
///
/// `O(n log n)` in the size of the clause.
///
/// # Examples
///
/// ```
/// use livematch::query_hash;
///
/// # fn main() -> Result<(), livematch::HashError> {
/// assert_eq!(query_hash("Chat", r#"{"from": "A", "to": "B"}"#)?, r#"Chat:from,to|["A","B"]"#);
/// assert_eq!(query_hash("Chat", r#"{"from": "B", "to": "A"}"#)?, r#"Chat:from,to|["A","B"]"#);
/// # Ok(())
/// # }
/// ```
pub fn query_hash(class_name: &str, clause: &str) -> Result<String, HashError> {
    let clause = read_str(clause).map_err(|_| HashError(()))?;
    let columns_and_values = match Val::from(&clause) {
        // Nothing, zero and empty text stand for an empty clause.
        value if !value.is_truthy() => Some((Vec::new(), Vec::new())),
        _ => hash(&clause),
    };
    let (columns, values) = columns_and_values.ok_or(HashError(()))?;
    Ok(format!(
        "{class_name}:{}|{}",
        columns.join(","),
        list(values)
    ))
}

/// A clause that Parse Server cannot hash.
///
/// # Examples
///
/// ```
/// use livematch::query_hash;
///
/// let error = query_hash("Chat", r#"{"$or": null}"#).unwrap_err();
/// assert_eq!(error.to_string(), "expected the JSON of a clause whose $or holds no null");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashError(());

impl std::fmt::Display for HashError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("expected the JSON of a clause whose $or holds no null")
    }
}

impl std::error::Error for HashError {}

/// The columns, and the values as text.
type Hashed = (Vec<String>, Vec<String>);

fn hash(clause: &Datum) -> Option<Hashed> {
    match clause {
        Datum::Object(fields) => match fields.get("$or") {
            Some(branches) => hash_branches(&flattened(Val::from(branches))?),
            None => Some(hash_members(Val::from(clause))),
        },
        Datum::Array(branches) => {
            hash_branches(&branches.iter().map(Val::from).collect::<Vec<_>>())
        }
        other => Some(hash_members(Val::from(other))),
    }
}

/// The members of an `$or`, lists among them taken for more members. What has no length has none.
fn flattened(branches: Val<'_>) -> Option<Vec<Val<'_>>> {
    let length = branches.get("length").and_then(to_number).ok()?;
    let mut flat = Vec::new();
    let mut index = 0u32;
    while f64::from(index) < length {
        let branch = branches.get(&index.to_string()).ok()?;
        match branch.as_list() {
            Some(list) => flat.extend(list.iter()),
            // A gap has no keys to ask for.
            None if branch.is_undefined() => return None,
            None => flat.push(branch),
        }
        index += 1;
    }
    Some(flat)
}

fn hash_members(clause: Val<'_>) -> Hashed {
    let mut members = members(clause);
    members.sort_by(|(a, _), (b, _)| text::compare(a, b));
    members
        .into_iter()
        .map(|(key, value)| (key, stringify(value)))
        .unzip()
}

fn hash_branches(branches: &[Val<'_>]) -> Option<Hashed> {
    let mut columns = Vec::new();
    let mut values = Vec::new();
    for branch in branches {
        if matches!(branch, Val::Null) {
            return None;
        }
        let mut members = members(*branch);
        // Assigning to `__proto__` makes no member.
        members.retain(|(key, _)| key != "__proto__");
        columns.extend(members.iter().map(|(key, _)| key.clone()));
        values.push(object(members));
    }
    columns.sort_by(|a, b| text::compare(a, b));
    columns.dedup();
    Some((columns, values))
}

/// What `Object.keys` finds: the members of an object, the indices of a list or a text.
fn members(value: Val<'_>) -> Vec<(String, Val<'_>)> {
    match value {
        Val::Object(members) => {
            let mut found = Vec::with_capacity(members.len());
            members.walk(|key, member| -> Option<()> {
                found.push((key.to_owned(), member));
                None
            });
            found
        }
        Val::Array(list) => numbered(list.iter()),
        Val::Text(text) => numbered(text::units(text).map(Val::from)),
        _ => Vec::new(),
    }
}

fn numbered<'v>(items: impl Iterator<Item = Val<'v>>) -> Vec<(String, Val<'v>)> {
    items
        .enumerate()
        .map(|(index, item)| (index.to_string(), item))
        .collect()
}

/// A value as the hash has it: keys and list members sorted, quotes in texts left as they are.
fn stringify(value: Val<'_>) -> String {
    match value {
        Val::Text(text) => quoted(text),
        Val::Array(items) => list(items.iter().map(stringify).collect()),
        Val::Object(_) => object(members(value)),
        scalar => match to_text(scalar) {
            Ok(JsText::Text(text)) => text.into_owned(),
            Ok(JsText::Unit(_)) | Err(_) => String::new(),
        },
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('|', "%|"))
}

fn list(mut items: Vec<String>) -> String {
    items.sort_by(|a, b| text::compare(a, b));
    format!("[{}]", items.join(","))
}

fn object(mut members: Vec<(String, Val<'_>)>) -> String {
    members.sort_by(|(a, _), (b, _)| text::compare(a, b));
    let sections = members
        .iter()
        .map(|(key, value)| format!("{}:{}", quoted(key), stringify(*value)));
    format!("{{{}}}", sections.collect::<Vec<_>>().join(","))
}
