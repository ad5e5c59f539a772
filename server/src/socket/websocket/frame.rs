//! The head of a frame, and how much is left of it.

use std::io::Cursor;

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::OpCode;

use super::Violation;
use super::mask::Mask;

/// No control frame has more.
const CONTROL_BYTES: u64 = 125;

/// The head of a frame, as far as it has come in.
#[derive(Default)]
pub(super) struct Head(Vec<u8>);

/// A frame whose head has come in.
pub(super) struct Frame {
    pub(super) opcode: OpCode,
    /// Whether it is the last of its message.
    pub(super) is_final: bool,
    /// How much of it has not come in yet.
    pub(super) left: u64,
    mask: Mask,
}

impl Head {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes in bytes up to the end of the head. How many, and the frame if that is reached.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(usize, Option<Frame>), Violation> {
        if self.0.is_empty()
            && let Some((frame, length)) = Frame::read(bytes)?
        {
            return Ok((length, Some(frame)));
        }
        for (index, byte) in bytes.iter().enumerate() {
            self.0.push(*byte);
            if let Some((frame, _)) = Frame::read(&self.0)? {
                self.0 = Vec::new();
                return Ok((index + 1, Some(frame)));
            }
        }
        Ok((bytes.len(), None))
    }
}

impl Frame {
    /// Reads the head at the beginning of these bytes, if all of it is there. How long it is, too.
    fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, Violation> {
        let mut cursor = Cursor::new(bytes);
        let Some((header, left)) =
            FrameHeader::parse(&mut cursor).map_err(|_| Violation::OPCODE)?
        else {
            return Ok(None);
        };
        let length = usize::try_from(cursor.position()).unwrap_or(bytes.len());
        Self::check(&header, left).map(|frame| Some((frame, length)))
    }

    fn check(header: &FrameHeader, left: u64) -> Result<Self, Violation> {
        let is_control = matches!(header.opcode, OpCode::Control(_));
        if header.rsv1 || header.rsv2 || header.rsv3 {
            return Err(Violation::RESERVED);
        }
        if is_control && (left > CONTROL_BYTES || !header.is_final) {
            return Err(Violation::CONTROL);
        }
        if left >> 63 != 0 {
            return Err(Violation::LENGTH);
        }
        let key = header.mask.ok_or(Violation::UNMASKED)?;
        Ok(Self {
            opcode: header.opcode,
            is_final: header.is_final,
            left,
            mask: Mask::new(key),
        })
    }

    /// Takes what belongs to it from the front of these bytes, without its mask.
    pub(super) fn take<'a>(&mut self, bytes: &'a mut [u8]) -> &'a [u8] {
        let length = usize::try_from(self.left).map_or(bytes.len(), |left| left.min(bytes.len()));
        let piece = &mut bytes[..length];
        self.left -= length as u64;
        self.mask.lift(piece);
        piece
    }
}
