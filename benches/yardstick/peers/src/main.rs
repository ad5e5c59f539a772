//! Measures other engines on the queries of W2 that ask for equality only.
//!
//! `yardstick-peers quamina|a-tree FOLDER SIZE SECONDS` prints the same lines as `yardstick equality`. Inserting
//! is given up after a minute. Sorting out the events of the two sides is not counted against them.

mod a_tree;
mod clause;
mod engine;
mod measure;
mod quamina;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("yardstick-peers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let &[name, folder, size, seconds] = arguments else {
        return Err("expected ENGINE FOLDER SIZE SECONDS".into());
    };
    let limit = Duration::from_secs_f64(seconds.parse()?);
    let run = measure::Run::new(Path::new(folder), name, size.parse()?, limit);
    match name {
        "quamina" => run.measure(quamina::Engine::new()),
        "a-tree" => run.measure(a_tree::Engine::new()?),
        _ => Err("expected quamina or a-tree".into()),
    }
}
