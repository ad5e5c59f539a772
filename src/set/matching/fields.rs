//! Both sides of a change, or the only one, that were read from text: their members are found by hash.

use super::found::Found;
use super::reader::{FEW_PATHS, Notes, Reader, head_at, read_on};
use super::subject::Subject;
use super::trail::Trail;
use crate::set::index::paths::{Head, Paths};
use crate::value::val::Members;
use crate::value::{Datum, Fields, Val};

impl<'v> Subject<'v> {
    /// Compares fields, most of which are the same on both sides and read once then.
    pub(super) fn compare_fields(
        &mut self,
        old: &'v Fields,
        new: &'v Fields,
        reader: &mut Reader<'_>,
    ) {
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
}

/// Notes what an object has at each path, on the only side.
pub(super) fn look<'v>(
    fields: &'v Fields,
    paths: &Paths,
    guesses: &mut [u32],
    notes: &mut Notes<'_, 'v>,
) {
    for (place, (key, datum)) in fields.iter_keys().enumerate() {
        if let Some(head) = head_at(key, place, paths, guesses) {
            each_path(head, paths, datum, notes);
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
