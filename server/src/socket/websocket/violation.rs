//! What a peer must not do.

use tungstenite::protocol::frame::coding::CloseCode;

/// A peer has broken the rules of WebSocket, and the connection has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) code: CloseCode,
    pub(crate) reason: &'static str,
}

impl Violation {
    pub(super) const UNMASKED: Self = Self::protocol("expected a masked frame");
    pub(super) const RESERVED: Self = Self::protocol("expected no extension");
    pub(super) const OPCODE: Self = Self::protocol("expected a kind of frame that is known");
    pub(super) const CONTROL: Self = Self::protocol("expected a short control frame in one piece");
    pub(super) const LENGTH: Self = Self::protocol("expected a length below 2^63");
    pub(super) const CONTINUATION: Self =
        Self::protocol("expected a continuation after a frame that is not final only");
    pub(super) const CLOSE: Self =
        Self::protocol("expected a close frame with a code that may be sent");
    pub(super) const UTF8: Self = Self {
        code: CloseCode::Invalid,
        reason: "expected text in UTF-8",
    };

    const fn protocol(reason: &'static str) -> Self {
        let code = CloseCode::Protocol;
        Self { code, reason }
    }
}
