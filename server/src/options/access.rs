//! Who may see what.

use std::time::Duration;

use clap::Args;

use super::values::seconds;
use crate::rights::Keys;

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

    /// Parse Server's REST API key, where it asks for one and there is no master key. Any of the key pairs will do as well.
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

    /// How many sessions, users and classes are remembered, each, as far as they fit into a thirty-second of --memory.
    #[arg(long, value_name = "ENTRIES", default_value_t = 10_000)]
    pub(crate) cache_entries: u64,

    /// How long to wait for an answer of Parse Server.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub(crate) parse_timeout: Duration,

    /// After how many questions in a row that Parse Server did not answer it is left alone for a while.
    #[arg(long, value_name = "QUESTIONS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) parse_failures: u32,

    /// How long it is left alone. What depends on its answers is withheld meanwhile; then one question tries it.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) parse_pause: Duration,
}
