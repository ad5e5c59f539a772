//! What the warnings of a clause say of the whole of it.

use livematch::{Effect, Level, Warning};
use serde_json::Value;

/// What is said of a part: which answers it never gives. What always faults gives neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) never: bool,
    /// It always matches, or faults.
    pub(super) always: bool,
    /// It faults for some values, and gives one answer for all others.
    pub(super) faults: bool,
}

/// What the warnings say of a clause, by how its parts combine.
pub(super) fn said(clause: &Value, at: &str, warnings: &[Warning]) -> Said {
    let Some(fields) = clause.as_object() else {
        return Said::default();
    };
    let fields: Vec<_> = fields
        .iter()
        .map(|(key, value)| said_of_field(key, value, &format!("{at}/{key}"), warnings))
        .collect();
    all(&fields)
}

/// In whatever order: `serde_json` need not keep that of the text.
fn all(parts: &[Said]) -> Said {
    Said {
        never: parts.iter().any(|part| part.never),
        always: parts.iter().all(|part| part.always),
        faults: parts.iter().any(|part| part.faults),
    }
}

/// They are asked one after another until one matches.
fn any(parts: &[Said]) -> Said {
    let before = parts.iter().position(|part| part.always);
    let asked = before.map_or(parts, |at| &parts[..=at]);
    Said {
        never: asked.iter().all(|part| part.never),
        always: before.is_some(),
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
    let here = told_at(at, warnings);
    let Some(branches) = value.as_array().filter(|_| key.starts_with('$')) else {
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
    let operators = value.as_object().filter(|operators| !operators.is_empty());
    let Some(operators) = operators else {
        return Said::default();
    };
    let told: Vec<_> = operators
        .keys()
        .map(|name| told_at(&format!("{at}/{name}"), warnings))
        .collect();
    let mut said = all(&told);
    // What all operators together come to is told of one.
    let within = format!("{at}/");
    let of_all = |warning: &&Warning| {
        let code = warning.code();
        matches!(code, "contradiction" | "tautology" | "always-faults")
            && warning.pointer().starts_with(&within)
    };
    for warning in warnings.iter().filter(of_all) {
        said = or(said, effect(warning));
    }
    said
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
    let alarms = warnings.iter().filter(|warning| {
        warning.level() > Level::Hint && warning.pointer().replace("~1", "/") == pointer
    });
    alarms.map(effect).fold(Said::default(), or)
}

fn effect(warning: &Warning) -> Said {
    let mut said = Said::default();
    match warning.effect() {
        Effect::NeverMatches => said.never = true,
        // What is ignored asks for nothing.
        Effect::AlwaysMatches | Effect::Ignored => said.always = true,
        Effect::Faults if warning.code() == "always-faults" => {
            (said.never, said.always) = (true, true);
        }
        Effect::Faults => said.faults = true,
        _ => {}
    }
    said
}
