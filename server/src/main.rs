//! A LiveQuery server for Parse, on the matching engine livematch.
#![forbid(unsafe_code)]

// The modules stand in the order in which data meets them.

// What the server is asked to be …
mod listen;
mod options;
mod server;
mod state;

// … what all of it may cost, and who waits for whom …
mod accounting;
mod excerpt;
mod turns;

// … what clients say, and subscribe to …
mod clauses;
mod complexity;
mod dialects;
mod protocol;
mod registry;
mod schemas;
mod socket;
mod warnings;

// … where changes come from, and whom they may concern …
mod feed;
mod matching;
mod publication;
mod publish;

// … who may see them, and hears of it.
mod access;
mod delivery;
mod rights;

// What the operator hears.
mod admin;
mod checks;
mod health;
mod log;
mod metrics;

use std::process::ExitCode;

use crate::options::Options;

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::read();
    let _log = match log::start(&options.log) {
        Ok(log) => log,
        Err(error) => {
            log::complain(&format!("--log: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match server::run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the server cannot run");
            ExitCode::FAILURE
        }
    }
}
