//! What runs: tests in a row, each with the places to go on at.

use crate::op::Op;
use crate::value::Answer;

/// A test of the value at a path and what follows from its answer.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) op: Op,
    /// A position among the paths of the plan, or of the query set.
    pub(crate) path: u32,
    pub(crate) then: Target,
    pub(crate) otherwise: Target,
}

impl Step {
    /// Where the run goes on after an answer.
    #[inline]
    pub(crate) fn next(&self, holds: bool) -> Target {
        if holds { self.then } else { self.otherwise }
    }
}

impl Default for Step {
    /// A test that nothing passes.
    fn default() -> Self {
        Self {
            op: Op::Never,
            path: 0,
            then: Target::REJECT,
            otherwise: Target::REJECT,
        }
    }
}

/// Where a run goes on: at a step that stands later, or nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target(u16);

impl Target {
    /// The object satisfies the clause.
    pub(crate) const ACCEPT: Self = Self(u16::MAX);
    /// It does not.
    pub(crate) const REJECT: Self = Self(u16::MAX - 1);
    /// So many steps can be told apart.
    pub(crate) const MOST_STEPS: usize = u16::MAX as usize - 1;

    /// The step at a position, which must be below [`MOST_STEPS`](Self::MOST_STEPS).
    pub(crate) fn step(position: usize) -> Self {
        debug_assert!(position < Self::MOST_STEPS);
        Self(u16::try_from(position).unwrap_or(Self::REJECT.0))
    }

    /// The position of the step, or the answer.
    pub(crate) fn position(self) -> Result<usize, bool> {
        match self {
            Self::ACCEPT => Err(true),
            Self::REJECT => Err(false),
            Self(position) => Ok(position.into()),
        }
    }
}

/// Follows the steps from `entry` to an answer, each answered by `holds`.
///
/// The order is that of the clause, because it decides which fault is met.
#[inline]
pub(crate) fn follow(
    code: &[Step],
    entry: Target,
    mut holds: impl FnMut(&Step) -> Answer,
) -> Answer {
    let mut at = entry;
    // No step is behind the two targets that are answers.
    while let Some(step) = code.get(usize::from(at.0)) {
        at = step.next(holds(step)?);
    }
    Ok(at == Target::ACCEPT)
}
