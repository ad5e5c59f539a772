//! What the command line and the environment ask for. Each group of options is a file of its own.

mod access;
mod admin;
mod class;
mod dialect;
mod feed;
mod limits;
mod listen;
mod log;
mod values;

pub(crate) use self::access::AccessOptions;
pub(crate) use self::admin::{AdminListen, AdminOptions};
pub(crate) use self::dialect::{DialectName, DialectOptions};
pub(crate) use self::feed::{FeedOptions, PublishFrom};
pub(crate) use self::limits::LimitOptions;
#[cfg(test)]
pub(crate) use self::listen::Network;
pub(crate) use self::listen::{ClientAddressFrom, HostPort, ListenOptions};
pub(crate) use self::log::{LogFormat, LogOptions};

use clap::{Command, CommandFactory, FromArgMatches, Parser};

/// A LiveQuery server for Parse: tells clients over WebSocket when an object begins, goes on, or ceases to match
/// what they subscribed to.
///
/// Without options it listens on 127.0.0.1:1337 and takes changes on POST /publish. With --redis-url it takes
/// them from the Redis that Parse Server publishes to, and with --parse-url it asks Parse Server who a client is.
#[derive(Parser)]
#[command(version, max_term_width = 100, after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// The id of the Parse application; it names the channels on Redis.
    #[arg(long, value_name = "ID", default_value = "")]
    pub(crate) app_id: String,

    #[command(flatten)]
    pub(crate) listen: ListenOptions,

    #[command(flatten)]
    pub(crate) admin: AdminOptions,

    #[command(flatten)]
    pub(crate) feed: FeedOptions,

    #[command(flatten)]
    pub(crate) access: AccessOptions,

    #[command(flatten)]
    pub(crate) dialect: DialectOptions,

    #[command(flatten)]
    pub(crate) limits: LimitOptions,

    #[command(flatten)]
    pub(crate) log: LogOptions,
}

const AFTER_HELP: &str = "\
Every option is an environment variable too: --max-clients is LIVEMATCH_MAX_CLIENTS.

An option whose value may be followed by classes, as VALUE[:CLASS,…], holds for all classes, or for \
those that are named; it may be given several times (in the environment: separated by spaces). What is \
said of a class goes before what is said of all, and what is said later before what is said earlier.";

impl Options {
    /// Reads the command line and the environment, or says what is wrong with them and ends the process.
    pub(crate) fn read() -> Self {
        let matches = Self::described().get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// The command line. Every option is an environment variable too, by the same name.
    fn described() -> Command {
        Self::command().mut_args(|option| {
            let name = option.get_id().as_str().to_uppercase();
            option.env(format!("LIVEMATCH_{name}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_are_consistent() {
        Options::described().debug_assert();
    }

    /// The table of SECURITY.md has a row for each limit, with its default, what is said when it is reached, and a test.
    #[test]
    fn every_limit_has_a_row() {
        let page = include_str!("../../SECURITY.md");
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `--"));
        let rows = rows.map(|row| row.split(" | ").collect::<Vec<_>>());
        let rows: Vec<_> = rows.filter(|row| row.len() == 6).collect();
        let command = Options::described();
        let is_limit = |option: &&clap::Arg| {
            let beside = ["feed_buffer_bytes", "max_change_bytes", "cache_entries"];
            let is_named = beside.contains(&option.get_id().as_str());
            option.get_help_heading() == Some("Limits") || is_named
        };
        let options: Vec<_> = command.get_arguments().filter(is_limit).collect();
        assert!(options.len() > 20);
        for option in &options {
            let name = option.get_long().unwrap_or_default();
            let is_its = |row: &&Vec<&str>| row[0].starts_with(&format!("{name}`"));
            let row = rows.iter().find(is_its).expect(name);
            assert!(row.iter().all(|cell| !cell.trim().is_empty()), "{row:?}");
            let default = option.get_default_values().first();
            let default = default.map(|value| value.to_string_lossy().into_owned());
            let shown = row[1].replace(',', "");
            assert_eq!(shown, default.unwrap_or("–".into()), "{name}");
            assert_test_is_there(row[5].trim_end_matches([' ', '|']));
        }
        assert_eq!(rows.len(), options.len(), "a row for what is no limit");
    }

    /// A test is written as the path of its file and what stands there.
    fn assert_test_is_there(named: &str) {
        let (file, name) = named.trim_matches('`').split_once('#').unwrap_or_default();
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let source = std::fs::read_to_string(&path).unwrap_or_default();
        let is_there = !name.is_empty() && source.contains(name);
        assert!(is_there, "{named} is not there");
    }

    #[test]
    fn every_option_is_an_environment_variable() {
        let command = Options::described();
        let names: Vec<_> = command.get_arguments().map(clap::Arg::get_env).collect();
        assert!(names.len() > 20 && names.iter().all(Option::is_some));
        assert!(names.contains(&Some("LIVEMATCH_PARSE_URL".as_ref())));
    }
}
