//! What waits to be sent to a client.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;

use super::event::{Event, Hold};
use crate::accounting::{Account, Charge, Exhausted, Term};

/// What waits to be sent to a client, in order, and counted in bytes.
///
/// Only what the client may see gets here. When there is no room for it the client has to go: it is too far behind to be
/// told everything.
pub(crate) struct Outbox {
    account: Arc<Account>,
    waiting: Mutex<Waiting>,
}

struct Waiting {
    /// Answers go first: nothing that waits belongs to a subscription that has not been answered.
    answers: VecDeque<Item>,
    events: VecDeque<Item>,
    /// For what waits, and what has been taken and is not written yet.
    charge: Charge,
    /// The client has gone.
    is_closed: bool,
}

/// What is sent, and how many bytes of its own it takes.
pub(crate) struct Item {
    pub(crate) what: What,
    own: usize,
}

pub(crate) enum What {
    /// An answer to a frame, or an error.
    Answer(String),
    Event(Event, Arc<Hold>),
}

/// Room that is kept when nothing waits. A client that is idle keeps no more.
const SPARE: usize = 4;

impl Outbox {
    pub(crate) fn new(account: Arc<Account>) -> Arc<Self> {
        let waiting = Waiting {
            answers: VecDeque::new(),
            events: VecDeque::new(),
            charge: account.begin(Term::Outbox),
            is_closed: false,
        };
        let waiting = Mutex::new(waiting);
        Arc::new(Self { account, waiting })
    }

    /// Puts an answer behind other answers, and before the events that wait.
    pub(crate) fn answer(&self, answer: String) {
        let own = answer.len() + size_of::<Item>();
        self.put(own, |_| Ok(What::Answer(answer)));
    }

    /// Puts an event behind all that wait.
    pub(crate) fn event(&self, event: Event) {
        self.put(event.own(), |waiting| {
            let hold = waiting.hold(&event, &self.account)?;
            Ok(What::Event(event, hold))
        });
    }

    fn put(&self, own: usize, what: impl FnOnce(&Waiting) -> Result<What, Exhausted>) {
        let mut waiting = self.waiting.lock();
        if waiting.is_closed || self.account.is_ended() {
            return;
        }
        let room = waiting.charge.grow(own);
        let is_first = waiting.is_empty();
        match room.and_then(|()| what(&waiting)) {
            Ok(what) => waiting.push(Item { what, own }),
            Err(why) => return self.account.end(why),
        }
        drop(waiting);
        // Whoever writes takes what comes meanwhile too.
        if is_first {
            self.account.wake();
        }
    }

    /// Takes the first item out. It is paid for until it has been [written](Self::written).
    pub(crate) fn take(&self) -> Option<Item> {
        let mut waiting = self.waiting.lock();
        let item = waiting.answers.pop_front();
        let item = item.or_else(|| waiting.events.pop_front());
        if item.is_none() {
            waiting.answers.shrink_to(0);
            waiting.events.shrink_to(SPARE);
        }
        item
    }

    /// Gives back what items took that have been written.
    pub(crate) fn written(&self, items: &[Item]) {
        let own: usize = items.iter().map(|item| item.own).sum();
        let mut waiting = self.waiting.lock();
        let left = waiting.charge.bytes() - own;
        waiting.charge.shrink_to(left);
    }

    /// Drops what waits, and takes nothing more: the client has gone, or has to.
    pub(crate) fn close(&self) {
        let mut waiting = self.waiting.lock();
        waiting.is_closed = true;
        let dropped = waiting
            .answers
            .drain(..)
            .map(|item| item.own)
            .sum::<usize>()
            + waiting.events.drain(..).map(|item| item.own).sum::<usize>();
        let left = waiting.charge.bytes() - dropped;
        waiting.charge.shrink_to(left);
    }
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.events.is_empty()
    }

    fn push(&mut self, item: Item) {
        match item.what {
            What::Answer(_) => self.answers.push_back(item),
            What::Event(..) => self.events.push_back(item),
        }
    }

    /// The client's share of the texts of an event: the same as for the event before it, if it is of the same change.
    fn hold(&self, event: &Event, account: &Arc<Account>) -> Result<Arc<Hold>, Exhausted> {
        if let Some(What::Event(_, hold)) = self.events.back().map(|item| &item.what)
            && hold.of == event.of()
        {
            return Ok(Arc::clone(hold));
        }
        let share = account.share(Term::Outbox, event.shared())?;
        Ok(Hold::new(event.of(), share))
    }
}
