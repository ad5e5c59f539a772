//! Measures livematch for the yardstick; `run.mjs` beside this file runs it, interleaved with the others.
//!
//! ```text
//! yardstick data FOLDER SIZE…            write the workloads
//! yardstick single FOLDER                W1, one query at a time
//! yardstick many FOLDER SIZE SECONDS     W2, and what it costs that queries come and go
//! yardstick equality FOLDER SIZE SECONDS the part of W2 that other engines can express
//! yardstick dialects FOLDER              W1 in either dialect
//! yardstick dialects FOLDER SIZE SECONDS W2 in either dialect
//! yardstick messages FOLDER              W3, from bytes
//! yardstick equal FOLDER                 more subscribers of a query that is there already
//! yardstick worst NAME SECONDS           a case that an index could stumble over; `list` names them
//! yardstick churn FOLDER SIZE            half of the queries are replaced while changes come in
//! ```
//!
//! Each measurement is a line, `{"name": …, "value": …}`; times are in nanoseconds. Lines with `answers` say what
//! was answered, so that the engines can be compared.

mod answers;
mod churn;
mod clock;
mod data;
mod dialects;
mod equal;
mod many;
mod memory;
mod messages;
mod report;
mod single;
mod subscriptions;
mod worst;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use livematch_workload::{SEED, files};

type Fallible = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("yardstick: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Fallible {
    match *arguments {
        ["data", folder, ref sizes @ ..] => write(Path::new(folder), sizes),
        ["single", folder] => single::measure(&path(folder)),
        ["many", folder, size, seconds] => {
            many::measure(&path(folder), size.parse()?, "clauses", limit(seconds)?)
        }
        ["equality", folder, size, seconds] => {
            many::measure(&path(folder), size.parse()?, "equality", limit(seconds)?)
        }
        ["dialects", folder] => dialects::single(&path(folder)),
        ["dialects", folder, size, seconds] => {
            dialects::many(&path(folder), size.parse()?, limit(seconds)?)
        }
        ["messages", folder] => messages::measure(&path(folder)),
        ["equal", folder] => equal::measure(&path(folder)),
        ["worst", "list"] => {
            worst::list();
            Ok(())
        }
        ["worst", name, seconds] => worst::measure(name, limit(seconds)?),
        ["churn", folder, size] => churn::measure(&path(folder), size.parse()?),
        _ => Err("see the head of benches/yardstick/main.rs for the arguments".into()),
    }
}

fn write(folder: &Path, sizes: &[&str]) -> Fallible {
    files::write_small(folder, SEED)?;
    for size in sizes {
        files::write_many(folder, SEED, size.parse()?)?;
    }
    Ok(())
}

fn path(folder: &str) -> PathBuf {
    PathBuf::from(folder)
}

fn limit(seconds: &str) -> Result<Duration, Box<dyn Error>> {
    Ok(Duration::from_secs_f64(seconds.parse()?))
}
