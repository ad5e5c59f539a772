//! The flags of a pattern.

use super::error::{FlagsError, PatternError};

/// The flags that change what a pattern matches, as `new RegExp` takes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Flags {
    bits: u8,
}

/// Every letter that JavaScript knows, in the order of their bits.
const LETTERS: &[u8; 8] = b"dgimsuvy";

impl Flags {
    /// Reads letters out of `dgimsuvy`, none twice and not `u` beside `v`.
    ///
    /// `d` and `g` are taken and mean nothing here: each test starts afresh, and only whether
    /// something matches is asked. PCRE's `x` is no JavaScript flag.
    pub(crate) fn parse(text: &str) -> Result<Self, PatternError> {
        let mut bits = 0;
        for letter in text.chars() {
            let bit = LETTERS
                .iter()
                .position(|known| char::from(*known) == letter);
            let bit = 1 << bit.ok_or(FlagsError::Unknown(letter))?;
            if bits & bit != 0 {
                return Err(FlagsError::Repeated(letter).into());
            }
            bits |= bit;
        }
        let flags = Self { bits };
        if flags.unicode() && flags.sets() {
            return Err(FlagsError::BothSets.into());
        }
        Ok(flags)
    }

    /// The flag of a letter out of `ims`, which a group may change for what is in it.
    pub(crate) const fn of_modifier(letter: u8) -> Option<Self> {
        match letter {
            b'i' => Some(Self { bits: 1 << 2 }),
            b'm' => Some(Self { bits: 1 << 3 }),
            b's' => Some(Self { bits: 1 << 4 }),
            _ => None,
        }
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Whether the two share a flag.
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.bits & other.bits != 0
    }

    #[must_use]
    pub(crate) const fn with(self, others: Self) -> Self {
        Self {
            bits: self.bits | others.bits,
        }
    }

    #[must_use]
    pub(crate) const fn without(self, others: Self) -> Self {
        Self {
            bits: self.bits & !others.bits,
        }
    }

    const fn has(self, bit: u8) -> bool {
        self.bits >> bit & 1 == 1
    }

    /// `i`
    pub(crate) const fn ignore_case(self) -> bool {
        self.has(2)
    }

    /// `m`
    pub(crate) const fn multiline(self) -> bool {
        self.has(3)
    }

    /// `s`
    pub(crate) const fn dot_all(self) -> bool {
        self.has(4)
    }

    /// `u`
    const fn unicode(self) -> bool {
        self.has(5)
    }

    /// `v`
    pub(crate) const fn sets(self) -> bool {
        self.has(6)
    }

    /// `y`, which for a fresh pattern means that a match begins at the start of the text.
    pub(crate) const fn sticky(self) -> bool {
        self.has(7)
    }

    /// Whether texts are read by code points (`u` or `v`) and not by UTF-16 units.
    pub(crate) const fn code_points(self) -> bool {
        self.unicode() || self.sets()
    }

    /// The flags as letters, in JavaScript's order.
    pub(crate) fn letters(self) -> String {
        let bits = (0_u8..).zip(LETTERS);
        bits.filter(|(bit, _)| self.has(*bit))
            .map(|(_, letter)| char::from(*letter))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_javascript_reads() {
        for good in ["", "d", "dgimsuy", "vy", "yg"] {
            assert!(Flags::parse(good).is_ok(), "{good}");
        }
        for bad in ["x", "ii", "uv", "I", " ", "é", "gg"] {
            assert!(Flags::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn letters_come_back_in_order() {
        assert_eq!(
            Flags::parse("ymi").map(Flags::letters),
            Ok("imy".to_owned())
        );
    }
}
