//! A plan run against one object.

use std::convert::Infallible;

use serde_json::Value;

use super::code::{Step, Target};
use super::dates::decoded;
use super::run::{Program, Reads, follow, run};
use super::steps::{steps_to_count, steps_to_decode};
use super::switch::Cases;
use super::{Path, Plan};
use crate::op::order::Order;
use crate::op::steps::Payer;
use crate::op::{Op, usual};
use crate::steps::Free;
use crate::value::val::Members;
use crate::value::{Answer, Datum, Fault, Member, Val};

impl Plan {
    /// Whether an object satisfies the clause.
    pub(crate) fn answer(&self, object: Val<'_>) -> Answer {
        match object {
            Val::Object(Members::Fields(fields)) => self.answer_members::<Datum>(fields, object),
            Val::Object(Members::Map(map)) => self.answer_members::<Value>(map, object),
            _ => self.answer_odd(object),
        }
    }

    /// The same, as far as `payer` pays for it.
    pub(crate) fn answer_within<P: Payer>(
        &self,
        object: Val<'_>,
        payer: &mut P,
    ) -> Result<Answer, P::Spent> {
        run(self.program(), payer, || Views { plan: self, object })
    }

    /// The answer for what is no JSON object.
    #[inline(never)]
    fn answer_odd(&self, object: Val<'_>) -> Answer {
        let Ok(answer) = self.answer_within(object, &mut Free);
        answer
    }

    /// As [`answer`](Self::answer), with a look at the members themselves before a view is made of them.
    fn answer_members<M: Member>(&self, members: &M::Members, object: Val<'_>) -> Answer {
        match &*self.code {
            // Many queries have one step, for which nothing is to be kept.
            [only] => {
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
            ] if first.path == second.path => {
                self.answer_range::<M>([(first, low), (second, high)], members, object)
            }
            _ => self.answer_steps::<M>(members, &object),
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
        let Ok(answer) = follow::<Infallible>(&self.code, |step| Ok(step.op.answer(value)));
        answer
    }

    #[inline(never)]
    fn answer_steps<M: Member>(&self, members: &M::Members, object: &Val<'_>) -> Answer {
        let Ok(answer) = run(self.program(), &mut Free, || Kept::<M> {
            plan: self,
            members,
            object,
            path: u32::MAX,
            member: None,
            view: None,
        });
        answer
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

    fn program(&self) -> Program<'_> {
        Program {
            run: self.run,
            code: &self.code,
            switches: &self.switches,
        }
    }
}

/// An object of which a view is made for each step: of what is no JSON object, and where it is paid for.
struct Views<'r> {
    plan: &'r Plan,
    object: Val<'r>,
}

impl<P: Payer> Reads<P> for Views<'_> {
    fn object(&self) -> Val<'_> {
        self.object
    }

    fn path(&self, step: &Step) -> Option<&Path> {
        self.plan.paths.get(step.path as usize)
    }

    #[inline]
    fn answer(&mut self, step: &Step, payer: &mut P) -> Result<Answer, P::Spent> {
        let path = self.plan.path(step.path);
        payer.spend_for(|_| 1 + path.components())?;
        payer.spend_for(|_| steps_to_count(path, self.object))?;
        let value = match path.read(self.object) {
            Ok(value) => value,
            Err(fault) => return Ok(Err(fault)),
        };
        payer.spend_for(|most| steps_to_decode(value, most))?;
        payer.answer_value(&step.op, decoded(value))
    }

    /// The steps are run, as each is paid for by itself.
    fn find(
        &mut self,
        _: &[Step],
        _: &Step,
        _: &Cases,
        _: &mut P,
    ) -> Result<Option<bool>, P::Spent> {
        Ok(None)
    }
}

/// An object whose members are looked at as they are kept. Steps in a row that ask for one path read it once.
struct Kept<'r, M: Member> {
    plan: &'r Plan,
    members: &'r M::Members,
    /// Behind a reference, so that the rest lies in registers.
    object: &'r Val<'r>,
    /// The path that was read last.
    path: u32,
    member: Option<&'r M>,
    /// Of the value there, if one was made: a date that was found out is kept for the next step.
    view: Option<Val<'r>>,
}

impl<M: Member> Reads<Free> for Kept<'_, M> {
    fn object(&self) -> Val<'_> {
        *self.object
    }

    fn path(&self, step: &Step) -> Option<&Path> {
        self.plan.paths.get(step.path as usize)
    }

    #[expect(
        clippy::inline_always,
        reason = "each step goes through here, but the compiler sees two callers"
    )]
    #[inline(always)]
    fn answer(&mut self, step: &Step, _: &mut Free) -> Result<Answer, Infallible> {
        if step.path != self.path {
            self.path = step.path;
            self.member = self.plan.path(step.path).member(self.members);
            self.view = None;
        }
        if let Some(value) = self.view {
            return Ok(step.op.answer(value));
        }
        if let Some(answer) = self.member.and_then(|member| step.op.usual_answer(member)) {
            return Ok(Ok(answer));
        }
        let value = match self.plan.view(step.path, self.member, *self.object) {
            Ok(value) => value,
            Err(fault) => return Ok(Err(fault)),
        };
        self.view = Some(value);
        Ok(step.op.answer(value))
    }

    fn find(
        &mut self,
        code: &[Step],
        step: &Step,
        cases: &Cases,
        _: &mut Free,
    ) -> Result<Option<bool>, Infallible> {
        if let Some(member) = self.plan.path(step.path).member::<M>(self.members) {
            return Ok(cases.find(code, member));
        }
        let value = self.plan.view::<M>(step.path, None, *self.object);
        Ok(value.is_ok_and(Val::is_undefined).then_some(false))
    }
}
