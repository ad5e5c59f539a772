//! Laws: what holds for every clause and every object.

use livematch::{Dialect, Event, FindOptions, Object, Query, Verdict, classify};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::{TestCaseResult, TestRunner};

use crate::generate::{Case, Json, adversarial_case, any_case, find_case, rows_case, typed_case};
use crate::reference::{self, Answer};

/// A clause of a generated case, or nothing if it is one that is refused.
fn compiled(clause: &Json) -> Option<Query> {
    clause.to_string().parse().ok()
}

/// The same in the dialect of `find()`.
fn compiled_for_find(clause: &Json) -> Option<Query> {
    let find = Query::builder().dialect(Dialect::Find(FindOptions::new()));
    find.compile_str(&clause.to_string()).ok()
}

/// What a reference says of a clause and an object, both as text.
type Reference = fn(&str, &str) -> Option<Answer>;

fn agree(query: &Query, case: &Case, reference: Reference) -> TestCaseResult {
    for object in [&case.old, &case.new] {
        let expected = match reference(&case.clause.to_string(), &object.to_string()) {
            Some(Answer::Match) => Verdict::Match,
            Some(Answer::NoMatch) => Verdict::NoMatch,
            Some(Answer::Fault) => Verdict::Fault,
            None => continue,
        };
        let object = object.object();
        prop_assert_eq!(query.verdict(&object), expected, "on {:?}", object);
        let explained = query.explain(&object).verdict();
        prop_assert_eq!(explained, expected, "on {:?}", object);
    }
    Ok(())
}

/// What is refused is refused for every object.
fn agree_in_find(case: &Case) -> TestCaseResult {
    if let Some(query) = compiled_for_find(&case.clause) {
        return agree(&query, case, reference::find::verdict);
    }
    for object in [&case.old, &case.new] {
        let expected = reference::find::verdict(&case.clause.to_string(), &object.to_string());
        prop_assert!(
            matches!(expected, None | Some(Answer::Fault)),
            "on {object}"
        );
    }
    Ok(())
}

const fn mirrored(event: Event) -> Event {
    match event {
        Event::Enter => Event::Leave,
        Event::Leave => Event::Enter,
        Event::Create => Event::Delete,
        Event::Delete => Event::Create,
        Event::Update => Event::Update,
    }
}

const fn opposite(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Match => Verdict::NoMatch,
        Verdict::NoMatch => Verdict::Match,
        other => other,
    }
}

/// The only clause of a list under a logic operator.
fn alone_under(operator: &str, clause: &Json) -> Json {
    Json::Object(vec![(operator.into(), Json::Array(vec![clause.clone()]))])
}

/// Text with pieces of it cut out, doubled, or replaced by a character that means something to JSON.
fn edited(text: &str, edits: &[(Index, Index, char)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (from, to, c) in edits {
        let (from, to) = (from.index(chars.len() + 1), to.index(chars.len() + 1));
        let (from, to) = (from.min(to), from.max(to));
        let piece = match c {
            'c' => Vec::new(),
            'd' => [&chars[from..to], &chars[from..to]].concat(),
            _ => vec![*c],
        };
        chars.splice(from..to, piece);
    }
    chars.into_iter().collect()
}

fn edits() -> impl Strategy<Value = Vec<(Index, Index, char)>> {
    let kinds: Vec<char> = "dc\"\\{}[]:,$.0-enQE\0é😀".chars().collect();
    vec(
        (any::<Index>(), any::<Index>(), prop::sample::select(kinds)),
        1..4,
    )
}

/// Asks everything of what is compiled; only a panic is wrong.
fn exercise(clause: &str, object: &Object) {
    match clause.parse::<Query>() {
        Ok(query) => {
            let answers = (query.verdict(object), query.fingerprint(), query.pointers());
            drop((answers, query.warnings(), format!("{query:?}")));
        }
        Err(error) => assert!(!error.to_string().is_empty(), "an error says something"),
    }
}

/// A dialect with what generates its cases.
struct Drawn {
    name: &'static str,
    strategy: BoxedStrategy<Case>,
    compiled: fn(&Json) -> Option<Query>,
    reference: Reference,
    count: usize,
    /// The most clauses in a hundred that may be refused.
    most_refused: usize,
    /// The most answers in a hundred that the reference may not know.
    most_unknown: usize,
}

impl Drawn {
    /// How many of the clauses are refused, and how many of the answers the reference does not know.
    fn refused_and_unknown(&self) -> (usize, usize) {
        let mut runner = TestRunner::deterministic();
        let (mut refused, mut unknown) = (0, 0);
        for _ in 0..self.count {
            let case = self.strategy.new_tree(&mut runner).expect("a case");
            let case = case.current();
            if (self.compiled)(&case.clause).is_none() {
                refused += 1;
                continue;
            }
            let clause = case.clause.to_string();
            let answer = |object: &Json| (self.reference)(&clause, &object.to_string());
            let answers = [&case.old, &case.new].map(answer);
            unknown += answers.iter().filter(|answer| answer.is_none()).count();
        }
        (refused, unknown)
    }
}

/// A case that is refused, or that the reference cannot answer, shows nothing: few may be. The reference of `find()` is asked whether it
/// refuses the same, but knows neither the globe nor the clock, and no pattern but literals.
#[test]
fn nearly_all_cases_are_compared() {
    let live = |name, strategy, count| Drawn {
        name,
        strategy,
        compiled,
        reference: reference::verdict,
        count,
        most_refused: 3,
        most_unknown: 3,
    };
    let drawn = [
        live("typed", typed_case(), 200),
        live("adversarial", adversarial_case(), 1_000),
        live("rows", rows_case(), 200),
        Drawn {
            compiled: compiled_for_find,
            reference: reference::find::verdict,
            most_refused: 45,
            most_unknown: 30,
            ..live("find", find_case(), 1_000)
        },
    ];
    for drawn in drawn {
        let (refused, unknown) = drawn.refused_and_unknown();
        let (name, count) = (drawn.name, drawn.count);
        assert!(
            100 * refused <= drawn.most_refused * count
                && 100 * unknown <= drawn.most_unknown * 2 * count,
            "{name}: {refused} of {count} clauses refused, {unknown} of {} answers unknown",
            2 * count
        );
    }
}

fn config() -> ProptestConfig {
    // A failure that is found becomes a case in the data, so no file is kept for it.
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_an_sdk_sends_compiles_and_agrees_with_the_reference(case in typed_case()) {
        let query: Query = case.clause.to_string().parse()?;
        agree(&query, &case, reference::verdict)?;
    }

    #[test]
    fn whatever_compiles_agrees_with_the_reference(case in adversarial_case()) {
        if let Some(query) = compiled(&case.clause) {
            agree(&query, &case, reference::verdict)?;
        }
    }

    #[test]
    fn long_rows_agree_with_the_reference(case in rows_case()) {
        if let Some(query) = compiled(&case.clause) {
            agree(&query, &case, reference::verdict)?;
        }
    }

    #[test]
    fn what_find_takes_and_refuses_agrees_with_its_reference(case in find_case()) {
        agree_in_find(&case)?;
    }

    #[test]
    fn what_an_sdk_sends_agrees_with_the_reference_of_find(case in any_case()) {
        agree_in_find(&case)?;
    }

    #[test]
    fn swapped_sides_mirror_the_event(case in any_case()) {
        let Some(query) = compiled(&case.clause) else { return Ok(()) };
        let (old, new) = (case.old.object(), case.new.object());
        for (old, new) in [(Some(&old), Some(&new)), (None, Some(&new)), (Some(&old), None)] {
            let event = classify(&query, old, new);
            prop_assert_eq!(classify(&query, new, old), event.map(mirrored));
        }
    }

    #[test]
    fn an_event_needs_a_match_and_no_fault(case in any_case()) {
        let Some(query) = compiled(&case.clause) else { return Ok(()) };
        let (old, new) = (case.old.object(), case.new.object());
        let sides = [query.verdict(&old), query.verdict(&new)];
        let wanted = sides.contains(&Verdict::Match) && !sides.contains(&Verdict::Fault);
        prop_assert_eq!(classify(&query, Some(&old), Some(&new)).is_some(), wanted);
        prop_assert_eq!(query.matches(&new), sides[1] == Verdict::Match);
        prop_assert_eq!(query.outcome(Some(&old), Some(&new)).old_verdict(), Some(sides[0]));
        prop_assert_eq!(query.outcome(None, Some(&new)).new_verdict(), Some(sides[1]));
    }

    #[test]
    fn logic_over_one_clause_is_that_clause_or_its_opposite(case in any_case()) {
        let Some(query) = compiled(&case.clause) else { return Ok(()) };
        let object = case.new.object();
        let verdict = query.verdict(&object);
        for (operator, expected) in [("$and", verdict), ("$or", verdict), ("$nor", opposite(verdict))] {
            let query: Query = alone_under(operator, &case.clause).to_string().parse()?;
            prop_assert_eq!(query.verdict(&object), expected, "under {}", operator);
        }
    }

    #[test]
    fn a_tree_answers_as_its_text(case in any_case()) {
        // The text of the tree, not of the case: a tree may have another order and no repeated keys.
        let (clause, object) = (case.clause.value(), case.new.value());
        let (from_tree, from_text) = (Query::compile(&clause), clause.to_string().parse::<Query>());
        prop_assert_eq!(from_tree.is_ok(), from_text.is_ok());
        let (Ok(from_tree), Ok(from_text)) = (from_tree, from_text) else { return Ok(()) };
        prop_assert_eq!(from_tree.fingerprint(), from_text.fingerprint());
        let text: Object = object.to_string().parse()?;
        prop_assert_eq!(from_tree.verdict(&object), from_text.verdict(&text));
    }

    #[test]
    fn an_object_that_is_printed_and_read_again_answers_alike(case in any_case()) {
        let Some(query) = compiled(&case.clause) else { return Ok(()) };
        let object = case.new.object();
        let again: Object = object.to_string().parse()?;
        prop_assert_eq!(query.verdict(&again), query.verdict(&object));
    }

    #[test]
    fn spelling_does_not_matter(case in any_case(), choices in vec(any::<bool>(), 1..20)) {
        let Some(query) = compiled(&case.clause) else { return Ok(()) };
        let mut choices = choices.into_iter().cycle();
        let respelled: Query = case.clause.respelled(&mut choices).parse()?;
        prop_assert_eq!(respelled.fingerprint(), query.fingerprint());
        let object: Object = case.new.respelled(&mut choices).parse()?;
        prop_assert_eq!(respelled.verdict(&object), query.verdict(&case.new.object()));
    }

    #[test]
    fn equal_fingerprints_give_equal_answers(
        case in any_case(),
        choices in vec(any::<bool>(), 1..20),
    ) {
        let rearranged = case.clause.rearranged(&mut choices.into_iter().cycle());
        let (Some(a), Some(b)) = (compiled(&case.clause), compiled(&rearranged)) else { return Ok(()) };
        if a.fingerprint() == b.fingerprint() {
            for object in [&case.old, &case.new].map(Json::object) {
                prop_assert_eq!(a.verdict(&object), b.verdict(&object), "rearranged: {:?}", rearranged);
            }
        }
    }

    #[test]
    fn no_text_panics(case in any_case(), edits in edits(), text in any::<String>()) {
        let object = case.new.object();
        exercise(&edited(&case.clause.to_string(), &edits), &object);
        exercise(&text, &object);
    }
}

/// Two operators may change places if neither can fault, and items of a list if none can.
#[test]
fn what_cannot_fault_may_change_places() {
    let print = |constraint: &str| {
        let query: Query = format!(r#"{{"a":{{{constraint}}}}}"#)
            .parse()
            .expect("a clause");
        query.fingerprint()
    };
    for (first, second, may) in [
        (r#""$exists":true"#, r#""$regex":"x""#, true),
        (r#""$eq":1"#, r#""$ne":2"#, true),
        (r#""$in":[1]"#, r#""$nin":[2]"#, true),
        (r#""$gt":1"#, r#""$lt":5"#, true),
        (r#""$lt":5"#, r#""$exists":true"#, false),
        (r#""$gt":1"#, r#""$lt":[5]"#, false),
        (r#""$all":[1]"#, r#""$exists":true"#, false),
        (r#""$eq":{"b":1}"#, r#""$exists":true"#, false),
        (r#""$ne":{"b":1}"#, r#""$exists":true"#, false),
        (
            r#""$in":[{"className":"A"},null]"#,
            r#""$exists":true"#,
            false,
        ),
    ] {
        let [one, other] = [format!("{first},{second}"), format!("{second},{first}")];
        assert_eq!(print(&one) == print(&other), may, "{one}");
    }
    assert_eq!(print(r#""$in":[1,2]"#), print(r#""$in":[2,1]"#));
    assert_eq!(print(r#""$all":[1,2]"#), print(r#""$all":[2,1]"#));
}

/// What no run comes to has none.
#[test]
fn pointers_are_of_the_constraints_that_are_run() {
    let pointers = |clause: &str| clause.parse::<Query>().expect("a clause").pointers();
    let clause = r#"{"a":1,"$or":[{"b":2},{"c":3}]}"#;
    assert_eq!(pointers(clause), ["/a", "/$or/0/b", "/$or/1/c"]);
    assert_eq!(pointers(r#"{"a":1,"b":null,"c":2}"#), ["/a"]);
    assert_eq!(pointers(r#"{"a.b":1,"c~/d":2}"#), ["/a.b", "/c~0~1d"]);
}
