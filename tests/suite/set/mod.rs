//! A set answers as its queries do, one by one, whatever comes and goes.
//!
//! [`world`] plays sequences of what may happen to a set and holds it to its queries. Here they are played with queries of every
//! kind; [`ranges`], [`paths`] and [`find`] have what such sequences seldom meet.

mod find;
mod paths;
mod ranges;
mod world;

use livematch::{QuerySet, Scratch};
use proptest::prelude::*;
use proptest::sample::Index;

use self::world::{check_all, find, live};
use crate::generate::{Case, Json, adversarial_case, find_case, rows_case, typed_case};

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

#[test]
fn a_set_may_be_shared() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<QuerySet>();
    shared::<Scratch>();
}
