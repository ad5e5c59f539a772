//! From an operator to the access keys of the values that satisfy it.

use std::cmp::Reverse;

use smallvec::{SmallVec, smallvec};

use crate::geo::{Place, Point};
use crate::op::Op;
use crate::op::all::All;
use crate::op::equality::PointerTo;
use crate::op::geo::{Circle, Corners, Intersects, Near, Polygon, Within};
use crate::op::list::List;
use crate::op::membership::Membership;
use crate::op::order::{Order, Relation};
use crate::op::regex::Regex;
use crate::pattern::{Pattern, lower};
use crate::plan::Path;
use crate::set::keys::cell::{self, Region};
use crate::set::keys::feature::{Feature, KeyHasher, Kind, Scalar};
use crate::set::keys::hint::Hint;
use crate::set::keys::interval::{self, Bounds};
use crate::set::keys::ngrams;
use crate::set::keys::shape::Shape;
use crate::set::tuning::{GRAMS, LONGEST_PREFIX, WEIGHED_MEMBERS};
use crate::value::val::Members;
use crate::value::{Datum, MAX_DEPTH, Val};

/// What is known of the values that satisfy a test: each of them has one of the keys. A value that makes the test
/// fault need not have any, as a fault is no hit.
#[derive(Clone, Debug)]
pub(crate) enum Access {
    /// None does.
    Never,
    Keys(Keys),
    /// The same, of which there are so many that each is made when its turn comes.
    Long(Box<LongList>),
    /// Numbers within bounds, and everything that has no order among numbers.
    Range(Bounds),
    /// They have nothing in common.
    Any,
}

impl Access {
    /// How many values and pointers are named.
    pub(crate) fn values(&self) -> usize {
        match self {
            Self::Keys(keys) => keys
                .iter()
                .filter(|key| key.feature.kind.is_of_equality())
                .count(),
            Self::Long(list) => {
                let rest = list.rest.iter();
                let named = |key: &&AccessKey| key.feature.kind.is_of_equality();
                list.list.scalars() + rest.filter(named).count()
            }
            Self::Never | Self::Range(_) | Self::Any => 0,
        }
    }

    /// Under how many keys it has a query filed: of a long list, one for each member.
    pub(crate) fn keys(&self) -> usize {
        match self {
            Self::Keys(keys) => keys.len(),
            Self::Long(list) => list.len(),
            Self::Range(_) | Self::Never | Self::Any => 1,
        }
    }
}

/// A list of many members, and the keys of those that are no texts or numbers and of what else satisfies the test.
#[derive(Clone, Debug)]
pub(crate) struct LongList {
    pub(crate) list: List,
    pub(crate) rest: Keys,
}

impl LongList {
    /// How many keys there are, those of members that are there twice counted twice.
    pub(crate) fn len(&self) -> usize {
        self.list.scalars() + self.rest.len()
    }

    /// The key at a place, unless it is one that came before.
    pub(crate) fn key(&self, at: usize, maker: Maker<'_>) -> Option<AccessKey> {
        if let Some(at) = at.checked_sub(self.list.scalars()) {
            return self.rest.get(at).copied();
        }
        let scalar = plain(Val::from(self.list.scalar(at)?))?;
        Some(maker.scalar(scalar).into())
    }
}

pub(crate) type Keys = SmallVec<[AccessKey; 2]>;

/// A key with the feature that sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AccessKey {
    pub(crate) feature: Feature,
    pub(crate) key: u64,
    /// Of a piece, the part that is meant.
    pub(crate) part: Option<Hint>,
}

impl From<(Feature, u64)> for AccessKey {
    fn from((feature, key): (Feature, u64)) -> Self {
        Self {
            feature,
            key,
            part: None,
        }
    }
}

/// How far into the values of a path its keys see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Into arrays in arrays, and to the end of texts.
    All,
    /// To the elements of an array, and to the first bytes of a text. So it is where paths [lead into
    /// arrays](crate::plan::Path::enters_arrays): what lies within each other would have its keys made for each of them.
    Elements,
}

impl Reach {
    pub(crate) fn of(path: &Path) -> Self {
        if path.enters_arrays() {
            Self::Elements
        } else {
            Self::All
        }
    }

    /// How deep arrays are looked into, the value itself among the levels.
    pub(crate) const fn levels(self) -> u32 {
        match self {
            Self::All => MAX_DEPTH,
            Self::Elements => 2,
        }
    }
}

/// What makes keys for one path.
#[derive(Clone, Copy)]
pub(crate) struct Maker<'h> {
    pub(crate) hasher: &'h KeyHasher,
    pub(crate) path: u32,
}

impl Maker<'_> {
    pub(crate) fn access(self, op: &Op, reach: impl FnOnce() -> Reach) -> Access {
        match op {
            Op::Is(operand) => self.equal(operand),
            Op::PointsTo(pointer) => self.points_to(pointer),
            Op::Like(op) | Op::Equal(op) => self.equal(&op.operand),
            Op::NotEqual(_) | Op::NotIn(_) => Access::Any,
            Op::Order(op) => op.bounds().map_or(Access::Any, Access::Range),
            Op::In(op) => self.member(op, &[], reach()),
            Op::ContainedBy(op) => self.member(op, &[Shape::EmptyArray, Shape::Text], reach()),
            Op::All(op) => self.all(op).into_iter().next().unwrap_or(Access::Any),
            Op::Exists(true) => self.shapes(&[Shape::Present]),
            Op::Exists(false) => self.shapes(&[Shape::Missing]),
            Op::Regex(Regex::Pattern(pattern)) => self.pattern(pattern, reach()),
            Op::Regex(Regex::Invalid) => Access::Never,
            Op::Near(op) => self.near(op),
            Op::Within(op) => self.within(op),
            Op::Polygon(op) => self.polygon(op),
            Op::Circle(op) => self.circle(op),
            Op::Intersects(op) => self.intersects(op),
            Op::Always => Access::Any,
            Op::Never | Op::Fault => Access::Never,
        }
    }

    pub(crate) fn feature(self, kind: Kind) -> Feature {
        let path = self.path;
        Feature { path, kind }
    }

    pub(crate) fn shape(self, shape: Shape) -> (Feature, u64) {
        let feature = self.feature(Kind::Shape(shape));
        (feature, self.hasher.key(feature, ()))
    }

    pub(super) fn shapes(self, shapes: &[Shape]) -> Access {
        let shapes = shapes.iter();
        Access::Keys(shapes.map(|shape| self.shape(*shape).into()).collect())
    }

    pub(crate) fn scalar(self, scalar: Scalar<'_>) -> (Feature, u64) {
        let feature = self.feature(Kind::Scalar);
        (feature, self.hasher.key(feature, scalar))
    }

    pub(crate) fn pointer(self, class_name: Scalar<'_>, object_id: Scalar<'_>) -> (Feature, u64) {
        let feature = self.feature(Kind::Pointer);
        (feature, self.hasher.key(feature, (class_name, object_id)))
    }

    /// Equality with a value; or, of a value that is an array, of an element.
    fn equal(self, operand: &Datum) -> Access {
        match plain(Val::from(operand)) {
            Some(Scalar::Undefined) => Access::Any,
            Some(scalar) => Access::Keys(smallvec![self.scalar(scalar).into()]),
            None => self.equal_parts(operand),
        }
    }

    /// Deep equality is loose: `{}` equals every date, and an object with a `length` some arrays.
    fn equal_parts(self, operand: &Datum) -> Access {
        let Datum::Date(ms) = operand else {
            return self.shapes(&[Shape::Array, Shape::Object, Shape::Other]);
        };
        let keyless = self.shape(Shape::Keyless);
        Access::Keys(smallvec![
            self.scalar(Scalar::Date(*ms)).into(),
            keyless.into()
        ])
    }

    fn points_to(self, pointer: &PointerTo) -> Access {
        match pointer.texts() {
            Some((class_name, object_id)) => {
                let key = self.pointer(Scalar::Text(class_name), Scalar::Text(object_id));
                Access::Keys(smallvec![key.into()])
            }
            // Then values that are no objects may lack what the pointer lacks.
            _ => Access::Any,
        }
    }

    /// Membership in a list; and these shapes besides.
    fn member(self, operand: &Membership, shapes: &[Shape], reach: Reach) -> Access {
        let (Membership::List(list), Reach::All) = (operand, reach) else {
            return Access::Any;
        };
        let is_long = matches!(list, List::Many(_));
        let is_made =
            |item: &&Datum| !is_long || !matches!(item, Datum::Text(_) | Datum::Number(_));
        let mut keys = Keys::new();
        for item in list.items().iter().filter(is_made) {
            match plain(Val::from(item)) {
                Some(scalar) => keys.push(self.scalar(scalar).into()),
                None => keys.extend(self.pointed_at(item).map(AccessKey::from)),
            }
        }
        if !list.items().is_empty() {
            keys.push(self.shape(Shape::BarePointer).into());
        }
        keys.extend(shapes.iter().map(|shape| self.shape(*shape).into()));
        let keys = each_once(keys);
        if is_long {
            let list = list.clone();
            return Access::Long(Box::new(LongList { list, rest: keys }));
        }
        Access::Keys(keys)
    }

    /// The key of the pointers that find this member of a list, unless they lack class and id.
    fn pointed_at(self, member: &Datum) -> Option<(Feature, u64)> {
        let part = |name| Val::from(member).get(name).ok().and_then(plain);
        Some(self.pointer(part("className")?, part("objectId")?))
    }

    /// What values have that have all members of a list, each of which will do; the longest texts first, which are the rarest
    /// as far as can be told from them.
    pub(super) fn all(self, operand: &All) -> SmallVec<[Access; 2]> {
        let All::List(required) = operand else {
            return smallvec![Access::Any];
        };
        let items = required.items();
        if items.is_empty() {
            return smallvec![Access::Any];
        }
        let text = AccessKey::from(self.shape(Shape::Text));
        let scalars = items.iter().map(|item| plain(Val::from(item)));
        let Some(mut scalars) = scalars.collect::<Option<Vec<_>>>() else {
            return smallvec![Access::Keys(smallvec![text])];
        };
        scalars.sort_by_key(|scalar| {
            Reverse(match scalar {
                Scalar::Text(text) => text.len() + 2,
                Scalar::Number(_) | Scalar::Date(_) => 2,
                Scalar::Null | Scalar::Bool(_) | Scalar::Undefined => 0,
            })
        });
        let each = scalars.into_iter().take(WEIGHED_MEMBERS);
        each.map(|scalar| Access::Keys(smallvec![self.scalar(scalar).into(), text]))
            .collect()
    }

    fn pattern(self, pattern: &Pattern, reach: Reach) -> Access {
        let Some(best) = self.text(pattern, reach) else {
            return Access::Any;
        };
        let mut keys: Keys = smallvec![best];
        if pattern.matches_undefined() {
            keys.push(self.shape(Shape::Missing).into());
        }
        Access::Keys(keys)
    }

    /// What every text has that a pattern matches, if something is known.
    pub(super) fn text(self, pattern: &Pattern, reach: Reach) -> Option<AccessKey> {
        let longer = |a: Option<&'_ str>, b: Option<&'_ str>| {
            let longest = a.into_iter().chain(b).max_by_key(|text| text.len());
            longest.map(|text| text.chars().map(lower).collect::<String>())
        };
        let prefix = longer(pattern.required_prefix(), pattern.required_folded_prefix());
        let literal = longer(
            pattern.required_literal(),
            pattern.required_folded_literal(),
        );
        let literal = literal.filter(|_| reach == Reach::All);
        let literal_key = literal.and_then(|literal| self.gram(literal.as_bytes()));
        let prefix_key = prefix.map(|prefix| self.prefix(prefix.as_bytes()));
        let length = |(feature, _): (Feature, u64)| match feature.kind {
            Kind::Prefix(length) | Kind::Gram(length) => length,
            _ => 0,
        };
        let best = match (prefix_key, literal_key) {
            (Some(prefix), Some(gram)) if length(prefix) < 3 && length(gram) > 3 => gram,
            (Some(prefix), _) => prefix,
            (None, gram) => gram?,
        };
        Some(best.into())
    }

    fn prefix(self, bytes: &[u8]) -> (Feature, u64) {
        let bytes = &bytes[..bytes.len().min(LONGEST_PREFIX)];
        let feature = self.feature(Kind::Prefix(length_of(bytes)));
        (feature, self.hasher.text_key(feature, bytes))
    }

    /// The first bytes of a text, of the greatest length that is looked for.
    fn gram(self, bytes: &[u8]) -> Option<(Feature, u64)> {
        let length = GRAMS
            .into_iter()
            .rev()
            .find(|length| *length <= bytes.len())?;
        let feature = self.feature(Kind::Gram(length_of(&bytes[..length])));
        let seed = self.hasher.key(feature, ());
        Some((feature, ngrams::key(seed, &bytes[..length])))
    }

    fn near(self, operand: &Near) -> Access {
        match operand {
            Near::Nowhere | Near::NoPoint => Access::Never,
            Near::Around { point, limit, .. } => match limit {
                Ok(limit) => self.around(*point, *limit, &[]),
                Err(_) => Access::Never,
            },
        }
    }

    fn circle(self, operand: &Circle) -> Access {
        let Ok((center, radius)) = operand.circle() else {
            return Access::Never;
        };
        // What is nothing lies at the origin.
        let origin = Place::from(center).radians_to(Point::ORIGIN.into());
        let shapes: &[Shape] = if origin > radius + 1e-6 {
            &[]
        } else {
            &[Shape::Missing]
        };
        self.around(center, radius, shapes)
    }

    fn around(self, center: Point, radius: f64, shapes: &[Shape]) -> Access {
        if radius.is_nan() || radius < 0.0 {
            return Access::Never;
        }
        if radius > std::f64::consts::FRAC_PI_2 {
            return Access::Any;
        }
        self.regions(&Region::circle(center, radius), shapes)
    }

    fn within(self, operand: &Within) -> Access {
        let Within::Box(corners) = operand else {
            return Access::Never;
        };
        match *corners {
            Corners::Numbers([south, west, north, east])
                if ![south, west, north, east].iter().any(|edge| edge.is_nan()) =>
            {
                let region = Region {
                    south,
                    west,
                    north,
                    east,
                };
                self.regions(&[region], &[])
            }
            _ => Access::Any,
        }
    }

    fn polygon(self, operand: &Polygon) -> Access {
        match operand.ring() {
            Ok(ring) => self.regions(&[Region::around(ring.corners().into_iter())], &[]),
            Err(_) => Access::Never,
        }
    }

    /// Points in some regions, what may be taken for a point, and these shapes.
    pub(super) fn regions(self, regions: &[Region], shapes: &[Shape]) -> Access {
        let mut keys: Keys = smallvec![self.shape(Shape::OddPoint).into()];
        keys.extend(shapes.iter().map(|shape| self.shape(*shape).into()));
        for region in regions.iter().filter(|region| !region.is_empty()) {
            let (level, cells) = region.cells();
            let feature = self.feature(Kind::Cell(level));
            keys.extend(cells.map(|cell| AccessKey {
                feature,
                key: cell::cell_key(self.hasher, feature, cell),
                part: Some(region.part(level, cell)),
            }));
        }
        Access::Keys(each_once(keys))
    }

    fn intersects(self, operand: &Intersects) -> Access {
        let Ok(point) = operand.point() else {
            return Access::Never;
        };
        Access::Keys(self.areas_at(point).collect())
    }

    /// The keys of the areas that may have a point in them.
    pub(super) fn areas_at(self, point: Point) -> impl Iterator<Item = AccessKey> {
        cell::levels().map(move |level| {
            let feature = self.feature(Kind::Area(level));
            AccessKey::from((feature, cell::point_key(self.hasher, feature, level, point)))
        })
    }

    /// The keys of an interval; none if it is not to be cut into pieces.
    pub(crate) fn interval(self, bounds: Bounds) -> Option<Keys> {
        let (level, pieces) = bounds.pieces()?;
        let feature = self.feature(Kind::Interval(level));
        let key = |piece| AccessKey {
            feature,
            key: interval::piece_key(self.hasher, self.path, level, piece),
            part: Some(bounds.part(level, piece)),
        };
        let mut keys: Keys = pieces.map(key).collect();
        keys.push(self.shape(Shape::NoOrder).into());
        Some(each_once(keys))
    }
}

/// Sorts keys and leaves each once: a query stands under it with one hint.
pub(super) fn each_once(mut keys: Keys) -> Keys {
    keys.sort_unstable_by_key(|key| key.key);
    keys.dedup_by(|other, key| {
        let same = other.key == key.key;
        if same && other.part != key.part {
            key.part = Some(Hint::NONE);
        }
        same
    });
    keys
}

/// The number of bytes, which are few.
fn length_of(bytes: &[u8]) -> u8 {
    u8::try_from(bytes.len()).unwrap_or(u8::MAX)
}

/// A value without parts, and without half of a pair of units, which no value of JSON is.
pub(crate) fn plain(value: Val<'_>) -> Option<Scalar<'_>> {
    Some(match value {
        Val::Undefined => Scalar::Undefined,
        Val::Null => Scalar::Null,
        Val::Bool(value) => Scalar::Bool(value),
        Val::Number(number) => Scalar::Number(number),
        Val::Text(text) => Scalar::Text(text),
        Val::Unit(_) | Val::Array(_) | Val::Object(_) => return None,
        Val::Date(_) | Val::Instance(_) | Val::Builtin(_) => return None,
    })
}

/// How many values an operator names, each of which takes a moment to be made a key.
pub(crate) fn named(op: &Op) -> usize {
    match op {
        Op::In(Membership::List(list)) | Op::ContainedBy(Membership::List(list)) => {
            list.items().len()
        }
        Op::In(_) | Op::ContainedBy(_) => 1,
        Op::All(all) => match &**all {
            All::List(required) => required.items().len(),
            All::ListLike(_) | All::Nothing | All::Fault => 0,
        },
        Op::Is(_)
        | Op::PointsTo(_)
        | Op::Like(_)
        | Op::Order(_)
        | Op::Equal(_)
        | Op::NotEqual(_) => 1,
        Op::NotIn(_)
        | Op::Exists(_)
        | Op::Regex(_)
        | Op::Near(_)
        | Op::Within(_)
        | Op::Polygon(_) => 1,
        Op::Circle(_) | Op::Intersects(_) | Op::Always | Op::Never | Op::Fault => 1,
    }
}

impl Order {
    /// What an ordinary number must be to satisfy the operator; nothing if it may be any.
    ///
    /// Texts have an order of their own among texts, so an operand that is one says little.
    pub(crate) fn bounds(&self) -> Option<Bounds> {
        let limit = match self.operand() {
            Val::Number(number) | Val::Date(number) => number,
            Val::Bool(value) => f64::from(u8::from(value)),
            Val::Null => 0.0,
            _ => return None,
        };
        if limit.is_nan() {
            return None;
        }
        Some(match self.relation {
            Relation::Lt => Bounds::below(limit, false),
            Relation::Lte => Bounds::below(limit, true),
            Relation::Gt => Bounds::above(limit, false),
            Relation::Gte => Bounds::above(limit, true),
        })
    }
}

/// Whether the members are those of a pointer without class and id.
pub(crate) fn is_bare(members: Members<'_>) -> bool {
    use crate::value::key::names;
    let has = |key| members.get_key(key).is_some();
    Val::Object(members).is_typed("Pointer") && !has(names::CLASS_NAME) && !has(names::OBJECT_ID)
}
