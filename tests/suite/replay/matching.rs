//! Verdicts and events of every directed case.

use livematch::{ErrorKind, Query};

use super::explained;
use super::lines::{Line, answer, check_all, read_all};

/// Fewer cases than this would mean that files are missing.
const LEAST: usize = 6_000;

fn cases() -> Vec<Line> {
    read_all("cases")
}

#[test]
fn verdicts_and_events_are_those_of_parse_server() {
    check_all(&cases(), LEAST, check);
}

fn check(line: &Line) -> Result<(), String> {
    let query = match line.query() {
        Ok(query) => query,
        // The bare matcher was asked; whether a subscription is refused is the business of subscribe.jsonl, and
        // each of these kinds has its cases there.
        Err(error) if refuses_like_the_server(error.kind()) => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    let (answer, expected) = (answer(line.outcome(&query)), line.value("expect"));
    if answer == expected {
        Ok(())
    } else {
        Err(format!("{answer} instead of {expected}"))
    }
}

fn refuses_like_the_server(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotAList
            | ErrorKind::NullBranch
            | ErrorKind::RegexOperand
            | ErrorKind::InvalidRegex
    )
}

#[test]
fn explanations_give_the_verdict() {
    explained::check(&cases(), LEAST, |line| line.query().ok());
}

#[test]
fn verdicts_are_owed_to_what_is_said_to_decide() {
    explained::check_some_edited(cases(), LEAST, |_| Some(Query::builder()));
}

/// A `serde_json` value is matched like the text it was read from, as far as the order of keys says nothing.
#[test]
fn values_are_matched_like_objects() {
    for line in cases() {
        let Ok(query) = line.query() else { continue };
        let [old, new] =
            ["old", "new"].map(|name| Some(line.value(name)).filter(|side| !side.is_null()));
        let by_value = answer(query.outcome(old.as_ref(), new.as_ref()));
        let by_object = answer(line.outcome(&query));
        let observable =
            by_object.to_string().contains("fault") || by_value.to_string().contains("fault");
        assert!(
            by_value == by_object || observable,
            "{}: {by_value} {by_object}",
            line.id()
        );
    }
}

/// A compiled query is the same query again when it is compiled from its own text.
#[test]
fn a_query_survives_its_own_text() {
    for line in cases() {
        let Ok(query) = line.query() else { continue };
        let again: Query = query.clause_text().parse().expect("what compiled once");
        assert_eq!(query.fingerprint(), again.fingerprint(), "{}", line.id());
        assert_eq!(query.clause_text(), again.clause_text(), "{}", line.id());
        assert_eq!(line.outcome(&query), line.outcome(&again), "{}", line.id());
    }
}
