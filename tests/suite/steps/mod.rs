//! What work costs: no more than its bound, and within a budget nothing is wrong and nothing is lost.

mod recorded;

use livematch::{Budget, Limits, Object, PatternLimits, Query, QueryCopy, QuerySet, Scratch};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseResult;
use serde_json::Value;

use crate::generate::{Case, adversarial_case, rows_case, typed_case};

/// A budget that nothing here uses up.
const PLENTY: u64 = 1 << 50;

/// Runs a query in a set and by itself, and holds what it takes against its bounds.
fn check(query: &Query, old: Option<&Value>, new: Option<&Value>) -> TestCaseResult {
    let size = |side: Option<&Value>| side.map(|value| value.to_string().len());
    let sizes = [size(old), size(new)];
    let most = |of: &dyn Fn(usize) -> u64| sizes.into_iter().flatten().map(of).sum::<u64>();
    let mut set = QuerySet::with_seed(1);
    let in_set = most(&|bytes| set.filing(query).max_steps(bytes));
    let by_itself = most(&|bytes| query.max_steps(bytes));
    let id = set.insert(query.clone());
    let copy = set.copy_of(id).expect("it is there");

    let read = |side: Option<&Value>| side.map(|value| object(&value.to_string()));
    let (old_object, new_object) = (read(old), read(new));
    for run in 0..2 {
        let (mut hits, mut budget) = (Vec::new(), Budget::new(PLENTY).note_from(0));
        let scratch = &mut Scratch::default();
        let expected = if run == 0 {
            set.classify_metered(old, new, scratch, &mut hits, &mut budget);
            set.classify(old, new)
        } else {
            let (old, new) = (old_object.as_ref(), new_object.as_ref());
            set.classify_metered(old, new, scratch, &mut hits, &mut budget);
            set.classify(old, new)
        };
        prop_assert_eq!(&hits, &expected);
        prop_assert_eq!(budget.unrun(), []);
        prop_assert!(budget.spent() <= in_set, "{} of {in_set}", budget.spent());
        let noted: u64 = budget.costs().iter().map(|cost| cost.steps).sum();
        prop_assert_eq!(noted, budget.spent());
        prop_assert_eq!(budget.left(), PLENTY - budget.spent());
    }
    check_copy(&copy, query, [old, new], by_itself)?;
    check_copy(
        &copy,
        query,
        [old_object.as_ref(), new_object.as_ref()],
        by_itself,
    )
}

fn check_copy<D: livematch::Document>(
    copy: &QueryCopy,
    query: &Query,
    [old, new]: [Option<&D>; 2],
    most: u64,
) -> TestCaseResult {
    let mut budget = Budget::new(PLENTY);
    let outcome = copy.outcome_metered(old, new, &mut budget);
    prop_assert_eq!(outcome, Some(query.outcome(old, new)));
    prop_assert!(budget.spent() <= most, "{} of {most}", budget.spent());
    // With much less it is given up; what a pattern owes for its last character need not be there.
    budget.renew(budget.spent() / 2);
    if copy.outcome_metered(old, new, &mut budget).is_none() {
        prop_assert_eq!(budget.unrun(), [copy.id()]);
        prop_assert_eq!(budget.left(), 0);
    }
    budget.renew(1);
    prop_assert_eq!(copy.outcome_metered(old, new, &mut budget), None);
    prop_assert_eq!(budget.spent(), 1);
    Ok(())
}

fn object(json: &str) -> Object {
    json.parse().expect("an object")
}

fn value(json: &str) -> Value {
    json.parse().expect("JSON")
}

/// Constraints of every kind, on a field `f` or below it.
const CONSTRAINTS: &[&str] = &[
    r#""f":5"#,
    r#""f":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""#,
    r#""f":null"#,
    r#""f":true"#,
    r#""f":{"__type":"Pointer","className":"A","objectId":"x"}"#,
    r#""f":{"__type":"Pointer","className":7}"#,
    r#""f":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}"#,
    r#""f":{"$lt":5}"#,
    r#""f":{"$gte":"aaaa"}"#,
    r#""f":{"$gt":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}"#,
    r#""f":{"$lte":[1,[2,{"a":3}],"x"]}"#,
    r#""f":{"$eq":"a"}"#,
    r#""f":{"$eq":[[1,2],{"a":[3,{"b":"c"}]}]}"#,
    r#""f":{"$ne":{"a":1,"b":[1,2,3]}}"#,
    r#""f":{"$in":["a","b",5]}"#,
    r#""f":{"$in":["a1","a2","a3","a4","a5","a6","a7","a8","a9","b1","b2","b3","b4","b5","b6","b7","b8","b9"]}"#,
    r#""f":{"$nin":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,{"className":"B","objectId":"y"}]}"#,
    r#""f":{"$nin":[{"__type":"Pointer","className":"A","objectId":"y"},null]}"#,
    r#""f":{"$in":"a long text in which others are looked for, 5"}"#,
    r#""f":{"$nin":{"a":{"className":"A"},"b":"x","c":1}}"#,
    r#""f":{"$in":7}"#,
    r#""f":{"$all":["a","b"]}"#,
    r#""f":{"$all":["a","a","a","a","a",1,null,true]}"#,
    r#""f":{"$all":["é",[1,2,3],"a","a","a"]}"#,
    r#""f":{"$all":{"length":5,"0":"a","3":"a"}}"#,
    r#""f":{"$all":"aaaaaaa"}"#,
    r#""f":{"$containedBy":["a","é",1,{}]}"#,
    r#""f":{"$containedBy":["a","é",1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}"#,
    r#""f":{"$containedBy":"aé"}"#,
    r#""f":{"$exists":true}"#,
    r#""f":{"$exists":false}"#,
    r#""f":{"$regex":"aab"}"#,
    r#""f":{"$regex":"^AAB","$options":"i"}"#,
    r#""f":{"$regex":"ÉÉx","$options":"i"}"#,
    r#""f":{"$regex":"[a-f]{3,9}(?:x|y)+[0-9]"}"#,
    r#""f":{"$regex":"[a-f]{200}[^a]{0,50}z"}"#,
    r#""f":{"$regex":"[\\p{L}\\p{Nd}\\p{Po}\\p{Lu}\\p{Sc}]{1,40}[\\p{Ll}\\p{Zs}]z","$options":"u"}"#,
    r#""f":{"$regex":"(?=.*a)(?!.*z)(?<=a)[aé]+\\b"}"#,
    r#""f":{"$regex":"(a|é)+(\\w*)\\1\\2z"}"#,
    r#""f":{"$regex":"(?:(?=(a+))a\\1|[\\p{L}\\p{Nd}])+z","$options":"u"}"#,
    r#""f":{"$regex":"(()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()a)\\1z"}"#,
    r#""f":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":1},"$maxDistance":0.1}"#,
    r#""f":{"$within":{"$box":[{"latitude":"0","longitude":0},{"latitude":3,"longitude":3}]}}"#,
    r#""f":{"$geoWithin":{"$polygon":[{"latitude":0,"longitude":0},{"latitude":0,"longitude":9},{"latitude":9,"longitude":0}]}}"#,
    r#""f":{"$geoWithin":{"$centerSphere":[[1,2],0.5]}}"#,
    r#""f":{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":1,"longitude":1}}}"#,
    r#""f.latitude":{"$lt":5}"#,
    r#""f.0.x.y.z":{"$regex":"x"}"#,
    r#""f.0":{"$regex":"(.)\\1"}"#,
    r#""f.9":{"$exists":true}"#,
    r#""f.length":{"$gt":200}"#,
    r#""f":{"$exists":true},"f.iso":{"$regex":"a.b"}"#,
];

/// What a long value is made of.
const PARTS: &[&str] = &[
    "1",
    "10",
    "9e9",
    "1e20",
    "-0.5",
    "null",
    "true",
    r#""""#,
    r#""a""#,
    r#""é😀""#,
    r#""abcdefgh""#,
    "[]",
    "[1,[2]]",
    "{}",
    r#"{"a":1}"#,
    r#"{"__type":"Pointer"}"#,
    r#"{"__type":"Pointer","className":"A","objectId":"x"}"#,
    r#"{"__type":"Pointer","className":7,"objectId":"x"}"#,
    "[0,0]",
    "[1,90]",
];

/// Values that are long in one way or another.
fn long_value() -> BoxedStrategy<String> {
    let parts = || select(PARTS);
    let count = || prop_oneof![0_usize..20, 200_usize..400];
    let array = || {
        (parts(), parts(), count()).prop_map(|(part, last, count)| {
            let mut parts = vec![part; count];
            parts.push(last);
            format!("[{}]", parts.join(","))
        })
    };
    let different = || {
        (0_usize..600).prop_map(|count| {
            let texts: Vec<String> = (0..count).map(|i| format!(r#""a{i}""#)).collect();
            format!("[{}]", texts.join(","))
        })
    };
    let text = || {
        (
            select(&["a", "ab", "é", "aé", "😀", "abcdef x1 "][..]),
            count(),
            select(&["", "z", "x9"][..]),
        )
            .prop_map(|(piece, count, end)| format!(r#""{}{end}""#, piece.repeat(count)))
    };
    let nested = (array(), 1_usize..60)
        .prop_map(|(inner, depth)| format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth)));
    let parts = prop_oneof![
        3 => array(),
        1 => different(),
        2 => text(),
        1 => nested,
        1 => parts().prop_map(str::to_owned),
    ]
    .boxed();
    let (a, b) = (parts.clone(), parts.clone());
    let point = (parts.clone(), parts.clone())
        .prop_map(|(a, b)| format!(r#"{{"latitude":{a},"longitude":{b}}}"#));
    let typed = a.prop_map(|kind| format!(r#"{{"__type":{kind},"iso":"x"}}"#));
    let ring = b.prop_map(|ring| format!(r#"{{"coordinates":{ring}}}"#));
    prop_oneof![6 => parts, 1 => point, 1 => typed, 1 => ring].boxed()
}

fn clause() -> impl Strategy<Value = String> {
    let members = prop::collection::vec(select(CONSTRAINTS), 1..4);
    let any = members.clone().prop_map(|members| {
        let branches: Vec<_> = members
            .iter()
            .map(|member| format!("{{{member}}}"))
            .collect();
        format!(r#"{{"$or":[{}]}}"#, branches.join(","))
    });
    prop_oneof![
        select(CONSTRAINTS).prop_map(|member| format!("{{{member}}}")),
        members.prop_map(|members| format!("{{{}}}", members.join(","))),
        any
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn nothing_takes_more_than_its_bound(
        clause in clause(),
        old in proptest::option::of(long_value()),
        new in long_value(),
    ) {
        // A date that is looked at twice may be refused, and a key given twice is one.
        let limits = Limits::new().with_patterns(PatternLimits::new().with_steps(10_000));
        let builder = Query::builder().limits(limits);
        let Ok(query) = builder.compile_str(&clause) else { return Ok(()) };
        let old = old.map(|old| value(&format!(r#"{{"f":{old}}}"#)));
        check(&query, old.as_ref(), Some(&value(&format!(r#"{{"f":{new}}}"#))))?;
    }

    #[test]
    fn nor_does_what_apps_ask(case in prop_oneof![typed_case(), adversarial_case(), rows_case()]) {
        let Case { clause, old, new } = case;
        let Ok(query) = clause.to_string().parse::<Query>() else { return Ok(()) };
        check(&query, Some(&value(&old.to_string())), Some(&value(&new.to_string())))?;
    }
}

/// What SDKs ordinarily send does not look dear.
#[test]
fn ordinary_queries_have_low_bounds() {
    let ids: Vec<String> = (0..100).map(|i| format!(r#""id{i}""#)).collect();
    let ordinary = [
        (r#"{"room":"r1"}"#.to_owned(), 600),
        (r#"{"owner":{"__type":"Pointer","className":"_User","objectId":"x"}}"#.to_owned(), 2_600),
        (r#"{"price":{"$gte":5,"$lt":9}}"#.to_owned(), 8_500),
        (format!(r#"{{"room":{{"$in":[{}]}}}}"#, ids.join(",")), 6_500),
        (r#"{"name":{"$regex":"^\\Qab\\E"}}"#.to_owned(), 5_000),
        (r#"{"name":{"$regex":"ab","$options":"i"}}"#.to_owned(), 5_000),
        (r#"{"at":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":1},"$maxDistance":0.1}}"#.to_owned(), 4_500),
    ];
    let set = QuerySet::new();
    for (clause, most) in ordinary {
        let query: Query = clause.parse().expect("a query");
        let steps = set.filing(&query).max_steps(1_024);
        assert!(steps <= most, "{clause}: {steps}");
    }
}

/// What is dear does.
#[test]
fn dear_queries_have_high_bounds() {
    let numbers: Vec<String> = (0..100).map(|i| i.to_string()).collect();
    let many = format!(r#"{{"f":{{"$nin":[{}]}}}}"#, numbers.join(","));
    let set = QuerySet::new();
    for (clause, bytes, least) in [
        (r#"{"f":{"$regex":"(a+)+\\1b"}}"#, 10, 250_000),
        (
            r#"{"f":{"$regex":"[a-z]{1000}[0-9]{1000}x"}}"#,
            1_024,
            2_000_000,
        ),
        (&*many, 40_000, 60_000),
    ] {
        let query: Query = clause.parse().expect("a query");
        let steps = set.filing(&query).max_steps(bytes);
        assert!(steps >= least, "{clause}: {steps}");
    }
}
