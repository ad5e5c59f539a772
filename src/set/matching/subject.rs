//! A change as a set sees it: the values at the paths that its queries look at, before and after.

use std::cell::RefCell;
use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::long::LongArray;
use super::positions::Positions;
use crate::event::Outcome;
use crate::op::{Op, usual};
use crate::plan::code::Step;
use crate::plan::switch::{Cases, FIND_CASE};
use crate::plan::{Path, decoded};
use crate::set::index::paths::{Head, Paths};
use crate::set::slot::bit;
use crate::set::store::slab::NONE;
use crate::steps::{Meter, Size, Spend, Spent};
use crate::value::convert::{list_to_number, text_to_number, to_primitive};
use crate::value::key::Key;
use crate::value::val::{List, Members};
use crate::value::{Answer, Datum, Fault, Fields, Val};

/// What reading a path gives: a value, dates decoded, or a fault.
pub(crate) type Reading<'v> = Result<Val<'v>, Fault>;

/// Both sides of a change at the paths where there is something.
pub(crate) struct Subject<'v> {
    pub(crate) sides: Sides<'v>,
    touched: SmallVec<[Touched<'v>; 32]>,
    /// A bit for each path whose value changed.
    pub(crate) changed: u64,
    /// The long arrays that are found at paths.
    long: Vec<LongArray<'v>>,
    /// What long texts are as numbers, by where in memory they are.
    numbers: RefCell<BTreeMap<usize, f64>>,
    /// How many arrays and objects below others have been compared.
    compared: usize,
}

/// So many arrays and objects that may lie within others are compared: each of them is as large as all of the object, and any
/// number of paths may lead from one to the next. Further ones are taken for changed.
const MOST_COMPARED: usize = 16;

/// The objects of a change; one of them is there.
#[derive(Clone, Copy)]
pub(crate) enum Sides<'v> {
    New(Val<'v>),
    Old(Val<'v>),
    Both { old: Val<'v>, new: Val<'v> },
}

/// A path at which there is something on one side at least.
pub(crate) struct Touched<'v> {
    pub(crate) path: u32,
    /// Of the side that is there, if it is the only one; so are both.
    pub(crate) old: Found<'v>,
    pub(crate) new: Found<'v>,
    pub(crate) changed: bool,
}

/// What is found at a path.
#[derive(Clone, Copy)]
pub(crate) enum Found<'v> {
    /// As it is kept, in an object whose members are found by hash.
    Member(&'v Datum),
    /// The same, and what many queries ask of it.
    Pointer {
        member: &'v Datum,
        class_name: &'v str,
        object_id: &'v str,
    },
    Reading(Reading<'v>),
}

impl<'v> Found<'v> {
    const NOTHING: Self = Self::Reading(Ok(Val::Undefined));

    /// What a query finds at a path of a value.
    fn at(path: &Path, root: Val<'v>) -> Self {
        Self::Reading(path.read(root).and_then(decoded))
    }

    /// What stands at a path below the head that an object has.
    fn below(path: &Path, head: &'v Datum) -> Self {
        match path.member_below(head) {
            Some(member) => Self::of(member),
            None => Self::Reading(path.read_below(head.into()).and_then(decoded)),
        }
    }

    #[inline]
    fn of(member: &'v Datum) -> Self {
        match usual::pointer(member) {
            Some((class_name, object_id)) => Self::Pointer {
                member,
                class_name,
                object_id,
            },
            None => Self::Member(member),
        }
    }

    /// The value that a query is given.
    #[inline]
    pub(crate) fn reading(self) -> Reading<'v> {
        match self {
            Self::Member(member) | Self::Pointer { member, .. } => decoded(member.into()),
            Self::Reading(reading) => reading,
        }
    }

    fn is_nothing(self) -> bool {
        matches!(
            self,
            Self::Reading(Ok(Val::Undefined)) | Self::Member(Datum::Undefined)
        )
    }

    /// Whether it is an array or an object, and no pointer.
    fn has_parts(self) -> bool {
        match self {
            Self::Member(member) => matches!(member, Datum::Array(_) | Datum::Object(_)),
            Self::Pointer { .. } => false,
            Self::Reading(reading) => matches!(reading, Ok(Val::Array(_) | Val::Object(_))),
        }
    }

    fn is_same(self, other: Self) -> bool {
        match (self.member(), other.member()) {
            (Some(a), Some(b)) => a == b,
            _ => match (self.reading(), other.reading()) {
                (Ok(a), Ok(b)) => same(a, b),
                _ => false,
            },
        }
    }

    /// The answer of an operator.
    #[inline]
    fn answer(&self, op: &Op) -> Answer {
        match self.usual_answer(op) {
            Some(answer) => Ok(answer),
            None => op.answer(self.reading()?),
        }
    }

    #[inline]
    fn usual_answer(&self, op: &Op) -> Option<bool> {
        match (self, op) {
            (
                Self::Pointer {
                    class_name,
                    object_id,
                    ..
                },
                Op::PointsTo(to),
            ) => to.is_pointer(class_name, object_id),
            (Self::Member(member) | Self::Pointer { member, .. }, _) => op.usual_answer(*member),
            (Self::Reading(_), _) => None,
        }
    }

    fn member(self) -> Option<&'v Datum> {
        match self {
            Self::Member(member) | Self::Pointer { member, .. } => Some(member),
            Self::Reading(_) => None,
        }
    }
}

impl Found<'_> {
    /// The answer of an operator for a long array, which is found there.
    fn answer_of(&self, long: &LongArray<'_>, op: &Op) -> Answer {
        long.answer(op).map_or_else(|| self.answer(op), Ok)
    }
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

    /// The outcome of the answers for the sides that are there; `answer` is asked with whether it is the one after
    /// the change.
    pub(crate) fn outcome(self, answer: impl Fn(bool) -> Answer) -> Outcome {
        match self {
            Self::New(_) => Outcome::new(None, Some(answer(true).into())),
            Self::Old(_) => Outcome::new(Some(answer(false).into()), None),
            Self::Both { .. } => {
                Outcome::new(Some(answer(false).into()), Some(answer(true).into()))
            }
        }
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
            touched: SmallVec::new(),
            changed: 0,
            long: Vec::new(),
            numbers: RefCell::default(),
            compared: 0,
        }
    }

    /// Reads what both sides have at each path.
    pub(crate) fn read_sides(&mut self, reader: &mut Reader<'_>) {
        match self.sides {
            Sides::New(only) | Sides::Old(only) => {
                let mut note = |path, found| self.note(path, found, reader.positions);
                look(only, reader.paths, reader.guesses, &mut note);
            }
            Sides::Both {
                old: Val::Object(Members::Fields(old)),
                new: Val::Object(Members::Fields(new)),
            } => self.compare_fields(old, new, reader),
            Sides::Both { old, new } => self.compare(old, new, reader),
        }
    }

    /// Notes what both sides have at a path.
    #[inline]
    fn note(&mut self, path: u32, found: Found<'v>, positions: &mut Positions) {
        self.prepare(found);
        positions.set(path, self.touched.len());
        self.touched.push(Touched {
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
    fn note_both(
        &mut self,
        path: u32,
        [old, new]: [Found<'v>; 2],
        is_below: bool,
        positions: &mut Positions,
    ) {
        if old.is_nothing() && new.is_nothing() {
            return;
        }
        let changed = !(self.is_to_be_compared(is_below, [old, new]) && old.is_same(new));
        self.prepare(old);
        self.prepare(new);
        positions.set(path, self.touched.len());
        self.touched.push(Touched {
            path,
            old,
            new,
            changed,
        });
        if changed {
            self.changed |= bit(path);
        }
    }

    fn is_to_be_compared(&mut self, is_below: bool, sides: [Found<'v>; 2]) -> bool {
        if !is_below || !sides.into_iter().all(Found::has_parts) {
            return true;
        }
        self.compared += 1;
        self.compared <= MOST_COMPARED
    }

    /// Reads each path on both sides.
    fn compare(&mut self, old: Val<'v>, new: Val<'v>, reader: &mut Reader<'_>) {
        let Reader {
            paths, positions, ..
        } = reader;
        for (number, record) in paths.iter() {
            let found = [old, new].map(|object| Found::at(&record.path, object));
            self.note_both(number, found, !record.path.is_bare(), positions);
        }
    }

    /// Compares fields, most of which are the same on both sides and read once then.
    fn compare_fields(&mut self, old: &'v Fields, new: &'v Fields, reader: &mut Reader<'_>) {
        let view = |fields| Val::Object(Members::Fields(fields));
        if !(is_whole(old, reader.paths) && is_whole(new, reader.paths)) {
            return self.compare(view(old), view(new), reader);
        }
        let mut common = 0;
        for (place, (key, datum)) in new.iter_keys().enumerate() {
            let before = old.get_near(key, place);
            common += usize::from(before.is_some());
            let Some(head) = reader.head(key, place) else {
                continue;
            };
            if before == Some(datum) {
                let mut note = |path, found| self.note(path, found, reader.positions);
                each_path(head, reader.paths, datum, &mut note);
            } else {
                self.compare_paths(head, [before, Some(datum)], reader);
            }
        }
        if common < old.len() {
            self.compare_gone(old, new, reader);
        }
        for number in reader.paths.odd() {
            if let Some(record) = reader.paths.get(number) {
                let found = [old, new].map(|fields| Found::at(&record.path, view(fields)));
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
        if head.own != NONE {
            let found = sides.map(|member| member.map_or(Found::NOTHING, Found::of));
            self.note_both(head.own, found, false, reader.positions);
        }
        for number in &head.below {
            if let Some(record) = reader.paths.get(*number) {
                let below = |head| Found::below(&record.path, head);
                let found = sides.map(|head| head.map_or(Found::NOTHING, below));
                self.note_both(*number, found, true, reader.positions);
            }
        }
    }

    pub(crate) fn touched(&self) -> &[Touched<'v>] {
        &self.touched
    }

    /// A path, if there is something on one side at least.
    pub(crate) fn find(&self, path: u32, positions: &Positions) -> Option<&Touched<'v>> {
        self.touched.get(positions.get(path)?)
    }

    /// What a path is among numbers after the change, or before it; see [`number_of`](Self::number_of).
    pub(crate) fn number(&self, path: u32, after: bool, positions: &Positions) -> f64 {
        let reading = self.side(path, after, positions).reading();
        reading.map_or(f64::NAN, |value| self.number_of(value))
    }

    /// What a value is among numbers; NaN if it has no place there.
    pub(crate) fn number_of(&self, value: Val<'_>) -> f64 {
        match value {
            Val::Number(number) | Val::Date(number) => number,
            Val::Text(text) => self.number_in(text),
            Val::Undefined => f64::NAN,
            Val::Array(list) => list_to_number(list, |text| self.number_in(text)),
            value => to_primitive(value).map_or(f64::NAN, |primitive| primitive.to_number()),
        }
    }

    /// Any number of features, groups and paths may ask for one text, which is read once if that takes long.
    fn number_in(&self, text: &str) -> f64 {
        const LONG: usize = 64;
        if text.len() < LONG {
            return text_to_number(text);
        }
        let mut numbers = self.numbers.borrow_mut();
        let number = numbers.entry(text.as_ptr().addr());
        *number.or_insert_with(|| text_to_number(text))
    }

    /// The answer of a step after the change, or before it.
    #[expect(
        clippy::inline_always,
        reason = "each step of each candidate goes through here, but the compiler sees two callers"
    )]
    #[inline(always)]
    pub(crate) fn answer(&self, step: &Step, after: bool, positions: &Positions) -> Answer {
        let found = self.side(step.path, after, positions);
        if !self.long.is_empty()
            && let Some(long) = self.long_at(found)
            && let Some(answer) = long.answer(&step.op)
        {
            return Ok(answer);
        }
        found.answer(&step.op)
    }

    /// As [`answer`](Self::answer), as far as `meter` pays for it.
    pub(crate) fn answer_within(
        &self,
        step: &Step,
        after: bool,
        positions: &Positions,
        meter: &mut Meter,
    ) -> Result<Answer, Spent> {
        let found = self.side(step.path, after, positions);
        if !self.long.is_empty()
            && LongArray::may_answer(&step.op)
            && let Found::Member(Datum::Array(_)) = found
        {
            meter.spend(self.long.len() as u64 / 16)?;
            if let Some(long) = self.long_at(found)
                && let Some(steps) = long.steps(&step.op)
            {
                meter.spend(steps)?;
                return Ok(found.answer_of(long, &step.op));
            }
        }
        let value = match found.reading() {
            Ok(value) => value,
            Err(fault) => return Ok(Err(fault)),
        };
        // These count for themselves what they take.
        if matches!(step.op, Op::Regex(_) | Op::All(_)) {
            return step.op.answer_within(value, meter);
        }
        meter.spend(step.op.steps(value))?;
        Ok(found.answer(&step.op))
    }

    /// What it takes to [find](Self::finds) whether one of the cases of a path holds.
    pub(crate) fn steps_to_find(&self, path: u32, after: bool, positions: &Positions) -> u64 {
        let reading = self.side(path, after, positions).reading();
        reading.map_or(1, |value| FIND_CASE.steps(&Size::of(value)))
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
        let Found::Member(Datum::Array(items)) = found else {
            return None;
        };
        self.long.iter().find(|long| long.is_of(items))
    }

    #[inline]
    fn side(&self, path: u32, after: bool, positions: &Positions) -> &Found<'v> {
        match self.find(path, positions) {
            Some(touched) if after => &touched.new,
            Some(touched) => &touched.old,
            None => &Found::NOTHING,
        }
    }
}

impl<'s> Reader<'s> {
    #[inline]
    fn head(&mut self, key: Key<'_>, place: usize) -> Option<&'s Head> {
        head_at(key, place, self.paths, self.guesses)
    }
}

#[inline]
fn head_at<'s>(
    key: Key<'_>,
    place: usize,
    paths: &'s Paths,
    guesses: &mut [u32],
) -> Option<&'s Head> {
    let guess = guesses.get_mut(place);
    paths.head(key, guess.unwrap_or(&mut { NONE }))
}

/// Whether an object was read with all the fields that queries look at.
fn is_whole(object: &Fields, paths: &Paths) -> bool {
    let kept = object.kept_fields();
    kept.is_none_or(|kept| kept.is_superset(&paths.fields().0))
}

/// Reads every path at which an object has something.
fn look<'v>(
    object: Val<'v>,
    paths: &Paths,
    guesses: &mut [u32],
    note: &mut impl FnMut(u32, Found<'v>),
) {
    let Val::Object(members) = object else {
        // No object at all: every path is read as a query reads it.
        return read_all(object, paths, note);
    };
    match members {
        Members::Fields(members) if !is_whole(members, paths) => {
            return read_all(object, paths, note);
        }
        Members::Fields(members) => {
            for (place, (key, datum)) in members.iter_keys().enumerate() {
                if let Some(head) = head_at(key, place, paths, guesses) {
                    each_path(head, paths, datum, note);
                }
            }
        }
        Members::Map(map) => {
            for (place, name) in map.keys().enumerate() {
                if let Some(head) = head_at(Key::new(name), place, paths, guesses) {
                    for number in head.paths() {
                        if let Some(record) = paths.get(number) {
                            note(number, Found::at(&record.path, object));
                        }
                    }
                }
            }
        }
        Members::Empty => {}
    }
    for number in paths.odd() {
        if let Some(record) = paths.get(number) {
            note(number, Found::at(&record.path, object));
        }
    }
}

/// Reads every path.
fn read_all<'v>(object: Val<'v>, paths: &Paths, note: &mut impl FnMut(u32, Found<'v>)) {
    for (number, record) in paths.iter() {
        let found = Found::at(&record.path, object);
        if !found.is_nothing() {
            note(number, found);
        }
    }
}

#[inline]
fn each_path<'v>(
    head: &Head,
    paths: &Paths,
    value: &'v Datum,
    note: &mut impl FnMut(u32, Found<'v>),
) {
    if head.own != NONE {
        note(head.own, Found::of(value));
    }
    for number in &head.below {
        if let Some(record) = paths.get(*number) {
            note(*number, Found::below(&record.path, value));
        }
    }
}

/// Whether two values are the same to every query. Some that are may be told apart.
fn same(a: Val<'_>, b: Val<'_>) -> bool {
    match (a, b) {
        (Val::Undefined, Val::Undefined) | (Val::Null, Val::Null) => true,
        (Val::Bool(a), Val::Bool(b)) => a == b,
        (Val::Number(a), Val::Number(b)) | (Val::Date(a), Val::Date(b)) => {
            a.to_bits() == b.to_bits()
        }
        (Val::Text(a), Val::Text(b)) => a == b,
        (Val::Unit(a), Val::Unit(b)) => a == b,
        (Val::Array(List::Data(a)), Val::Array(List::Data(b))) => a == b,
        (Val::Array(List::Values(a)), Val::Array(List::Values(b))) => a == b,
        (Val::Object(Members::Fields(a)), Val::Object(Members::Fields(b))) => a == b,
        (Val::Object(Members::Map(a)), Val::Object(Members::Map(b))) => a.iter().eq(b.iter()),
        (Val::Builtin(a), Val::Builtin(b)) => a == b,
        _ => false,
    }
}
