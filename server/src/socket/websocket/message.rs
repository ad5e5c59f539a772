//! What a peer says.

use tungstenite::protocol::frame::coding::CloseCode;

use crate::accounting::{Charge, Exhausted};
use crate::protocol::RequestId;

/// What a peer has said.
#[derive(Debug)]
pub(crate) enum Message {
    Text(Text),
    /// What no client of LiveQuery sends. It has not been kept.
    Binary,
    /// A text that has not been kept, and the number of the request in it.
    Oversize(Oversize, Option<RequestId>),
    Ping(Box<[u8]>),
    Pong,
    /// The peer says goodbye.
    Close(Option<CloseCode>),
}

/// A text, paid for by who has sent it.
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) charge: Charge,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text.fmt(f)
    }
}

/// Why a text has not been kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Oversize {
    /// It is larger than allowed.
    Limit,
    /// It is so much larger that it has not been read to its end: nothing that comes after it can be read.
    Far,
    /// There was no memory for it.
    Memory(Exhausted),
}

/// Up to which size texts are kept, and up to which they are read to their end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) kept: usize,
    pub(crate) read: usize,
}
