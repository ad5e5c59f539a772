//! Where changes come from.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use super::values::at_least_one;

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
    #[arg(long, value_name = "TOKEN", hide_env_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) publish_token: Option<String>,

    /// A name under which POST /publish is reached, beside addresses, localhost, and what --listen says.
    ///
    /// What is addressed to another name, or sent by a page of another origin, is refused: a page of a browser on this
    /// machine could publish through a name that it lets point here.
    #[arg(long, value_name = "NAME", value_delimiter = ' ')]
    pub(crate) publish_host: Vec<String>,

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
