//! Messages that have come in and wait to be read.

use std::sync::Arc;
use std::time::Instant;

use livematch::ChangeKind;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tracing::{error, warn};

use crate::dispatch::Changes;
use crate::metrics::Metrics;

/// The unit in which room is counted.
const KIB: usize = 1024;

/// Messages between Redis and matching, up to a number of bytes.
///
/// Redis itself gives up on a subscriber that is 32 MB behind, if nobody has told it otherwise. The client
/// library takes everything in at once, so that the bound has to be kept here: what finds no room is lost, and that
/// is told.
pub(super) struct Backlog {
    room: Arc<Semaphore>,
    messages: mpsc::UnboundedSender<Message>,
    metrics: Arc<Metrics>,
    is_overfull: bool,
}

struct Message {
    kind: ChangeKind,
    payload: Vec<u8>,
    arrived: Instant,
    /// Its room, which is free again when the message has been handed on.
    _room: OwnedSemaphorePermit,
}

/// Nobody takes messages any more.
pub(super) struct Closed;

impl Backlog {
    /// A backlog with room for so many bytes, from which changes are read as fast as they are matched.
    pub(super) fn start(bytes: usize, changes: Changes, metrics: Arc<Metrics>) -> Self {
        let (messages, mut queue) = mpsc::unbounded_channel::<Message>();
        tokio::spawn(async move {
            while let Some(message) = queue.recv().await {
                let put = changes.put_message(message.kind, &message.payload, message.arrived);
                if put.await.is_err() {
                    break;
                }
            }
        });
        let room = Arc::new(Semaphore::new(
            (bytes / KIB).clamp(1, Semaphore::MAX_PERMITS),
        ));
        Self {
            room,
            messages,
            metrics,
            is_overfull: false,
        }
    }

    /// Puts a message behind the others, or loses it if there is no room.
    pub(super) fn put(&mut self, kind: ChangeKind, payload: Vec<u8>) -> Result<(), Closed> {
        let size = u32::try_from(payload.len() / KIB + 1).unwrap_or(u32::MAX);
        let Ok(room) = Arc::clone(&self.room).try_acquire_many_owned(size) else {
            self.lose();
            return Ok(());
        };
        if std::mem::take(&mut self.is_overfull) {
            warn!("changes find room again");
        }
        let message = Message {
            kind,
            payload,
            arrived: Instant::now(),
            _room: room,
        };
        self.messages.send(message).map_err(|_| Closed)
    }

    fn lose(&mut self) {
        self.metrics.lost.increment(1);
        if !std::mem::replace(&mut self.is_overfull, true) {
            error!("changes come faster than they are matched, and some are lost");
        }
    }
}
