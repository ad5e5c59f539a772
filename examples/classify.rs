//! Classifies changes read from standard input, one JSON line each, and answers one line each, in order.
//!
//! ```text
//! {"where": …, "old": …|null, "new": …|null}
//! {"old": true|false|"fault"|null, "new": …, "event": "create"|"enter"|"update"|"leave"|"delete"|null}
//! ```
//!
//! A clause that does not compile, or a line that is not such JSON, is answered by
//! `{"error": {"kind": …, "pointer": …, "message": …}}`. Other members of a line are ignored.
//!
//! ```sh
//! echo '{"where":{"score":{"$gt":5}},"old":{"score":1},"new":{"score":9}}' | cargo run --example classify
//! ```
//!
//! `--strict` refuses clauses with warnings. `--messages QUERIES.jsonl` reads messages as Parse Server publishes them
//! instead, `{"op": "afterSave"|"afterDelete", "message": {…}}` a line, matches each against the queries of its class
//! (`{"id": …, "className": …, "where": …}` a line of the file), and answers `{"events": [{"id": …, "event": …}]}` or
//! `{"lost": "why"}`.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use livematch::{CompileError, Object, Query, QueryBuilder, Verdict};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// The members of a line, each as it is written: the order of keys means something.
type Line = BTreeMap<String, Box<RawValue>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("classify: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let options = Options::read(std::env::args().skip(1))?;
    let builder = Query::builder().strict(options.strict);
    answer_lines(|line| change(&builder, line))
}

/// What the command line says.
#[derive(Default)]
struct Options {
    strict: bool,
    /// The file of queries, if messages are read.
    messages: Option<String>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--strict" => options.strict = true,
                "--messages" => {
                    options.messages = Some(arguments.next().ok_or("--messages needs a file")?)
                }
                other => {
                    return Err(format!(
                        "unknown argument {other}; see the head of examples/classify.rs"
                    )
                    .into());
                }
            }
        }
        Ok(options)
    }
}

/// Answers each line of standard input by a line that is written at once.
fn answer_lines(mut answer: impl FnMut(&str) -> Value) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let answered = match std::str::from_utf8(&line) {
            Ok(text) => answer(text.trim_end_matches(['\n', '\r'])),
            Err(error) => unreadable(&error),
        };
        writeln!(out, "{answered}")?;
        out.flush()?;
        line.clear();
    }
    Ok(())
}

fn change(builder: &QueryBuilder, line: &str) -> Value {
    let members: Line = match serde_json::from_str(line) {
        Ok(members) => members,
        Err(error) => return unreadable(&error),
    };
    let Some(clause) = members.get("where") else {
        return unreadable(&"expected a member where");
    };
    let (old, new) = match (side(&members, "old"), side(&members, "new")) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(error), _) | (_, Err(error)) => return unreadable(&error),
    };
    match builder.compile_str(clause.get()) {
        Ok(query) => {
            let outcome = query.outcome(old.as_ref(), new.as_ref());
            json!({
                "old": outcome.before().map(verdict),
                "new": outcome.after().map(verdict),
                "event": outcome.event().map(|event| event.as_str()),
            })
        }
        Err(error) => refused(&error),
    }
}

fn side(members: &Line, name: &str) -> Result<Option<Object>, serde_json::Error> {
    match members.get(name) {
        Some(object) => serde_json::from_str(object.get()),
        None => Ok(None),
    }
}

fn verdict(verdict: Verdict) -> Value {
    match verdict {
        Verdict::Match => json!(true),
        Verdict::NoMatch => json!(false),
        Verdict::Fault => json!("fault"),
    }
}

fn unreadable(error: &dyn std::fmt::Display) -> Value {
    json!({"error": {"kind": "json", "pointer": "", "message": error.to_string()}})
}

fn refused(error: &CompileError) -> Value {
    json!({"error": {"kind": error.kind().as_str(), "pointer": error.pointer(), "message": error.message()}})
}
