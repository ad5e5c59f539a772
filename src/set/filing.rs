//! How a query is filed, for a host to see.

use super::index::access::Access;
use super::index::cover::{Choice, Chooser, Covered};
use super::slot::Draft;
use crate::plan::code::Run;
use crate::plan::steps::RUN;
use crate::plan::switch::Switch;
use crate::steps::Bound;

/// How a query would be filed in a set; see [`QuerySet::filing`](super::QuerySet::filing).
///
/// # Examples
///
/// ```
/// use livematch::{FilingKind, QuerySet};
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let set = QuerySet::new();
/// let filing = set.filing(&r#"{"room": "r1"}"#.parse()?);
/// assert_eq!((filing.kind(), filing.keys()), (FilingKind::Keys, 1));
/// let ranges = set.filing(&r#"{"price": {"$lt": 10}}"#.parse()?);
/// assert!(filing.expected_share() < ranges.expected_share());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filing {
    kind: FilingKind,
    keys: usize,
    share: f64,
    bound: Bound,
}

/// By what a query is found.
///
/// # Examples
///
/// ```
/// use livematch::{FilingKind, QuerySet};
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let set = QuerySet::new();
/// let kind = |clause: &str| clause.parse().map(|query| set.filing(&query).kind());
/// assert_eq!(kind(r#"{"winner": null}"#)?, FilingKind::Never);
/// assert_eq!(kind(r#"{"room": "r1"}"#)?, FilingKind::Keys);
/// assert_eq!(kind(r#"{"price": {"$lt": 10}}"#)?, FilingKind::Ranges);
/// assert_eq!(kind(r#"{"room": {"$ne": "r1"}}"#)?, FilingKind::Scan);
/// assert_eq!(kind("{}")?, FilingKind::Always);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FilingKind {
    /// It matches nothing, and is never run.
    Never,
    /// By access keys of which its matches have one: of values, texts, places, or of nothing being there.
    Keys,
    /// By the limits of its ranges: a change costs as much as ranges hold for it, or a glance at each of the others.
    Ranges,
    /// By nothing: every change must run it.
    Scan,
    /// It matches everything, and is never run.
    Always,
}

impl Filing {
    const fn new(kind: FilingKind, keys: usize, share: f64, bound: Bound) -> Self {
        Self {
            kind,
            keys,
            share,
            bound,
        }
    }

    /// By what the query is found.
    #[must_use]
    pub const fn kind(&self) -> FilingKind {
        self.kind
    }

    /// Under how many keys it is filed, at first, a member that a long list has twice counted twice: each costs some memory.
    #[must_use]
    pub const fn keys(&self) -> usize {
        self.keys
    }

    /// Which share of the changes will run it, from 0 to 1: a guess from what the set knows of the values in other
    /// queries.
    #[must_use]
    pub const fn expected_share(&self) -> f64 {
        self.share
    }

    /// The most [steps](crate::Budget) that the set takes to run the query for one object, if the object's compact JSON has
    /// so many bytes. A change has two objects, unless it creates or deletes one.
    ///
    /// It is the most for the worst object of this size, and usually far more than is taken: an equality may have to look
    /// through an array as large as the object. It grows in proportion to the size.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Query, QuerySet};
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let set = QuerySet::new();
    /// let most = |clause: &str| clause.parse().map(|query: Query| set.filing(&query).max_steps(1_024));
    /// assert!(most(r#"{"room": "r1"}"#)? < 1_000);
    /// assert!(most(r#"{"name": {"$regex": "^(a+)+\\1b"}}"#)? > 250_000);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub const fn max_steps(&self, bytes: usize) -> u64 {
        self.bound.steps(bytes)
    }
}

/// How a draft would be filed, given who chooses its cover.
///
/// `in_place` is what it takes besides if it is run on a copy of the object.
pub(super) fn of(draft: &Draft, in_place: Bound, chooser: &Chooser<'_>) -> Filing {
    let bound = bound(draft).plus(in_place);
    match draft.run {
        Run::Always => return always(bound),
        Run::Never => return Filing::new(FilingKind::Never, 0, 0.0, bound),
        Run::Steps | Run::Switched | Run::InPlace => {}
    }
    let entry = draft.run.entry();
    let each = chooser.each(&draft.code, |_| true);
    let Covered { cover, .. } = chooser.covered(&draft.code, entry, each);
    of_cover(cover.as_deref(), bound)
}

/// How a query is filed that matches everything.
pub(super) const fn always(bound: Bound) -> Filing {
    Filing::new(FilingKind::Always, 0, 1.0, bound)
}

/// How a query is filed that has such a cover, and takes no more steps than `bound` says.
pub(super) fn of_cover(cover: Option<&[Choice]>, bound: Bound) -> Filing {
    let filing = |kind, keys, share: f64| Filing::new(kind, keys, share.min(1.0), bound);
    let Some(cover) = cover else {
        return filing(FilingKind::Scan, 0, 1.0);
    };
    let share = cover.iter().map(|choice| choice.chance.share()).sum();
    let keys = cover.iter().map(|choice| choice.access.keys()).sum();
    if cover.is_empty() {
        filing(FilingKind::Never, 0, 0.0)
    } else if cover
        .iter()
        .any(|choice| matches!(choice.access, Access::Range(_)))
    {
        filing(FilingKind::Ranges, keys, share)
    } else {
        filing(FilingKind::Keys, keys, share)
    }
}

/// The most steps for one object, by its size.
fn bound(draft: &Draft) -> Bound {
    let code = draft.code.iter().map(|step| step.op.bound());
    let switches = draft.switches.iter().map(Switch::bound);
    let bounds = code.chain(switches);
    bounds.fold(Bound::fixed(RUN), Bound::plus)
}
