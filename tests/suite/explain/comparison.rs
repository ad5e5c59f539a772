//! Two queries asked the same, and where they part.

use livematch::{
    Comparison, Difference, Event, Explanation, Held, Object, Query, Side, Surprise, Verdict,
};
use proptest::prelude::*;

use super::laws::find;
use crate::generate::{Case, adversarial_case, typed_case};

fn object(text: &str) -> Object {
    text.parse().expect("an object")
}

/// Clauses, objects, and by which constraints the dialects differ.
const PARTING: &[(&str, &str, &[&str])] = &[
    (r#"{"a":{"$lt":5}}"#, "{}", &["/a/$lt"]),
    (r#"{"a":{"$lt":5}}"#, r#"{"a":4}"#, &[]),
    (r#"{"a":null}"#, "{}", &["/a"]),
    (
        r#"{"b":1,"a":{"$ne":"x"}}"#,
        r#"{"a":["x"],"b":1}"#,
        &["/a/$ne"],
    ),
    (r#"{"a.b":"x"}"#, r#"{"a":[{"b":"x"}]}"#, &["/a.b"]),
    (
        r#"{"$or":[{"b":2},{"a":{"$in":[null]}}]}"#,
        r#"{"b":1}"#,
        &["/$or/1/a/$in"],
    ),
    (
        r#"{"a":{"__type":"Pointer","className":"A","objectId":"x"}}"#,
        r#"{"a":null}"#,
        &["/a"],
    ),
    (
        r#"{"a":{"$containedBy":["x"]}}"#,
        "{}",
        &["/a/$containedBy"],
    ),
];

#[test]
fn the_constraint_by_which_they_part_is_named() {
    for (clause, text, expected) in PARTING {
        let comparison = Comparison::compile_str(clause, &Query::builder(), &find());
        let compared = comparison.compare(None, Some(&object(text)));
        let differences = compared.differences();
        assert_eq!(compared.is_agreed(), expected.is_empty(), "{clause} {text}");
        let named: Vec<&str> = (differences.iter())
            .flat_map(Difference::pointers)
            .collect();
        assert_eq!(named, *expected, "{clause} {text}");
        if let [one] = differences {
            assert_eq!(one.side(), Side::New);
            let codes: Vec<_> = one.surprises().map(Surprise::code).collect();
            assert!(!codes.is_empty(), "{clause} {text}: no surprise");
        }
    }
}

#[test]
fn both_sides_are_told() {
    let comparison = Comparison::compile_str(r#"{"a":{"$lt":5}}"#, &Query::builder(), &find());
    let (missing, low) = (object("{}"), object(r#"{"a":1}"#));
    let compared = comparison.compare(Some(&missing), Some(&low));
    assert_eq!(compared.served_event(), Some(Event::Update));
    assert_eq!(compared.shadow_event(), Some(Event::Enter));
    let sides: Vec<Side> = (compared.differences().iter())
        .map(Difference::side)
        .collect();
    assert_eq!(sides, [Side::Old]);
    assert!(
        compared
            .to_string()
            .starts_with("served: update; shadow: enter\nold: they differ by /a/$lt\n")
    );
}

#[test]
fn a_clause_that_one_refuses_is_never_agreed() {
    let (live, find) = (Query::builder(), find());
    let object = object("{}");
    let refused_by_find = r#"{"a":{"$size":1}}"#;
    let refused_by_live = r#"{"a":{"$regex":"(?i)a"}}"#;
    let refused_by_both = r#"{"$or":5}"#;
    let compared =
        |clause| Comparison::compile_str(clause, &live, &find).compare(None, Some(&object));
    let one = compared(refused_by_find);
    assert!(!one.is_agreed() && one.differences().is_empty());
    assert_eq!(
        (one.served_outcome().is_some(), one.shadow_outcome()),
        (true, None)
    );
    let one = compared(refused_by_live);
    assert!(!one.is_agreed());
    assert_eq!(
        (one.served_outcome(), one.shadow_outcome().is_some()),
        (None, true)
    );
    assert_eq!(one.to_string(), "served: refused; shadow: no event");
    let neither = compared(refused_by_both);
    assert!(neither.is_agreed() && neither.served_outcome().is_none());
}

fn check(case: &Case) -> Result<(), TestCaseError> {
    let clause = case.clause.to_string();
    let [old, new] = [&case.old, &case.new].map(|side| object(&side.to_string()));
    let comparison = Comparison::compile_str(&clause, &Query::builder(), &find());
    let compared = comparison.compare(Some(&old), Some(&new));
    let outcome = |query: Option<&Query>| query.map(|query| query.outcome(Some(&old), Some(&new)));
    let (served, shadow) = (comparison.served().ok(), comparison.shadow().ok());
    prop_assert_eq!(compared.served_outcome(), outcome(served));
    prop_assert_eq!(compared.shadow_outcome(), outcome(shadow));
    let (Some(served), Some(shadow)) = (served, shadow) else {
        return Ok(());
    };
    let sides = [(Side::Old, &old), (Side::New, &new)];
    let differ = sides
        .iter()
        .filter(|(_, side)| served.verdict(*side) != shadow.verdict(*side));
    prop_assert_eq!(differ.count(), compared.differences().len());
    for one in compared.differences() {
        prop_assert_ne!(one.served().verdict(), one.shadow().verdict());
        // A branch that asks for nothing is not named by find().
        let is_named = one.pointers().len() > 0;
        let is_obstructed = one.shadow().verdict() == Verdict::Fault;
        prop_assert!(is_named || is_obstructed, "{}", one);
        for pointer in one.pointers() {
            let is_reached = |explanation: &Explanation| {
                let mut tested = explanation.tested().iter();
                tested.any(|one| one.pointer() == pointer && one.held() != Held::NotReached)
            };
            prop_assert!(
                is_reached(one.served()) || is_reached(one.shadow()),
                "{}",
                pointer
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_comparison_answers_as_both_do(case in prop_oneof![typed_case(), adversarial_case()]) {
        check(&case)?;
    }
}
