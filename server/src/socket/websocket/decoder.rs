//! Frames that come in, put together to messages.

use std::sync::Arc;

use tokio::time::Instant;
use tungstenite::protocol::frame::coding::{CloseCode, Control, Data, OpCode};

use super::Violation;
use super::frame::{Frame, Head};
use super::gathered::Gathered;
use super::message::{Limits, Message};
use crate::accounting::Account;

/// Puts messages together from the bytes of a connection.
pub(crate) struct Decoder {
    account: Arc<Account>,
    limits: Limits,
    /// What has come in of something that is not complete. There is none while the peer says nothing.
    partial: Option<Box<Partial>>,
}

/// A message and a frame, neither of them complete.
#[derive(Default)]
struct Partial {
    head: Head,
    frame: Option<Frame>,
    /// The payload of a control frame, which may come between two pieces of a message.
    control: Vec<u8>,
    message: Gathered,
    since: Option<Instant>,
}

impl Decoder {
    pub(crate) fn new(account: Arc<Account>, limits: Limits) -> Self {
        let partial = None;
        Self {
            account,
            limits,
            partial,
        }
    }

    /// Since when something has been coming in that is not complete.
    pub(crate) fn partial_since(&self) -> Option<Instant> {
        self.partial.as_ref()?.since
    }

    /// How much of what has been announced has not come in.
    pub(crate) fn awaited(&self) -> u64 {
        let frame = self
            .partial
            .as_ref()
            .and_then(|partial| partial.frame.as_ref());
        frame.map_or(0, |frame| frame.left)
    }

    /// Takes in bytes up to the end of a message. How many, and the message, if there is one.
    ///
    /// After an error, and after a text that is far too large, there is nothing to be had any more.
    pub(crate) fn feed(&mut self, bytes: &mut [u8]) -> Result<(usize, Option<Message>), Violation> {
        let mut partial = self
            .partial
            .take()
            .map_or_else(Partial::default, |partial| *partial);
        let mut taken = 0;
        let mut message = None;
        while taken < bytes.len() && message.is_none() {
            let (more, complete) = partial.feed(&mut bytes[taken..], self)?;
            taken += more;
            message = complete;
        }
        if !partial.is_empty() {
            partial.since.get_or_insert_with(Instant::now);
            self.partial = Some(Box::new(partial));
        }
        Ok((taken, message))
    }
}

impl Partial {
    fn is_empty(&self) -> bool {
        self.head.is_empty() && self.frame.is_none() && self.message.is_nothing()
    }

    /// Takes in the rest of a head, or of a frame.
    fn feed(
        &mut self,
        bytes: &mut [u8],
        to: &Decoder,
    ) -> Result<(usize, Option<Message>), Violation> {
        let Some(mut frame) = self.frame.take() else {
            let (taken, frame) = self.head.feed(bytes)?;
            if let Some(frame) = frame {
                self.begin(frame.opcode, to)?;
                // One that is empty is complete.
                return Ok((taken, self.go_on(frame, &[], to)?));
            }
            return Ok((taken, None));
        };
        let piece = frame.take(bytes);
        let taken = piece.len();
        Ok((taken, self.go_on(frame, piece, to)?))
    }

    fn begin(&mut self, opcode: OpCode, to: &Decoder) -> Result<(), Violation> {
        match (opcode, self.message.is_nothing()) {
            (OpCode::Data(Data::Text), true) => self.message = Gathered::text(&to.account),
            (OpCode::Data(Data::Binary), true) => self.message = Gathered::Binary,
            (OpCode::Data(Data::Continue), false) | (OpCode::Control(_), _) => {}
            (OpCode::Data(_), _) => return Err(Violation::CONTINUATION),
        }
        Ok(())
    }

    /// Adds a piece of a frame; the message, if it is complete now.
    fn go_on(
        &mut self,
        frame: Frame,
        piece: &[u8],
        to: &Decoder,
    ) -> Result<Option<Message>, Violation> {
        match frame.opcode {
            OpCode::Control(_) => self.control.extend_from_slice(piece),
            OpCode::Data(_) => self.message.add(piece, frame.left, to.limits),
        }
        let (opcode, is_complete) = (frame.opcode, frame.is_final && frame.left == 0);
        if frame.left > 0 {
            self.frame = Some(frame);
        }
        match opcode {
            OpCode::Control(control) if is_complete => self.end_control(control).map(Some),
            OpCode::Data(_) if is_complete || self.message.is_far(to.limits) => {
                self.since = None;
                std::mem::take(&mut self.message).end()
            }
            OpCode::Control(_) | OpCode::Data(_) => Ok(None),
        }
    }

    fn end_control(&mut self, control: Control) -> Result<Message, Violation> {
        let payload = std::mem::take(&mut self.control);
        match control {
            Control::Ping => Ok(Message::Ping(payload.into())),
            Control::Pong => Ok(Message::Pong),
            Control::Close => goodbye(&payload).map(Message::Close),
            Control::Reserved(_) => Err(Violation::OPCODE),
        }
    }
}

/// The code of a goodbye, if it has one.
fn goodbye(payload: &[u8]) -> Result<Option<CloseCode>, Violation> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return if payload.is_empty() {
            Ok(None)
        } else {
            Err(Violation::CLOSE)
        };
    };
    let code = CloseCode::from(u16::from_be_bytes(*code));
    if !code.is_allowed() {
        return Err(Violation::CLOSE);
    }
    if std::str::from_utf8(reason).is_err() {
        return Err(Violation::UTF8);
    }
    Ok(Some(code))
}
