//! From a test of the `find` dialect to the access keys of the values that satisfy it.
//!
//! The other half is in [`matching`](crate::set::matching): the keys of all that a path yields, of which a test asks one.

use smallvec::smallvec;

use super::access::{Access, Keys, LongList, Maker, Reach, each_once};
use crate::find::mongo::among::Among;
use crate::find::mongo::bson::Bson;
use crate::find::mongo::geo::Geo;
use crate::find::mongo::moment;
use crate::find::mongo::order::Comparison;
use crate::find::mongo::sphere::Degrees;
use crate::find::mongo::test::{One, Test};
use crate::find::mongo::value::{Bracket, Value};
use crate::geo::Point;
use crate::op::list::List;
use crate::set::keys::cell::Region;
use crate::set::keys::feature::{Feature, Kind, Scalar};
use crate::set::keys::interval::Bounds;
use crate::set::keys::shape::Shape;
use crate::set::keys::whole::Beginning;
use crate::set::tuning::LONG_LIST;

/// How far from a flat shape a place may lie that rounding takes for one in it, in degrees, and more.
const SLACK: f64 = 1e-9;

impl Maker<'_> {
    /// What some value has for which a test holds; nothing if the test has parts of its own.
    pub(super) fn of_test(self, test: &Test, now: Option<f64>) -> Option<Access> {
        Some(match test {
            Test::Never => Access::Never,
            Test::Some(one) => self.of_one(one, now),
            Test::Element(_) | Test::Size(_) => self.brackets(&[Bracket::List]),
            Test::Not(test) if matches!(**test, Test::Some(One::Exists)) => {
                self.shapes(&[Shape::Missing])
            }
            Test::Not(_) | Test::All(_) => return None,
        })
    }

    fn of_one(self, one: &One, now: Option<f64>) -> Access {
        match one {
            One::Equals(operand) => self.equal_to(operand),
            One::Stands(comparison, operand) => self.stands(*comparison, operand, now),
            One::Among(among) => self.among(among),
            One::Exists => self.shapes(&[Shape::Present]),
            One::Mod { .. } => Access::Any,
            One::Matches(pattern) => match self.text(pattern, Reach::All) {
                Some(key) => Access::Keys(smallvec![key]),
                None => self.brackets(&[Bracket::Text]),
            },
            One::Type(brackets) => self.brackets(brackets),
            One::Lies(geo) => self.lies(geo),
        }
    }

    fn brackets(self, brackets: &[Bracket]) -> Access {
        let shapes: Vec<Shape> = brackets.iter().copied().map(Shape::Bracket).collect();
        self.shapes(&shapes)
    }

    fn equal_to(self, operand: &Bson) -> Access {
        match operand {
            Bson::Null => self.shapes(&[Shape::Missing]),
            Bson::Bool(value) => only(self.scalar(Scalar::Bool(*value))),
            Bson::Number(number) => only(self.scalar(Scalar::Number(*number))),
            Bson::Date(ms) => only(self.scalar(Scalar::Date(*ms))),
            Bson::Text(text) | Bson::Id(text) => only(self.stored_text(text)),
            Bson::Object(_) => match pointer(operand) {
                Some((class, id)) => only(self.stored_text(&format!("{class}${id}"))),
                None => only(self.whole(operand)),
            },
            Bson::List(_) => only(self.whole(operand)),
            Bson::Binary { .. } => self.brackets(&[Bracket::Binary]),
            Bson::FromNow(_) | Bson::Regex(_) => Access::Any,
        }
    }

    /// The key of a text, which may be that of a pointer if it has a dollar in it.
    pub(crate) fn stored_text(self, text: &str) -> (Feature, u64) {
        let feature = self.feature(kind_of_text(text));
        (feature, self.hasher.text_key(feature, text.as_bytes()))
    }

    /// The key of a list or an object as it is.
    pub(crate) fn whole<'v, V: Value<'v>>(self, value: V) -> (Feature, u64) {
        let feature = self.feature(Kind::Whole);
        (feature, self.hasher.key(feature, Beginning(value)))
    }

    fn among(self, among: &Among) -> Access {
        let mut keys = Keys::new();
        let values = among.others().iter().map(|value| self.equal_to(value));
        let texts = among.texts().iter().chain(among.ids());
        let texts = texts.map(|text| only(self.stored_text(text)));
        let patterns = among.patterns.iter();
        let patterns = patterns.map(|pattern| match self.text(pattern, Reach::All) {
            Some(key) => Access::Keys(smallvec![key]),
            None => self.brackets(&[Bracket::Text]),
        });
        for access in values.chain(texts).chain(patterns) {
            match access {
                Access::Keys(own) => keys.extend(own),
                Access::Never => {}
                Access::Long(_) | Access::Range(_) | Access::Any => return Access::Any,
            }
        }
        list(keys)
    }

    fn stands(self, comparison: Comparison, operand: &Bson, now: Option<f64>) -> Access {
        let or_equal = matches!(comparison, Comparison::Lte | Comparison::Gte);
        let limit = match operand {
            Bson::Number(number) | Bson::Date(number) => *number,
            Bson::FromNow(ms) => moment(now.unwrap_or(f64::NAN) + ms),
            Bson::Null if or_equal => return self.shapes(&[Shape::Missing]),
            Bson::Null => return Access::Never,
            Bson::Bool(_) => return self.brackets(&[Bracket::Bool]),
            Bson::Text(_) | Bson::Id(_) => return self.brackets(&[Bracket::Text]),
            Bson::List(_) => return self.brackets(&[Bracket::List]),
            Bson::Object(_) => return self.brackets(&[Bracket::Object]),
            Bson::Binary { .. } => return self.brackets(&[Bracket::Binary]),
            Bson::Regex(_) => return Access::Any,
        };
        if limit.is_nan() {
            return Access::Any;
        }
        Access::Range(match comparison {
            Comparison::Lt | Comparison::Lte => Bounds::below(limit, or_equal),
            Comparison::Gt | Comparison::Gte => Bounds::above(limit, or_equal),
        })
    }

    fn lies(self, geo: &Geo) -> Access {
        match geo {
            Geo::Box { low, high } => self.flat([*low, *high].into_iter()),
            Geo::Polygon(ring) => self.flat(ring.vertices.iter().copied()),
            Geo::Cap { centre, radius } => self.near_to(*centre, *radius),
            Geo::Near { centre, most, .. } => self.near_to(*centre, *most),
            Geo::Meets(point) => self.meets(*point),
            Geo::Circle { .. } | Geo::Ring(_) => Access::Any,
        }
    }

    /// Places in the box around some corners.
    fn flat(self, corners: impl Iterator<Item = Degrees>) -> Access {
        let tight = Region::around(corners.map(point));
        let region = Region {
            south: tight.south - SLACK,
            west: tight.west - SLACK,
            north: tight.north + SLACK,
            east: tight.east + SLACK,
        };
        self.regions(&[region], &[])
    }

    fn near_to(self, centre: Degrees, radius: f64) -> Access {
        if radius > std::f64::consts::FRAC_PI_2 {
            return Access::Any;
        }
        self.regions(&Region::circle(point(centre), radius), &[])
    }

    /// Places at a point, and areas around it.
    fn meets(self, at: Degrees) -> Access {
        let point = point(at);
        let areas = Access::Keys(self.areas_at(point).collect());
        let there = self.regions(&Region::circle(point, 0.0), &[Shape::VastArea]);
        together(areas, there).unwrap_or(Access::Any)
    }
}

fn only(key: (Feature, u64)) -> Access {
    Access::Keys(smallvec![key.into()])
}

/// The key of a text is that of a pointer if it may be one.
pub(crate) fn kind_of_text(text: &str) -> Kind {
    if text.contains('$') {
        Kind::Pointer
    } else {
        Kind::Scalar
    }
}

/// A place with its latitude first.
pub(crate) fn point([longitude, latitude]: Degrees) -> Point {
    Point {
        latitude,
        longitude,
    }
}

/// Class and id of an object that is equal to a pointer in a list.
fn pointer(operand: &Bson) -> Option<(&str, &str)> {
    match operand.as_members()? {
        [
            (kind, Bson::Text(name)),
            (class, Bson::Text(class_name)),
            (id, Bson::Text(object_id)),
        ] if *kind == *"__type"
            && *name == *"Pointer"
            && *class == *"className"
            && *id == *"objectId" =>
        {
            Some((class_name, object_id))
        }
        _ => None,
    }
}

/// What values have that satisfy one of two tests; nothing if that is not said in one.
pub(super) fn together(one: Access, other: Access) -> Option<Access> {
    Some(match (one, other) {
        (Access::Never, access) | (access, Access::Never) => access,
        (Access::Any, _) | (_, Access::Any) => Access::Any,
        (Access::Range(one), Access::Range(other)) if one == other => Access::Range(one),
        (Access::Range(_), _) | (_, Access::Range(_)) => return None,
        (Access::Keys(one), Access::Keys(other)) => list(one.into_iter().chain(other).collect()),
        (Access::Long(one), Access::Long(other)) => {
            list(one.rest.into_iter().chain(other.rest).collect())
        }
        (Access::Long(long), Access::Keys(few)) | (Access::Keys(few), Access::Long(long)) => {
            list(long.rest.into_iter().chain(few).collect())
        }
    })
}

/// Keys, each once, and one by one if they are many.
fn list(keys: Keys) -> Access {
    let keys = each_once(keys);
    if keys.len() <= LONG_LIST {
        return Access::Keys(keys);
    }
    Access::Long(Box::new(LongList {
        list: List::Few([].into()),
        rest: keys,
    }))
}
