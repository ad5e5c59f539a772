//! What comes in from a client.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::websocket::{Decoder, Limits, Message, Violation};
use crate::accounting::{Account, Charge, Exhausted, Term};

/// How much is read at once, at least and at most. What is read beyond a frame is kept until that has been answered.
const LEAST: usize = 4 << 10;
const MOST: usize = 64 << 10;

/// How often is read before others have their turn.
const READS: usize = 16;

thread_local! {
    /// Where bytes are read to. Clients have no buffers of their own for it: nearly all of them are silent.
    static BUFFER: RefCell<Box<[u8]>> = RefCell::new(vec![0; MOST].into());
}

/// Reads messages from a socket.
pub(super) struct Reader {
    decoder: Decoder,
    /// What has been read and belongs to later messages, and how much of it has been looked at.
    rest: Vec<u8>,
    seen: usize,
    /// Whether anything has come in since it was last [asked for](Self::take_heard).
    has_heard: bool,
    charge: Charge,
}

/// Why nothing can be read any more.
pub(super) enum Broken {
    /// The peer has gone.
    Gone,
    Io(io::Error),
    Violation(Violation),
    /// There is no memory for what it has sent.
    Exhausted(Exhausted),
}

impl Reader {
    /// Reads what comes after these bytes, which have come in already.
    pub(super) fn new(account: &Arc<Account>, limits: Limits, begun: Vec<u8>) -> Self {
        Self {
            decoder: Decoder::new(Arc::clone(account), limits),
            rest: begun,
            seen: 0,
            has_heard: false,
            charge: account.begin(Term::Frames),
        }
    }

    /// Since when a message has been coming in that is not complete.
    pub(super) fn partial_since(&self) -> Option<Instant> {
        self.decoder.partial_since()
    }

    /// Whether anything has come in since this was asked last, if only a part of a message.
    pub(super) fn take_heard(&mut self) -> bool {
        std::mem::take(&mut self.has_heard)
    }

    /// The next message.
    pub(super) fn poll_next(
        &mut self,
        stream: &mut TcpStream,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Message, Broken>> {
        if let Some(message) = self.next_of_rest().map_err(Broken::Violation)? {
            return Poll::Ready(Ok(message));
        }
        BUFFER.with_borrow_mut(|buffer| {
            for _ in 0..READS {
                let size = usize::try_from(self.decoder.awaited()).unwrap_or(MOST);
                let mut space = ReadBuf::new(&mut buffer[..size.clamp(LEAST, MOST)]);
                ready!(Pin::new(&mut *stream).poll_read(cx, &mut space)).map_err(Broken::Io)?;
                if space.filled().is_empty() {
                    return Poll::Ready(Err(Broken::Gone));
                }
                self.has_heard = true;
                if let Some(message) = self.take_in(space.filled_mut())? {
                    return Poll::Ready(Ok(message));
                }
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    }

    /// The next message of what has been read before.
    fn next_of_rest(&mut self) -> Result<Option<Message>, Violation> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (taken, message) = self.decoder.feed(&mut self.rest[self.seen..])?;
        self.seen += taken;
        if self.seen == self.rest.len() {
            (self.rest, self.seen) = (Vec::new(), 0);
            self.charge.shrink_to(0);
        }
        Ok(message)
    }

    /// Takes bytes in, and keeps those that come after the first message.
    fn take_in(&mut self, bytes: &mut [u8]) -> Result<Option<Message>, Broken> {
        let (taken, message) = self.decoder.feed(bytes).map_err(Broken::Violation)?;
        let rest = &bytes[taken..];
        if !rest.is_empty() {
            self.charge.grow(rest.len()).map_err(Broken::Exhausted)?;
            self.rest = rest.to_vec();
        }
        Ok(message)
    }
}
