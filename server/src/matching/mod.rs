//! Changes are matched one after the other: those of a class in the order in which they came in, and others meanwhile if a class is
//! held by somebody who adds or removes a query.
//!
//! Most queries take some steps each, and are run while the class is held. What takes more is [put off](dear) until
//! nobody waits for the class, and run within what one change may take.

#[cfg(test)]
mod crowds;
mod dear;
mod differences;
#[cfg(test)]
mod laws;
mod lines;
mod tally;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{mem, thread};

use livematch::{Change, ChangeError, ChangeKind, FieldSet};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;
use tracing::{debug, warn};

use self::dear::Dear;
pub(crate) use self::differences::Differences;
use self::lines::Lines;
use crate::access::{Access, KnownReaders};
use crate::accounting::{Ledger, Steps, Term};
use crate::delivery::Delivery;
use crate::metrics::Metrics;
use crate::publication::Publication;
use crate::registry::{Desk, Registry};

/// How many times the bytes of its message a change takes while it is matched.
const READ_FACTOR: usize = 2;

/// How long a class is waited for before changes of others go first: most subscriptions come and go in less.
const PATIENCE: Duration = Duration::from_micros(100);

/// Where a feed puts its changes.
#[derive(Clone)]
pub(crate) struct Changes {
    queue: mpsc::UnboundedSender<Publication>,
    registry: Arc<Registry>,
    ledger: Arc<Ledger>,
    metrics: Arc<Metrics>,
}

/// Nobody takes changes any more: the server is going down.
#[derive(Debug)]
pub(crate) struct Closed;

/// A change, as far as it has been read.
pub(crate) struct Read {
    change: Change,
    /// Whether its class had subscriptions: of other objects only what names them is kept, and whoever subscribes later is not
    /// to hear of it.
    is_whole: bool,
}

impl Read {
    pub(crate) fn class_name(&self) -> &str {
        self.change.class_name()
    }
}

impl Changes {
    /// Reads a change, as far as somebody listens to its class.
    pub(crate) fn read(&self, kind: ChangeKind, bytes: &[u8]) -> Result<Read, ChangeError> {
        let mut is_whole = false;
        let change = Change::from_slice_by_class(kind, bytes, |class| {
            is_whole = self.registry.class(class).is_some();
            if is_whole {
                FieldSet::all()
            } else {
                FieldSet::new::<[&str; 0]>([])
            }
        })?;
        Ok(Read { change, is_whole })
    }

    /// Puts a change, and the number of bytes it was read from, behind those that came before it, once there is room.
    pub(crate) async fn put(
        &self,
        Read { change, is_whole }: Read,
        size: usize,
        arrived: Instant,
    ) -> Result<(), Closed> {
        match change.kind() {
            ChangeKind::Delete => self.metrics.deletes.increment(1),
            _ => self.metrics.saves.increment(1),
        }
        if !is_whole {
            return self.pass_by(&change, arrived);
        }
        let size = size.saturating_mul(READ_FACTOR);
        let paid = self.ledger.charge_in_turn(Term::Changes, size).await;
        self.metrics.waiting.increment(1.0);
        let publication = Publication::new(change, arrived, &self.ledger, paid);
        self.queue.send(publication).map_err(|_| Closed)
    }

    /// Counts a change that nobody listens to.
    fn pass_by(&self, change: &Change, arrived: Instant) -> Result<(), Closed> {
        self.metrics.dispatch_lag.record(arrived.elapsed());
        debug!(class = change.class_name(), id = change.object_id(), kind = %change.kind(), "nobody listens");
        if self.queue.is_closed() {
            return Err(Closed);
        }
        Ok(())
    }

    /// Counts and tells that a change could not be read.
    pub(crate) fn count_unread(&self, error: &ChangeError) {
        self.metrics.unread.increment(1);
        warn!(%error, "a change cannot be read");
    }
}

/// Starts matching, in a thread of its own so that no socket waits for it.
pub(crate) fn start(
    registry: Arc<Registry>,
    delivery: Delivery,
    access: Arc<Access>,
    steps: Arc<Steps>,
    differences: Differences,
    ledger: Arc<Ledger>,
    metrics: Arc<Metrics>,
) -> std::io::Result<Changes> {
    let (queue, changes) = mpsc::unbounded_channel();
    let matcher = Matcher {
        registry: Arc::clone(&registry),
        delivery,
        metrics: Arc::clone(&metrics),
        access,
        desk: Desk::new(&steps),
        dear: Dear::new(steps),
        differences,
        lines: Lines::default(),
    };
    let work = move || matcher.run(changes);
    thread::Builder::new().name("matching".into()).spawn(work)?;
    Ok(Changes {
        queue,
        registry,
        ledger,
        metrics,
    })
}

/// What matches changes.
struct Matcher {
    registry: Arc<Registry>,
    delivery: Delivery,
    access: Arc<Access>,
    metrics: Arc<Metrics>,
    desk: Desk,
    dear: Dear,
    differences: Differences,
    /// Those whose class was held.
    lines: Lines<Arc<Publication>>,
}

impl Matcher {
    /// Works until nobody brings changes any more.
    fn run(mut self, mut changes: mpsc::UnboundedReceiver<Publication>) {
        loop {
            self.work_off();
            let next = if self.lines.is_empty() {
                changes.blocking_recv()
            } else {
                match changes.try_recv() {
                    Ok(publication) => Some(publication),
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => continue,
                }
            };
            let Some(publication) = next else {
                return;
            };
            let publication = Arc::new(publication);
            let class = publication.change().class_name();
            if self.lines.have(class) || !self.publish(&publication, PATIENCE) {
                self.lines.put(class, Arc::clone(&publication));
            }
        }
    }

    /// Goes on with those whose class has become free.
    fn work_off(&mut self) {
        let mut lines = mem::take(&mut self.lines);
        lines.work_off(|publication, is_first| {
            let patience = if is_first { PATIENCE } else { Duration::ZERO };
            self.publish(publication, patience)
        });
        self.lines = lines;
    }

    /// Finds out whom a change may concern, and hands it on; not if its class is held for longer than one has patience.
    fn publish(&mut self, publication: &Arc<Publication>, patience: Duration) -> bool {
        self.delivery.wait_for_room();
        let change = publication.change();
        if let Some(class) = self.registry.class(change.class_name()) {
            let (desk, metrics) = (&mut self.desk, &self.metrics);
            let mut readers = KnownReaders::new(&self.access, publication);
            let Some(held) = class.try_read_for(patience) else {
                return false;
            };
            held.matches(change, &mut readers, desk, metrics);
            drop(held);
            for (who, told) in desk.differences.drain(..) {
                self.differences.tell(publication, &who, told);
            }
            self.dear
                .finish(change, &class, &mut readers, desk, metrics);
            self.metrics.hits.increment(desk.hits.len() as u64);
            let hits = desk
                .hits
                .drain(..)
                .map(|(who, outcome)| (who, Some(outcome)));
            let missed = desk.missed.drain(..).map(|who| (who, None));
            self.delivery.hand_out(publication, hits.chain(missed));
        }
        self.metrics.waiting.decrement(1.0);
        self.metrics
            .dispatch_lag
            .record(publication.arrived().elapsed());
        debug!(class = change.class_name(), id = change.object_id(), kind = %change.kind(), "matched");
        true
    }
}
