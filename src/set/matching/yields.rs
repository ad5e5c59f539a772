//! The keys of what paths of the `find` dialect yield.
//!
//! A test of the dialect holds if it does for one of the values that the path yields, so that each of them has its keys:
//! the other half of [`stored`](crate::set::index::stored).

use smallvec::SmallVec;

use super::emit::Emitter;
use crate::find::column::Seen;
use crate::find::mongo::place::Place;
use crate::find::mongo::sphere::cap_around;
use crate::find::mongo::value::{Kind as Stands, Value};
use crate::find::stored::Stored;
use crate::find::way::{Way, number_of, one_of};
use crate::geo::Point;
use crate::set::index::paths::{PathRecord, Use};
use crate::set::index::stored::{kind_of_text, point};
use crate::set::keys::cell::{self, Region};
use crate::set::keys::feature::{Feature, Kind, Scalar};
use crate::set::keys::interval;
use crate::set::keys::shape::Shape;
use crate::set::tuning::LONGEST_PREFIX;

/// Once paths that lead below fields have yielded so many values of a change, no more of them are followed. Any number of
/// paths may lead through one list, whose elements each of them looks at.
const MOST_YIELDED: usize = 1 << 16;

/// What a path yields on one side of a change.
#[derive(Default)]
struct Yields<'v> {
    values: SmallVec<[Stored<'v>; 4]>,
    /// How many there are, those among them that are missing.
    count: usize,
    /// Whether something is missing.
    is_missing: bool,
    /// The only number; NaN if there are several.
    number: Option<f64>,
}

impl<'v> Yields<'v> {
    /// Adds what a path yields from where it begins.
    fn add(&mut self, way: &Way, seen: &Seen<'v>) {
        way.each(seen, |yielded| {
            self.count += 1;
            let Some(value) = yielded else {
                self.is_missing = true;
                return;
            };
            if let Some(number) = number_of(value) {
                self.number = Some(one_of(self.number, number));
            }
            self.values.push(value);
        });
    }

    fn texts(&self) -> impl Iterator<Item = Stored<'v>> {
        let values = self.values.iter().copied();
        values.filter(|value| matches!(value.kind(), Stands::Text(_) | Stands::Pointer { .. }))
    }
}

impl Emitter<'_> {
    /// Whether there were so many values that not all paths were followed: then every query of the dialect is a candidate.
    pub(crate) fn is_cut_short(&self) -> bool {
        self.yielded > MOST_YIELDED
    }

    /// The keys of what a path yields on the sides that are to have theirs.
    #[inline(never)]
    pub(super) fn yields(&mut self, way: &Way, seen: [Option<Seen<'_>>; 2], record: &PathRecord) {
        if way.leads_on() && self.is_cut_short() {
            return;
        }
        let mut sides = [Yields::default(), Yields::default()];
        let mut count = 0;
        for (side, seen) in sides.iter_mut().zip(seen.iter().flatten()) {
            side.add(way, seen);
            count += 1;
        }
        let sides = &sides[..count];
        if way.leads_on() {
            self.yielded += sides.iter().map(|side| side.count).sum::<usize>();
        }
        let is_read = self.read_texts(sides, record);
        for used in &record.features {
            let from = self.keys.len();
            for (number, side) in sides.iter().enumerate() {
                if is_read && used.feature.kind.is_of_texts() {
                    self.of_text(used.feature, number);
                } else {
                    self.keys_of(used.feature, side, record);
                }
            }
            if used.feature.kind.is_of_equality() {
                self.keys.filter_from(from);
            }
            self.keys.close(from, used);
        }
    }

    fn keys_of(&mut self, feature: Feature, side: &Yields<'_>, record: &PathRecord) {
        let values = side.values.iter().copied();
        match feature.kind {
            Kind::Scalar | Kind::Pointer => values.for_each(|value| self.equal(feature, value)),
            Kind::Shape(shape) => {
                if has_shape(shape, side) {
                    self.push(self.maker(feature).shape(shape));
                }
            }
            Kind::Prefix(_) | Kind::Gram(_) => self.stored_texts(feature, side, record),
            Kind::Interval(level) => values.filter_map(number_of).for_each(|number| {
                let key = interval::number_key(self.hasher, feature.path, level, number);
                self.keys.push(key, Some(interval::spot(level, number)));
            }),
            Kind::Cell(level) => values.filter_map(place).for_each(|at| {
                let key = cell::point_key(self.hasher, feature, level, at);
                self.keys.push(key, Some(cell::spot(level, at)));
            }),
            Kind::Area(level) => values.filter_map(Place::of).for_each(|place| {
                for region in regions(&place).into_iter().flatten() {
                    self.cells(feature, level, region);
                }
            }),
            Kind::Whole => {
                let whole = |value: &Stored<'_>| {
                    matches!(value.kind(), Stands::Object | Stands::List)
                        && value.pointer().is_none()
                };
                values
                    .filter(whole)
                    .for_each(|value| self.push(self.maker(feature).whole(value)));
            }
        }
    }

    /// The keys under which equal values are asked for.
    fn equal(&mut self, feature: Feature, value: Stored<'_>) {
        if let Some((class, id)) = value.pointer() {
            return self.pointer(feature, class, id);
        }
        let scalar = match value.kind() {
            Stands::Bool(value) => Scalar::Bool(value),
            Stands::Number(number) => Scalar::Number(number),
            Stands::Date(ms) => Scalar::Date(ms),
            Stands::Text(text) if kind_of_text(text) == feature.kind => Scalar::Text(text),
            Stands::Null | Stands::Text(_) | Stands::Pointer { .. } => return,
            Stands::Object | Stands::List | Stands::Binary { .. } | Stands::Regex { .. } => return,
        };
        let is_text = matches!(scalar, Scalar::Text(_));
        if is_text || feature.kind == Kind::Scalar {
            let key = self.hasher.key(feature, scalar);
            self.keys.push(key, None);
        }
    }

    /// As the text that it is, and as its id.
    fn pointer(&mut self, feature: Feature, class: &str, id: &str) {
        if feature.kind == Kind::Pointer {
            let text = joined(class, id);
            self.push((feature, self.hasher.text_key(feature, &text)));
        }
        if kind_of_text(id) == feature.kind {
            self.push((feature, self.hasher.text_key(feature, id.as_bytes())));
        }
    }

    /// Reads the texts of both sides for all features that look at them, if there is no more than one on each.
    fn read_texts(&mut self, sides: &[Yields<'_>], record: &PathRecord) -> bool {
        let of_texts = |used: &Use| used.feature.kind.is_of_texts();
        if !record.features.iter().any(of_texts) || sides.iter().any(|side| side.values.len() > 1) {
            return false;
        }
        for (number, side) in sides.iter().enumerate() {
            match side.values.first() {
                Some(value) => self.read_text(number, *value, record),
                None => self.texts[number].set_bytes(&[], 0),
            }
        }
        true
    }

    /// Reads a text; nothing of what is none.
    fn read_text(&mut self, number: usize, value: Stored<'_>, record: &PathRecord) {
        let grams = |used: &Use| matches!(used.feature.kind, Kind::Gram(_));
        let looks_anywhere = record.features.iter().any(grams);
        let most = if looks_anywhere {
            usize::MAX
        } else {
            LONGEST_PREFIX
        };
        let text = &mut self.texts[number];
        match value.kind() {
            Stands::Text(bytes) => text.set_bytes(bytes.as_bytes(), most),
            Stands::Pointer { class, id } => text.set_bytes(&joined(class, id), most),
            _ => text.set_bytes(&[], 0),
        }
    }

    /// The keys of the bytes of texts.
    fn stored_texts(&mut self, feature: Feature, side: &Yields<'_>, record: &PathRecord) {
        for value in side.texts() {
            self.read_text(0, value, record);
            self.of_text(feature, 0);
        }
    }
}

/// The text of a pointer.
fn joined(class: &str, id: &str) -> SmallVec<[u8; 64]> {
    let mut text = SmallVec::from_slice(class.as_bytes());
    text.push(b'$');
    text.extend_from_slice(id.as_bytes());
    text
}

fn has_shape(shape: Shape, side: &Yields<'_>) -> bool {
    let mut values = side.values.iter().copied();
    let mut any = |is: &dyn Fn(Stored<'_>) -> bool| values.any(is);
    match shape {
        Shape::Missing => side.is_missing || any(&|value| matches!(value.kind(), Stands::Null)),
        Shape::Present => !side.values.is_empty(),
        Shape::NoOrder => side.number.is_some_and(f64::is_nan),
        Shape::OddPoint => {
            any(&|value| Place::of(value).is_some_and(|place| place.globe().is_none()))
        }
        Shape::VastArea => any(&|value| {
            Place::of(value)
                .is_some_and(|place| place.flat().is_none() && regions(&place).is_none())
        }),
        Shape::Bracket(bracket) => any(&|value| value.kind().bracket() == bracket),
        // Only the other dialect asks for them.
        Shape::Text | Shape::Array | Shape::EmptyArray | Shape::Object | Shape::Other => false,
        Shape::BarePointer | Shape::Keyless => false,
    }
}

/// The point of the globe that a value is.
fn place(value: Stored<'_>) -> Option<Point> {
    Place::of(value)?.globe().map(point)
}

/// Where what a shape encloses lies, if it is a ring and that is known.
fn regions(place: &Place) -> Option<Vec<Region>> {
    let Place::Shape {
        ring: Some(ring), ..
    } = place
    else {
        return None;
    };
    let (centre, radius) = cap_around(ring)?;
    Some(Region::circle(point(centre), radius))
}
