//! A pattern that is read from left to right.

use super::error::PcreError;

#[derive(Debug)]
pub(super) struct Cursor {
    chars: Vec<char>,
    at: usize,
}

impl Cursor {
    pub(super) fn new(pattern: &str) -> Self {
        Self {
            chars: pattern.chars().collect(),
            at: 0,
        }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) const fn rewind(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let is_here = self.looks_at(text);
        if is_here {
            self.at += text.chars().count();
        }
        is_here
    }

    pub(super) fn looks_at(&self, text: &str) -> bool {
        let mut rest = self.chars[self.at..].iter().copied();
        text.chars().all(|wanted| rest.next() == Some(wanted))
    }

    /// Takes characters while they pass a test.
    pub(super) fn take_while(&mut self, test: impl Fn(char) -> bool) -> String {
        let rest = self.chars[self.at..].iter();
        let taken: String = rest.copied().take_while(|c| test(*c)).collect();
        self.at += taken.chars().count();
        taken
    }

    /// Goes on behind a text; whether it is there.
    pub(super) fn skip_past(&mut self, text: &str) -> bool {
        while self.at < self.chars.len() {
            if self.eat(text) {
                return true;
            }
            self.at += 1;
        }
        false
    }

    /// How often a character is in the whole pattern.
    pub(super) fn count(&self, wanted: char) -> usize {
        self.chars.iter().filter(|c| **c == wanted).count()
    }

    pub(super) fn invalid(&self, what: &str) -> PcreError {
        PcreError::invalid(what, self.at)
    }

    pub(super) fn unsupported(&self, what: &str) -> PcreError {
        PcreError::unsupported(what, self.at)
    }
}
