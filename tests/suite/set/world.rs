//! A set and the queries in it, side by side: what is asked of one is asked of the others.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use livematch::{
    Budget, ClassSchema, Dialect, FieldSet, FieldType, FindOptions, Hit, Object, Outcome, Query,
    QuerySet, Scratch, SubscriptionId,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseResult;
use serde_json::Value;

use crate::generate::{Case, Json};

/// What happens to a set.
#[derive(Clone, Debug)]
enum Step {
    Insert(Index),
    Remove(Index),
    /// A change from one object to another one, or to or from nothing.
    Change(Option<Index>, Option<Index>),
    /// A change of one field.
    Edit(Index, Index, Index),
    /// So many steps of what is left to be done.
    Settle(usize),
    /// All of it, and no more room than is needed.
    Shrink,
}

fn step() -> impl Strategy<Value = Step> {
    let side = || proptest::option::weighted(0.8, any::<Index>());
    let three = (any::<Index>(), any::<Index>(), any::<Index>());
    prop_oneof![
        6 => any::<Index>().prop_map(Step::Insert),
        2 => any::<Index>().prop_map(Step::Remove),
        2 => (side(), side()).prop_map(|(old, new)| Step::Change(old, new)),
        4 => three.prop_map(|(object, field, other)| Step::Edit(object, field, other)),
        1 => (0_usize..12).prop_map(Step::Settle),
        1 => Just(Step::Shrink),
    ]
}

/// A set and the queries in it, each with its subscription.
pub(super) struct World {
    pub(super) set: QuerySet,
    pub(super) queries: BTreeMap<SubscriptionId, Query>,
    pub(super) scratch: Scratch,
    pairs: usize,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            // As ever, or in pieces whatever it is, or from a few places on.
            set: QuerySet::with_seed(seed).at_once([1_024, 0, 3][(seed % 3) as usize]),
            queries: BTreeMap::new(),
            scratch: Scratch::default(),
            pairs: 0,
        }
    }

    pub(super) fn insert(&mut self, query: Query) -> SubscriptionId {
        let id = self.set.insert(query.clone());
        self.queries.insert(id, query);
        id
    }

    fn remove(&mut self, which: Index) {
        if self.queries.is_empty() {
            return;
        }
        let ids: Vec<SubscriptionId> = self.queries.keys().copied().collect();
        let id = *which.get(&ids);
        assert!(self.queries.remove(&id).is_some() && self.set.remove(id));
        assert!(!self.set.remove(id), "removed twice");
    }

    fn settle(&mut self, steps: usize) -> TestCaseResult {
        let owed = self.set.owed();
        let is_done = self.set.settle(steps);
        let left = self.set.owed();
        prop_assert_eq!(is_done, left == 0);
        prop_assert!(left <= owed.saturating_sub(steps), "{} of {}", left, owed);
        Ok(())
    }

    /// The hits of every query by itself.
    pub(super) fn expected(
        &self,
        old: Option<&Object>,
        new: Option<&Object>,
    ) -> Vec<(SubscriptionId, Outcome)> {
        let outcomes = self
            .queries
            .iter()
            .map(|(id, query)| (*id, query.outcome(old, new)));
        outcomes
            .filter(|(_, outcome)| outcome.event().is_some())
            .collect()
    }

    /// The clauses of which only one side knows the outcome.
    pub(super) fn difference(
        &self,
        found: &[(SubscriptionId, Outcome)],
        expected: &[(SubscriptionId, Outcome)],
    ) -> String {
        let clause = |id: &SubscriptionId| self.queries.get(id).map(Query::clause_text);
        let only = |these: &[(SubscriptionId, Outcome)], those: &[(SubscriptionId, Outcome)]| {
            let only = these.iter().filter(|outcome| !those.contains(outcome));
            let only: Vec<_> = only.map(|(id, outcome)| (clause(id), *outcome)).collect();
            only
        };
        format!(
            "found {:?}, missed {:?}",
            only(found, expected),
            only(expected, found)
        )
    }

    pub(super) fn check(&mut self, old: Option<&Json>, new: Option<&Json>) -> TestCaseResult {
        let read = |side: Option<&Json>, keep: &FieldSet| {
            side.map(|json| {
                Object::from_slice(json.to_string().as_bytes(), keep).expect("an object")
            })
        };
        let (whole_old, whole_new) = (read(old, &FieldSet::all()), read(new, &FieldSet::all()));
        let expected = self.expected(whole_old.as_ref(), whole_new.as_ref());
        self.pairs += self.queries.len();
        let mut hits = Vec::new();
        let keep = self.set.fields();
        let (old_part, new_part) = (read(old, keep), read(new, keep));
        for (old, new) in [(&whole_old, &whole_new), (&old_part, &new_part)] {
            hits.clear();
            self.set
                .classify_into(old.as_ref(), new.as_ref(), &mut self.scratch, &mut hits);
            let found = outcomes(&hits);
            prop_assert!(found == expected, "{}", self.difference(&found, &expected));
            prop_assert!(
                hits.iter()
                    .all(|hit| hit.outcome.event() == Some(hit.event))
            );
        }
        self.check_metered([old_part.as_ref(), new_part.as_ref()], &expected)?;
        // The host's own objects; their key order, which may decide a fault, is that of the host's map.
        let value =
            |side: Option<&Json>| side.map(|json| json.to_string().parse::<Value>().expect("JSON"));
        let (old, new) = (value(old), value(new));
        let mut by_one = Vec::new();
        for (id, query) in &self.queries {
            let outcome = query.outcome(old.as_ref(), new.as_ref());
            by_one.extend(outcome.event().map(|_| (*id, outcome)));
        }
        prop_assert_eq!(
            outcomes(&self.set.classify(old.as_ref(), new.as_ref())),
            by_one
        );
        Ok(())
    }
}

impl World {
    /// Within any budget: what is found is right, what is missing is named, and has its answer by itself.
    fn check_metered(
        &mut self,
        [old, new]: [Option<&Object>; 2],
        expected: &[(SubscriptionId, Outcome)],
    ) -> TestCaseResult {
        let mut budget = Budget::new(1 << 40).note_from(0);
        let mut hits = Vec::new();
        for part in [1, 2, 9] {
            hits.clear();
            let scratch = &mut self.scratch;
            self.set
                .classify_metered(old, new, scratch, &mut hits, &mut budget);
            let named = budget.unrun().to_vec();
            let spent = budget.spent();
            prop_assert!(part > 1 || named.is_empty());
            budget.renew(1 << 40);
            let mut found = outcomes(&hits);
            let runner = self.set.runner(old, new, &mut self.scratch);
            for id in named {
                let copy = self.set.copy_of(id).expect("it is in the set");
                let outcome = copy.outcome_metered(old, new, &mut budget);
                let outcome = outcome.expect("this is enough");
                let runner = runner.as_ref().expect("there is a side");
                prop_assert_eq!(runner.outcome_metered(id, &mut budget), Some(outcome));
                if outcome.event().is_some() {
                    found.extend(self.set.equal(id).iter().map(|id| (*id, outcome)));
                }
            }
            drop(runner);
            found.sort_by_key(|(id, _)| *id);
            prop_assert!(found == expected, "{}", self.difference(&found, expected));
            budget.renew(spent / (part + 1));
        }
        Ok(())
    }
}

pub(super) fn outcomes(hits: &[Hit]) -> Vec<(SubscriptionId, Outcome)> {
    let mut outcomes: Vec<_> = hits.iter().map(|hit| (hit.id, hit.outcome)).collect();
    outcomes.sort_by_key(|(id, _)| *id);
    outcomes
}

/// The object with a field taken from another one.
fn edited(object: &Json, field: Index, other: &Json) -> Json {
    let (Json::Object(members), Json::Object(others)) = (object, other) else {
        return object.clone();
    };
    let mut members = members.clone();
    if !others.is_empty() {
        let (key, value) = field.get(others);
        members.retain(|(other, _)| other != key);
        members.push((key.clone(), value.clone()));
    } else if !members.is_empty() {
        members.remove(field.index(members.len()));
    }
    Json::Object(members)
}

/// How much a sequence compared, and how many of its clauses are no query.
struct Played {
    pairs: usize,
    clauses: usize,
    refused: usize,
}

/// Those whose answers the queries of a sequence give.
pub(super) fn live() -> Vec<Dialect> {
    vec![Dialect::LiveQuery]
}

/// As a host may set it up: nothing is known of the class, or something.
pub(super) fn find() -> Vec<Dialect> {
    let schema = ClassSchema::new()
        .field("a", FieldType::Array)
        .field("b", FieldType::Pointer("A".into()))
        .field("c", FieldType::Date);
    let options = [
        FindOptions::new(),
        FindOptions::new().legacy_dotted_null(false),
        FindOptions::new().schema(schema),
    ];
    options.map(Dialect::Find).into()
}

/// The query that a clause is, if it is one. What asks for moments is asked as the year 2020 began.
pub(super) fn query(clause: &str, dialect: &Dialect) -> Option<Query> {
    let builder = Query::builder().dialect(dialect.clone());
    let query = builder.compile_str(clause).ok()?;
    let new_year = SystemTime::UNIX_EPOCH + Duration::from_secs(1_577_836_800);
    Some(if query.is_time_dependent() {
        query.at(new_year)
    } else {
        query
    })
}

fn play(
    cases: &[Case],
    steps: &[Step],
    seed: u64,
    dialects: &[Dialect],
) -> Result<Played, TestCaseError> {
    let asked = cases.iter().zip(dialects.iter().cycle());
    let queries: Vec<Query> = asked
        .filter_map(|(case, dialect)| query(&case.clause.to_string(), dialect))
        .collect();
    let objects: Vec<&Json> = cases
        .iter()
        .flat_map(|case| [&case.old, &case.new])
        .collect();
    let mut world = World::new(seed);
    for step in steps {
        match step {
            Step::Insert(_) if queries.is_empty() => {}
            Step::Insert(which) => {
                world.insert(which.get(&queries).clone());
            }
            Step::Remove(which) => world.remove(*which),
            Step::Change(old, new) => {
                let [old, new] = [old, new].map(|side| side.map(|side| *side.get(&objects)));
                world.check(old, new)?;
            }
            Step::Edit(object, field, other) => {
                let object = *object.get(&objects);
                let new = edited(object, *field, objects[other.index(objects.len())]);
                world.check(Some(object), Some(&new))?;
            }
            Step::Settle(steps) => world.settle(*steps)?,
            Step::Shrink => {
                world.settle(usize::MAX)?;
                world.set.shrink_to_fit();
            }
        }
        prop_assert_eq!(world.set.len(), world.queries.len());
        prop_assert_eq!(world.set.validate(), Ok(()));
    }
    Ok(Played {
        pairs: world.pairs,
        clauses: cases.len(),
        refused: cases.len() - queries.len(),
    })
}

/// How many sequences are played: 48 unless `SET_CASES` says otherwise.
fn cases() -> u32 {
    let cases = std::env::var("SET_CASES").ok();
    cases.and_then(|cases| cases.parse().ok()).unwrap_or(48)
}

/// Plays sequences of up to so many steps.
pub(super) fn check_all(case: impl Fn() -> BoxedStrategy<Case>, most: usize, dialects: &[Dialect]) {
    let sequences = (vec(case(), 1..60), vec(step(), 1..most), any::<u64>());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(cases()));
    let [pairs, clauses, refused] = std::array::from_fn(|_| Cell::new(0));
    let result = runner.run(&sequences, |(cases, steps, seed)| {
        let played = play(&cases, &steps, seed, dialects)?;
        pairs.set(pairs.get() + played.pairs);
        clauses.set(clauses.get() + played.clauses);
        refused.set(refused.get() + played.refused);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let [pairs, clauses, refused] = [pairs, clauses, refused].map(Cell::into_inner);
    eprintln!("{pairs} pairs, {clauses} clauses, {refused} of them refused");
    assert!(
        pairs > most * most / 160 * cases() as usize,
        "{pairs} pairs"
    );
}
