//! The numbers of a set, each a type of its own, so that none is taken for another.

use std::fmt;

/// A number that a [slab](super::slab) gives to an item.
pub(crate) trait Number: Copy {
    fn of(number: u32) -> Self;

    fn get(self) -> u32;
}

impl Number for u32 {
    fn of(number: u32) -> Self {
        number
    }

    fn get(self) -> u32 {
        self
    }
}

/// A [feature](crate::set::keys::feature) in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FeatureId(u32);

/// A [group](crate::set::index::group).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct GroupId(u32);

impl GroupId {
    /// The group that is above all others.
    pub(crate) const ROOT: Self = Self(0);
}

impl Number for FeatureId {
    fn of(number: u32) -> Self {
        Self(number)
    }

    fn get(self) -> u32 {
        self.0
    }
}

impl Number for GroupId {
    fn of(number: u32) -> Self {
        Self(number)
    }

    fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for FeatureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "feature {}", self.0)
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "group {}", self.0)
    }
}
