//! Group names, and the survey that finds groups ahead of the reading.

use smallvec::SmallVec;

use super::super::unicode;
use super::parser::{Parsed, Parser};

/// The name of a group, by code points.
pub(super) type Name = SmallVec<[u32; 8]>;

/// How many groups of a pattern capture, and whether any has a name.
///
/// Without `u`, both decide what `\1` and `\k` mean before their groups are read.
pub(super) fn survey(units: &[u16]) -> (u32, bool) {
    let byte = |at: usize| units.get(at).and_then(|unit| u8::try_from(*unit).ok());
    let (mut groups, mut named, mut in_class, mut at) = (0, false, false, 0);
    while at < units.len() {
        match byte(at) {
            Some(b'\\') => at += 1,
            Some(b'[') => in_class = true,
            Some(b']') => in_class = false,
            Some(b'(') if !in_class => {
                let name = byte(at + 1) == Some(b'?')
                    && byte(at + 2) == Some(b'<')
                    && !matches!(byte(at + 3), Some(b'=' | b'!'));
                groups += u32::from(name || byte(at + 1) != Some(b'?'));
                named |= name;
            }
            _ => {}
        }
        at += 1;
    }
    (groups, named)
}

impl Parser<'_> {
    /// The name after `(?<` or `\k<`, with the `>` that ends it.
    pub(super) fn group_name(&mut self) -> Parsed<Name> {
        let mut name = Name::new();
        while !self.cursor.eat(b'>') {
            let c = self.name_char().filter(|c| may_stand(*c, name.is_empty()));
            name.push(c.ok_or_else(|| self.error("invalid group name"))?);
        }
        if name.is_empty() {
            return Err(self.error("invalid group name"));
        }
        Ok(name)
    }

    /// By code points whether or not there is a `u`: names are read so in both.
    fn name_char(&mut self) -> Option<u32> {
        if self.cursor.eat_all(b"\\u") {
            return self.cursor.take_unicode_escape(true);
        }
        self.cursor.take(true)
    }
}

fn may_stand(c: u32, first: bool) -> bool {
    let ascii = u8::try_from(c).unwrap_or(0x80);
    if ascii.is_ascii() {
        let digit = !first && ascii.is_ascii_digit();
        return digit || ascii.is_ascii_alphabetic() || matches!(ascii, b'$' | b'_');
    }
    let joiner = matches!(c, 0x200c | 0x200d);
    if first {
        unicode::ID_START.contains(c)
    } else {
        joiner || unicode::ID_CONTINUE.contains(c)
    }
}
