//! What shape a value has.

use crate::find::mongo::value::Bracket;

/// What a value is, for what no value by itself tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// Nothing; in the `find` dialect null too.
    Missing,
    Text,
    Array,
    EmptyArray,
    Object,
    /// A built-in of JavaScript.
    Other,
    /// Something that is no point in bounds, but may be taken for one.
    OddPoint,
    /// Something that has no order among numbers, and so is in every range; in the `find` dialect several numbers, of which
    /// each may satisfy another end of a range.
    NoOrder,
    /// A pointer without class and id, which `$in` finds in every list.
    BarePointer,
    /// A polygon of which no region is known.
    VastArea,
    /// Anything but nothing.
    Present,
    /// Something without members of its own, or a list with something of the kind in it: it equals every date.
    Keyless,
    /// Something of a bracket of MongoDB's.
    Bracket(Bracket),
}

impl Shape {
    /// What tells it from others.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Text => 1,
            Self::Array => 2,
            Self::EmptyArray => 3,
            Self::Object => 4,
            Self::Other => 5,
            Self::OddPoint => 6,
            Self::NoOrder => 7,
            Self::BarePointer => 8,
            Self::VastArea => 9,
            Self::Present => 10,
            Self::Keyless => 11,
            Self::Bracket(bracket) => 16 + bracket as u8,
        }
    }

    /// Whether nothing may have it.
    pub(crate) const fn is_of_nothing(self) -> bool {
        matches!(self, Self::Missing | Self::NoOrder)
    }
}
