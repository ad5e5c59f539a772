//! What all parts of the server share.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::Access;
use crate::accounting::{Ledger, Seldom, Steps};
use crate::clauses::Clauses;
use crate::feed::{Gaps, Inbox};
use crate::health::Health;
use crate::listen::{Addresses, OwnHosts, Proxies};
use crate::metrics::Metrics;
use crate::options::{FeedOptions, LimitOptions};

/// What all connections share.
pub(crate) struct Server {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) steps: Arc<Steps>,
    pub(crate) clauses: Arc<Clauses>,
    pub(crate) access: Arc<Access>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Arc<Health>,
    pub(crate) limits: Arc<LimitOptions>,
    pub(crate) feed: FeedOptions,
    /// Where posted changes go, unless they come from Redis.
    pub(crate) posts: Option<Arc<Inbox>>,
    /// Tells clients that changes were missed.
    pub(crate) gaps: Arc<Gaps>,
    /// Under which names they are posted.
    pub(crate) publish_hosts: OwnHosts,
    /// A place for each client.
    pub(crate) places: Arc<Semaphore>,
    /// How many of them each address has.
    pub(crate) addresses: Arc<Addresses>,
    /// Who says which address a client has.
    pub(crate) proxies: Arc<Proxies>,
    /// Lets one line on how clients end through in a while.
    pub(crate) ends: Seldom,
    /// Set when the server is to end.
    pub(crate) shutdown: CancellationToken,
    /// The connections, so that the end can wait for them.
    pub(crate) tasks: TaskTracker,
}

impl AsRef<Proxies> for Server {
    fn as_ref(&self) -> &Proxies {
        &self.proxies
    }
}
