//! Rewrites `\Q…\E`, which SDKs send and JavaScript does not know, as Parse Server does.

use std::fmt;

/// A `\Q` that no `\E` ends. Parse Server's rewriting never returns from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnterminatedQuote;

impl fmt::Display for UnterminatedQuote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a \\Q without a later \\E")
    }
}

impl std::error::Error for UnterminatedQuote {}

/// The units of the pattern that a `$regex` operand stands for.
///
/// Each `\Q…\E` becomes its content with a backslash before every unit that is not a word character,
/// each half of a surrogate pair among them; the rest stays as it is, a lone `\E` too. `\\Q` (an escaped
/// backslash, then a `Q`) opens a quotation like any `\Q`. Parse Server would also replace four
/// backslashes and an `E` inside a quotation by `\E`; no quotation can hold them, as it ends at the
/// first `\E`.
pub(crate) fn unquote(operand: &str) -> Result<Vec<u16>, UnterminatedQuote> {
    let mut units = Vec::with_capacity(operand.len());
    let mut rest = operand;
    while let Some((plain, quoted)) = rest.split_once("\\Q") {
        let (quoted, after) = quoted.split_once("\\E").ok_or(UnterminatedQuote)?;
        units.extend(plain.encode_utf16());
        quoted
            .encode_utf16()
            .for_each(|unit| escape(unit, &mut units));
        rest = after;
    }
    units.extend(rest.encode_utf16());
    Ok(units)
}

fn escape(unit: u16, units: &mut Vec<u16>) {
    let word = u8::try_from(unit).is_ok_and(|c| c.is_ascii_alphanumeric() || c == b'_');
    if !word {
        units.push(u16::from(b'\\'));
    }
    units.push(unit);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(operand: &str) -> String {
        unquote(operand).map_or_else(
            |err| err.to_string(),
            |units| String::from_utf16_lossy(&units),
        )
    }

    #[test]
    fn rewrites_as_parse_server_does() {
        let recorded = [
            ("abc", "abc"),
            ("^\\Qa.b\\E", "^a\\.b"),
            ("\\Qa\\E\\\\E\\Qb\\E", "a\\\\Eb"),
            ("a\\Eb", "a\\Eb"),
            ("\\\\Qa+\\E", "\\a\\+"),
            ("\\Q\\E", ""),
            ("\\QE\\E\\Q\\Q\\E", "E\\\\Q"),
            ("\\Qa_1-é\\E$", "a_1\\-\\é$"),
            ("\\Q\\\\\\E", "\\\\\\\\"),
        ];
        for (operand, pattern) in recorded {
            assert_eq!(text(operand), pattern, "{operand}");
        }
    }

    #[test]
    fn escapes_each_half_of_a_pair() {
        assert_eq!(unquote("\\Q😀\\E"), Ok(vec![0x5c, 0xd83d, 0x5c, 0xde00]));
    }

    #[test]
    fn refuses_an_open_quotation() {
        // What is left of these without their end keeps the original in a loop.
        for closed in ["\\Q\\E", "\\Qabc\\E", "\\Qa\\E\\Q\\E", "\\E\\Q\\E"] {
            assert!(unquote(closed).is_ok(), "{closed}");
            let open = closed.strip_suffix("\\E").expect("an end");
            assert_eq!(unquote(open), Err(UnterminatedQuote), "{open}");
        }
    }
}
