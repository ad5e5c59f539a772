//! Compiles a tree into steps for the simulation.

use std::borrow::Cow;

use super::atom::{Assert, Pool, PoolBuilder, Take};
use super::error::PatternError;
use super::limits::PatternLimits;
use super::syntax::{Look, Node, Repeat};

/// A step of a [`Section`]. After a step that does not say otherwise comes the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Match,
    Take(Take),
    Assert(Assert),
    /// Asks a section before this one, or negated.
    Look(u16),
    LookNot(u16),
    /// The next step, and that one.
    Split(u16),
    Jump(u16),
    /// Repeats the steps that follow, as [`Program::counts`] says at this place.
    Count(u16),
}

/// How often a run of steps is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Count {
    /// With `max` it is not 0 or 1 twice: such repetitions are written out.
    min: u16,
    max: Option<u16>,
    /// How many steps are repeated, before repetitions in them are written out.
    len: u16,
}

/// The steps of the pattern, or of one assertion in it.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    ops: Box<[Op]>,
    /// Whether it reads towards the start of the text.
    pub(crate) reversed: bool,
    /// Whether [`Op::Count`] is among the steps.
    counts: bool,
}

/// A pattern for the simulation.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// Each asks only sections before itself; the last is the pattern.
    sections: Box<[Section]>,
    counts: Box<[Count]>,
    pub(crate) pool: Pool,
}

/// Counted repetitions are written out at once if a section then has no more steps than this: 1 KB.
/// Longer ones are written out for each test, which takes longer than that itself.
const RESIDENT: usize = 256;

/// How many steps the pass over the text costs that answers an assertion, besides its own.
const PASS: usize = 8;

impl Program {
    /// # Errors
    ///
    /// Fails if the pattern, its counted repetitions written out, is longer than the limit.
    pub(crate) fn new(node: &Node, limits: &PatternLimits) -> Result<Self, PatternError> {
        let limit = usize::from(limits.program());
        let mut compiler = Compiler {
            pool: PoolBuilder::default(),
            sections: Vec::new(),
            counts: Vec::new(),
            limit,
        };
        compiler.section(node, false)?;
        let mut program = Self {
            sections: compiler.sections.into(),
            counts: compiler.counts.into(),
            pool: compiler.pool.finish(),
        };
        if program.len() > limit {
            return Err(too_long(limit));
        }
        program.write_out_short();
        Ok(program)
    }

    /// How many steps there are when all repetitions are written out, and what the assertions cost.
    fn len(&self) -> usize {
        let asked = (self.sections.len() - 1) * PASS;
        let lens = self
            .sections
            .iter()
            .map(|section| written_len(&section.ops, &self.counts));
        lens.fold(asked, usize::saturating_add)
    }

    fn write_out_short(&mut self) {
        for section in &mut self.sections {
            if section.counts && written_len(&section.ops, &self.counts) <= RESIDENT {
                section.ops = written_out(&section.ops, &self.counts).into();
                section.counts = false;
            }
        }
        if !self.sections.iter().any(|section| section.counts) {
            self.counts = Box::default();
        }
    }

    pub(crate) fn sections(&self) -> impl ExactSizeIterator<Item = &Section> {
        self.sections.iter()
    }

    /// The steps of a section, without [`Op::Count`].
    pub(crate) fn ops<'p>(&'p self, section: &'p Section) -> Cow<'p, [Op]> {
        if section.counts {
            Cow::Owned(written_out(&section.ops, &self.counts))
        } else {
            Cow::Borrowed(&section.ops)
        }
    }

    /// The most steps that the simulation takes for a character, or for a test before it comes to one.
    pub(crate) fn steps_for_a_character(&self) -> u64 {
        let ops = self.sections.iter();
        let ops = ops.map(|section| written_len(&section.ops, &self.counts) as u64);
        // Each section asks its classes about the character, and the last one before it goes there too.
        let classes = 2 * self.sections.len() as u64 * self.pool.all_parts();
        // The steps that are open, those a match may begin with, and the place itself.
        ops.map(|ops| 2 * ops + 1)
            .fold(classes, u64::saturating_add)
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let ops: usize = self
            .sections
            .iter()
            .map(|section| size_of_val(&*section.ops))
            .sum();
        let tables = size_of_val(&*self.sections) + size_of_val(&*self.counts);
        ops + tables + self.pool.memory_usage()
    }
}

fn too_long(limit: usize) -> PatternError {
    PatternError::Limit {
        what: "steps in a pattern",
        limit,
    }
}

struct Compiler {
    pool: PoolBuilder,
    sections: Vec<Section>,
    counts: Vec<Count>,
    limit: usize,
}

type Compiled<T> = Result<T, PatternError>;

impl Compiler {
    /// Adds a section, and those that it asks before it; its place.
    fn section(&mut self, node: &Node, reversed: bool) -> Compiled<u16> {
        let mut ops = Vec::new();
        self.node(node, reversed, &mut ops)?;
        ops.push(Op::Match);
        let counts = ops.iter().any(|op| matches!(op, Op::Count(_)));
        self.sections.push(Section {
            ops: ops.into(),
            reversed,
            counts,
        });
        self.place(self.sections.len() - 1)
    }

    /// A place among steps, sections or repetitions.
    fn place(&self, at: usize) -> Compiled<u16> {
        let place = u16::try_from(at).ok().filter(|_| at <= self.limit);
        place.ok_or(too_long(self.limit))
    }

    fn node(&mut self, node: &Node, reversed: bool, ops: &mut Vec<Op>) -> Compiled<()> {
        self.place(ops.len())?;
        match node {
            Node::Empty => {}
            Node::Char(c, folding) => ops.push(Op::Take(self.pool.char(*c, *folding))),
            Node::Class(class) => ops.push(Op::Take(self.pool.class(class))),
            Node::Start => ops.push(Op::Assert(Assert::Start)),
            Node::End => ops.push(Op::Assert(Assert::End)),
            Node::LineStart => ops.push(Op::Assert(Assert::LineStart)),
            Node::LineEnd => ops.push(Op::Assert(Assert::LineEnd)),
            Node::Boundary(boundary) => ops.push(Op::Assert(Assert::Boundary(*boundary))),
            Node::Cat(nodes) => self.cat(nodes, reversed, ops)?,
            Node::Alt(nodes) => self.alt(nodes, reversed, ops)?,
            Node::Repeat(repeat) => self.repeat(repeat, reversed, ops)?,
            Node::Group(_, body) => self.node(body, reversed, ops)?,
            Node::Look(look) => ops.push(self.look(look)?),
            // Patterns with back-references are not compiled here.
            Node::Back(..) => {}
        }
        Ok(())
    }

    fn cat(&mut self, nodes: &[Node], reversed: bool, ops: &mut Vec<Op>) -> Compiled<()> {
        if reversed {
            nodes
                .iter()
                .rev()
                .try_for_each(|node| self.node(node, reversed, ops))
        } else {
            nodes
                .iter()
                .try_for_each(|node| self.node(node, reversed, ops))
        }
    }

    fn alt(&mut self, nodes: &[Node], reversed: bool, ops: &mut Vec<Op>) -> Compiled<()> {
        let mut jumps = Vec::with_capacity(nodes.len());
        for (at, node) in nodes.iter().enumerate() {
            if at + 1 == nodes.len() {
                self.node(node, reversed, ops)?;
                break;
            }
            let split = ops.len();
            ops.push(Op::Split(0));
            self.node(node, reversed, ops)?;
            jumps.push(ops.len());
            ops.push(Op::Jump(0));
            ops[split] = Op::Split(self.place(ops.len())?);
        }
        let end = self.place(ops.len())?;
        for jump in jumps {
            ops[jump] = Op::Jump(end);
        }
        Ok(())
    }

    fn repeat(&mut self, repeat: &Repeat, reversed: bool, ops: &mut Vec<Op>) -> Compiled<()> {
        let start = self.place(ops.len())?;
        match (repeat.min, repeat.max) {
            (_, Some(0)) => {}
            (1, Some(1)) => self.node(&repeat.body, reversed, ops)?,
            (1, None) => {
                self.node(&repeat.body, reversed, ops)?;
                ops.push(Op::Split(start));
            }
            (0, None | Some(1)) => {
                ops.push(Op::Split(0));
                self.node(&repeat.body, reversed, ops)?;
                ops.extend(repeat.max.is_none().then_some(Op::Jump(start)));
                ops[usize::from(start)] = Op::Split(self.place(ops.len())?);
            }
            (min, max) => self.count(min, max, &repeat.body, reversed, ops)?,
        }
        Ok(())
    }

    fn count(
        &mut self,
        min: u32,
        max: Option<u32>,
        body: &Node,
        reversed: bool,
        ops: &mut Vec<Op>,
    ) -> Compiled<()> {
        // The parser has bounded both.
        let number = |count: u32| u16::try_from(count).map_err(|_| too_long(self.limit));
        let (min, max) = (number(min)?, max.map(number).transpose()?);
        let place = self.counts.len();
        ops.push(Op::Count(self.place(place)?));
        self.counts.push(Count { min, max, len: 0 });
        let start = ops.len();
        self.node(body, reversed, ops)?;
        self.counts[place].len = self.place(ops.len() - start)?;
        Ok(())
    }

    /// A look-ahead is read from its end, so that one pass over the text answers it for every place.
    fn look(&mut self, look: &Look) -> Compiled<Op> {
        let section = self.section(&look.body, !look.behind)?;
        Ok(if look.negated {
            Op::LookNot(section)
        } else {
            Op::Look(section)
        })
    }
}

/// How many steps `ops` come to when the repetitions in them are written out.
fn written_len(ops: &[Op], counts: &[Count]) -> usize {
    let (mut at, mut len) = (0, 0_usize);
    while at < ops.len() {
        let step = match counted(ops, at, counts) {
            Some((count, body)) => {
                at += body.len();
                count.written_len(written_len(body, counts))
            }
            None => 1,
        };
        len = len.saturating_add(step);
        at += 1;
    }
    len
}

/// The repetition at `at` and the steps it repeats, if there is one.
fn counted<'o>(ops: &'o [Op], at: usize, counts: &[Count]) -> Option<(Count, &'o [Op])> {
    let Op::Count(place) = *ops.get(at)? else {
        return None;
    };
    let count = *counts.get(usize::from(place))?;
    let body = ops.get(at + 1..at + 1 + usize::from(count.len))?;
    Some((count, body))
}

impl Count {
    /// How many steps a body of `len` steps comes to.
    fn written_len(self, len: usize) -> usize {
        let must = usize::from(self.min).saturating_mul(len);
        match self.max {
            Some(max) => {
                let may = usize::from(max.saturating_sub(self.min));
                must.saturating_add(may.saturating_mul(len.saturating_add(1)))
            }
            None => must.saturating_add(1),
        }
    }
}

/// `ops` with the repetitions in them written out. The jumps in `ops` count from its start.
fn written_out(ops: &[Op], counts: &[Count]) -> Vec<Op> {
    let mut out = Vec::new();
    write_out(ops, 0, counts, &mut out);
    out
}

/// Appends `ops`, whose jumps count from `base` before its first step.
fn write_out(ops: &[Op], base: usize, counts: &[Count], out: &mut Vec<Op>) {
    if !ops
        .iter()
        .any(|op| matches!(op, Op::Count(_) | Op::Jump(_) | Op::Split(_)))
    {
        out.extend_from_slice(ops);
        return;
    }
    let start = out.len();
    // Where each step, and the end, went.
    let mut places = Vec::with_capacity(ops.len() + 1);
    let mut jumps = Vec::new();
    let mut at = 0;
    while let Some(op) = ops.get(at) {
        places.push(out.len());
        if let Some((count, body)) = counted(ops, at, counts) {
            write_copies(count, body, base + at + 1, counts, out);
            // Nothing outside jumps into the body, only behind it.
            places.resize(places.len() + body.len(), start);
            at += body.len();
        } else {
            if matches!(op, Op::Jump(_) | Op::Split(_)) {
                jumps.push(out.len());
            }
            out.push(*op);
        }
        at += 1;
    }
    places.push(out.len());
    for jump in jumps {
        out[jump] = out[jump].redirected(|target| places.get(target - base).copied());
    }
}

fn write_copies(count: Count, body: &[Op], base: usize, counts: &[Count], out: &mut Vec<Op>) {
    let mut last = out.len();
    for _ in 0..count.min {
        last = out.len();
        write_out(body, base, counts, out);
    }
    let Some(max) = count.max else {
        out.push(Op::Split(short(last)));
        return;
    };
    let mut splits = Vec::new();
    for _ in count.min..max {
        splits.push(out.len());
        out.push(Op::Split(0));
        write_out(body, base, counts, out);
    }
    let end = short(out.len());
    for split in splits {
        out[split] = Op::Split(end);
    }
}

/// A place in a program, which has at most 65,535 steps.
fn short(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

impl Op {
    fn redirected(self, to: impl Fn(usize) -> Option<usize>) -> Self {
        let to = |target: u16| to(usize::from(target)).map_or(target, short);
        match self {
            Self::Split(target) => Self::Split(to(target)),
            Self::Jump(target) => Self::Jump(to(target)),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::flags::Flags;
    use super::super::syntax::parse;
    use super::*;

    fn program(pattern: &str) -> Result<Program, PatternError> {
        let units: Vec<u16> = pattern.encode_utf16().collect();
        let limits = PatternLimits::new();
        Program::new(&parse(&units, Flags::default(), &limits)?.root, &limits)
    }

    fn steps(pattern: &str) -> Vec<Op> {
        let program = program(pattern).expect("a program");
        let last = program.sections.last().expect("a section");
        program.ops(last).into_owned()
    }

    #[test]
    fn a_step_is_four_bytes() {
        assert_eq!(size_of::<Op>(), 4);
    }

    #[test]
    fn repetitions_are_written_out() {
        for (pattern, same) in [
            ("a{3}", "aaa"),
            ("a{2,4}", "aa(?:a(?:a)?)?"),
            ("(?:ab|c){2}", "(?:ab|c)(?:ab|c)"),
            ("(?:a{2}|b){2}c", "(?:aa|b)(?:aa|b)c"),
            ("(?:x{2,}y?){2,}", "xx+y?(?:xx+y?)+"),
        ] {
            assert_eq!(steps(pattern), steps(same), "{pattern}");
        }
    }

    #[test]
    fn long_repetitions_stay_short_until_they_run() {
        let program = program("(?:ab?){500}").expect("a program");
        assert!(program.memory_usage() < 200, "{}", program.memory_usage());
        assert_eq!(program.len(), 1_501);
        let last = program.sections.last().expect("a section");
        assert_eq!(program.ops(last).len(), 1_501);
    }

    #[test]
    fn length_is_limited_as_written_out() {
        assert!(program("(?:a{100}){100}").is_err());
        assert!(program("(?:(?:(?:a{1000}){1000}){1000}){1000}").is_err());
    }
}
