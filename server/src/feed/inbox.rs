//! Messages that have come in and wait to be read.

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{io, thread};

use livematch::ChangeKind;
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;
use tracing::warn;

use super::Gaps;
use super::losses::Losses;
use super::posted::{Form, Post, Texts};
use super::stamps::{Place, Stamps};
use crate::access::Access;
use crate::accounting::{Charge, Exhausted, Ledger, Term};
use crate::checks::Classes;
use crate::matching::{Changes, Closed, Read};
use crate::metrics::Metrics;

const KIB: usize = 1024;

/// The channel on which Parse Server says that the roles of a user have changed, without the id of the application.
const CLEAR_CACHE: &str = "clearCache";

/// How long such a message may be. It is read where it comes in.
const CLEAR_CACHE_BYTES: usize = 4 * KIB;

/// How long a feed that keeps its messages waits before it asks for room again.
const WAIT: Duration = Duration::from_millis(5);

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
    losses: Arc<Losses>,
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
    Post(Form, Vec<u8>, oneshot::Sender<Reply>),
}

impl Content {
    /// Whether others need not wait for it.
    fn is_read_beside(&self) -> bool {
        match self {
            Self::Change(..) => false,
            Self::Post(_, body, _) => body.len() >= LARGE,
        }
    }
}

/// What is said to whoever has posted something.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Of a message, or of what is no message.
    One(Answer),
    /// Of each of those that came at once, in their order.
    Each(Vec<Answer>),
    /// Nobody takes messages any more.
    Closed,
}

/// What is said of a message that was posted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepted,
    /// It had come before.
    Repeated,
    /// It is no message that could be read.
    Unread(String),
}

/// Room for some bytes of messages, until it is dropped.
pub(crate) struct Room(Charge);

/// The message that the roles of a user have changed.
#[derive(Deserialize)]
struct ClearCache {
    #[serde(rename = "userId")]
    user_id: String,
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
        let losses = Losses::new(gaps, Arc::clone(&metrics));
        let reader = Reader {
            changes,
            access: Arc::clone(&access),
            classes,
            stamps: Arc::default(),
            losses: Arc::clone(&losses),
            metrics,
            runtime: Handle::current(),
        };
        let messages = reader.clone().start("feed")?;
        let large = reader.start("feed-large")?;
        Ok(Arc::new(Self {
            ledger: Arc::clone(ledger),
            messages,
            large,
            access,
            losses,
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

    /// Where it is told what was lost.
    pub(super) fn losses(&self) -> &Arc<Losses> {
        &self.losses
    }

    /// Takes what was published on a channel, given without the id of the application; or loses it, if there is no room.
    pub(super) fn take(&self, channel: &str, payload: Vec<u8>) {
        if let Some((kind, payload)) = self.change(channel, payload) {
            match self.room(payload.len()) {
                Ok(room) => self.put(Content::Change(kind, payload), Instant::now(), room),
                Err(why) => self.losses.found_no_room(why),
            }
        }
    }

    /// The same of a feed that keeps it until there is room; lost is only what is larger than all the room there is.
    pub(super) async fn take_when_room(&self, channel: &str, payload: Vec<u8>) {
        let Some((kind, payload)) = self.change(channel, payload) else {
            return;
        };
        loop {
            match self.room(payload.len()) {
                Ok(room) => return self.put(Content::Change(kind, payload), Instant::now(), room),
                Err(why) if why.limit < payload.len() => return self.losses.found_no_room(why),
                Err(_) => sleep(WAIT).await,
            }
        }
    }

    /// What is a change; anything else is done with here.
    fn change(&self, channel: &str, payload: Vec<u8>) -> Option<(ChangeKind, Vec<u8>)> {
        if channel == CLEAR_CACHE {
            match read_clear_cache(&payload) {
                Ok(user_id) => self.access.forget(&user_id),
                Err(error) => warn!(error, "a clearCache message cannot be read"),
            }
            return None;
        }
        channel.parse().ok().map(|kind| (kind, payload))
    }

    /// Takes what was posted, for which there is room already; what is to be said to whoever posted it.
    pub(crate) async fn take_post(
        &self,
        form: Form,
        body: Vec<u8>,
        arrived: Instant,
        room: Room,
    ) -> Reply {
        let (reply, replied) = oneshot::channel();
        self.put(Content::Post(form, body, reply), arrived, room);
        replied.await.unwrap_or(Reply::Closed)
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
    stamps: Arc<Stamps>,
    losses: Arc<Losses>,
    metrics: Arc<Metrics>,
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
            Content::Post(form, body, reply) => {
                let said = self.read_body(form, &body, arrived);
                drop(reply.send(said.unwrap_or(Reply::Closed)));
            }
        }
    }

    /// Reads what was posted, one message after the other.
    fn read_body(&self, form: Form, body: &[u8], arrived: Instant) -> Result<Reply, Closed> {
        match form.split(body) {
            Ok(Texts::One(text)) => self.read_post(text, arrived).map(Reply::One),
            Ok(Texts::Each(texts)) => {
                let answers = texts.into_iter().map(|text| self.read_post(text, arrived));
                answers.collect::<Result<_, _>>().map(Reply::Each)
            }
            Err(error) => Ok(Reply::One(Answer::Unread(error))),
        }
    }

    fn read_post(&self, text: &[u8], arrived: Instant) -> Result<Answer, Closed> {
        let stamped = Post::read(text).and_then(|mut post| Ok((post.stamp()?, post)));
        let (stamp, post) = match stamped {
            Ok(stamped) => stamped,
            Err(error) => return Ok(Answer::Unread(error)),
        };
        if let Some(stamp) = stamp {
            match self.stamps.note(&stamp) {
                Place::Next => {}
                Place::Repeat => {
                    self.metrics.repeated.increment(1);
                    return Ok(Answer::Repeated);
                }
                Place::Behind(missing) => {
                    self.losses.are_missing(Some(missing), &stamp.writer);
                }
            }
        }
        if post.op == CLEAR_CACHE {
            return Ok(self.clear_cache(post.message.get().as_bytes()));
        }
        let Ok(kind) = post.op.parse::<ChangeKind>() else {
            let error = "at /op: expected afterSave, afterDelete or clearCache";
            return Ok(Answer::Unread(error.into()));
        };
        match self.changes.read(kind, post.message.get().as_bytes()) {
            Ok(change) => self.hand_on(change, text.len(), arrived),
            Err(error) => {
                self.changes.count_unread(&error);
                Ok(Answer::Unread(format!("in /message: {error}")))
            }
        }
    }

    fn clear_cache(&self, message: &[u8]) -> Answer {
        match read_clear_cache(message) {
            Ok(user_id) => {
                self.access.forget(&user_id);
                Answer::Accepted
            }
            Err(error) => Answer::Unread(format!("in /message: {error}")),
        }
    }

    /// Hands on a change that was read from `size` bytes, once there is room among those that wait to be matched.
    fn hand_on(&self, change: Read, size: usize, arrived: Instant) -> Result<Answer, Closed> {
        self.classes.heard(change.class_name());
        let put = self.changes.put(change, size, arrived);
        self.runtime.block_on(put)?;
        Ok(Answer::Accepted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_ones_that_are_posted_are_read_beside_others() {
        let post = |bytes| Content::Post(Form::Json, vec![b' '; bytes], oneshot::channel().0);
        assert!(!post(LARGE - 1).is_read_beside());
        assert!(post(LARGE).is_read_beside());
        // Redis brings them in the order in which they were made.
        let change = Content::Change(ChangeKind::Save, vec![b' '; LARGE]);
        assert!(!change.is_read_beside());
    }
}
