//! Parse Server's own name for a query, for hosts that must agree on it.

use crate::value::convert::{JsText, to_text};
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashError(());

impl std::fmt::Display for HashError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("expected the JSON of a clause whose $or holds no null")
    }
}

impl std::error::Error for HashError {}

/// The columns, and the values as text.
type Hashed<'a> = (Vec<&'a str>, Vec<String>);

fn hash(clause: &Datum) -> Option<Hashed<'_>> {
    match clause {
        Datum::Object(fields) => match fields.get("$or") {
            Some(branches) => hash_branches(&flattened(branches)?),
            None => Some(hash_members(clause)),
        },
        Datum::Array(branches) => hash_branches(&branches.iter().collect::<Vec<_>>()),
        other => Some(hash_members(other)),
    }
}

/// The members of an `$or`, lists among them taken for more members.
fn flattened(branches: &Datum) -> Option<Vec<&Datum>> {
    match branches {
        Datum::Array(items) => Some(items.iter().flat_map(spread).collect()),
        Datum::Null => None,
        // Without a length JavaScript sees no members.
        _ => Some(Vec::new()),
    }
}

fn spread(item: &Datum) -> Vec<&Datum> {
    match item {
        Datum::Array(items) => items.iter().collect(),
        item => vec![item],
    }
}

fn hash_members(clause: &Datum) -> Hashed<'_> {
    let mut members = members(clause);
    members.sort_by(|(a, _), (b, _)| text::compare(a, b));
    members
        .into_iter()
        .map(|(key, value)| (key, stringify(value)))
        .unzip()
}

fn hash_branches<'a>(branches: &[&'a Datum]) -> Option<Hashed<'a>> {
    let mut columns = Vec::new();
    let mut values = Vec::new();
    for branch in branches {
        if **branch == Datum::Null {
            return None;
        }
        // Assigning to `__proto__` makes no member.
        let members = members(branch)
            .into_iter()
            .filter(|(key, _)| *key != "__proto__");
        let members: Vec<_> = members.collect();
        columns.extend(members.iter().map(|(key, _)| *key));
        values.push(object(members));
    }
    columns.sort_by(|a, b| text::compare(a, b));
    columns.dedup();
    Some((columns, values))
}

fn members(value: &Datum) -> Vec<(&str, &Datum)> {
    value
        .as_fields()
        .map_or_else(Vec::new, |fields| fields.iter().collect())
}

/// A value as the hash has it: keys and list members sorted, quotes in texts left as they are.
fn stringify(value: &Datum) -> String {
    match value {
        Datum::Text(text) => quoted(text),
        Datum::Array(items) => list(items.iter().map(stringify).collect()),
        Datum::Object(_) => object(members(value)),
        scalar => match to_text(Val::from(scalar)) {
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

fn object(mut members: Vec<(&str, &Datum)>) -> String {
    members.sort_by(|(a, _), (b, _)| text::compare(a, b));
    let sections = members
        .iter()
        .map(|(key, value)| format!("{}:{}", quoted(key), stringify(value)));
    format!("{{{}}}", sections.collect::<Vec<_>>().join(","))
}
