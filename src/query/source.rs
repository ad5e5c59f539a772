//! The clause of a query as it was written, from which warnings and places are derived.

use std::fmt;

use crate::value::{Datum, read_str, write_json};

/// A clause as it was written.
pub(super) enum Source {
    Text(Box<str>),
    /// It has numbers that no JSON text has: a value that a host made with `arbitrary_precision`.
    Tree(Box<Datum>),
}

impl Source {
    /// The JSON of the clause once more; it was read before, so it can be read now.
    pub(super) fn read(&self) -> Option<Datum> {
        match self {
            Self::Text(text) => read_str(text).ok(),
            Self::Tree(tree) => Some((**tree).clone()),
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Tree(_) => None,
        }
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Tree(tree) => size_of::<Datum>() + tree.memory_usage(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Tree(tree) => {
                let mut text = String::new();
                write_json(&**tree, &mut text);
                f.write_str(&text)
            }
        }
    }
}
