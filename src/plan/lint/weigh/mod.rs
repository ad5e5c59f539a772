//! Finds what a clause asks of one field that no value satisfies, and what every value satisfies.
//!
//! A clause is cut into what it asks of each field; that is compiled by itself and tried on [`values`](candidates) made from its
//! own operands, until one matches and one does not. Where none matches though all kinds of values have been tried, none does.
//! What an operator answers for values that cannot all be tried, as a pattern for texts, is taken for [unknown](trial).
//!
//! Fields are weighed one by one. What a clause asks of `a` and of `a.b` is not weighed together, nor are two patterns.

mod candidates;
mod told;
mod trial;

use self::told::{Known, Told};
use self::trial::{Outcome, Trials};
use super::table::{self, Found};
use crate::constraint::{
    Branch, Branches, Clause, Combine, Constraint, Field, Group, Place, components, join, scope,
};
use crate::plan::Context;
use crate::value::Text;
use crate::warning::Warning;

/// More constraints of one field are not weighed together: they would be tried on the values of all.
const MAX_TOGETHER: usize = 16;

/// What is found in a clause of which warnings have been told.
pub(super) fn findings(clause: &Clause, told: &[Warning], context: &Context<'_>) -> Vec<Warning> {
    let mut weigher = Weigher {
        told: Told::new(told),
        trials: Trials::new(context),
        found: Vec::new(),
    };
    weigher.conjunction(clause, None, &Place::ROOT);
    weigher.found
}

/// What a clause asks of one path: a constraint, or a group of which all branches ask for it.
struct Asked {
    path: Text,
    /// As it would stand at the top of a clause.
    field: Field,
    /// Where it ends, and the operator that stands there.
    pointer: String,
    operator: Box<str>,
    known: Known,
}

struct Weigher<'c> {
    told: Told,
    trials: Trials<'c>,
    found: Vec<Warning>,
}

/// What a clause asks: of one path each, and what is known of the rest.
#[derive(Default)]
struct Parts {
    asked: Vec<Asked>,
    rest: Vec<Known>,
}

impl Weigher<'_> {
    /// Weighs a clause that is the whole or a branch of `$or` or `$nor`, and says what is known of it then.
    fn conjunction(&mut self, clause: &Clause, outer: Option<&str>, at: &Place<'_>) -> Known {
        let mut parts = Parts::default();
        self.collect(clause, outer, at, &mut parts);
        let Parts { mut asked, rest } = parts;
        asked.sort_by(|a, b| a.path.cmp(&b.path));
        let together = asked.chunk_by(|a, b| a.path == b.path);
        let weighed: Vec<_> = together.map(|together| self.weigh(together)).collect();
        Known::all(weighed.into_iter().chain(rest))
    }

    /// What all must hold, through any number of `$and`s.
    fn collect(&mut self, clause: &Clause, outer: Option<&str>, at: &Place<'_>, parts: &mut Parts) {
        for field in &clause.fields {
            let at = at.key(&field.key);
            match &field.constraint {
                Constraint::Group(group) => {
                    let inner = scope(outer, &field.key);
                    self.group(field, group, inner.as_deref(), &at, parts);
                }
                // Both are told of.
                Constraint::Null | Constraint::RelatedTo(_) => {
                    parts.rest.push(self.told.at(&at.pointer()));
                }
                constraint => {
                    let asked = self.constraint(join(outer, &field.key), constraint, &at);
                    parts.asked.push(asked);
                }
            }
        }
    }

    fn constraint(&self, path: Text, constraint: &Constraint, at: &Place<'_>) -> Asked {
        let last = match constraint {
            Constraint::Operators(operators) => operators.last(),
            _ => None,
        };
        let (pointer, operator) = match last {
            Some(last) => (at.key(last.name.as_str()).pointer(), last.name.as_str()),
            None => (at.pointer(), "="),
        };
        Asked {
            field: Field {
                key: path.clone(),
                constraint: constraint.clone(),
            },
            path,
            pointer,
            operator: operator.into(),
            known: self.told.of_constraint(constraint, at),
        }
    }

    fn group(
        &mut self,
        field: &Field,
        group: &Group,
        inner: Option<&str>,
        at: &Place<'_>,
        parts: &mut Parts,
    ) {
        let told = self.told.at(&at.pointer());
        let Branches::List(branches) = &group.branches else {
            return parts.rest.push(told);
        };
        let mut known = Vec::with_capacity(branches.len());
        for (index, branch) in branches.iter().enumerate() {
            let at = at.index(index);
            match branch {
                Branch::Clause(clause) if group.combine == Combine::And => {
                    self.collect(clause, inner, &at, parts);
                }
                Branch::Clause(clause) if !clause.fields.is_empty() => {
                    known.push(self.conjunction(clause, inner, &at));
                }
                // They match everything; what is told there is what becomes of the group.
                Branch::Clause(_) | Branch::Null | Branch::Scalar(_) => {
                    known.push(Known::all([]));
                }
            }
        }
        if group.combine == Combine::And {
            return;
        }
        let known = told.or(Known::group(group.combine, &known));
        match only_path(branches, inner) {
            Some(path) => {
                let pointer = at.pointer();
                parts
                    .asked
                    .push(asked_by_group(field, group, inner, path, pointer, known));
            }
            None => parts.rest.push(known),
        }
    }

    /// Weighs what is asked of one path: each by itself, and all together.
    fn weigh(&mut self, together: &[Asked]) -> Known {
        let alone = together.iter().map(|asked| {
            let only = std::slice::from_ref(asked);
            self.weigh_beside(only, asked.known)
        });
        let alone = Known::all(alone.collect::<Vec<_>>());
        if (2..=MAX_TOGETHER).contains(&together.len()) {
            self.weigh_beside(together, alone)
        } else {
            alone
        }
    }

    /// Weighs some together of which something is known already, unless that says all, and tells what it does not say.
    fn weigh_beside(&mut self, together: &[Asked], known: Known) -> Known {
        if known.is_never || known.faults {
            return known;
        }
        let outcome = self.outcome(together);
        if let Some(last) = together.last()
            && (outcome != Outcome::Always || !known.is_always)
        {
            self.report_outcome(last, outcome);
        }
        known.or(outcome.known())
    }

    fn report_outcome(&mut self, asked: &Asked, outcome: Outcome) {
        match outcome {
            Outcome::Never => self.report(asked, &table::CONTRADICTION),
            Outcome::Always => self.report(asked, &table::TAUTOLOGY),
            Outcome::Faults => self.report(asked, &table::FAULT_ALWAYS),
            Outcome::Either => {}
        }
    }

    fn outcome(&mut self, together: &[Asked]) -> Outcome {
        let Some(Asked { path, .. }) = together.first() else {
            return Outcome::Either;
        };
        let fields: Vec<_> = together.iter().map(|asked| asked.field.clone()).collect();
        self.trials.outcome(path, fields)
    }

    fn report(&mut self, asked: &Asked, surprise: Found) {
        self.found.push(Warning {
            pointer: asked.pointer.clone(),
            operator: asked.operator.clone(),
            surprise,
        });
    }
}

/// What a group of which all branches ask for one path asks of it.
fn asked_by_group(
    field: &Field,
    group: &Group,
    inner: Option<&str>,
    path: Text,
    pointer: String,
    known: Known,
) -> Asked {
    let name = components(&field.key).next_back().unwrap_or_default();
    Asked {
        path,
        field: Field {
            key: join(inner, name),
            constraint: Constraint::Group(group.clone()),
        },
        pointer,
        operator: name.into(),
        known,
    }
}

/// The path that all constraints of a group ask for, if it is one and they are few.
fn only_path(branches: &[Branch], outer: Option<&str>) -> Option<Text> {
    let mut paths = Vec::new();
    gather(branches, outer, &mut paths)?;
    paths.dedup();
    match &*paths {
        [path] => Some(path.clone()),
        _ => None,
    }
}

/// The path of each constraint, unless there are too many, or one that asks for none.
fn gather(branches: &[Branch], outer: Option<&str>, paths: &mut Vec<Text>) -> Option<()> {
    for branch in branches {
        let Branch::Clause(clause) = branch else {
            return None;
        };
        for field in &clause.fields {
            match &field.constraint {
                Constraint::RelatedTo(_) => return None,
                Constraint::Group(group) => {
                    let Branches::List(branches) = &group.branches else {
                        return None;
                    };
                    gather(branches, scope(outer, &field.key).as_deref(), paths)?;
                }
                _ if paths.len() >= MAX_TOGETHER => return None,
                _ => paths.push(join(outer, &field.key)),
            }
        }
    }
    Some(())
}
