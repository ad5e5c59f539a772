//! The workloads as files, so that every engine is measured on the same bytes.
//!
//! | file | holds |
//! |---|---|
//! | `single.json` | W1: `{"queries": [{"name", "where"}], "objects": […], "updated": […]}` |
//! | `many-N.clauses.jsonl` | W2: a clause in each line |
//! | `many-N.equality.jsonl` | those of the clauses that ask for equality only |
//! | `many-N.changes.jsonl` | W2: `{"old": …, "new": …}` in each line |
//! | `many-N.warmup.jsonl` | other changes of the same sort, to warm up with |
//! | `messages.jsonl` | W3: a message in each line |

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::json::{list, object, text};
use crate::{Change, many, messages, single};

/// Changes to warm up with.
const WARM_UP: usize = 500;

/// Writes W1 and W3.
///
/// # Errors
///
/// Those of the file system.
pub fn write_small(folder: &Path, seed: u64) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(
        folder.join("single.json"),
        single_json(&single::workload(seed)),
    )?;
    write_lines(&folder.join("messages.jsonl"), messages::messages(seed))
}

/// Writes W2 for a number of queries.
///
/// # Errors
///
/// Those of the file system.
pub fn write_many(folder: &Path, seed: u64, queries: u32) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let file = |what: &str| folder.join(format!("many-{queries}.{what}.jsonl"));
    let clauses: Vec<_> = many::clauses(seed, queries).collect();
    let equality = clauses.iter().filter(|clause| clause.is_equality());
    write_lines(&file("clauses"), clauses.iter().map(|clause| &clause.text))?;
    write_lines(&file("equality"), equality.map(|clause| &clause.text))?;
    let lines = |seed, count| many::changes(seed, queries).take(count).map(change_json);
    write_lines(&file("changes"), lines(seed, many::CHANGES))?;
    write_lines(&file("warmup"), lines(seed + 1, WARM_UP))
}

fn write_lines<T: AsRef<str>>(path: &Path, lines: impl Iterator<Item = T>) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for line in lines {
        writeln!(file, "{}", line.as_ref())?;
    }
    file.flush()
}

fn single_json(workload: &single::Single) -> String {
    let queries = workload.queries.iter().map(|query| {
        let name = text(query.name);
        object([("name", name), ("where", query.clause.clone())])
    });
    object([
        ("queries", list(queries)),
        ("objects", list(&workload.objects)),
        ("updated", list(&workload.updated)),
    ])
}

fn change_json(change: Change) -> String {
    let side = |side: Option<String>| side.unwrap_or_else(|| "null".to_owned());
    object([("old", side(change.old)), ("new", side(change.new))])
}
