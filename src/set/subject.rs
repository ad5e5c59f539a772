//! A change as a set sees it: the values at the paths that its queries look at, before and after.

use smallvec::SmallVec;

use super::paths::{Head, Paths, is_unknown};
use super::scratch::Positions;
use super::slot::bit;
use crate::event::Outcome;
use crate::field_set::FieldSet;
use crate::plan::decoded;
use crate::value::convert::{text_to_number, to_primitive};
use crate::value::key::Key;
use crate::value::val::{List, Members};
use crate::value::{Answer, Fault, Val};

/// What reading a path gives: a value, dates decoded, or a fault.
pub(super) type Reading<'v> = Result<Val<'v>, Fault>;

/// Both sides of a change at the paths where there is something.
pub(super) struct Subject<'v> {
    pub(super) sides: Sides<'v>,
    touched: SmallVec<[Touched<'v>; 32]>,
    /// A bit for each path whose value changed.
    pub(super) changed: u64,
}

/// The objects of a change; one of them is there.
#[derive(Clone, Copy)]
pub(super) enum Sides<'v> {
    New(Val<'v>),
    Old(Val<'v>),
    Both { old: Val<'v>, new: Val<'v> },
}

/// A path at which there is something on one side at least.
pub(super) struct Touched<'v> {
    pub(super) path: u32,
    /// Of the side that is there, if it is the only one; so are both.
    pub(super) old: Reading<'v>,
    pub(super) new: Reading<'v>,
    pub(super) changed: bool,
}

const NOTHING: Reading<'static> = Ok(Val::Undefined);

impl<'v> Sides<'v> {
    /// The object after the change, or before it; the only one, if there is one only.
    pub(super) fn object(self, after: bool) -> Val<'v> {
        match self {
            Self::New(only) | Self::Old(only) => only,
            Self::Both { new, .. } if after => new,
            Self::Both { old, .. } => old,
        }
    }

    /// The outcome of the answers for the sides that are there; `answer` is asked with whether it is the one after
    /// the change.
    pub(super) fn outcome(self, answer: impl Fn(bool) -> Answer) -> Outcome {
        match self {
            Self::New(_) => Outcome::new(None, Some(answer(true).into())),
            Self::Old(_) => Outcome::new(Some(answer(false).into()), None),
            Self::Both { .. } => {
                Outcome::new(Some(answer(false).into()), Some(answer(true).into()))
            }
        }
    }
}

impl<'v> Subject<'v> {
    pub(super) fn new(
        sides: Sides<'v>,
        paths: &Paths,
        fields: &FieldSet,
        positions: &mut Positions,
    ) -> Self {
        let mut subject = Self {
            sides,
            touched: SmallVec::new(),
            changed: 0,
        };
        match sides {
            Sides::New(only) | Sides::Old(only) => {
                subject.look(only, paths, fields, positions, |touched, reading| {
                    touched.old = reading;
                    touched.new = reading;
                });
            }
            Sides::Both { old, new } => {
                subject.look(new, paths, fields, positions, |touched, reading| {
                    touched.new = reading;
                });
                subject.look(old, paths, fields, positions, |touched, reading| {
                    touched.old = reading;
                });
                subject.compare();
            }
        }
        subject
    }

    /// Reads every path at which an object has something.
    fn look(
        &mut self,
        object: Val<'v>,
        paths: &Paths,
        fields: &FieldSet,
        positions: &mut Positions,
        set: impl Fn(&mut Touched<'v>, Reading<'v>),
    ) {
        let mut note = |path: u32, reading: Reading<'v>| {
            let at = positions.entry(path, self.touched.len());
            if at == self.touched.len() {
                self.touched.push(Touched {
                    path,
                    old: NOTHING,
                    new: NOTHING,
                    changed: false,
                });
            }
            set(&mut self.touched[at], reading);
        };
        let mut member = |key: Key<'_>, value: Val<'v>| {
            let Some(head) = paths.head(key) else { return };
            each_path(head, paths, value, &mut note);
        };
        match object {
            Val::Object(Members::Fields(members)) => {
                members
                    .iter_keys()
                    .for_each(|(key, datum)| member(key, datum.into()));
            }
            Val::Object(Members::Map(map)) => {
                map.iter()
                    .for_each(|(name, value)| member(Key::new(name), value.into()));
            }
            _ => {
                // No object at all: every path is read as a query reads it.
                for (number, record) in paths.iter() {
                    note(number, record.path.read(object).and_then(decoded));
                }
                return;
            }
        }
        for number in paths.odd() {
            if let Some(record) = paths.get(number) {
                note(number, record.path.read(object).and_then(decoded));
            }
        }
        if lacks_fields(object, fields) {
            let unknown = paths
                .iter()
                .filter(|(_, record)| is_unknown(object, record.path.head().name));
            unknown.for_each(|(number, _)| note(number, Err(Fault)));
        }
    }

    fn compare(&mut self) {
        for touched in &mut self.touched {
            touched.changed = !same_reading(touched.old, touched.new);
            if touched.changed {
                self.changed |= bit(touched.path);
            }
        }
    }

    pub(super) fn touched(&self) -> &[Touched<'v>] {
        &self.touched
    }

    /// A path, if there is something on one side at least.
    pub(super) fn find(&self, path: u32, positions: &Positions) -> Option<&Touched<'v>> {
        self.touched.get(positions.get(path)?)
    }

    /// The value of a path after the change, or before it; that of the only side, if there is one only.
    pub(super) fn read(&self, path: u32, after: bool, positions: &Positions) -> Reading<'v> {
        match self.find(path, positions) {
            Some(touched) if after => touched.new,
            Some(touched) => touched.old,
            None => NOTHING,
        }
    }
}

fn each_path<'v>(
    head: &Head,
    paths: &Paths,
    value: Val<'v>,
    note: &mut impl FnMut(u32, Reading<'v>),
) {
    for number in &head.paths {
        if let Some(record) = paths.get(*number) {
            note(*number, record.path.read_below(value).and_then(decoded));
        }
    }
}

/// Whether an object was read without some of the fields that the set asks for.
fn lacks_fields(object: Val<'_>, fields: &FieldSet) -> bool {
    match object {
        Val::Object(Members::Fields(members)) => !members.has_kept(fields),
        _ => false,
    }
}

fn same_reading(a: Reading<'_>, b: Reading<'_>) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => same(a, b),
        _ => false,
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

/// What a value is among numbers; NaN if it has no place there.
pub(super) fn number_of(reading: Reading<'_>) -> f64 {
    match reading {
        Ok(Val::Number(number) | Val::Date(number)) => number,
        Ok(Val::Text(text)) => text_to_number(text),
        Ok(Val::Undefined) | Err(Fault) => f64::NAN,
        Ok(value) => to_primitive(value).map_or(f64::NAN, |primitive| primitive.to_number()),
    }
}
