//! Ranges, in whose columns rows come, go and move.

use livematch::{Query, QuerySet, SubscriptionId};

use super::world::World;
use crate::generate::Json;

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
    let insert_all = |world: &mut World, fields| -> Vec<SubscriptionId> {
        ranges(fields).map(|query| world.insert(query)).collect()
    };
    let remove = |world: &mut World, ids: &[SubscriptionId]| {
        for id in ids {
            assert!(world.queries.remove(id).is_some() && world.set.remove(*id));
        }
        assert_eq!(world.set.validate(), Ok(()));
    };
    let [first, second] = [["a", "b"], ["c", "d"]].map(|fields| insert_all(&mut world, fields));
    remove(&mut world, &first);
    world.insert(r#"{"e":1,"f":1}"#.parse().expect("a query"));
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
