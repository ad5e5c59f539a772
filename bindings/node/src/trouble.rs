//! What goes wrong, as text that `index.js` makes an `Error` of.

use livematch::{ChangeError, CompileError};
use napi::{Error, Result, Status};
use serde_json::json;

fn error(code: &str, kind: &str, pointer: Option<&str>, message: &str) -> Error {
    let told = json!({ "code": code, "kind": kind, "pointer": pointer, "message": message });
    Error::new(Status::GenericFailure, told.to_string())
}

/// A clause that is not taken.
pub(crate) fn refused(found: &CompileError) -> Error {
    let message = found.to_string();
    error(
        "LIVEMATCH_REFUSED",
        found.kind().as_str(),
        Some(found.pointer()),
        &message,
    )
}

/// A message that cannot be read.
pub(crate) fn unreadable(found: &ChangeError) -> Error {
    let message = found.to_string();
    error(
        "LIVEMATCH_UNREADABLE",
        found.kind().as_str(),
        Some(found.pointer()),
        &message,
    )
}

/// A text that should be the JSON of an object.
pub(crate) fn no_object(found: &serde_json::Error) -> Error {
    error("LIVEMATCH_UNREADABLE", "json", None, &found.to_string())
}

/// An argument that is none of those it may be.
pub(crate) fn argument(message: &str) -> Error {
    error("LIVEMATCH_ARGUMENT", "argument", None, message)
}

/// An answer that cannot be written as JSON.
pub(crate) fn unsaid(found: &serde_json::Error) -> Error {
    error("LIVEMATCH_INTERNAL", "internal", None, &found.to_string())
}

/// Whether a set is whole. A panic becomes an error of the call in which it happened; what that call left half done would
/// answer wrongly, so the calls after it are errors too, until everything is forgotten.
#[derive(Debug, Default)]
pub(crate) struct Whole {
    is_under_way: bool,
}

impl Whole {
    pub(crate) fn begin(&mut self) -> Result<()> {
        if self.is_under_way {
            let message = "a call before this one failed inside; dispose of it and fill it again";
            return Err(error("LIVEMATCH_INTERNAL", "internal", None, message));
        }
        self.is_under_way = true;
        Ok(())
    }

    pub(crate) fn end(&mut self) {
        self.is_under_way = false;
    }
}
