//! Tries what is asked of a field on values.

use super::candidates::{Candidate, Kind, candidates};
use super::told::Known;
use crate::constraint::{
    Branch, Branches, Clause, Combine, Constraint, Field, Form, Group, Operator, OperatorName,
    components,
};
use crate::plan::lint::operators::{ends, is_polygon};
use crate::plan::{Context, Plan, compile};
use crate::steps::{Meter, Spend, Spent};
use crate::value::{Answer, Datum, Text, Val, tree_nodes};

/// What was seen of all values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Never,
    Always,
    /// It neither matches nor fails.
    Faults,
    /// Neither, or it was not found out.
    Either,
}

impl Outcome {
    pub(super) fn known(self) -> Known {
        Known {
            is_never: matches!(self, Self::Never | Self::Faults),
            is_always: matches!(self, Self::Always | Self::Faults),
            faults: false,
        }
    }
}

/// What trials may take for a whole clause, in [steps](crate::steps): what is asked of many fields would else take long, and
/// clauses come from strangers. It is some milliseconds.
const MAX_STEPS: u64 = 100_000;

/// What it takes to make a value, for each value in it and each object around it; and to compile what is asked, for each part of it.
const MADE: u64 = 8;
const COMPILED: u64 = 64;

/// How many bytes of text take a step to be copied.
const COPIED: u64 = 64;

pub(super) struct Trials<'c> {
    context: &'c Context<'c>,
    /// What may still be taken. Once it has been too little there is nothing left, and nothing more is tried.
    left: Meter,
}

impl<'c> Trials<'c> {
    pub(super) fn new(context: &'c Context<'c>) -> Self {
        Self {
            context,
            left: Meter::new(MAX_STEPS),
        }
    }

    /// What all these fields together, which ask for one path, make of the values that can stand there.
    pub(super) fn outcome(&mut self, path: &str, fields: Vec<Field>) -> Outcome {
        self.tried(path, fields).unwrap_or(Outcome::Either)
    }

    fn tried(&mut self, path: &str, fields: Vec<Field>) -> Option<Outcome> {
        let depth = components(path).count() as u64;
        let parts = parts(&fields);
        self.left.spend(COMPILED * (parts + depth)).ok()?;
        let candidates = candidates(path, &fields)?;
        let mut asked = Question::new(fields, parts, self.context)?;
        let (mut matches, mut fails) = (false, false);
        for candidate in candidates {
            let (nodes, bytes) = tree_nodes(Val::from(&candidate.object), self.left.left());
            self.left.spend(MADE * nodes + bytes / COPIED).ok()?;
            let seen = asked.ask(&candidate, self.context, &mut self.left).ok()??;
            matches |= seen.may_match;
            fails |= seen.may_fail;
            if matches && fails {
                return None;
            }
        }
        Some(match (matches, fails) {
            (true, _) => Outcome::Always,
            (false, true) => Outcome::Never,
            (false, false) => Outcome::Faults,
        })
    }
}

/// How many constraints, operators and branches there are, and values in their operands.
fn parts(fields: &[Field]) -> u64 {
    let nodes = |operand: &Datum| tree_nodes(Val::from(operand), u64::MAX).0;
    let of_field = |field: &Field| match &field.constraint {
        Constraint::Null | Constraint::RelatedTo(_) => 1,
        Constraint::Scalar(operand) | Constraint::Typed(operand) => nodes(operand),
        Constraint::List(items) => items.iter().map(nodes).sum(),
        Constraint::Operators(operators) => operators
            .iter()
            .map(|operator| 1 + nodes(&operator.operand))
            .sum(),
        Constraint::Group(Group {
            branches: Branches::List(branches),
            ..
        }) => branches
            .iter()
            .map(|branch| match branch {
                Branch::Clause(clause) => 1 + parts(&clause.fields),
                Branch::Null | Branch::Scalar(_) => 1,
            })
            .sum(),
        Constraint::Group(_) => 1,
    };
    fields.iter().map(|field| 1 + of_field(field)).sum()
}

/// What is known of an answer; neither where it is a fault.
struct Seen {
    may_match: bool,
    may_fail: bool,
}

impl Seen {
    /// What is known if the answer is one of these.
    fn new(hopeful: Answer, doubtful: Answer) -> Self {
        Self {
            may_match: hopeful == Ok(true),
            may_fail: doubtful == Ok(false),
        }
    }
}

/// What is asked, compiled.
struct Question {
    clause: Clause,
    /// How much it is.
    parts: u64,
    exact: Plan,
    /// For each kind of values of which an answer says nothing of others: what is asked if all that is unknown were so as to
    /// make it match, and so as to make it fail.
    guesses: Vec<(Kind, [Plan; 2])>,
}

impl Question {
    fn new(fields: Vec<Field>, parts: u64, context: &Context<'_>) -> Option<Self> {
        let clause = Clause {
            form: Form::Object,
            fields,
        };
        Some(Self {
            exact: compile(clause.clone(), context).ok()?,
            clause,
            parts,
            guesses: Vec::new(),
        })
    }

    /// Asks for a value, as far as `left` pays for it. There may be no answer: what is unknown cannot be compiled otherwise.
    fn ask(
        &mut self,
        candidate: &Candidate,
        context: &Context<'_>,
        left: &mut Meter,
    ) -> Result<Option<Seen>, Spent> {
        let object = Val::from(&candidate.object);
        left.spend(self.parts)?;
        if !hides(&self.clause, candidate.kind) {
            let answer = self.exact.answer_within(object, left)?;
            return Ok(Some(Seen::new(answer, answer)));
        }
        let Some([hopeful, doubtful]) = self.guesses(candidate.kind, context, left)? else {
            return Ok(None);
        };
        let hopeful = hopeful.answer_within(object, left)?;
        Ok(Some(Seen::new(
            hopeful,
            doubtful.answer_within(object, left)?,
        )))
    }

    fn guesses(
        &mut self,
        kind: Kind,
        context: &Context<'_>,
        left: &mut Meter,
    ) -> Result<Option<&[Plan; 2]>, Spent> {
        let known = self.guesses.iter().position(|(known, _)| *known == kind);
        let at = if let Some(at) = known {
            at
        } else {
            left.spend(2 * COMPILED * self.parts)?;
            let guess = |holds| compile(guessed(&self.clause, kind, holds), context).ok();
            let (Some(hopeful), Some(doubtful)) = (guess(true), guess(false)) else {
                return Ok(None);
            };
            self.guesses.push((kind, [hopeful, doubtful]));
            self.guesses.len() - 1
        };
        Ok(self.guesses.get(at).map(|(_, guesses)| guesses))
    }
}

/// Whether what an operator answers for one value of a kind says nothing of the others, or is not asked.
fn is_unknown(operator: &Operator, kind: Kind) -> bool {
    match &operator.name {
        OperatorName::Regex => match kind {
            Kind::Text | Kind::Number | Kind::List | Kind::Date => true,
            // What a pattern costs is up to whoever wrote it.
            Kind::Operand => !is_literal(&operator.operand),
            Kind::Plain | Kind::Place | Kind::Area | Kind::Other => false,
        },
        OperatorName::NearSphere | OperatorName::Within => kind == Kind::Place,
        // A circle takes a pair of numbers for a place.
        OperatorName::GeoWithin => {
            kind == Kind::Place || kind == Kind::List && !is_polygon(&operator.operand)
        }
        OperatorName::GeoIntersects => kind == Kind::Area,
        OperatorName::Eq
        | OperatorName::Ne
        | OperatorName::Lt
        | OperatorName::Lte
        | OperatorName::Gt
        | OperatorName::Gte
        | OperatorName::In
        | OperatorName::Nin
        | OperatorName::All
        | OperatorName::ContainedBy
        | OperatorName::Exists
        | OperatorName::Options
        | OperatorName::MaxDistance
        | OperatorName::Other(_) => false,
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

/// Whether an operator that holds for a value of a kind holds for all others like it, too: a text that is found in the member
/// of a list is found in every list that has the member.
fn holds_for_more(operator: &Operator, kind: Kind) -> bool {
    let is_anchored = |pattern: &str| pattern.starts_with('^') || pattern.ends_with('$');
    kind == Kind::List
        && operator.name == OperatorName::Regex
        && is_literal(&operator.operand)
        && !operator.operand.as_text().is_none_or(is_anchored)
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
        let is_known = !is_unknown(operator, kind) || !holds && holds_for_more(operator, kind);
        if is_known {
            guessed.push(operator.clone());
            continue;
        }
        // An `$exists` that is no boolean always holds, and what is no operator never does.
        guessed.push(Operator {
            name: if holds {
                OperatorName::Exists
            } else {
                OperatorName::Other(Text::default())
            },
            operand: Datum::Null,
        });
        if ends(operator) {
            break;
        }
    }
    guessed
}
