//! What a clause means to Parse Server's LiveQuery, compiled to what is run.
//!
//! [`compile`](compile()) turns the faithful clause into a [`Plan`]; [`subscribe`] refuses what Parse Server
//! refuses, [`lint`] finds what will surprise, [`canonical`] says which plans are the same.

pub(crate) mod canonical;
pub(crate) mod code;
mod compile;
pub(crate) mod lint;
mod operand;
mod path;
mod pattern;
mod scene;
pub(crate) mod subscribe;
mod tree;

pub(crate) use self::compile::{compile, ordinals};
pub(crate) use self::path::Path;

use crate::limits::Limits;
use crate::pattern::PatternCache;
use crate::value::{Answer, Val};

use self::code::{Step, Target};
use self::scene::{Copied, decoded};

/// What compiling needs beside the clause.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) patterns: &'a PatternCache,
}

/// A compiled clause.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) code: Box<[Step]>,
    /// Each path once.
    pub(crate) paths: Box<[Path]>,
    pub(crate) entry: Target,
    /// Whether a constraint can see what another one did to a date: Parse decodes a date in place, so that
    /// after `d` was looked at, `d.iso` is gone.
    pub(crate) revisits_dates: bool,
}

impl Plan {
    /// Whether an object satisfies the clause.
    pub(crate) fn answer(&self, object: Val<'_>) -> Answer {
        if self.revisits_dates {
            return self.answer_in_place(object);
        }
        code::run(&self.code, self.entry, |path| {
            decoded(self.path(path).read(object)?)
        })
    }

    /// On a copy of the object, in which dates are decoded in place.
    fn answer_in_place(&self, object: Val<'_>) -> Answer {
        let mut copy = Copied::new(object)?;
        code::follow(&self.code, self.entry, |step| {
            step.op.answer(copy.read(self.path(step.path))?)
        })
    }

    fn path(&self, position: u32) -> &Path {
        &self.paths[position as usize]
    }

    /// How often a pattern ran out of its budget of steps.
    pub(crate) fn over_budget(&self) -> u64 {
        self.code.iter().map(|step| step.op.over_budget()).sum()
    }
}
