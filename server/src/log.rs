//! The log, on standard error.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::options::{LogFormat, LogOptions};

/// Starts logging what the options ask for.
pub(crate) fn start(options: &LogOptions) -> Result<(), ParseError> {
    let filter = EnvFilter::builder().parse(&options.log)?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal());
    match options.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
