//! What is sent of an object.

use std::ops::Range;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::accounting::{Charge, Term};

/// The text of an object, which is written once and sent to many.
pub(crate) struct Written {
    text: Box<str>,
    /// For the text. It is the feed's until somebody is to be sent it: what is withheld takes no room from clients.
    charge: Mutex<Charge>,
}

/// What is sent of an object: all of its text, or pieces of it.
#[derive(Clone)]
pub(crate) struct Payload {
    written: Arc<Written>,
    /// The pieces between the brackets, if some members are left out.
    pieces: Option<Arc<[Range<usize>]>>,
}

impl Written {
    pub(crate) fn new(text: String, charge: Charge) -> Arc<Self> {
        Arc::new(Self {
            text: text.into(),
            charge: Mutex::new(charge),
        })
    }

    /// Notes that somebody is to be sent it.
    pub(crate) fn send(&self) {
        self.charge.lock().rename(Term::Outbox);
    }

    /// Notes that it waits for an answer of Parse Server, if nobody is to be sent it yet.
    pub(crate) fn park(&self) {
        let mut charge = self.charge.lock();
        if charge.term() != Term::Outbox {
            charge.rename(Term::Parked);
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl Payload {
    pub(crate) fn whole(written: &Arc<Written>) -> Self {
        let written = Arc::clone(written);
        Self {
            written,
            pieces: None,
        }
    }

    pub(crate) fn cut(written: &Arc<Written>, pieces: Arc<[Range<usize>]>) -> Self {
        let written = Arc::clone(written);
        Self {
            written,
            pieces: Some(pieces),
        }
    }

    /// The text of which it is a part.
    pub(crate) fn written(&self) -> &Arc<Written> {
        &self.written
    }

    /// How many bytes are sent.
    pub(crate) fn len(&self) -> usize {
        match &self.pieces {
            None => self.written.text.len(),
            Some(pieces) => {
                let texts: usize = pieces.iter().map(ExactSizeIterator::len).sum();
                texts + pieces.len().saturating_sub(1) + "{}".len()
            }
        }
    }

    /// How many bytes are kept for it beside the text.
    pub(crate) fn overhead(&self) -> usize {
        self.pieces.as_deref().map_or(0, size_of_val)
    }

    /// Hands its parts out in order: those of the text, and what parts them.
    pub(crate) fn write(&self, sink: &mut impl Sink) {
        let Some(pieces) = &self.pieces else {
            return sink.piece(&self.written, 0..self.written.text.len());
        };
        sink.text("{");
        for (index, piece) in pieces.iter().enumerate() {
            if index > 0 {
                sink.text(",");
            }
            sink.piece(&self.written, piece.clone());
        }
        sink.text("}");
    }
}

/// What takes the parts of what is sent.
pub(crate) trait Sink {
    /// A few bytes of its own.
    fn text(&mut self, text: &str);

    /// A piece of a text that others are sent too.
    fn piece(&mut self, written: &Arc<Written>, piece: Range<usize>);
}

/// In one text.
impl Sink for String {
    fn text(&mut self, text: &str) {
        self.push_str(text);
    }

    fn piece(&mut self, written: &Arc<Written>, piece: Range<usize>) {
        self.push_str(&written.text[piece]);
    }
}
