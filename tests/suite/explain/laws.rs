//! The laws of explanations, for one query and one object.

use livematch::{
    Dialect, Explanation, FindOptions, Found, Held, Object, Query, QueryBuilder, Tested, Verdict,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use serde_json::{Map, Value};

use crate::generate::{Case, Json, any_case, typed_case};

/// A builder of the dialect of `find()`.
pub(crate) fn find() -> QueryBuilder {
    Query::builder().dialect(Dialect::Find(FindOptions::new()))
}

/// Holds the explanation of a query to the query.
pub(crate) fn check(query: &Query, object: &Object) -> Result<(), String> {
    let explanation = query.explain(object);
    let (told, verdict) = (explanation.verdict(), query.verdict(object));
    if told != verdict {
        return Err(format!(
            "explained as {told} and not {verdict}: {explanation}"
        ));
    }
    let clause: Value = serde_json::from_str(query.clause_text()).map_err(|e| e.to_string())?;
    for tested in explanation.tested() {
        if let Some(wrong) = wrong_with(tested, &explanation, &clause) {
            return Err(format!("{} {wrong}: {explanation}", tested.pointer()));
        }
    }
    let text = explanation.to_string();
    let words = ["match", "no match", "fault"];
    if !words.iter().any(|words| text.starts_with(words)) {
        return Err(format!("no text: {text}"));
    }
    Ok(())
}

/// What is wrong with one constraint of an explanation.
fn wrong_with(tested: &Tested, explanation: &Explanation, clause: &Value) -> Option<&'static str> {
    let is_reached = tested.held() != Held::NotReached;
    let is_fault = explanation.verdict() == Verdict::Fault;
    let most = Explanation::MAX_CHARS;
    let is_long = |found: &Found| match found {
        Found::Missing => false,
        Found::Value(text) | Found::Beginning(text) => text.chars().count() > most,
        _ => true,
    };
    if tested.is_decisive() && !is_reached {
        return Some("decides and is not reached");
    }
    if tested.is_decisive() && is_fault != (tested.held() == Held::Fault) {
        return Some("decides otherwise than it answers");
    }
    if tested.held() == Held::Fault && !tested.is_decisive() {
        return Some("faults and does not decide");
    }
    if !is_reached && tested.found().is_some() {
        return Some("is not reached and has found something");
    }
    if tested.found().is_some_and(is_long) {
        return Some("is not cut");
    }
    if tested.note().is_some() != tested.surprise().is_some() {
        return Some("has a note without a surprise, or none for one");
    }
    (!is_place(tested.pointer(), clause)).then_some("leads nowhere")
}

/// Whether a pointer leads somewhere in a clause. What is below a text are its units.
fn is_place(pointer: &str, clause: &Value) -> bool {
    if clause.pointer(pointer).is_some() {
        return true;
    }
    let above = pointer.rsplit_once('/').map(|(above, _)| above);
    above
        .and_then(|above| clause.pointer(above))
        .is_some_and(Value::is_string)
}

/// What clauses do of which something is left out that decided nothing, or everything but what decided.
pub(crate) fn check_edited(
    builder: &QueryBuilder,
    clause: &Value,
    object: &Object,
) -> Result<(), String> {
    let Ok(query) = builder.compile_str(&clause.to_string()) else {
        return Ok(());
    };
    let explanation = query.explain(object);
    if explanation.verdict() == Verdict::Fault {
        return Ok(());
    }
    let unreached = explanation
        .tested()
        .iter()
        .filter(|tested| tested.held() == Held::NotReached);
    for tested in unreached {
        let verdict =
            without(clause, tested, &explanation).and_then(|rest| verdict(builder, &rest, object));
        if verdict.is_some_and(|verdict| verdict != explanation.verdict()) {
            return Err(format!(
                "without {} it is not {explanation}",
                tested.pointer()
            ));
        }
    }
    let decisive: Vec<&Tested> = explanation.decisive().collect();
    if let (Verdict::NoMatch, [only]) = (explanation.verdict(), &*decisive) {
        let verdict = alone(clause, only).and_then(|alone| verdict(builder, &alone, object));
        if verdict.is_some_and(Verdict::is_match) {
            return Err(format!("{} alone matches: {explanation}", only.pointer()));
        }
    }
    Ok(())
}

fn verdict(builder: &QueryBuilder, clause: &Value, object: &Object) -> Option<Verdict> {
    let query = builder.compile_str(&clause.to_string()).ok()?;
    Some(query.verdict(object))
}

/// A pointer without its last part, and that part as a key.
fn cut(pointer: &str) -> Option<(&str, String)> {
    let (above, key) = pointer.rsplit_once('/')?;
    Some((above, key.replace("~1", "/").replace("~0", "~")))
}

/// What only says more about an operator.
fn modifiers(operator: &str) -> &'static [&'static str] {
    match operator {
        "$regex" => &["$options"],
        "$nearSphere" => &[
            "$maxDistance",
            "$maxDistanceInRadians",
            "$maxDistanceInMiles",
            "$maxDistanceInKilometers",
        ],
        _ => &[],
    }
}

/// A clause without a constraint; nothing where that says something else: `$containedBy` turns what stands beside it around in
/// `find()`, values beside operators have no place of their own, and branches are known by their number.
fn without(clause: &Value, tested: &Tested, explanation: &Explanation) -> Option<Value> {
    let mut rest = clause.clone();
    let (above, key) = cut(tested.pointer())?;
    let members = rest.pointer_mut(above)?.as_object_mut()?;
    if key == "$containedBy" && members.len() > 1 {
        return None;
    }
    let removed = members.remove(&key)?;
    let is_operator = |key: &String| key.starts_with('$');
    if is_operator(&key) {
        let modifiers = modifiers(tested.operator()).iter();
        let is_constraint = |name: &str| {
            explanation
                .tested()
                .iter()
                .any(|one| one.operator() == name)
        };
        for modifier in modifiers.filter(|name| !is_constraint(name)) {
            members.remove(*modifier);
        }
    } else if removed
        .as_object()
        .is_some_and(|operators| operators.keys().any(is_operator))
    {
        return None;
    }
    if members.is_empty() && is_operator(&key) {
        let (above, field) = cut(above)?;
        rest.pointer_mut(above)?.as_object_mut()?.remove(&field);
    }
    Some(rest)
}

/// A clause of nothing but an outermost constraint; nothing where others may be seen by it: a path may lead into a date that was
/// looked at.
fn alone(clause: &Value, tested: &Tested) -> Option<Value> {
    let parts: Vec<&str> = tested.pointer().split('/').skip(1).collect();
    let (field, operator) = match *parts {
        [field] => (field, None),
        [field, operator] => (field, Some(operator)),
        _ => return None,
    };
    let field = field.replace("~1", "/").replace("~0", "~");
    let members = clause.as_object()?;
    if field.starts_with('$') || field.contains('.') {
        return None;
    }
    let constraint = members.get(&field)?;
    let kept = match operator {
        None => constraint.clone(),
        Some(operator) => {
            let operators = constraint.as_object()?;
            if operators.contains_key("$containedBy") && operators.len() > 1 {
                return None;
            }
            let kept = modifiers(tested.operator()).iter().chain([&operator]);
            let kept =
                kept.filter_map(|name| Some(((*name).to_owned(), operators.get(*name)?.clone())));
            Value::Object(kept.collect())
        }
    };
    let alone: Map<String, Value> = [(field, kept)].into_iter().collect();
    Some(Value::Object(alone))
}

fn agrees(builder: &QueryBuilder, case: &Case) -> TestCaseResult {
    let Ok(query) = builder.compile_str(&case.clause.to_string()) else {
        return Ok(());
    };
    for object in [&case.old, &case.new].map(Json::object) {
        check(&query, &object).map_err(TestCaseError::fail)?;
        check_edited(builder, &case.clause.value(), &object).map_err(TestCaseError::fail)?;
        // What is read in part has fields of which nothing is known.
        let some = object.keys().take(1).map(str::to_owned).collect();
        let part = Object::from_slice(object.to_string().as_bytes(), &some);
        check(&query, &part.expect("an object")).map_err(TestCaseError::fail)?;
    }
    Ok(())
}

/// Most of what is generated compiles in the dialect, so that the laws are about something.
#[test]
fn most_cases_compile() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let compiles = (0..200).filter(|_| {
        let case = typed_case()
            .new_tree(&mut runner)
            .expect("a case")
            .current();
        find().compile_str(&case.clause.to_string()).is_ok()
    });
    assert!(compiles.count() > 60);
}

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_explained_is_so(case in any_case()) {
        agrees(&Query::builder(), &case)?;
    }

    #[test]
    fn what_is_explained_is_so_in_find(case in any_case()) {
        agrees(&find(), &case)?;
    }
}
