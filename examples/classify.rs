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
//! `--strict` refuses clauses with warnings. `--dialect find` answers as `Parse.Query.find()` does; a line may choose by
//! `"dialect": "find"|"livequery"`, say what the class holds by `"schema": {"field": {"type": "Pointer", "targetClass": …}}`,
//! at which moment it is asked by `"now": "2024-06-01T12:00:00.000Z"`, and `"legacyDottedNull": false`.
//!
//! `--explain` adds to the answer why each side is what it is, in the order of evaluation; a side that is null is null there too:
//!
//! ```text
//! {"old": …, "new": …, "event": …, "explain": {"old": {"verdict": true|false|"fault", "text": …, "omitted": 0, "tested": [
//!   {"pointer": "/score/$gt", "operator": "$gt", "expected": …, "found": 1, "held": false, "decisive": true, "surprise": …, "note": …}
//! ]}, "new": …}}
//! ```
//!
//! `held` is true, false, `"fault"`, or null where the constraint was not reached. `found` is the value at the path itself;
//! `{"missing": true}` where nothing stands there; `{"cut": "…"}`, the beginning of its JSON, where that is long; and null where nobody
//! looked. A value that reads like one of these, an object whose only member is called `missing`, `cut` or `value`, is put into
//! `{"value": …}`. `text` is one line for people. `surprise` and `note` tell the oddity of the dialect to which a decisive constraint
//! owes its answer, or are null.
//!
//! `--messages QUERIES.jsonl` reads messages as Parse Server publishes them
//! instead, `{"op": "afterSave"|"afterDelete", "message": {…}}` a line, matches each against the queries of its class
//! (`{"id": …, "className": …, "where": …}` a line of the file), and answers `{"events": [{"id": …, "event": …}]}` or
//! `{"lost": "why"}`.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use livematch::{
    Change, ChangeError, ChangeErrorKind, ChangeKind, ClassSchema, CompileError, Dialect,
    Explanation, FieldType, FindOptions, Object, Outcome, Query, QueryBuilder, UnknownChangeKind,
    Verdict,
};
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
    let mut builder = Query::builder().strict(options.strict);
    if options.find {
        builder = builder.dialect(Dialect::Find(FindOptions::new()));
    }
    match &options.messages {
        Some(file) => {
            let queries = Subscription::read_all(file, &builder)?;
            answer_lines(|line| message(&queries, line))
        }
        None => answer_lines(|line| change(&builder, &options, line)),
    }
}

/// What the command line says.
#[derive(Default)]
struct Options {
    strict: bool,
    /// Whether the dialect is `find`, unless a line says otherwise.
    find: bool,
    /// Whether answers say why.
    explain: bool,
    /// The file of queries, if messages are read.
    messages: Option<String>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--strict" => options.strict = true,
                "--explain" => options.explain = true,
                "--dialect" => {
                    let dialect = arguments.next().ok_or("--dialect needs a name")?;
                    options.find = is_find(&dialect)?;
                }
                "--messages" => {
                    options.messages = Some(arguments.next().ok_or("--messages needs a file")?);
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
fn answer_lines(mut answer: impl FnMut(&str) -> String) -> Result<(), Box<dyn Error>> {
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

fn is_find(dialect: &str) -> Result<bool, String> {
    match dialect {
        "find" => Ok(true),
        "livequery" => Ok(false),
        other => Err(format!(
            "expected the dialect find or livequery and not {other}"
        )),
    }
}

fn change(builder: &QueryBuilder, options: &Options, line: &str) -> String {
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
    let (builder, moment) = match (dialect(builder, options.find, &members), moment(&members)) {
        (Ok(builder), Ok(moment)) => (builder, moment),
        (Err(error), _) | (_, Err(error)) => return unreadable(&error),
    };
    match builder.compile_str(clause.get()) {
        Ok(query) => {
            let query = moment.map_or(query.clone(), |moment| query.at(moment));
            let explained = options
                .explain
                .then(|| explained(&query, old.as_ref(), new.as_ref()));
            answered(query.outcome(old.as_ref(), new.as_ref()), explained)
        }
        Err(error) => refused(&error),
    }
}

/// The builder for the dialect that a line asks for.
fn dialect(builder: &QueryBuilder, find: bool, members: &Line) -> Result<QueryBuilder, String> {
    let find = match text(members, "dialect")? {
        Some(name) => is_find(&name)?,
        None => find,
    };
    if !find {
        return Ok(builder.clone().dialect(Dialect::LiveQuery));
    }
    let mut options = FindOptions::new();
    if let Some(schema) = members.get("schema") {
        options = options.schema(schema_of(schema)?);
    }
    if let Some(legacy) = members.get("legacyDottedNull") {
        options = options.legacy_dotted_null(legacy.get() != "false");
    }
    Ok(builder.clone().dialect(Dialect::Find(options)))
}

fn text(members: &Line, name: &str) -> Result<Option<String>, String> {
    let read = |member: &RawValue| serde_json::from_str(member.get());
    let text = members.get(name).map(|member| read(member)).transpose();
    text.map_err(|error| format!("the member {name}: {error}"))
}

fn schema_of(schema: &RawValue) -> Result<ClassSchema, String> {
    let fields: BTreeMap<String, Value> =
        serde_json::from_str(schema.get()).map_err(|error| error.to_string())?;
    let mut read = ClassSchema::new();
    for (name, field) in fields {
        let part = |key: &str| field.get(key).and_then(Value::as_str);
        let holds = FieldType::from_name(part("type").unwrap_or_default(), part("targetClass"));
        let holds = holds.ok_or_else(|| format!("expected a type of the field {name}"))?;
        read = read.field(name, holds);
    }
    Ok(read)
}

/// The moment at which a line is asked.
fn moment(members: &Line) -> Result<Option<SystemTime>, String> {
    let Some(now) = text(members, "now")? else {
        return Ok(None);
    };
    let moment = now.parse::<chrono::DateTime<chrono::Utc>>();
    let moment = moment.map_err(|error| format!("the member now: {error}"))?;
    let ms = moment.timestamp_millis();
    let span = Duration::from_millis(ms.unsigned_abs());
    Ok(if ms < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(span)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(span)
    })
}

fn side(members: &Line, name: &str) -> Result<Option<Object>, serde_json::Error> {
    match members.get(name) {
        Some(object) => serde_json::from_str(object.get()),
        None => Ok(None),
    }
}

/// Why each side is what it is.
fn explained(query: &Query, old: Option<&Object>, new: Option<&Object>) -> String {
    let change = query.explain_change(old, new);
    let side = |explanation: Option<&Explanation>| {
        let mut side = json!(explanation);
        if let Some(explanation) = explanation {
            // As the answer says it of this side.
            side["verdict"] = side_answer(Some(explanation.verdict()));
        }
        side
    };
    let (old, new) = (change.old_explanation(), change.new_explanation());
    json!({"old": side(old), "new": side(new)}).to_string()
}

fn answered(outcome: Outcome, explained: Option<String>) -> String {
    let (old, new) = (
        side_answer(outcome.old_verdict()),
        side_answer(outcome.new_verdict()),
    );
    let event = outcome
        .event()
        .map_or("null".to_owned(), |event| format!("\"{event}\""));
    let explain = explained.map_or(String::new(), |explained| {
        format!(r#","explain":{explained}"#)
    });
    format!(r#"{{"old":{old},"new":{new},"event":{event}{explain}}}"#)
}

fn side_answer(verdict: Option<Verdict>) -> Value {
    match verdict {
        None => Value::Null,
        Some(Verdict::Match) => true.into(),
        Some(Verdict::NoMatch) => false.into(),
        Some(other) => other.as_str().into(),
    }
}

/// A query that messages are matched against.
struct Subscription {
    id: Value,
    class_name: String,
    query: Query,
}

impl Subscription {
    fn read_all(file: &str, builder: &QueryBuilder) -> Result<Vec<Self>, Box<dyn Error>> {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        let lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty());
        let read = |(at, line)| {
            Self::read(line, builder)
                .map_err(|error| format!("{file}, line {}: {error}", at + 1).into())
        };
        lines.map(read).collect()
    }

    fn read(line: &str, builder: &QueryBuilder) -> Result<Self, Box<dyn Error>> {
        let members: Line = serde_json::from_str(line)?;
        let member = |name: &str| {
            members
                .get(name)
                .ok_or_else(|| format!("expected a member {name}"))
        };
        Ok(Self {
            id: serde_json::from_str(member("id")?.get())?,
            class_name: serde_json::from_str(member("className")?.get())?,
            query: builder.compile_str(member("where")?.get())?,
        })
    }
}

fn message(subscriptions: &[Subscription], line: &str) -> String {
    match read_message(line) {
        Ok(Ok(change)) => {
            let of_class = subscriptions
                .iter()
                .filter(|subscription| subscription.class_name == change.class_name());
            let events = of_class.filter_map(|subscription| {
                let outcome = subscription
                    .query
                    .outcome(change.old_object(), change.new_object());
                Some(json!({"id": subscription.id, "event": outcome.event()?.as_str()}))
            });
            json!({"events": events.collect::<Vec<_>>()}).to_string()
        }
        // Nobody can have subscribed to a class that is no text.
        Ok(Err(lost)) if lost.kind() == ChangeErrorKind::NoClass => {
            json!({"events": []}).to_string()
        }
        Ok(Err(lost)) => json!({"lost": lost.to_string()}).to_string(),
        Err(error) => unreadable(&error),
    }
}

/// A line of a channel: the outer error is a line that is none, the inner one a message that is lost.
fn read_message(line: &str) -> Result<Result<Change, ChangeError>, String> {
    let members: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let member = |name: &str| {
        members
            .get(name)
            .ok_or_else(|| format!("expected a member {name}"))
    };
    let op: String =
        serde_json::from_str(member("op")?.get()).map_err(|error| error.to_string())?;
    let kind: ChangeKind = op
        .parse()
        .map_err(|error: UnknownChangeKind| error.to_string())?;
    Ok(Change::from_json(kind, member("message")?.get()))
}

fn unreadable(error: &dyn std::fmt::Display) -> String {
    error_line("json", "", &error.to_string())
}

fn refused(error: &CompileError) -> String {
    error_line(error.kind().as_str(), error.pointer(), error.message())
}

fn error_line(kind: &str, pointer: &str, message: &str) -> String {
    json!({"error": {"kind": kind, "pointer": pointer, "message": message}}).to_string()
}
