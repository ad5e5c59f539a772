//! Finds what a clause asks of one field that no value satisfies, and what every value satisfies.
//!
//! A clause is cut into what it asks of each field; that is compiled by itself and tried on [`values`](candidates) made from its
//! own operands, until one matches and one does not. Where none matches though all kinds of values have been tried, none does.
//! What an operator answers for values that cannot all be tried, as a pattern for texts, is taken for [unknown](trial).
//!
//! Fields are weighed one by one. What a clause asks of `a` and of `a.b` is not weighed together, nor are two patterns.

mod candidates;
mod trial;

use self::trial::{Outcome, Trials};
use super::table::{self, Found};
use crate::constraint::{
    Branch, Branches, Clause, Combine, Constraint, Field, Group, Place, components, join, scope,
};
use crate::plan::Context;
use crate::value::Text;
use crate::warning::{Effect, Level, Warning};

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

/// The places of which is told that they never match, and that they always do; sorted.
struct Told {
    never: Vec<String>,
    always: Vec<String>,
}

impl Told {
    fn new(warnings: &[Warning]) -> Self {
        let places = |effects: &[Effect]| {
            let told = warnings.iter().filter(|warning| {
                warning.level() > Level::Hint && effects.contains(&warning.effect())
            });
            let mut places: Vec<_> = told.map(|warning| warning.pointer.clone()).collect();
            places.sort_unstable();
            places
        };
        Self {
            never: places(&[Effect::NeverMatches, Effect::Faults]),
            always: places(&[Effect::AlwaysMatches, Effect::Ignored]),
        }
    }
}

/// Whether a place or one within it is among these.
fn is_within(places: &[String], pointer: &str) -> bool {
    let first_from = |pointer: &str| {
        let at = places.partition_point(|place| place.as_str() < pointer);
        places.get(at).map(String::as_str)
    };
    let within = format!("{pointer}/");
    first_from(pointer) == Some(pointer)
        || first_from(&within).is_some_and(|place| place.starts_with(&within))
}

/// What a clause asks of one path: a constraint, or a group of which all branches ask for it.
struct Asked {
    path: Text,
    /// As it would stand at the top of a clause.
    field: Field,
    /// Where it ends, and the operator that stands there.
    pointer: String,
    operator: Box<str>,
    is_never: bool,
    is_always: bool,
}

struct Weigher<'c> {
    told: Told,
    trials: Trials<'c>,
    found: Vec<Warning>,
}

impl Weigher<'_> {
    /// Weighs a clause that is the whole or a branch of `$or` or `$nor`.
    fn conjunction(&mut self, clause: &Clause, outer: Option<&str>, at: &Place<'_>) {
        let mut asked = Vec::new();
        self.collect(clause, outer, at, &mut asked);
        asked.sort_by(|a, b| a.path.cmp(&b.path));
        for together in asked.chunk_by(|a, b| a.path == b.path) {
            self.weigh(together);
        }
    }

    /// What all must hold, through any number of `$and`s.
    fn collect(
        &mut self,
        clause: &Clause,
        outer: Option<&str>,
        at: &Place<'_>,
        asked: &mut Vec<Asked>,
    ) {
        for field in &clause.fields {
            let at = at.key(&field.key);
            match &field.constraint {
                Constraint::Group(group) => {
                    let inner = scope(outer, &field.key);
                    self.group(field, group, inner.as_deref(), &at, asked);
                }
                // Both are told of.
                Constraint::Null | Constraint::RelatedTo(_) => {}
                constraint => {
                    asked.push(self.constraint(join(outer, &field.key), constraint, &at));
                }
            }
        }
    }

    fn constraint(&self, path: Text, constraint: &Constraint, at: &Place<'_>) -> Asked {
        let pointer = at.pointer();
        let (is_never, is_always) = self.is_told(&pointer);
        let last = match constraint {
            Constraint::Operators(operators) => operators.last(),
            _ => None,
        };
        let (pointer, operator) = match last {
            Some(last) => (at.key(last.name.as_str()).pointer(), last.name.as_str()),
            None => (pointer, "="),
        };
        Asked {
            field: Field {
                key: path.clone(),
                constraint: constraint.clone(),
            },
            path,
            pointer,
            operator: operator.into(),
            is_never,
            is_always,
        }
    }

    fn group(
        &mut self,
        field: &Field,
        group: &Group,
        inner: Option<&str>,
        at: &Place<'_>,
        asked: &mut Vec<Asked>,
    ) {
        let Branches::List(branches) = &group.branches else {
            return;
        };
        for (index, branch) in branches.iter().enumerate() {
            let at = at.index(index);
            match branch {
                Branch::Clause(clause) if group.combine == Combine::And => {
                    self.collect(clause, inner, &at, asked);
                }
                Branch::Clause(clause) => self.conjunction(clause, inner, &at),
                // Told of.
                Branch::Null | Branch::Scalar(_) => {}
            }
        }
        if group.combine != Combine::And
            && let Some(path) = only_path(branches, inner)
        {
            let name = components(&field.key).next_back().unwrap_or_default();
            let pointer = at.pointer();
            let (is_never, is_always) = self.is_told(&pointer);
            asked.push(Asked {
                path,
                field: Field {
                    key: join(inner, name),
                    constraint: Constraint::Group(group.clone()),
                },
                pointer,
                operator: name.into(),
                // What is told of a branch may say either of the group, but `$or` does not fail for a branch that always matches.
                is_never: is_never || is_always && group.combine != Combine::Or,
                is_always: is_never || is_always,
            });
        }
    }

    fn is_told(&self, pointer: &str) -> (bool, bool) {
        let Told { never, always } = &self.told;
        (is_within(never, pointer), is_within(always, pointer))
    }

    /// Weighs what is asked of one path.
    fn weigh(&mut self, together: &[Asked]) {
        let mut is_never = false;
        for asked in together {
            is_never |= asked.is_never || self.weigh_alone(asked);
        }
        let is_always = together.iter().all(|asked| asked.is_always);
        if is_never || is_always || together.len() < 2 || together.len() > MAX_TOGETHER {
            return;
        }
        let outcome = self.outcome(together);
        if let Some(last) = together.last() {
            self.report_outcome(last, outcome);
        }
    }

    /// Whether it never matches.
    fn weigh_alone(&mut self, asked: &Asked) -> bool {
        let outcome = self.outcome(std::slice::from_ref(asked));
        // Of several operators it may be one that always holds.
        if outcome != Outcome::Always || !asked.is_always {
            self.report_outcome(asked, outcome);
        }
        outcome == Outcome::Never
    }

    fn report_outcome(&mut self, asked: &Asked, outcome: Outcome) {
        match outcome {
            Outcome::Never => self.report(asked, &table::CONTRADICTION),
            Outcome::Always => self.report(asked, &table::TAUTOLOGY),
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
