//! Changes that came and are lost, or that never came, and how that is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::sleep;
use tracing::error;

use super::Gaps;
use crate::accounting::Exhausted;
use crate::metrics::Metrics;

/// How long nothing must have been lost until clients are told that something was.
const CALM: Duration = Duration::from_secs(5);

/// Counts what is lost, and tells clients once no more is: they are about to ask for everything anew.
pub(super) struct Losses {
    metrics: Arc<Metrics>,
    gaps: Arc<Gaps>,
    /// How often something was lost.
    count: AtomicU64,
    /// Whether something was, and clients have not been told yet.
    is_losing: AtomicBool,
    runtime: Handle,
}

impl Losses {
    /// Has to be called within the runtime.
    pub(super) fn new(gaps: Arc<Gaps>, metrics: Arc<Metrics>) -> Arc<Self> {
        Arc::new(Self {
            metrics,
            gaps,
            count: AtomicU64::new(0),
            is_losing: AtomicBool::new(false),
            runtime: Handle::current(),
        })
    }

    /// A change found no room.
    pub(super) fn found_no_room(self: &Arc<Self>, why: Exhausted) {
        self.metrics.lost.increment(1);
        if self.begins() {
            error!(%why, "changes come faster than they are matched, and some are lost");
        }
    }

    /// Changes never came, and by what that is known: the writer who numbers them, or something else. Nobody may know how many.
    pub(super) fn are_missing(self: &Arc<Self>, missing: Option<u64>, by: &str) {
        self.metrics.missing.increment(missing.unwrap_or(0));
        if self.begins() {
            error!(by, missing, "changes that were made did not arrive");
        }
    }

    /// Counts a loss, and has it told when there are no more; whether it is the first since clients were told.
    fn begins(self: &Arc<Self>) -> bool {
        self.count.fetch_add(1, Ordering::Relaxed);
        let is_first = !self.is_losing.swap(true, Ordering::Relaxed);
        if is_first {
            self.runtime.spawn(Arc::clone(self).tell_when_calm());
        }
        is_first
    }

    async fn tell_when_calm(self: Arc<Self>) {
        loop {
            let before = self.count.load(Ordering::Relaxed);
            sleep(CALM).await;
            if self.count.load(Ordering::Relaxed) == before {
                break;
            }
        }
        self.is_losing.store(false, Ordering::Relaxed);
        self.gaps.tell("changes arrive again; some are lost");
    }
}
