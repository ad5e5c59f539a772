//! Disjunctions, terms, groups and quantifiers.

use super::super::class::Class;
use super::super::error::PatternError;
use super::super::flags::Flags;
use super::super::fold::Folding;
use super::super::limits::{PatternEdition, PatternLimits};
use super::cursor::Cursor;
use super::survey::{Name, survey};
use super::{Boundary, Groups, Look, Node, Repeat, Tree};

pub(super) type Parsed<T> = Result<T, PatternError>;

/// Reads the units of a pattern.
///
/// # Errors
///
/// Fails where `new RegExp` does, and beyond a limit on length, nesting, repetition or classes.
pub(crate) fn parse(units: &[u16], flags: Flags, limits: &PatternLimits) -> Parsed<Tree> {
    limits.check_length(units.len())?;
    let mut parser = Parser::new(units, flags, limits);
    let root = parser.disjunction()?;
    if !parser.cursor.is_done() {
        return Err(parser.error("unmatched )"));
    }
    let references = parser.resolve()?;
    parser.check_repetition()?;
    Ok(Tree {
        root,
        groups: parser.groups,
        references,
    })
}

/// What a back-reference names.
#[derive(Debug)]
pub(super) enum Reference {
    Number(u32),
    Name(Name),
}

/// A pattern being read.
#[derive(Debug)]
pub(super) struct Parser<'p> {
    pub(super) cursor: Cursor<'p>,
    /// Those of the innermost group that changes some.
    pub(super) flags: Flags,
    /// `u` or `v`: code points, and none of Annex B.
    pub(super) strict: bool,
    pub(super) limits: &'p PatternLimits,
    /// How many capturing groups have been opened so far.
    pub(super) groups: u16,
    /// How many there are in all.
    pub(super) total: u32,
    /// Whether any group has a name, which makes `\k` a back-reference.
    pub(super) named: bool,
    names: Vec<(Name, u16)>,
    /// Which of `names` may match together with a group that opens here: all but those in other alternatives.
    beside: Vec<u16>,
    /// Each with the place where it stands.
    references: Vec<(usize, Reference)>,
    depth: u16,
    /// The largest number that a quantifier names.
    repetition: u32,
}

/// What is wrong with what begins at `offset`.
pub(super) const fn error_at(offset: usize, what: &'static str) -> PatternError {
    PatternError::Syntax { offset, what }
}

/// V8 takes this number, and any above, for no end.
const ENDLESS: u32 = i32::MAX.cast_unsigned();

impl<'p> Parser<'p> {
    fn new(units: &'p [u16], flags: Flags, limits: &'p PatternLimits) -> Self {
        let (total, named) = survey(units);
        Self {
            cursor: Cursor::new(units),
            flags,
            strict: flags.code_points(),
            limits,
            groups: 0,
            total,
            named,
            names: Vec::new(),
            beside: Vec::new(),
            references: Vec::new(),
            depth: 0,
            repetition: 0,
        }
    }

    /// How characters are compared here.
    pub(super) const fn folding(&self) -> Folding {
        Folding::of(self.flags)
    }

    /// What is wrong with what stands here.
    pub(super) fn error(&self, what: &'static str) -> PatternError {
        error_at(self.cursor.at(), what)
    }

    /// Reads one level deeper, if the limit allows.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let limit = self.limits.nesting();
        if self.depth >= limit {
            return Err(PatternError::Limit {
                what: "levels of nesting",
                limit: usize::from(limit),
            });
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn disjunction(&mut self) -> Parsed<Node> {
        let outer = self.beside.len();
        let mut branches = vec![self.alternative()?];
        let mut within = self.beside.split_off(outer);
        while self.cursor.eat(b'|') {
            branches.push(self.alternative()?);
            within.extend(self.beside.drain(outer..));
        }
        self.beside.append(&mut within);
        Ok(Node::alt(branches))
    }

    fn alternative(&mut self) -> Parsed<Node> {
        let mut terms = Vec::new();
        while !self.cursor.is_done() && !matches!(self.cursor.byte(), Some(b'|' | b')')) {
            terms.push(self.term()?);
        }
        Ok(Node::cat(terms))
    }

    fn term(&mut self) -> Parsed<Node> {
        let first = self.groups;
        if let Some(assertion) = self.assertion()? {
            return Ok(assertion);
        }
        let atom = self.atom()?;
        let Some((min, max)) = self.quantifier()? else {
            return Ok(atom);
        };
        let lazy = self.cursor.eat(b'?');
        let groups = (first, self.groups);
        Ok(Node::Repeat(Box::new(Repeat {
            body: atom,
            min,
            max,
            lazy,
            groups,
        })))
    }

    /// An assertion that takes no quantifier; one that follows is then found to repeat nothing.
    fn assertion(&mut self) -> Parsed<Option<Node>> {
        let lines = self.flags.multiline();
        let boundary = |negated| {
            let folded = self.folding() == Folding::Simple;
            Node::Boundary(Boundary { negated, folded })
        };
        let simple = match (self.cursor.byte(), self.cursor.byte_at(1)) {
            (Some(b'^'), _) => Some((if lines { Node::LineStart } else { Node::Start }, 1)),
            (Some(b'$'), _) => Some((if lines { Node::LineEnd } else { Node::End }, 1)),
            (Some(b'\\'), Some(b'b')) => Some((boundary(false), 2)),
            (Some(b'\\'), Some(b'B')) => Some((boundary(true), 2)),
            _ => None,
        };
        if let Some((node, units)) = simple {
            self.cursor.rewind(self.cursor.at() + units);
            return Ok(Some(node));
        }
        let behind = self.cursor.looks_at(b"(?<=") || self.cursor.looks_at(b"(?<!");
        let ahead = self.cursor.looks_at(b"(?=") || self.cursor.looks_at(b"(?!");
        // Annex B lets a look-ahead be repeated.
        if behind || (ahead && self.strict) {
            return self.group().map(Some);
        }
        Ok(None)
    }

    fn atom(&mut self) -> Parsed<Node> {
        match self.cursor.byte() {
            Some(b'.') => Ok(self.dot()),
            Some(b'[') => self.class(),
            Some(b'(') => self.group(),
            Some(b'\\') => self.atom_escape(),
            Some(b'*' | b'+' | b'?') => Err(self.error("nothing to repeat")),
            Some(b'{') => self.brace(),
            Some(b'}' | b']') if self.strict => Err(self.error("unmatched bracket")),
            _ => self.plain(),
        }
    }

    fn dot(&mut self) -> Node {
        self.cursor.bump();
        Node::Class(Class::dot(self.flags.dot_all()))
    }

    fn plain(&mut self) -> Parsed<Node> {
        match self.cursor.take(self.strict) {
            Some(c) => Ok(Node::char(c, self.folding())),
            None => Err(self.error("expected a character")),
        }
    }

    /// A brace where no quantifier can stand: Annex B takes it for itself if it opens none.
    fn brace(&mut self) -> Parsed<Node> {
        if self.strict || self.braces()?.is_some() {
            return Err(self.error("nothing to repeat"));
        }
        self.plain()
    }

    fn group(&mut self) -> Parsed<Node> {
        let start = self.cursor.at();
        if self.cursor.eat_all(b"(?:") {
            return self.group_body(start);
        }
        let looks: [(&[u8], bool, bool); 4] = [
            (b"(?=", false, false),
            (b"(?!", false, true),
            (b"(?<=", true, false),
            (b"(?<!", true, true),
        ];
        for (opening, behind, negated) in looks {
            if self.cursor.eat_all(opening) {
                let body = self.group_body(start)?;
                return Ok(Node::Look(Box::new(Look {
                    body,
                    behind,
                    negated,
                })));
            }
        }
        if self.cursor.eat_all(b"(?<") {
            return self.named_group(start);
        }
        if self.cursor.looks_at(b"(?") {
            return self.modified_group();
        }
        self.cursor.bump();
        let number = self.open_group()?;
        Ok(Node::Group(number, Box::new(self.group_body(start)?)))
    }

    /// `(?ims-ims:…)`
    fn modified_group(&mut self) -> Parsed<Node> {
        let start = self.cursor.at();
        let outer = self.flags;
        self.flags = self.modifiers()?;
        let body = self.group_body(start)?;
        self.flags = outer;
        Ok(body)
    }

    fn modifiers(&mut self) -> Parsed<Flags> {
        let start = self.cursor.at();
        self.cursor.rewind(start + b"(?".len());
        let added = self.modifier_letters(Flags::default())?;
        let dash = self.cursor.eat(b'-');
        let changed = if dash {
            self.modifier_letters(added)?
        } else {
            added
        };
        let known = self.limits.edition() >= PatternEdition::Es2025;
        if self.cursor.eat(b':') && known && !changed.is_empty() {
            return Ok(self.flags.without(changed).with(added));
        }
        self.cursor.rewind(start);
        Err(self.invalid_group(known))
    }

    /// Groups of other languages are often met; of their flags for all that follows it is said what to do.
    fn invalid_group(&self, modifiers: bool) -> PatternError {
        let letters = (b"(?".len()..).take_while(|at| {
            let byte = self.cursor.byte_at(*at);
            byte.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'-')
        });
        let end = b"(?".len() + letters.count();
        let inline = end > b"(?".len() && self.cursor.byte_at(end) == Some(b')');
        self.error(match (inline, modifiers) {
            (true, true) => {
                "invalid group: put flags for the whole pattern into $options, and for a part into (?i:…)"
            }
            (true, false) => "invalid group: put flags into $options",
            (false, true) => {
                "invalid group: expected one of (?: (?= (?! (?<= (?<! (?<name> (?ims-ims:"
            }
            (false, false) => "invalid group: expected one of (?: (?= (?! (?<= (?<! (?<name>",
        })
    }

    /// `before` and the flags that follow; none may be named twice.
    fn modifier_letters(&mut self, before: Flags) -> Parsed<Flags> {
        let mut flags = before;
        while let Some(flag) = self.cursor.byte().and_then(Flags::of_modifier) {
            if flags.meets(flag) {
                return Err(self.error("repeated flag in a group"));
            }
            flags = flags.with(flag);
            self.cursor.bump();
        }
        Ok(flags)
    }

    fn named_group(&mut self, start: usize) -> Parsed<Node> {
        let name = self.group_name()?;
        if self.is_taken(&name) {
            return Err(error_at(start, "duplicate group name"));
        }
        let number = self.open_group()?;
        // No more names than units, of which there are at most 65,535.
        let place = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
        self.beside.push(place);
        self.names.push((name, number));
        Ok(Node::Group(number, Box::new(self.group_body(start)?)))
    }

    /// Whether a group that opens here cannot have this name.
    fn is_taken(&self, name: &Name) -> bool {
        let mut beside = self.beside.iter();
        match self.limits.edition() {
            PatternEdition::Es2023 => self.names.iter().any(|(known, _)| known == name),
            PatternEdition::Es2025 => {
                beside.any(|place| self.names[usize::from(*place)].0 == *name)
            }
        }
    }

    fn open_group(&mut self) -> Parsed<u16> {
        // A pattern has at most 65,535 units, so this cannot be met.
        let limit = PatternError::Limit {
            what: "groups",
            limit: usize::from(u16::MAX),
        };
        self.groups = self.groups.checked_add(1).ok_or(limit)?;
        Ok(self.groups)
    }

    /// What follows the opening of a group that stands at `start`.
    fn group_body(&mut self, start: usize) -> Parsed<Node> {
        let body = self.nested(Self::disjunction)?;
        if !self.cursor.eat(b')') {
            return Err(error_at(start, "unterminated group"));
        }
        Ok(body)
    }

    fn quantifier(&mut self) -> Parsed<Option<(u32, Option<u32>)>> {
        let simple = match self.cursor.byte() {
            Some(b'*') => (0, None),
            Some(b'+') => (1, None),
            Some(b'?') => (0, Some(1)),
            Some(b'{') => return self.braced_quantifier(),
            _ => return Ok(None),
        };
        self.cursor.bump();
        Ok(Some(simple))
    }

    fn braced_quantifier(&mut self) -> Parsed<Option<(u32, Option<u32>)>> {
        let start = self.cursor.at();
        let Some((min, max)) = self.braces()? else {
            return Ok(None);
        };
        if max < min {
            return Err(error_at(start, "numbers out of order in a quantifier"));
        }
        let max = (max < ENDLESS).then_some(max);
        self.repetition = self.repetition.max(min).max(max.unwrap_or(0));
        Ok(Some((min, max)))
    }

    /// `{n}`, `{n,}` or `{n,m}`; if it is none of them, Annex B takes the brace for a character.
    fn braces(&mut self) -> Parsed<Option<(u32, u32)>> {
        let start = self.cursor.at();
        let braces = self.braces_at();
        if braces.is_none() {
            if self.strict {
                return Err(error_at(start, "incomplete quantifier"));
            }
            self.cursor.rewind(start);
        }
        Ok(braces)
    }

    fn braces_at(&mut self) -> Option<(u32, u32)> {
        let cursor = &mut self.cursor;
        cursor.bump();
        let min = cursor.take_number()?.min(ENDLESS);
        if cursor.eat(b'}') {
            return Some((min, min));
        }
        let comma = cursor.eat(b',');
        let max = if cursor.byte() == Some(b'}') {
            ENDLESS
        } else {
            cursor.take_number()?
        };
        (comma && cursor.eat(b'}')).then_some((min, max.min(ENDLESS)))
    }

    /// A back-reference that begins at `start`.
    pub(super) fn refer(&mut self, start: usize, to: Reference) -> Node {
        self.references.push((start, to));
        // Not more references than units, of which there are at most 65,535.
        let place = u16::try_from(self.references.len() - 1).unwrap_or(u16::MAX);
        Node::Back(place, self.folding())
    }

    /// The groups that the back-references mean, now that all groups are known.
    fn resolve(&self) -> Parsed<Vec<Groups>> {
        let groups = |reference: &Reference| -> Groups {
            match reference {
                Reference::Number(number) => {
                    let number = u16::try_from(*number).ok();
                    number.filter(|n| *n <= self.groups).into_iter().collect()
                }
                Reference::Name(name) => {
                    let named = self.names.iter().filter(|(known, _)| known == name);
                    named.map(|(_, number)| *number).collect()
                }
            }
        };
        let resolved = self.references.iter().map(|(start, reference)| {
            let groups = groups(reference);
            if groups.is_empty() {
                return Err(error_at(*start, "a back-reference to no group"));
            }
            Ok(groups)
        });
        resolved.collect()
    }

    /// Asked last, so that what JavaScript refuses is never taken for what only a limit refuses.
    fn check_repetition(&self) -> Parsed<()> {
        let limit = self.limits.repetition();
        if self.repetition > u32::from(limit) {
            return Err(PatternError::Limit {
                what: "repetitions",
                limit: usize::from(limit),
            });
        }
        Ok(())
    }
}
