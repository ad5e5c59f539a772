//! Reads a pattern into a tree, as ECMAScript 2023 with its Annex B does.

mod class;
mod cursor;
mod escape;
mod name;
mod parser;
mod sets;

use super::class::Class;

pub(crate) use self::cursor::pair;
pub(crate) use self::parser::parse;

/// A pattern, read.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) root: Node,
    /// How many groups capture; they are numbered from 1.
    pub(crate) groups: u16,
    /// The group that each back-reference means, by the number in its [`Node::Back`].
    pub(crate) references: Vec<u16>,
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Empty,
    /// One character, which case folding may still widen.
    Char(u32),
    Class(Class),
    /// `^`
    Start,
    /// `$`
    End,
    /// `\b`, or negated `\B`
    Boundary {
        negated: bool,
    },
    /// One after another; never fewer than two.
    Cat(Vec<Node>),
    /// The first that leads to a match; never fewer than two.
    Alt(Vec<Node>),
    Repeat(Box<Repeat>),
    /// A group that captures, with its number.
    Group(u16, Box<Node>),
    Look(Box<Look>),
    /// A back-reference, by its place in [`Tree::references`].
    Back(u16),
}

/// A part that is repeated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Repeat {
    pub(crate) body: Node,
    pub(crate) min: u32,
    /// None if there is no end to it; else not below `min`.
    pub(crate) max: Option<u32>,
    pub(crate) lazy: bool,
    /// The groups in the body, which each round forgets: `first + 1 ..= last`.
    pub(crate) groups: (u16, u16),
}

/// An assertion about what follows, or precedes, a place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Look {
    pub(crate) body: Node,
    pub(crate) behind: bool,
    pub(crate) negated: bool,
}

impl Node {
    /// `nodes` one after another.
    pub(crate) fn cat(mut nodes: Vec<Self>) -> Self {
        match nodes.len() {
            0 => Self::Empty,
            1 => nodes.remove(0),
            _ => Self::Cat(nodes),
        }
    }

    /// One of `nodes`, of which there is at least one.
    pub(crate) fn alt(mut nodes: Vec<Self>) -> Self {
        match nodes.len() {
            0 => Self::Empty,
            1 => nodes.remove(0),
            _ => Self::Alt(nodes),
        }
    }
}
