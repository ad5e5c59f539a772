//! Distinct queries, as a set keeps them.

use smallvec::SmallVec;

use super::filed::Filed;
use super::keys::hint::KeyFingerprint;
use super::store::arena::Span;
use super::store::number::FeatureId;
use super::subscribers::Subscribed;
use crate::plan::code::{Run, Step};
use crate::plan::switch::Switch;

/// A query whose paths are numbers of the set.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) code: SmallVec<[Step; 4]>,
    pub(super) switches: Box<[Switch]>,
    pub(super) run: Run,
}

/// A distinct query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot<'s> {
    pub(super) head: &'s SlotHead,
    pub(super) code: &'s [Step],
}

/// What a match reads of a distinct query beside its steps.
#[derive(Clone, Debug)]
pub(super) struct SlotHead {
    /// A bit for each path that it looks at, by the last six bits of the number: whether a change can concern it.
    pub(super) mask: u64,
    pub(super) subscribed: Subscribed,
    /// Where its steps are, unless it has one only, which stands beside it.
    pub(super) steps: Span,
    pub(super) run: Run,
}

/// A key that the matches of a query have beside those it is filed under.
#[derive(Clone, Copy, Debug)]
pub(super) enum Second {
    Unknown,
    Known {
        feature: FeatureId,
        fingerprint: KeyFingerprint,
    },
}

impl Second {
    pub(super) const fn feature(self) -> Option<FeatureId> {
        match self {
            Self::Unknown => None,
            Self::Known { feature, .. } => Some(feature),
        }
    }
}

/// What only filing needs of a distinct query.
#[derive(Clone, Debug)]
pub(super) struct SlotRecord {
    pub(super) second: Second,
    pub(super) filed: SmallVec<[Filed; 1]>,
}

/// The paths of steps, each once.
pub(super) fn paths_of(code: &[Step]) -> SmallVec<[u32; 8]> {
    let mut paths: SmallVec<[u32; 8]> = code.iter().map(|step| step.path).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// The bit of a path in a mask.
pub(super) fn bit(path: u32) -> u64 {
    1 << (path % 64)
}
