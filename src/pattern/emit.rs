//! Writes a pattern for the `regex` crate.
//!
//! Everything that JavaScript means otherwise is written out: classes as ranges with case folded in,
//! anchors as `\A` and `\z`. Without `u` and `v` a text is a row of UTF-16 units: the halves of a
//! surrogate pair are put as two characters of plane 16, in the pattern and in the text. A text with pairs
//! then has none of its own characters there, so no two texts look alike.

use std::borrow::Cow;
use std::fmt::Write;

use super::atom::ends_line;
use super::class::Class;
use super::flags::Flags;
use super::ranges::{self, Range};
use super::syntax::{Node, Repeat};

/// What is longer is left to the simulation: it would take long to compile, and much memory.
const LONGEST: usize = 64 * 1024;

/// What is added to a surrogate to make a character of it.
const SHIFT: u32 = 0x10_0000;
const SURROGATES: Range = (0xd800, 0xdfff);

/// Which texts a pattern that was written for the `regex` crate can be asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// It asks where lines start or end, and for `regex` only a line feed ends one.
    lines: bool,
    /// It asks for what `regex` knows in ASCII alone: a folded `\b`, and `\B`, which it finds between the bytes of
    /// one character too.
    words: bool,
    /// It reads units, so pairs must be split.
    units: bool,
}

impl Reach {
    /// How far `node` reaches; none if it has to be left to another engine altogether.
    pub(crate) fn of(node: &Node, flags: Flags) -> Option<Self> {
        let mut reach = Self {
            lines: false,
            words: false,
            units: !flags.code_points(),
        };
        reach.visit(node).then_some(reach)
    }

    fn visit(&mut self, node: &Node) -> bool {
        match node {
            Node::Empty | Node::Char(..) | Node::Class(_) | Node::Start | Node::End => true,
            Node::LineStart | Node::LineEnd => {
                self.lines = true;
                true
            }
            Node::Boundary(boundary) => {
                self.words |= boundary.negated || boundary.folded;
                true
            }
            Node::Cat(nodes) | Node::Alt(nodes) => nodes.iter().all(|node| self.visit(node)),
            Node::Repeat(repeat) => self.visit(&repeat.body),
            Node::Group(_, body) => self.visit(body),
            Node::Look(_) | Node::Back(..) => false,
        }
    }

    /// `text` as it has to be put, if it can be.
    pub(crate) fn put(self, text: &str) -> Option<Cow<'_, str>> {
        let is_ascii = text.is_ascii();
        let foreign = |c: char| c != '\n' && ends_line(c.into());
        if self.lines && text.contains(foreign) || self.words && !is_ascii {
            return None;
        }
        let pairs = self.units && !is_ascii && text.bytes().any(|byte| byte >= 0xf0);
        Some(if pairs {
            Cow::Owned(split_pairs(text))
        } else {
            Cow::Borrowed(text)
        })
    }
}

fn split_pairs(text: &str) -> String {
    text.encode_utf16()
        .filter_map(|unit| char::from_u32(shifted(u32::from(unit))))
        .collect()
}

fn shifted(c: u32) -> u32 {
    if (SURROGATES.0..=SURROGATES.1).contains(&c) {
        c + SHIFT
    } else {
        c
    }
}

/// `node`, whose [`Reach`] is some, for the `regex` crate; none if that would be too long.
pub(crate) fn emit(node: &Node, flags: Flags) -> Option<String> {
    let mut emitter = Emitter {
        code_points: flags.code_points(),
        out: String::new(),
    };
    if flags.sticky() {
        emitter.out.push_str("\\A");
    }
    emitter.node(node).then_some(emitter.out)
}

struct Emitter {
    code_points: bool,
    out: String,
}

impl Emitter {
    fn node(&mut self, node: &Node) -> bool {
        match node {
            Node::Empty => self.out.push_str("(?:)"),
            Node::Char(c, folding) => self.class(&Class::of_char(*c, *folding)),
            Node::Class(class) => self.class(class),
            Node::Start => self.out.push_str("\\A"),
            Node::End => self.out.push_str("\\z"),
            Node::LineStart => self.out.push_str("(?m:^)"),
            Node::LineEnd => self.out.push_str("(?m:$)"),
            Node::Boundary(boundary) => self.out.push_str(if boundary.negated {
                "(?-u:\\B)"
            } else {
                "(?-u:\\b)"
            }),
            Node::Cat(nodes) => return nodes.iter().all(|node| self.node(node)),
            Node::Alt(nodes) => return self.alt(nodes),
            Node::Repeat(repeat) => return self.repeat(repeat),
            Node::Group(_, body) => return self.alt(std::slice::from_ref(body)),
            Node::Look(_) | Node::Back(..) => return false,
        }
        self.out.len() <= LONGEST
    }

    fn alt(&mut self, nodes: &[Node]) -> bool {
        self.out.push_str("(?:");
        for (at, node) in nodes.iter().enumerate() {
            self.out.push_str(if at == 0 { "" } else { "|" });
            if !self.node(node) {
                return false;
            }
        }
        self.out.push(')');
        true
    }

    fn repeat(&mut self, repeat: &Repeat) -> bool {
        let whole = self.alt(std::slice::from_ref(&repeat.body));
        let (min, out) = (repeat.min, &mut self.out);
        // Writing to a string does not fail.
        let written = match repeat.max {
            None => write!(out, "{{{min},}}"),
            Some(max) => write!(out, "{{{min},{max}}}"),
        };
        whole && written.is_ok()
    }

    fn class(&mut self, class: &Class) {
        let last = if self.code_points {
            ranges::LAST
        } else {
            0xffff
        };
        let members = class.members(last);
        let pieces: Vec<Range> = members
            .iter()
            .flat_map(|range| self.pieces(*range))
            .collect();
        if pieces.is_empty() {
            self.out.push_str("[^\\x{0}-\\x{10ffff}]");
            return;
        }
        self.out.push('[');
        for (from, to) in pieces {
            let _ = write!(self.out, "\\x{{{from:x}}}-\\x{{{to:x}}}");
        }
        self.out.push(']');
    }

    /// A range below, in and above the surrogates; those in it are shifted, or left out by code points.
    fn pieces(&self, (from, to): Range) -> impl Iterator<Item = Range> {
        let below = (from, to.min(SURROGATES.0 - 1));
        let inside = (from.max(SURROGATES.0), to.min(SURROGATES.1));
        let above = (from.max(SURROGATES.1 + 1), to);
        let shifted = (inside.0 + SHIFT, inside.1 + SHIFT);
        let units = !self.code_points;
        let pieces = [(below, true), (shifted, units), (above, true)];
        pieces
            .into_iter()
            .filter(|(range, kept)| *kept && range.0 <= range.1)
            .map(|(range, _)| range)
    }
}
