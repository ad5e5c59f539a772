//! A tree of groups as a clause.

use std::collections::BTreeSet;

use super::halves;
use super::operator::{self, Written};
use super::shape::Tree;
use crate::plan::code::Step;
use crate::value::key::array_index;
use crate::value::{Datum, Fields, Text};

/// What is written of a clause: its members in order.
type Members = Vec<(Text, Datum)>;

/// The clause of a tree.
pub(super) fn fields<'p>(
    tree: &Tree<'_>,
    path: &impl Fn(u32) -> Option<&'p str>,
) -> Option<Fields> {
    members(tree, path).map(Fields::new)
}

fn members<'p>(tree: &Tree<'_>, path: &impl Fn(u32) -> Option<&'p str>) -> Option<Members> {
    let list = |children: &[Tree<'_>]| -> Option<Datum> {
        let children = children.iter();
        let clauses = children.map(|child| fields(child, path).map(Datum::Object));
        Some(Datum::Array(clauses.collect::<Option<_>>()?))
    };
    Some(match tree {
        Tree::All(children) => return all(children, path),
        Tree::Any(children) => vec![("$or".into(), list(children)?)],
        Tree::Not(inside) => match &**inside {
            Tree::Any(children) => vec![("$nor".into(), list(children)?)],
            one => vec![("$nor".into(), list(std::slice::from_ref(one))?)],
        },
        Tree::Step(_) => return all(std::slice::from_ref(tree), path),
        Tree::Always => Vec::new(),
        Tree::Never => vec![("$or".into(), Datum::Array(Box::default()))],
    })
}

/// One clause, if its members can stand beside each other in their order; else a list of such.
fn all<'p>(children: &[Tree<'_>], path: &impl Fn(u32) -> Option<&'p str>) -> Option<Members> {
    let mut row = Row::default();
    let mut rest = children;
    while let [child, others @ ..] = rest {
        if let Some((steps, (key, text))) = halves::group(rest, path) {
            row.member(key, text);
            rest = rest.get(steps..).unwrap_or_default();
            continue;
        }
        rest = others;
        match child {
            Tree::Step(step) => row.step(step, path)?,
            child => members(child, path)?
                .into_iter()
                .for_each(|(key, value)| row.member(key, value)),
        }
    }
    let mut clauses = row.clauses;
    if clauses.len() == 1 {
        return clauses.pop();
    }
    let clauses = clauses.into_iter();
    let clauses = clauses.map(|members| Datum::Object(Fields::new(members)));
    Some(vec![("$and".into(), Datum::Array(clauses.collect()))])
}

/// Members that all hold, in as many clauses as it takes to keep them in order.
#[derive(Default)]
struct Row {
    clauses: Vec<Members>,
    /// The keys of the last clause.
    keys: BTreeSet<Text>,
    /// The path of the last member, if more operators may be written into it.
    open: Option<u32>,
}

impl Row {
    /// Appends a step: an operator stands beside those of the same path that are just in front of it.
    fn step<'p>(&mut self, step: &Step, path: &impl Fn(u32) -> Option<&'p str>) -> Option<()> {
        let key = path(step.path)?.into();
        let is_open = self.open.take() == Some(step.path);
        match operator::written(&step.op)? {
            Written::Whole(value) => self.member(key, value),
            Written::Operators(operators) => {
                if !(is_open && self.join(&operators)) {
                    self.member(key, Datum::Object(members_of(operators).collect()));
                }
                self.open = (!operator::ends(&step.op)).then_some(step.path);
            }
        }
        Some(())
    }

    /// Appends operators to the last member, unless it has one of them.
    fn join(&mut self, operators: &[(&'static str, Datum)]) -> bool {
        let last = self
            .clauses
            .last_mut()
            .and_then(|members| members.last_mut());
        let Some((_, Datum::Object(before))) = last else {
            return false;
        };
        if operators.iter().any(|(name, _)| before.get(name).is_some()) {
            return false;
        }
        let members = std::mem::take(before).into_entries().into_iter();
        *before = members.chain(members_of(operators.to_vec())).collect();
        true
    }

    /// Appends a member, to a new clause if there is one of the same name in the last, or if JavaScript would put it first.
    fn member(&mut self, key: Text, value: Datum) {
        self.open = None;
        let is_in_order = !self.keys.contains(&key) && array_index(&key).is_none();
        if !is_in_order {
            self.keys.clear();
        }
        self.keys.insert(key.clone());
        match self.clauses.last_mut() {
            Some(last) if is_in_order => last.push((key, value)),
            _ => self.clauses.push(vec![(key, value)]),
        }
    }
}

fn members_of(operators: Vec<(&'static str, Datum)>) -> impl Iterator<Item = (Text, Datum)> {
    let operators = operators.into_iter();
    operators.map(|(name, operand)| (Text::from(name), operand))
}
