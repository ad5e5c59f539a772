//! What runs: tests in a row, each with the places to go on at.

use crate::op::Op;

/// A test of the value at a path and what follows from its answer.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) op: Op,
    /// A position among the paths of the plan, or of the query set.
    pub(crate) path: u32,
    pub(crate) then: Target,
    pub(crate) otherwise: Target,
}

/// Something that holds or does not, and where to go on.
pub(crate) trait Fork {
    /// Where to go on if it holds.
    fn then(&self) -> Target;

    /// Where to go on if it does not.
    fn otherwise(&self) -> Target;
}

impl Fork for Step {
    fn then(&self) -> Target {
        self.then
    }

    fn otherwise(&self) -> Target {
        self.otherwise
    }
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

/// What a run does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The step at a position.
    Step(usize),
    /// Nothing: this is the answer.
    Done(bool),
}

/// Where a run goes on, in two bytes: at a step that stands later, or nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target(u16);

impl Target {
    /// The object satisfies the clause.
    pub(crate) const ACCEPT: Self = Self(u16::MAX);
    /// It does not.
    pub(crate) const REJECT: Self = Self(u16::MAX - 1);
    /// So many steps can be told apart.
    pub(crate) const MAX_STEPS: usize = u16::MAX as usize - 1;

    /// The step at a position, which must be below [`MAX_STEPS`](Self::MAX_STEPS).
    pub(crate) fn step(position: usize) -> Self {
        debug_assert!(position < Self::MAX_STEPS);
        Self(u16::try_from(position).unwrap_or(Self::REJECT.0))
    }

    /// What that is.
    pub(crate) fn next(self) -> Next {
        match self {
            Self::ACCEPT => Next::Done(true),
            Self::REJECT => Next::Done(false),
            Self(position) => Next::Step(position.into()),
        }
    }

    /// The step itself, if there is one: none stands so far behind as the two targets that are answers.
    #[inline]
    pub(crate) fn of(self, code: &[Step]) -> Option<&Step> {
        code.get(usize::from(self.0))
    }
}

/// How a query is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// It has no steps: all objects match.
    Always,
    /// It has no steps: none does.
    Never,
    /// By its steps, from the first one on.
    Steps,
    /// So too, but some of them are a switch.
    Switched,
    /// By its steps on a copy of the object, in which they decode dates in place as Parse does: a constraint can see what
    /// another one did to a date. After `d` was looked at, `d.iso` is gone.
    InPlace,
}

impl Run {
    /// Where the run begins: code that cannot be reached is never kept, so that the first step is it if there is one.
    #[inline]
    pub(crate) fn entry(self) -> Target {
        match self {
            Self::Always => Target::ACCEPT,
            Self::Never => Target::REJECT,
            Self::Steps | Self::Switched | Self::InPlace => Target::step(0),
        }
    }
}
