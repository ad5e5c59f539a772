//! The keys that a change has.

use std::cell::OnceCell;

use super::sought::Keys;
use super::subject::{Found, Sides, Subject, Touched, number_of};
use crate::geo::{Point, check_ring, vertices};
use crate::set::index::access::{LONGEST, Maker, is_bare, plain};
use crate::set::index::paths::Paths;
use crate::set::keys::cell::{self, Region};
use crate::set::keys::feature::{Feature, KeyHasher, Kind, Scalar, sort};
use crate::set::keys::grams::{self, Grams};
use crate::set::keys::interval;
use crate::value::convert::{JsText, to_text};
use crate::value::key::names;
use crate::value::{MAX_DEPTH, Val};

/// Gathers the keys of a change for every feature in use.
pub(crate) struct Emitter<'s> {
    pub(crate) hasher: &'s KeyHasher,
    pub(crate) paths: &'s Paths,
    pub(crate) keys: &'s mut Keys,
    /// A text with its ASCII letters in lower case.
    pub(crate) text: &'s mut Vec<u8>,
    pub(crate) grams: &'s Grams,
}

impl Emitter<'_> {
    pub(crate) fn subject(&mut self, subject: &Subject<'_>) {
        for touched in subject.touched() {
            self.path(subject, touched);
        }
    }

    /// The keys of a path at which there is nothing on any side.
    pub(crate) fn missing(&mut self, path: u32) {
        let Some(record) = self.paths.get(path) else {
            return;
        };
        let sorts = record.features.iter();
        for used in sorts.filter(|used| used.feature.kind == Kind::Sort) {
            let from = self.keys.len();
            self.sort(used.feature, &Seen::nothing());
            self.keys.close(from, used);
        }
    }

    /// The keys of the values of a path: one, or that before a change and that after it.
    fn path<'v>(&mut self, subject: &Subject<'v>, touched: &Touched<'v>) {
        let Some(record) = self.paths.get(touched.path) else {
            return;
        };
        if record.features.is_empty() {
            return;
        }
        let values = values(subject, touched);
        for used in &record.features {
            let from = self.keys.len();
            for seen in values.iter().flatten() {
                self.value(used.feature, seen);
            }
            if matches!(used.feature.kind, Kind::Scalar | Kind::Pointer) {
                self.keys.print(from);
            }
            self.keys.close(from, used);
        }
    }

    fn maker(&self, feature: Feature) -> Maker<'_> {
        Maker {
            hasher: self.hasher,
            path: feature.path,
        }
    }

    fn push(&mut self, (_, key): (Feature, u64)) {
        self.keys.push(key, None);
    }

    fn value(&mut self, feature: Feature, seen: &Seen<'_>) {
        let value = seen.value;
        match feature.kind {
            Kind::Scalar => self.scalars(feature, value, MAX_DEPTH),
            Kind::Pointer => match seen.pointer {
                Some((class_name, object_id)) => {
                    let (class_name, object_id) =
                        (Scalar::Text(class_name), Scalar::Text(object_id));
                    self.push(self.maker(feature).pointer(class_name, object_id));
                }
                None => self.pointers(feature, value, MAX_DEPTH),
            },
            Kind::Sort => self.sort(feature, seen),
            Kind::Prefix => self.prefix(feature, value),
            Kind::Gram => self.grams(feature, value),
            Kind::Interval => {
                let number = number_of(Ok(value));
                if !number.is_nan() {
                    let key =
                        interval::number_key(self.hasher, feature.path, feature.level, number);
                    self.keys
                        .push(key, Some(interval::spot(feature.level, number)));
                }
            }
            Kind::Cell => {
                if let Some(point) = seen.point() {
                    let key = cell::point_key(self.hasher, feature, point);
                    self.keys.push(key, Some(cell::spot(feature.level, point)));
                }
            }
            Kind::Area => self.area(feature, value),
        }
    }

    /// The value, or those in an array; the id of a pointer too.
    fn scalars(&mut self, feature: Feature, value: Val<'_>, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        match value {
            Val::Undefined => {}
            Val::Date(ms) => self.push(self.maker(feature).scalar(Scalar::Date(ms))),
            Val::Array(list) => list
                .iter()
                .for_each(|item| self.scalars(feature, item, depth)),
            Val::Object(members) if value.is_typed("Pointer") => {
                if let Some(Val::Text(id)) = members.get_key(names::OBJECT_ID) {
                    self.push(self.maker(feature).scalar(Scalar::Text(id)));
                }
            }
            value => {
                if let Some(scalar) = plain(value) {
                    self.push(self.maker(feature).scalar(scalar));
                }
            }
        }
    }

    /// The class and id of the value, or of those in an array.
    fn pointers(&mut self, feature: Feature, value: Val<'_>, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        match value {
            Val::Array(list) => list
                .iter()
                .for_each(|item| self.pointers(feature, item, depth)),
            Val::Object(members) => {
                let part = |key| members.get_key(key).map_or(Some(Scalar::Undefined), plain);
                let (class_name, object_id) = (part(names::CLASS_NAME), part(names::OBJECT_ID));
                if let (Some(class_name), Some(object_id)) = (class_name, object_id) {
                    self.push(self.maker(feature).pointer(class_name, object_id));
                }
            }
            _ => {}
        }
    }

    fn sort(&mut self, feature: Feature, seen: &Seen<'_>) {
        if is_of_sort(feature.level, seen) {
            self.push(self.maker(feature).sort(feature.level));
        }
    }

    fn prefix(&mut self, feature: Feature, value: Val<'_>) {
        let length = usize::from(feature.level);
        let Ok(JsText::Text(text)) = to_text(value) else {
            return;
        };
        if let Some(bytes) = text.as_bytes().get(..length) {
            let mut prefix = [0; LONGEST];
            let Some(prefix) = prefix.get_mut(..length) else {
                return;
            };
            prefix.copy_from_slice(bytes);
            prefix.make_ascii_lowercase();
            self.push((feature, self.hasher.text_key(feature, prefix)));
        }
    }

    fn grams(&mut self, feature: Feature, value: Val<'_>) {
        let Ok(JsText::Text(text)) = to_text(value) else {
            return;
        };
        self.text.clear();
        self.text.extend_from_slice(text.as_bytes());
        self.text.make_ascii_lowercase();
        self.text.extend_from_slice(&grams::PADDING);
        let seed = self.hasher.key(feature, ());
        let length = usize::from(feature.level).max(1);
        let (grams, keys) = (self.grams, &mut self.keys);
        grams.for_each(self.text, length, |bytes| {
            let key = grams::key(seed, bytes);
            if grams.may_have(key) {
                keys.push(key, None);
            }
        });
    }

    fn area(&mut self, feature: Feature, value: Val<'_>) {
        let ring = value.get("coordinates").and_then(check_ring);
        let Ok(ring) = ring else { return };
        let (level, cells) = Region::around(vertices(ring)).cells();
        if level == feature.level {
            cells.for_each(|cell| {
                let key = cell::cell_key(self.hasher, feature, cell);
                self.keys.push(key, None);
            });
        }
    }
}

/// A value whose keys are made.
struct Seen<'v> {
    value: Val<'v>,
    /// Class name and id, if both were found already.
    pointer: Option<(&'v str, &'v str)>,
    /// The point that it is, once some feature has asked for it.
    point: OnceCell<Option<Point>>,
}

impl<'v> Seen<'v> {
    const fn nothing() -> Self {
        Self {
            value: Val::Undefined,
            pointer: None,
            point: OnceCell::new(),
        }
    }

    /// What is found at a path, if it is no fault.
    #[inline]
    fn of(found: Found<'v>) -> Option<Self> {
        let pointer = match found {
            Found::Pointer {
                class_name,
                object_id,
                ..
            } => Some((class_name, object_id)),
            Found::Member(_) | Found::Reading(_) => None,
        };
        Some(Self {
            value: found.reading().ok()?,
            pointer,
            ..Self::nothing()
        })
    }

    fn point(&self) -> Option<Point> {
        *self.point.get_or_init(|| point_of(self.value))
    }
}

/// The values of a path that are to have their keys: if nothing changed, one is enough. A fault has none.
#[inline]
fn values<'v>(subject: &Subject<'v>, touched: &Touched<'v>) -> [Option<Seen<'v>>; 2] {
    let both = matches!(subject.sides, Sides::Both { .. }) && touched.changed;
    let before = if both { Seen::of(touched.old) } else { None };
    [Seen::of(touched.new), before]
}

fn is_of_sort(level: u8, seen: &Seen<'_>) -> bool {
    let value = seen.value;
    match level {
        sort::MISSING => value.is_undefined(),
        sort::TEXT => matches!(value, Val::Text(_) | Val::Unit(_)),
        sort::ARRAY => value.as_list().is_some(),
        sort::EMPTY_ARRAY => value.as_list().is_some_and(|list| list.len() == 0),
        sort::OBJECT => matches!(value, Val::Object(_)),
        sort::OTHER => matches!(value, Val::Instance(_) | Val::Builtin(_)),
        sort::ODD_POINT => !value.is_undefined() && seen.point().is_none(),
        sort::NO_ORDER => number_of(Ok(value)).is_nan(),
        sort::BARE_POINTER => has_bare(value, MAX_DEPTH),
        _ => true,
    }
}

fn has_bare(value: Val<'_>, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match value {
        Val::Array(list) => list.iter().any(|item| has_bare(item, depth)),
        Val::Object(members) => is_bare(members),
        _ => false,
    }
}

/// The point that an object plainly is: two numbers in bounds.
fn point_of(value: Val<'_>) -> Option<Point> {
    let Val::Object(members) = value else {
        return None;
    };
    let (Val::Number(latitude), Val::Number(longitude)) = (
        members.get_key(names::LATITUDE)?,
        members.get_key(names::LONGITUDE)?,
    ) else {
        return None;
    };
    let in_bounds = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    in_bounds.then_some(Point {
        latitude,
        longitude,
    })
}
