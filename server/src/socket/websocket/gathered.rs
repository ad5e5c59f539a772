//! A message, as far as it has come in.

use std::sync::Arc;

use super::Violation;
use super::message::{Limits, Message, Oversize, Text};
use super::skim::Skim;
use crate::accounting::{Account, Charge, Term};

/// A message, as far as it has come in.
#[derive(Default)]
pub(super) enum Gathered {
    #[default]
    Nothing,
    Binary,
    Text {
        bytes: Vec<u8>,
        /// For the capacity.
        charge: Charge,
    },
    Skimmed {
        skim: Skim,
        why: Oversize,
        size: usize,
    },
}

impl Gathered {
    pub(super) fn text(account: &Arc<Account>) -> Self {
        let charge = account.begin(Term::Frames);
        let bytes = Vec::new();
        Self::Text { bytes, charge }
    }

    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// Whether it is so large that it is not read to its end.
    pub(super) fn is_far(&self, limits: Limits) -> bool {
        matches!(self, Self::Skimmed { size, .. } if *size > limits.read)
    }

    /// Adds what has come in of a frame of which so much is left.
    pub(super) fn add(&mut self, piece: &[u8], left: u64, limits: Limits) {
        match self {
            Self::Nothing | Self::Binary => {}
            Self::Skimmed { skim, size, why } => {
                skim.feed(piece);
                *size += piece.len();
                if *size > limits.read {
                    *why = Oversize::Far;
                }
            }
            Self::Text { bytes, charge } => {
                if let Err(why) = make_room(bytes, charge, piece.len(), left, limits) {
                    *self = Self::skim(bytes, why);
                    return self.add(piece, left, limits);
                }
                bytes.extend_from_slice(piece);
            }
        }
    }

    /// Goes on without keeping what there is.
    fn skim(bytes: &[u8], why: Oversize) -> Self {
        let mut skim = Skim::default();
        skim.feed(bytes);
        let size = bytes.len();
        Self::Skimmed { skim, why, size }
    }

    /// The message; none if there was nothing.
    pub(super) fn end(self) -> Result<Option<Message>, Violation> {
        Ok(Some(match self {
            Self::Nothing => return Ok(None),
            Self::Binary => Message::Binary,
            Self::Text { bytes, charge } => {
                let text = String::from_utf8(bytes).map_err(|_| Violation::UTF8)?;
                Message::Text(Text { text, charge })
            }
            Self::Skimmed { skim, why, .. } => Message::Oversize(why, skim.id()),
        }))
    }
}

/// Sees to it that there is room for a piece of a frame of which so much is left.
///
/// What has only been announced costs nothing.
fn make_room(
    bytes: &mut Vec<u8>,
    charge: &mut Charge,
    piece: usize,
    left: u64,
    limits: Limits,
) -> Result<(), Oversize> {
    let needed = bytes.len() + piece;
    let all = usize::try_from(left).map_or(usize::MAX, |left| needed.saturating_add(left));
    if all > limits.kept {
        return Err(Oversize::Limit);
    }
    if needed > bytes.capacity() {
        let capacity = (bytes.capacity() * 2).clamp(needed, all);
        charge
            .grow(capacity - charge.bytes())
            .map_err(Oversize::Memory)?;
        bytes.reserve_exact(capacity - bytes.len());
    }
    Ok(())
}
