//! A change as a set sees it: the values at the paths that its queries look at, before and after.

use std::cell::RefCell;
use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::found::{Found, same};
use super::long::LongArray;
use super::positions::Positions;
use crate::event::{Outcome, Verdict};
use crate::op::Op;
use crate::op::steps::Payer;
use crate::plan::code::Step;
use crate::plan::switch::{Cases, FIND_CASE};
use crate::set::index::paths::Paths;
use crate::set::slot::bit;
use crate::value::convert::{list_to_number, text_to_number, to_primitive};
use crate::value::{Answer, Datum, Val};

/// Both sides of a change at the paths where there is something.
pub(crate) struct Subject<'v> {
    pub(crate) sides: Sides<'v>,
    present: SmallVec<[Present<'v>; 32]>,
    /// A bit for each path whose value changed.
    pub(crate) changed: u64,
    /// The long arrays that are found at paths.
    long: Vec<LongArray<'v>>,
    /// What long texts are as numbers, by where in memory they are.
    numbers: RefCell<BTreeMap<usize, f64>>,
    /// How many arrays and objects below others have been compared.
    compared: usize,
    /// Whether each object was read with all the fields that queries look at.
    pub(crate) is_whole: bool,
}

/// So many arrays and objects that may lie within others are compared: each of them is as large as all of the object, and any
/// number of paths may lead from one to the next. Further ones are taken for changed.
const MAX_COMPARED: usize = 16;

/// The objects of a change; one of them is there.
#[derive(Clone, Copy)]
pub(crate) enum Sides<'v> {
    New(Val<'v>),
    Old(Val<'v>),
    Both { old: Val<'v>, new: Val<'v> },
}

/// A path at which there is something on one side at least.
pub(crate) struct Present<'v> {
    pub(crate) path: u32,
    /// Of the side that is there, if it is the only one; so are both.
    pub(crate) old: Found<'v>,
    pub(crate) new: Found<'v>,
    pub(crate) changed: bool,
}

impl<'v> Sides<'v> {
    /// The object after the change, or before it; the only one, if there is one only.
    pub(crate) fn object(self, after: bool) -> Val<'v> {
        match self {
            Self::New(only) | Self::Old(only) => only,
            Self::Both { new, .. } if after => new,
            Self::Both { old, .. } => old,
        }
    }

    /// The outcome of the answers for the sides that are there, as far as they are paid for; `answer` is asked with whether
    /// it is the one after the change.
    #[inline]
    pub(crate) fn outcome<S>(
        self,
        mut answer: impl FnMut(bool) -> Result<Answer, S>,
    ) -> Result<Outcome, S> {
        let mut verdict = |after| answer(after).map(Verdict::from);
        Ok(match self {
            Self::New(_) => Outcome::new(None, Some(verdict(true)?)),
            Self::Old(_) => Outcome::new(Some(verdict(false)?), None),
            Self::Both { .. } => Outcome::new(Some(verdict(false)?), Some(verdict(true)?)),
        })
    }
}

impl<'v> Subject<'v> {
    /// A change of which nothing is [read](Self::read_sides) yet: in its place, as it is too large to be moved.
    #[inline]
    pub(crate) fn of(sides: Sides<'v>) -> Self {
        Self {
            sides,
            present: SmallVec::new(),
            changed: 0,
            long: Vec::new(),
            numbers: RefCell::default(),
            compared: 0,
            is_whole: false,
        }
    }

    /// Notes what both sides have at a path.
    #[inline]
    pub(super) fn note(&mut self, path: u32, found: Found<'v>, positions: &mut Positions) {
        self.prepare(found);
        positions.set(path, self.present.len());
        self.present.push(Present {
            path,
            old: found,
            new: found,
            changed: false,
        });
    }

    /// Prepares what is found for a search if it is a long array.
    #[inline]
    fn prepare(&mut self, found: Found<'v>) {
        if let Found::Member(Datum::Array(items)) = found
            && let Some(long) = LongArray::of(items)
        {
            self.long.push(long);
        }
    }

    /// Notes what both sides have at a path, if there is something on one of them; and whether it is below a field.
    pub(super) fn note_both(
        &mut self,
        path: u32,
        [old, new]: [Found<'v>; 2],
        is_below: bool,
        positions: &mut Positions,
    ) {
        if old.is_nothing() && new.is_nothing() {
            return;
        }
        if !(self.is_to_be_compared(is_below, [old, new]) && old.is_same(new)) {
            return self.note_changed(path, [old, new], positions);
        }
        self.prepare(old);
        self.prepare(new);
        positions.set(path, self.present.len());
        self.present.push(Present {
            path,
            old,
            new,
            changed: false,
        });
    }

    /// Notes what both sides have at a path, which is not the same.
    pub(super) fn note_changed(
        &mut self,
        path: u32,
        [old, new]: [Found<'v>; 2],
        positions: &mut Positions,
    ) {
        self.prepare(old);
        self.prepare(new);
        positions.set(path, self.present.len());
        self.present.push(Present {
            path,
            old,
            new,
            changed: true,
        });
        self.changed |= bit(path);
    }

    fn is_to_be_compared(&mut self, is_below: bool, sides: [Found<'v>; 2]) -> bool {
        !is_below || !sides.into_iter().all(Found::has_parts) || self.may_compare()
    }

    /// Whether two more of arrays and objects are compared.
    fn may_compare(&mut self) -> bool {
        self.compared += 1;
        self.compared <= MAX_COMPARED
    }

    /// Notes what both sides have where a path of the `find` dialect begins, if there is something on one of them.
    pub(super) fn note_heads(
        &mut self,
        path: u32,
        [old, new]: [Option<Val<'v>>; 2],
        positions: &mut Positions,
    ) {
        if old.is_none() && new.is_none() {
            return;
        }
        let has_parts =
            |head: Option<Val<'_>>| matches!(head, Some(Val::Array(_) | Val::Object(_)));
        let is_same = match (old, new) {
            (Some(a), Some(b)) => {
                (!(has_parts(old) && has_parts(new)) || self.may_compare()) && same(a, b)
            }
            _ => false,
        };
        let [old, new] = [old, new].map(|head| head.map_or(Found::NOTHING, Found::Head));
        positions.set(path, self.present.len());
        self.present.push(Present {
            path,
            old,
            new,
            changed: !is_same,
        });
        if !is_same {
            self.changed |= bit(path);
        }
    }

    /// Notes what stands where a path of the `find` dialect begins, the same on both sides.
    #[inline]
    pub(super) fn note_head(&mut self, path: u32, head: Val<'v>, positions: &mut Positions) {
        let found = Found::Head(head);
        positions.set(path, self.present.len());
        self.present.push(Present {
            path,
            old: found,
            new: found,
            changed: false,
        });
    }

    pub(crate) fn present(&self) -> &[Present<'v>] {
        &self.present
    }

    /// A path, if there is something on one side at least.
    pub(crate) fn find(&self, path: u32, positions: &Positions) -> Option<&Present<'v>> {
        self.present.get(positions.get(path)?)
    }

    /// What a path is among numbers after the change, or before it; see [`number_of`](Self::number_of). Nothing if it is in no
    /// range.
    pub(crate) fn number(
        &self,
        path: u32,
        after: bool,
        paths: &Paths,
        positions: &Positions,
    ) -> Option<f64> {
        let found = *self.side(path, after, positions);
        // What is missing may be so in either dialect.
        let may_be_of_find = matches!(found, Found::Head(_)) || found.is_nothing();
        if may_be_of_find && let Some(way) = paths.way_of(path) {
            return way.number(&found.seen(way));
        }
        let reading = found.reading();
        Some(reading.map_or(f64::NAN, |value| self.number_of(value)))
    }

    /// What a value is among numbers; NaN if it has no place there.
    pub(crate) fn number_of(&self, value: Val<'v>) -> f64 {
        match value {
            Val::Number(number) | Val::Date(number) => number,
            Val::Text(text) => self.number_in(text),
            Val::Undefined => f64::NAN,
            Val::Array(list) => list_to_number(list, |text| self.number_in(text)),
            value => to_primitive(value).map_or(f64::NAN, |primitive| primitive.to_number()),
        }
    }

    /// Any number of features, groups and paths may ask for one text, which is read once if that takes long.
    fn number_in(&self, text: &'v str) -> f64 {
        const LONG: usize = 64;
        if text.len() < LONG {
            return text_to_number(text);
        }
        let mut numbers = self.numbers.borrow_mut();
        let number = numbers.entry(text.as_ptr().addr());
        *number.or_insert_with(|| text_to_number(text))
    }

    /// The answer of a step after the change, or before it, as far as `payer` pays for it.
    #[expect(
        clippy::inline_always,
        reason = "each step of each candidate goes through here, but the compiler sees two callers"
    )]
    #[inline(always)]
    pub(crate) fn answer<P: Payer>(
        &self,
        step: &Step,
        after: bool,
        positions: &Positions,
        payer: &mut P,
    ) -> Result<Answer, P::Spent> {
        let found = self.side(step.path, after, positions);
        if !self.long.is_empty()
            && let Some(answer) = self.answer_long(found, &step.op, payer)?
        {
            return Ok(Ok(answer));
        }
        payer.answer(&step.op, || found.reading(), || found.answer(&step.op))
    }

    /// The answer of an operator for a long array, if it is one.
    #[inline]
    fn answer_long<P: Payer>(
        &self,
        found: &Found<'v>,
        op: &Op,
        payer: &mut P,
    ) -> Result<Option<bool>, P::Spent> {
        let Found::Member(Datum::Array(items)) = found else {
            return Ok(None);
        };
        if !LongArray::may_answer(op) {
            return Ok(None);
        }
        payer.spend(self.long.len() as u64 / 16)?;
        let Some(long) = self.long_of(items) else {
            return Ok(None);
        };
        payer.spend_for(|_| long.steps(op).unwrap_or(0))?;
        Ok(long.answer(op))
    }

    /// What it takes to [find](Self::finds) whether one of the cases of a path holds; where that is more than `most`, not less
    /// than one step more.
    pub(crate) fn steps_to_find(
        &self,
        path: u32,
        after: bool,
        positions: &Positions,
        most: u64,
    ) -> u64 {
        let reading = self.side(path, after, positions).reading();
        reading.map_or(1, |value| FIND_CASE.steps_for(value, most))
    }

    /// Whether one of the cases of a path holds after the change, or before it, if that is plain to see.
    pub(crate) fn finds(
        &self,
        code: &[Step],
        cases: &Cases,
        path: u32,
        after: bool,
        positions: &Positions,
    ) -> Option<bool> {
        let found = self.side(path, after, positions);
        match found.member() {
            // There the steps are as fast.
            Some(_) if self.long_at(found).is_some() => None,
            Some(member) => cases.find(code, member),
            None => found.is_nothing().then_some(false),
        }
    }

    fn long_at(&self, found: &Found<'v>) -> Option<&LongArray<'v>> {
        match found {
            Found::Member(Datum::Array(items)) => self.long_of(items),
            _ => None,
        }
    }

    fn long_of(&self, items: &[Datum]) -> Option<&LongArray<'v>> {
        self.long.iter().find(|long| long.is_of(items))
    }

    #[inline]
    fn side(&self, path: u32, after: bool, positions: &Positions) -> &Found<'v> {
        match self.find(path, positions) {
            Some(present) if after => &present.new,
            Some(present) => &present.old,
            None => &Found::NOTHING,
        }
    }
}
