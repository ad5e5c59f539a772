//! Reads what `yardstick data` has written.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use livematch::{FieldSet, Object};
use livematch_workload::Change;
use serde_json::Value;
use serde_json::value::RawValue;

/// The two sides of a change.
#[derive(Debug)]
pub(crate) struct Sides {
    pub(crate) old: Option<Object>,
    pub(crate) new: Option<Object>,
}

impl Sides {
    /// Reads the fields that are kept.
    pub(crate) fn read(change: &Change, keep: &FieldSet) -> Result<Self, serde_json::Error> {
        let object = |json: &String| Object::from_slice(json.as_bytes(), keep);
        let side = |json: &Option<String>| json.as_ref().map(object).transpose();
        Ok(Self {
            old: side(&change.old)?,
            new: side(&change.new)?,
        })
    }

    pub(crate) fn old_object(&self) -> Option<&Object> {
        self.old.as_ref()
    }

    pub(crate) fn new_object(&self) -> Option<&Object> {
        self.new.as_ref()
    }
}

/// A file of W2.
pub(crate) fn file(folder: &Path, size: u32, what: &str) -> PathBuf {
    folder.join(format!("many-{size}.{what}.jsonl"))
}

/// Hands each line to a visitor, in memory that is used again.
pub(crate) fn each_line(
    path: &Path,
    mut visit: impl FnMut(&str) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut line = String::new();
    while file.read_line(&mut line)? > 0 {
        visit(line.trim_end())?;
        line.clear();
    }
    Ok(())
}

pub(crate) fn lines(path: &Path) -> io::Result<Vec<String>> {
    BufReader::new(File::open(path)?).lines().collect()
}

/// The changes of a file, each side as it is written.
pub(crate) fn changes(path: &Path) -> Result<Vec<Change>, Box<dyn Error>> {
    let mut changes = Vec::new();
    each_line(path, |line| {
        let mut sides: std::collections::BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(line)?;
        let mut side = |name| {
            let json = sides.remove(name).map(|side| side.get().to_owned());
            json.filter(|json| json != "null")
        };
        changes.push(Change {
            old: side("old"),
            new: side("new"),
        });
        Ok(())
    })?;
    Ok(changes)
}

/// W1: the names and clauses of the queries, and the objects.
pub(crate) type Single = (Vec<(String, String)>, Vec<String>);

/// Reads W1.
pub(crate) fn single(folder: &Path) -> Result<Single, Box<dyn Error>> {
    #[derive(serde::Deserialize)]
    struct File {
        queries: Vec<Named>,
        objects: Vec<Box<RawValue>>,
    }
    #[derive(serde::Deserialize)]
    struct Named {
        name: String,
        #[serde(rename = "where")]
        clause: Box<RawValue>,
    }
    let text = std::fs::read_to_string(folder.join("single.json"))?;
    let file: File = serde_json::from_str(&text)?;
    let queries = file.queries.into_iter();
    let queries = queries.map(|named| (named.name, named.clause.get().to_owned()));
    let objects = file.objects.iter().map(|json| json.get().to_owned());
    Ok((queries.collect(), objects.collect()))
}

/// A text as `serde_json` reads it.
pub(crate) fn value(json: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(json)
}
