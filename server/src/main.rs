//! A LiveQuery server for Parse, on the matching engine livematch.
#![forbid(unsafe_code)]

// The modules stand in the order in which data meets them.

// What the server is asked to be …
mod listen;
mod options;
mod server;
mod state;

// … what clients cost, and who pays for it …
mod accounting;

// … where changes come from …
mod feed;

// … how they are matched, and to whom they matter …
mod dispatch;
mod publication;
mod registry;

// … who may see them …
mod access;
mod complexity;
mod rights;
mod warnings;

// … and how clients hear of it.
mod protocol;
mod socket;

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
