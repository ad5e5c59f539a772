//! Where changes come from.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

/// Where changes come from.
#[derive(Args)]
#[command(next_help_heading = "Feed")]
pub(crate) struct FeedOptions {
    /// The Redis that Parse Server publishes to, as redis://[:PASSWORD@]HOST:PORT or rediss://…
    ///
    /// Needs --app-id, and replaces POST /publish.
    #[arg(long, value_name = "URL", hide_env_values = true, requires = "app_id")]
    pub(crate) redis_url: Option<String>,

    /// The key of a Redis Stream from which changes are read, instead of from the channels of Parse Server.
    ///
    /// A stream keeps them for who is away, so that nothing is missed while the connection is lost or this machine pauses.
    /// parse-server-livematch-adapter writes to it.
    #[arg(long, value_name = "KEY", requires = "redis_url", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) redis_stream: Option<String>,

    /// The file in which it stands how far the stream was read, so that a server that starts again goes on there.
    ///
    /// Each server needs one of its own. Without it a server begins at the end of the stream.
    #[arg(long, value_name = "FILE", requires = "redis_stream")]
    pub(crate) position_file: Option<PathBuf>,

    /// The certificates of who issued that of Redis, for rediss://, as a file in PEM. Without it those of the system count
    /// (SSL_CERT_FILE).
    #[arg(long, value_name = "FILE", requires = "redis_url")]
    pub(crate) redis_ca: Option<PathBuf>,

    /// The certificate by which Redis knows this server, where it asks for one, as a file in PEM.
    #[arg(long, value_name = "FILE", requires = "redis_key")]
    pub(crate) redis_cert: Option<PathBuf>,

    /// The key of that certificate.
    #[arg(long, value_name = "FILE", requires = "redis_cert")]
    pub(crate) redis_key: Option<PathBuf>,

    /// How many clients are closed in a second after changes have been missed, so that they open again and the app reads again
    /// what it shows; 0 for none.
    ///
    /// Nothing else tells them: the protocol has no word for it.
    #[arg(long, value_name = "CLIENTS", default_value_t = 1_000)]
    pub(crate) reopen_per_second: u32,

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

    /// How many bytes of changes may wait to be read: an eighth of --memory, or less if this says so. What comes from Redis beyond
    /// that is lost, what is posted is refused.
    #[arg(long, value_name = "BYTES")]
    pub(crate) feed_buffer_bytes: Option<usize>,
}

/// Which peers may publish.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PublishFrom {
    /// Processes on this machine.
    Loopback,
    /// Whoever can reach the port.
    Anywhere,
}
