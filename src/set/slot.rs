//! Distinct queries, as a set keeps them.

use smallvec::SmallVec;

use super::filed::Filed;
use super::keys::hint::Print;
use super::store::arena::Span;
use super::subscribers::Subscribed;
use crate::plan::code::{Step, Target};
use crate::plan::switch::Switch;

/// A query whose paths are numbers of the set.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) code: SmallVec<[Step; 4]>,
    pub(super) entry: Target,
    pub(super) switches: Box<[Switch]>,
    pub(super) revisits_dates: bool,
}

/// A distinct query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot<'s> {
    pub(super) head: &'s Head,
    pub(super) code: &'s [Step],
}

/// What a match reads of a distinct query beside its steps.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// A bit for each path that it looks at, by the last six bits of the number: whether a change can concern it.
    pub(super) mask: u64,
    pub(super) subscribed: Subscribed,
    /// Where its steps are, unless it has one only, which stands beside it.
    pub(super) steps: Span,
    pub(super) run: Run,
}

/// How a query is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// It has no steps: all objects match.
    Always,
    /// It has no steps: none does.
    Never,
    /// By its steps, from the first one on.
    Steps,
    /// So too, but some of them are a switch.
    Switched,
    /// By its steps on a copy of the object, in which they may decode dates.
    InPlace,
}

impl Run {
    pub(super) fn of(draft: &Draft) -> Self {
        match draft.entry {
            Target::ACCEPT => Self::Always,
            Target::REJECT => Self::Never,
            _ if draft.revisits_dates => Self::InPlace,
            _ if !draft.switches.is_empty() => Self::Switched,
            _ => Self::Steps,
        }
    }
}

/// A key that the matches of a query have beside those it is filed under.
#[derive(Clone, Copy, Debug)]
pub(super) enum Second {
    Unknown,
    Known { feature: u32, print: Print },
}

impl Second {
    pub(super) const fn feature(self) -> Option<u32> {
        match self {
            Self::Unknown => None,
            Self::Known { feature, .. } => Some(feature),
        }
    }
}

/// What only filing needs of a distinct query.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) second: Second,
    pub(super) filed: SmallVec<[Filed; 1]>,
}

impl Head {
    /// Where the run begins: code that cannot be reached is never kept, so that the first step is it if there is one.
    #[inline]
    pub(super) fn entry(&self) -> Target {
        match self.run {
            Run::Always => Target::ACCEPT,
            Run::Never => Target::REJECT,
            Run::Steps | Run::Switched | Run::InPlace => Target::step(0),
        }
    }

    pub(super) fn revisits_dates(&self) -> bool {
        self.run == Run::InPlace
    }
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
