//! Reads the names of groups.

use super::super::unicode;
use super::parser::{Parsed, Parser};
use super::survey::Name;

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
