//! The scenes of the LiveQuery guide, printed as they happen: `cargo run --example quickstart`.
//!
//! A payment page wants to know at once when a payment is made, changes, or is taken back. Each scene is one change
//! of an object, as a server would see it: the state before and the state after.

#![expect(
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "a program that prints, and scenes that read as they are told"
)]

use livematch::{CompileError, Query, classify};
use serde_json::{Value, json};

fn main() -> Result<(), CompileError> {
    println!("A subscription to payments of at least 100 that are confirmed:\n");
    let confirmed: Query = r#"{"status": "confirmed", "amount": {"$gte": 100}}"#.parse()?;
    show(
        &confirmed,
        "a confirmed payment of 250 is made",
        None,
        Some(payment("confirmed", 250)),
    );
    show(
        &confirmed,
        "its amount is corrected",
        Some(payment("confirmed", 250)),
        Some(payment("confirmed", 240)),
    );
    show(
        &confirmed,
        "it is disputed",
        Some(payment("confirmed", 240)),
        Some(payment("disputed", 240)),
    );
    show(
        &confirmed,
        "the dispute is settled",
        Some(payment("disputed", 240)),
        Some(payment("confirmed", 240)),
    );
    show(
        &confirmed,
        "the payment is deleted",
        Some(payment("confirmed", 240)),
        None,
    );
    show(
        &confirmed,
        "a small payment is made",
        None,
        Some(payment("confirmed", 5)),
    );

    println!("\nTwo queries joined by Parse.Query.or: `a` is missing, or it is the text 10:\n");
    let either: Query = r#"{"$or": [{"a": {"$exists": false}}, {"a": "10"}]}"#.parse()?;
    show(
        &either,
        "an object without `a` is made",
        None,
        Some(json!({"name": "first"})),
    );
    show(
        &either,
        "`a` becomes 9",
        Some(json!({"name": "first"})),
        Some(json!({"name": "first", "a": "9"})),
    );
    show(
        &either,
        "`a` becomes 10",
        Some(json!({"a": "9"})),
        Some(json!({"a": "10"})),
    );
    show(
        &either,
        "the name changes",
        Some(json!({"a": "10"})),
        Some(json!({"a": "10", "name": "second"})),
    );
    show(
        &either,
        "the object is deleted",
        Some(json!({"a": "10"})),
        None,
    );

    println!("\nA query that can never match says so, instead of staying silent:\n");
    let silent: Query = r#"{"winner": null}"#.parse()?;
    for warning in silent.warnings() {
        println!("  {warning}");
    }
    Ok(())
}

fn payment(status: &str, amount: u32) -> Value {
    json!({"status": status, "amount": amount})
}

/// Prints what a change means to a subscription.
fn show(query: &Query, scene: &str, old: Option<Value>, new: Option<Value>) {
    let event = classify(query, old.as_ref(), new.as_ref());
    let event = event.map_or("nothing is sent", |event| event.as_str());
    println!("  {scene:<36} {event}");
}
