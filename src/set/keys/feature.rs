//! Access keys: what a value says about itself in a few bytes, hashed.
//!
//! The key of a value is the hash of a [`Feature`] and of the value, seen in that way. Two things may share a key: the table
//! is only asked for candidates.

use std::hash::{BuildHasher, Hash, Hasher};
use std::num::NonZeroU32;

/// A way to look at the values of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Feature {
    pub(crate) path: u32,
    pub(crate) kind: Kind,
    /// What it means depends on the kind.
    pub(crate) level: u8,
}

/// How a value is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A plain value or a date: the value itself, or one in an array. The id of a pointer is one too, as `$in` finds it.
    Scalar,
    /// The class and id of an object, or of one in an array. In the `find` dialect, in which a pointer is a text, a text with
    /// a dollar in it.
    Pointer,
    /// One of the [`sort`]s, which is the level.
    Sort,
    /// The first bytes of the value as text, ASCII letters in lower case; the level is their number.
    Prefix,
    /// Bytes anywhere in the value as text, ASCII letters in lower case; the level is their number.
    Gram,
    /// The piece of the line in which a number lies; see [`interval`](super::interval).
    Interval,
    /// The piece of the globe in which a point lies; see [`cell`](super::cell).
    Cell,
    /// The pieces of the globe which a polygon touches.
    Area,
    /// A list or an object as it is; see [`whole`](super::whole).
    Whole,
}

/// What sort of value there is: for what no other kind tells apart.
pub(crate) mod sort {
    use crate::find::mongo::value::Bracket;

    /// Nothing; in the `find` dialect null too.
    pub(crate) const MISSING: u8 = 0;
    pub(crate) const TEXT: u8 = 1;
    pub(crate) const ARRAY: u8 = 2;
    pub(crate) const EMPTY_ARRAY: u8 = 3;
    pub(crate) const OBJECT: u8 = 4;
    /// A built-in of JavaScript.
    pub(crate) const OTHER: u8 = 5;
    /// Something that is no point in bounds, but may be taken for one.
    pub(crate) const ODD_POINT: u8 = 6;
    /// Something that has no order among numbers, and so is in every range; in the `find` dialect several numbers, of which
    /// each may satisfy another end of a range.
    pub(crate) const NO_ORDER: u8 = 7;
    /// A pointer without class and id, which `$in` finds in every list.
    pub(crate) const BARE_POINTER: u8 = 8;
    /// A polygon of which no region is known.
    pub(crate) const VAST_AREA: u8 = 9;
    /// Anything but nothing.
    pub(crate) const PRESENT: u8 = 10;
    /// Something without members of its own, or a list with something of the kind in it: it equals every date.
    pub(crate) const KEYLESS: u8 = 11;
    /// From here on, the brackets of MongoDB.
    pub(crate) const BRACKETS: u8 = 16;

    /// Something of a bracket.
    pub(crate) const fn of_bracket(bracket: Bracket) -> u8 {
        BRACKETS + bracket as u8
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
        let Feature { path, kind, level } = feature;
        hasher.write_u64(u64::from(path) << 16 | u64::from(kind as u8) << 8 | u64::from(level));
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
