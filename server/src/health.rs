//! Whether the server can do its work, and what keeps it from it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use metrics::{Gauge, describe_gauge, gauge};
use serde::Serialize;

/// What the work depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Part {
    /// Where changes come from.
    Feed,
    /// Who says what clients may see.
    ParseServer,
}

/// What is known of each part. The server is ready while none is down.
pub(crate) struct Health {
    /// What is wrong with the parts that are down.
    down: Mutex<BTreeMap<Part, String>>,
    ready: Gauge,
}

impl Health {
    /// Nothing is known to be down.
    pub(crate) fn new() -> Self {
        let ready = gauge!("livematch_ready");
        describe_gauge!("livematch_ready", "1 while the server can do its work.");
        ready.set(1.0);
        let down = Mutex::default();
        Self { down, ready }
    }

    /// A part does what it should.
    pub(crate) fn up(&self, part: Part) {
        let mut down = self.lock();
        down.remove(&part);
        self.ready.set(if down.is_empty() { 1.0 } else { 0.0 });
    }

    /// A part does not, and why; whether that is news.
    pub(crate) fn down(&self, part: Part, why: impl Into<String>) -> bool {
        let why = why.into();
        self.ready.set(0.0);
        let mut down = self.lock();
        let is_news = down.get(&part) != Some(&why);
        down.insert(part, why);
        is_news
    }

    /// Whether clients can be served.
    pub(crate) fn is_ready(&self) -> bool {
        self.lock().is_empty()
    }

    /// What is wrong, by part.
    pub(crate) fn troubles(&self) -> BTreeMap<Part, String> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Part, String>> {
        self.down.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_while_nothing_is_down() {
        let health = Health::new();
        assert!(health.is_ready());
        health.down(Part::Feed, "no connection");
        assert!(!health.is_ready());
        let troubles = BTreeMap::from([(Part::Feed, "no connection".to_owned())]);
        assert_eq!(health.troubles(), troubles);
        health.up(Part::Feed);
        assert!(health.is_ready());
    }
}
