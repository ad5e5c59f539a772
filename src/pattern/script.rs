//! Compiles a tree with back-references into steps for the backtracker.

use super::atom::{Assert, Pool, PoolBuilder, Take};
use super::error::PatternError;
use super::fold::Folding;
use super::limits::PatternLimits;
use super::syntax::{Groups, Look, Node, Repeat, Tree};

/// A step of a [`Script`]. After a step that does not say otherwise comes the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The pattern, or the assertion that was asked, has matched.
    Match,
    Take(Take),
    Assert(Assert),
    /// Asks [`Script::looks`]; the steps of the assertion stand elsewhere.
    Look(u16),
    /// The next step, or else that one.
    Try(u16),
    Jump(u16),
    /// Notes the place of the text in a register.
    Note(u16),
    /// What a group has matched, by its number, and how that is compared.
    Back(u16, Folding),
    /// Begins a loop, [`Script::loops`], afresh.
    Begin(u16),
    /// Begins another round of a loop, or leaves it.
    Loop(u16),
    /// Enters the round.
    Enter(u16),
    /// Ends the round.
    Again(u16),
}

/// A repetition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loop {
    pub(crate) min: u32,
    pub(crate) max: Option<u32>,
    pub(crate) lazy: bool,
    /// Where its [`Step::Loop`] stands, and what follows it.
    pub(crate) start: u16,
    pub(crate) end: u16,
    /// The groups that each round forgets: `first + 1 ..= last`.
    pub(crate) groups: (u16, u16),
    /// The first of two registers: how many rounds were begun, and where the last one was.
    pub(crate) register: u16,
}

/// An assertion about what follows or precedes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    pub(crate) start: u16,
    pub(crate) behind: bool,
    pub(crate) negated: bool,
}

/// A pattern for the backtracker, from its first step on. The registers of group `n` are `2n - 2` (start) and `2n - 1` (end).
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) steps: Box<[Step]>,
    pub(crate) loops: Box<[Loop]>,
    pub(crate) looks: Box<[Ask]>,
    pub(crate) registers: u16,
    pub(crate) pool: Pool,
}

impl Script {
    /// # Errors
    ///
    /// Fails if the pattern is longer than the limit.
    pub(crate) fn new(tree: &Tree, limits: &PatternLimits) -> Result<Self, PatternError> {
        let mut writer = Writer {
            pool: PoolBuilder::default(),
            references: &tree.references,
            steps: Vec::new(),
            loops: Vec::new(),
            looks: Vec::new(),
            registers: usize::from(tree.groups) * 2,
            limit: usize::from(limits.program()),
        };
        writer.section(&tree.root, false)?;
        let registers = writer.place(writer.registers)?;
        Ok(Self {
            steps: writer.steps.into(),
            loops: writer.loops.into(),
            looks: writer.looks.into(),
            registers,
            pool: writer.pool.finish(),
        })
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let tables = size_of_val(&*self.loops) + size_of_val(&*self.looks);
        size_of_val(&*self.steps) + tables + self.pool.memory_usage()
    }
}

/// The register that holds where a group starts; the next one holds where it ends.
pub(crate) const fn group_register(group: u16) -> u16 {
    group.saturating_sub(1).saturating_mul(2)
}

struct Writer<'t> {
    pool: PoolBuilder,
    references: &'t [Groups],
    steps: Vec<Step>,
    loops: Vec<Loop>,
    looks: Vec<Ask>,
    registers: usize,
    limit: usize,
}

type Written<T> = Result<T, PatternError>;

impl Writer<'_> {
    /// A place among steps, loops, assertions or registers.
    fn place(&self, at: usize) -> Written<u16> {
        let limit = PatternError::Limit {
            what: "steps in a pattern",
            limit: self.limit,
        };
        u16::try_from(at)
            .ok()
            .filter(|_| at <= self.limit)
            .ok_or(limit)
    }

    fn here(&self) -> Written<u16> {
        self.place(self.steps.len())
    }

    /// Writes a part that ends in a match; where it starts.
    fn section(&mut self, node: &Node, reversed: bool) -> Written<u16> {
        let start = self.here()?;
        self.node(node, reversed)?;
        self.steps.push(Step::Match);
        Ok(start)
    }

    fn node(&mut self, node: &Node, reversed: bool) -> Written<()> {
        self.here()?;
        match node {
            Node::Empty => {}
            Node::Char(c, folding) => {
                let take = self.pool.char(*c, *folding);
                self.steps.push(Step::Take(take));
            }
            Node::Class(class) => {
                let take = self.pool.class(class);
                self.steps.push(Step::Take(take));
            }
            Node::Start => self.steps.push(Step::Assert(Assert::Start)),
            Node::End => self.steps.push(Step::Assert(Assert::End)),
            Node::LineStart => self.steps.push(Step::Assert(Assert::LineStart)),
            Node::LineEnd => self.steps.push(Step::Assert(Assert::LineEnd)),
            Node::Boundary(boundary) => self.steps.push(Step::Assert(Assert::Boundary(*boundary))),
            Node::Cat(nodes) if reversed => {
                nodes
                    .iter()
                    .rev()
                    .try_for_each(|node| self.node(node, reversed))?;
            }
            Node::Cat(nodes) => nodes
                .iter()
                .try_for_each(|node| self.node(node, reversed))?,
            Node::Alt(nodes) => self.alt(nodes, reversed)?,
            Node::Repeat(repeat) => self.repeat(repeat, reversed)?,
            Node::Group(group, body) => self.group(*group, body, reversed)?,
            Node::Look(look) => self.look(look)?,
            // Of several groups one at most has matched, and the others match nothing.
            Node::Back(reference, folding) => {
                let groups = self.references.get(usize::from(*reference));
                let groups = groups.into_iter().flatten();
                self.steps
                    .extend(groups.map(|group| Step::Back(*group, *folding)));
            }
        }
        Ok(())
    }

    fn alt(&mut self, nodes: &[Node], reversed: bool) -> Written<()> {
        let mut jumps = Vec::with_capacity(nodes.len());
        for (at, node) in nodes.iter().enumerate() {
            if at + 1 == nodes.len() {
                self.node(node, reversed)?;
                break;
            }
            let choice = self.steps.len();
            self.steps.push(Step::Try(0));
            self.node(node, reversed)?;
            jumps.push(self.steps.len());
            self.steps.push(Step::Jump(0));
            self.steps[choice] = Step::Try(self.here()?);
        }
        let end = self.here()?;
        for jump in jumps {
            self.steps[jump] = Step::Jump(end);
        }
        Ok(())
    }

    fn group(&mut self, group: u16, body: &Node, reversed: bool) -> Written<()> {
        let start = group_register(group);
        let (first, last) = if reversed {
            (start + 1, start)
        } else {
            (start, start + 1)
        };
        self.steps.push(Step::Note(first));
        self.node(body, reversed)?;
        self.steps.push(Step::Note(last));
        Ok(())
    }

    fn repeat(&mut self, repeat: &Repeat, reversed: bool) -> Written<()> {
        if repeat.max == Some(0) {
            return Ok(());
        }
        let place = self.loops.len();
        let number = self.place(place)?;
        let Repeat {
            min,
            max,
            lazy,
            groups,
            ..
        } = *repeat;
        let register = self.place(self.registers)?;
        self.registers += 2;
        self.steps.push(Step::Begin(number));
        let start = self.here()?;
        self.loops.push(Loop {
            min,
            max,
            lazy,
            start,
            end: 0,
            groups,
            register,
        });
        self.steps.extend([Step::Loop(number), Step::Enter(number)]);
        self.node(&repeat.body, reversed)?;
        self.steps.push(Step::Again(number));
        self.loops[place].end = self.here()?;
        Ok(())
    }

    /// Writes the steps of the assertion on the spot, and jumps over them.
    fn look(&mut self, look: &Look) -> Written<()> {
        let number = self.place(self.looks.len())?;
        let Look {
            behind, negated, ..
        } = *look;
        self.looks.push(Ask {
            start: 0,
            behind,
            negated,
        });
        let over = self.steps.len() + 1;
        self.steps.extend([Step::Look(number), Step::Jump(0)]);
        let start = self.section(&look.body, behind)?;
        self.looks[usize::from(number)].start = start;
        self.steps[over] = Step::Jump(self.here()?);
        Ok(())
    }
}
