//! A client, as subscriptions know it.

use std::sync::Arc;

use livematch::Outcome;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Subscription;
use crate::access::Credit;
use crate::protocol::Addressee;
use crate::publication::Publication;

/// A client that has connected.
pub(crate) struct Client {
    /// How it is addressed.
    pub(crate) addressee: Addressee,
    /// The session with which it connected.
    pub(crate) session_token: Option<String>,
    /// Whether it brought the master key.
    pub(crate) is_master: bool,
    /// What it may cause to be asked of Parse Server in vain.
    pub(crate) credit: Credit,
    pub(crate) outbox: Outbox,
}

/// A change that a subscription may have to hear of. Who may see it is weighed when it is its turn.
pub(crate) struct Delivery {
    pub(crate) publication: Arc<Publication>,
    pub(crate) subscription: Arc<Subscription>,
    pub(crate) outcome: Outcome,
}

/// What waits to be sent to a client, in the order of the changes.
#[derive(Clone)]
pub(crate) struct Outbox {
    deliveries: mpsc::Sender<Delivery>,
    /// Set once when a delivery found no room: the client is too far behind to be told everything.
    overflow: CancellationToken,
}

impl Outbox {
    /// An outbox with room for some deliveries, where they come out, and what is set when there is no room.
    pub(crate) fn new(room: usize) -> (Self, mpsc::Receiver<Delivery>, CancellationToken) {
        let (deliveries, queue) = mpsc::channel(room);
        let overflow = CancellationToken::new();
        let outbox = Self {
            deliveries,
            overflow: overflow.clone(),
        };
        (outbox, queue, overflow)
    }

    /// Puts a delivery in, and never waits.
    pub(super) fn put(&self, delivery: Delivery) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.deliveries.try_send(delivery) {
            self.overflow.cancel();
        }
    }
}
