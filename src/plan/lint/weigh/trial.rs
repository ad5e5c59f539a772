//! Tries what is asked of a field on values.

use super::candidates::{Candidate, Kind, candidates};
use crate::constraint::{
    Branch, Branches, Clause, Combine, Constraint, Field, Form, Group, Operator, components,
};
use crate::plan::lint::operators::ends;
use crate::plan::{Context, Plan, compile};
use crate::value::{Datum, Text, Val};

/// What was seen of all values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Never,
    Always,
    /// Neither, or it was not found out.
    Either,
}

/// How many values are tried for a whole clause, each counted for every name of its path: what is asked of many fields would
/// else take long, and clauses come from strangers.
const MOST_TRIALS: usize = 10_000;

pub(super) struct Trials<'c> {
    context: &'c Context<'c>,
    /// How many are left.
    left: usize,
}

impl<'c> Trials<'c> {
    pub(super) fn new(context: &'c Context<'c>) -> Self {
        Self {
            context,
            left: MOST_TRIALS,
        }
    }

    /// What all these fields together, which ask for one path, make of the values that can stand there.
    pub(super) fn outcome(&mut self, path: &str, fields: Vec<Field>) -> Outcome {
        self.tried(path, fields).unwrap_or(Outcome::Either)
    }

    fn tried(&mut self, path: &str, fields: Vec<Field>) -> Option<Outcome> {
        let cost = components(path).count().max(1);
        if self.left < cost {
            return None;
        }
        let candidates = candidates(path, &fields)?;
        let mut asked = Question::new(fields, self.context)?;
        let (mut matches, mut fails) = (false, false);
        for candidate in &candidates {
            self.left = self.left.checked_sub(cost)?;
            let seen = asked.ask(candidate, self.context)?;
            matches |= seen.may_match;
            fails |= seen.may_fail;
            if matches && fails {
                return None;
            }
        }
        Some(if matches {
            Outcome::Always
        } else {
            Outcome::Never
        })
    }
}

/// What is known of an answer; neither where it is a fault.
struct Seen {
    may_match: bool,
    may_fail: bool,
}

/// What is asked, compiled.
struct Question {
    clause: Clause,
    exact: Plan,
    /// For each kind of values of which an answer says nothing of others: what is asked if all that is unknown were so as to
    /// make it match, and so as to make it fail.
    guesses: Vec<(Kind, [Plan; 2])>,
}

impl Question {
    fn new(fields: Vec<Field>, context: &Context<'_>) -> Option<Self> {
        let clause = Clause {
            form: Form::Object,
            fields,
        };
        Some(Self {
            exact: compile(clause.clone(), context).ok()?,
            clause,
            guesses: Vec::new(),
        })
    }

    fn ask(&mut self, candidate: &Candidate, context: &Context<'_>) -> Option<Seen> {
        let object = Val::from(&candidate.object);
        if !hides(&self.clause, candidate.kind) {
            let answer = self.exact.answer(object);
            return Some(Seen {
                may_match: answer == Ok(true),
                may_fail: answer == Ok(false),
            });
        }
        let [hopeful, doubtful] = self.guesses(candidate.kind, context)?;
        Some(Seen {
            may_match: hopeful.answer(object) == Ok(true),
            may_fail: doubtful.answer(object) == Ok(false),
        })
    }

    fn guesses(&mut self, kind: Kind, context: &Context<'_>) -> Option<&[Plan; 2]> {
        let known = self.guesses.iter().position(|(known, _)| *known == kind);
        let at = if let Some(at) = known {
            at
        } else {
            let guess = |holds| compile(guessed(&self.clause, kind, holds), context).ok();
            let guesses = [guess(true)?, guess(false)?];
            self.guesses.push((kind, guesses));
            self.guesses.len() - 1
        };
        self.guesses.get(at).map(|(_, guesses)| guesses)
    }
}

/// Whether what an operator answers for one value of a kind says nothing of the others, or is not asked.
fn is_unknown(operator: &Operator, kind: Kind) -> bool {
    match &*operator.name {
        "$regex" => match kind {
            Kind::Text | Kind::Number | Kind::List | Kind::Date => true,
            // What a pattern costs is up to whoever wrote it.
            Kind::Operand => !is_literal(&operator.operand),
            Kind::Plain | Kind::Place | Kind::Area | Kind::Other => false,
        },
        "$nearSphere" | "$within" => kind == Kind::Place,
        // A pair of numbers is taken for a place.
        "$geoWithin" => matches!(kind, Kind::Place | Kind::List),
        "$geoIntersects" => kind == Kind::Area,
        _ => false,
    }
}

/// Whether a pattern is a text with or without anchors, as SDKs make them: it costs no more than to look for the text.
fn is_literal(pattern: &Datum) -> bool {
    let Some(pattern) = pattern.as_text() else {
        return false;
    };
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let mut rest = pattern.strip_suffix('$').unwrap_or(pattern);
    while let Some((before, quoted)) = rest.split_once("\\Q") {
        let Some((_, after)) = quoted.split_once("\\E") else {
            return false;
        };
        if !before.chars().all(char::is_alphanumeric) {
            return false;
        }
        rest = after;
    }
    rest.chars().all(char::is_alphanumeric)
}

/// Whether anything that a clause asks is unknown for a kind of values.
fn hides(clause: &Clause, kind: Kind) -> bool {
    clause.fields.iter().any(|field| match &field.constraint {
        Constraint::Operators(operators) => {
            operators.iter().any(|operator| is_unknown(operator, kind))
        }
        Constraint::Group(Group {
            branches: Branches::List(branches),
            ..
        }) => branches.iter().any(|branch| match branch {
            Branch::Clause(clause) => hides(clause, kind),
            Branch::Null | Branch::Scalar(_) => false,
        }),
        _ => false,
    })
}

/// The clause with everything in it that is unknown so as to make the whole hold, or not.
fn guessed(clause: &Clause, kind: Kind, holds: bool) -> Clause {
    let fields = clause.fields.iter().map(|field| Field {
        key: field.key.clone(),
        constraint: match &field.constraint {
            Constraint::Operators(operators) => {
                Constraint::Operators(guessed_operators(operators, kind, holds))
            }
            Constraint::Group(group) => Constraint::Group(guessed_group(group, kind, holds)),
            constraint => constraint.clone(),
        },
    });
    Clause {
        form: clause.form,
        fields: fields.collect(),
    }
}

fn guessed_group(group: &Group, kind: Kind, holds: bool) -> Group {
    let holds = holds != (group.combine == Combine::Nor);
    let branches = match &group.branches {
        Branches::List(branches) => {
            let branches = branches.iter().map(|branch| match branch {
                Branch::Clause(clause) => Branch::Clause(guessed(clause, kind, holds)),
                other => other.clone(),
            });
            Branches::List(branches.collect())
        }
        other @ Branches::Other(_) => other.clone(),
    };
    Group {
        combine: group.combine,
        branches,
    }
}

fn guessed_operators(operators: &[Operator], kind: Kind, holds: bool) -> Vec<Operator> {
    let mut guessed = Vec::with_capacity(operators.len());
    for operator in operators {
        if !is_unknown(operator, kind) {
            guessed.push(operator.clone());
            continue;
        }
        // An `$exists` that is no boolean always holds, and what is no operator never does.
        guessed.push(Operator {
            name: Text::from(if holds { "$exists" } else { "" }),
            operand: Datum::Null,
        });
        if ends(operator) {
            break;
        }
    }
    guessed
}
