//! Where a query is filed.

use super::store::number::{FeatureId, GroupId, Number};

/// Where a query is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Filed {
    /// The key, the limit or the row.
    pub(crate) at: u64,
    /// The group below which it is.
    pub(crate) group: GroupId,
    pub(crate) place: Place,
}

impl Filed {
    /// The feature, if it is under a key of the root.
    pub(crate) fn at_root(&self) -> Option<FeatureId> {
        match self.place.into() {
            Where::Key(feature) if self.group == GroupId::ROOT => Some(feature),
            Where::Key(_) | Where::Scan | Where::Above(_) | Where::Below(_) | Where::Columns(_) => {
                None
            }
        }
    }
}

/// What [`Filed::at`] is, with 28 bits to say more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(u32);

/// A [`Place`], taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    /// Under a key, of a feature.
    Key(FeatureId),
    /// Among what every change that comes to the group must run.
    Scan,
    /// Above a limit, on a path.
    Above(u32),
    /// Below a limit, on a path.
    Below(u32),
    /// In columns, at a position among those of the group.
    Columns(u32),
}

const TAG: u32 = 28;

impl From<Where> for Place {
    fn from(place: Where) -> Self {
        let (tag, more) = match place {
            Where::Key(feature) => (0, feature.get()),
            Where::Scan => (1, 0),
            Where::Above(path) => (2, path),
            Where::Below(path) => (3, path),
            Where::Columns(at) => (4, at),
        };
        debug_assert!(more < 1 << TAG, "fewer paths and features fit into memory");
        Self(tag << TAG | more)
    }
}

impl From<Place> for Where {
    fn from(Place(bits): Place) -> Self {
        let more = bits & ((1 << TAG) - 1);
        match bits >> TAG {
            0 => Self::Key(FeatureId::of(more)),
            1 => Self::Scan,
            2 => Self::Above(more),
            3 => Self::Below(more),
            _ => Self::Columns(more),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back() {
        for place in [
            Where::Key(FeatureId::of(5)),
            Where::Scan,
            Where::Above(7),
            Where::Below(0),
            Where::Columns(3),
        ] {
            assert_eq!(Where::from(Place::from(place)), place);
        }
    }
}
