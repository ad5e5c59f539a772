//! A set answers as its queries do, one by one, whatever comes and goes.
#![no_main]

use std::collections::BTreeMap;
use std::fmt;

use arbitrary::Arbitrary;
use libfuzzer_sys::{Corpus, fuzz_target};
use livematch::{
    Dialect, FindOptions, Object, Outcome, Query, QuerySet, Scratch, SubscriptionId,
};
use livematch_fuzz::clause::Clause;
use livematch_fuzz::json::Fields;

#[derive(Arbitrary)]
struct Input {
    seed: u64,
    clauses: Vec<(Asks, Clause)>,
    objects: Vec<Fields>,
    steps: Vec<Step>,
}

/// Whose answers a query gives.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Asks {
    Live,
    Find { legacy_dotted_null: bool },
}

impl Asks {
    fn dialect(self) -> Dialect {
        match self {
            Self::Live => Dialect::LiveQuery,
            Self::Find { legacy_dotted_null } => {
                Dialect::Find(FindOptions::new().legacy_dotted_null(legacy_dotted_null))
            }
        }
    }
}

/// What happens to the set; numbers are taken modulo what there is.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Step {
    Insert(u8),
    Remove(u8),
    Change(Option<u8>, Option<u8>),
    Settle(u8),
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}", self.seed)?;
        for (asks, clause) in &self.clauses {
            writeln!(f, "{asks:?} clause {clause}")?;
        }
        for object in &self.objects {
            writeln!(f, "object {object}")?;
        }
        write!(f, "{:?}", self.steps)
    }
}

fn pick<T>(list: &[T], at: u8) -> Option<&T> {
    list.get(usize::from(at) % list.len().max(1))
}

/// The outcomes of every query by itself that fire an event.
fn expected(
    queries: &BTreeMap<SubscriptionId, &Query>,
    old: Option<&Object>,
    new: Option<&Object>,
) -> Vec<(SubscriptionId, Outcome)> {
    let outcomes = queries
        .iter()
        .map(|(id, query)| (*id, query.outcome(old, new)));
    outcomes
        .filter(|(_, outcome)| outcome.event().is_some())
        .collect()
}

fuzz_target!(|input: Input| -> Corpus {
    let queries: Vec<Query> = input
        .clauses
        .iter()
        .filter_map(|(asks, clause)| {
            let builder = Query::builder().dialect(asks.dialect());
            builder.compile_str(&clause.to_string()).ok()
        })
        .collect();
    let objects: Vec<Object> = input
        .objects
        .iter()
        .filter_map(|object| object.to_string().parse().ok())
        .collect();
    if queries.is_empty() || objects.is_empty() {
        return Corpus::Reject;
    }
    // As ever, or in pieces whatever a query is, or from a few places on.
    let at_once = [1_024, 0, 3][(input.seed % 3) as usize];
    let mut set = QuerySet::with_seed(input.seed).at_once(at_once);
    let mut inside = BTreeMap::new();
    let mut scratch = Scratch::default();
    for step in input.steps {
        match step {
            Step::Insert(at) => {
                let Some(query) = pick(&queries, at) else {
                    continue;
                };
                inside.insert(set.insert(query.clone()), query);
            }
            Step::Remove(at) => {
                let ids: Vec<SubscriptionId> = inside.keys().copied().collect();
                let Some(id) = pick(&ids, at) else { continue };
                inside.remove(id);
                assert!(set.remove(*id) && !set.remove(*id));
            }
            Step::Settle(steps) => {
                assert_eq!(set.settle(steps.into()), set.owed() == 0);
            }
            Step::Change(old, new) => {
                let [old, new] = [old, new].map(|at| pick(&objects, at?));
                let mut hits = Vec::new();
                set.classify_into(old, new, &mut scratch, &mut hits);
                let mut found: Vec<_> = hits.iter().map(|hit| (hit.id, hit.outcome)).collect();
                found.sort_by_key(|(id, _)| *id);
                assert_eq!(found, expected(&inside, old, new));
            }
        }
        assert_eq!(set.validate(), Ok(()));
    }
    Corpus::Keep
});
