//! From the operand of `$regex` to a pattern.

use super::Context;
use crate::constraint::Place;
use crate::error::{CompileError, ErrorKind};
use crate::op::Op;
use crate::op::regex::Regex;
use crate::pattern::{Flags, Pattern, PatternError, unquote};
use crate::value::convert::{JsText, to_text};
use crate::value::{Datum, Val};

/// Compiles `$regex` with the `$options` beside it.
///
/// Where Parse Server checks patterns, [`subscribe`](super::subscribe) has refused what it refuses; what is
/// invalid here never matches.
pub(super) fn regex(
    operand: &Datum,
    options: Option<&Datum>,
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<Op, CompileError> {
    let source = match operand {
        Datum::Text(text) => return quoted(text, options, at, context),
        // JavaScript cannot look for `\Q` in what is no text.
        Datum::Null | Datum::Bool(_) | Datum::Number(_) => return Ok(Op::Fault),
        object => Source::of(Val::from(object)),
    };
    compiled(source.pattern, source.flags, at, context).map(Op::Regex)
}

/// A text, in which `\Q…\E` quotes.
fn quoted(
    text: &str,
    options: Option<&Datum>,
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<Op, CompileError> {
    let units = unquote(text).map_err(|_| unterminated_quote(at))?;
    compiled(Some(units), flags_text(options), at, context).map(Op::Regex)
}

pub(super) fn unterminated_quote(at: &Place<'_>) -> CompileError {
    at.error(ErrorKind::UnterminatedQuote, "expected \\E after \\Q in the pattern")
}

fn compiled(
    units: Option<Vec<u16>>,
    flags: Option<String>,
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<Regex, CompileError> {
    let (Some(units), Some(flags)) = (units, flags) else { return Ok(Regex::Invalid) };
    match pattern(&units, &flags, context) {
        Ok(pattern) => Ok(Regex::Pattern(pattern)),
        Err(error) => match refusal(&error) {
            Some(kind) => Err(at.error(kind, error.to_string())),
            None => Ok(Regex::Invalid),
        },
    }
}

/// Compiles a pattern.
pub(super) fn pattern(units: &[u16], flags: &str, context: &Context<'_>) -> Result<Pattern, PatternError> {
    Pattern::new(units, Flags::parse(flags)?, &context.limits.patterns, context.patterns)
}

/// The kind of error for a pattern that is refused whether or not Parse would look at it.
pub(super) fn refusal(error: &PatternError) -> Option<ErrorKind> {
    match error {
        PatternError::Limit { .. } => Some(ErrorKind::Limit),
        PatternError::Unsupported(_) => Some(ErrorKind::UnsupportedRegex),
        PatternError::Syntax { .. } | PatternError::Flags(_) => None,
    }
}

/// `$options` as the flags of a regular expression: nothing falsy, else its text if it has one.
pub(super) fn flags_text(options: Option<&Datum>) -> Option<String> {
    match options.map(Val::from) {
        Some(options) if options.is_truthy() => text_of(options),
        _ => Some(String::new()),
    }
}

/// An operand that is an object: Parse takes its `source` and `flags`, whatever they are.
struct Source {
    pattern: Option<Vec<u16>>,
    flags: Option<String>,
}

impl Source {
    fn of(object: Val<'_>) -> Self {
        // JavaScript takes a pattern and flags that are undefined for empty ones.
        let part = |key| match object.get(key) {
            Ok(part) if part.is_undefined() => Some(String::new()),
            Ok(part) => text_of(part),
            Err(_) => None,
        };
        Self { pattern: part("source").map(|text| text.encode_utf16().collect()), flags: part("flags") }
    }
}

fn text_of(value: Val<'_>) -> Option<String> {
    match to_text(value) {
        Ok(JsText::Text(text)) => Some(text.into_owned()),
        Ok(JsText::Unit(_)) | Err(_) => None,
    }
}
