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

/// How many bytes a query takes, compiled and filed: in the set it leaves its text, and has keys instead.
///
/// A key takes about as much as the member of a list that it is of, and a third more while tables grow; under which keys a
/// query is filed depends on others and may change. A field that no other query asks for is noted as well.
pub(super) fn weight(query: &Query) -> usize {
    const FILED: usize = 256;
    const ORDINARY: usize = 512;
    const FIELD: usize = 256;
    let bytes = query.memory_usage();
    if bytes <= ORDINARY {
        return bytes + FILED;
    }
    bytes + FILED + (bytes - ORDINARY) / 3 * 4 + query.paths().len() * FIELD
}

#[cfg(test)]
mod tests {
    use livematch::{Dialect, FindOptions};

    use super::*;

    #[test]
    fn what_is_filed_is_charged_for() {
        let list = |n: usize, length: usize, quote: &str| -> String {
            let members = (0..length).map(|i| format!("{quote}{}{quote}", n * length + i));
            members.collect::<Vec<_>>().join(",")
        };
        let or = |constraint: &dyn Fn(usize) -> String| -> String {
            let all: Vec<_> = (0..500).map(|i| format!("{{{}}}", constraint(i))).collect();
            format!(r#"{{"$or": [{}]}}"#, all.join(","))
        };
        let shapes: [(usize, &dyn Fn(usize) -> String); 8] = [
            (2_000, &|n| format!(r#"{{"a": {n}}}"#)),
            (2_000, &|n| {
                format!(r#"{{"a": {n}, "b": "x{n}", "c": {{"$gt": {n}}}}}"#)
            }),
            (500, &|n| {
                format!(r#"{{"a": {{"$in": [{}]}}}}"#, list(n, 30, "\""))
            }),
            (50, &|n| {
                format!(r#"{{"a": {{"$in": [{}]}}}}"#, list(n, 3_000, "\""))
            }),
            (50, &|n| {
                format!(r#"{{"a": {{"$in": [{}]}}}}"#, list(n, 3_000, ""))
            }),
            (500, &|n| {
                format!(r#"{{"a{n}": {{"$in": [{}]}}}}"#, list(0, 100, ""))
            }),
            (20, &|n| or(&|i| format!(r#""a{}": 1"#, n * 500 + i))),
            (20, &|n| {
                or(&|i| format!(r#""a": {{"$gt": {i}e{}, "$lt": {i}e{}}}"#, 100 + n, 200 + n))
            }),
        ];
        let dialects = [Dialect::LiveQuery, Dialect::Find(FindOptions::new())];
        let asked = dialects
            .iter()
            .flat_map(|dialect| shapes.map(|shape| (dialect, shape)));
        for (dialect, (count, clause)) in asked {
            let queries = Query::builder().dialect(dialect.clone());
            let mut set = QuerySet::new();
            let mut charged = 0;
            for n in 0..count {
                let query = queries.compile_str(&clause(n)).expect("a clause");
                charged += weight(&query);
                set.insert(query);
            }
            let takes = set.memory_usage();
            let shown = &clause(0)[..20.min(clause(0).len())];
            assert!(
                takes <= charged,
                "{shown} {dialect:?}: {takes} of {charged}"
            );
        }
    }
}
