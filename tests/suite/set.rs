//! A set answers as its queries do, one by one, whatever comes and goes.

use std::cell::Cell;
use std::collections::BTreeMap;

use std::time::{Duration, SystemTime};

use livematch::{
    Budget, ClassSchema, Dialect, FieldSet, FieldType, FilingKind, FindOptions, Hit, Object,
    Outcome, Query, QuerySet, Scratch, SubscriptionId,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseResult;
use serde_json::Value;

use crate::generate::{Case, Json, adversarial_case, find_case, rows_case, typed_case};

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
struct World {
    set: QuerySet,
    queries: BTreeMap<SubscriptionId, Query>,
    scratch: Scratch,
    pairs: usize,
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            // As ever, or in pieces whatever it is, or from a few places on.
            set: QuerySet::with_seed(seed).at_once([1_024, 0, 3][(seed % 3) as usize]),
            queries: BTreeMap::new(),
            scratch: Scratch::default(),
            pairs: 0,
        }
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
    fn expected(
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
    fn difference(
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

    fn check(&mut self, old: Option<&Json>, new: Option<&Json>) -> TestCaseResult {
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

fn outcomes(hits: &[Hit]) -> Vec<(SubscriptionId, Outcome)> {
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
fn live() -> Vec<Dialect> {
    vec![Dialect::LiveQuery]
}

/// As a host may set it up: nothing is known of the class, or something.
fn find() -> Vec<Dialect> {
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
fn query(clause: &str, dialect: &Dialect) -> Option<Query> {
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
                let query = which.get(&queries);
                let id = world.set.insert(query.clone());
                world.queries.insert(id, query.clone());
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
fn check_all(case: impl Fn() -> BoxedStrategy<Case>, most: usize, dialects: &[Dialect]) {
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

#[test]
fn the_id_of_another_set_is_none() {
    let filled = |seed| {
        let mut set = QuerySet::with_seed(seed);
        let clauses = [r#"{"a":1}"#, r#"{"a":1}"#, r#"{"a":{"$gt":5}}"#, "{}"];
        let ids = clauses.map(|clause| set.insert(clause.parse().expect("a clause")));
        (set, ids)
    };
    for seed in 0..1_000 {
        let (set, ids) = filled(seed);
        let mut all: Vec<_> = set.iter().collect();
        all.sort_unstable();
        assert_eq!(all, ids);
        let (mut other, _) = filled(seed + 1);
        for id in ids {
            assert!(set.contains(id) && !other.contains(id));
            assert!(other.equal(id).is_empty() && other.copy_of(id).is_none());
            assert!(!other.remove(id));
        }
        assert_eq!(other.len(), ids.len());
    }
    let (mut set, ids) = filled(7);
    let (_, same) = filled(7);
    assert_eq!(ids, same);
    assert!(ids.into_iter().all(|id| set.remove(id)) && set.is_empty());
    assert_eq!(set.iter().count(), 0);
}

#[test]
fn typed_queries_are_found() {
    check_all(typed_case, 400, &live());
}

#[test]
fn adversarial_queries_are_found() {
    check_all(adversarial_case, 400, &live());
}

#[test]
fn long_rows_are_found() {
    // To check the set after each step takes as long as there are steps in its queries.
    check_all(rows_case, 200, &live());
}

#[test]
fn queries_of_the_other_dialect_are_found() {
    check_all(find_case, 400, &find());
    check_all(typed_case, 200, &find());
}

#[test]
fn both_dialects_are_found_together() {
    let dialects = [live(), find()].concat();
    check_all(
        || prop_oneof![find_case(), typed_case(), adversarial_case()].boxed(),
        300,
        &dialects,
    );
}

#[test]
fn all_kinds_are_found_together() {
    check_all(
        || prop_oneof![4 => typed_case(), 4 => adversarial_case(), 1 => rows_case()].boxed(),
        400,
        &live(),
    );
}

/// A clause that asks for many members, those of a field of an object among them, some twice.
fn long_list_case() -> BoxedStrategy<Case> {
    let lists = (typed_case(), any::<Index>(), 0_usize..5, 60_u32..90);
    let long = lists.prop_map(|(mut case, field, operator, members)| {
        let (Json::Object(old), Json::Object(new)) = (&case.old, &case.new) else {
            return case;
        };
        let fields: Vec<_> = old.iter().chain(new).collect();
        if fields.is_empty() {
            return case;
        }
        let (name, value) = field.get(&fields);
        let mut list: Vec<Json> = match value {
            Json::Array(items) => items.clone(),
            other => vec![other.clone()],
        };
        for n in 0..members {
            list.push(Json::Text(format!("t{}", n % 70)));
            list.push(Json::Number(["0", "-0", "1", "7", "2.5"][n as usize % 5]));
        }
        let operator = ["$in", "$in", "$containedBy", "$nin", "$all"][operator];
        let asked = Json::Object(vec![(operator.to_owned(), Json::Array(list))]);
        case.clause = Json::Object(vec![(name.clone(), asked)]);
        case
    });
    long.boxed()
}

#[test]
fn long_lists_are_found() {
    check_all(
        || prop_oneof![2 => long_list_case(), 1 => typed_case()].boxed(),
        120,
        &[live(), find()].concat(),
    );
}

/// Ranges on two fields, which nothing but the ranges tells apart.
fn ranges(fields: [&str; 2]) -> impl Iterator<Item = Query> {
    let clause = move |i: u32| {
        let [a, b] = fields;
        format!(r#"{{"{a}":{{"$gt":{i}}},"{b}":{{"$lt":{}}}}}"#, 500 - i)
    };
    (0..200).map(move |i| clause(i).parse().expect("a query"))
}

#[test]
fn ranges_give_their_place_to_others() {
    let mut world = World::new(7);
    let insert = |world: &mut World, query: Query| {
        let id = world.set.insert(query.clone());
        world.queries.insert(id, query);
        id
    };
    let insert_all = |world: &mut World, fields| -> Vec<SubscriptionId> {
        ranges(fields).map(|query| insert(world, query)).collect()
    };
    let remove = |world: &mut World, ids: &[SubscriptionId]| {
        for id in ids {
            assert!(world.queries.remove(id).is_some() && world.set.remove(*id));
        }
        assert_eq!(world.set.validate(), Ok(()));
    };
    let [first, second] = [["a", "b"], ["c", "d"]].map(|fields| insert_all(&mut world, fields));
    remove(&mut world, &first);
    insert(&mut world, r#"{"e":1,"f":1}"#.parse().expect("a query"));
    remove(&mut world, &second);
    let third = insert_all(&mut world, ["g", "h"]);
    insert_all(&mut world, ["i", "j"]);
    remove(&mut world, &third);
    insert_all(&mut world, ["k", "l"]);
    let member = |field: &&str| ((*field).to_owned(), Json::Number("2"));
    let object = |fields: &[&str]| Json::Object(fields.iter().map(member).collect());
    let [whole, half, none] = [&["e", "i", "j", "k", "l"][..], &["j", "l"], &[]].map(object);
    for (old, new) in [(&whole, &half), (&none, &whole), (&half, &none)] {
        world.check(Some(old), Some(new)).expect("the same hits");
    }
}

/// Both branches stand in the same columns: when one row goes, the other one may move.
#[test]
fn a_query_with_several_rows_goes() {
    let clause = |branches: &[&str]| {
        let branches = branches.iter().map(|range| format!(r#"{{"n":{range}}}"#));
        let branches: Vec<String> = branches.collect();
        format!(r#"{{"$or":[{}]}}"#, branches.join(","))
    };
    let nowhere = [
        r#"{"$gt":5,"$lt":0}"#,
        r#"{"$gt":0,"$lt":-1}"#,
        r#"{"$gt":9,"$lt":-9}"#,
    ];
    let clauses = [
        clause(&nowhere[..2]),
        clause(&nowhere),
        clause(&nowhere[1..]),
    ];
    let queries = clauses.map(|clause| clause.parse::<Query>().expect("a query"));
    for first in 0..queries.len() {
        let mut set = QuerySet::with_seed(1);
        let mut ids: Vec<SubscriptionId> = queries
            .iter()
            .map(|query| set.insert(query.clone()))
            .collect();
        ids.rotate_left(first);
        for id in ids {
            assert!(set.remove(id));
            assert_eq!(set.validate(), Ok(()));
        }
        assert_eq!(set.distinct(), 0);
    }
}

/// A date is decoded in place: behind the look at `c`, its members are gone.
#[test]
fn what_dates_hide_is_found_missing() {
    let clauses = [
        r#"{"c":{},"c.latitude":{"$regex":"undef"}}"#,
        r#"{"c":{"$exists":true},"c.latitude":{"$exists":false},"a":1}"#,
        r#"{"c.latitude":{"$in":[0,null]},"c":{}}"#,
        r#"{"c.0":{"$exists":true},"c":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}"#,
        r#"{"c.0.x":{"$exists":false},"c.0":{"$exists":true},"a":1}"#,
    ];
    let mut world = World::new(3);
    for clause in clauses {
        let query: Query = clause.parse().expect("a query");
        let id = world.set.insert(query.clone());
        world.queries.insert(id, query);
    }
    let number = |text| Json::Number(text);
    let object = |members: Vec<(&str, Json)>| {
        let members = members.into_iter();
        Json::Object(
            members
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        )
    };
    let text = |text: &str| Json::Text(text.to_owned());
    let odd = object(vec![("__type", text("Date")), ("latitude", number("0"))]);
    let date = object(vec![
        ("__type", text("Date")),
        ("iso", text("2020-01-01T00:00:00.000Z")),
    ]);
    let sides = [
        object(vec![("c", odd.clone()), ("a", number("1"))]),
        object(vec![("c", Json::Array(vec![date])), ("a", number("1"))]),
        object(vec![("c", Json::Array(vec![odd]))]),
        object(vec![]),
    ];
    let mut hits = 0;
    for old in &sides {
        for new in &sides {
            world.check(Some(old), Some(new)).expect("the same hits");
        }
        let json = old.to_string().parse::<Value>().expect("JSON");
        hits += world.set.classify(None, Some(&json)).len();
    }
    assert!(hits > 3, "{hits}");
    let filing = |clause: &str| world.set.filing(&clause.parse().expect("a query")).kind();
    assert_eq!(filing(clauses[0]), FilingKind::Scan);
    assert_eq!(filing(clauses[1]), FilingKind::Keys);
    assert_eq!(
        filing(r#"{"x":{"$exists":true},"x.y":1}"#),
        FilingKind::Scan
    );
}

/// Where paths lead into arrays, keys see less of the values; queries are found all the same.
#[test]
fn paths_into_arrays_are_found() {
    let constraints = [
        r#""x""#,
        "5",
        r#"{"$in":["x",5,"deep"]}"#,
        r#"{"$containedBy":["x",5,"deep",1,2]}"#,
        r#"{"$all":["x"]}"#,
        r#"{"$eq":"x"}"#,
        r#"{"$ne":"x"}"#,
        r#"{"$regex":"^x"}"#,
        r#"{"$regex":"^5,x,the"}"#,
        r#"{"$regex":"deep"}"#,
        r#"{"$regex":"^1,.*deep"}"#,
        r#"{"$gte":3,"$lte":8}"#,
        r#"{"$gt":1}"#,
        r#"{"$exists":false}"#,
        r#"{"__type":"Pointer","className":"C","objectId":"x"}"#,
        r#"{"$in":[{"__type":"Pointer","className":"C","objectId":"x"}]}"#,
    ];
    let paths = ["a", "a.0", "a.0.0", "a.1", "a.1.0", "a.o.0", "a.0.o"];
    let values = [
        "5",
        r#""x""#,
        r#"["x"]"#,
        "[[5]]",
        r#"[["x",5],["deep"]]"#,
        r#"[[["deep"]],1]"#,
        r#"[["5"],"x"]"#,
        r#"[[[1,[2,["deep"]]]],["deep"]]"#,
        r#"[[5,"x","the rest of it is deep"],[]]"#,
        r#"[[[{"__type":"Pointer","className":"C","objectId":"x"}]]]"#,
        r#"[{"o":"x"},{"__type":"Pointer","className":"C","objectId":"x"}]"#,
        r#"{"o":["x",5]}"#,
        r#"{"0":"x","1":{"0":5}}"#,
        "[[],[]]",
        "[[[7]]]",
        r#"[[["0000000000000000000000000000000000000000000000000000000000000000007"]]]"#,
    ];
    let mut world = World::new(4);
    for path in paths {
        for constraint in constraints {
            let query: Query = format!(r#"{{"{path}":{constraint}}}"#)
                .parse()
                .expect("a query");
            let id = world.set.insert(query.clone());
            world.queries.insert(id, query);
        }
    }
    let objects: Vec<Object> = values
        .map(|value| format!(r#"{{"a":{value}}}"#).parse().expect(value))
        .into();
    let mut hits = 0;
    for new in &objects {
        for old in objects.iter().map(Some).chain([None]) {
            let expected = world.expected(old, Some(new));
            let found = outcomes(&world.set.classify(old, Some(new)));
            assert_eq!(found, expected, "{}", world.difference(&found, &expected));
            hits += found.len();
        }
    }
    assert!(hits > 3_000, "{hits}");
    // An object read whole, and so by each path.
    for new in &values {
        let new: Value = format!(r#"{{"a":{new}}}"#).parse().expect("JSON");
        let expected = world.queries.values().filter(|query| query.matches(&new));
        assert_eq!(world.set.classify(None, Some(&new)).len(), expected.count());
    }
    let filing = |clause: &str| world.set.filing(&clause.parse().expect("a query")).kind();
    for (clause, kind) in [
        (r#"{"s.0":5}"#, FilingKind::Keys),
        (r#"{"s.0":{"$in":[5]}}"#, FilingKind::Scan),
        (r#"{"a.0":{"$in":[5]}}"#, FilingKind::Scan),
        (r#"{"s.o":{"$in":[5]}}"#, FilingKind::Keys),
        (r#"{"s.0":{"$regex":"^beg"}}"#, FilingKind::Keys),
        (r#"{"s.0":{"$regex":"anywhere"}}"#, FilingKind::Scan),
    ] {
        assert_eq!(filing(clause), kind, "{clause}");
    }
}

/// Paths that are read one on from the other.
#[test]
fn many_paths_below_a_field_are_found() {
    let long = format!("aé😀{}", "z".repeat(100));
    let names = [
        "x",
        "y",
        "0",
        "1",
        "xy",
        "length",
        "5",
        "104",
        "toString",
        "name",
        "constructor",
    ];
    let mut paths: Vec<String> = names.map(|name| format!("f.{name}")).into();
    for first in names {
        for second in names {
            paths.push(format!("f.{first}.{second}"));
            paths.push(format!("f.x.{first}.{second}.x"));
            paths.push(format!("toString.{first}.{second}"));
            paths.push(format!("g.x.x.x.{first}.toString.{second}"));
        }
    }
    let values = [
        "0",
        "null",
        "false",
        r#""""#,
        r#""abc""#,
        "[]",
        r#"[["x"],{"x":1}]"#,
        r#"{"x":{"x":{"x":{"x":1}},"toString":5,"length":0}}"#,
        r#"{"x":null,"y":{"0":[1,2]},"toString":{"name":"abc"}}"#,
        r#"{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"x":{"x":{"__type":"Pointer","className":"C","objectId":"x"}}}"#,
    ];
    let mut values: Vec<String> = values.map(str::to_owned).into();
    values.push(format!(r#""{long}""#));
    values.push(format!(r#"{{"x":"{long}","y":"{}"}}"#, "x".repeat(200)));
    let mut world = World::new(5);
    for path in &paths {
        for constraint in [
            "1",
            r#"{"$exists":true}"#,
            r#"{"$exists":false}"#,
            r#"{"$regex":"^.$"}"#,
        ] {
            let query: Query = format!(r#"{{"{path}":{constraint}}}"#)
                .parse()
                .expect("a query");
            let id = world.set.insert(query.clone());
            world.queries.insert(id, query);
        }
    }
    assert_eq!(world.set.validate(), Ok(()));
    let objects: Vec<String> = values
        .iter()
        .flat_map(|value| ["f", "g", "toString"].map(|field| format!(r#"{{"{field}":{value}}}"#)))
        .collect();
    let mut hits = 0;
    for (old, new) in objects.iter().zip(objects.iter().cycle().skip(3)) {
        let read = |json: &str| json.parse::<Object>().expect("an object");
        let (old, new) = (read(old), read(new));
        for old in [Some(&old), None] {
            let expected = world.expected(old, Some(&new));
            let found = outcomes(&world.set.classify(old, Some(&new)));
            assert!(found == expected, "{}", world.difference(&found, &expected));
            hits += found.len();
        }
        let value = |object: &Object| object.to_string().parse::<Value>().expect("JSON");
        let (old, new) = (value(&old), value(&new));
        let matching = world.queries.values().filter(|query| query.matches(&new));
        let found = world.set.classify(None, Some(&new));
        assert_eq!(found.len(), matching.count(), "{new}");
        let both = world
            .queries
            .values()
            .map(|query| query.outcome(Some(&old), Some(&new)));
        let both = both.filter(|outcome| outcome.event().is_some());
        assert_eq!(
            world.set.classify(Some(&old), Some(&new)).len(),
            both.count(),
            "{new}"
        );
    }
    assert!(hits > 10_000, "{hits}");
}

#[test]
fn a_set_may_be_shared() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<QuerySet>();
    shared::<Scratch>();
}

/// Constraints of the `find` dialect that any path takes, so many that each sort of key is asked for.
const OF_PATHS: &[&str] = &[
    "null",
    "true",
    "5",
    "0",
    "-0",
    r#""x""#,
    r#""A$1""#,
    r#""1""#,
    r#"{"__type":"Date","iso":"1970-01-01T00:00:00.005Z"}"#,
    r#"{"__type":"Pointer","className":"A","objectId":"1"}"#,
    r#"{"__type":"Bytes","base64":"aGk="}"#,
    r#"{"$ne":5}"#,
    r#"{"$exists":true}"#,
    r#"{"$exists":false}"#,
    r#"{"$exists":false,"$ne":5}"#,
    r#"{"$in":[]}"#,
    r#"{"$in":[null,"x"]}"#,
    r#"{"$in":["1","A$1",5]}"#,
    r#"{"$in":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]}"#,
    r#"{"$in":[{"__type":"Pointer","className":"A","objectId":"1"},false]}"#,
    r#"{"$nin":[5,null]}"#,
    r#"{"$all":[5,"x"]}"#,
    r#"{"$all":[]}"#,
    r#"{"$containedBy":[5,6,"x"]}"#,
    r#"{"$gt":5}"#,
    r#"{"$lt":5}"#,
    r#"{"$gte":5,"$lte":5}"#,
    r#"{"$gt":5,"$lt":6}"#,
    r#"{"$gte":null}"#,
    r#"{"$lt":null}"#,
    r#"{"$lte":"x"}"#,
    r#"{"$gt":false}"#,
    r#"{"$gte":{"__type":"Date","iso":"1970-01-01T00:00:00.005Z"}}"#,
    r#"{"$regex":"^x"}"#,
    r#"{"$regex":"^A\\$"}"#,
    r#"{"$regex":"the rest"}"#,
    r#"{"$regex":"THE REST","$options":"i"}"#,
    r#"{"$regex":"skis","$options":"i"}"#,
    r#"{"$regex":"^DESK","$options":"i"}"#,
    r#"{"$regex":"^kkkkkkkkkkkkkkkkkkkk","$options":"i"}"#,
    r#"{"$regex":"\u017Fk"}"#,
    r#"{"$regex":"^de\u017F\u212A"}"#,
    r#"{"$regex":"."}"#,
    r#"{"$nearSphere":{"__type":"GeoPoint","latitude":5,"longitude":6},"$maxDistance":0.1}"#,
    r#"{"$nearSphere":{"__type":"GeoPoint","latitude":5,"longitude":6}}"#,
    r#"{"$within":{"$box":[{"__type":"GeoPoint","latitude":0,"longitude":0},{"__type":"GeoPoint","latitude":9,"longitude":9}]}}"#,
    r#"{"$geoWithin":{"$centerSphere":[[5,6],0.1]}}"#,
    r#"{"$geoWithin":{"$polygon":[[0,0],[0,9],[9,9],[9,0]]}}"#,
    r#"{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":5,"longitude":6}}}"#,
    r#"{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":62,"longitude":30}}}"#,
];

/// Those that a path takes which leads below a field.
const BELOW_FIELDS: &[&str] = &["{}", "[]", "[5]", r#"{"x":5}"#, r#"{"y":1,"x":5}"#, "[[5]]"];

/// Values in which a path may find something, or nothing.
const VALUES: &[&str] = &[
    "null",
    "true",
    "5",
    "-0",
    r#""x""#,
    r#""1""#,
    r#""A$1""#,
    r#""x and the rest of it""#,
    r#""desk, SKIS""#,
    r#""DE\u017F\u212A, and \u017Fki\u017F, \u017Fk""#,
    r#""de\u017F\u212A""#,
    r#""\u212A\u212A\u212A\u212A\u212A\u212A\u212A\u212A\u212Ak\u212AK\u212A\u212A\u212A\u212A\u212A\u212A\u212A\u212A""#,
    "[]",
    "[5]",
    "[[5]]",
    "[4,9]",
    "[5,5]",
    r#"["x",null]"#,
    r#"[[],[[5]],{"x":[5]}]"#,
    r#"["a","b","and the REST"]"#,
    r#"{"x":5}"#,
    r#"{"x":5,"y":1}"#,
    r#"{"y":1,"x":5}"#,
    r#"{"x":null}"#,
    r#"{"x":{"x":5}}"#,
    r#"{"0":{"x":"x"},"x":[{"x":5},{"x":"x"},7]}"#,
    r#"[{"x":5},{"x":[1,"x"]},{"y":1},4]"#,
    r#"[[{"x":5}],{"x":{"__type":"Pointer","className":"A","objectId":"1"}}]"#,
    r#"{"__type":"Date","iso":"1970-01-01T00:00:00.005Z"}"#,
    r#"{"__type":"Date","iso":"never"}"#,
    r#"[{"__type":"Date","iso":"1970-01-01T00:00:00.005Z"},4]"#,
    r#"{"__type":"Pointer","className":"A","objectId":"1"}"#,
    r#"{"__type":"Pointer","className":"A"}"#,
    r#"[{"__type":"Pointer","objectId":"1","className":"A","more":5}]"#,
    r#"{"__type":"Bytes","base64":"aGk="}"#,
    r#"{"__type":"File","name":"x"}"#,
    r#"{"__type":"Relation","className":"A"}"#,
    r#"{"__type":"GeoPoint","latitude":5,"longitude":6}"#,
    r#"{"__type":"GeoPoint","latitude":500,"longitude":6}"#,
    r#"[{"latitude":5,"longitude":6}]"#,
    "[5,6]",
    r#"{"__type":"Polygon","coordinates":[[0,0],[0,9],[9,9],[9,0]]}"#,
    r#"{"__type":"Polygon","coordinates":[[0,0],[60,0],[60,60],[0,60]]}"#,
    r#"{"__type":"Polygon","coordinates":[[0,0],[0,5],[0,9]]}"#,
    r#"{"__type":"Polygon","coordinates":[[0,0],[0,120],[0,-120]]}"#,
    r#"{"type":"Point","coordinates":[6,5]}"#,
];

/// Every test of the dialect meets every value, at the end of every sort of path.
#[test]
fn what_find_matches_is_found() {
    let paths = ["a", "a.x", "a.0", "a.x.x", "a.0.x", "a.x.0"];
    let mut world = World::new(6);
    let mut refused = 0;
    for dialect in find() {
        for path in paths {
            let more = BELOW_FIELDS.iter().filter(|_| path != "a");
            for constraint in OF_PATHS.iter().chain(more) {
                match query(&format!(r#"{{"{path}":{constraint}}}"#), &dialect) {
                    Some(query) => {
                        world.queries.insert(world.set.insert(query.clone()), query);
                    }
                    None => refused += 1,
                }
            }
        }
    }
    assert!(refused * 4 < world.queries.len(), "{refused} refused");
    assert_eq!(world.set.validate(), Ok(()));
    let objects = VALUES.iter().map(|value| format!(r#"{{"a":{value}}}"#));
    let objects: Vec<Object> = objects
        .chain(["{}".to_owned()])
        .map(|json| json.parse().expect("an object"))
        .collect();
    let mut hits = 0;
    for (new, old) in objects.iter().zip(objects.iter().cycle().skip(7)) {
        for old in [Some(old), Some(new), None] {
            let expected = world.expected(old, Some(new));
            let found = outcomes(&world.set.classify(old, Some(new)));
            assert!(
                found == expected,
                "{new}: {}",
                world.difference(&found, &expected)
            );
            hits += found.len();
        }
        let host: Value = new.to_string().parse().expect("JSON");
        let expected = world.queries.values().filter(|query| query.matches(&host));
        assert_eq!(
            world.set.classify(None, Some(&host)).len(),
            expected.count(),
            "{new}"
        );
    }
    assert!(hits > 15_000, "{hits}");
}

/// What is filed by keys or ranges, and what every change runs.
#[test]
fn queries_of_find_are_filed() {
    let set = QuerySet::with_seed(1);
    let filing = |clause: &str| {
        let dialect = Dialect::Find(FindOptions::new());
        let filing = set.filing(&query(clause, &dialect).expect(clause));
        (filing.kind(), filing.keys())
    };
    for (clause, kind, keys) in [
        (r#"{"a":"x"}"#, FilingKind::Keys, 1),
        (r#"{"a":null}"#, FilingKind::Keys, 1),
        (r#"{"a":{"$exists":false}}"#, FilingKind::Keys, 1),
        (
            r#"{"a":{"__type":"Pointer","className":"A","objectId":"1"}}"#,
            FilingKind::Keys,
            1,
        ),
        (r#"{"a":{"$in":["x","y",1]}}"#, FilingKind::Keys, 3),
        (r#"{"a":{"$regex":"^begin"}}"#, FilingKind::Keys, 1),
        (r#"{"a":{"$regex":"anywhere"}}"#, FilingKind::Keys, 1),
        (
            r#"{"a":{"$regex":"skis","$options":"i"}}"#,
            FilingKind::Keys,
            1,
        ),
        (r#"{"a":{"$gt":1,"$lt":2}}"#, FilingKind::Ranges, 1),
        (r#"{"a":{"$gt":1},"b":5}"#, FilingKind::Keys, 1),
        (r#"{"a.x":{"x":5}}"#, FilingKind::Keys, 1),
        (
            r#"{"$or":[{"a":1},{"b":2},{"c":null}]}"#,
            FilingKind::Keys,
            3,
        ),
        (r#"{"$or":[{"a":1},{"b":{"$ne":2}}]}"#, FilingKind::Scan, 0),
        (r#"{"a":{"$ne":5}}"#, FilingKind::Scan, 0),
        (r#"{"a":{"$nin":[5]},"b":1}"#, FilingKind::Keys, 1),
        (r#"{"$nor":[{"a":5}]}"#, FilingKind::Scan, 0),
        (r#"{"a":{"$containedBy":[5]}}"#, FilingKind::Scan, 0),
        (r#"{"a":{"$exists":true}}"#, FilingKind::Scan, 0),
        (
            r#"{"a":{"$exists":true},"b":{"$gt":1}}"#,
            FilingKind::Keys,
            1,
        ),
        (r#"{"a":{"$in":[]}}"#, FilingKind::Never, 0),
        (r#"{"a":{"$lt":null}}"#, FilingKind::Never, 0),
        ("{}", FilingKind::Always, 0),
        (r#"{"$and":[{},{"$or":[{}]}]}"#, FilingKind::Always, 0),
        (r#"{"$nor":[{}]}"#, FilingKind::Never, 0),
    ] {
        assert_eq!(filing(clause), (kind, keys), "{clause}");
    }
}

/// Any number of paths may lead through one long list. Some are not followed then, and all queries are run.
#[test]
fn many_paths_through_a_long_list_are_found() {
    let mut world = World::new(8);
    let dialect = Dialect::Find(FindOptions::new());
    for path in 0..200 {
        let query = query(&format!(r#"{{"l.p{path}":{}}}"#, path % 7), &dialect).expect("a query");
        world.queries.insert(world.set.insert(query.clone()), query);
    }
    for length in [10, 1_000] {
        let items = (0..length).map(|n| format!(r#"{{"p{}":{}}}"#, n % 200, n % 5));
        let items: Vec<String> = items.collect();
        let new: Object = format!(r#"{{"l":[{}]}}"#, items.join(","))
            .parse()
            .expect("an object");
        let expected = world.expected(None, Some(&new));
        let mut hits = Vec::new();
        world
            .set
            .classify_into(None, Some(&new), &mut world.scratch, &mut hits);
        assert_eq!(outcomes(&hits), expected);
        let is_cut_short = world.scratch.candidates() == 200;
        assert_eq!(is_cut_short, length > 500, "{length}");
    }
}
