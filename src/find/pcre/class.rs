//! Classes.

use std::fmt::Write;

use super::cursor::Cursor;
use super::emit::{member, with_case};
use super::error::PcreError;
use super::escape::{self, Escape};
use super::sets::by_posix_name;

/// What a class holds, written in JavaScript.
#[derive(Debug, Default)]
struct Members {
    /// Characters and ranges, whose case may be ignored.
    characters: String,
    /// Sets, which are what they are.
    sets: String,
}

/// What stands in a class.
enum Item {
    Character(char),
    /// A set, which is no end of a range.
    Set,
}

/// How a class compares characters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    /// Whether case is ignored here.
    pub(super) ignored: bool,
    /// Whether it is in the pattern as a whole.
    pub(super) ignored_by_pattern: bool,
}

/// Translates a class, the cursor standing behind its bracket.
pub(super) fn class(cursor: &mut Cursor, case: Case, out: &mut String) -> Result<(), PcreError> {
    let start = cursor.at() - 1;
    let negated = cursor.eat("^");
    let mut reader = Reader {
        cursor,
        case,
        start,
        quoted: false,
        members: Members::default(),
    };
    reader.items()?;
    reader.members.write(negated, case, out);
    Ok(())
}

/// A set or a category by itself.
pub(super) fn set(escape: &Escape, case: Case, out: &mut String) {
    let mut members = Members::default();
    members.add(escape);
    members.write(false, case, out);
}

impl Members {
    fn add(&mut self, escape: &Escape) {
        // A text takes whatever is written to it.
        let _written = match escape {
            Escape::Set(set) if set.negated => write!(self.sets, "[^{}]", set.members),
            Escape::Set(set) => write!(self.sets, "[{}]", set.members),
            Escape::Category { name, negated } => {
                let letter = if *negated { 'P' } else { 'p' };
                write!(self.sets, "\\{letter}{{{name}}}")
            }
            Escape::Character(_) | Escape::Letter(_) => Ok(()),
        };
    }

    /// Sets are not folded, so they stand apart from characters whose case is ignored.
    fn write(&self, negated: bool, case: Case, out: &mut String) {
        let (characters, sets) = (&self.characters, &self.sets);
        let caret = if negated { "^" } else { "" };
        if !case.ignored || characters.is_empty() {
            let class = format!("[{caret}{characters}{sets}]");
            with_case(&class, false, case.ignored_by_pattern, out);
            return;
        }
        if sets.is_empty() {
            let class = format!("[{caret}{characters}]");
            with_case(&class, true, case.ignored_by_pattern, out);
            return;
        }
        out.push_str(if negated { "(?:(?!" } else { "(?:" });
        with_case(
            &format!("[{characters}]"),
            true,
            case.ignored_by_pattern,
            out,
        );
        out.push('|');
        with_case(&format!("[{sets}]"), false, case.ignored_by_pattern, out);
        out.push_str(if negated { ")[^])" } else { ")" });
    }
}

struct Reader<'c> {
    cursor: &'c mut Cursor,
    case: Case,
    start: usize,
    /// Whether it stands between `\Q` and `\E`.
    quoted: bool,
    members: Members,
}

impl Reader<'_> {
    /// A bracket that stands first is a member.
    fn items(&mut self) -> Result<(), PcreError> {
        let mut is_first = true;
        loop {
            self.skip_quotes();
            if !self.quoted && !is_first && self.cursor.eat("]") {
                return Ok(());
            }
            is_first = false;
            let at = self.cursor.at();
            match self.item()? {
                Item::Character(from) => self.range(from, at)?,
                Item::Set => self.check_no_range()?,
            }
        }
    }

    fn skip_quotes(&mut self) {
        loop {
            if self.quoted && self.cursor.eat("\\E") {
                self.quoted = false;
            } else if !self.quoted && self.cursor.eat("\\Q") {
                self.quoted = true;
            } else if self.quoted || !self.cursor.eat("\\E") {
                return;
            }
        }
    }

    fn item(&mut self) -> Result<Item, PcreError> {
        let at = self.cursor.at();
        let Some(c) = self.cursor.next() else {
            return Err(PcreError::invalid("expected ]", at));
        };
        match c {
            _ if self.quoted => Ok(Item::Character(c)),
            '[' => self.bracket(at),
            '\\' => self.escape(at),
            _ => Ok(Item::Character(c)),
        }
    }

    /// A POSIX class, or a bracket that means itself.
    fn bracket(&mut self, at: usize) -> Result<Item, PcreError> {
        let Some(kind @ (':' | '.' | '=')) = self.cursor.peek() else {
            return Ok(Item::Character('['));
        };
        let behind = self.cursor.at();
        self.cursor.next();
        let negated = self.cursor.eat("^");
        let name = self.cursor.take_while(|c| c.is_ascii_lowercase());
        if self.cursor.eat(&format!("{kind}]")) {
            let known = by_posix_name(&name, self.case.ignored).filter(|_| kind == ':');
            let members = known.ok_or_else(|| PcreError::invalid("an unknown POSIX class", at))?;
            let caret = if negated { "^" } else { "" };
            let _written = write!(self.members.sets, "[{caret}{members}]");
            return Ok(Item::Set);
        }
        // Whether it means itself depends on what follows, in ways that differ from version to version.
        if self.cursor.skip_past(&format!("{kind}]")) {
            return Err(PcreError::unsupported("what may be a POSIX class", at));
        }
        self.cursor.rewind(behind);
        Ok(Item::Character('['))
    }

    fn escape(&mut self, at: usize) -> Result<Item, PcreError> {
        match escape::read(self.cursor, at, true, self.case.ignored)? {
            Escape::Character(c) => Ok(Item::Character(c)),
            Escape::Letter('b') => Ok(Item::Character('\x08')),
            Escape::Letter(letter) => Err(match letter {
                'B' | 'N' | 'R' | 'X' => PcreError::invalid("an escape that no class has", at),
                _ => PcreError::unsupported("an escape in a class", at),
            }),
            set @ (Escape::Set(_) | Escape::Category { .. }) => {
                self.members.add(&set);
                Ok(Item::Set)
            }
        }
    }

    /// A character, or a range that begins with it.
    fn range(&mut self, from: char, at: usize) -> Result<(), PcreError> {
        member(from, &mut self.members.characters);
        if self.quoted || self.cursor.peek() != Some('-') {
            return Ok(());
        }
        let hyphen = self.cursor.at();
        self.cursor.next();
        self.skip_quotes();
        if !self.quoted && matches!(self.cursor.peek(), Some(']') | None) {
            self.cursor.rewind(hyphen);
            return Ok(());
        }
        match self.item()? {
            Item::Character(to) if to < from => Err(PcreError::invalid("a range out of order", at)),
            Item::Character(to) => {
                self.members.characters.push('-');
                member(to, &mut self.members.characters);
                Ok(())
            }
            Item::Set => Err(PcreError::unsupported("a range to a set", at)),
        }
    }

    /// A hyphen behind a set means itself only at the end of a class.
    fn check_no_range(&mut self) -> Result<(), PcreError> {
        let is_hyphen = !self.quoted && self.cursor.peek() == Some('-');
        if is_hyphen && self.cursor.peek_at(1) != Some(']') {
            return Err(PcreError::unsupported("a range from a set", self.start));
        }
        Ok(())
    }
}
