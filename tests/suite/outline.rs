//! What a clause names is all that it can look at.

use std::collections::HashSet;

use livematch::{FieldSet, Object, Query};
use proptest::prelude::*;

use crate::generate::any_case;
use crate::reference;

fn heads(query: &Query) -> FieldSet {
    let paths = query.paths();
    let heads = paths.iter().filter_map(|path| path.split('.').next());
    FieldSet::new(heads)
}

fn each_once(names: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let once = names.into_iter().filter(|name| seen.insert(name.clone()));
    once.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_name_is_found_in_its_order(case in any_case()) {
        let clause = case.clause.to_string();
        let Ok(query) = clause.parse::<Query>() else { return Ok(()) };
        let Some(names) = reference::names(&clause) else { return Ok(()) };
        prop_assert_eq!(query.paths(), each_once(names));
    }

    #[test]
    fn nothing_is_looked_at_that_is_not_named(case in any_case()) {
        let Ok(query) = case.clause.to_string().parse::<Query>() else { return Ok(()) };
        let heads = heads(&query);
        prop_assert!(heads.is_superset(&query.fields()));
        // An object that has the named fields and no others, unlike one that was read in part, owns nothing else.
        let text = case.new.to_string();
        let whole: Object = text.parse()?;
        let part = Object::from_slice(text.as_bytes(), &heads)?.to_string();
        prop_assert_eq!(query.verdict(&part.parse::<Object>()?), query.verdict(&whole));
    }

    #[test]
    fn spelling_does_not_matter(case in any_case(), choices in proptest::collection::vec(any::<bool>(), 1..20)) {
        let Ok(query) = case.clause.to_string().parse::<Query>() else { return Ok(()) };
        let respelled: Query = case.clause.respelled(&mut choices.into_iter().cycle()).parse()?;
        prop_assert_eq!(respelled.outline(), query.outline());
    }
}

fn outline(clause: &str) -> (Vec<String>, Option<String>, bool) {
    let query: Query = clause.parse().expect(clause);
    let outline = query.outline();
    let id = outline.object_id().map(str::to_owned);
    (query.paths(), id, outline.is_get())
}

fn paths(clause: &str) -> Vec<String> {
    outline(clause).0
}

#[test]
fn what_is_never_run_is_named() {
    assert_eq!(paths(r#"{"a":null,"b":1}"#), ["a", "b"]);
    assert_eq!(paths(r#"{"$or":[{},{"a":1}]}"#), ["a"]);
    assert_eq!(paths(r#"{"a":{"$containedBy":[],"$inQuery":{}}}"#), ["a"]);
    assert_eq!(paths(r#"{"a.$or":{"b":1}}"#), ["a", "b"]);
    assert_eq!(
        paths(r#"{"a.$or":[["x"],"yz",5,null]}"#),
        ["a", "a.0", "a.1"]
    );
    assert_eq!(
        paths(r#"{"a":{"$inQuery":{"className":"C","where":{"b":1}}}}"#),
        ["a", "b"]
    );
    let select =
        r#"{"a":{"$select":{"key":"k","query":{"className":"C","where":{"b":{"$gt":1}}}}}}"#;
    assert_eq!(paths(select), ["a", "b"]);
    assert_eq!(paths(r#"{"a":{"$elemMatch":{"b":{"$lt":1}}}}"#), ["a", "b"]);
    assert_eq!(paths(r#"{"$relatedTo":{"object":{},"key":"k"}}"#), [""; 0]);
    // Data and no names.
    assert_eq!(
        paths(r#"{"a":{"$eq":{"b":1}},"c":{"__type":"Odd","d":1}}"#),
        ["a", "c"]
    );
}

#[test]
fn an_object_is_asked_for_by_its_plain_id_only() {
    let asked = |clause| {
        let (_, id, is_get) = outline(clause);
        (id, is_get)
    };
    let id = |id: &str| Some(id.to_owned());
    assert_eq!(asked(r#"{"objectId":"a"}"#), (id("a"), true));
    assert_eq!(asked(r#"{"objectId":"b","objectId":"a"}"#), (id("a"), true));
    assert_eq!(asked(r#"{"objectId":"a","b":1}"#), (id("a"), false));
    assert_eq!(asked(r#"{"objectId":{"$eq":"a"}}"#), (None, false));
    assert_eq!(asked(r#"{"objectId":5}"#), (None, false));
    assert_eq!(asked(r#"{"$or":[{"objectId":"a"}]}"#), (None, false));
    assert_eq!(asked("{}"), (None, false));
}
