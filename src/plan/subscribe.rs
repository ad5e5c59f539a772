//! What Parse Server refuses when a client subscribes.
//!
//! It checks the outermost clause and the branches of groups in it, not what stands behind a path (`f.$or`).

use super::Context;
use super::pattern::{flags_text, pattern, refusal, unterminated_quote};
use crate::constraint::{
    Branch, Branches, Clause, Constraint, Field, Form, Group, Operator, Place,
};
use crate::error::{CompileError, ErrorKind};
use crate::pattern::{PatternError, unquote};
use crate::value::{Datum, Fields};

/// Refuses what Parse Server refuses.
pub(crate) fn check(clause: &Clause, context: &Context<'_>) -> Result<(), CompileError> {
    check_clause(clause, &Place::ROOT, context)?;
    check_outermost_or(clause)
}

/// Parse Server computes a hash of each query and stumbles over null in the outermost `$or`.
fn check_outermost_or(clause: &Clause) -> Result<(), CompileError> {
    let Some(Field {
        key,
        constraint:
            Constraint::Group(Group {
                branches: Branches::List(branches),
                ..
            }),
    }) = clause.fields.iter().find(|field| *field.key == *"$or")
    else {
        return Ok(());
    };
    let at = Place::ROOT.key(key);
    let nulls = |branch: &Branch| match branch {
        Branch::Null => true,
        // A list among the branches is taken for more branches.
        Branch::Clause(inner) => {
            inner.form == Form::List
                && inner
                    .fields
                    .iter()
                    .any(|field| field.constraint == Constraint::Null)
        }
        Branch::Scalar(_) => false,
    };
    match branches.iter().position(nulls) {
        Some(index) => Err(at
            .index(index)
            .error(ErrorKind::NullBranch, "expected a clause instead of null")),
        None => Ok(()),
    }
}

fn check_clause(
    clause: &Clause,
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<(), CompileError> {
    if clause.form == Form::Text {
        return Ok(());
    }
    clause
        .fields
        .iter()
        .try_for_each(|field| check_field(field, &at.key(&field.key), context))
}

fn check_field(field: &Field, at: &Place<'_>, context: &Context<'_>) -> Result<(), CompileError> {
    match &field.constraint {
        Constraint::Group(group) if !field.key.contains('.') => check_group(group, at, context),
        Constraint::Operators(operators) => check_operators(operators, at, context),
        // An object in the place of a list of clauses is looked at for a pattern like any other.
        Constraint::Group(Group {
            branches: Branches::Other(Datum::Object(fields)),
            ..
        })
        | Constraint::Typed(Datum::Object(fields))
        | Constraint::RelatedTo(Datum::Object(fields)) => {
            check_regex(fields.get("$regex"), fields.get("$options"), at, context)
        }
        Constraint::Group(_) | Constraint::Typed(_) | Constraint::RelatedTo(_) => Ok(()),
        Constraint::Null | Constraint::Scalar(_) | Constraint::List(_) => Ok(()),
    }
}

fn check_group(group: &Group, at: &Place<'_>, context: &Context<'_>) -> Result<(), CompileError> {
    let Branches::List(branches) = &group.branches else {
        return Err(at.error(ErrorKind::NotAList, "expected a list of clauses"));
    };
    for (index, branch) in branches.iter().enumerate() {
        if let Branch::Clause(clause) = branch {
            check_clause(clause, &at.index(index), context)?;
        }
    }
    Ok(())
}

fn check_operators(
    operators: &[Operator],
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<(), CompileError> {
    let operand = |name: &str| {
        operators
            .iter()
            .find(|operator| &*operator.name == name)
            .map(|operator| &operator.operand)
    };
    check_regex(operand("$regex"), operand("$options"), at, context)
}

fn check_regex(
    regex: Option<&Datum>,
    options: Option<&Datum>,
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<(), CompileError> {
    let at = at.key("$regex");
    match regex {
        None => Ok(()),
        Some(Datum::Text(text)) => check_text(text, options, &at, context),
        Some(Datum::Object(fields)) => check_source(fields, &at, context),
        Some(_) => Err(regex_operand(&at)),
    }
}

fn regex_operand(at: &Place<'_>) -> CompileError {
    at.error(
        ErrorKind::RegexOperand,
        "expected a text or an object with source and flags",
    )
}

/// A pattern is fine if it is valid after `\Q…\E` was rewritten, or before: Parse looks at the latter, which
/// refuses `\Q[\E`, runs the former, and never matches if only the latter is valid.
fn check_text(
    text: &str,
    options: Option<&Datum>,
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<(), CompileError> {
    let units = unquote(text).map_err(|_| unterminated_quote(at))?;
    let Ok(flags) = flags_text(options) else {
        return Err(at.error(ErrorKind::InvalidRegex, "expected $options to be flags"));
    };
    let Err(error) = pattern(&units, &flags, context) else {
        return Ok(());
    };
    if refusal(&error).is_some() {
        return Err(invalid(&error, at));
    }
    let written: Vec<u16> = text.encode_utf16().collect();
    pattern(&written, &flags, context)
        .map(drop)
        .map_err(|error| invalid(&error, at))
}

/// An object must look like a regular expression, and be a valid one.
fn check_source(
    fields: &Fields,
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<(), CompileError> {
    let part = |key| {
        fields
            .get(key)
            .and_then(Datum::as_text)
            .ok_or_else(|| regex_operand(at))
    };
    let (source, flags) = (part("source")?, part("flags")?);
    let units: Vec<u16> = source.encode_utf16().collect();
    pattern(&units, flags, context)
        .map(drop)
        .map_err(|error| invalid(&error, at))
}

fn invalid(error: &PatternError, at: &Place<'_>) -> CompileError {
    let kind = refusal(error).unwrap_or(ErrorKind::InvalidRegex);
    at.error(kind, error.to_string())
}
