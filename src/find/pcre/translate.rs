//! Alternatives, groups and quantifiers.

use std::collections::BTreeSet;

use super::class::{Case, class, set};
use super::cursor::Cursor;
use super::emit::{character, with_case};
use super::error::PcreError;
use super::escape::{self, Escape};
use crate::pattern::PatternLimits;

type Read<T> = Result<T, PcreError>;

/// How many characters a part takes, if it is always the same number.
type Length = Option<u32>;

/// The pattern in JavaScript, for the flag `v` and, if `i` is among the options, `i`.
pub(super) fn translate(pattern: &str, options: &str, limits: &PatternLimits) -> Read<String> {
    let has = |letter| options.contains(letter);
    let unknown = options.chars().find(|letter| !"imsxu".contains(*letter));
    if unknown.is_some() || pattern.contains('\0') {
        return Err(PcreError::invalid(
            "an unknown option, or a null character,",
            0,
        ));
    }
    let mut translator = Translator {
        cursor: Cursor::new(pattern),
        modes: Modes {
            ignores_case: has('i'),
            lines: has('m'),
            dot_all: has('s'),
            extended: has('x'),
        },
        ignores_case: has('i'),
        quoted: false,
        names: BTreeSet::new(),
        levels: limits.nesting(),
        out: String::with_capacity(pattern.len()),
    };
    translator.alternatives()?;
    if translator.cursor.peek().is_some() {
        return Err(translator.cursor.invalid("an unmatched )"));
    }
    Ok(translator.out)
}

/// The options that a pattern may change.
#[expect(clippy::struct_excessive_bools, reason = "each is a letter of its own")]
#[derive(Clone, Copy, Debug, Default)]
struct Modes {
    ignores_case: bool,
    lines: bool,
    dot_all: bool,
    extended: bool,
}

struct Translator {
    cursor: Cursor,
    modes: Modes,
    /// Whether case is ignored in the pattern as a whole.
    ignores_case: bool,
    /// Whether it stands between `\Q` and `\E`.
    quoted: bool,
    names: BTreeSet<String>,
    /// How many more groups may be opened in each other.
    levels: u16,
    out: String,
}

/// A part of a pattern.
enum Part {
    /// What a quantifier may follow.
    Atom(Length),
    /// What takes no character.
    Assertion,
    /// Nothing: options, or a comment.
    Nothing,
}

impl Translator {
    fn alternatives(&mut self) -> Read<Length> {
        let mut length = self.alternative()?;
        while self.cursor.eat("|") {
            self.out.push('|');
            if self.alternative()? != length {
                length = None;
            }
        }
        Ok(length)
    }

    /// The alternatives of a look-behind, each of which has a length.
    fn fixed_alternatives(&mut self, start: usize) -> Read<()> {
        loop {
            if self.alternative()?.is_none() {
                return Err(PcreError::unsupported(
                    "a look-behind of no fixed length",
                    start,
                ));
            }
            if !self.cursor.eat("|") {
                return Ok(());
            }
            self.out.push('|');
        }
    }

    fn alternative(&mut self) -> Read<Length> {
        let mut length = Some(0_u32);
        loop {
            self.skip_ignored()?;
            if !self.quoted && matches!(self.cursor.peek(), None | Some('|' | ')')) {
                return Ok(length);
            }
            if self.quoted && self.cursor.peek().is_none() {
                return Ok(length);
            }
            let part = self.part()?;
            self.skip_ignored()?;
            let of_part = self.quantified(&part)?;
            length = length.zip(of_part).map(|(a, b)| a.saturating_add(b));
        }
    }

    /// Skips what stands between an item and its quantifier: comments, spaces where they mean nothing, ends of quotes.
    fn skip_ignored(&mut self) -> Read<()> {
        loop {
            if self.cursor.eat("\\E") {
                self.quoted = false;
            } else if self.quoted {
                return Ok(());
            } else if self.cursor.eat("\\Q") {
                self.quoted = true;
            } else if self.cursor.eat("(?#") {
                if !self.cursor.skip_past(")") {
                    return Err(self.cursor.invalid("expected ) after a comment"));
                }
            } else if !self.skip_extended() {
                return Ok(());
            }
        }
    }

    fn skip_extended(&mut self) -> bool {
        if !self.modes.extended {
            return false;
        }
        if self.cursor.eat("#") {
            self.cursor.skip_past("\n");
            return true;
        }
        let is_space = |c| {
            matches!(
                c,
                '\t'..='\r' | ' ' | '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}'
            )
        };
        !self.cursor.take_while(is_space).is_empty()
    }

    fn part(&mut self) -> Read<Part> {
        let start = self.cursor.at();
        let Some(c) = self.cursor.next() else {
            return Ok(Part::Nothing);
        };
        if self.quoted {
            return Ok(self.character(c));
        }
        match c {
            '.' => {
                let dot = if self.modes.dot_all { "[^]" } else { r"[^\n]" };
                self.out.push_str(dot);
                Ok(Part::Atom(Some(1)))
            }
            '^' if self.modes.lines => Ok(self.assertion(r"(?:^|(?<=\n)(?!$))")),
            '^' => Ok(self.assertion("^")),
            '$' if self.modes.lines => Ok(self.assertion(r"(?=\n|$)")),
            '$' => Ok(self.assertion(r"(?=\n?$)")),
            '[' => {
                let case = self.case();
                class(&mut self.cursor, case, &mut self.out)?;
                Ok(Part::Atom(Some(1)))
            }
            '(' => self.group(start),
            '\\' => self.escape(start),
            '*' | '+' | '?' => Err(PcreError::invalid("expected something to repeat", start)),
            '{' => {
                self.cursor.rewind(start);
                self.check_brace(start)?;
                self.cursor.rewind(start + 1);
                Ok(self.character('{'))
            }
            _ => Ok(self.character(c)),
        }
    }

    /// A brace where no quantifier can stand means itself if it is none.
    fn check_brace(&mut self, start: usize) -> Read<()> {
        match self.braces()? {
            Some(_) => Err(PcreError::invalid("expected something to repeat", start)),
            None => Ok(()),
        }
    }

    const fn case(&self) -> Case {
        Case {
            ignored: self.modes.ignores_case,
            ignored_by_pattern: self.ignores_case,
        }
    }

    fn character(&mut self, c: char) -> Part {
        let mut text = String::new();
        character(c, &mut text);
        with_case(
            &text,
            self.modes.ignores_case,
            self.ignores_case,
            &mut self.out,
        );
        Part::Atom(Some(1))
    }

    fn assertion(&mut self, text: &str) -> Part {
        self.out.push_str(text);
        Part::Assertion
    }

    fn escape(&mut self, start: usize) -> Read<Part> {
        let ignored = self.modes.ignores_case;
        match escape::read(&mut self.cursor, start, false, ignored)? {
            Escape::Character(c) => Ok(self.character(c)),
            Escape::Letter(letter) => self.letter(letter, start),
            escape @ (Escape::Set(_) | Escape::Category { .. }) => {
                set(&escape, self.case(), &mut self.out);
                Ok(Part::Atom(Some(1)))
            }
        }
    }

    /// An escape that stands outside of classes only.
    fn letter(&mut self, letter: char, start: usize) -> Read<Part> {
        let boundary = |text: &str| {
            if self.ignores_case {
                format!("(?-i:{text})")
            } else {
                text.to_owned()
            }
        };
        Ok(match letter {
            'b' => self.assertion(&boundary(r"\b")),
            'B' => self.assertion(&boundary(r"\B")),
            // Every test starts at the start.
            'A' | 'G' => self.assertion("^"),
            'z' => self.assertion("$"),
            'Z' => self.assertion(r"(?=\n?$)"),
            'N' if self.cursor.peek() == Some('{') => {
                return Err(PcreError::unsupported("a named character", start));
            }
            'N' => {
                self.out.push_str(r"[^\n]");
                Part::Atom(Some(1))
            }
            'C' | 'K' | 'R' | 'X' => {
                return Err(PcreError::unsupported(&format!("\\{letter}"), start));
            }
            'g' | 'k' => return Err(PcreError::unsupported("a back-reference", start)),
            _ => return Err(PcreError::invalid("an unknown escape", start)),
        })
    }

    fn group(&mut self, start: usize) -> Read<Part> {
        if self.cursor.looks_at("*") {
            return Err(PcreError::unsupported("a verb", start));
        }
        if !self.cursor.eat("?") {
            return self.body("(?:", start).map(Part::Atom);
        }
        let looks: [(&str, &str); 2] = [("=", "(?="), ("!", "(?!")];
        for (mark, opening) in looks {
            if self.cursor.eat(mark) {
                self.body(opening, start)?;
                return Ok(Part::Assertion);
            }
        }
        let behind: [(&str, &str); 2] = [("<=", "(?<="), ("<!", "(?<!")];
        for (mark, opening) in behind {
            if self.cursor.eat(mark) {
                return self.look_behind(opening, start);
            }
        }
        // Which groups have which number is no matter where nothing refers to them.
        if self.cursor.eat(":") || self.cursor.eat("|") {
            return self.body("(?:", start).map(Part::Atom);
        }
        let names = [("P<", '>'), ("<", '>'), ("'", '\'')];
        for (opening, end) in names {
            if self.cursor.eat(opening) {
                self.name(end, start)?;
                return self.body("(?:", start).map(Part::Atom);
            }
        }
        self.options(start)
    }

    fn name(&mut self, end: char, start: usize) -> Read<()> {
        const LONGEST: usize = 32;
        let name = self
            .cursor
            .take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        let is_plain = name
            .chars()
            .next()
            .is_some_and(|first| !first.is_ascii_digit());
        if !is_plain || name.len() > LONGEST || self.cursor.next() != Some(end) {
            return Err(PcreError::unsupported("a group with such a name", start));
        }
        if !self.names.insert(name) {
            return Err(PcreError::unsupported("a name that two groups have", start));
        }
        Ok(())
    }

    fn look_behind(&mut self, opening: &str, start: usize) -> Read<Part> {
        self.nested(opening, start, |within| within.fixed_alternatives(start))?;
        Ok(Part::Assertion)
    }

    /// What is in a group, to its bracket.
    fn body(&mut self, opening: &str, start: usize) -> Read<Length> {
        self.nested(opening, start, Self::alternatives)
    }

    /// Reads what is in a group; options that change there are as before behind it.
    fn nested<T>(
        &mut self,
        opening: &str,
        start: usize,
        read: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        let levels = self.levels.checked_sub(1);
        self.levels =
            levels.ok_or_else(|| PcreError::unsupported("so many levels of groups", start))?;
        let outer = self.modes;
        self.out.push_str(opening);
        let length = read(self)?;
        if !self.cursor.eat(")") {
            return Err(self.cursor.invalid("expected )"));
        }
        self.out.push(')');
        self.modes = outer;
        self.levels += 1;
        Ok(length)
    }

    /// Options for the rest of a group, or for a group of their own.
    fn options(&mut self, start: usize) -> Read<Part> {
        let mut modes = self.modes;
        if self.cursor.eat("^") {
            modes = Modes::default();
        }
        let mut value = true;
        loop {
            let at = self.cursor.at();
            match self.cursor.next() {
                Some('i') => modes.ignores_case = value,
                Some('m') => modes.lines = value,
                Some('s') => modes.dot_all = value,
                Some('x') if self.cursor.peek() != Some('x') => modes.extended = value,
                Some('-') if value => value = false,
                Some(')') => {
                    self.modes = modes;
                    return Ok(Part::Nothing);
                }
                Some(':') => {
                    let outer = std::mem::replace(&mut self.modes, modes);
                    let length = self.body("(?:", start)?;
                    self.modes = outer;
                    return Ok(Part::Atom(length));
                }
                None => return Err(PcreError::invalid("expected )", at)),
                Some(_) => return Err(PcreError::unsupported("such a group", start)),
            }
        }
    }

    /// The length of a part with the quantifier behind it, which is written too.
    fn quantified(&mut self, part: &Part) -> Read<Length> {
        let length = match part {
            Part::Atom(length) => *length,
            Part::Assertion | Part::Nothing => Some(0),
        };
        let start = self.cursor.at();
        let Some((least, most)) = self.quantifier()? else {
            return Ok(length);
        };
        if !matches!(part, Part::Atom(_)) {
            return Err(PcreError::unsupported(
                "a quantifier of what takes no character",
                start,
            ));
        }
        self.write_quantifier(least, most);
        self.check_greed()?;
        let is_fixed = most == Some(least);
        Ok(length
            .filter(|_| is_fixed)
            .map(|length| length.saturating_mul(least)))
    }

    fn write_quantifier(&mut self, least: u32, most: Option<u32>) {
        let text = match (least, most) {
            (0, None) => "*".to_owned(),
            (1, None) => "+".to_owned(),
            (0, Some(1)) => "?".to_owned(),
            (least, None) => format!("{{{least},}}"),
            (least, Some(most)) => format!("{{{least},{most}}}"),
        };
        self.out.push_str(&text);
    }

    /// Which way is tried first is no matter; that a way is never left is.
    fn check_greed(&mut self) -> Read<()> {
        if !self.quoted && self.cursor.looks_at("+") {
            return Err(self.cursor.unsupported("a possessive quantifier"));
        }
        if !self.quoted {
            self.cursor.eat("?");
        }
        self.skip_ignored()?;
        let start = self.cursor.at();
        match self.quantifier()? {
            Some(_) => Err(PcreError::unsupported(
                "a quantifier of a quantifier",
                start,
            )),
            None => Ok(()),
        }
    }

    fn quantifier(&mut self) -> Read<Option<(u32, Option<u32>)>> {
        if self.quoted {
            return Ok(None);
        }
        let found = match self.cursor.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => return self.braces(),
            _ => return Ok(None),
        };
        self.cursor.next();
        Ok(Some(found))
    }

    /// `{n}`, `{n,}` or `{n,m}`; nothing if the brace is none of these, and the cursor then stands where it did.
    fn braces(&mut self) -> Read<Option<(u32, Option<u32>)>> {
        const MOST: u32 = 65_535;
        let start = self.cursor.at();
        self.cursor.next();
        let inside = self
            .cursor
            .take_while(|c| c.is_ascii_digit() || c == ',' || c == ' ' || c == '\t');
        let is_closed = self.cursor.eat("}");
        let (least, most) = inside
            .split_once(',')
            .map_or((&*inside, None), |(a, b)| (a, Some(b)));
        let is_plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_closed || !inside.bytes().any(|byte| byte.is_ascii_digit()) {
            self.cursor.rewind(start);
            return Ok(None);
        }
        if least.is_empty() || !is_plain(least) || !most.is_none_or(is_plain) {
            return Err(PcreError::unsupported(
                "braces that versions read differently",
                start,
            ));
        }
        let number = |digits: &str| digits.parse().ok().filter(|number| *number <= MOST);
        let too_large = || PcreError::invalid("a number too large", start);
        let least: u32 = number(least).ok_or_else(too_large)?;
        let most = match most {
            None => Some(least),
            Some("") => None,
            Some(digits) => Some(number(digits).ok_or_else(too_large)?),
        };
        if most.is_some_and(|most| most < least) {
            return Err(PcreError::invalid("numbers out of order", start));
        }
        Ok(Some((least, most)))
    }
}
