//! From the size of a value to steps, and from the size of an object to the most that it can come to.

use super::size::{Shape, Size};

/// What an operator takes for a value of one shape, for each part of its size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rates {
    pub(crate) fixed: u64,
    pub(crate) member: u64,
    pub(crate) node: u64,
    /// For 64 bytes of text.
    pub(crate) bytes: u64,
    pub(crate) object: u64,
    pub(crate) pointer: u64,
    pub(crate) odd_pointer: u64,
}

/// The bytes for which [`Rates::bytes`] and [`Bound`] say what they take.
const PIECE: u64 = 64;

impl Rates {
    pub(crate) const fn fixed(fixed: u64) -> Self {
        Self {
            fixed,
            member: 0,
            node: 0,
            bytes: 0,
            object: 0,
            pointer: 0,
            odd_pointer: 0,
        }
    }

    /// Whether more of an array matters than how many elements it has. Then [`node`](Self::node) pays for each value that is
    /// measured.
    pub(crate) const fn look_inside(&self) -> bool {
        self.node | self.bytes | self.object | self.pointer | self.odd_pointer != 0
    }

    pub(crate) fn steps(&self, size: &Size) -> u64 {
        [
            (self.member, size.members),
            (self.node, size.nodes),
            (self.object, size.objects),
            (self.pointer, size.pointers),
            (self.odd_pointer, size.odd_pointers),
        ]
        .into_iter()
        .fold(self.fixed, |sum, (rate, count)| {
            sum.saturating_add(rate.saturating_mul(count))
        })
        .saturating_add(self.bytes.saturating_mul(size.bytes) / PIECE)
    }

    /// For a text of so many bytes.
    pub(crate) fn steps_for_bytes(&self, bytes: usize) -> u64 {
        let bytes = self.bytes.saturating_mul(bytes as u64) / PIECE;
        self.fixed.saturating_add(bytes)
    }

    /// Of both, one after the other.
    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            fixed: self.fixed.saturating_add(other.fixed),
            member: self.member.saturating_add(other.member),
            node: self.node.saturating_add(other.node),
            bytes: self.bytes.saturating_add(other.bytes),
            object: self.object.saturating_add(other.object),
            pointer: self.pointer.saturating_add(other.pointer),
            odd_pointer: self.odd_pointer.saturating_add(other.odd_pointer),
        }
    }

    /// The most that it can be for a value of a shape in an object, by the length of the object's JSON.
    pub(crate) fn bound(&self, shape: Shape) -> Bound {
        // One value, which is perhaps a pointer.
        let one = [
            self.member,
            self.node,
            self.object,
            self.pointer,
            self.odd_pointer,
        ];
        let one = one.into_iter().fold(self.fixed, u64::saturating_add);
        // Of the text of what is neither text nor array.
        let short = self.bytes.saturating_mul(2);
        let (fixed, piece) = match shape {
            Shape::Plain | Shape::Object => (one.saturating_add(short), 0),
            Shape::Text => (one, self.bytes),
            Shape::Array => {
                // An element takes two bytes with its comma; an object three, a pointer 21. A number of four bytes is a text of
                // 24.
                let node = self.member.saturating_add(self.node);
                let object = node.saturating_add(self.object);
                let nodes = node.saturating_mul(32).max(object.saturating_mul(22));
                let pointers = self.pointer.saturating_add(self.odd_pointer);
                let texts = self.bytes.saturating_mul(7);
                let piece = nodes.saturating_add(pointers.saturating_mul(4));
                (one, piece.saturating_add(texts))
            }
        };
        Bound { fixed, piece }
    }
}

/// The most steps that something can take, by the length of an object's JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bound {
    /// For any object.
    pub(crate) fixed: u64,
    /// For 64 bytes of it.
    pub(crate) piece: u64,
}

impl Bound {
    pub(crate) const fn fixed(fixed: u64) -> Self {
        Self { fixed, piece: 0 }
    }

    pub(crate) const fn steps(self, bytes: usize) -> u64 {
        // An object of more bytes does not fit into memory.
        let bytes = bytes as u64;
        let (whole, rest) = (bytes / PIECE, bytes % PIECE);
        let whole = self.piece.saturating_mul(whole);
        let rest = self.piece.saturating_mul(rest).div_ceil(PIECE);
        self.fixed.saturating_add(whole).saturating_add(rest)
    }

    /// Of both, one after the other.
    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            fixed: self.fixed.saturating_add(other.fixed),
            piece: self.piece.saturating_add(other.piece),
        }
    }

    /// Of either.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            fixed: self.fixed.max(other.fixed),
            piece: self.piece.max(other.piece),
        }
    }
}
