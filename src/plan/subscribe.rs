//! What Parse Server refuses when a client subscribes.
//!
//! It checks the outermost clause and the branches of groups in it, not what stands behind a path (`f.$or`).

use super::Context;
use super::pattern::{flags_text, pattern, refusal, unterminated_quote};
use crate::constraint::operator::operand_of;
use crate::constraint::{
    Branch, Branches, Clause, Constraint, Field, Form, Group, Operator, OperatorName, Place,
};
use crate::error::{CompileError, ErrorKind};
use crate::pattern::{Pattern, PatternError, unquote};
use crate::value::{Datum, Fields};

/// Refuses what Parse Server refuses.
///
/// Its patterns are compiled for that. They come back, and while they are held the cache has them for
/// [`compile`](super::compile()).
pub(crate) fn check(clause: &Clause, context: &Context<'_>) -> Result<Vec<Pattern>, CompileError> {
    let mut check = Check {
        context,
        patterns: Vec::new(),
    };
    check.clause(clause, &Place::ROOT)?;
    check_outermost_or(clause)?;
    Ok(check.patterns)
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

struct Check<'c> {
    context: &'c Context<'c>,
    patterns: Vec<Pattern>,
}

impl Check<'_> {
    fn clause(&mut self, clause: &Clause, at: &Place<'_>) -> Result<(), CompileError> {
        if clause.form == Form::Text {
            return Ok(());
        }
        let mut fields = clause.fields.iter();
        fields.try_for_each(|field| self.field(field, &at.key(&field.key)))
    }

    fn field(&mut self, field: &Field, at: &Place<'_>) -> Result<(), CompileError> {
        match &field.constraint {
            Constraint::Group(group) if !field.key.contains('.') => self.group(group, at),
            Constraint::Operators(operators) => self.operators(operators, at),
            // An object in the place of a list of clauses is looked at for a pattern like any other.
            Constraint::Group(Group {
                branches: Branches::Other(Datum::Object(fields)),
                ..
            })
            | Constraint::Typed(Datum::Object(fields))
            | Constraint::RelatedTo(Datum::Object(fields)) => {
                self.regex(fields.get("$regex"), fields.get("$options"), at)
            }
            Constraint::Group(_) | Constraint::Typed(_) | Constraint::RelatedTo(_) => Ok(()),
            Constraint::Null | Constraint::Scalar(_) | Constraint::List(_) => Ok(()),
        }
    }

    fn group(&mut self, group: &Group, at: &Place<'_>) -> Result<(), CompileError> {
        let Branches::List(branches) = &group.branches else {
            return Err(at.error(ErrorKind::NotAList, "expected a list of clauses"));
        };
        for (index, branch) in branches.iter().enumerate() {
            if let Branch::Clause(clause) = branch {
                self.clause(clause, &at.index(index))?;
            }
        }
        Ok(())
    }

    fn operators(&mut self, operators: &[Operator], at: &Place<'_>) -> Result<(), CompileError> {
        let operand = |name| operand_of(operators, &name);
        self.regex(
            operand(OperatorName::Regex),
            operand(OperatorName::Options),
            at,
        )
    }

    /// `at` is the place of the constraint.
    fn regex(
        &mut self,
        regex: Option<&Datum>,
        options: Option<&Datum>,
        at: &Place<'_>,
    ) -> Result<(), CompileError> {
        match regex {
            None => Ok(()),
            Some(Datum::Text(text)) => self.text(text, options, at),
            Some(Datum::Object(fields)) => self.source(fields, &at.key("$regex")),
            Some(_) => Err(regex_operand(&at.key("$regex"))),
        }
    }

    /// A pattern is fine if it is valid after `\Q…\E` was rewritten, or before: Parse looks at the latter, which
    /// refuses `\Q[\E`, runs the former, and never matches if only the latter is valid.
    fn text(
        &mut self,
        text: &str,
        options: Option<&Datum>,
        at: &Place<'_>,
    ) -> Result<(), CompileError> {
        let (pattern_at, options_at) = (at.key("$regex"), at.key("$options"));
        let units = unquote(text).map_err(|_| unterminated_quote(&pattern_at))?;
        let Ok(flags) = flags_text(options) else {
            return Err(options_at.error(ErrorKind::InvalidRegex, "expected flags"));
        };
        let Err(error) = self.pattern(&units, &flags) else {
            return Ok(());
        };
        let written: Vec<u16> = text.encode_utf16().collect();
        let error = if refusal(&error).is_some() {
            Some(error)
        } else {
            self.pattern(&written, &flags).err()
        };
        let error = error.map(|error| invalid(error, &written, &pattern_at, &options_at));
        error.map_or(Ok(()), Err)
    }

    /// An object must look like a regular expression, and be a valid one.
    fn source(&mut self, fields: &Fields, at: &Place<'_>) -> Result<(), CompileError> {
        let part = |key| {
            fields
                .get(key)
                .and_then(Datum::as_text)
                .ok_or_else(|| regex_operand(at))
        };
        let (source, flags) = (part("source")?, part("flags")?);
        let units: Vec<u16> = source.encode_utf16().collect();
        self.pattern(&units, flags)
            .map_err(|error| invalid(error, &units, &at.key("source"), &at.key("flags")))
    }

    fn pattern(&mut self, units: &[u16], flags: &str) -> Result<(), PatternError> {
        self.patterns.push(pattern(units, flags, self.context)?);
        Ok(())
    }
}

fn regex_operand(at: &Place<'_>) -> CompileError {
    at.error(
        ErrorKind::RegexOperand,
        "expected a text or an object with source and flags",
    )
}

/// The error for a pattern whose units stand at one place and its flags at another.
fn invalid(
    error: PatternError,
    units: &[u16],
    pattern: &Place<'_>,
    flags: &Place<'_>,
) -> CompileError {
    let kind = refusal(&error).unwrap_or(ErrorKind::InvalidRegex);
    let at = match error {
        PatternError::Flags(_) => flags,
        PatternError::Syntax { .. } | PatternError::Limit { .. } | PatternError::Unsupported(_) => {
            pattern
        }
    };
    at.error(kind, error.describe(units))
}

#[cfg(test)]
mod tests {
    use crate::Query;

    #[test]
    fn a_pattern_is_refused_where_it_or_its_flags_stand() {
        for (clause, error) in [
            (
                r#"{"s": {"$regex": "\\Qa\\E("}}"#,
                r#"at /s/$regex: unterminated group at character 6, "(""#,
            ),
            (
                r#"{"s": {"$regex": "a", "$options": "gx"}}"#,
                "at /s/$options: unknown flag 'x': expected some of d, g, i, m, s, u, v and y",
            ),
            (
                r#"{"$or": [{"s": {"$regex": "a", "$options": {"toString": 1}}}]}"#,
                "at /$or/0/s/$options: expected flags",
            ),
            (
                r#"{"s": {"$regex": {"source": "a)", "flags": "i"}}}"#,
                r#"at /s/$regex/source: unmatched ) at character 2, ")""#,
            ),
            (
                r#"{"s": {"$regex": {"source": "a", "flags": "ii"}}}"#,
                "at /s/$regex/flags: the flag 'i' is repeated",
            ),
        ] {
            let refused = clause.parse::<Query>().expect_err(clause);
            assert_eq!(refused.to_string(), error);
        }
    }
}
