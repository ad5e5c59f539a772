//! What a query will cost its class, before it is there.

use livematch::{FilingKind, Query, QuerySet};

/// How most changes have to do with a query, as far as can be foreseen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// They do not come upon it.
    Seldom,
    /// They have to look at it, however little that takes.
    Looked,
    /// They meet it, and need not look.
    Met,
}

/// What a subscription will cost its class, as far as that has to be guessed from what others ask for.
#[derive(Clone, Copy)]
pub(super) struct Foreseen {
    /// How most changes have to do with its query.
    pub(super) look: Look,
    /// What its query in the other dialect is charged for being looked at.
    pub(super) beside: usize,
}

impl Look {
    /// What a query is charged for being looked at.
    pub(super) const fn steps(self) -> usize {
        /// Of so many steps that all clients may take 300,000 queries have them, which are looked at in less than 100 ms.
        const GLANCE: usize = 3_300;
        match self {
            Self::Seldom | Self::Met => 0,
            Self::Looked => GLANCE,
        }
    }

    /// How a query will be found that is not in a set yet.
    pub(super) fn at(queries: &QuerySet, query: &Query) -> Self {
        /// A query is looked at by most changes if it shares its keys with so many of those that are filed as it is.
        const MOST: f64 = 0.5;
        /// Before there are so many different queries a guess means little, and it matters little how they are found.
        const FEW: usize = 64;
        let filing = queries.filing(query);
        match filing.kind() {
            FilingKind::Never => Self::Seldom,
            FilingKind::Always => Self::Met,
            FilingKind::Ranges | FilingKind::Scan => Self::Looked,
            FilingKind::Keys if filing.expected_share() >= MOST && queries.distinct() >= FEW => {
                Self::Looked
            }
            FilingKind::Keys => Self::Seldom,
            // A kind that is not known yet is taken for the worst.
            _ => Self::Looked,
        }
    }
}
