//! What the operator reads.

use std::str::FromStr;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::HostPort;

/// What the operator reads.
#[derive(Args)]
#[command(next_help_heading = "Operator")]
pub(crate) struct AdminOptions {
    /// Where to answer the operator's GET /metrics and GET /health, or "off". Without it 127.0.0.1:9337, or another port if that
    /// one is taken.
    ///
    /// Metrics tell what is withheld from clients: where other machines can reach them --admin-token is needed.
    #[arg(id = "admin_listen", long = "admin-listen", value_name = "HOST:PORT")]
    pub(crate) listen: Option<AdminListen>,

    /// What the operator's requests must carry as `Authorization: Bearer TOKEN`.
    #[arg(id = "admin_token", long = "admin-token", value_name = "TOKEN", hide_env_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) token: Option<String>,

    /// A name under which the operator asks, beside addresses, localhost, and what --admin-listen says.
    #[arg(
        id = "admin_host",
        long = "admin-host",
        value_name = "NAME",
        value_delimiter = ' '
    )]
    hosts: Vec<String>,
}

impl AdminOptions {
    /// The names under which the operator may ask.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let listen = match &self.listen {
            Some(AdminListen::On(host)) => Some(host.host().to_owned()),
            Some(AdminListen::Off) | None => None,
        };
        self.hosts.iter().cloned().chain(listen).collect()
    }
}

/// Whether the operator can ask, and where.
#[derive(Clone)]
pub(crate) enum AdminListen {
    /// Nowhere.
    Off,
    /// There.
    On(HostPort),
}

impl FromStr for AdminListen {
    type Err = <HostPort as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            _ => text.parse().map(Self::On),
        }
    }
}
