//! The shortest thing that can be right: the matcher of Parse Server, branch for branch, on plain JSON.
//!
//! It shares nothing with the library, not even a JSON reader, and prepares nothing: each call reads
//! both texts and walks the clause as the original does, changing a working copy of the object where
//! the original changes the object. A law compares the library with it.

mod date;
mod decode;
pub(crate) mod find;
mod geo;
mod json;
mod matcher;
mod names;
mod number;
mod pattern;
mod trig;
mod value;

use self::matcher::matches_query;

/// What the original does with a clause and an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Match,
    NoMatch,
    /// It throws.
    Fault,
}

/// Why an evaluation ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// The original throws here.
    Fault,
    /// This reference does not know, or the original never returns.
    Unknown,
}

/// What the original answers, or nothing if this reference cannot say: text that is not JSON or nests
/// too deep, a pattern that is no literal, corners of JavaScript's built-ins and of the SDK.
pub(crate) fn verdict(where_text: &str, object_text: &str) -> Option<Answer> {
    let clause = json::read(where_text)?;
    let mut object = json::read(object_text)?;
    match matches_query(&mut object, &clause) {
        Ok(true) => Some(Answer::Match),
        Ok(false) => Some(Answer::NoMatch),
        Err(Stop::Fault) => Some(Answer::Fault),
        Err(Stop::Unknown) => None,
    }
}

/// The paths that a clause names, each as often as it does; nothing if the text is not JSON.
pub(crate) fn names(where_text: &str) -> Option<Vec<String>> {
    json::read(where_text).map(|clause| names::names(&clause))
}
