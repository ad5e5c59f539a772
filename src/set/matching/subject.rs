//! A change as a set sees it: the values at the paths that its queries look at, before and after.

use std::cell::RefCell;
use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::found::{Found, same};
use super::long::LongArray;
use super::maps;
use super::positions::Positions;
use super::trail::Trail;
use crate::event::{Outcome, Verdict};
use crate::op::Op;
use crate::op::steps::Payer;
use crate::plan::code::Step;
use crate::plan::switch::{Cases, FIND_CASE};
use crate::set::index::paths::{Head, PathRecord, Paths};
use crate::set::slot::bit;
use crate::set::store::slab::NONE;
use crate::value::convert::{list_to_number, text_to_number, to_primitive};
use crate::value::key::Key;
use crate::value::val::Members;
use crate::value::{Answer, Datum, Fields, Val};

/// More paths below a field are read one on from the other.
pub(super) const FEW_PATHS: usize = 8;

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

/// What reading the objects of a change needs beside them.
pub(crate) struct Reader<'s> {
    pub(crate) paths: &'s Paths,
    pub(crate) positions: &'s mut Positions,
    /// By the place of a field in an object, the head that the last object had there.
    pub(crate) guesses: &'s mut [u32],
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

    /// Reads what both sides have at each path.
    pub(crate) fn read_sides(&mut self, reader: &mut Reader<'_>) {
        let is_whole = |object| is_whole(object, reader.paths);
        self.is_whole = match self.sides {
            Sides::New(only) | Sides::Old(only) => is_whole(only),
            Sides::Both { old, new } => is_whole(old) && is_whole(new),
        };
        match self.sides {
            Sides::New(only) | Sides::Old(only) => {
                let is_whole = self.is_whole;
                let mut notes = Notes {
                    subject: self,
                    positions: reader.positions,
                };
                if is_whole {
                    look(only, reader.paths, reader.guesses, &mut notes);
                } else {
                    read_all(only, reader.paths, &mut notes);
                }
            }
            Sides::Both {
                old: Val::Object(Members::Fields(old)),
                new: Val::Object(Members::Fields(new)),
            } if self.is_whole => self.compare_fields(old, new, reader),
            Sides::Both {
                old: Val::Object(Members::Map(old)),
                new: Val::Object(Members::Map(new)),
            } if maps::are_few(old, new, reader.paths.heads()) => {
                self.compare_maps(old, new, reader);
            }
            Sides::Both { old, new } => self.compare(old, new, reader),
        }
    }

    /// Notes what both sides have at a path.
    #[inline]
    fn note(&mut self, path: u32, found: Found<'v>, positions: &mut Positions) {
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
    fn note_heads(
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
    fn note_head(&mut self, path: u32, head: Val<'v>, positions: &mut Positions) {
        let found = Found::Head(head);
        positions.set(path, self.present.len());
        self.present.push(Present {
            path,
            old: found,
            new: found,
            changed: false,
        });
    }

    /// Reads each path on both sides.
    fn compare(&mut self, old: Val<'v>, new: Val<'v>, reader: &mut Reader<'_>) {
        let Reader {
            paths, positions, ..
        } = reader;
        for (number, record) in paths.iter().filter(|(_, record)| record.path.is_bare()) {
            if record.way.is_some() {
                let heads = [old, new].map(|object| head_in(object, record));
                self.note_heads(number, heads, positions);
                continue;
            }
            let found = [old, new].map(|object| Found::at(&record.path, object));
            self.note_both(number, found, false, positions);
        }
        let mut trail = Trail::new([old, new]);
        for number in paths.longer() {
            if let Some(record) = paths.get(number) {
                self.note_both(number, trail.read(record), true, positions);
            }
        }
    }

    /// Compares fields, most of which are the same on both sides and read once then.
    fn compare_fields(&mut self, old: &'v Fields, new: &'v Fields, reader: &mut Reader<'_>) {
        let view = |fields| Val::Object(Members::Fields(fields));
        let mut common = 0;
        for (place, (key, datum)) in new.iter_keys().enumerate() {
            let before = old.get_near(key, place);
            common += usize::from(before.is_some());
            let Some(head) = reader.head(key, place) else {
                continue;
            };
            if before == Some(datum) {
                let mut notes = Notes {
                    subject: self,
                    positions: reader.positions,
                };
                each_path(head, reader.paths, datum, &mut notes);
            } else {
                self.compare_paths(head, [before, Some(datum)], reader);
            }
        }
        if common < old.len() {
            self.compare_gone(old, new, reader);
        }
        self.compare_odd([old, new].map(view), reader);
    }

    /// What both sides have where something is found in nothing too.
    pub(super) fn compare_odd(&mut self, sides: [Val<'v>; 2], reader: &mut Reader<'_>) {
        let mut trail = Trail::new(sides);
        for number in reader.paths.odd() {
            if let Some(record) = reader.paths.get(number) {
                let found = trail.read(record);
                let is_below = !record.path.is_bare();
                self.note_both(number, found, is_below, reader.positions);
            }
        }
    }

    /// The fields that are gone after the change.
    fn compare_gone(&mut self, old: &'v Fields, new: &Fields, reader: &mut Reader<'_>) {
        for (place, (key, datum)) in old.iter_keys().enumerate() {
            if new.get_key(key).is_none()
                && let Some(head) = reader.head(key, place)
            {
                self.compare_paths(head, [Some(datum), None], reader);
            }
        }
    }

    fn compare_paths(
        &mut self,
        head: &Head,
        sides: [Option<&'v Datum>; 2],
        reader: &mut Reader<'_>,
    ) {
        if let Some(own) = head.own() {
            let found = sides.map(|member| member.map_or(Found::NOTHING, Found::of));
            self.note_both(own, found, false, reader.positions);
        }
        for number in head.ways() {
            let heads = sides.map(|member| member.map(Val::from));
            self.note_heads(*number, heads, reader.positions);
        }
        if head.below().len() > FEW_PATHS {
            let mut trail = Trail::below(sides);
            for number in reader.paths.below(head) {
                if let Some(record) = reader.paths.get(number) {
                    let found = trail.read(record);
                    self.note_both(number, found, true, reader.positions);
                }
            }
            return;
        }
        for number in head.below() {
            if let Some(record) = reader.paths.get(*number) {
                let below = |head| Found::below(&record.path, head);
                let found = sides.map(|head| head.map_or(Found::NOTHING, below));
                self.note_both(*number, found, true, reader.positions);
            }
        }
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

/// Notes what is found on the only side, or on both.
pub(super) struct Notes<'n, 'v> {
    pub(super) subject: &'n mut Subject<'v>,
    pub(super) positions: &'n mut Positions,
}

impl<'v> Notes<'_, 'v> {
    #[inline]
    pub(super) fn found(&mut self, path: u32, found: Found<'v>) {
        self.subject.note(path, found, self.positions);
    }

    /// What stands where a path of the `find` dialect begins.
    #[inline]
    pub(super) fn head(&mut self, path: u32, head: Val<'v>) {
        self.subject.note_head(path, head, self.positions);
    }

    /// What an object has at a path that is a field, or begins at one.
    fn in_object(&mut self, path: u32, record: &PathRecord, object: Val<'v>) {
        if record.way.is_some() {
            if let Some(head) = head_in(object, record) {
                self.head(path, head);
            }
            return;
        }
        let found = Found::at(&record.path, object);
        if !found.is_nothing() {
            self.found(path, found);
        }
    }
}

/// What an object itself has in the field at which a path of the `find` dialect begins. It may have been read without it,
/// which is a fault of the queries that ask for it.
fn head_in<'v>(object: Val<'v>, record: &PathRecord) -> Option<Val<'v>> {
    match object {
        Val::Object(members) => members.get_key(record.path.head()),
        _ => None,
    }
}

impl<'s> Reader<'s> {
    #[inline]
    pub(super) fn head(&mut self, key: Key<'_>, place: usize) -> Option<&'s Head> {
        head_at(key, place, self.paths, self.guesses)
    }
}

#[inline]
pub(super) fn head_at<'s>(
    key: Key<'_>,
    place: usize,
    paths: &'s Paths,
    guesses: &mut [u32],
) -> Option<&'s Head> {
    let guess = guesses.get_mut(place);
    paths.head(key, guess.unwrap_or(&mut { NONE }))
}

/// Whether an object was read with all the fields that queries look at.
fn is_whole(object: Val<'_>, paths: &Paths) -> bool {
    match object {
        Val::Object(Members::Fields(fields)) => {
            let kept = fields.kept_fields();
            kept.is_none_or(|kept| kept.is_superset(&paths.fields().0))
        }
        Val::Object(Members::Map(_) | Members::Empty) => true,
        // No object at all: every path is read as a query reads it.
        _ => false,
    }
}

/// Reads every path at which a whole object has something.
fn look<'v>(object: Val<'v>, paths: &Paths, guesses: &mut [u32], notes: &mut Notes<'_, 'v>) {
    match object {
        Val::Object(Members::Fields(members)) => {
            for (place, (key, datum)) in members.iter_keys().enumerate() {
                if let Some(head) = head_at(key, place, paths, guesses) {
                    each_path(head, paths, datum, notes);
                }
            }
        }
        Val::Object(Members::Map(map)) => maps::look(map, paths, guesses, notes),
        _ => {}
    }
    read_on(Trail::new([object]), paths.odd(), paths, notes);
}

/// Reads every path.
fn read_all<'v>(object: Val<'v>, paths: &Paths, notes: &mut Notes<'_, 'v>) {
    for (number, record) in paths.iter().filter(|(_, record)| record.path.is_bare()) {
        notes.in_object(number, record, object);
    }
    read_on(Trail::new([object]), paths.longer(), paths, notes);
}

/// Reads some paths, in the order of their texts.
pub(super) fn read_on<'s, 'v>(
    mut trail: Trail<'s, 'v, 1>,
    numbers: impl Iterator<Item = u32>,
    paths: &'s Paths,
    notes: &mut Notes<'_, 'v>,
) {
    for number in numbers {
        if let Some(record) = paths.get(number) {
            let [found] = trail.read(record);
            if !found.is_nothing() {
                notes.found(number, found);
            }
        }
    }
}

/// The paths of the `find` dialect.
#[inline(never)]
fn each_way<'v>(head: &Head, value: &'v Datum, notes: &mut Notes<'_, 'v>) {
    for number in head.ways() {
        notes.head(*number, value.into());
    }
}

#[inline]
fn each_path<'v>(head: &Head, paths: &Paths, value: &'v Datum, notes: &mut Notes<'_, 'v>) {
    if let Some(own) = head.own() {
        notes.found(own, Found::of(value));
    }
    if !head.ways().is_empty() {
        each_way(head, value, notes);
    }
    if head.below().len() > FEW_PATHS {
        return read_on(Trail::below([Some(value)]), paths.below(head), paths, notes);
    }
    for number in head.below() {
        if let Some(record) = paths.get(*number) {
            notes.found(*number, Found::below(&record.path, value));
        }
    }
}
