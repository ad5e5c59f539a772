//! The clauses of a class in the other dialect, and where it would tell a subscriber something else.

use std::collections::HashMap;

use livematch::{Budget, Change, Event, Hit, Query, QuerySet, Scratch, SubscriptionId};
use metrics::counter;
use rustc_hash::{FxHashMap, FxHashSet};

use super::beside::Beside;

/// The queries of a class in the other dialect.
///
/// They have ids of their own: a set gives them out.
pub(super) struct Shadow {
    queries: QuerySet,
    /// By those that are served.
    shadows: HashMap<SubscriptionId, SubscriptionId, Beside>,
    /// The other way round.
    served: HashMap<SubscriptionId, SubscriptionId, Beside>,
}

/// What finding out takes, kept from one change to the next.
pub(super) struct Comparing {
    found: Vec<Hit>,
    budget: Budget,
}

/// What a subscriber is told of a change, and would be in the other dialect; one of the two may be nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Told {
    pub(crate) served: Option<Event>,
    pub(crate) shadow: Option<Event>,
}

impl Told {
    /// What both are called.
    pub(crate) fn names(self) -> [&'static str; 2] {
        [self.served, self.shadow].map(|event| event.map_or("nothing", Event::as_str))
    }

    /// Counts subscribers to whom this happens.
    pub(super) fn count(self, subscribers: usize) {
        let [served, shadow] = self.names();
        counter!("livematch_shadow_differences_total", "served" => served, "shadow" => shadow)
            .increment(subscribers as u64);
    }
}

/// What has been found out of a change.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) agreed: u64,
    /// Not all that was to be run could be.
    pub(super) uncompared: u64,
    /// Who would have been told something else, by what.
    pub(super) differences: FxHashMap<Told, Vec<SubscriptionId>>,
}

impl Comparing {
    pub(super) fn new(each_query: u64) -> Self {
        Self {
            found: Vec::new(),
            budget: Budget::new(0).each_query(each_query),
        }
    }

    /// Makes room for another change.
    pub(super) fn begin(&mut self, steps: u64) {
        self.found.clear();
        self.budget.renew(steps);
    }
}

impl Shadow {
    pub(super) fn new() -> Self {
        Self {
            queries: QuerySet::new(),
            shadows: HashMap::default(),
            served: HashMap::default(),
        }
    }

    pub(super) fn queries(&self) -> &QuerySet {
        &self.queries
    }

    pub(super) fn queries_mut(&mut self) -> &mut QuerySet {
        &mut self.queries
    }

    /// Adds what a subscription asks for in the other dialect.
    pub(super) fn insert(&mut self, served: SubscriptionId, query: Query) {
        let shadow = self.queries.insert(query);
        self.shadows.insert(served, shadow);
        self.served.insert(shadow, served);
    }

    /// Removes it, if there is such a thing.
    pub(super) fn remove(&mut self, served: SubscriptionId) {
        if let Some(shadow) = self.shadows.remove(&served) {
            self.served.remove(&shadow);
            self.queries.remove(shadow);
        }
    }

    /// Finds out what the other dialect makes of a change, of which the served queries made this and left some undecided.
    pub(super) fn compare(
        &self,
        change: &Change,
        hits: &[Hit],
        undecided: impl Iterator<Item = SubscriptionId>,
        scratch: &mut Scratch,
        Comparing { found, budget }: &mut Comparing,
    ) -> Compared {
        let (old, new) = (change.old_object(), change.new_object());
        self.queries
            .classify_metered(old, new, scratch, found, budget);
        let unrun = budget.unrun().iter();
        let unrun = unrun.flat_map(|id| self.queries.equal(*id));
        let undecided: FxHashSet<_> = unrun
            .filter_map(|id| self.served.get(id).copied())
            .chain(undecided.filter(|id| self.shadows.contains_key(id)))
            .collect();
        let mut told: FxHashMap<SubscriptionId, Told> = FxHashMap::default();
        for hit in hits.iter().filter(|hit| self.shadows.contains_key(&hit.id)) {
            told.entry(hit.id).or_default().served = Some(hit.event);
        }
        for hit in found.iter() {
            if let Some(served) = self.served.get(&hit.id) {
                told.entry(*served).or_default().shadow = Some(hit.event);
            }
        }
        told.retain(|id, _| !undecided.contains(id));
        let mut compared = Compared {
            uncompared: undecided.len() as u64,
            ..Compared::default()
        };
        for (id, told) in told {
            if told.served == told.shadow {
                compared.agreed += 1;
            } else {
                compared.differences.entry(told).or_default().push(id);
            }
        }
        compared
    }
}

#[cfg(test)]
mod tests {
    use livematch::{ChangeKind, Dialect, FindOptions};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::*;

    /// Clauses to which the dialects give different answers, and the same.
    const CLAUSES: [&str; 7] = [
        r#"{"a": {"$lt": 5}}"#,
        r#"{"a": {"$ne": 1}}"#,
        r#"{"a": 1}"#,
        r#"{"a": null}"#,
        r#"{"a": {"$in": [1, null]}}"#,
        r#"{"a": {"$exists": false}}"#,
        r#"{"$or": [{"a": 1}, {"a": {"$gt": 7}}]}"#,
    ];

    const VALUES: [&str; 6] = ["", "1", "6", "9", "null", "[1, 6]"];

    fn change(old: Option<&str>, new: &str) -> Change {
        let object = |value: &str| {
            let field = if value.is_empty() {
                String::new()
            } else {
                format!(r#", "a": {value}"#)
            };
            format!(r#"{{"className": "A", "objectId": "o"{field}}}"#)
        };
        let old = old.map(|old| format!(r#", "originalParseObject": {}"#, object(old)));
        let old = old.unwrap_or_default();
        let message = format!(r#"{{"currentParseObject": {}{old}}}"#, object(new));
        Change::from_json(ChangeKind::Save, &message).expect("a change")
    }

    fn query(clause: &str, dialect: Dialect) -> Query {
        let queries = Query::builder().dialect(dialect);
        queries.compile_str(clause).expect("a clause")
    }

    /// Both queries of a subscription, by the id of the one that is served.
    type Pairs = HashMap<SubscriptionId, [Query; 2]>;

    fn told(change: &Change, [served, shadow]: &[Query; 2]) -> Told {
        let event = |query: &Query| {
            query
                .outcome(change.old_object(), change.new_object())
                .event()
        };
        Told {
            served: event(served),
            shadow: event(shadow),
        }
    }

    /// What both tell of a change that takes so many steps at most, of the pairs that are there.
    fn compare(set: &QuerySet, shadow: &Shadow, change: &Change, steps: u64) -> Compared {
        let (mut hits, mut scratch) = (Vec::new(), Scratch::default());
        let (old, new) = (change.old_object(), change.new_object());
        set.classify_into(old, new, &mut scratch, &mut hits);
        let mut comparing = Comparing::new(u64::MAX);
        comparing.begin(steps);
        shadow.compare(change, &hits, [].into_iter(), &mut scratch, &mut comparing)
    }

    proptest! {
        #[test]
        fn what_each_subscriber_is_told_is_compared(
            clauses in vec(select(&CLAUSES[..]), 1..20),
            gone in vec(any::<Index>(), 0..5),
            old in proptest::option::of(select(&VALUES[..])),
            new in select(&VALUES[..]),
        ) {
            let (mut set, mut shadow, mut pairs) = (QuerySet::new(), Shadow::new(), Pairs::new());
            for clause in &clauses {
                let served = query(clause, Dialect::LiveQuery);
                let other = query(clause, Dialect::Find(FindOptions::new()));
                let id = set.insert(served.clone());
                shadow.insert(id, other.clone());
                pairs.insert(id, [served, other]);
            }
            let ids: Vec<_> = pairs.keys().copied().collect();
            for index in gone {
                let id = *index.get(&ids);
                set.remove(id);
                shadow.remove(id);
                pairs.remove(&id);
            }
            let change = change(old, new);
            let compared = compare(&set, &shadow, &change, u64::MAX);
            let mut expected = Compared::default();
            for (id, pair) in &pairs {
                let told = told(&change, pair);
                if told.served != told.shadow {
                    expected.differences.entry(told).or_default().push(*id);
                } else if told.served.is_some() {
                    expected.agreed += 1;
                }
            }
            let sorted = |compared: &Compared| {
                let mut all: Vec<_> = compared.differences.iter().collect::<Vec<_>>().into_iter()
                    .map(|(told, ids)| {
                        let mut ids: Vec<_> = ids.iter().map(|id| id.to_bits()).collect();
                        ids.sort_unstable();
                        (told.names(), ids)
                    })
                    .collect();
                all.sort_unstable();
                all
            };
            prop_assert_eq!(compared.agreed, expected.agreed);
            prop_assert_eq!(compared.uncompared, 0);
            prop_assert_eq!(sorted(&compared), sorted(&expected));
        }
    }

    #[test]
    fn what_cannot_be_paid_for_is_not_compared() {
        let (mut set, mut shadow) = (QuerySet::new(), Shadow::new());
        for clause in CLAUSES {
            let id = set.insert(query(clause, Dialect::LiveQuery));
            shadow.insert(id, query(clause, Dialect::Find(FindOptions::new())));
        }
        let change = change(None, "1");
        let all = compare(&set, &shadow, &change, u64::MAX);
        assert_eq!((all.agreed, all.uncompared), (4, 0));
        let none = compare(&set, &shadow, &change, 0);
        assert!(none.uncompared >= 4, "{none:?}");
        assert!(none.differences.is_empty() || none.agreed == 0);
    }
}
