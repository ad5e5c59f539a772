//! What explanations read like.

use livematch::{Explanation, Held, Object, Query};

use super::laws::find;

fn object(text: &str) -> Object {
    text.parse().expect("an object")
}

/// Clauses, objects, and what is said.
const LIVE: &[(&str, &str, &str)] = &[
    (
        r#"{"price":{"$lt":100}}"#,
        r#"{"price":80}"#,
        "match: /price/$lt: expected less than 100, found 80",
    ),
    (
        r#"{"score":{"$lt":5}}"#,
        "{}",
        "match: /score/$lt: expected less than 5, found nothing (`score` is missing; in the LiveQuery dialect a range holds for a missing field)",
    ),
    (
        r#"{"score":{"$lt":5}}"#,
        r#"{"score":null}"#,
        "match: /score/$lt: expected less than 5, found null (`score` is null; in the LiveQuery dialect null counts as 0 in a range)",
    ),
    (
        r#"{"score":{"$lt":5}}"#,
        r#"{"score":"many"}"#,
        r#"match: /score/$lt: expected less than 5, found "many" (`score` is a text; in the LiveQuery dialect a range matches whatever has no order: a missing field, an object, a word beside a number; null counts as 0)"#,
    ),
    (
        r#"{"winner":null}"#,
        "{}",
        "no match: /winner: expected null, found nothing (`winner` is missing; in the LiveQuery dialect null is equal to nothing here)",
    ),
    (
        r#"{"owner":{"__type":"Pointer","className":"_User","objectId":"u1"}}"#,
        r#"{"owner":null}"#,
        r#"fault: /owner: expected {"__type":"Pointer","className":"_User","objectId":"u1"}, found null (`owner` is null; in the LiveQuery dialect a field that is null faults when it is compared with a pointer, date, list or object)"#,
    ),
    (
        r#"{"tags":{"$ne":"a"}}"#,
        r#"{"tags":["a","b"]}"#,
        r#"match: /tags/$ne: expected anything but "a", found ["a","b"] (`tags` is a list; in the LiveQuery dialect $ne does not look into lists: it compares the whole of the field)"#,
    ),
    (
        r#"{"lines.sku":"a1"}"#,
        r#"{"lines":[{"sku":"a1"}]}"#,
        r#"no match: /lines.sku: expected "a1", found nothing (`lines.sku` is missing; in the LiveQuery dialect a path does not lead into the members of a list, and leads into what find() does not look into: texts, pointers and places)"#,
    ),
    (
        r#"{"lines.sku":{"$ne":"a1"}}"#,
        r#"{"lines":[{"sku":"a1"}]}"#,
        r#"match: /lines.sku/$ne: expected anything but "a1", found nothing (`lines.sku` is missing; in the LiveQuery dialect a path does not lead into the members of a list, and leads into what find() does not look into: texts, pointers and places)"#,
    ),
    (
        r#"{"$or":[{"a":1},{"b":{"$gt":2}}]}"#,
        r#"{"a":2,"b":1}"#,
        "no match: /$or/0/a: expected 1, found 2; /$or/1/b/$gt: expected more than 2, found 1",
    ),
    (
        r#"{"$or":[{"a":1},{"b":{"$gt":2}}]}"#,
        r#"{"b":3}"#,
        "match: /$or/1/b/$gt: expected more than 2, found 3",
    ),
    (
        r#"{"$nor":[{"a":1},{"b":{"$gt":2}}]}"#,
        r#"{"b":3}"#,
        "no match: /$nor/1/b/$gt: expected not more than 2, found 3",
    ),
    (
        r#"{"$nor":[{"a":1},{"b":{"$gt":2}}]}"#,
        r#"{"b":1}"#,
        "match: /$nor/0/a: expected not 1, found nothing; /$nor/1/b/$gt: expected not more than 2, found 1",
    ),
    (
        r#"{"place":{"$geoWithin":{"$centerSphere":[[0,0],0.1]},"$exists":false}}"#,
        "{}",
        r#"match: /place/$geoWithin: expected a place within {"$centerSphere":[[0,0],0.1]}, found nothing (`place` is missing; in the LiveQuery dialect a missing place is taken for the point (0, 0))"#,
    ),
    (
        r#"{"name":{"$regex":"def","$options":"i"}}"#,
        "{}",
        r#"match: /name/$regex: expected a text with the pattern "def" and the options "i", found nothing (`name` is missing; in the LiveQuery dialect a missing field is searched as the text undefined)"#,
    ),
    (
        r#"{"name":{"$regex":"^a","$options":"i"}}"#,
        r#"{"name":"bob"}"#,
        r#"no match: /name/$regex: expected a text with the pattern "^a" and the options "i", found "bob""#,
    ),
    (
        r#"{"createdAt":{"$gt":{"__type":"Date","iso":"2025-01-01T00:00:00.000Z"}}}"#,
        r#"{"createdAt":"2024-03-01T12:00:00.000Z"}"#,
        r#"match: /createdAt/$gt: expected more than {"__type":"Date","iso":"2025-01-01T00:00:00.000Z"}, found "2024-03-01T12:00:00.000Z" (`createdAt` is a text; in the LiveQuery dialect the server compares createdAt and updatedAt as text, which has no order beside a Date)"#,
    ),
    (
        r#"{"team":{"$inQuery":{"className":"Team","where":{}}}}"#,
        r#"{"team":1}"#,
        r#"no match: /team/$inQuery: expected $inQuery {"className":"Team","where":{}}, found 1 (`team` is a number; in the LiveQuery dialect sub-queries need the database)"#,
    ),
    (
        r#"{"$or":[]}"#,
        "{}",
        "no match: /$or: expected a branch that holds (in the LiveQuery dialect no branch is there to match)",
    ),
    (
        r#"{"$or":[{},{"a":1}]}"#,
        "{}",
        "match: /$or/0: expected a branch that holds (in the LiveQuery dialect this branch asks for nothing)",
    ),
    ("{}", "{}", "match: nothing is asked"),
    (
        r#"{"d":{"$gt":{"__type":"Date","iso":"2025-01-01T00:00:00.000Z"}},"d.iso":{"$exists":true}}"#,
        r#"{"d":{"__type":"Date","iso":"2026-01-01T00:00:00.000Z"}}"#,
        "no match: /d.iso/$exists: expected a value, found nothing",
    ),
    (
        r#"{"a":{"$in":["x",null]}}"#,
        "{}",
        r#"no match: /a/$in: expected one of ["x",null], found nothing (`a` is missing; in the LiveQuery dialect null in a list does not find a missing field)"#,
    ),
    (
        r#"{"tags":{"$containedBy":["a"]}}"#,
        "{}",
        r#"fault: /tags/$containedBy: expected a list of nothing but ["a"], found nothing (`tags` is missing; in the LiveQuery dialect $containedBy faults for a missing field)"#,
    ),
    (
        r#"{"ACL":{"$exists":true}}"#,
        "{}",
        "no match: /ACL/$exists: expected a value, found nothing (`ACL` is missing; in the LiveQuery dialect who may read an object is weighed for each subscriber anyway, and find() refuses to be asked for it)",
    ),
    (
        r#"{"tags":{"$all":["a"]}}"#,
        r#"{"tags":"abc"}"#,
        r#"match: /tags/$all: expected all of ["a"], found "abc" (`tags` is a text; in the LiveQuery dialect of a text $all asks for parts, and a field that is neither list nor text faults)"#,
    ),
];

const FIND: &[(&str, &str, &str)] = &[
    (
        r#"{"lines.sku":"a1"}"#,
        r#"{"lines":[{"sku":"a2"},{"sku":"a3"}]}"#,
        r#"no match: /lines.sku: expected "a1", found ["a2","a3"]"#,
    ),
    (
        r#"{"score":{"$lt":5,"$gt":1}}"#,
        "{}",
        "no match: /score/$lt: expected less than 5, found nothing",
    ),
    (
        r#"{"tags":{"$containedBy":["a"]}}"#,
        "{}",
        r#"match: /tags/$containedBy: expected a list of nothing but ["a"], found nothing (`tags` is missing; in the find dialect $containedBy finds objects without the field, and values that are no list)"#,
    ),
    (
        r#"{"tags":{"$containedBy":["a"]}}"#,
        r#"{"tags":["b"]}"#,
        r#"no match: /tags/$containedBy: expected a list of nothing but ["a"], found ["b"]"#,
    ),
    (
        r#"{"tags":{"$containedBy":["a","b"],"$ne":"b"}}"#,
        r#"{"tags":["b"]}"#,
        r#"match: /tags/$ne: expected not anything but "b", found ["b"] (`tags` is a list; in the find dialect $containedBy negates what stands beside it on the field, and of several, or of one beside $nor, only the last is asked)"#,
    ),
    (
        r#"{"due":{"$lt":{"$relativeTime":"in 1 day"}}}"#,
        r#"{"due":{"__type":"Date","iso":"2024-06-01T12:00:00.000Z"}}"#,
        r#"fault: the query is told no moment; /due/$lt: expected less than {"$relativeTime":"in 1 day"}, found {"__type":"Date","iso":"2024-06-01T12:00:00.000Z"}"#,
    ),
    (
        r#"{"tags":[]}"#,
        r#"{"tags":[]}"#,
        "no match: /tags: expected [], found [] (`tags` is a list; in the find dialect an empty list or object in the place of operators asks for an empty object)",
    ),
    (
        r#"{"createdAt":{"$gt":"2024-01-01"}}"#,
        r#"{"createdAt":"2024-03-01T12:00:00.000Z"}"#,
        r#"no match: /createdAt/$gt: expected more than "2024-01-01", found "2024-03-01T12:00:00.000Z" (`createdAt` is a text; in the find dialect the server stores a date here, and a text under an operator is no date)"#,
    ),
    (
        r#"{"owner":{"$in":["t1"]}}"#,
        r#"{"owner":{"__type":"Pointer","className":"Team","objectId":"t2"}}"#,
        r#"no match: /owner/$in: expected one of ["t1"], found {"__type":"Pointer","className":"Team","objectId":"t2"}"#,
    ),
    (
        r#"{"place":{"$nearSphere":{"__type":"GeoPoint","latitude":0,"longitude":0},"$maxDistance":0.1}}"#,
        r#"{"place":{"__type":"GeoPoint","latitude":50,"longitude":50}}"#,
        r#"no match: /place/$nearSphere: expected a place near {"__type":"GeoPoint","latitude":0,"longitude":0}, within $maxDistance 0.1, found {"__type":"GeoPoint","latitude":50,"longitude":50}"#,
    ),
    (
        r#"{"$nor":[{"a":1}],"b":2}"#,
        r#"{"b":2,"a":1}"#,
        "no match: /$nor/0/a: expected not 1, found 1",
    ),
    (
        r#"{"d.x":{"$gt":{"__type":"Date","iso":"2024-01-01T00:00:00.000Z"}}}"#,
        r#"{"d":{"x":{"__type":"Date","iso":"2023-01-01T00:00:00.000Z"}}}"#,
        r#"no match: /d.x/$gt: expected more than {"__type":"Date","iso":"2024-01-01T00:00:00.000Z"}, found "2023-01-01T00:00:00.000Z""#,
    ),
    (
        r#"{"a":{"b":1}}"#,
        r#"{"a":5}"#,
        r#"fault: find() refuses the clause for a class that holds such a value; /a: expected {"b":1}, found 5"#,
    ),
    (
        r#"{"a":{"$in":[{"$regex":"x"}]}}"#,
        r#"{"a":5}"#,
        r#"fault: find() refuses the clause for a class that holds such a value; /a/$in: expected one of [{"$regex":"x"}], found 5"#,
    ),
];

#[test]
fn texts_are_short_and_say_why() {
    let mut wrong = Vec::new();
    for (builder, cases) in [(Query::builder(), LIVE), (find(), FIND)] {
        for (clause, object_text, expected) in cases {
            let query = builder.compile_str(clause).expect("a clause");
            let text = query.explain(&object(object_text)).to_string();
            if text != *expected {
                wrong.push(format!("{clause} {object_text}\n  {text}\n  {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Of very many constraints some are kept, and among them those that decided.
#[test]
fn of_many_constraints_some_are_kept() {
    let most = Explanation::MAX_TESTED;
    let fields: Vec<String> = (0..most + 50)
        .map(|n| format!(r#"{{"a{n}":{n}}}"#))
        .collect();
    let clause = format!(r#"{{"$and":[{}],"z":1}}"#, fields.join(","));
    let fields: Vec<String> = (0..most + 50).map(|n| format!(r#""a{n}":{n}"#)).collect();
    let object = object(&format!("{{{}}}", fields.join(",")));
    for builder in [Query::builder(), find()] {
        let query = builder.compile_str(&clause).expect("a clause");
        let explanation = query.explain(&object);
        assert_eq!(
            explanation.to_string(),
            "no match: /z: expected 1, found nothing"
        );
        assert_eq!(
            (explanation.tested().len(), explanation.omitted()),
            (most, 51)
        );
        assert_eq!(explanation.tested()[most - 1].pointer(), "/z");

        let clause = clause.replace("$and", "$nor").replace(r#","z":1"#, "");
        let query = builder.compile_str(&clause).expect("a clause");
        let explanation = query.explain(&object);
        assert_eq!(
            explanation.to_string(),
            "no match: /$nor/0/a0: expected not 0, found 0"
        );
        let unreached = explanation
            .tested()
            .iter()
            .filter(|tested| tested.held() == Held::NotReached);
        assert_eq!((unreached.count(), explanation.omitted()), (most - 1, 50));
    }
}

/// An explanation takes what the clause takes, and not what the object does.
#[test]
fn what_is_large_is_cut() {
    let long = "x".repeat(1 << 20);
    let object = object(&format!(r#"{{"a":"{long}"}}"#));
    let query: Query = format!(r#"{{"a":{{"$ne":"{long}"}}}}"#)
        .parse()
        .expect("a clause");
    let text = query.explain(&object).to_string();
    assert!(
        text.starts_with(r#"no match: /a/$ne: expected anything but "xxx"#),
        "{text}"
    );
    assert!(text.len() < 300, "{}", text.len());
}
