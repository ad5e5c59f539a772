//! Measurements as lines of JSON.

use serde_json::{Value, json};

/// Prints a measurement.
pub(crate) fn value(name: &str, value: f64) {
    line(&json!({"name": name, "value": value}));
}

/// Prints what was answered.
pub(crate) fn answers(name: &str, answers: &Value) {
    line(&json!({"name": name, "answers": answers}));
}

#[expect(clippy::print_stdout, reason = "the output of a program")]
pub(crate) fn line(line: &Value) {
    println!("{line}");
}
