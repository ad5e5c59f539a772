//! Frames that are sent. None is masked or in pieces.

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{CloseCode, Control, Data, OpCode};

/// No control frame has more.
const CONTROL_BYTES: usize = 125;

/// Writes the head of a text of `length` bytes.
pub(crate) fn head(length: usize, out: &mut Vec<u8>) {
    write(OpCode::Data(Data::Text), length, out);
}

/// Writes a ping.
pub(crate) fn ping(out: &mut Vec<u8>) {
    write(OpCode::Control(Control::Ping), 0, out);
}

/// Writes the answer to a ping.
pub(crate) fn pong(payload: &[u8], out: &mut Vec<u8>) {
    write(OpCode::Control(Control::Pong), payload.len(), out);
    out.extend_from_slice(payload);
}

/// Writes a goodbye, with a reason that is cut to what fits.
pub(crate) fn close(code: Option<CloseCode>, reason: &str, out: &mut Vec<u8>) {
    let Some(code) = code else {
        return write(OpCode::Control(Control::Close), 0, out);
    };
    let ends = (0..=reason.len().min(CONTROL_BYTES - 2)).rev();
    let reason = ends
        .into_iter()
        .find_map(|end| reason.get(..end))
        .unwrap_or_default();
    write(OpCode::Control(Control::Close), 2 + reason.len(), out);
    out.extend_from_slice(&u16::from(code).to_be_bytes());
    out.extend_from_slice(reason.as_bytes());
}

fn write(opcode: OpCode, length: usize, out: &mut Vec<u8>) {
    let header = FrameHeader {
        opcode,
        ..FrameHeader::default()
    };
    // Writing to memory does not fail.
    let _ = header.format(length as u64, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out);
        out
    }

    #[test]
    fn frames_are_those_of_the_rfc() {
        assert_eq!(written(|out| head(5, out)), [0x81, 5]);
        assert_eq!(written(|out| head(126, out)), [0x81, 126, 0, 126]);
        assert_eq!(
            written(|out| head(65_536, out)),
            [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]
        );
        assert_eq!(written(ping), [0x89, 0]);
        assert_eq!(written(|out| pong(b"hi", out)), [0x8A, 2, b'h', b'i']);
        assert_eq!(written(|out| close(None, "", out)), [0x88, 0]);
        assert_eq!(
            written(|out| close(Some(CloseCode::Away), "by", out)),
            [0x88, 4, 3, 233, b'b', b'y']
        );
    }

    #[test]
    fn a_long_reason_is_cut_where_a_letter_ends() {
        let frame = written(|out| close(Some(CloseCode::Size), &"ä".repeat(100), out));
        assert_eq!((frame.len(), frame[1]), (2 + 124, 124));
        assert!(std::str::from_utf8(&frame[4..]).is_ok());
    }
}
