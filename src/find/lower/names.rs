//! The names that a clause may ask for, and where the database keeps what they name.

use crate::constraint::Place;
use crate::error::{CompileError, ErrorKind};
use crate::value::{Datum, Fields};

/// Refuses a key that Parse Server takes for none.
pub(super) fn check_key(key: &str, at: &Place<'_>) -> Result<(), CompileError> {
    let mut bytes = key.bytes();
    let is_name = bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.');
    if is_name || ["_rperm", "_wperm"].contains(&key) {
        return Ok(());
    }
    Err(at.error(
        ErrorKind::InvalidKey,
        "expected a name of letters, digits, underscores and dots",
    ))
}

/// The sub-queries, which are looked for wherever they stand.
const SUB_QUERIES: [&str; 4] = ["$select", "$dontSelect", "$inQuery", "$notInQuery"];

/// Refuses what takes more than the object to answer.
pub(super) fn check_sub_queries(datum: &Datum, at: &Place<'_>) -> Result<(), CompileError> {
    match datum {
        Datum::Array(items) => {
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| check_sub_queries(item, &at.index(index)))
        }
        Datum::Object(fields) => fields.iter().try_for_each(|(key, inner)| {
            let at = at.key(key);
            if SUB_QUERIES.contains(&key) && is_truthy(inner) {
                return Err(sub_query(&at));
            }
            check_sub_queries(inner, &at)
        }),
        _ => Ok(()),
    }
}

pub(super) fn sub_query(at: &Place<'_>) -> CompileError {
    at.error(
        ErrorKind::SubQuery,
        "expected nothing that takes another query to answer",
    )
}

/// `$relatedTo` is looked for where no group stands beside it.
pub(super) fn asks_for_related(fields: &Fields) -> bool {
    let is_group = |name| fields.get(name).is_some_and(is_truthy);
    let is_nor = matches!(fields.get("$nor"), Some(Datum::Array(_)));
    !is_group("$or") && !is_group("$and") && !is_nor && is_group("$relatedTo")
}

pub(super) fn is_truthy(datum: &Datum) -> bool {
    crate::value::Val::from(datum).is_truthy()
}
