//! What all parts of the server share.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::warn;

use crate::access::Access;
use crate::accounting::{Charge, Ledger, Owners, Seldom, Steps};
use crate::clauses::Clauses;
use crate::excerpt::excerpt;
use crate::feed::{Gaps, Inbox};
use crate::health::Health;
use crate::listen::{OwnHosts, Proxies};
use crate::metrics::Metrics;
use crate::options::{FeedOptions, LimitOptions};
use crate::protocol::Bound;

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
    pub(crate) places: Arc<Ledger>,
    /// Who has several clients.
    pub(crate) owners: Arc<Owners>,
    /// Who says which address a client has.
    pub(crate) proxies: Arc<Proxies>,
    /// Lets one line on how clients end through in a while.
    pub(crate) ends: Seldom,
    /// The same for what clients send that exceeds a bound: of frames, and of clauses.
    pub(crate) beyond: [Seldom; 2],
    /// For patterns that are made fast.
    pub(crate) _patterns: Charge,
    /// Set when the server is to end.
    pub(crate) shutdown: CancellationToken,
    /// The connections, so that the end can wait for them.
    pub(crate) tasks: TaskTracker,
}

impl Server {
    /// Counts and logs that something that a client has sent exceeds a bound.
    pub(crate) fn tell_beyond(&self, bound: Bound, error: &str) {
        let (counter, log) = match bound {
            Bound::Frame => (&self.metrics.large_frames, &self.beyond[0]),
            Bound::Clause => (&self.metrics.large_clauses, &self.beyond[1]),
        };
        counter.increment(1);
        if let Some(more) = log.due() {
            let error = excerpt(error);
            warn!(?bound, error, more, "what a client sends exceeds a bound");
        }
    }
}

impl AsRef<Proxies> for Server {
    fn as_ref(&self) -> &Proxies {
        &self.proxies
    }
}
