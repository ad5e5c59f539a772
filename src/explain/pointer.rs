//! What an RFC 6901 pointer leads to.

use crate::value::Datum;
use crate::value::key::array_index;

/// The part of a clause at a pointer into it.
pub(crate) fn resolve<'d>(clause: &'d Datum, pointer: &str) -> Option<&'d Datum> {
    let mut parts = pointer.split('/');
    // Before the first slash.
    parts.next();
    parts.try_fold(clause, |at, part| match at {
        Datum::Object(fields) => fields.get(&part.replace("~1", "/").replace("~0", "~")),
        Datum::Array(items) => items.get(array_index(part)? as usize),
        _ => None,
    })
}
