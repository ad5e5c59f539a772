//! Many paths, read one on from the other.
//!
//! Who subscribes chooses the paths, and they may be long: thousands that differ in their last component only are read from
//! where these part, and nothing is looked for below what is not there.

use serde_json::Value;
use smallvec::SmallVec;

use super::found::{Found, PathValue};
use crate::plan::{Path, decoded};
use crate::set::index::paths::PathRecord;
use crate::value::key::{Key, array_index};
use crate::value::text::Units;
use crate::value::val::Members;
use crate::value::{Datum, Val};

/// What was found along the last path, on one side of a change or on both.
pub(super) struct Trail<'s, 'v, const SIDES: usize> {
    /// The objects in which paths begin, unless they begin [below](Self::below) a field.
    roots: [Val<'v>; SIDES],
    path: Option<&'s Path>,
    /// Behind each component, as far as there was something on some side.
    found: SmallVec<[[At<'v>; SIDES]; 8]>,
    /// The last long texts that were on the way.
    texts: [Option<Units<'v>>; SIDES],
}

/// Texts from so many bytes on are walked once for all their units.
const LONG: usize = 64;

/// What stands behind a component.
#[derive(Clone, Copy)]
pub(super) enum At<'v> {
    /// As it is kept, in objects whose members are found by hash.
    Member(&'v Datum),
    Reading(PathValue<'v>),
}

impl<'s, 'v, const SIDES: usize> Trail<'s, 'v, SIDES> {
    /// For paths that begin in an object.
    pub(super) fn new(roots: [Val<'v>; SIDES]) -> Self {
        Self {
            roots,
            path: None,
            found: SmallVec::new(),
            texts: [const { None }; SIDES],
        }
    }

    /// For paths below a field that the sides have, as far as they have it.
    pub(super) fn below(heads: [Option<impl Into<At<'v>>>; SIDES]) -> Self {
        let at = |head: Option<_>| head.map_or(At::NOTHING, Into::into);
        Self {
            found: SmallVec::from_iter([heads.map(at)]),
            ..Self::new([Val::Undefined; SIDES])
        }
    }

    /// Reads a path as [`Path::read`] does. Those that begin alike are to come one after the other.
    pub(super) fn read(&mut self, record: &'s PathRecord) -> [Found<'v>; SIDES] {
        let path = &record.path;
        if let Some(last) = self.path.replace(path) {
            self.found.truncate(path.common(last));
        }
        while let Some(key) = path.key(self.found.len()) {
            let next = match self.found.last() {
                None => self.roots.map(|root| At::Reading(root.get_key(key))),
                Some(last) if !last.iter().all(At::is_nothing) => {
                    let last = *last;
                    std::array::from_fn(|side| self.then(last[side], side, key))
                }
                Some(_) => match self.next_builtin(record.builtins) {
                    Some(0) => [At::NOTHING.then(key); SIDES],
                    Some(_) => [At::NOTHING; SIDES],
                    None => return [Found::NOTHING; SIDES],
                },
            };
            self.found.push(next);
        }
        match self.found.last() {
            Some(found) => found.map(At::found),
            None => [Found::NOTHING; SIDES],
        }
    }

    /// What stands behind the next component, on a side.
    fn then(&mut self, at: At<'v>, side: usize, key: Key<'_>) -> At<'v> {
        match at.long_text() {
            Some(text) => {
                let known = self.texts[side].take().filter(|known| known.is_of(text));
                let units = self.texts[side].insert(known.unwrap_or_else(|| Units::of(text)));
                property_of(units, key).unwrap_or_else(|| at.then(key))
            }
            None => at.then(key),
        }
    }

    /// How far behind the next component the next one is that is the name of a built-in, which is found in nothing too.
    fn next_builtin(&self, builtins: u64) -> Option<u32> {
        let next = u32::try_from(self.found.len()).unwrap_or(u32::MAX);
        // The last bit stands for all components behind.
        let ahead = builtins >> next.min(u64::BITS - 1);
        (ahead != 0).then(|| ahead.trailing_zeros())
    }
}

impl<'v> From<&'v Datum> for At<'v> {
    fn from(member: &'v Datum) -> Self {
        Self::Member(member)
    }
}

impl<'v> From<&'v Value> for At<'v> {
    fn from(member: &'v Value) -> Self {
        Self::Reading(Ok(member.into()))
    }
}

impl<'v> At<'v> {
    const NOTHING: Self = Self::Reading(Ok(Val::Undefined));

    /// Whether what is behind it is looked for in an empty object.
    fn is_nothing(&self) -> bool {
        match self {
            Self::Member(member) => !Val::from(*member).is_truthy(),
            Self::Reading(reading) => reading.is_ok_and(|value| !value.is_truthy()),
        }
    }

    fn long_text(self) -> Option<&'v str> {
        let text = match self {
            Self::Member(member) => member.as_text(),
            Self::Reading(Ok(Val::Text(text))) => Some(text),
            Self::Reading(_) => None,
        };
        text.filter(|text| text.len() >= LONG)
    }

    /// What stands behind the next component.
    fn then(self, key: Key<'_>) -> Self {
        let reading = match self {
            Self::Member(member) => {
                let own = member.as_fields().and_then(|fields| fields.get_key(key));
                if let Some(own) = own {
                    return Self::Member(own);
                }
                Ok(Val::from(member))
            }
            Self::Reading(reading) => reading,
        };
        Self::Reading(reading.and_then(|value| {
            if value.is_truthy() {
                value.get_key(key)
            } else {
                Val::Object(Members::Empty).get_key(key)
            }
        }))
    }

    fn found(self) -> Found<'v> {
        match self {
            Self::Member(member) => Found::of(member),
            Self::Reading(reading) => Found::Reading(reading.and_then(decoded)),
        }
    }
}

/// What a text owns, if it is a name that it may own.
fn property_of<'v>(units: &Units<'v>, key: Key<'_>) -> Option<At<'v>> {
    let own = match array_index(key.name) {
        Some(index) => units.at(index as usize).map_or(Val::Undefined, Val::from),
        #[expect(clippy::cast_precision_loss, reason = "no text is that long")]
        None if key.name == "length" => Val::Number(units.len() as f64),
        None => return None,
    };
    Some(At::Reading(Ok(own)))
}
