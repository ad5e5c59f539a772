//! Case files: one JSON object a line, its members kept as they are written, since key order means something.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use livematch::{CompileError, Object, Outcome, Query, Verdict};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// One case.
pub(crate) struct Line {
    members: BTreeMap<String, Box<RawValue>>,
}

impl Line {
    pub(crate) fn parse(text: &str) -> Self {
        let members = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        Self { members }
    }

    pub(crate) fn id(&self) -> String {
        self.text("id")
    }

    /// A member as it is written.
    pub(crate) fn raw(&self, name: &str) -> Option<&str> {
        self.members.get(name).map(|member| member.get())
    }

    pub(crate) fn value(&self, name: &str) -> Value {
        self.raw(name).map_or(Value::Null, |raw| {
            serde_json::from_str(raw).expect("a JSON value")
        })
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.value(name).as_str().expect("a text").to_owned()
    }

    /// An object, or nothing where the member is null or not there.
    pub(crate) fn object(&self, name: &str) -> Option<Object> {
        serde_json::from_str(self.raw(name)?).expect("an object or null")
    }

    /// The objects of the change that are there.
    pub(crate) fn sides(&self) -> impl Iterator<Item = Object> {
        let sides = ["old", "new"].into_iter();
        sides.filter_map(|name| self.object(name))
    }

    pub(crate) fn query(&self) -> Result<Query, CompileError> {
        self.raw("where").expect("a clause").parse()
    }

    /// The outcome for both sides.
    pub(crate) fn outcome(&self, query: &Query) -> Outcome {
        query.outcome(self.object("old").as_ref(), self.object("new").as_ref())
    }
}

/// An outcome in the words of the recorded answers, which are those of the classify tool.
pub(crate) fn answer(outcome: Outcome) -> Value {
    json!({
        "old": outcome.old_verdict().map(word),
        "new": outcome.new_verdict().map(word),
        "event": outcome.event().map(livematch::Event::as_str),
    })
}

fn word(verdict: Verdict) -> Value {
    match verdict {
        Verdict::Match => json!(true),
        Verdict::NoMatch => json!(false),
        other => json!(other.as_str()),
    }
}

pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

pub(crate) fn read(path: &Path) -> Vec<Line> {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines()
        .filter(|line| !line.is_empty())
        .map(Line::parse)
        .collect()
}

/// The lines of all files of a folder, in the order of their names.
pub(crate) fn read_all(folder: &str) -> Vec<Line> {
    let folder = fs::read_dir(data(folder)).expect("a folder of cases");
    let entries = folder.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = entries.collect();
    files.sort();
    files.iter().flat_map(|file| read(file)).collect()
}

/// Runs a check over cases and reports all that fail at once.
#[track_caller]
pub(crate) fn check_all(lines: &[Line], least: usize, check: impl Fn(&Line) -> Result<(), String>) {
    assert!(
        lines.len() >= least,
        "only {} cases were found, {least} were expected",
        lines.len()
    );
    let faults: Vec<String> = lines
        .iter()
        .filter_map(|line| {
            check(line)
                .err()
                .map(|fault| format!("{}: {fault}", line.id()))
        })
        .collect();
    assert!(
        faults.is_empty(),
        "{} of {} failed:\n{}",
        faults.len(),
        lines.len(),
        faults.join("\n")
    );
}
