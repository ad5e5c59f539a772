//! What was found at a path, cut to a bound.

use std::fmt;
use std::io;

use serde::ser::Serialize;

/// How many characters of a value are kept.
pub(super) const MAX_CHARS: usize = 100;

/// No character takes more bytes; one byte more shows that there is more.
const MAX_BYTES: usize = 4 * MAX_CHARS + 1;

/// What a constraint found at its path.
///
/// # Examples
///
/// ```
/// use livematch::{Found, Query};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"a": {"$exists": true}, "b": null}"#.parse()?;
/// let found = |object| {
///     let explanation = query.explain(&object);
///     let found = explanation.tested().iter().map(|tested| tested.found().cloned());
///     found.collect::<Vec<_>>()
/// };
/// // The second constraint is not reached.
/// assert_eq!(found(json!({"b": 1})), [Some(Found::Missing), None]);
/// let value = |text: &str| Some(Found::Value(text.into()));
/// assert_eq!(found(json!({"a": {"c": [1]}})), [value(r#"{"c":[1]}"#), Some(Found::Missing)]);
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing stands there.
    Missing,
    /// The compact JSON of what stands there.
    Value(Box<str>),
    /// The beginning of that JSON, which has more characters than [`Explanation::MAX_CHARS`](crate::Explanation::MAX_CHARS).
    Beginning(Box<str>),
}

impl Found {
    /// A value that is there.
    pub(crate) fn of(value: &impl Serialize) -> Self {
        let mut bounded = Bounded(Vec::new());
        let is_whole = serde_json::to_writer(&mut bounded, value).is_ok();
        let text = String::from_utf8(bounded.0).unwrap_or_else(|error| {
            let whole = error.utf8_error().valid_up_to();
            String::from_utf8_lossy(&error.as_bytes()[..whole]).into_owned()
        });
        match text.char_indices().nth(MAX_CHARS) {
            Some((end, _)) => Self::Beginning(text[..end].into()),
            None if is_whole => Self::Value(text.into()),
            None => Self::Beginning(text.into()),
        }
    }

    /// What sort of value it is.
    pub(crate) fn kind(&self) -> &'static str {
        let text = match self {
            Self::Missing => return "missing",
            Self::Value(text) | Self::Beginning(text) => text,
        };
        match text.bytes().next() {
            Some(b'n') => "null",
            Some(b't' | b'f') => "a boolean",
            Some(b'"') => "a text",
            Some(b'[') => "a list",
            Some(b'{') if text.starts_with(r#"{"__type":"Pointer""#) => "a pointer",
            Some(b'{') if text.starts_with(r#"{"__type":"Date""#) => "a date",
            Some(b'{') if text.starts_with(r#"{"__type":"GeoPoint""#) => "a place",
            Some(b'{') => "an object",
            _ => "a number",
        }
    }

    pub(crate) fn is_list(&self) -> bool {
        self.kind() == "a list"
    }

    pub(crate) fn is_pointer(&self) -> bool {
        self.kind() == "a pointer"
    }

    pub(crate) fn is_null(&self) -> bool {
        self.kind() == "null"
    }
}

/// The JSON, with an ellipsis where it is cut; `nothing` where nothing stands.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("nothing"),
            Self::Value(text) => f.write_str(text),
            Self::Beginning(text) => write!(f, "{text}…"),
        }
    }
}

/// Takes so many bytes and refuses more, so that a large value is not written out.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = MAX_BYTES - self.0.len();
        if room == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        let taken = &bytes[..bytes.len().min(room)];
        self.0.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_long_is_cut_at_a_character() {
        for (item, length) in [("x", 2_000_000), ("é", 500), ("😀", 99), ("\u{1}", 400)] {
            let found = Found::of(&json!([item.repeat(length)]));
            let text = match &found {
                Found::Beginning(text) => text,
                _ => "",
            };
            assert_eq!(text.chars().count(), MAX_CHARS, "{found:?}");
            assert!(text.starts_with("[\""), "{text}");
        }
        let fits = json!("é".repeat(MAX_CHARS - 2));
        assert_eq!(Found::of(&fits), Found::Value(fits.to_string().into()));
        let one_more = json!("é".repeat(MAX_CHARS - 1));
        assert!(matches!(Found::of(&one_more), Found::Beginning(_)));
    }

    #[test]
    fn sorts_are_told_apart() {
        for (value, kind) in [
            (json!(null), "null"),
            (json!(false), "a boolean"),
            (json!("null"), "a text"),
            (json!(-1.5), "a number"),
            (json!([1]), "a list"),
            (json!({"a": 1}), "an object"),
        ] {
            assert_eq!(Found::of(&value).kind(), kind);
        }
    }
}
