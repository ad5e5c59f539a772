//! From those whom a change may concern to those who may see it.
//!
//! Access is weighed here, before anything is queued for a client or counted against it: what nobody may see leaves no
//! trace in what a client holds, and ends no connection. What can be decided at once is. What depends on an answer of Parse Server waits for
//! it, and with it the later events of the same object for the same client, which keep their order; all else goes on.
//! Clients have their turns, so that nobody waits for what a change means to another one.

mod lines;
mod parked;
mod room;
#[cfg(test)]
mod testing;
mod worker;

use std::sync::Arc;

use livematch::Outcome;
use tokio::sync::mpsc;
use tracing::info;

use self::parked::{Hit, Lot};
use self::room::Room;
use self::worker::{Batch, Worker};
use crate::access::Access;
use crate::accounting::{Ledger, Seldom, Steps};
use crate::metrics::Metrics;
use crate::publication::Publication;
use crate::registry::Subscription;

/// Where changes are handed out.
pub(crate) struct Delivery {
    /// Each has its own clients, so that what a client is told is in order.
    workers: Vec<mpsc::UnboundedSender<Batch>>,
    batches: Vec<Vec<Hit>>,
    room: Arc<Room>,
    /// To so many subscriptions a change is handed out at once. Those beyond have it in turns with what else is handed out.
    at_once: usize,
    metrics: Arc<Metrics>,
    /// Lets one line on changes that concern more through in a while.
    crowds: Seldom,
}

impl Delivery {
    /// Starts a task for each worker. Has to be called within the runtime.
    pub(crate) fn start(
        workers: usize,
        access: &Arc<Access>,
        ledger: &Arc<Ledger>,
        steps: &Arc<Steps>,
        metrics: &Arc<Metrics>,
    ) -> Self {
        let (room, lot) = (Arc::new(Room::default()), Lot::new(ledger, workers));
        let start = |_| {
            let (queue, batches) = mpsc::unbounded_channel();
            let worker = Worker::new(access, steps, metrics, &room, &lot);
            tokio::spawn(worker.run(batches));
            queue
        };
        Self {
            workers: (0..workers).map(start).collect(),
            batches: (0..workers).map(|_| Vec::new()).collect(),
            room,
            at_once: steps.most_handed(),
            metrics: Arc::clone(metrics),
            crowds: Seldom::default(),
        }
    }

    /// Waits until what has been handed out is nearly worked off.
    pub(crate) fn wait_for_room(&self) {
        self.room.wait();
    }

    /// Hands a change out to those whom it may concern, each with what it is for their query. Where that was not found out,
    /// they have to go if they may see all of the change.
    ///
    /// All of them are told, in order of changes, however many they are.
    pub(crate) fn hand_out(
        &mut self,
        publication: &Arc<Publication>,
        subscriptions: impl Iterator<Item = (Arc<Subscription>, Option<Outcome>)>,
    ) {
        let mut count = 0;
        for (subscription, outcome) in subscriptions {
            let worker = subscription.client.number % self.workers.len();
            self.batches[worker].push(Hit {
                subscription,
                outcome,
                is_beyond: count >= self.at_once,
            });
            count += 1;
        }
        if count > self.at_once {
            self.tell_of_crowd(publication, count);
        }
        for (worker, hits) in self.workers.iter().zip(&mut self.batches) {
            if hits.is_empty() {
                continue;
            }
            self.room.take(hits.len());
            let batch = Batch {
                publication: Arc::clone(publication),
                hits: std::mem::take(hits),
            };
            // They end with the process.
            let _ = worker.send(batch);
        }
    }

    /// Counts and logs that a change concerns more than it is handed out to at once.
    fn tell_of_crowd(&self, publication: &Publication, subscriptions: usize) {
        self.metrics.crowded.increment(1);
        if let Some(more) = self.crowds.due() {
            let (class, at_once) = (publication.change().class_name(), self.at_once);
            info!(
                class,
                subscriptions,
                at_once,
                more,
                "a change concerns so many subscriptions that it is handed out to most of them in turns with other changes"
            );
        }
    }
}
