//! The recorded table of patterns: what Node answers to each of them on each text, from every engine that can.

use livematch::PatternEdition;
use livematch::pattern_testing::{Probe, Refusal};
use serde_json::Value;

use super::lines::{data, read};

/// A text as its UTF-16 units: a JSON string, or a list of units where it is no valid text.
fn units(text: &Value) -> Vec<u16> {
    match text {
        Value::String(text) => text.encode_utf16().collect(),
        list => serde_json::from_value(list.clone()).expect("a list of units"),
    }
}

#[test]
fn patterns_answer_as_javascript_does() {
    let lines = read(&data("patterns.jsonl"));
    assert!(lines.len() > 1_900, "only {} patterns", lines.len());
    let mut faults = Vec::new();
    for line in &lines {
        let (pattern, flags) = (line.value("pattern"), line.text("flags"));
        let probe = Probe::new(&units(&pattern), &flags, PatternEdition::Es2025);
        let is_invalid = line.value("error") == true;
        match probe {
            Err(Refusal::Invalid) if is_invalid => {}
            Ok(probe) if !is_invalid => {
                for (texts, expected) in [("yes", true), ("no", false)] {
                    let texts = line.value(texts);
                    for text in texts.as_array().into_iter().flatten() {
                        check(&probe, &flags, &pattern, text, expected, &mut faults);
                    }
                }
            }
            other => faults.push(format!(
                "{pattern} {flags:?}: {:?}",
                other.map(|_| "accepted")
            )),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn check(
    probe: &Probe,
    flags: &str,
    pattern: &Value,
    text: &Value,
    expected: bool,
    faults: &mut Vec<String>,
) {
    let units = units(text);
    let mut answers = vec![("pattern".to_owned(), probe.answer(&units))];
    let engines = probe.answers(&units).into_iter();
    answers.extend(engines.map(|(route, answer)| (format!("{route:?}"), Some(answer))));
    for (route, answer) in answers {
        if answer != Some(expected) {
            faults.push(format!(
                "{pattern} {flags:?} on {text} by {route}: {answer:?}"
            ));
        }
    }
}

#[test]
fn the_earlier_edition_refuses_what_is_new() {
    let lines = read(&data("patterns.jsonl"));
    for line in &lines {
        let (pattern, flags) = (line.value("pattern"), line.text("flags"));
        let probe = Probe::new(&units(&pattern), &flags, PatternEdition::Es2023);
        let is_valid = line.value("edition").is_null() && line.value("error").is_null();
        assert_eq!(probe.is_ok(), is_valid, "{pattern} {flags:?}");
    }
}
