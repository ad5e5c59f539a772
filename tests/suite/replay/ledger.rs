//! The deliberate differences: each must still be one.

use std::fs;
use std::path::Path;

use livematch::{Change, ChangeErrorKind, ChangeKind, FieldSet, Object, Query};
use serde_json::{Value, json};

use super::lines::{self, Line, check_all, data, read};
use super::messages::{events_of, queries_of};

#[test]
fn every_entry_still_differs_and_answers_as_it_says() {
    check_all(&read(&data("ledger.jsonl")), 30, |entry| {
        if entry.text("reason").is_empty() {
            return Err("no reason".into());
        }
        if entry.value("theirs") == json!({"hangs": true}) {
            return shown_in_words(entry);
        }
        let ours = entry.value("ours");
        let answer = match entry.raw("message") {
            Some(message) => answer_message(entry, message),
            None => answer(&case_of(entry)),
        };
        if answer != ours {
            return Err(format!("{answer} instead of {ours}"));
        }
        if answer == entry.value("theirs") {
            return Err("it agrees now; take it off the ledger".into());
        }
        Ok(())
    });
}

/// What the original never comes back from is no case here, for nobody to run: a unit test with the name that the entry gives
/// shows what is done instead.
fn shown_in_words(entry: &Line) -> Result<(), String> {
    let shown = entry.text("shown");
    if entry.raw("where").is_some() || entry.raw("parts").is_some() {
        return Err("it holds what makes the original hang".into());
    }
    let test = format!("#[test]\n    fn {shown}() {{");
    if !sources().any(|source| source.contains(&test)) {
        return Err(format!("no test {shown}"));
    }
    Ok(())
}

/// The text of every file of the library.
fn sources() -> impl Iterator<Item = String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                texts.push(fs::read_to_string(path).expect("a source"));
            }
        }
    }
    texts.into_iter()
}

/// What the classify tool answers to a published message.
fn answer_message(entry: &Line, message: &str) -> Value {
    let kind: ChangeKind = entry.text("op").parse().expect("a channel");
    // With fields to keep, the message is read in part.
    let change = match entry.value("keep") {
        Value::Array(names) => {
            let keep = FieldSet::new(names.iter().filter_map(Value::as_str));
            Change::from_slice(kind, message.as_bytes(), &keep)
        }
        _ => Change::from_json(kind, message),
    };
    match change {
        Ok(change) => json!({"events": events_of(&change, &queries_of(entry))}),
        Err(error) if error.kind() == ChangeErrorKind::NoClass => json!({"error": "no-class"}),
        Err(_) => json!({"lost": true}),
    }
}

/// The line of an entry: spelled out, or put together from parts that repeat.
fn case_of(entry: &Line) -> String {
    let Value::Array(parts) = entry.value("parts") else {
        let member = |name| entry.raw(name).unwrap_or("null");
        return format!(
            r#"{{"where":{},"old":{},"new":{}}}"#,
            member("where"),
            member("old"),
            member("new")
        );
    };
    let part = |part: &Value| {
        let times = part[1].as_u64().expect("a count");
        part[0]
            .as_str()
            .expect("a text")
            .repeat(usize::try_from(times).expect("a count"))
    };
    parts.iter().map(part).collect()
}

/// What the classify tool answers to a line.
fn answer(line: &str) -> Value {
    let unreadable = json!({"error": "json"});
    let Ok(members) = serde_json::from_str::<
        std::collections::BTreeMap<String, Box<serde_json::value::RawValue>>,
    >(line) else {
        return unreadable;
    };
    let side = |name: &str| serde_json::from_str::<Option<Object>>(members[name].get());
    let (Ok(old), Ok(new)) = (side("old"), side("new")) else {
        return unreadable;
    };
    match members["where"].get().parse::<Query>() {
        Ok(query) => lines::answer(query.outcome(old.as_ref(), new.as_ref())),
        Err(error) => json!({"error": error.kind().as_str()}),
    }
}
