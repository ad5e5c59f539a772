//! Classes with `v`: unions, intersections and differences of sets of characters and of strings.

use super::super::class::{Builder, Class, Step};
use super::super::fold::Folding;
use super::Node;
use super::parser::{Parsed, Parser};

/// What a class with `v` matches.
struct Operand {
    class: Class,
    /// Those of no or of several characters, in their canonical case, sorted. One character is in `class`.
    strings: Vec<Vec<u32>>,
    /// Whether strings could be in it by its syntax, which alone decides if it may be negated.
    of_strings: bool,
}

/// What stands in a class between operators.
enum Item {
    Char(u32),
    Operand(Operand),
}

/// JavaScript keeps these, doubled, for later.
const DOUBLED: &[u8] = b"&!#$%*+,.:;<=>?@^`~";
/// These mean themselves after a backslash, besides what does so everywhere.
const PUNCTUATORS: &[u8] = b"&-!#%,:;<=>@`~";
/// These need a backslash to mean themselves.
const SYNTAX: &[u8] = b"()[]{}/-\\|";

impl Operand {
    fn of_class(class: Class) -> Self {
        Self {
            class,
            strings: Vec::new(),
            of_strings: false,
        }
    }

    /// The longest string first, as V8 tries them.
    fn into_node(mut self, folding: Folding) -> Node {
        self.strings
            .sort_by_key(|string| std::cmp::Reverse(string.len()));
        let empty = self.strings.last().is_some_and(Vec::is_empty);
        let long = self.strings.into_iter().filter(|string| !string.is_empty());
        let text = |string: Vec<u32>| {
            let chars = string.into_iter().map(|c| Node::char(c, folding));
            Node::cat(chars.collect())
        };
        let mut nodes: Vec<Node> = long.map(text).collect();
        nodes.push(Node::Class(self.class));
        nodes.extend(empty.then_some(Node::Empty));
        Node::alt(nodes)
    }

    fn unite(operands: Vec<Self>) -> Self {
        let of_strings = operands.iter().any(|operand| operand.of_strings);
        let (classes, strings): (Vec<_>, Vec<_>) = operands
            .into_iter()
            .map(|operand| (operand.class, operand.strings))
            .unzip();
        let mut strings = strings.concat();
        strings.sort_unstable();
        strings.dedup();
        Self {
            class: Class::combine(classes, Step::Unite),
            strings,
            of_strings,
        }
    }

    fn intersect(self, other: Self) -> Self {
        let both = |string: &Vec<u32>| other.strings.contains(string);
        Self {
            strings: self.strings.into_iter().filter(both).collect(),
            class: Class::combine(vec![self.class, other.class], Step::Intersect),
            of_strings: self.of_strings && other.of_strings,
        }
    }

    fn subtract(self, other: Self) -> Self {
        let first = |string: &Vec<u32>| !other.strings.contains(string);
        Self {
            strings: self.strings.into_iter().filter(first).collect(),
            class: Class::combine(vec![self.class, other.class], Step::Subtract),
            of_strings: self.of_strings,
        }
    }
}

impl Item {
    fn into_operand(self, folding: Folding) -> Operand {
        match self {
            Self::Char(c) => Operand::of_class(Class::of_char(c, folding)),
            Self::Operand(operand) => operand,
        }
    }
}

impl Parser<'_> {
    /// What follows `[` or `[^`.
    pub(super) fn class_of_sets(&mut self, negated: bool) -> Parsed<Node> {
        let operand = self.set(negated)?;
        Ok(operand.into_node(self.folding()))
    }

    fn set(&mut self, negated: bool) -> Parsed<Operand> {
        let operand = self.nested(Self::set_contents)?;
        if !negated {
            return Ok(operand);
        }
        if operand.of_strings {
            return Err(self.error("a negated class holds strings"));
        }
        Ok(Operand::of_class(operand.class.negate()))
    }

    fn set_contents(&mut self) -> Parsed<Operand> {
        if self.cursor.eat(b']') {
            return Ok(Operand::unite(Vec::new()));
        }
        let first = self.set_item()?;
        if self.cursor.looks_at(b"&&") {
            self.set_operation(b"&&", first, Operand::intersect)
        } else if self.cursor.looks_at(b"--") {
            self.set_operation(b"--", first, Operand::subtract)
        } else {
            self.set_union(first)
        }
    }

    /// Operands with one operator between them; it cannot be mixed with another.
    fn set_operation(
        &mut self,
        operator: &[u8],
        first: Item,
        combine: fn(Operand, Operand) -> Operand,
    ) -> Parsed<Operand> {
        let folding = self.folding();
        let mut operand = first.into_operand(folding);
        let mut members = 1;
        while !self.cursor.eat(b']') {
            if !self.cursor.eat_all(operator) {
                return Err(
                    self.error("invalid operation in a class: expected the same operator again")
                );
            }
            // A third `&` is refused, as every doubled punctuator is.
            if self.cursor.byte() == Some(b'&') {
                return Err(self.error("invalid operation in a class"));
            }
            members += 1;
            self.check_members(members)?;
            operand = combine(operand, self.set_item()?.into_operand(folding));
        }
        Ok(operand)
    }

    fn check_members(&self, members: u16) -> Parsed<()> {
        let limit = self.limits.class();
        if members > limit {
            let limit = usize::from(limit);
            return Err(super::super::error::PatternError::Limit {
                what: "members in a class",
                limit,
            });
        }
        Ok(())
    }

    fn set_union(&mut self, first: Item) -> Parsed<Operand> {
        let mut plain = Builder::new(self.folding(), self.limits);
        let mut operands = Vec::new();
        let mut next = Some(first);
        while let Some(item) = next {
            match item {
                Item::Char(from) => {
                    let to = self.set_range_end(from)?;
                    plain.range(from, to)?;
                }
                Item::Operand(operand) => operands.push(operand),
            }
            self.check_members(u16::try_from(operands.len()).unwrap_or(u16::MAX))?;
            next = if self.cursor.eat(b']') {
                None
            } else {
                Some(self.set_item()?)
            };
        }
        operands.push(Operand::of_class(plain.finish(false)));
        Ok(Operand::unite(operands))
    }

    /// The end of the range that begins at `from`; itself if no hyphen follows.
    fn set_range_end(&mut self, from: u32) -> Parsed<u32> {
        if !self.cursor.eat(b'-') {
            return Ok(from);
        }
        match self.set_item()? {
            Item::Char(to) if from <= to => Ok(to),
            Item::Char(_) => Err(self.error("range out of order in a class")),
            Item::Operand(_) => Err(self.error("a range from or to a set")),
        }
    }

    fn set_item(&mut self) -> Parsed<Item> {
        if self.cursor.eat(b'[') {
            let negated = self.cursor.eat(b'^');
            return self.set(negated).map(Item::Operand);
        }
        if self.cursor.eat_all(b"\\q{") {
            return self.strings().map(Item::Operand);
        }
        if self.cursor.byte() == Some(b'\\') {
            let start = self.cursor.at();
            self.cursor.bump();
            if let Some(step) = self.class_escape()? {
                return Ok(Item::Operand(Operand::of_class(Class::of_step(
                    step,
                    self.folding(),
                ))));
            }
            self.cursor.rewind(start);
        }
        self.set_character().map(Item::Char)
    }

    fn set_character(&mut self) -> Parsed<u32> {
        if self.cursor.eat(b'\\') {
            return self.set_escape();
        }
        let byte = self.cursor.byte();
        let doubled = byte == self.cursor.byte_at(1) && byte.is_some_and(|b| DOUBLED.contains(&b));
        if doubled || byte.is_some_and(|byte| SYNTAX.contains(&byte)) {
            return Err(self.error("invalid character in a class: expected a backslash before it"));
        }
        self.cursor
            .take(true)
            .ok_or_else(|| self.error("unterminated class"))
    }

    fn set_escape(&mut self) -> Parsed<u32> {
        match self.cursor.byte() {
            Some(b'b') => {
                self.cursor.bump();
                Ok(8)
            }
            Some(byte) if PUNCTUATORS.contains(&byte) => {
                self.cursor.bump();
                Ok(u32::from(byte))
            }
            _ => self.character_escape(true),
        }
    }

    /// What follows `\q{`.
    fn strings(&mut self) -> Parsed<Operand> {
        let mut plain = Builder::new(self.folding(), self.limits);
        let mut strings = Vec::new();
        loop {
            match *self.string()? {
                [c] => plain.range(c, c)?,
                ref string => strings.push(string.to_vec()),
            }
            self.check_members(u16::try_from(strings.len()).unwrap_or(u16::MAX))?;
            if self.cursor.eat(b'}') {
                break;
            }
            self.cursor.bump();
        }
        strings.sort_unstable();
        strings.dedup();
        let of_strings = !strings.is_empty();
        Ok(Operand {
            class: plain.finish(false),
            strings,
            of_strings,
        })
    }

    /// One string of `\q{…}`, up to what ends it.
    fn string(&mut self) -> Parsed<Vec<u32>> {
        let folding = self.folding();
        let mut string = Vec::new();
        while !matches!(self.cursor.byte(), Some(b'|' | b'}')) {
            string.push(folding.canonical(self.set_character()?));
        }
        Ok(string)
    }
}
