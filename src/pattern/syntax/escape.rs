//! What follows a backslash.

use super::super::class::{Class, Side, Step};
use super::super::error::PatternError;
use super::super::unicode::{self, PropertyError, SetId};
use super::Node;
use super::parser::{Parsed, Parser, Reference, error_at};

impl Parser<'_> {
    /// An escape outside a class; `\b` and `\B` have been read as assertions.
    pub(super) fn atom_escape(&mut self) -> Parsed<Node> {
        self.cursor.bump();
        if let Some(back) = self.back_reference()? {
            return Ok(back);
        }
        if let Some(step) = self.class_escape()? {
            return Ok(Node::Class(Class::of_step(step, self.folding())));
        }
        let c = self.character_escape(false)?;
        Ok(Node::char(c, self.folding()))
    }

    fn back_reference(&mut self) -> Parsed<Option<Node>> {
        match self.cursor.byte() {
            Some(b'1'..=b'9') => Ok(self.numbered_reference()),
            Some(b'k') if self.strict || self.named => self.named_reference().map(Some),
            _ => Ok(None),
        }
    }

    /// `\1`; without `u` it is a reference only if there is such a group, and else an octal escape.
    fn numbered_reference(&mut self) -> Option<Node> {
        let start = self.cursor.at();
        let number = self.cursor.take_number()?;
        if self.strict || number <= self.total {
            return Some(self.refer(start - 1, Reference::Number(number)));
        }
        self.cursor.rewind(start);
        None
    }

    fn named_reference(&mut self) -> Parsed<Node> {
        let start = self.cursor.at() - 1;
        if !self.cursor.eat_all(b"k<") {
            return Err(error_at(
                start,
                "invalid named reference: expected \\k<name>",
            ));
        }
        let name = self.group_name()?;
        Ok(self.refer(start, Reference::Name(name)))
    }

    /// `\d \D \s \S \w \W`, and with `u` or `v` `\p{…} \P{…}`.
    pub(super) fn class_escape(&mut self) -> Parsed<Option<Step>> {
        let Some(letter) = self.cursor.byte() else {
            return Ok(None);
        };
        let set = match letter {
            b'd' | b'D' => unicode::DIGIT,
            b's' | b'S' => unicode::SPACE,
            b'w' | b'W' => unicode::word(self.strict && self.flags.ignore_case()),
            b'p' | b'P' if self.strict => return self.property_escape(letter == b'P').map(Some),
            _ => return Ok(None),
        };
        self.cursor.bump();
        Ok(Some(Step::Set(set, self.side(letter.is_ascii_uppercase()))))
    }

    /// Which side of a set is meant. With `v`, case is folded before the complement is taken, with `u`
    /// after it.
    const fn side(&self, negated: bool) -> Side {
        match (negated, self.flags.sets()) {
            (false, _) => Side::In,
            (true, false) => Side::Out,
            (true, true) => Side::FoldedOut,
        }
    }

    fn property_escape(&mut self, negated: bool) -> Parsed<Step> {
        let start = self.cursor.at() - 1;
        self.cursor.bump();
        let name = self.property_text().ok_or(error_at(
            start,
            "invalid property: expected \\p{name} or \\p{name=value}",
        ))?;
        let set = self.property(&name, negated, start)?;
        Ok(Step::Set(set, self.side(negated)))
    }

    /// The text between braces: names are of ASCII letters, digits, `_` and `=`.
    fn property_text(&mut self) -> Option<String> {
        if !self.cursor.eat(b'{') {
            return None;
        }
        let mut text = String::new();
        while !self.cursor.eat(b'}') {
            let byte = self.cursor.byte()?;
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'=')) {
                return None;
            }
            text.push(char::from(byte));
            self.cursor.bump();
        }
        Some(text)
    }

    fn property(&self, text: &str, negated: bool, start: usize) -> Parsed<SetId> {
        match unicode::property(text) {
            Ok(set) => Ok(set),
            Err(PropertyError::OfStrings) if self.flags.sets() && !negated => {
                Err(PatternError::Unsupported("a property of strings"))
            }
            Err(PropertyError::Unknown | PropertyError::OfStrings) => {
                Err(error_at(start, "no such Unicode property"))
            }
        }
    }

    /// An escape that stands for one character, the backslash read.
    pub(super) fn character_escape(&mut self, in_class: bool) -> Parsed<u32> {
        let Some(byte) = self.cursor.byte() else {
            return self.identity_escape(in_class);
        };
        let control = match byte {
            b't' => 9,
            b'n' => 10,
            b'v' => 11,
            b'f' => 12,
            b'r' => 13,
            b'c' => return self.control_escape(in_class),
            b'0'..=b'9' => return self.digit_escape(),
            b'x' => {
                return self.hex_escape(
                    b'x',
                    "invalid escape: expected two hexadecimal digits after \\x",
                );
            }
            b'u' => return self.hex_escape(b'u', "invalid escape: expected \\uXXXX or \\u{X}"),
            _ => return self.identity_escape(in_class),
        };
        self.cursor.bump();
        Ok(control)
    }

    /// `\cA`. Annex B takes `\c` before anything else for a backslash, and leaves the `c` to be read.
    fn control_escape(&mut self, in_class: bool) -> Parsed<u32> {
        let widened = in_class && !self.strict;
        match self.cursor.byte_at(1) {
            Some(c) if c.is_ascii_alphabetic() || widened && (c.is_ascii_digit() || c == b'_') => {
                self.cursor.rewind(self.cursor.at() + 2);
                Ok(u32::from(c & 31))
            }
            _ if self.strict => {
                Err(self.escape_error("invalid escape: expected a letter after \\c"))
            }
            _ => Ok(u32::from(b'\\')),
        }
    }

    fn digit_escape(&mut self) -> Parsed<u32> {
        let lone_zero = self.cursor.byte() == Some(b'0')
            && !self
                .cursor
                .byte_at(1)
                .is_some_and(|next| next.is_ascii_digit());
        if self.strict && !lone_zero {
            return Err(self.escape_error("invalid escape"));
        }
        match self.cursor.byte() {
            Some(digit @ (b'8' | b'9')) => {
                self.cursor.bump();
                Ok(u32::from(digit))
            }
            _ => Ok(self.octal_escape()),
        }
    }

    /// Up to three octal digits that make a number below 256.
    fn octal_escape(&mut self) -> u32 {
        let mut number = self.cursor.take_digit(8).unwrap_or(0);
        for _ in 0..2 {
            let at = self.cursor.at();
            let Some(digit) = self.cursor.take_digit(8) else {
                break;
            };
            if number * 8 + digit > 0o377 {
                self.cursor.rewind(at);
                break;
            }
            number = number * 8 + digit;
        }
        number
    }

    /// `\x` or `\u`, which Annex B takes for the letter if no number follows.
    fn hex_escape(&mut self, letter: u8, what: &'static str) -> Parsed<u32> {
        let start = self.cursor.at() - 1;
        self.cursor.bump();
        let number = match letter {
            b'x' => self.cursor.take_hex(2),
            _ => self.cursor.take_unicode_escape(self.strict),
        };
        match number {
            Some(number) => Ok(number),
            None if self.strict => Err(error_at(start, what)),
            None => Ok(u32::from(letter)),
        }
    }

    /// A backslash before a character that means itself.
    fn identity_escape(&mut self, in_class: bool) -> Parsed<u32> {
        let byte = self.cursor.byte().unwrap_or(0);
        let allowed = if self.strict {
            b"^$\\.*+?()[]{}|/".contains(&byte) || in_class && byte == b'-'
        } else {
            !(byte == b'k' && self.named)
        };
        let c = if allowed {
            self.cursor.take(false)
        } else {
            None
        };
        c.ok_or_else(|| self.escape_error("invalid escape"))
    }

    /// What is wrong with an escape of which no more than the backslash has been read.
    fn escape_error(&self, what: &'static str) -> PatternError {
        error_at(self.cursor.at() - 1, what)
    }
}
