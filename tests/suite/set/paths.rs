//! Paths that lead into what is decoded, into arrays, and on from one another.

use livematch::{FilingKind, Object, Query};
use serde_json::Value;

use super::world::{World, outcomes};
use crate::generate::Json;

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
        world.insert(query);
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
            world.insert(query);
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
            world.insert(query);
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
