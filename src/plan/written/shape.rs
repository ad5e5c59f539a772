//! From steps back to the groups that they were laid down from.
//!
//! A group leaves its mark in the jumps: where each part of a row goes on at the next one if it holds, all have to hold; where it
//! does so if it does not, one has to. A row is cut where no jump leads past the cut.

use crate::plan::code::{Next, Step, Target};

/// The groups of a clause. Laid down again, they become the steps that they were found in.
#[derive(Debug)]
pub(super) enum Tree<'c> {
    All(Vec<Tree<'c>>),
    Any(Vec<Tree<'c>>),
    Not(Box<Tree<'c>>),
    Step(&'c Step),
    Always,
    Never,
}

/// Steps in a row that are entered at the first one only, and where a run leaves them.
#[derive(Clone, Copy)]
struct Region {
    start: usize,
    /// Behind the last.
    end: usize,
    exits: Exits,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Exits {
    then: Target,
    otherwise: Target,
}

/// What joins the part in front of a cut to the rest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    All,
    Any,
    /// Either of them: the part always goes on at the rest.
    Either,
}

/// Which exits steps make use of.
#[derive(Clone, Copy, Default)]
struct Used {
    then: bool,
    otherwise: bool,
}

impl<'c> Tree<'c> {
    /// The tree of all steps; nothing if they were not laid down from one.
    pub(super) fn of(code: &'c [Step]) -> Option<Self> {
        let exits = Exits {
            then: Target::ACCEPT,
            otherwise: Target::REJECT,
        };
        let region = Region {
            start: 0,
            end: code.len(),
            exits,
        };
        tree(code, region)
    }

    /// All hold. What must not hold stands together, as `$nor` has it.
    fn all(children: Vec<Self>) -> Self {
        let mut joined: Vec<Self> = Vec::with_capacity(children.len());
        for child in children {
            match (joined.last_mut(), child) {
                (Some(Self::Not(before)), Self::Not(child)) => before.or(*child),
                (_, Self::All(below)) => joined.extend(below),
                (_, child) => joined.push(child),
            }
        }
        match joined.len() {
            1 => joined.swap_remove(0),
            _ => Self::All(joined),
        }
    }

    /// One holds.
    fn any(children: Vec<Self>) -> Self {
        if children.iter().all(|child| matches!(child, Self::Not(_))) {
            let inside = children.into_iter().map(|child| match child {
                Self::Not(inside) => *inside,
                other => other,
            });
            return Self::Not(Self::all(inside.collect()).into());
        }
        let mut joined = Vec::with_capacity(children.len());
        for child in children {
            match child {
                Self::Any(below) => joined.extend(below),
                child => joined.push(child),
            }
        }
        Self::Any(joined)
    }

    /// Makes it that it holds or another one does.
    fn or(&mut self, other: Self) {
        match self {
            Self::Any(children) => children.push(other),
            one => {
                let first = std::mem::replace(one, Self::Never);
                *one = Self::Any(vec![first, other]);
            }
        }
    }
}

/// The tree of a region.
fn tree(code: &[Step], region: Region) -> Option<Tree<'_>> {
    let Exits { then, otherwise } = region.exits;
    let used = used(code, region);
    // A group of which one exit is never taken ends with what always holds, or never does.
    if then != otherwise && !(used.then && used.otherwise) {
        let to = |exit| Region {
            exits: Exits {
                then: exit,
                otherwise: exit,
            },
            ..region
        };
        return Some(if used.then {
            Tree::any(vec![tree(code, to(then))?, Tree::Always])
        } else {
            Tree::all(vec![tree(code, to(otherwise))?, Tree::Never])
        });
    }
    if region.end == region.start + 1 {
        return leaf(code.get(region.start)?, region.exits);
    }
    row(code, region)
}

fn leaf(step: &Step, exits: Exits) -> Option<Tree<'_>> {
    let Exits { then, otherwise } = exits;
    if (step.then, step.otherwise) == (then, otherwise) {
        Some(Tree::Step(step))
    } else if (step.then, step.otherwise) == (otherwise, then) {
        Some(Tree::Not(Tree::Step(step).into()))
    } else {
        None
    }
}

/// The tree of a region that can be cut: its parts, as long as the same joins them.
fn row(code: &[Step], region: Region) -> Option<Tree<'_>> {
    let (first, joint) = cut(code, region)?;
    let joint = if joint == Joint::Any {
        joint
    } else {
        Joint::All
    };
    let mut next = Some(first);
    let mut rest = region;
    let mut parts = Vec::new();
    while let Some(at) = next {
        parts.push(tree(code, front(rest, at, joint))?);
        rest.start = at;
        let again = cut(code, rest).filter(|(_, other)| *other == joint || *other == Joint::Either);
        next = again.map(|(at, _)| at);
    }
    parts.push(tree(code, rest)?);
    Some(match joint {
        Joint::All | Joint::Either => Tree::all(parts),
        Joint::Any => Tree::any(parts),
    })
}

/// The part of a region in front of a cut.
fn front(region: Region, at: usize, joint: Joint) -> Region {
    let next = Target::step(at);
    let Exits { then, otherwise } = region.exits;
    let exits = match joint {
        Joint::All | Joint::Either => Exits {
            then: next,
            otherwise,
        },
        Joint::Any => Exits {
            then,
            otherwise: next,
        },
    };
    Region {
        end: at,
        exits,
        ..region
    }
}

/// The first cut of a region: no jump leads past it, and what is in front of it takes one exit at most.
fn cut(code: &[Step], region: Region) -> Option<(usize, Joint)> {
    let mut used = Used::default();
    let mut furthest = region.start;
    for at in region.start..region.end.checked_sub(1)? {
        let step = code.get(at)?;
        for target in [step.then, step.otherwise] {
            if !used.exit(target, region.exits) {
                let Next::Step(position) = target.next() else {
                    return None;
                };
                furthest = furthest.max(position);
            }
        }
        let joint = match (used.then, used.otherwise) {
            (true, true) if region.exits.then == region.exits.otherwise => Joint::All,
            (true, true) => return None,
            (false, true) => Joint::All,
            (true, false) => Joint::Any,
            (false, false) => Joint::Either,
        };
        if furthest == at + 1 {
            return Some((at + 1, joint));
        }
    }
    None
}

impl Used {
    /// Notes an exit; whether it is one.
    fn exit(&mut self, target: Target, exits: Exits) -> bool {
        let (then, otherwise) = (target == exits.then, target == exits.otherwise);
        self.then |= then;
        self.otherwise |= otherwise;
        then || otherwise
    }
}

/// The exits that a region takes.
fn used(code: &[Step], region: Region) -> Used {
    let mut used = Used::default();
    let steps = code.get(region.start..region.end).unwrap_or_default();
    for step in steps {
        used.exit(step.then, region.exits);
        used.exit(step.otherwise, region.exits);
    }
    used
}
