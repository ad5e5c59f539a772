//! What goes wrong, as text that `index.js` makes an `Error` of.

use livematch::{ChangeError, CompileError};
use napi::{Error, Status};
use serde_json::json;

fn error(code: &str, kind: &str, pointer: Option<&str>, message: &str) -> Error {
    let told = json!({ "code": code, "kind": kind, "pointer": pointer, "message": message });
    Error::new(Status::GenericFailure, told.to_string())
}

/// A clause that is not taken.
pub(crate) fn refused(found: &CompileError) -> Error {
    let message = found.to_string();
    error("LIVEMATCH_REFUSED", found.kind().as_str(), Some(found.pointer()), &message)
}

/// A message that cannot be read.
pub(crate) fn unreadable(found: &ChangeError) -> Error {
    error("LIVEMATCH_UNREADABLE", found.kind().as_str(), None, &found.to_string())
}

/// A text that should be the JSON of an object.
pub(crate) fn no_object(found: &serde_json::Error) -> Error {
    error("LIVEMATCH_UNREADABLE", "json", None, &found.to_string())
}

/// An argument that is none of those it may be.
pub(crate) fn argument(message: &str) -> Error {
    error("LIVEMATCH_ARGUMENT", "argument", None, message)
}
