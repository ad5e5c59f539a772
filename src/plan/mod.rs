//! What a clause means to Parse Server's LiveQuery, compiled to what is run.
//!
//! [`compile`](compile()) turns the faithful clause into a [`Plan`]; [`subscribe`] refuses what Parse Server
//! refuses, [`lint`] finds what will surprise, [`canonical`] says which plans are the same.

pub(crate) mod canonical;
pub(crate) mod code;
mod compile;
pub(crate) mod lint;
mod operand;
pub(crate) mod outline;
mod path;
mod pattern;
mod scene;
pub(crate) mod steps;
pub(crate) mod subscribe;
pub(crate) mod switch;
mod tree;

pub(crate) use self::compile::{compile, ordinals};
pub(crate) use self::path::Path;
pub(crate) use self::scene::decoded;

use serde_json::Value;

use crate::limits::Limits;
use crate::op::order::Order;
use crate::op::{Op, usual};
use crate::pattern::PatternCache;
use crate::value::val::Members;
use crate::value::{Answer, Datum, Fault, Member, Val};

use self::code::{Step, Target};
use self::scene::Copied;
use self::switch::{Cases, Switch};

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
    /// The rows of steps that need not be run one by one.
    pub(crate) switches: Box<[Switch]>,
    /// Whether a constraint can see what another one did to a date: Parse decodes a date in place, so that
    /// after `d` was looked at, `d.iso` is gone.
    pub(crate) revisits_dates: bool,
}

impl Plan {
    /// Whether an object satisfies the clause.
    pub(crate) fn answer(&self, object: Val<'_>) -> Answer {
        if self.revisits_dates {
            return self.answer_copy(object);
        }
        match object {
            Val::Object(Members::Fields(fields)) => self.answer_members::<Datum>(fields, object),
            Val::Object(Members::Map(map)) => self.answer_members::<Value>(map, object),
            _ => self.answer_odd(object),
        }
    }

    #[inline(never)]
    fn answer_copy(&self, object: Val<'_>) -> Answer {
        let path = |position| self.paths.get(position as usize);
        answer_in_place(&self.code, self.entry, object, path)
    }

    /// The answer for what is no JSON object.
    #[inline(never)]
    fn answer_odd(&self, object: Val<'_>) -> Answer {
        code::follow(&self.code, self.entry, |step| {
            step.op.answer(decoded(self.path(step.path).read(object)?)?)
        })
    }

    /// As [`answer`](Self::answer), with a look at the members themselves before a view is made of them.
    fn answer_members<M: Member>(&self, members: &M::Members, object: Val<'_>) -> Answer {
        match &*self.code {
            // Many queries have one step, for which nothing is to be kept.
            [only] if self.entry == Target::step(0) => {
                let member = self.path(only.path).member::<M>(members);
                let holds = match member.and_then(|member| only.op.usual_answer(member)) {
                    Some(answer) => answer,
                    None => only.op.answer(self.view(only.path, member, object)?)?,
                };
                Ok(only.next(holds) == Target::ACCEPT)
            }
            [
                first @ Step {
                    op: Op::Order(low), ..
                },
                second @ Step {
                    op: Op::Order(high),
                    ..
                },
            ] if self.entry == Target::step(0) && first.path == second.path => {
                self.answer_range::<M>([(first, low), (second, high)], members, object)
            }
            _ if self.switches.is_empty() => self.answer_steps::<M>(members, object),
            _ => self.answer_switched::<M>(members, object),
        }
    }

    /// Of the only two steps, which ask for numbers between two others most of the time: both are answered at once, as
    /// after the first alone half of all objects would be guessed wrong.
    fn answer_range<M: Member>(
        &self,
        [(first, low), (second, high)]: [(&Step, &Order); 2],
        members: &M::Members,
        object: Val<'_>,
    ) -> Answer {
        let member = self.path(first.path).member::<M>(members);
        if let Some(member) = member
            && let Some([low, high]) = usual::range([low, high], member)
        {
            let (then, last) = (first.next(low), second.next(high));
            let end = if then == Target::step(1) { last } else { then };
            return Ok(end == Target::ACCEPT);
        }
        let value = self.view(first.path, member, object)?;
        code::follow(&self.code, self.entry, |step| step.op.answer(value))
    }

    /// Steps in a row that ask for one path read it once.
    #[inline(never)]
    fn answer_steps<M: Member>(&self, members: &M::Members, object: Val<'_>) -> Answer {
        let mut path = u32::MAX;
        let mut member: Option<&M> = None;
        let mut view = None;
        code::follow(&self.code, self.entry, |step| {
            if step.path != path {
                path = step.path;
                member = self.path(path).member(members);
                view = None;
            }
            // A date that was found out is kept for the next step.
            if let Some(value) = view {
                return step.op.answer(value);
            }
            if let Some(answer) = member.and_then(|member| step.op.usual_answer(member)) {
                return Ok(answer);
            }
            let value = self.view(path, member, object)?;
            view = Some(value);
            step.op.answer(value)
        })
    }

    #[inline(never)]
    fn answer_switched<M: Member>(&self, members: &M::Members, object: Val<'_>) -> Answer {
        let finds = |step: &Step, cases: &Cases| {
            if let Some(member) = self.path(step.path).member::<M>(members) {
                return cases.find(&self.code, member);
            }
            let value = self.view::<M>(step.path, None, object).ok()?;
            value.is_undefined().then_some(false)
        };
        switch::follow(&self.code, self.entry, &self.switches, finds, |step| {
            let member = self.path(step.path).member::<M>(members);
            match member.and_then(|member| step.op.usual_answer(member)) {
                Some(answer) => Ok(answer),
                None => step.op.answer(self.view(step.path, member, object)?),
            }
        })
    }

    /// The value at a path, whatever stands there.
    #[inline(never)]
    fn view<'v, M: Member>(
        &self,
        path: u32,
        member: Option<&'v M>,
        object: Val<'v>,
    ) -> Result<Val<'v>, Fault> {
        decoded(match member {
            Some(member) => member.view(),
            None => self.path(path).read(object)?,
        })
    }

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

/// Runs steps on a copy of the object, in which dates are decoded in place.
pub(crate) fn answer_in_place<'p>(
    code: &[Step],
    entry: Target,
    object: Val<'_>,
    path: impl Fn(u32) -> Option<&'p Path>,
) -> Answer {
    let mut copy = Copied::new(object)?;
    code::follow(code, entry, |step| {
        step.op.answer(copy.read(path(step.path).ok_or(Fault)?)?)
    })
}
