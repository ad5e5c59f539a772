//! A clause while it is compiled: a tree, and how it becomes steps.

use std::collections::HashMap;

use smallvec::{SmallVec, smallvec};

use super::code::{Next, Run, Step, Target};
use super::switch::switches;
use super::{Path, Plan};
use crate::op::Op;
use crate::value::Text;

/// A tree of constraints, evaluated from left to right and no further than needed.
pub(super) enum Node {
    /// Every child holds.
    All(Vec<Node>),
    /// Some child holds.
    Any(Vec<Node>),
    /// No child holds.
    None(Vec<Node>),
    Field(Field),
    Always,
    Never,
}

/// What is asked of the value at a path.
pub(super) struct Field {
    pub(super) path: Text,
    /// In the order in which they are written; never empty.
    pub(super) operators: Vec<Op>,
    /// Which constraint of the clause this is, counted in the order of the clause.
    pub(super) ordinal: u32,
}

/// As most clauses are short, what is laid down is not on the heap before its length is known: room that is given back
/// would lie in pieces between the queries of a large set.
pub(super) type Row<T> = SmallVec<[T; 8]>;

/// The steps of a tree, and the ordinals of the constraints that are run, in the order in which they are; nothing if
/// there are more steps than can be told apart.
pub(super) fn assemble(root: Node) -> Option<(Plan, Row<u32>)> {
    let mut assembly = Assembly::default();
    let entry = assembly.node(root, Target::ACCEPT, Target::REJECT)?;
    let Assembly {
        mut reversed,
        paths,
        mut ordinals,
        ..
    } = assembly;
    let places = places(&reversed, entry);
    let turn = |target: Target| match target.next() {
        Next::Step(position) => places[position].unwrap_or(Target::REJECT),
        Next::Done(_) => target,
    };
    let mut is_reached = places.iter().map(Option::is_some);
    ordinals.retain(|_| is_reached.next().unwrap_or_default());
    ordinals.reverse();
    ordinals.dedup();
    let mut is_reached = places.iter().map(Option::is_some);
    reversed.retain(|_| is_reached.next().unwrap_or_default());
    reversed.reverse();
    for step in &mut reversed {
        step.then = turn(step.then);
        step.otherwise = turn(step.otherwise);
    }
    let paths = keep_paths(paths, &mut reversed);
    let switches = switches(&reversed);
    let run = match turn(entry) {
        Target::ACCEPT => Run::Always,
        Target::REJECT => Run::Never,
        _ if revisits_dates(&paths) => Run::InPlace,
        _ if !switches.is_empty() => Run::Switched,
        _ => Run::Steps,
    };
    let plan = Plan {
        code: reversed.into_iter().collect(),
        paths,
        switches,
        run,
    };
    Some((plan, ordinals))
}

/// Where each step will stand when they are in their order and those that no run comes to are gone.
fn places(reversed: &[Step], entry: Target) -> Row<Option<Target>> {
    let mut places: Row<_> = smallvec![None; reversed.len()];
    let mut reached: Row<_> = smallvec![false; reversed.len()];
    let reach = |target: Target, reached: &mut [bool]| {
        if let Next::Step(position) = target.next() {
            reached[position] = true;
        }
    };
    reach(entry, &mut reached);
    let mut next = 0;
    for (position, step) in reversed.iter().enumerate().rev() {
        if reached[position] {
            reach(step.then, &mut reached);
            reach(step.otherwise, &mut reached);
            places[position] = Some(Target::step(next));
            next += 1;
        }
    }
    places
}

/// The paths that steps ask for, and those renumbered in the steps.
fn keep_paths(paths: Row<Path>, steps: &mut [Step]) -> Box<[Path]> {
    let mut numbers: Row<_> = smallvec![None; paths.len()];
    let mut next = 0;
    for step in &mut *steps {
        let number = &mut numbers[step.path as usize];
        step.path = *number.get_or_insert(next);
        next = next.max(step.path + 1);
    }
    let mut kept: Row<(u32, Path)> = numbers
        .into_iter()
        .zip(paths)
        .filter_map(|(number, path)| Some((number?, path)))
        .collect();
    kept.sort_unstable_by_key(|(number, _)| *number);
    kept.into_iter().map(|(_, path)| path).collect()
}

const MANY_PATHS: usize = 16;

/// Steps are laid down from the last to the first, as each must know where to go on.
#[derive(Default)]
struct Assembly {
    reversed: Row<Step>,
    paths: Row<Path>,
    /// The positions of the paths, from [`MANY_PATHS`] on: up to these they are looked at one after another.
    positions: HashMap<Text, u32, foldhash::fast::RandomState>,
    /// Of the constraint of each step.
    ordinals: Row<u32>,
}

impl Assembly {
    fn node(&mut self, node: Node, then: Target, otherwise: Target) -> Option<Target> {
        match node {
            Node::All(children) => self.all(children, then, otherwise),
            Node::Any(children) => self.any(children, then, otherwise),
            Node::None(children) => self.any(children, otherwise, then),
            Node::Field(field) => self.field(field, then, otherwise),
            Node::Always => Some(then),
            Node::Never => Some(otherwise),
        }
    }

    fn all(&mut self, mut children: Vec<Node>, then: Target, otherwise: Target) -> Option<Target> {
        if let Some(never) = children
            .iter()
            .position(|child| matches!(child, Node::Never))
        {
            children.truncate(never + 1);
        }
        let mut children = children.into_iter().rev();
        children.try_fold(then, |then, child| self.node(child, then, otherwise))
    }

    fn any(&mut self, mut children: Vec<Node>, then: Target, otherwise: Target) -> Option<Target> {
        if let Some(always) = children
            .iter()
            .position(|child| matches!(child, Node::Always))
        {
            children.truncate(always + 1);
        }
        let mut children = children.into_iter().rev();
        children.try_fold(otherwise, |otherwise, child| {
            self.node(child, then, otherwise)
        })
    }

    fn field(&mut self, field: Field, then: Target, otherwise: Target) -> Option<Target> {
        let path = self.path(field.path);
        let mut then = then;
        for op in field.operators.into_iter().rev() {
            let position = self.reversed.len();
            if position >= Target::MAX_STEPS {
                return None;
            }
            self.reversed.push(Step {
                op,
                path,
                then,
                otherwise,
            });
            self.ordinals.push(field.ordinal);
            then = Target::step(position);
        }
        Some(then)
    }

    fn path(&mut self, text: Text) -> u32 {
        let known = self.paths.iter().take(MANY_PATHS);
        // There are no more paths than steps, which are fewer than a `u32` counts.
        let mut known = (0..).zip(known);
        if let Some((position, _)) = known.find(|(_, path)| path.text() == text) {
            return position;
        }
        let next = u32::try_from(self.paths.len()).unwrap_or(u32::MAX);
        if self.paths.len() >= MANY_PATHS {
            let position = *self.positions.entry(text.clone()).or_insert(next);
            if position != next {
                return position;
            }
        }
        self.paths.push(Path::new(text));
        next
    }
}

/// Whether a path leads on from where another one ends.
fn revisits_dates(paths: &[Path]) -> bool {
    if paths.len() < 2 {
        return false;
    }
    let mut paths: Vec<&Path> = paths.iter().collect();
    paths.sort_by(|a, b| a.cmp_components(b));
    paths.windows(2).any(|pair| pair[1].leads_on_from(pair[0]))
}
