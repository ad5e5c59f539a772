//! The candidates of a change are run.

use std::hint::black_box;
use std::mem;

use smallvec::SmallVec;

use super::index::paths::Paths;
use super::matching::positions::Positions;
use super::matching::scratch::Scratch;
use super::matching::subject::{Sides, Subject};
use super::slot::Slot;
use super::{Hit, QuerySet};
use crate::event::{Outcome, Verdict};
use crate::op::steps::Payer;
use crate::plan::Path;
use crate::plan::code::Step;
use crate::plan::run::{Program, Reads, run};
use crate::plan::switch::Cases;
use crate::steps::Free;
use crate::value::{Answer, Val};

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
        mut verify: impl FnMut(Slot<'_>, &Subject<'_>, &Scratch, &mut Vec<Hit>),
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
                verify(*slot, subject, scratch, hits);
            }
        }
    }

    /// Runs a candidate for which nobody pays.
    #[inline]
    pub(super) fn verify(
        &self,
        slot: Slot<'_>,
        subject: &Subject<'_>,
        scratch: &Scratch,
        hits: &mut Vec<Hit>,
    ) {
        let Ok(outcome) = self.outcome(slot, subject, scratch, &mut Free);
        self.hit(slot, outcome, hits);
    }

    /// The verdicts of both sides, as far as `payer` pays for them.
    #[inline]
    pub(super) fn outcome<P: Payer>(
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
        let mut answer = |after| {
            run(program, payer, || ChangeSide {
                paths: &self.paths,
                subject,
                after,
                positions: &scratch.positions,
            })
        };
        match subject.sides {
            // Nothing that the query looks at has changed.
            Sides::Both { .. } if slot.head.mask & subject.changed == 0 => {
                let verdict = Some(Verdict::from(answer(true)?));
                Ok(Outcome::new(verdict, verdict))
            }
            sides => sides.outcome(answer),
        }
    }

    pub(super) fn hit(&self, slot: Slot<'_>, outcome: Outcome, hits: &mut Vec<Hit>) {
        let ids = self.subscribers.of(&slot.head.subscribed);
        hits.extend(Hit::each(ids, outcome));
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
