//! Classes without `v`: ranges, characters and escapes between brackets.

use super::super::class::{Builder, Step};
use super::Node;
use super::parser::{Parsed, Parser, error_at};

/// What one side of a range may be.
enum Atom {
    Char(u32),
    Set(Step),
}

impl Parser<'_> {
    pub(super) fn class(&mut self) -> Parsed<Node> {
        let start = self.cursor.at();
        self.cursor.bump();
        let negated = self.cursor.eat(b'^');
        if self.flags.sets() {
            return self.class_of_sets(negated);
        }
        let mut class = Builder::new(self.folding(), self.limits);
        while !self.cursor.eat(b']') {
            if self.cursor.is_done() {
                return Err(error_at(start, "unterminated class"));
            }
            self.class_member(&mut class)?;
        }
        Ok(Node::Class(class.finish(negated)))
    }

    fn class_member(&mut self, class: &mut Builder) -> Parsed<()> {
        let start = self.cursor.at();
        let from = self.class_atom()?;
        let hyphen = self.cursor.byte() == Some(b'-');
        if !hyphen || self.cursor.byte_at(1) == Some(b']') {
            return add(class, &from);
        }
        self.cursor.bump();
        let to = self.class_atom()?;
        match (from, to) {
            (Atom::Char(from), Atom::Char(to)) if from <= to => class.range(from, to),
            (Atom::Char(_), Atom::Char(_)) => Err(error_at(start, "range out of order in a class")),
            _ if self.strict => Err(error_at(start, "a range from or to a set")),
            // Annex B takes the hyphen for itself.
            (from, to) => {
                class.range(u32::from(b'-'), u32::from(b'-'))?;
                add(class, &from)?;
                add(class, &to)
            }
        }
    }

    fn class_atom(&mut self) -> Parsed<Atom> {
        if !self.cursor.eat(b'\\') {
            let c = self.cursor.take(self.strict);
            return c
                .map(Atom::Char)
                .ok_or_else(|| self.error("unterminated class"));
        }
        if self.cursor.eat(b'b') {
            return Ok(Atom::Char(8));
        }
        match self.class_escape()? {
            Some(step) => Ok(Atom::Set(step)),
            None => self.character_escape(true).map(Atom::Char),
        }
    }
}

fn add(class: &mut Builder, atom: &Atom) -> Parsed<()> {
    match atom {
        Atom::Char(c) => class.range(*c, *c),
        Atom::Set(step) => class.set(*step),
    }
}
