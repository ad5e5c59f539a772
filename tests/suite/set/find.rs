//! Every constraint of the `find` dialect, at the end of every sort of path.

use livematch::{Dialect, FilingKind, FindOptions, Object, QuerySet};
use serde_json::Value;

use super::world::{World, find, outcomes, query};

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
                    Some(query) => drop(world.insert(query)),
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
        world.insert(query);
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
