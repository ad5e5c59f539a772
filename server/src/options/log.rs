//! What is logged, and how.

use clap::{Args, ValueEnum};

/// What is logged, and how.
#[derive(Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogOptions {
    /// What to log: error, warn, info, debug, trace, or a filter such as info,livematch_server=debug.
    #[arg(long, value_name = "FILTER", default_value = "info")]
    pub(crate) log: String,

    /// How to write the log on standard error.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) log_format: LogFormat,
}

/// A form of log lines.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
