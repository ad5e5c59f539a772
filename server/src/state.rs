//! What all parts of the server share.

use std::sync::Arc;

use livematch::QueryBuilder;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::Access;
use crate::checks::Classes;
use crate::feed::{Gaps, Inbox};
use crate::health::Health;
use crate::listen::{Addresses, OwnHosts, Proxies};
use crate::metrics::Metrics;
use crate::options::{FeedOptions, LimitOptions};
use crate::registry::Registry;
use crate::warnings::Warnings;

/// What all connections share.
pub(crate) struct Server {
    pub(crate) registry: Arc<Registry>,
    pub(crate) access: Arc<Access>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Arc<Health>,
    /// What clauses say that cannot be meant.
    pub(crate) warnings: Warnings,
    /// Which classes are published.
    pub(crate) classes: Arc<Classes>,
    pub(crate) limits: LimitOptions,
    pub(crate) feed: FeedOptions,
    /// How clauses are compiled.
    pub(crate) queries: QueryBuilder,
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
    /// Set when the server is to end.
    pub(crate) shutdown: CancellationToken,
    /// The connections, so that the end can wait for them.
    pub(crate) tasks: TaskTracker,
}
