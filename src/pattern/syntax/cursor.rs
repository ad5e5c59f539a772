//! A place in the units of a pattern.

/// Reads the units of a pattern one after another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'p> {
    units: &'p [u16],
    at: usize,
}

impl<'p> Cursor<'p> {
    pub(super) const fn new(units: &'p [u16]) -> Self {
        Self { units, at: 0 }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// Goes back to where [`at`](Self::at) was.
    pub(super) const fn rewind(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) const fn is_done(&self) -> bool {
        self.at >= self.units.len()
    }

    pub(super) fn peek(&self) -> Option<u16> {
        self.units.get(self.at).copied()
    }

    /// The next unit, if it is below 256: what tells one construct from another is ASCII.
    pub(super) fn byte(&self) -> Option<u8> {
        self.byte_at(0)
    }

    pub(super) fn byte_at(&self, ahead: usize) -> Option<u8> {
        u8::try_from(*self.units.get(self.at + ahead)?).ok()
    }

    pub(super) const fn bump(&mut self) {
        self.at += 1;
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let eaten = self.byte() == Some(byte);
        self.at += usize::from(eaten);
        eaten
    }

    pub(super) fn looks_at(&self, bytes: &[u8]) -> bool {
        bytes
            .iter()
            .enumerate()
            .all(|(i, byte)| self.byte_at(i) == Some(*byte))
    }

    pub(super) fn eat_all(&mut self, bytes: &[u8]) -> bool {
        let eaten = self.looks_at(bytes);
        self.at += if eaten { bytes.len() } else { 0 };
        eaten
    }

    /// The next character: a whole surrogate pair if `joined`, else a unit.
    pub(super) fn take(&mut self, joined: bool) -> Option<u32> {
        let unit = self.peek()?;
        self.bump();
        if let (true, Some(low)) = (joined, self.peek())
            && let Some(pair) = pair(u32::from(unit), u32::from(low))
        {
            self.bump();
            return Some(pair);
        }
        Some(u32::from(unit))
    }

    pub(super) fn take_digit(&mut self, radix: u32) -> Option<u32> {
        let digit = char::from(self.byte()?).to_digit(radix)?;
        self.bump();
        Some(digit)
    }

    /// A decimal number, or the largest one there is if it is larger; none if no digit stands here.
    pub(super) fn take_number(&mut self) -> Option<u32> {
        let mut number = self.take_digit(10)?;
        while let Some(digit) = self.take_digit(10) {
            number = number.saturating_mul(10).saturating_add(digit);
        }
        Some(number)
    }

    /// Exactly `count` hexadecimal digits, or nothing is read.
    pub(super) fn take_hex(&mut self, count: usize) -> Option<u32> {
        let start = self.at;
        let mut number = 0;
        for _ in 0..count {
            let Some(digit) = self.take_digit(16) else {
                self.at = start;
                return None;
            };
            number = number * 16 + digit;
        }
        Some(number)
    }

    /// What follows `\u`: four digits, two such escapes that make a pair, or, by code points, `{…}`.
    pub(super) fn take_unicode_escape(&mut self, code_points: bool) -> Option<u32> {
        if code_points && self.byte() == Some(b'{') {
            return self.take_braced_hex();
        }
        let high = self.take_hex(4)?;
        if code_points && (0xd800..0xdc00).contains(&high) {
            return Some(self.take_low_escape(high).unwrap_or(high));
        }
        Some(high)
    }

    fn take_low_escape(&mut self, high: u32) -> Option<u32> {
        let start = self.at;
        let low = if self.eat_all(b"\\u") {
            self.take_hex(4)
        } else {
            None
        };
        let pair = low.and_then(|low| pair(high, low));
        if pair.is_none() {
            self.at = start;
        }
        pair
    }

    fn take_braced_hex(&mut self) -> Option<u32> {
        let start = self.at;
        self.bump();
        let mut number = self.take_digit(16);
        while let (Some(left), Some(digit)) = (number, self.take_digit(16)) {
            number = Some(left.saturating_mul(16).saturating_add(digit));
        }
        let number = number.filter(|number| *number <= 0x10_ffff);
        if number.is_none() || !self.eat(b'}') {
            self.at = start;
            return None;
        }
        number
    }
}

/// The code point of a surrogate pair, if the two units are one.
pub(crate) fn pair(high: u32, low: u32) -> Option<u32> {
    let is_pair = (0xd800..0xdc00).contains(&high) && (0xdc00..0xe000).contains(&low);
    is_pair.then(|| 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))
}
