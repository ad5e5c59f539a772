//! Texts as a pattern reads them: by units, or by code points.

use super::syntax::pair;

/// A text that can be read from any place.
pub(crate) trait Text {
    fn len(&self) -> usize;

    /// The character at a place, none at the end.
    fn at(&self, at: usize) -> Option<u32>;

    /// The character before a place, none at the start.
    fn before(&self, at: usize) -> Option<u32> {
        self.at(at.checked_sub(1)?)
    }
}

/// ASCII: bytes are units and code points at once.
impl Text for [u8] {
    fn len(&self) -> usize {
        self.len()
    }

    fn at(&self, at: usize) -> Option<u32> {
        self.get(at).map(|byte| u32::from(*byte))
    }
}

/// Units.
impl Text for [u16] {
    fn len(&self) -> usize {
        self.len()
    }

    fn at(&self, at: usize) -> Option<u32> {
        self.get(at).map(|unit| u32::from(*unit))
    }
}

/// Code points, and halves of pairs that have no other half.
impl Text for [u32] {
    fn len(&self) -> usize {
        self.len()
    }

    fn at(&self, at: usize) -> Option<u32> {
        self.get(at).copied()
    }
}

/// The characters of `units`: themselves, or with `code_points` each pair as one.
pub(crate) fn decode(units: &[u16], code_points: bool) -> Vec<u32> {
    let mut units = units.iter().map(|unit| u32::from(*unit)).peekable();
    let mut chars = Vec::with_capacity(units.len());
    while let Some(unit) = units.next() {
        let joined = units
            .peek()
            .and_then(|low| pair(unit, *low))
            .filter(|_| code_points);
        if joined.is_some() {
            units.next();
        }
        chars.push(joined.unwrap_or(unit));
    }
    chars
}
