//! The candidates of a change are run.

use std::hint::black_box;
use std::mem;

use smallvec::SmallVec;

use super::QuerySet;
use super::candidate::Candidate;
use super::finds::Find;
use super::hit::Hit;
use super::index::paths::Paths;
use super::matching::positions::Positions;
use super::matching::scratch::Scratch;
use super::matching::subject::{Sides, Subject};
use super::slot::Slot;
use super::subscribers::Subscribed;
use crate::event::{Outcome, Verdict};
use crate::op::steps::Payer;
use crate::plan::Path;
use crate::plan::code::Step;
use crate::plan::run::{Program, Reads, run};
use crate::plan::switch::Cases;
use crate::steps::Free;
use crate::value::{Answer, Fault, Val};

/// So many candidates are read from memory at once.
const AT_ONCE: usize = 32;

impl QuerySet {
    /// Runs the candidates, a few at a time: first all of these are read from memory, which then happens at once and
    /// not one after another.
    #[inline]
    pub(super) fn verify_all(
        &self,
        subject: &Subject<'_>,
        scratch: &Scratch,
        hits: &mut Vec<Hit>,
        mut verify: impl FnMut(Candidate<'_>, &Subject<'_>, &Scratch, &mut Vec<Hit>),
    ) {
        for some in scratch.candidates.all().chunks(AT_ONCE) {
            let slots = some.iter().filter_map(|number| self.slots.get(*number));
            let slots: SmallVec<[Slot<'_>; AT_ONCE]> = slots.collect();
            let first = || slots.iter().filter_map(|slot| slot.code.first());
            for step in first() {
                // A step may lie on two lines of memory.
                black_box((step.path, mem::discriminant(&step.op)));
            }
            for step in first() {
                step.op.prefetch();
            }
            for slot in &slots {
                verify(Candidate::Live(*slot), subject, scratch, hits);
            }
            if slots.len() < some.len() {
                self.verify_finds(some, |find| verify(find, subject, scratch, hits));
            }
        }
    }

    /// Runs those of some candidates that are of the `find` dialect, which are read from memory first, as the others are.
    #[inline(never)]
    fn verify_finds(&self, some: &[u32], mut verify: impl FnMut(Candidate<'_>)) {
        let finds = some.iter().filter_map(|number| self.slots.find(*number));
        let finds: SmallVec<[&Find; AT_ONCE]> = finds.collect();
        finds.iter().for_each(|find| find.plan.prefetch());
        finds.iter().for_each(|find| find.plan.prefetch_operand());
        finds
            .into_iter()
            .for_each(|find| verify(Candidate::Find(find)));
    }

    /// The query of a number.
    pub(super) fn candidate(&self, number: u32) -> Option<Candidate<'_>> {
        let live = self.slots.get(number).map(Candidate::Live);
        live.or_else(|| self.slots.find(number).map(Candidate::Find))
    }

    /// Runs a candidate for which nobody pays.
    #[inline]
    pub(super) fn verify(
        &self,
        candidate: Candidate<'_>,
        subject: &Subject<'_>,
        scratch: &Scratch,
        hits: &mut Vec<Hit>,
    ) {
        let Ok(outcome) = self.outcome(candidate, subject, scratch, &mut Free);
        self.hit(candidate.subscribed(), outcome, hits);
    }

    /// The verdicts of both sides, as far as `payer` pays for them.
    #[inline]
    pub(super) fn outcome<P: Payer>(
        &self,
        candidate: Candidate<'_>,
        subject: &Subject<'_>,
        scratch: &Scratch,
        payer: &mut P,
    ) -> Result<Outcome, P::Spent> {
        match candidate {
            Candidate::Live(slot) => self.live_outcome(slot, subject, scratch, payer),
            Candidate::Find(find) => find_outcome(find, subject, payer),
        }
    }

    #[inline]
    fn live_outcome<P: Payer>(
        &self,
        slot: Slot<'_>,
        subject: &Subject<'_>,
        scratch: &Scratch,
        payer: &mut P,
    ) -> Result<Outcome, P::Spent> {
        let program = Program {
            run: slot.head.run,
            code: slot.code,
            switches: self.slots.switches(slot.head),
        };
        let answer = |after| {
            run(program, payer, || ChangeSide {
                paths: &self.paths,
                subject,
                after,
                positions: &scratch.positions,
            })
        };
        on_sides(slot.head.mask, subject, answer)
    }

    pub(super) fn hit(&self, subscribed: Subscribed, outcome: Outcome, hits: &mut Vec<Hit>) {
        let ids = self.subscribers.of(&subscribed);
        hits.extend(Hit::each(ids, outcome));
    }
}

#[inline(never)]
pub(super) fn find_outcome<P: Payer>(
    find: &Find,
    subject: &Subject<'_>,
    payer: &mut P,
) -> Result<Outcome, P::Spent> {
    let Find { plan, now, .. } = find;
    if !subject.is_whole {
        // One side may have been read with a field that the other one was read without.
        return subject
            .sides
            .outcome(|after| plan.answer_within(subject.sides.object(after), *now, payer));
    }
    on_sides(find.mask, subject, |after| {
        match subject.sides.object(after) {
            Val::Object(members) => plan.answer_whole(members, *now, payer),
            _ => Ok(Err(Fault)),
        }
    })
}

/// The verdicts of both sides; one is enough where nothing has changed that a query with such a mask looks at.
#[inline]
fn on_sides<S>(
    mask: u64,
    subject: &Subject<'_>,
    mut answer: impl FnMut(bool) -> Result<Answer, S>,
) -> Result<Outcome, S> {
    match subject.sides {
        Sides::Both { .. } if mask & subject.changed == 0 => {
            let verdict = Some(Verdict::from(answer(true)?));
            Ok(Outcome::new(verdict, verdict))
        }
        sides => sides.outcome(answer),
    }
}

/// One side of a change, which was read for all queries of the set.
struct ChangeSide<'r, 'v> {
    paths: &'r Paths,
    subject: &'r Subject<'v>,
    after: bool,
    positions: &'r Positions,
}

impl<P: Payer> Reads<P> for ChangeSide<'_, '_> {
    fn object(&self) -> Val<'_> {
        self.subject.sides.object(self.after)
    }

    fn path(&self, step: &Step) -> Option<&Path> {
        Some(&self.paths.get(step.path)?.path)
    }

    #[expect(
        clippy::inline_always,
        reason = "each step of each candidate goes through here, but the compiler sees two callers"
    )]
    #[inline(always)]
    fn answer(&mut self, step: &Step, payer: &mut P) -> Result<Answer, P::Spent> {
        self.subject.answer(step, self.after, self.positions, payer)
    }

    fn find(
        &mut self,
        code: &[Step],
        step: &Step,
        cases: &Cases,
        payer: &mut P,
    ) -> Result<Option<bool>, P::Spent> {
        let (subject, path, after) = (self.subject, step.path, self.after);
        payer.spend_for(|most| subject.steps_to_find(path, after, self.positions, most))?;
        Ok(subject.finds(code, cases, path, after, self.positions))
    }
}
