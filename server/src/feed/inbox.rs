//! Messages that have come in and wait to be read.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{io, thread};

use livematch::ChangeKind;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;
use tracing::{error, warn};

use super::Gaps;
use crate::access::Access;
use crate::accounting::{Charge, Exhausted, Ledger, Term};
use crate::checks::Classes;
use crate::matching::{Changes, Read};
use crate::metrics::Metrics;

const KIB: usize = 1024;

/// How long nothing must have been lost until clients are told that something was.
const CALM: Duration = Duration::from_secs(5);

/// The channel on which Parse Server says that the roles of a user have changed, without the id of the application.
const CLEAR_CACHE: &str = "clearCache";

/// How long such a message may be. It is read where it comes in.
const CLEAR_CACHE_BYTES: usize = 4 * KIB;

/// From how many bytes on a posted message is read beside others.
const LARGE: usize = 256 * KIB;

/// Messages between whoever brings them and matching, up to a number of bytes.
///
/// A thread of its own reads them, one after the other: a large one takes as long as a hundred small ones, for which no socket
/// is to wait. What Redis brings is in an order that has to be kept. Who posts knows by the answer that a message has been read, and
/// posts then what has to come after it; so a second thread reads the large ones that are posted, and no small one waits for those.
/// Redis itself gives up on a subscriber that is 32 MB behind, if nobody has told it otherwise; its client library takes
/// everything in at once, so that the bound has to be kept here. What finds no room is lost, and that is told.
pub(crate) struct Inbox {
    ledger: Arc<Ledger>,
    messages: mpsc::UnboundedSender<Message>,
    large: mpsc::UnboundedSender<Message>,
    access: Arc<Access>,
    metrics: Arc<Metrics>,
    gaps: Arc<Gaps>,
    /// How many messages were lost.
    lost: AtomicU64,
    /// Whether some were, and clients have not been told yet.
    is_losing: AtomicBool,
}

/// Something that waits to be read.
struct Message {
    content: Content,
    arrived: Instant,
    /// Its room, which is free again when it has been handed on.
    _room: Room,
}

enum Content {
    /// A change, from the channel of its kind.
    Change(ChangeKind, Vec<u8>),
    /// What was posted, and who waits for the answer.
    Post(Vec<u8>, oneshot::Sender<Answer>),
}

impl Content {
    /// Whether others need not wait for it.
    fn is_read_beside(&self) -> bool {
        match self {
            Self::Change(..) => false,
            Self::Post(body, _) => body.len() >= LARGE,
        }
    }
}

/// What is said to whoever has posted something.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepted,
    /// It is no message that could be read.
    Unread(String),
    /// Nobody takes messages any more.
    Closed,
}

/// Room for some bytes of messages, until it is dropped.
pub(crate) struct Room(Charge);

/// The message that the roles of a user have changed.
#[derive(Deserialize)]
struct ClearCache {
    #[serde(rename = "userId")]
    user_id: String,
}

/// What is posted: a message as Parse Server publishes it, and what would be its channel on Redis.
#[derive(Deserialize)]
struct Post<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    #[serde(borrow)]
    message: &'a RawValue,
}

impl Room {
    /// Adds room for more bytes, if there is any.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Exhausted> {
        self.0.grow(bytes)
    }
}

impl Inbox {
    /// An inbox from which changes are read as fast as they are matched. Has to be called within the runtime.
    pub(crate) fn start(
        ledger: &Arc<Ledger>,
        changes: Changes,
        access: Arc<Access>,
        classes: Arc<Classes>,
        gaps: Arc<Gaps>,
        metrics: Arc<Metrics>,
    ) -> io::Result<Arc<Self>> {
        let reader = Reader {
            changes,
            access: Arc::clone(&access),
            classes,
            runtime: Handle::current(),
        };
        let messages = reader.clone().start("feed")?;
        let large = reader.start("feed-large")?;
        Ok(Arc::new(Self {
            ledger: Arc::clone(ledger),
            messages,
            large,
            access,
            metrics,
            gaps,
            lost: AtomicU64::new(0),
            is_losing: AtomicBool::new(false),
        }))
    }

    /// The channels of an application that are listened to.
    pub(super) fn channels(app_id: &str) -> [String; 3] {
        let names = [
            ChangeKind::Save.as_str(),
            ChangeKind::Delete.as_str(),
            CLEAR_CACHE,
        ];
        names.map(|name| format!("{app_id}{name}"))
    }

    /// Takes what was published on a channel, given without the id of the application; or loses it, if there is no room.
    pub(super) fn take(self: &Arc<Self>, channel: &str, payload: Vec<u8>) {
        if channel == CLEAR_CACHE {
            return match read_clear_cache(&payload) {
                Ok(user_id) => self.access.forget(&user_id),
                Err(error) => warn!(error, "a clearCache message cannot be read"),
            };
        }
        let Ok(kind) = channel.parse::<ChangeKind>() else {
            return;
        };
        match self.room(payload.len()) {
            Ok(room) => self.put(Content::Change(kind, payload), Instant::now(), room),
            Err(why) => self.lose(why),
        }
    }

    /// Takes what was posted, for which there is room already; what is to be said to whoever posted it.
    pub(crate) async fn take_post(&self, body: Vec<u8>, arrived: Instant, room: Room) -> Answer {
        let (answer, answered) = oneshot::channel();
        self.put(Content::Post(body, answer), arrived, room);
        answered.await.unwrap_or(Answer::Closed)
    }

    /// Room for `bytes` bytes, if there is any.
    pub(crate) fn room(&self, bytes: usize) -> Result<Room, Exhausted> {
        self.ledger.charge(Term::Messages, bytes).map(Room)
    }

    fn put(&self, content: Content, arrived: Instant, room: Room) {
        let message = Message {
            content,
            arrived,
            _room: room,
        };
        let queue = if message.content.is_read_beside() {
            &self.large
        } else {
            &self.messages
        };
        // It fails only if the thread has ended, and then nobody takes messages any more.
        let _ = queue.send(message);
    }

    fn lose(self: &Arc<Self>, why: Exhausted) {
        self.metrics.lost.increment(1);
        self.lost.fetch_add(1, Ordering::Relaxed);
        if !self.is_losing.swap(true, Ordering::Relaxed) {
            error!(%why, "changes come faster than they are matched, and some are lost");
            tokio::spawn(Arc::clone(self).tell_when_calm());
        }
    }

    /// Tells clients that changes were lost, once no more are: they are about to ask for everything anew.
    async fn tell_when_calm(self: Arc<Self>) {
        loop {
            let before = self.lost.load(Ordering::Relaxed);
            sleep(CALM).await;
            if self.lost.load(Ordering::Relaxed) == before {
                break;
            }
        }
        self.is_losing.store(false, Ordering::Relaxed);
        self.gaps
            .tell("changes find room again; those that found none are lost");
    }
}

/// The user whose roles have changed.
fn read_clear_cache(payload: &[u8]) -> Result<String, String> {
    if payload.len() > CLEAR_CACHE_BYTES {
        return Err(format!("expected at most {CLEAR_CACHE_BYTES} bytes"));
    }
    let message = serde_json::from_slice::<ClearCache>(payload);
    message
        .map(|message| message.user_id)
        .map_err(|_| "at /userId: expected a text".into())
}

/// Reads messages, in a thread of its own.
#[derive(Clone)]
struct Reader {
    changes: Changes,
    access: Arc<Access>,
    classes: Arc<Classes>,
    runtime: Handle,
}

impl Reader {
    /// Reads what is sent, one after the other, in a thread with this name.
    fn start(self, name: &str) -> io::Result<mpsc::UnboundedSender<Message>> {
        let (messages, mut queue) = mpsc::unbounded_channel();
        let read_all = move || {
            while let Some(message) = queue.blocking_recv() {
                self.read(message);
            }
        };
        thread::Builder::new().name(name.into()).spawn(read_all)?;
        Ok(messages)
    }

    fn read(&self, message: Message) {
        let Message {
            content,
            arrived,
            _room,
        } = message;
        match content {
            Content::Change(kind, payload) => {
                let change = self.changes.read(kind, &payload);
                let size = payload.len();
                drop(payload);
                match change {
                    Ok(change) => drop(self.hand_on(change, size, arrived)),
                    Err(error) => self.changes.count_unread(&error),
                }
            }
            Content::Post(body, answer) => drop(answer.send(self.read_post(&body, arrived))),
        }
    }

    fn read_post(&self, body: &[u8], arrived: Instant) -> Answer {
        let post: Post<'_> = match serde_json::from_slice(body) {
            Ok(post) => post,
            Err(error) => {
                return Answer::Unread(format!("expected {{\"op\": …, \"message\": …}}: {error}"));
            }
        };
        if post.op == CLEAR_CACHE {
            return match read_clear_cache(post.message.get().as_bytes()) {
                Ok(user_id) => {
                    self.access.forget(&user_id);
                    Answer::Accepted
                }
                Err(error) => Answer::Unread(format!("in /message: {error}")),
            };
        }
        let Ok(kind) = post.op.parse::<ChangeKind>() else {
            return Answer::Unread("at /op: expected afterSave, afterDelete or clearCache".into());
        };
        match self.changes.read(kind, post.message.get().as_bytes()) {
            Ok(change) => self.hand_on(change, body.len(), arrived),
            Err(error) => {
                self.changes.count_unread(&error);
                Answer::Unread(format!("in /message: {error}"))
            }
        }
    }

    /// Hands on a change that was read from `size` bytes, once there is room among those that wait to be matched.
    fn hand_on(&self, change: Read, size: usize, arrived: Instant) -> Answer {
        self.classes.heard(change.class_name());
        let put = self.changes.put(change, size, arrived);
        match self.runtime.block_on(put) {
            Ok(()) => Answer::Accepted,
            Err(_) => Answer::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_ones_that_are_posted_are_read_beside_others() {
        let post = |bytes| Content::Post(vec![b' '; bytes], oneshot::channel().0);
        assert!(!post(LARGE - 1).is_read_beside());
        assert!(post(LARGE).is_read_beside());
        // Redis brings them in the order in which they were made.
        let change = Content::Change(ChangeKind::Save, vec![b' '; LARGE]);
        assert!(!change.is_read_beside());
    }
}
