//! What the command line and the environment ask for.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, Command, CommandFactory, FromArgMatches, Parser, ValueEnum};

use crate::rights::Keys;

/// A LiveQuery server for Parse: tells clients over WebSocket when an object begins, goes on, or ceases to match
/// what they subscribed to.
///
/// Without options it listens on 127.0.0.1:1337 and takes changes on POST /publish. With --redis-url it takes
/// them from the Redis that Parse Server publishes to, and with --parse-url it asks Parse Server who a client is.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
pub(crate) struct Options {
    /// Where to listen, for WebSocket and HTTP alike.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:1337")]
    pub(crate) listen: SocketAddr,

    /// The id of the Parse application; it names the channels on Redis.
    #[arg(long, value_name = "ID", default_value = "")]
    pub(crate) app_id: String,

    #[command(flatten)]
    pub(crate) feed: FeedOptions,

    #[command(flatten)]
    pub(crate) access: AccessOptions,

    #[command(flatten)]
    pub(crate) limits: LimitOptions,

    #[command(flatten)]
    pub(crate) log: LogOptions,
}

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

/// Where changes come from.
#[derive(Args)]
#[command(next_help_heading = "Feed")]
pub(crate) struct FeedOptions {
    /// The Redis that Parse Server publishes to, as redis://[:PASSWORD@]HOST:PORT or rediss://…
    ///
    /// Needs --app-id, and replaces POST /publish.
    #[arg(long, value_name = "URL", hide_env_values = true, requires = "app_id")]
    pub(crate) redis_url: Option<String>,

    /// Who may POST /publish.
    #[arg(long, value_enum, default_value = "loopback")]
    pub(crate) publish_from: PublishFrom,

    /// What POST /publish must carry as `Authorization: Bearer TOKEN`.
    ///
    /// Behind a proxy on this machine every request comes from loopback: set a token then.
    #[arg(long, value_name = "TOKEN", hide_env_values = true)]
    pub(crate) publish_token: Option<String>,

    /// How many bytes a published change may have.
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 20)]
    pub(crate) max_change_bytes: usize,

    /// How many bytes of changes from Redis may wait; what comes beyond that is lost.
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    pub(crate) feed_buffer_bytes: usize,

    /// How many changes that have been read may wait to be matched.
    #[arg(long, value_name = "CHANGES", default_value_t = 1_024, value_parser = at_least_one)]
    pub(crate) feed_queue: usize,
}

/// Which peers may publish.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PublishFrom {
    /// Processes on this machine.
    Loopback,
    /// Whoever can reach the port.
    Anywhere,
}

/// Who may see what.
#[derive(Args)]
#[command(next_help_heading = "Access")]
pub(crate) struct AccessOptions {
    /// Parse Server's REST API, for example http://127.0.0.1:1337/parse.
    ///
    /// Session tokens and roles are looked up there. Without it only public objects are sent. Needs --app-id.
    #[arg(long, value_name = "URL", requires = "app_id")]
    pub(crate) parse_url: Option<reqwest::Url>,

    /// Parse Server's master key: looks up roles and class permissions, and a client that connects with it
    /// sees everything.
    #[arg(long, value_name = "KEY", hide_env_values = true)]
    pub(crate) master_key: Option<String>,

    /// Parse Server's REST API key, where it asks for one.
    #[arg(long, value_name = "KEY", hide_env_values = true)]
    pub(crate) rest_key: Option<String>,

    /// Whether users see the protected fields of their own _User object, as with Parse Server's option of this name.
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
    pub(crate) protected_fields_owner_exempt: bool,

    /// Keys of which a client must bring one to connect, as {"javascriptKey": "…", "masterKey": "…"}.
    ///
    /// Without them any client may connect, as with Parse Server's keyPairs.
    #[arg(long, value_name = "JSON", hide_env_values = true, default_value = "{}", hide_default_value = true, value_parser = Keys::from_json)]
    pub(crate) key_pairs: Keys,

    /// How long what Parse Server said of a session, a role or a class is believed.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub(crate) cache_seconds: Duration,

    /// How many sessions, users and classes are remembered, each.
    #[arg(long, value_name = "ENTRIES", default_value_t = 10_000)]
    pub(crate) cache_entries: u64,

    /// How long to wait for an answer of Parse Server.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub(crate) parse_timeout: Duration,
}

/// What clients may cost.
#[derive(Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitOptions {
    /// How many clients may be connected.
    #[arg(long, value_name = "CLIENTS", default_value_t = 100_000)]
    pub(crate) max_clients: usize,

    /// How many subscriptions a client may hold.
    #[arg(long, value_name = "SUBSCRIPTIONS", default_value_t = 1_000)]
    pub(crate) max_subscriptions: usize,

    /// How many bytes the subscriptions of a client may have together, as they were sent.
    #[arg(long, value_name = "BYTES", default_value_t = 4 << 20)]
    pub(crate) max_client_bytes: usize,

    /// How many bytes a frame of a client may have; one four times as large ends the connection.
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 10)]
    pub(crate) max_frame_bytes: usize,

    /// How many constraints a clause may have.
    #[arg(long, value_name = "CONSTRAINTS", default_value_t = 256)]
    pub(crate) max_constraints: usize,

    /// How many subscriptions of a class may be such that each change has to be tried on them.
    ///
    /// They ask for no value that an object could be found by, as {"score": {"$ne": 5}} does.
    #[arg(long, value_name = "SUBSCRIPTIONS", default_value_t = 10_000)]
    pub(crate) max_scans: usize,

    /// How many members a list of a clause may have.
    #[arg(long, value_name = "MEMBERS", default_value_t = 10_000)]
    pub(crate) max_list_members: usize,

    /// How many events may wait for a client; one that is further behind is disconnected.
    #[arg(long, value_name = "EVENTS", default_value_t = 1_024, value_parser = at_least_one)]
    pub(crate) client_queue: usize,

    /// How often a client is pinged; one that has not answered by the next ping is disconnected.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) ping_seconds: Duration,

    /// How long clients may take to say goodbye at shutdown.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub(crate) shutdown_seconds: Duration,
}

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

/// Reads a time that is longer than none, fractions allowed.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected a number of seconds")?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("expected a number of seconds above 0".into()),
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("expected a number above 0".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_are_consistent() {
        Options::described().debug_assert();
    }

    #[test]
    fn every_option_is_an_environment_variable() {
        let command = Options::described();
        let names: Vec<_> = command.get_arguments().map(clap::Arg::get_env).collect();
        assert!(names.len() > 20 && names.iter().all(Option::is_some));
        assert!(names.contains(&Some("LIVEMATCH_PARSE_URL".as_ref())));
    }

    #[test]
    fn times_are_above_zero() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for text in ["0", "-1", "NaN", "1e99", "soon"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
