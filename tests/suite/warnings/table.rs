//! Every surprise is what it says.

use std::collections::{BTreeMap, BTreeSet};

use livematch::{Effect, Level, Object, Query, Surprise, Verdict};
use serde_json::{Value, json};

use super::{query, refused_at};
use crate::replay::lines::{Line, data, read};

fn verdict(query: &Query, object: &str) -> Verdict {
    query.verdict(&object.parse::<Object>().expect("an object"))
}

#[test]
fn codes_are_unique_and_sentences_say_what_to_do() {
    let codes: BTreeSet<_> = Surprise::all().iter().map(|row| row.code()).collect();
    assert_eq!(codes.len(), Surprise::all().len());
    for row in Surprise::all() {
        let is_word = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(row.code().chars().all(is_word), "{}", row.code());
        assert!(!row.why().is_empty() && !row.instead().is_empty());
        let warning = example_of(row);
        assert_eq!(
            warning.message(),
            format!("{}; {}", row.why(), row.instead())
        );
        assert!(warning.to_string().contains(row.effect().as_str()));
    }
}

fn example_of(row: &Surprise) -> livematch::Warning {
    let warnings = query(row.example()).warnings();
    let found = warnings
        .into_iter()
        .find(|warning| warning.code() == row.code());
    found.unwrap_or_else(|| panic!("{}: not found in {}", row.code(), row.example()))
}

#[test]
fn every_example_has_its_effect() {
    for row in Surprise::all() {
        let (code, query) = (row.code(), query(row.example()));
        let warning = example_of(row);
        assert_eq!(warning.surprise(), *row);
        for (object, expected) in row.objects() {
            assert_eq!(verdict(&query, object), *expected, "{code}: {object}");
        }
        let seen: Vec<_> = row.objects().iter().map(|(_, verdict)| *verdict).collect();
        let shows = match row.effect() {
            Effect::NeverMatches => seen.iter().all(|verdict| *verdict == Verdict::NoMatch),
            Effect::AlwaysMatches => seen.iter().all(|verdict| *verdict == Verdict::Match),
            Effect::Faults => seen.iter().all(|verdict| *verdict == Verdict::Fault),
            Effect::Ignored => is_ignored(row, warning.pointer()),
            // What is meant is in no clause; Parse Server's and find()'s answers are held against it below.
            Effect::Differs => !seen.is_empty(),
            effect => panic!("{code}: {effect:?}"),
        };
        assert!(shows, "{code}: {seen:?}");
        assert_eq!(
            refused_at(row.example()).is_some(),
            row.level() > Level::Hint,
            "{code}"
        );
    }
}

/// Whether the clause answers alike without the part.
fn is_ignored(row: &Surprise, pointer: &str) -> bool {
    // What is repeated is told apart in the text only, and what counts is the last value, which `Value` keeps.
    let mut clause: Value = serde_json::from_str(row.example()).expect("a clause");
    if row.code() != "key-twice" {
        let ignored = match row.code() {
            // It is told at the operator that reads it.
            "distance-zero" => pointer.replace("$nearSphere", "$maxDistance"),
            "regex-options-unread" => pointer.replace("$regex", "$options"),
            _ => pointer.to_owned(),
        };
        let (parent, name) = ignored.rsplit_once('/').expect("a pointer");
        let parent = clause.pointer_mut(parent).and_then(Value::as_object_mut);
        let part = parent.expect("an object").remove(name);
        assert!(part.is_some(), "{}: nothing at {ignored}", row.code());
    }
    let without = query(&clause.to_string());
    let mut objects = row.objects().iter();
    objects.all(|(object, expected)| verdict(&without, object) == *expected)
}

/// The recorded answers for clauses and objects, each as its text is written.
fn recorded(name: &str) -> BTreeMap<(String, String), Value> {
    let entry = |line: Line| {
        let raw = |name| line.raw(name).expect("a member").to_owned();
        let answer = line.value("expect");
        let answer = answer.get("new").unwrap_or(&answer).clone();
        ((raw("where"), raw("new")), answer)
    };
    read(&data(name)).into_iter().map(entry).collect()
}

fn word(verdict: Verdict) -> Value {
    match verdict {
        Verdict::Match => json!(true),
        Verdict::NoMatch => json!(false),
        other => json!(other.as_str()),
    }
}

fn unrecorded(row: &Surprise, nth: usize) -> String {
    let (object, _) = row.objects()[nth];
    format!(
        r#"{{"id":"warning/{}/{nth}","where":{},"old":null,"new":{object}}}"#,
        row.code(),
        row.example()
    )
}

#[test]
fn parse_server_answers_as_every_example_says() {
    let recorded = recorded("cases/warnings.jsonl");
    let (mut missing, mut shown) = (Vec::new(), 0);
    for row in Surprise::all() {
        for (nth, (object, expected)) in row.objects().iter().enumerate() {
            match recorded.get(&(row.example().to_owned(), (*object).to_owned())) {
                Some(answer) => assert_eq!(*answer, word(*expected), "{}: {object}", row.code()),
                None => missing.push(unrecorded(row, nth)),
            }
            shown += 1;
        }
    }
    assert!(
        missing.is_empty(),
        "to be recorded in cases/warnings.jsonl:\n{}",
        missing.join("\n")
    );
    assert_eq!(
        shown,
        recorded.len(),
        "cases/warnings.jsonl has cases that no surprise shows"
    );
}

/// That it answers otherwise than find() is what makes an ordinary clause worth a hint.
#[test]
fn every_hint_shows_where_find_answers_otherwise() {
    let recorded = recorded("find/cases/warnings.jsonl");
    let (mut missing, mut shown) = (Vec::new(), 0);
    for row in Surprise::all()
        .iter()
        .filter(|row| row.level() == Level::Hint)
    {
        let mut differs = false;
        for (nth, (object, expected)) in row.objects().iter().enumerate() {
            match recorded.get(&(row.example().to_owned(), (*object).to_owned())) {
                Some(answer) => differs |= *answer != word(*expected),
                None => missing.push(unrecorded(row, nth)),
            }
            shown += 1;
        }
        assert!(
            differs || !missing.is_empty(),
            "{}: find() answers alike",
            row.code()
        );
    }
    assert!(
        missing.is_empty(),
        "to be recorded in find/cases/warnings.jsonl:\n{}",
        missing.join("\n")
    );
    assert_eq!(
        shown,
        recorded.len(),
        "find/cases/warnings.jsonl has cases that no hint shows"
    );
}
