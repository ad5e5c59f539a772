//! Patterns as MongoDB has them: PCRE2 in UTF mode, without UCP.
//!
//! A pattern is translated into one of JavaScript with the flag `v`, which means the same and is answered by
//! [`pattern`](crate::pattern) in linear time: what PCRE2 means otherwise (`.`, `$`, `^` with `m`, `\w` and its like,
//! classes that ignore case) is written out. What has no such translation is refused where it stands: back-references,
//! recursion, conditions, atomic groups and possessive quantifiers, `\K`, `\R`, `\X`, `\C`, verbs, scripts and other
//! properties than general categories, look-behind of no fixed length, quantified assertions, and what the versions of
//! PCRE2 read differently (`{,n}`, spaces in braces).

mod class;
mod cursor;
mod emit;
mod error;
mod escape;
mod sets;
mod translate;

pub(crate) use self::error::PcreError;

use crate::pattern::{Flags, Pattern, PatternCache, PatternEdition, PatternLimits};

use self::translate::translate;

/// Compiles a pattern and its options, letters out of `imsxu`.
///
/// # Errors
///
/// Fails for what PCRE2 refuses, what is not translated, and beyond the limits.
pub(crate) fn compile(
    pattern: &str,
    options: &str,
    limits: &PatternLimits,
    cache: &PatternCache,
) -> Result<Pattern, PcreError> {
    limits.check_length(pattern.len())?;
    let translated = translate(pattern, options, limits)?;
    let units: Vec<u16> = translated.encode_utf16().collect();
    let flags = if options.contains('i') { "iv" } else { "v" };
    // What is written out is longer than what was written.
    let written_out = limits
        .with_edition(PatternEdition::Es2025)
        .with_length(limits.length().saturating_mul(WRITTEN_OUT))
        .with_nesting(limits.nesting().saturating_add(FURTHER_LEVELS));
    Ok(Pattern::new(
        &units,
        Flags::parse(flags)?,
        &written_out,
        cache,
    )?)
}

/// How much longer a pattern may become.
const WRITTEN_OUT: u16 = 16;

/// How many levels of brackets are put around a part of a pattern.
const FURTHER_LEVELS: u16 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(pattern: &str) -> Option<String> {
        let compiled = compile(pattern, "", &PatternLimits::new(), &PatternCache::default());
        compiled.err().map(|error| error.to_string())
    }

    #[test]
    fn what_is_refused_is_named_with_its_place() {
        for (pattern, message) in [
            ("a(b", "expected ) at character 4 of the pattern"),
            (
                "*a",
                "expected something to repeat at character 1 of the pattern",
            ),
            (
                "[z-a]",
                "a range out of order at character 2 of the pattern",
            ),
            (
                "a++",
                "unsupported: a possessive quantifier at character 3 of the pattern",
            ),
            (
                "(a)\\1",
                "unsupported: a back-reference at character 4 of the pattern",
            ),
            (
                "\\p{Greek}",
                "unsupported: a property that is no general category at character 1 of the pattern",
            ),
        ] {
            assert_eq!(kind(pattern).as_deref(), Some(message), "{pattern}");
        }
    }

    #[test]
    fn what_is_written_out_stays_within_limits() {
        let limits = PatternLimits::new().with_length(100);
        let compile = |pattern: &str| compile(pattern, "i", &limits, &PatternCache::default());
        assert!(compile(&"[^\\w]".repeat(16)).is_ok());
        let long = compile(&"a".repeat(101));
        assert_eq!(
            long.map_err(|error| error.kind()).err(),
            Some(crate::error::ErrorKind::Limit)
        );
    }
}
