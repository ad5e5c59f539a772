//! Both sides of a change that are a host's own maps, read member by member as objects are that were read from text.

use std::iter::Peekable;

use serde_json::map::Iter;
use serde_json::{Map, Value};

use super::found::{Found, same_json};
use super::reader::{FEW_PATHS, Notes, Reader, head_at, read_on};
use super::subject::Subject;
use super::trail::Trail;
use crate::set::index::paths::{Head, Paths};
use crate::value::key::Key;
use crate::value::val::Members;
use crate::value::{MAX_DEPTH, Val};

type Object = Map<String, Value>;

/// An object may have so many members for each that queries look at, or these are looked up one by one.
const MEMBERS_PER_FIELD: usize = 3;

/// Whether the members of both sides are few enough to be looked at, given how many fields queries look at.
pub(super) fn are_few(old: &Object, new: &Object, fields: usize) -> bool {
    old.len().max(new.len()) <= fields.saturating_mul(MEMBERS_PER_FIELD)
}

impl<'v> Subject<'v> {
    /// Compares the members of maps, most of which have the same names in the same order.
    pub(super) fn compare_maps(
        &mut self,
        old: &'v Object,
        new: &'v Object,
        reader: &mut Reader<'_>,
    ) {
        let mut trail = Trail::new([old, new].map(view));
        let mut ahead = Ahead::of(old);
        let mut common = 0;
        for (place, (name, value)) in new.iter().enumerate() {
            let before = ahead.take(name);
            common += usize::from(before.is_some());
            if let Some(head) = reader.head(Key::new(name), place) {
                self.compare_members(head, [before, Some(value)], &mut trail, reader);
            }
        }
        if common < old.len() {
            let gone = old.iter().enumerate();
            for (place, (name, value)) in gone.filter(|(_, (name, _))| !new.contains_key(*name)) {
                if let Some(head) = reader.head(Key::new(name), place) {
                    self.compare_members(head, [Some(value), None], &mut trail, reader);
                }
            }
        }
        self.compare_odd([old, new].map(view), reader);
    }

    /// Notes what both sides have at the paths that begin at a member.
    fn compare_members<'s>(
        &mut self,
        head: &'s Head,
        sides: [Option<&'v Value>; 2],
        trail: &mut Trail<'s, 'v, 2>,
        reader: &mut Reader<'s>,
    ) {
        if let [Some(old), Some(new)] = sides
            && same_json(old, new, MAX_DEPTH)
        {
            let mut notes = Notes {
                subject: self,
                positions: reader.positions,
            };
            return each_path_of(head, reader.paths, new, &mut notes);
        }
        if let Some(own) = head.own() {
            let found = sides.map(|side| side.map_or(Found::NOTHING, Found::of_value));
            self.note_changed(own, found, reader.positions);
        }
        for number in head.ways() {
            let found =
                sides.map(|side| side.map_or(Found::NOTHING, |value| Found::Head(value.into())));
            self.note_changed(*number, found, reader.positions);
        }
        if head.below().len() > FEW_PATHS {
            for number in reader.paths.below(head) {
                if let Some(record) = reader.paths.get(number) {
                    self.note_both(number, trail.read(record), true, reader.positions);
                }
            }
            return;
        }
        for number in head.below() {
            if let Some(record) = reader.paths.get(*number) {
                let below = |value| Found::below_value(&record.path, value);
                let found = sides.map(|side| side.map_or(Found::NOTHING, below));
                self.note_both(*number, found, true, reader.positions);
            }
        }
    }
}

/// Notes what a map has at each path, on the only side.
pub(super) fn look<'v>(
    map: &'v Object,
    paths: &Paths,
    guesses: &mut [u32],
    notes: &mut Notes<'_, 'v>,
) {
    for (place, (name, value)) in map.iter().enumerate() {
        if let Some(head) = head_at(Key::new(name), place, paths, guesses) {
            each_path_of(head, paths, value, notes);
        }
    }
}

/// Notes what there is at the paths that begin at a member, the same on both sides or on the only one.
fn each_path_of<'v>(head: &Head, paths: &Paths, value: &'v Value, notes: &mut Notes<'_, 'v>) {
    let mut note = |path, found: Found<'v>| {
        if !found.is_nothing() {
            notes.found(path, found);
        }
    };
    if let Some(own) = head.own() {
        note(own, Found::of_value(value));
    }
    if head.below().len() <= FEW_PATHS {
        for number in head.below() {
            if let Some(record) = paths.get(*number) {
                note(*number, Found::below_value(&record.path, value));
            }
        }
    } else {
        let trail = Trail::below([Some(value)]);
        read_on(trail, paths.below(head), paths, notes);
    }
    for number in head.ways() {
        notes.head(*number, value.into());
    }
}

fn view(map: &Object) -> Val<'_> {
    Val::Object(Members::Map(map))
}

/// Members that are asked for by name, mostly in their own order.
struct Ahead<'v> {
    map: &'v Object,
    /// From the one on that is asked for next, if all goes as it mostly does.
    rest: Peekable<Iter<'v>>,
}

impl<'v> Ahead<'v> {
    fn of(map: &'v Object) -> Self {
        let rest = map.iter().peekable();
        Self { map, rest }
    }

    /// The value of a name. Over all names, each member is passed once.
    fn take(&mut self, name: &str) -> Option<&'v Value> {
        if let Some((_, value)) = self.rest.next_if(|(next, _)| *next == name) {
            return Some(value);
        }
        let value = self.map.get(name)?;
        // It may stand before, where maps keep another order than that of names.
        self.rest.find(|(next, _)| *next == name);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_found_in_whatever_order() {
        let old = json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5});
        let old = old.as_object().expect("an object");
        for names in ["abcde", "bd", "xaybz", "edcba", "cab", "aabb", "xyz", ""] {
            let mut ahead = Ahead::of(old);
            for name in names.chars().map(String::from) {
                assert_eq!(ahead.take(&name), old.get(&name), "{name} of {names}");
            }
        }
    }
}
