//! WebSocket as RFC 6455 says, between bytes and messages. Nothing here waits, reads or writes: bytes go in and come out.
//!
//! Heads of frames and close codes are tungstenite's; putting frames together is not, as there a message is either kept
//! whole or the connection ends. Here what a peer sends is charged to its account as it comes in, and what is too large
//! is read past, with an eye on the number it wants to be answered under.

mod decoder;
mod encode;
mod frame;
mod gathered;
pub(super) mod handshake;
mod mask;
mod message;
mod skim;
mod violation;

#[cfg(test)]
mod laws;

pub(super) use self::decoder::Decoder;
pub(super) use self::encode::{close, head, ping, pong};
pub(super) use self::message::{Limits, Message, Oversize, Text};
pub(super) use self::violation::Violation;
pub(super) use tungstenite::protocol::frame::coding::CloseCode;
