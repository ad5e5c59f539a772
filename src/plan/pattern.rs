//! From the operand of `$regex` to a pattern.

use super::Context;
use crate::constraint::Place;
use crate::error::{CompileError, ErrorKind};
use crate::op::Op;
use crate::op::regex::Regex;
use crate::pattern::{Flags, Pattern, PatternError, unquote};
use crate::value::convert::{JsText, to_text};
use crate::value::{Datum, Fault, Val};

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
        object => source_of(Val::from(object)),
    };
    match source {
        Ok((pattern, flags)) => compiled(
            &pattern.encode_utf16().collect::<Vec<_>>(),
            &flags,
            at,
            context,
        ),
        Err(Fault) => Ok(Op::Fault),
    }
}

/// A text, in which `\Q…\E` quotes.
fn quoted(
    text: &str,
    options: Option<&Datum>,
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<Op, CompileError> {
    let units = unquote(text).map_err(|_| unterminated_quote(at))?;
    match flags_text(options) {
        Ok(flags) => compiled(&units, &flags, at, context),
        Err(Fault) => Ok(Op::Fault),
    }
}

pub(super) fn unterminated_quote(at: &Place<'_>) -> CompileError {
    at.error(
        ErrorKind::UnterminatedQuote,
        "expected \\E after \\Q in the pattern",
    )
}

fn compiled(
    units: &[u16],
    flags: &str,
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<Op, CompileError> {
    match pattern(units, flags, context) {
        Ok(pattern) => Ok(Op::Regex(Regex::Pattern(pattern))),
        Err(error) => match refusal(&error) {
            Some(kind) => Err(at.error(kind, error.describe(units))),
            None => Ok(Op::Regex(Regex::Invalid)),
        },
    }
}

/// Compiles a pattern.
pub(super) fn pattern(
    units: &[u16],
    flags: &str,
    context: &Context<'_>,
) -> Result<Pattern, PatternError> {
    Pattern::new(
        units,
        Flags::parse(flags)?,
        &context.limits.patterns,
        context.patterns,
    )
}

/// The kind of error for a pattern that is refused whether or not Parse would look at it.
pub(super) fn refusal(error: &PatternError) -> Option<ErrorKind> {
    match error {
        PatternError::Limit { .. } => Some(ErrorKind::Limit),
        PatternError::Unsupported(_) => Some(ErrorKind::UnsupportedRegex),
        PatternError::Syntax { .. } | PatternError::Flags(_) => None,
    }
}

/// `$options` as the flags of a regular expression: none if falsy, else its text.
///
/// An object without a text faults: Parse catches what JavaScript throws and then throws itself, when it puts the
/// object into the text of its log.
pub(super) fn flags_text(options: Option<&Datum>) -> Result<String, Fault> {
    match options.map(Val::from) {
        Some(options) if options.is_truthy() => text_of(options),
        _ => Ok(String::new()),
    }
}

/// The `source` and the `flags` of an operand that is an object, whatever they are; undefined ones are empty.
fn source_of(object: Val<'_>) -> Result<(String, String), Fault> {
    let part = |key| match object.get(key)? {
        Val::Undefined => Ok(String::new()),
        part => text_of(part),
    };
    Ok((part("source")?, part("flags")?))
}

fn text_of(value: Val<'_>) -> Result<String, Fault> {
    match to_text(value)? {
        JsText::Text(text) => Ok(text.into_owned()),
        // Operands come from JSON, where no text is half of a surrogate pair.
        JsText::Unit(_) => Err(Fault),
    }
}
