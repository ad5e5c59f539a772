//! Changes are matched one after the other, in the order in which they came in.

use std::sync::Arc;
use std::thread;
use std::time::Instant;

use livematch::{Change, ChangeKind};
use tokio::sync::mpsc;
use tracing::{debug, warn};

use crate::metrics::Metrics;
use crate::publication::Publication;
use crate::registry::Registry;

/// Where a feed puts its changes.
#[derive(Clone)]
pub(crate) struct Changes {
    queue: mpsc::Sender<Publication>,
    metrics: Arc<Metrics>,
}

/// Nobody takes changes any more: the server is going down.
#[derive(Debug)]
pub(crate) struct Closed;

impl Changes {
    /// Puts a change behind those that came before it, once there is room.
    pub(crate) async fn put(&self, change: Change, arrived: Instant) -> Result<(), Closed> {
        match change.kind() {
            ChangeKind::Save => self.metrics.saves.increment(1),
            ChangeKind::Delete => self.metrics.deletes.increment(1),
        }
        self.metrics.waiting.increment(1.0);
        let publication = Publication::new(change, arrived);
        self.queue.send(publication).await.map_err(|_| Closed)
    }

    /// Counts and tells that a change could not be read.
    pub(crate) fn count_unread(&self, error: &livematch::ChangeError) {
        self.metrics.unread.increment(1);
        warn!(%error, "a change cannot be read");
    }
}

/// Starts matching, in a thread of its own so that no socket waits for it.
pub(crate) fn start(
    room: usize,
    registry: Arc<Registry>,
    metrics: Arc<Metrics>,
) -> std::io::Result<Changes> {
    let (queue, mut changes) = mpsc::channel(room);
    let counts = Arc::clone(&metrics);
    let work = move || {
        while let Some(publication) = changes.blocking_recv() {
            publish(publication, &registry, &counts);
        }
    };
    thread::Builder::new().name("dispatch".into()).spawn(work)?;
    Ok(Changes { queue, metrics })
}

fn publish(publication: Publication, registry: &Registry, metrics: &Metrics) {
    let publication = Arc::new(publication);
    registry.publish(&publication);
    metrics.waiting.decrement(1.0);
    metrics.dispatch_lag.record(publication.arrived().elapsed());
    let change = publication.change();
    debug!(class = change.class_name(), id = change.object_id(), kind = %change.kind(), "matched");
}
