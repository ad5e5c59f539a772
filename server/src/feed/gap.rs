//! Changes that have been missed, and how clients hear of it.
//!
//! The protocol has no word for it. Every SDK opens its connection again when it is closed, subscribes anew, and tells the app that its
//! subscriptions have opened, which is when an app reads again what it shows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;
use tracing::{error, info};

use crate::metrics::Metrics;

/// Tells all clients that changes have been missed.
pub(crate) struct Gaps {
    /// How many there have been.
    count: watch::Sender<u64>,
    clients: Arc<AtomicUsize>,
    /// How many clients are closed in a second, so that they do not all come back at once; none if it is 0.
    per_second: u32,
    metrics: Arc<Metrics>,
}

impl Gaps {
    pub(crate) fn new(per_second: u32, metrics: Arc<Metrics>) -> Self {
        let (count, _) = watch::channel(0);
        Self {
            count,
            clients: Arc::default(),
            per_second,
            metrics,
        }
    }

    /// Whether there is anybody who may have missed something.
    pub(super) fn has_clients(&self) -> bool {
        self.clients.load(Ordering::Relaxed) > 0
    }

    /// Tells everybody who is connected, once changes come again, that some were missed.
    pub(super) fn tell(&self, why: &str) {
        self.metrics.feed_gaps.increment(1);
        let clients = self.clients.load(Ordering::Relaxed);
        error!(clients, "{why}");
        if self.per_second > 0 {
            let window = self.window();
            info!(
                ?window,
                "clients are closed, so that they open again and the app reads again what it shows"
            );
            self.count.send_modify(|count| *count += 1);
        }
    }

    /// How long it takes to close all of them.
    fn window(&self) -> Duration {
        let clients = u32::try_from(self.clients.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        Duration::from_secs(1).saturating_mul(clients) / self.per_second.max(1)
    }

    /// A client that is to hear of gaps from now on.
    pub(crate) fn follow(self: &Arc<Self>) -> Follower {
        self.clients.fetch_add(1, Ordering::Relaxed);
        Follower {
            count: self.count.subscribe(),
            gaps: Arc::clone(self),
        }
    }
}

/// A client, until it is dropped.
pub(crate) struct Follower {
    gaps: Arc<Gaps>,
    count: watch::Receiver<u64>,
}

impl Follower {
    /// Waits until changes have been missed since the client is here, and it is its turn to open again.
    pub(crate) async fn must_reopen(&mut self) {
        // The sender lives as long as the follower does.
        let _ = self.count.changed().await;
        sleep(self.gaps.window().mul_f64(fastrand::f64())).await;
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.gaps.clients.fetch_sub(1, Ordering::Relaxed);
    }
}
