//! The keys that a change has.

use std::cell::OnceCell;

use super::found::Found;
use super::sought::Keys;
use super::subject::{Present, Sides, Subject};
use crate::geo::{Point, check_ring, vertices};
use crate::pattern::{WIDEST, lower_bytes};
use crate::set::index::access::{Maker, Reach, is_bare, plain};
use crate::set::index::paths::{PathRecord, Paths, Use};
use crate::set::keys::cell::{self, Region};
use crate::set::keys::feature::{Feature, KeyHasher, Kind, Scalar};
use crate::set::keys::interval;
use crate::set::keys::ngrams::{self, Ngrams};
use crate::set::keys::shape::Shape;
use crate::set::tuning::LONGEST_PREFIX;
use crate::value::convert::{JsText, to_beginning};
use crate::value::key::names;
use crate::value::{MAX_DEPTH, Val};

/// Gathers the keys of a change for every feature in use.
pub(crate) struct Emitter<'s> {
    pub(crate) hasher: &'s KeyHasher,
    pub(crate) paths: &'s Paths,
    pub(crate) keys: &'s mut Keys,
    /// Those of the values of the path that is looked at, once some feature has asked for them.
    pub(crate) texts: &'s mut [Lowered; 2],
    pub(crate) ngrams: &'s Ngrams,
    /// How many values below fields paths of the `find` dialect have yielded.
    pub(crate) yielded: usize,
}

/// A text in [lower case](crate::pattern::lower), behind which stands the [`PADDING`](ngrams::PADDING): what features look for
/// in a value as text. Empty if it has none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lowered(Vec<u8>);

impl Lowered {
    /// Makes it of so many bytes of the text of a value, or of all that it has.
    fn set(&mut self, value: Option<Val<'_>>, most: usize) {
        self.0.clear();
        let text = value.map(|value| to_beginning(value, most.saturating_mul(WIDEST)));
        if let Some(Ok(JsText::Text(text))) = text {
            self.set_bytes(text.as_bytes(), most);
        }
    }

    /// The same, of the bytes of a text: so many, or some more.
    pub(super) fn set_bytes(&mut self, bytes: &[u8], most: usize) {
        let first = |most: usize| bytes.get(..most).unwrap_or(bytes);
        let mut beginning = first(most);
        if !beginning.is_ascii() {
            // Some characters become shorter.
            beginning = first(most.saturating_mul(WIDEST));
        }
        self.0.clear();
        self.0.extend_from_slice(beginning);
        lower_bytes(&mut self.0);
        self.0.extend_from_slice(&ngrams::PADDING);
    }

    fn text(&self) -> &[u8] {
        let end = self.0.len().saturating_sub(ngrams::PADDING.len());
        &self.0[..end]
    }
}

impl Emitter<'_> {
    pub(crate) fn subject(&mut self, subject: &Subject<'_>) {
        for touched in subject.present() {
            self.path(subject, touched);
        }
    }

    /// The keys of a path at which there is nothing on any side.
    pub(crate) fn missing(&mut self, path: u32) {
        let Some(record) = self.paths.get(path) else {
            return;
        };
        for used in &record.features {
            let Kind::Shape(shape) = used.feature.kind else {
                continue;
            };
            let from = self.keys.len();
            // What is nothing is no number either, which is in no range in the `find` dialect.
            if shape == Shape::Missing || shape == Shape::NoOrder && record.way.is_none() {
                self.push(self.maker(used.feature).shape(shape));
            }
            self.keys.close(from, used);
        }
    }

    /// The keys of the values of a path: one, or that before a change and that after it.
    fn path<'v>(&mut self, subject: &Subject<'v>, touched: &Present<'v>) {
        let Some(record) = self.paths.get(touched.path) else {
            return;
        };
        if record.features.is_empty() {
            return;
        }
        if let Some(way) = &record.way {
            let sides = sides(subject, touched);
            let seen = sides.map(|side| side.map(|found| found.seen(way)));
            return self.yields(way, seen, record);
        }
        // A fault has no keys. Each is made where it stays: it is large.
        let [new, old] = sides(subject, touched);
        let new = new.and_then(|found| Seen::of(found, subject));
        let old = old.and_then(|found| Seen::of(found, subject));
        let values = [new.as_ref(), old.as_ref()];
        let mut of_texts = false;
        for used in &record.features {
            if used.feature.kind.is_of_texts() {
                of_texts = true;
                continue;
            }
            let from = self.keys.len();
            for seen in values.into_iter().flatten() {
                self.value(used.feature, seen, record);
            }
            if used.feature.kind.is_of_equality() {
                self.keys.filter_from(from);
            }
            self.keys.close(from, used);
        }
        if of_texts {
            self.texts(record, values);
        }
    }

    /// The keys of the texts of a path, which are made once for all lengths that are looked for.
    #[inline(never)]
    fn texts(&mut self, record: &PathRecord, values: [Option<&Seen<'_, '_>>; 2]) {
        let of_texts = |used: &&Use| used.feature.kind.is_of_texts();
        let used = || record.features.iter().filter(of_texts);
        let looks_anywhere = used().any(|used| matches!(used.feature.kind, Kind::Gram(_)));
        let most = if looks_anywhere {
            usize::MAX
        } else {
            LONGEST_PREFIX
        };
        for (text, seen) in self.texts.iter_mut().zip(values) {
            text.set(seen.map(|seen| seen.value), most);
        }
        for used in used() {
            let from = self.keys.len();
            for side in 0..values.len() {
                self.of_text(used.feature, side);
            }
            self.keys.close(from, used);
        }
    }

    pub(super) fn maker(&self, feature: Feature) -> Maker<'_> {
        Maker {
            hasher: self.hasher,
            path: feature.path,
        }
    }

    pub(super) fn push(&mut self, (_, key): (Feature, u64)) {
        self.keys.push(key, None);
    }

    fn value(&mut self, feature: Feature, seen: &Seen<'_, '_>, record: &PathRecord) {
        let value = seen.value;
        let levels = || match value {
            Val::Array(_) => Reach::of(&record.path).levels(),
            _ => 1,
        };
        match feature.kind {
            Kind::Scalar => self.scalars(feature, value, levels()),
            Kind::Pointer => match seen.pointer {
                Some((class_name, object_id)) => {
                    let (class_name, object_id) =
                        (Scalar::Text(class_name), Scalar::Text(object_id));
                    self.push(self.maker(feature).pointer(class_name, object_id));
                }
                None => self.pointers(feature, value, levels()),
            },
            Kind::Shape(shape) => self.shape(feature, shape, seen),
            // See `texts`.
            Kind::Prefix(_) | Kind::Gram(_) => {}
            Kind::Interval(level) => {
                let number = seen.number();
                if !number.is_nan() {
                    let key = interval::number_key(self.hasher, feature.path, level, number);
                    self.keys.push(key, Some(interval::spot(level, number)));
                }
            }
            Kind::Cell(level) => {
                if let Some(point) = seen.point() {
                    let key = cell::point_key(self.hasher, feature, level, point);
                    self.keys.push(key, Some(cell::spot(level, point)));
                }
            }
            Kind::Area(level) => self.area(feature, level, seen),
            // Only the other dialect asks for it.
            Kind::Whole => {}
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

    fn shape(&mut self, feature: Feature, shape: Shape, seen: &Seen<'_, '_>) {
        if has_shape(shape, seen) {
            self.push(self.maker(feature).shape(shape));
        }
    }

    /// The keys of the text of a side, for a feature that looks at it.
    pub(super) fn of_text(&mut self, feature: Feature, side: usize) {
        match feature.kind {
            Kind::Prefix(length) => self.prefix(feature, length.into(), side),
            Kind::Gram(length) => self.ngrams(feature, length.into(), side),
            Kind::Scalar | Kind::Pointer | Kind::Shape(_) | Kind::Whole => {}
            Kind::Interval(_) | Kind::Cell(_) | Kind::Area(_) => {}
        }
    }

    fn prefix(&mut self, feature: Feature, length: usize, side: usize) {
        if let Some(prefix) = self.texts[side].text().get(..length) {
            self.push((feature, self.hasher.text_key(feature, prefix)));
        }
    }

    fn ngrams(&mut self, feature: Feature, length: usize, side: usize) {
        let seed = self.hasher.key(feature, ());
        let (ngrams, keys) = (self.ngrams, &mut self.keys);
        ngrams.for_each(&self.texts[side].0, length.max(1), |bytes| {
            let key = ngrams::key(seed, bytes);
            if ngrams.may_have(key) {
                keys.push(key, None);
            }
        });
    }

    fn area(&mut self, feature: Feature, level: u8, seen: &Seen<'_, '_>) {
        if let Some(region) = seen.region() {
            self.cells(feature, level, region);
        }
    }

    /// The keys of the cells that a region touches, if it is filed at a level.
    pub(super) fn cells(&mut self, feature: Feature, level: u8, region: Region) {
        let (own, cells) = region.cells();
        if own == level {
            cells.for_each(|cell| {
                let key = cell::cell_key(self.hasher, feature, cell);
                self.keys.push(key, None);
            });
        }
    }
}

/// A value whose keys are made.
struct Seen<'s, 'v> {
    value: Val<'v>,
    /// Class name and id, if both were found already.
    pointer: Option<(&'v str, &'v str)>,
    subject: &'s Subject<'v>,
    // Once some feature has asked for them, as any number may: the point that it is, the region of a polygon, and its place
    // among numbers.
    point: OnceCell<Option<Point>>,
    region: OnceCell<Option<Region>>,
    number: OnceCell<f64>,
}

impl<'s, 'v> Seen<'s, 'v> {
    /// What is found at a path, if it is no fault.
    #[inline]
    fn of(found: Found<'v>, subject: &'s Subject<'v>) -> Option<Self> {
        let pointer = match found {
            Found::Pointer {
                class_name,
                object_id,
                ..
            } => Some((class_name, object_id)),
            Found::Member(_) | Found::Reading(_) | Found::Head(_) => None,
        };
        Some(Self {
            value: found.reading().ok()?,
            pointer,
            subject,
            point: OnceCell::new(),
            region: OnceCell::new(),
            number: OnceCell::new(),
        })
    }

    fn point(&self) -> Option<Point> {
        *self.point.get_or_init(|| point_of(self.value))
    }

    /// Around the vertices of a polygon, if it is one.
    fn region(&self) -> Option<Region> {
        *self.region.get_or_init(|| {
            let ring = self.value.get("coordinates").and_then(check_ring).ok()?;
            Some(Region::around(vertices(ring)))
        })
    }

    fn number(&self) -> f64 {
        *self
            .number
            .get_or_init(|| self.subject.number_of(self.value))
    }
}

/// What is found at a path and is to have its keys: if nothing changed, one side is enough.
#[inline]
fn sides<'v>(subject: &Subject<'v>, touched: &Present<'v>) -> [Option<Found<'v>>; 2] {
    let both = matches!(subject.sides, Sides::Both { .. }) && touched.changed;
    [Some(touched.new), both.then_some(touched.old)]
}

fn has_shape(shape: Shape, seen: &Seen<'_, '_>) -> bool {
    let value = seen.value;
    match shape {
        Shape::Missing => value.is_undefined(),
        Shape::Text => matches!(value, Val::Text(_) | Val::Unit(_)),
        Shape::Array => value.as_list().is_some(),
        Shape::EmptyArray => value.as_list().is_some_and(|list| list.len() == 0),
        Shape::Object => matches!(value, Val::Object(_)),
        Shape::Other => matches!(value, Val::Instance(_) | Val::Builtin(_)),
        Shape::OddPoint => !value.is_undefined() && seen.point().is_none(),
        Shape::NoOrder => seen.number().is_nan(),
        Shape::BarePointer => has_bare(value, MAX_DEPTH),
        Shape::Present => !value.is_undefined(),
        Shape::Keyless => match value.as_list() {
            Some(list) => list.iter().any(is_keyless),
            None => is_keyless(value),
        },
        // Only the other dialect asks for them.
        Shape::VastArea | Shape::Bracket(_) => true,
    }
}

/// Whether something of no members may be equal to what has none either.
fn is_keyless(value: Val<'_>) -> bool {
    match value {
        Val::Object(members) => members.len() == 0,
        Val::Instance(_) | Val::Builtin(_) => true,
        Val::Undefined | Val::Null | Val::Bool(_) | Val::Number(_) | Val::Text(_) => false,
        Val::Unit(_) | Val::Date(_) | Val::Array(_) => false,
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
