//! What reading the objects of a change needs beside them, whatever they are kept as.

use super::found::Found;
use super::positions::Positions;
use super::subject::Subject;
use super::trail::Trail;
use crate::set::index::paths::{Head, Paths};
use crate::set::store::slab::NONE;
use crate::value::Val;
use crate::value::key::Key;

/// More paths below a field are read one on from the other.
pub(super) const FEW_PATHS: usize = 8;

/// What reading the objects of a change needs beside them.
pub(crate) struct Reader<'s> {
    pub(crate) paths: &'s Paths,
    pub(crate) positions: &'s mut Positions,
    /// By the place of a field in an object, the head that the last object had there.
    pub(crate) guesses: &'s mut [u32],
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

impl<'v> Subject<'v> {
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
}
