//! Why a pattern was refused.

use std::fmt;

/// Why a pattern, or its flags, cannot be compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatternError {
    /// JavaScript refuses the pattern with a `SyntaxError`.
    Syntax {
        /// Where the fault begins, in UTF-16 units from the start of the pattern.
        offset: usize,
        /// What is wrong there, as a phrase; after a colon, what was expected.
        what: &'static str,
    },
    /// JavaScript refuses the flags.
    Flags(FlagsError),
    /// JavaScript would take it, a [`PatternLimits`](super::PatternLimits) does not.
    Limit {
        /// What there is too much of.
        what: &'static str,
        limit: usize,
    },
    /// JavaScript would take it; the tables to answer it are not here.
    Unsupported(&'static str),
}

/// What is wrong with flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FlagsError {
    Unknown(char),
    Repeated(char),
    /// `u` and `v` exclude each other.
    BothSets,
}

/// How many characters of a pattern a message shows.
const EXCERPT: usize = 16;

impl PatternError {
    /// The error as a text for whoever wrote `units`: the place is told in characters, with what stands there.
    pub(crate) fn describe(&self, units: &[u16]) -> String {
        let Self::Syntax { offset, what } = self else {
            return self.to_string();
        };
        let (before, rest) = units.split_at((*offset).min(units.len()));
        let (what, expected) = match what.split_once(':') {
            Some((what, expected)) => (what, format!(":{expected}")),
            None => (*what, String::new()),
        };
        if rest.is_empty() {
            return format!("{what} at the end of the pattern{expected}");
        }
        let number = char::decode_utf16(before.iter().copied()).count() + 1;
        format!(
            "{what} at character {number}, \"{}\"{expected}",
            excerpt(rest)
        )
    }
}

/// The beginning of a text, on one line.
fn excerpt(units: &[u16]) -> String {
    let mut chars = char::decode_utf16(units.iter().copied())
        .map(|c| c.map_or(char::REPLACEMENT_CHARACTER, |c| c));
    let mut text = String::new();
    for c in chars.by_ref().take(EXCERPT) {
        if c.is_control() {
            text.extend(c.escape_default());
        } else {
            text.push(c);
        }
    }
    if chars.next().is_some() {
        text.push('…');
    }
    text
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { offset, what } => write!(f, "{what} at unit {offset} of the pattern"),
            Self::Flags(error) => error.fmt(f),
            Self::Limit { what, limit } => write!(f, "more than {limit} {what}"),
            Self::Unsupported(what) => write!(f, "unsupported: {what}"),
        }
    }
}

impl fmt::Display for FlagsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(flag) => {
                write!(
                    f,
                    "unknown flag {flag:?}: expected some of d, g, i, m, s, u, v and y"
                )
            }
            Self::Repeated(flag) => write!(f, "the flag {flag:?} is repeated"),
            Self::BothSets => f.write_str("the flags u and v exclude each other"),
        }
    }
}

impl From<FlagsError> for PatternError {
    fn from(error: FlagsError) -> Self {
        Self::Flags(error)
    }
}

impl std::error::Error for PatternError {}

#[cfg(test)]
mod tests {
    use super::super::flags::Flags;
    use super::super::limits::{PatternEdition, PatternLimits};
    use super::super::syntax::parse;

    fn refusal(pattern: &str, flags: &str, edition: PatternEdition) -> String {
        let units: Vec<u16> = pattern.encode_utf16().collect();
        let limits = PatternLimits::new().with_edition(edition);
        let parsed = Flags::parse(flags).and_then(|flags| parse(&units, flags, &limits).map(drop));
        parsed.map_or_else(|error| error.describe(&units), |()| "none".to_owned())
    }

    #[test]
    fn a_message_says_what_is_wrong_and_where() {
        for (pattern, flags, message) in [
            ("a(b", "", r#"unterminated group at character 2, "(b""#),
            ("😀é(", "", r#"unterminated group at character 3, "(""#),
            ("ab)", "", r#"unmatched ) at character 3, ")""#),
            ("x[a-c", "", r#"unterminated class at character 2, "[a-c""#),
            ("a**", "", r#"nothing to repeat at character 3, "*""#),
            (
                "a{3,1}",
                "",
                r#"numbers out of order in a quantifier at character 2, "{3,1}""#,
            ),
            (
                "[0z-a]",
                "",
                r#"range out of order in a class at character 3, "z-a]""#,
            ),
            ("a\\", "", r#"invalid escape at character 2, "\""#),
            ("a\\-", "u", r#"invalid escape at character 2, "\-""#),
            (
                "\\p{Klingon}",
                "u",
                r#"no such Unicode property at character 1, "\p{Klingon}""#,
            ),
            (
                "(a)\\2b",
                "u",
                r#"a back-reference to no group at character 4, "\2b""#,
            ),
            (
                "(?<n>a)(?<n>b)",
                "",
                r#"duplicate group name at character 8, "(?<n>b)""#,
            ),
            (
                "(?<n>a)\nabcdefghijklmnop*+",
                "",
                r#"nothing to repeat at character 26, "+""#,
            ),
            (
                "(line\nafter line, and so on",
                "",
                r#"unterminated group at character 1, "(line\nafter line…""#,
            ),
            (
                "(?i)x",
                "",
                r#"invalid group at character 1, "(?i)x": put flags for the whole pattern into $options, and for a part into (?i:…)"#,
            ),
            (
                "(?>a)",
                "",
                r#"invalid group at character 1, "(?>a)": expected one of (?: (?= (?! (?<= (?<! (?<name> (?ims-ims:"#,
            ),
            (
                "a",
                "ix",
                "unknown flag 'x': expected some of d, g, i, m, s, u, v and y",
            ),
            (
                "a",
                "é",
                "unknown flag 'é': expected some of d, g, i, m, s, u, v and y",
            ),
            ("a", "ii", "the flag 'i' is repeated"),
            ("a", "uv", "the flags u and v exclude each other"),
        ] {
            assert_eq!(
                refusal(pattern, flags, PatternEdition::Es2025),
                message,
                "{pattern:?}"
            );
        }
    }

    #[test]
    fn the_earlier_edition_does_not_advise_what_it_refuses() {
        let refusal = |pattern| refusal(pattern, "", PatternEdition::Es2023);
        assert_eq!(
            refusal("(?i)x"),
            r#"invalid group at character 1, "(?i)x": put flags into $options"#
        );
        assert_eq!(
            refusal("(?i:x)"),
            r#"invalid group at character 1, "(?i:x)": expected one of (?: (?= (?! (?<= (?<! (?<name>"#
        );
    }
}
