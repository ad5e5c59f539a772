//! The sides of a change are read, each as it is kept.

use super::found::Found;
use super::reader::{Notes, Reader, read_on};
use super::subject::{Sides, Subject};
use super::trail::Trail;
use super::{fields, maps};
use crate::set::index::paths::{PathRecord, Paths};
use crate::value::Val;
use crate::value::val::Members;

impl<'v> Subject<'v> {
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
        Val::Object(Members::Fields(members)) => fields::look(members, paths, guesses, notes),
        Val::Object(Members::Map(map)) => maps::look(map, paths, guesses, notes),
        _ => {}
    }
    read_on(Trail::new([object]), paths.odd(), paths, notes);
}

/// Reads every path.
fn read_all<'v>(object: Val<'v>, paths: &Paths, notes: &mut Notes<'_, 'v>) {
    for (number, record) in paths.iter().filter(|(_, record)| record.path.is_bare()) {
        in_object(number, record, object, notes);
    }
    read_on(Trail::new([object]), paths.longer(), paths, notes);
}

/// What an object itself has in the field at which a path of the `find` dialect begins. It may have been read without it,
/// which is a fault of the queries that ask for it.
fn head_in<'v>(object: Val<'v>, record: &PathRecord) -> Option<Val<'v>> {
    match object {
        Val::Object(members) => members.get_key(record.path.head()),
        _ => None,
    }
}

/// Notes what an object has at a path that is a field, or begins at one.
fn in_object<'v>(path: u32, record: &PathRecord, object: Val<'v>, notes: &mut Notes<'_, 'v>) {
    if record.way.is_some() {
        if let Some(head) = head_in(object, record) {
            notes.head(path, head);
        }
        return;
    }
    let found = Found::at(&record.path, object);
    if !found.is_nothing() {
        notes.found(path, found);
    }
}
