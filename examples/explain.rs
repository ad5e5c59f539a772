//! Why an object matches, or does not, in three scenes: `cargo run --example explain`.
//!
//! What everybody asks of a live query sooner or later: why is my object not there, why is it there, and why does the list that
//! `find()` filled look otherwise.

#![expect(clippy::print_stdout, reason = "a program that prints")]

use livematch::{Comparison, CompileError, Dialect, FindOptions, Query};
use serde_json::json;

fn main() -> Result<(), CompileError> {
    println!("Why did nothing happen when the price fell?\n");
    let offers: Query = r#"{"status": "open", "price": {"$lt": 100}}"#.parse()?;
    let (before, after) = (
        json!({"status": "open", "price": 120}),
        json!({"status": "open", "price": 110}),
    );
    println!("{}\n", offers.explain_change(Some(&before), Some(&after)));

    println!("Why is somebody without a score among the beginners?\n");
    let beginners: Query = r#"{"score": {"$lt": 5}}"#.parse()?;
    println!("{}\n", beginners.explain(&json!({"name": "Ada"})));

    println!("Where would find() answer otherwise?\n");
    let find = Query::builder().dialect(Dialect::Find(FindOptions::new()));
    let clause = r#"{"tags": {"$ne": "sold"}}"#;
    let comparison = Comparison::compile_str(clause, &Query::builder(), &find);
    println!(
        "{}",
        comparison.compare(None, Some(&json!({"tags": ["new", "sold"]})))
    );
    Ok(())
}
