//! Access keys: what a value says about itself in a few bytes, hashed.
//!
//! The key of a value is the hash of a [`Feature`] and of the value, seen in that way. Two things may share a key: the table
//! is only asked for candidates.

use std::hash::{BuildHasher, Hash, Hasher};
use std::num::NonZeroU32;

use super::shape::Shape;

/// A way to look at the values of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Feature {
    pub(crate) path: u32,
    pub(crate) kind: Kind,
}

/// How a value is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A plain value or a date: the value itself, or one in an array. The id of a pointer is one too, as `$in` finds it.
    Scalar,
    /// The class and id of an object, or of one in an array. In the `find` dialect, in which a pointer is a text, a text with
    /// a dollar in it.
    Pointer,
    /// What no other kind tells apart.
    Shape(Shape),
    /// So many of the first bytes of the value as text, in lower case.
    Prefix(u8),
    /// So many bytes anywhere in the value as text, in lower case.
    Gram(u8),
    /// The piece of the line in which a number lies, at a level; see [`interval`](super::interval).
    Interval(u8),
    /// The piece of the globe in which a point lies, at a level; see [`cell`](super::cell).
    Cell(u8),
    /// The pieces of the globe which a polygon touches, at a level.
    Area(u8),
    /// A list or an object as it is; see [`whole`](super::whole).
    Whole,
}

impl Kind {
    /// Whether it looks at the value as text.
    pub(crate) const fn is_of_texts(self) -> bool {
        matches!(self, Self::Prefix(_) | Self::Gram(_))
    }

    /// Whether a key of it names one value or one object.
    pub(crate) const fn is_of_equality(self) -> bool {
        matches!(self, Self::Scalar | Self::Pointer)
    }

    /// What tells it from other kinds, and what the value that it carries is.
    const fn numbers(self) -> (u8, u8) {
        match self {
            Self::Scalar => (0, 0),
            Self::Pointer => (1, 0),
            Self::Shape(shape) => (2, shape.number()),
            Self::Prefix(length) => (3, length),
            Self::Gram(length) => (4, length),
            Self::Interval(level) => (5, level),
            Self::Cell(level) => (6, level),
            Self::Area(level) => (7, level),
            Self::Whole => (8, 0),
        }
    }
}

/// Hashes keys, with a seed that those who choose values do not know.
#[derive(Clone, Debug)]
pub(crate) struct KeyHasher(foldhash::quality::FixedState);

impl KeyHasher {
    pub(crate) fn new(seed: u64) -> Self {
        Self(foldhash::quality::FixedState::with_seed(seed))
    }

    /// A number that other seeds do not give.
    pub(crate) fn tag(&self) -> NonZeroU32 {
        #[expect(clippy::cast_possible_truncation, reason = "half is what is wanted")]
        let half = self.text("subscriptions") as u32;
        NonZeroU32::new(half).unwrap_or(NonZeroU32::MIN)
    }

    /// The key of what a feature sees.
    pub(crate) fn key(&self, feature: Feature, seen: impl Hash) -> u64 {
        let mut hasher = self.0.build_hasher();
        let Feature { path, kind } = feature;
        let (kind, carried) = kind.numbers();
        hasher.write_u64(u64::from(path) << 16 | u64::from(kind) << 8 | u64::from(carried));
        seen.hash(&mut hasher);
        hasher.finish()
    }

    /// The key of bytes of a text.
    pub(crate) fn text_key(&self, feature: Feature, bytes: &[u8]) -> u64 {
        self.key(feature, Bytes(bytes))
    }

    /// The hash of a plain value.
    pub(crate) fn scalar(&self, scalar: Scalar<'_>) -> u64 {
        self.0.hash_one(scalar)
    }

    /// The hash of a text.
    pub(crate) fn text(&self, text: &str) -> u64 {
        self.0.hash_one(Bytes(text.as_bytes()))
    }
}

/// Bytes hashed without their number: nothing follows them.
struct Bytes<'a>(&'a [u8]);

impl Hash for Bytes<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.0);
    }
}

/// A key below another one: of a query that is filed under both.
pub(crate) fn below(above: u64, key: u64) -> u64 {
    const MULTIPLIER: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
    let product =
        (u128::from(above ^ key.rotate_left(17)) ^ u128::from(key) << 64).wrapping_mul(MULTIPLIER);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the halves are what is wanted"
    )]
    let folded = (product >> 64) as u64 ^ product as u64;
    folded
}

/// A plain value, as keys tell it apart.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Text(&'a str),
    /// Milliseconds since the epoch.
    Date(f64),
    /// Nothing, where a pointer has no class or no id.
    Undefined,
}

impl Hash for Scalar<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Null => state.write_u8(0),
            Self::Bool(value) => state.write_u8(1 + u8::from(*value)),
            // Adding zero makes -0 and 0 the same.
            Self::Number(number) => state.write_u64((number + 0.0).to_bits()),
            Self::Text(text) => state.write(text.as_bytes()),
            Self::Date(ms) => {
                state.write_u8(3);
                state.write_u64((ms + 0.0).to_bits());
            }
            Self::Undefined => state.write_u8(4),
        }
    }
}
