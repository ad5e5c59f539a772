//! Reads a pattern into a tree, as ECMAScript 2025 with its Annex B does, or an older edition if that is asked for.

mod class;
mod cursor;
mod escape;
mod name;
mod parser;
mod sets;
mod survey;

use smallvec::SmallVec;

use super::class::Class;
use super::fold::Folding;

pub(crate) use self::cursor::pair;
pub(crate) use self::parser::parse;

/// A pattern, read.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) root: Node,
    /// How many groups capture; they are numbered from 1.
    pub(crate) groups: u16,
    /// The groups that each back-reference means, by the number in its [`Node::Back`].
    pub(crate) references: Vec<Groups>,
}

/// The groups of one name: several if they stand in different alternatives, so that one at most has matched.
pub(crate) type Groups = SmallVec<[u16; 2]>;

/// A part of a pattern. Flags that a group may change are resolved here: each node says what it means by itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Empty,
    /// One character and how it is compared: exactly, if nothing else equals it.
    Char(u32, Folding),
    Class(Class),
    /// `^` without `m`
    Start,
    /// `$` without `m`
    End,
    /// `^` with `m`
    LineStart,
    /// `$` with `m`
    LineEnd,
    Boundary(Boundary),
    /// One after another; never fewer than two.
    Cat(Vec<Node>),
    /// The first that leads to a match; never fewer than two.
    Alt(Vec<Node>),
    Repeat(Box<Repeat>),
    /// A group that captures, with its number.
    Group(u16, Box<Node>),
    Look(Box<Look>),
    /// A back-reference, by its place in [`Tree::references`], and how it is compared.
    Back(u16, Folding),
}

/// `\b` or `\B`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Boundary {
    pub(crate) negated: bool,
    /// Whether what folds to a word character is one too, as `i` has it beside `u` or `v`.
    pub(crate) folded: bool,
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
    /// One character. What equals nothing else is compared exactly, so that equal nodes mean the same.
    pub(crate) fn char(c: u32, folding: Folding) -> Self {
        let alone = folding.is_alone(c);
        Self::Char(c, if alone { Folding::Exact } else { folding })
    }

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
