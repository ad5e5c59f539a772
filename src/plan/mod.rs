//! What a clause means to Parse Server's LiveQuery, compiled to what is run.
//!
//! [`compile`](compile()) turns the faithful clause into a [`Plan`]; [`subscribe`] refuses what Parse Server
//! refuses, [`lint`] finds what will surprise, [`canonical`] says which plans are the same.

pub(crate) mod canonical;
mod compile;
pub(crate) mod lint;
mod operand;
mod pattern;
mod scene;
pub(crate) mod subscribe;

pub(crate) use self::compile::compile;

use crate::limits::Limits;
use crate::op::Op;
use crate::op::equality::{DeepEqual, PointerTo, equals_scalar};
use crate::pattern::PatternCache;
use crate::value::{Answer, Datum, Fault, Val, every, some};

use self::scene::{Borrowed, Copied, Scene};

/// What compiling needs beside the clause.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) patterns: &'a PatternCache,
}

/// A compiled clause.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    root: Node,
    /// Whether a constraint can see what another one did to a date: Parse decodes a date in place, so that
    /// after `d` was looked at, `d.iso` is gone.
    revisits_dates: bool,
}

/// A tree of constraints, evaluated from left to right and no further than needed, because the order decides
/// which fault is met.
#[derive(Clone, Debug)]
enum Node {
    /// Every child holds.
    All(Box<[Node]>),
    /// Some child holds.
    Any(Box<[Node]>),
    /// No child holds.
    None(Box<[Node]>),
    Field(Field),
    Always,
    Never,
}

/// A test of what stands at a path.
#[derive(Clone, Debug)]
struct Field {
    /// From the root of the object, components parted by dots.
    path: Box<str>,
    test: Test,
    /// Which constraint of the clause this is, counted in the order of the clause.
    ordinal: u32,
}

/// What is asked of a value.
#[derive(Clone, Debug)]
enum Test {
    /// `{"f": 5}`: the value or an element of it.
    Scalar(Datum),
    /// `{"f": pointer}`: the value or an element of it.
    Pointer(PointerTo),
    /// `{"f": {"__type": …}}`: the value or an element of it.
    Typed(DeepEqual),
    /// Operators in the order in which they are written; none hold for everything.
    Operators(Box<[Op]>),
}

impl Plan {
    /// Whether an object satisfies the clause.
    pub(crate) fn answer(&self, object: Val<'_>) -> Answer {
        if self.revisits_dates {
            return self.root.answer(&mut Copied::new(object)?);
        }
        self.root.answer(&mut Borrowed(object))
    }

    /// How often a pattern ran out of its budget of steps.
    pub(crate) fn over_budget(&self) -> u64 {
        self.root.over_budget()
    }

    /// The ordinals of the constraints that are run, in the order in which they are.
    pub(crate) fn ordinals(&self) -> Vec<u32> {
        let mut ordinals = Vec::new();
        self.root.collect_ordinals(&mut ordinals);
        ordinals
    }
}

impl Node {
    fn answer<S: Scene>(&self, scene: &mut S) -> Answer {
        match self {
            Self::All(children) => every(children, |child| child.answer(scene)),
            Self::Any(children) => some(children, |child| child.answer(scene)),
            Self::None(children) => some(children, |child| child.answer(scene)).map(|found| !found),
            Self::Field(field) => field.test.answer(scene.read(&field.path)?),
            Self::Always => Ok(true),
            Self::Never => Ok(false),
        }
    }

    fn over_budget(&self) -> u64 {
        match self {
            Self::All(children) | Self::Any(children) | Self::None(children) => {
                children.iter().map(Self::over_budget).sum()
            }
            Self::Field(field) => field.test.over_budget(),
            Self::Always | Self::Never => 0,
        }
    }

    fn collect_ordinals(&self, out: &mut Vec<u32>) {
        match self {
            Self::All(children) | Self::Any(children) | Self::None(children) => {
                children
                    .iter()
                    .for_each(|child| child.collect_ordinals(out));
            }
            Self::Field(field) => out.push(field.ordinal),
            Self::Always | Self::Never => {}
        }
    }
}

impl Test {
    fn answer(&self, value: Val<'_>) -> Answer {
        match self {
            Self::Scalar(operand) => Ok(equals_scalar(operand, value)),
            Self::Pointer(pointer) => pointer.answer(value),
            Self::Typed(operand) => operand.answer_any(value),
            Self::Operators(operators) => run(operators, value),
        }
    }
}

impl Test {
    fn over_budget(&self) -> u64 {
        match self {
            Self::Operators(operators) => operators.iter().map(Op::over_budget).sum(),
            Self::Scalar(_) | Self::Pointer(_) | Self::Typed(_) => 0,
        }
    }
}

fn run(operators: &[Op], value: Val<'_>) -> Answer {
    for op in operators {
        let holds = op.answer(value)?;
        if !holds || op.ends_the_constraint() {
            return Ok(holds);
        }
    }
    Ok::<_, Fault>(true)
}
