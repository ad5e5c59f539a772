//! What a dialect did with the constraints of a clause, one by one.

use std::rc::Rc;

use super::found::Found;
use super::tested::Held;
use crate::constraint::{OperatorName, write_key};
use crate::event::Verdict;
use crate::value::{Answer, Fault};

/// A constraint, and what became of it.
///
/// What the operators of a field have in common is shared, as there may be thousands of them and the name of the field long.
#[derive(Debug)]
pub(crate) struct Step {
    /// A pointer to the field, or to whatever else it is that has an answer.
    pub(crate) field: Rc<str>,
    pub(crate) operator: OperatorName,
    /// Whether the operator is a key of its own in what is written for the field.
    pub(crate) is_key: bool,
    /// Where it looks, if it looks somewhere.
    pub(crate) path: Option<Rc<str>>,
    pub(crate) found: Option<Found>,
    pub(crate) held: Held,
}

impl Step {
    /// A value in the place of operators, or a group, that nothing has come to yet.
    pub(crate) fn new(field: Rc<str>, operator: OperatorName, path: Option<Rc<str>>) -> Self {
        Self {
            field,
            operator,
            is_key: false,
            path,
            found: None,
            held: Held::NotReached,
        }
    }

    /// An operator that nothing has come to yet.
    pub(crate) fn of_operator(field: Rc<str>, operator: OperatorName, path: Rc<str>) -> Self {
        Self {
            is_key: true,
            ..Self::new(field, operator, Some(path))
        }
    }

    /// To the operator, or to the value in the place of operators.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = self.field.to_string();
        if self.is_key {
            write_key(self.operator.as_str(), &mut pointer);
        }
        pointer
    }

    /// Bytes of the pointer, or a few less.
    pub(crate) fn length(&self) -> usize {
        self.field.len() + self.operator.as_str().len()
    }
}

/// A run of a clause for one object.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) verdict: Verdict,
    /// In the order of evaluation.
    pub(crate) steps: Vec<Step>,
    /// Positions of the steps that decided.
    pub(crate) decisive: Vec<usize>,
    /// Why there is no answer, where that does not lie in a constraint itself.
    pub(crate) obstacle: Option<&'static str>,
}

impl Trace {
    /// Of a clause that is not run at all.
    pub(crate) fn obstructed(steps: Vec<Step>, obstacle: &'static str) -> Self {
        Self {
            verdict: Verdict::Fault,
            steps,
            decisive: Vec::new(),
            obstacle: Some(obstacle),
        }
    }
}

/// Constraints by their positions, and how they combine.
#[derive(Debug)]
pub(crate) enum Tree {
    /// Every one holds.
    All(Vec<Tree>),
    /// Some one holds.
    Any(Vec<Tree>),
    /// None holds.
    None(Vec<Tree>),
    Step(usize),
}

/// An answer, and the positions of the constraints that decided it.
#[derive(Debug)]
pub(crate) struct Decided {
    pub(crate) answer: Answer,
    pub(crate) by: Vec<usize>,
}

impl Decided {
    /// A fault that these constraints are to blame for.
    pub(crate) fn fault(by: Vec<usize>) -> Self {
        Self {
            answer: Err(Fault),
            by,
        }
    }
}

impl Tree {
    /// Runs the constraints from left to right and no further than needed, as a query does.
    ///
    /// What decides is enough by itself: with these answers the verdict is the same, whether others hold or not. Of a
    /// conjunction that does not hold it is what decides the first part that does not; of one that holds, what decides each
    /// part; of a disjunction the other way round. A fault is decided by the constraint that faults.
    pub(crate) fn run(&self, ask: &mut dyn FnMut(usize) -> Answer) -> Decided {
        match self {
            Self::All(parts) => run_while(parts, true, ask),
            Self::Any(parts) => run_while(parts, false, ask),
            Self::None(parts) => {
                let any = run_while(parts, false, ask);
                Decided {
                    answer: any.answer.map(|holds| !holds),
                    ..any
                }
            }
            Self::Step(at) => Decided {
                answer: ask(*at),
                by: vec![*at],
            },
        }
    }
}

/// Runs parts as long as they answer in one way, which is then the answer of all.
fn run_while(parts: &[Tree], going_on: bool, ask: &mut dyn FnMut(usize) -> Answer) -> Decided {
    let mut by = Vec::new();
    for part in parts {
        let decided = part.run(ask);
        if decided.answer != Ok(going_on) {
            return decided;
        }
        by.extend(decided.by);
    }
    Decided {
        answer: Ok(going_on),
        by,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every tree of at most three groups deep with the steps `0..count`, in order, up to two parts a group.
    fn trees(from: usize, count: usize, depth: usize) -> Vec<Tree> {
        if count == 1 {
            return vec![Tree::Step(from)];
        }
        let mut found = Vec::new();
        if depth == 0 {
            return found;
        }
        for cut in 1..count {
            for combine in [Tree::All, Tree::Any, Tree::None] {
                for left in 0..trees(from, cut, depth - 1).len() {
                    let rights = trees(from + cut, count - cut, depth - 1);
                    for right in rights {
                        let left = trees(from, cut, depth - 1).swap_remove(left);
                        found.push(combine(vec![left, right]));
                    }
                }
            }
        }
        found
    }

    /// Answers by the digits of a number in base three.
    fn answer(code: usize, at: usize) -> Answer {
        match code / 3_usize.pow(u32::try_from(at).expect("a few")) % 3 {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Fault),
        }
    }

    #[test]
    fn what_decides_is_enough_by_itself() {
        const STEPS: usize = 4;
        let codes = 3_usize.pow(4);
        for tree in trees(0, STEPS, 3) {
            for code in 0..codes {
                let decided = tree.run(&mut |at| answer(code, at));
                if decided.answer.is_err() {
                    assert_eq!(decided.by.len(), 1);
                    assert_eq!(answer(code, decided.by[0]), Err(Fault));
                    continue;
                }
                // Whatever the others say, as long as they say something.
                for other in 0..1 << STEPS {
                    let changed = tree.run(&mut |at| {
                        if decided.by.contains(&at) {
                            answer(code, at)
                        } else {
                            Ok(other >> at & 1 == 1)
                        }
                    });
                    assert_eq!(changed.answer, decided.answer, "{tree:?} {code} {other}");
                }
            }
        }
    }

    #[test]
    fn nothing_that_decides_can_be_left_out() {
        const STEPS: usize = 4;
        for tree in trees(0, STEPS, 3) {
            for code in 0..1 << STEPS {
                let says = |at: usize| Ok(code >> at & 1 == 1);
                let decided = tree.run(&mut |at| says(at));
                for left_out in &decided.by {
                    let changes = (0..1 << STEPS).any(|other: usize| {
                        let changed = tree.run(&mut |at| {
                            if decided.by.contains(&at) && at != *left_out {
                                says(at)
                            } else {
                                Ok(other >> at & 1 == 1)
                            }
                        });
                        changed.answer != decided.answer
                    });
                    assert!(changes, "{tree:?} {code}: {left_out} decides nothing");
                }
            }
        }
    }
}
