//! The law of warnings: what never matches, or always, is said to; and what is said to is so.
//!
//! Clauses of one and two steps are enumerated, as the SDKs can build them: every operator with every kind of operand, and pairs of
//! them on one field and on two, side by side and in groups. Each is tried on objects drawn from its own fields and values, up to
//! [`OBJECTS`] of them or until one matches and one does not.
//!
//! `cargo test` takes one of some; `WARNING_LAW=1 cargo test --release --test suite warnings::law -- --nocapture` takes all, `WARNING_LAW=5`
//! one of five.
//!
//! What the law leaves out, each counted:
//!
//! - A pattern beside another pattern, a range, `$all` or `$containedBy`: whether some text satisfies both is not weighed.
//! - A shape beside another shape or one of these: neither is whether a place does.
//! - A circle beside anything: a list that begins with two numbers is a place, whatever else it has.
//! - A pattern on `createdAt`: whether the text of a date has it is not weighed.
//!
//! And what is not drawn: texts that read `[object Object]`, as which objects are compared; objects with the members of a GeoPoint
//! or File and without its type, which only an SDK's own instance equals.

mod clauses;
mod objects;

use livematch::{Effect, Level, Query, Verdict, Warning};
use serde_json::Value;

use self::clauses::{Asked, pairs, singles};
use self::objects::Drawer;

/// How many objects a clause is tried on before it is taken for one that never matches, or always.
const OBJECTS: usize = 2_000;

/// Which clauses `cargo test` takes: one of so many. Prime, so that it falls into step with nothing.
const SINGLES: usize = 7;
const PAIRS: usize = 31;

/// What is known or said of a clause: that it never matches, that it always does, that it faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Said {
    never: bool,
    always: bool,
    faults: bool,
}

/// What the warnings say of a clause, by how its parts combine.
fn said(clause: &Value, at: &str, warnings: &[Warning]) -> Said {
    let Some(fields) = clause.as_object() else {
        return Said::default();
    };
    let fields: Vec<_> = fields
        .iter()
        .map(|(key, value)| said_of_field(key, value, &format!("{at}/{key}"), warnings))
        .collect();
    all(&fields)
}

fn all(parts: &[Said]) -> Said {
    Said {
        never: parts.iter().any(|part| part.never),
        always: parts.iter().all(|part| part.always),
        faults: parts.iter().any(|part| part.faults),
    }
}

fn any(parts: &[Said]) -> Said {
    Said {
        never: parts.iter().all(|part| part.never),
        always: parts.iter().any(|part| part.always),
        faults: !parts.is_empty() && parts.iter().all(|part| part.faults),
    }
}

fn not(said: Said) -> Said {
    Said {
        never: said.always,
        always: said.never,
        faults: said.faults,
    }
}

fn said_of_field(key: &str, value: &Value, at: &str, warnings: &[Warning]) -> Said {
    let mut here = told_at(at, warnings);
    let Some(branches) = value.as_array().filter(|_| key.starts_with('$')) else {
        // What all operators together come to is told of the last.
        here.always |= warnings.iter().any(|warning| {
            warning.code() == "tautology" && warning.pointer().starts_with(&format!("{at}/"))
        });
        return or(here, said_of_operators(value, at, warnings));
    };
    let branches: Vec<_> = branches
        .iter()
        .enumerate()
        .map(|(index, branch)| {
            let at = format!("{at}/{index}");
            let told = told_at(&at, warnings);
            // Of a blank branch of `$nor` is told what becomes of the group.
            let told = if key == "$nor" { not(told) } else { told };
            or(told, said(branch, &at, warnings))
        })
        .collect();
    let combined = match key {
        "$or" => any(&branches),
        "$and" => all(&branches),
        "$nor" => not(any(&branches)),
        _ => Said::default(),
    };
    or(here, combined)
}

fn said_of_operators(value: &Value, at: &str, warnings: &[Warning]) -> Said {
    let Some(operators) = value.as_object() else {
        return Said::default();
    };
    let operators: Vec<_> = operators
        .keys()
        .map(|name| told_at(&format!("{at}/{name}"), warnings))
        .collect();
    if operators.is_empty() {
        return Said::default();
    }
    all(&operators)
}

fn or(a: Said, b: Said) -> Said {
    Said {
        never: a.never || b.never,
        always: a.always || b.always,
        faults: a.faults || b.faults,
    }
}

/// What is told of one place; hints say nothing here.
fn told_at(pointer: &str, warnings: &[Warning]) -> Said {
    let mut said = Said::default();
    let alarms = warnings.iter().filter(|warning| {
        warning.level() > Level::Hint && warning.pointer().replace("~1", "/") == pointer
    });
    for warning in alarms {
        match warning.effect() {
            Effect::NeverMatches => said.never = true,
            // What is ignored asks for nothing.
            Effect::AlwaysMatches | Effect::Ignored => said.always = true,
            Effect::Faults => said.faults = true,
            _ => {}
        }
    }
    said
}

/// What was seen of a clause: an object that matches, and one that does not.
#[derive(Default)]
struct Seen {
    matches: Option<Value>,
    fails: Option<Value>,
}

fn seen(query: &Query, asked: &Asked, nth: u64) -> Seen {
    let mut seen = Seen::default();
    let mut drawer = Drawer::new(asked, nth);
    for _ in 0..OBJECTS {
        let object = drawer.object();
        match query.verdict(&object) {
            Verdict::Match => seen.matches = Some(object),
            Verdict::NoMatch => seen.fails = Some(object),
            _ => {}
        }
        if seen.matches.is_some() && seen.fails.is_some() {
            break;
        }
    }
    seen
}

/// Why a clause breaks the law, if it does.
fn broken(asked: &Asked, nth: u64) -> Option<String> {
    let query: Query = match asked.clause.parse() {
        Ok(query) => query,
        Err(error) => return Some(format!("{}: {error}", asked.clause)),
    };
    let warnings = query.warnings();
    let clause: Value = serde_json::from_str(&asked.clause).expect("a clause");
    let said = said(&clause, "", &warnings);
    let seen = seen(&query, asked, nth);
    let wrong = match (seen.matches.is_some(), seen.fails.is_some()) {
        (false, _) if !said.never && !said.faults => "never matches and is not said to",
        (true, false) if !said.always && !said.faults => "always matches and is not said to",
        (true, _) if said.never => "matches and is said never to",
        (_, true) if said.always => "does not always match and is said to",
        (true, true) if said.faults => "matches and does not, and is said to fault",
        _ => return None,
    };
    let warnings: Vec<_> = warnings
        .iter()
        .filter(|warning| warning.level() > Level::Hint)
        .map(|warning| format!("{} {}", warning.pointer(), warning.code()))
        .collect();
    let shown = [seen.matches, seen.fails].map(|object| object.map(|object| object.to_string()));
    Some(format!("{} {wrong}: {warnings:?}, {shown:?}", asked.clause))
}

#[track_caller]
fn check(asked: impl Iterator<Item = Asked>, least: usize) {
    let (mut tried, mut left_out, mut broken_ones) = (0, 0, Vec::new());
    for (asked, nth) in asked.zip(0..) {
        if asked.is_left_out() {
            left_out += 1;
            continue;
        }
        tried += 1;
        broken_ones.extend(broken(&asked, nth));
    }
    eprintln!("{tried} clauses, {left_out} left out");
    assert!(tried >= least, "only {tried} clauses");
    assert!(
        broken_ones.is_empty(),
        "{} of {tried} break the law:\n{}",
        broken_ones.len(),
        broken_ones.join("\n")
    );
}

/// One clause of so many is taken.
fn stride(usual: usize) -> usize {
    match std::env::var("WARNING_LAW") {
        Ok(stride) => stride.parse().expect("WARNING_LAW is a number"),
        Err(_) => usual,
    }
}

#[test]
fn one_step_says_what_it_never_or_always_does() {
    let stride = stride(SINGLES);
    check(singles().step_by(stride), 3_000 / stride);
}

#[test]
fn two_steps_say_what_they_never_or_always_do() {
    let stride = stride(PAIRS);
    check(pairs().step_by(stride), 15_000 / stride);
}
