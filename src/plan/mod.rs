//! What a clause means to Parse Server's LiveQuery, compiled to what is run.
//!
//! [`compile`](compile()) turns the faithful clause into a [`Plan`]; [`subscribe`] refuses what Parse Server
//! refuses, [`lint`] finds what will surprise, [`canonical`] says which plans are the same.

mod answer;
pub(crate) mod canonical;
pub(crate) mod code;
mod compile;
mod dates;
pub(crate) mod explain;
pub(crate) mod lint;
mod operand;
pub(crate) mod outline;
mod path;
mod pattern;
pub(crate) mod run;
pub(crate) mod steps;
pub(crate) mod subscribe;
pub(crate) mod switch;
mod tree;
pub(crate) mod written;

pub(crate) use self::compile::{compile, ordinals};
pub(crate) use self::dates::decoded;
pub(crate) use self::path::Path;

use crate::limits::Limits;
use crate::pattern::PatternCache;

use self::code::{Run, Step};
use self::switch::Switch;

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
    /// The rows of steps that need not be run one by one.
    pub(crate) switches: Box<[Switch]>,
    pub(crate) run: Run,
}

impl Plan {
    fn path(&self, position: u32) -> &Path {
        &self.paths[position as usize]
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let code = self.code.iter().map(|step| step.op.memory_usage());
        let paths = self.paths.iter().map(Path::memory_usage);
        let switches = self.switches.iter().map(Switch::memory_usage);
        size_of_val(&*self.code)
            + size_of_val(&*self.paths)
            + size_of_val(&*self.switches)
            + code.sum::<usize>()
            + paths.sum::<usize>()
            + switches.sum::<usize>()
    }

    /// How often a pattern ran out of its budget of steps.
    pub(crate) fn over_budget(&self) -> u64 {
        self.code.iter().map(|step| step.op.over_budget()).sum()
    }
}
