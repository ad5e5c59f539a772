//! An event that waits to be sent.

use std::sync::Arc;
use std::time::Instant;

use livematch::Event as Kind;

use super::Subscription;
use crate::accounting::Share;
use crate::protocol::Payload;

/// An event that a subscriber may see.
pub(crate) struct Event {
    pub(crate) kind: Kind,
    pub(crate) subscription: Arc<Subscription>,
    pub(crate) object: Payload,
    pub(crate) original: Option<Payload>,
    /// When the change came in.
    pub(crate) arrived: Instant,
}

/// A client's share of the texts of a change, as long as an event of it waits.
pub(crate) struct Hold {
    /// By which the change is known: the address of the text that is sent first.
    pub(super) of: usize,
    _share: Share,
}

impl Hold {
    pub(super) fn new(of: usize, share: Share) -> Arc<Self> {
        Arc::new(Self { of, _share: share })
    }
}

impl Event {
    /// Up to this length a piece of a text is copied to what stands around it: it is cheaper to write at once.
    pub(crate) const COPIED: usize = 1_024;

    /// How many bytes of its own it takes while it waits and while it is written.
    pub(super) fn own(&self) -> usize {
        /// The event itself, and the text around its objects.
        const AROUND: usize = 512;
        let payloads = [Some(&self.object), self.original.as_ref()]
            .into_iter()
            .flatten();
        let own = |payload: &Payload| payload.overhead() + payload.len().min(Self::COPIED);
        let addressee = self.subscription.client.addressee.len();
        AROUND + addressee + payloads.map(own).sum::<usize>()
    }

    /// How many bytes it shares with others.
    pub(super) fn shared(&self) -> usize {
        let original = self
            .original
            .as_ref()
            .map_or(0, |original| original.written().text().len());
        self.object.written().text().len() + original
    }

    /// By which its change is known.
    pub(super) fn of(&self) -> usize {
        Arc::as_ptr(self.object.written()).addr()
    }
}
