//! The one runner: from the first step of a program to its answer, whoever reads and whoever pays.
//!
//! A plan runs against one object, a set against the sides of a change that it has read once for all its queries, and each
//! of them with a budget or without. What differs stands in [`Reads`]: where the value of a step comes from. That nobody
//! pays costs nothing: [`Free`](crate::steps::Free) cannot run out, and what would be measured for it is not.

use super::Path;
use super::code::{Next, Run, Step, Target};
use super::dates::Copied;
use super::steps::{RUN, steps_to_copy, steps_to_count, steps_to_decode_at};
use super::switch::{Cases, Switch};
use crate::op::steps::Payer;
use crate::value::{Answer, Fault, Val};

/// What is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program<'p> {
    pub(crate) run: Run,
    pub(crate) code: &'p [Step],
    pub(crate) switches: &'p [Switch],
}

/// How a run reads an object, where `P` pays for it.
pub(crate) trait Reads<P: Payer> {
    /// The whole object.
    fn object(&self) -> Val<'_>;

    /// The path that a step asks for.
    fn path(&self, step: &Step) -> Option<&Path>;

    /// The answer of a step.
    fn answer(&mut self, step: &Step, payer: &mut P) -> Result<Answer, P::Spent>;

    /// Whether one of the cases of a switch holds for the value at the path of a step, if that is plain to see: otherwise
    /// the steps are run.
    fn find(
        &mut self,
        code: &[Step],
        step: &Step,
        cases: &Cases,
        payer: &mut P,
    ) -> Result<Option<bool>, P::Spent>;
}

/// Runs a program, as far as `payer` pays for it.
///
/// What reads the object is made where it is used, so that it lies in registers there.
#[inline]
pub(crate) fn run<P: Payer, R: Reads<P>>(
    program: Program<'_>,
    payer: &mut P,
    reads: impl FnOnce() -> R,
) -> Result<Answer, P::Spent> {
    payer.spend(RUN)?;
    match program.run {
        Run::Always => Ok(Ok(true)),
        Run::Never => Ok(Ok(false)),
        Run::Steps => {
            let mut reads = reads();
            follow(program.code, |step| reads.answer(step, payer))
        }
        Run::Switched => follow_switched(program.code, program.switches, payer, reads()),
        Run::InPlace => answer_in_place(program.code, payer, &reads()),
    }
}

/// Follows steps from the first one to an answer.
///
/// The order is that of the clause, because it decides which fault is met.
#[inline]
pub(crate) fn follow<S>(
    code: &[Step],
    mut answer: impl FnMut(&Step) -> Result<Answer, S>,
) -> Result<Answer, S> {
    let mut at = Target::step(0);
    while let Some(step) = at.of(code) {
        match answer(step)? {
            Ok(holds) => at = step.next(holds),
            Err(fault) => return Ok(Err(fault)),
        }
    }
    Ok(Ok(at == Target::ACCEPT))
}

/// As [`follow`], with switches.
#[inline(never)]
fn follow_switched<P: Payer>(
    code: &[Step],
    switches: &[Switch],
    payer: &mut P,
    mut reads: impl Reads<P>,
) -> Result<Answer, P::Spent> {
    let mut at = Target::step(0);
    // A run never goes back.
    let mut ahead = switches;
    while let Next::Step(position) = at.next()
        && let Some(step) = code.get(position)
    {
        while let [passed, rest @ ..] = ahead
            && passed.first() < position
        {
            ahead = rest;
        }
        let switch = ahead.first().filter(|switch| switch.first() == position);
        let next = match switch {
            Some(switch) => {
                switch.next(code, |step, cases| reads.find(code, step, cases, payer))?
            }
            None => None,
        };
        at = match next {
            Some(next) => next,
            None => match reads.answer(step, payer)? {
                Ok(holds) => step.next(holds),
                Err(fault) => return Ok(Err(fault)),
            },
        };
    }
    Ok(Ok(at == Target::ACCEPT))
}

/// As [`follow`], on a copy of the object.
#[inline(never)]
fn answer_in_place<P: Payer>(
    code: &[Step],
    payer: &mut P,
    reads: &impl Reads<P>,
) -> Result<Answer, P::Spent> {
    let object = reads.object();
    payer.spend_for(|most| steps_to_copy(object, most))?;
    let mut copy = match Copied::new(object) {
        Ok(copy) => copy,
        Err(fault) => return Ok(Err(fault)),
    };
    follow(code, |step| {
        let Some(path) = reads.path(step) else {
            return Ok(Err(Fault));
        };
        // Once to decode what stands there, and once to read it.
        payer.spend_for(|_| 1 + 2 * path.components())?;
        payer.spend_for(|_| 2 * steps_to_count(path, copy.object()))?;
        payer.spend_for(|most| steps_to_decode_at(&copy, path, most))?;
        payer.answer_value(&step.op, copy.read(path))
    })
}
