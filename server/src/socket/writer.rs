//! What goes out to a client.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::websocket::{self, CloseCode};
use crate::metrics::Metrics;
use crate::protocol::{EventFrame, Sink, Written};
use crate::registry::{Event, Item, Outbox, What};

/// How many bytes are put together before they are written, and how many items.
const BATCH_BYTES: usize = 64 << 10;
const BATCH_ITEMS: usize = 64;

/// How many pieces are written at once.
const SLICES: usize = 64;

/// How many batches are written before others have their turn.
const BATCHES: usize = 8;

/// Writes to a socket what waits in an outbox, and what belongs to the connection itself.
pub(super) struct Writer {
    outbox: Arc<Outbox>,
    metrics: Arc<Metrics>,
    /// Frames of the connection itself, which go out before what waits: pings, pongs, the goodbye.
    control: Vec<u8>,
    batch: Batch,
    /// When the peer last took something of what is being written; none while nothing is.
    stuck_since: Option<Instant>,
    /// How many bytes the system has taken since they were last [asked for](Self::take_written).
    written: usize,
}

/// What is being written.
#[derive(Default)]
struct Batch {
    /// Bytes of its own.
    own: Vec<u8>,
    parts: VecDeque<Part>,
    size: usize,
    /// What it was made of, which is paid for until it is written.
    items: Vec<Item>,
}

/// A part of a batch.
enum Part {
    Own(Range<usize>),
    Shared(Arc<Written>, Range<usize>),
}

impl Writer {
    pub(super) fn new(outbox: Arc<Outbox>, metrics: Arc<Metrics>) -> Self {
        Self {
            outbox,
            metrics,
            control: Vec::new(),
            batch: Batch::default(),
            stuck_since: None,
            written: 0,
        }
    }

    /// Since when the peer has taken nothing of what is being written.
    pub(super) fn stuck_since(&self) -> Option<Instant> {
        self.stuck_since
    }

    /// How many bytes the system has taken since this was asked last: the peer may have to read as many before the next one.
    pub(super) fn take_written(&mut self) -> usize {
        std::mem::take(&mut self.written)
    }

    pub(super) fn ping(&mut self) {
        websocket::ping(&mut self.control);
    }

    /// Answers a ping. One that comes before the answer to the last has gone out is answered instead of it.
    pub(super) fn pong(&mut self, payload: &[u8]) {
        self.control.clear();
        websocket::pong(payload, &mut self.control);
    }

    /// Says goodbye behind what is being written. Nothing goes out after it.
    pub(super) fn close(&mut self, error: Option<String>, code: Option<CloseCode>, reason: &str) {
        self.outbox.close();
        self.control.clear();
        if let Some(error) = error {
            websocket::head(error.len(), &mut self.control);
            self.control.extend_from_slice(error.as_bytes());
        }
        websocket::close(code, reason, &mut self.control);
    }

    /// Writes until nothing waits any more.
    pub(super) fn poll_drain(
        &mut self,
        stream: &mut TcpStream,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        for _ in 0..BATCHES {
            if self.batch.parts.is_empty() && !self.next_batch() {
                return Poll::Ready(Ok(()));
            }
            self.stuck_since.get_or_insert_with(Instant::now);
            while !self.batch.parts.is_empty() {
                let written = ready!(self.batch.poll_write(stream, cx))?;
                self.batch.advance(written);
                self.written += written;
                self.stuck_since = Some(Instant::now());
            }
            self.end_batch();
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Puts together what is to be written next, if anything is.
    fn next_batch(&mut self) -> bool {
        self.batch.own.append(&mut self.control);
        self.batch.end_own(0);
        while self.batch.size < BATCH_BYTES
            && self.batch.items.len() < BATCH_ITEMS
            && let Some(item) = self.outbox.take()
        {
            match &item.what {
                What::Answer(answer) => self.batch.answer(answer),
                What::Event(event, _) => {
                    if !event.subscription.has_ended() {
                        self.batch.event(event);
                        self.metrics.event(event.kind).increment(1);
                        self.metrics.delivery_lag.record(event.arrived.elapsed());
                    }
                }
            }
            self.batch.items.push(item);
        }
        if self.batch.parts.is_empty() {
            self.end_batch();
        }
        !self.batch.parts.is_empty()
    }

    fn end_batch(&mut self) {
        if !self.batch.items.is_empty() {
            self.outbox.written(&self.batch.items);
        }
        self.batch = Batch::default();
        self.stuck_since = None;
    }
}

impl Batch {
    fn answer(&mut self, answer: &str) {
        let start = self.own.len();
        websocket::head(answer.len(), &mut self.own);
        self.own.extend_from_slice(answer.as_bytes());
        self.end_own(start);
    }

    fn event(&mut self, event: &Event) {
        let start = self.own.len();
        let subscription = &event.subscription;
        let (to, id) = (&subscription.client.addressee, subscription.id);
        let frame = EventFrame::new(event.kind, to, id, &event.object, event.original.as_ref());
        websocket::head(frame.len(), &mut self.own);
        let mut parts = Parts { batch: self, start };
        frame.write(&mut parts);
        let start = parts.start;
        self.end_own(start);
    }

    /// Makes what has been written since a place a part.
    fn end_own(&mut self, start: usize) {
        let end = self.own.len();
        if start == end {
            return;
        }
        self.size += end - start;
        match self.parts.back_mut() {
            Some(Part::Own(last)) if last.end == start => last.end = end,
            _ => self.parts.push_back(Part::Own(start..end)),
        }
    }

    fn poll_write(&self, stream: &mut TcpStream, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let parts = self.parts.iter().map(|part| part.bytes(&self.own));
        let count = slices
            .iter_mut()
            .zip(parts)
            .map(|(slice, bytes)| *slice = IoSlice::new(bytes))
            .count();
        let written = ready!(Pin::new(stream).poll_write_vectored(cx, &slices[..count]))?;
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        Poll::Ready(Ok(written))
    }

    /// Leaves out what has been written.
    fn advance(&mut self, mut written: usize) {
        while let Some(part) = self.parts.front_mut() {
            let range = part.range_mut();
            let step = range.len().min(written);
            range.start += step;
            written -= step;
            if range.start < range.end {
                return;
            }
            self.parts.pop_front();
        }
    }
}

impl Part {
    fn bytes<'a>(&'a self, own: &'a [u8]) -> &'a [u8] {
        match self {
            Self::Own(range) => &own[range.clone()],
            Self::Shared(written, range) => &written.text().as_bytes()[range.clone()],
        }
    }

    fn range_mut(&mut self) -> &mut Range<usize> {
        match self {
            Self::Own(range) | Self::Shared(_, range) => range,
        }
    }
}

/// The parts of a frame on their way into a batch.
struct Parts<'a> {
    batch: &'a mut Batch,
    /// Where its own bytes begin that are no part yet.
    start: usize,
}

impl Sink for Parts<'_> {
    fn text(&mut self, text: &str) {
        self.batch.own.extend_from_slice(text.as_bytes());
    }

    fn piece(&mut self, written: &Arc<Written>, piece: Range<usize>) {
        if piece.len() <= Event::COPIED {
            return self.text(&written.text()[piece]);
        }
        self.batch.end_own(self.start);
        self.start = self.batch.own.len();
        self.batch.size += piece.len();
        self.batch
            .parts
            .push_back(Part::Shared(Arc::clone(written), piece));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_written_in_any_pieces() {
        let texts = ["x".repeat(3_000), "y".repeat(10)];
        let ledger = crate::accounting::Ledger::new(1 << 20, 1 << 20);
        let written = texts.map(|text| {
            let charge = ledger.charge_anyway(crate::accounting::Term::Outbox, text.len());
            Written::new(text, charge)
        });
        for step in [1, 7, 100, 1_000, 5_000] {
            let mut batch = Batch::default();
            batch.answer("one");
            let start = batch.own.len();
            let mut parts = Parts {
                batch: &mut batch,
                start,
            };
            parts.text("<");
            parts.piece(&written[0], 10..2_000);
            parts.piece(&written[1], 0..10);
            parts.text(">");
            let start = parts.start;
            batch.end_own(start);
            batch.answer("two");
            assert_eq!((batch.parts.len(), batch.size), (3, 5 + 1 + 1_990 + 11 + 5));
            let mut out = Vec::new();
            while let Some(part) = batch.parts.front() {
                let bytes = part.bytes(&batch.own);
                let bytes = bytes[..step.min(bytes.len())].to_vec();
                batch.advance(bytes.len());
                out.extend(bytes);
            }
            let expected = format!("\u{81}\u{3}one<{}{}>", "x".repeat(1_990), "y".repeat(10));
            assert_eq!(out.len(), expected.chars().count() + 5);
            assert!(out.ends_with(b">\x81\x03two"));
        }
    }
}
