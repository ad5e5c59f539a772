//! Runs a program by following all ways through it at once.
//!
//! Only whether something matches is asked, so the ways need no order and no captures: at each place of
//! the text the machine holds the set of steps that some way has reached. That takes time in proportion
//! to text times program and cannot blow up. An assertion is answered for all places of the text by one
//! pass before what asks it, so look-arounds are linear too.

use smallvec::SmallVec;

use super::atom::{Assert, Pool, Take};
use super::fold::Orbit;
use super::program::{Op, Program};
use super::text::Text;
use crate::steps::Spend;

/// Whether `program` matches somewhere in `text`; only at its start if `sticky`.
///
/// It takes a step for each character and each way that is open there, and for each part of a class that is asked about a
/// character beyond ASCII; [`Program::steps_for_a_character`] is the most for one.
///
/// # Errors
///
/// Fails if `meter` does not pay for that.
pub(crate) fn is_match<T: Text + ?Sized, S: Spend>(
    program: &Program,
    text: &T,
    sticky: bool,
    meter: &mut S,
) -> Result<bool, S::Spent> {
    let mut answers: Vec<Answers> = Vec::new();
    let sections = program.sections();
    let last = sections.len().saturating_sub(1);
    for (at, section) in sections.enumerate() {
        let ops = program.ops(section);
        meter.spend(ops.len() as u64)?;
        let mut machine = Machine::new(&ops, &program.pool, &answers, text, &mut *meter);
        if at == last {
            return machine.finds(sticky);
        }
        let found = machine.answers(section.reversed)?;
        answers.push(found);
    }
    Ok(false)
}

/// The places of a text where an assertion holds, a bit for each.
struct Answers {
    words: SmallVec<[u64; 4]>,
}

impl Answers {
    fn new(places: usize) -> Self {
        Self {
            words: SmallVec::from_elem(0, places / 64 + 1),
        }
    }

    fn set(&mut self, at: usize) {
        self.words[at / 64] |= 1 << (at % 64);
    }

    fn get(&self, at: usize) -> bool {
        self.words
            .get(at / 64)
            .is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

/// A step, and the last round in which it was reached: what one visit touches stands together.
#[derive(Clone, Copy)]
struct Cell {
    op: Op,
    seen: u32,
}

struct Machine<'m, T: ?Sized, S> {
    cells: SmallVec<[Cell; 32]>,
    pool: &'m Pool,
    answers: &'m [Answers],
    text: &'m T,
    /// The steps reached in this round that take a character.
    reached: Vec<u16>,
    round: u32,
    /// Steps still to be followed in this round.
    pending: Vec<u16>,
    /// For each class, the character last asked about and the answer: many steps share a class.
    asked: SmallVec<[(u32, bool); 8]>,
    meter: &'m mut S,
}

impl<'m, T: Text + ?Sized, S: Spend> Machine<'m, T, S> {
    fn new(
        ops: &[Op],
        pool: &'m Pool,
        answers: &'m [Answers],
        text: &'m T,
        meter: &'m mut S,
    ) -> Self {
        Self {
            cells: ops.iter().map(|op| Cell { op: *op, seen: 0 }).collect(),
            pool,
            answers,
            text,
            reached: Vec::new(),
            round: 0,
            pending: Vec::new(),
            asked: SmallVec::from_elem((u32::MAX, false), pool.len()),
            meter,
        }
    }

    fn finds(&mut self, sticky: bool) -> Result<bool, S::Spent> {
        let first = self.cells.first().map(|cell| cell.op);
        let start_only = sticky || first == Some(Op::Assert(Assert::Start));
        let first_steps = self.first_steps();
        let mut before = Vec::new();
        for at in 0..=self.text.len() {
            self.meter.spend(1 + before.len() as u64)?;
            let starts = at == 0 || !start_only;
            if before.is_empty() && !(starts && self.may_start(first_steps.as_deref(), at)) {
                if start_only {
                    return Ok(false);
                }
                continue;
            }
            let taken = self.text.before(at);
            if self.advance(&mut before, taken, at, starts) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The steps by which a match takes its first character, if those are the same everywhere and there is no match
    /// without one.
    fn first_steps(&mut self) -> Option<Vec<u16>> {
        let looks_around =
            |cell: &Cell| matches!(cell.op, Op::Assert(_) | Op::Look(_) | Op::LookNot(_));
        if self.cells.iter().any(looks_around) {
            return None;
        }
        self.next_round();
        let matched = self.follow(0, 0);
        let first = std::mem::take(&mut self.reached);
        (!matched).then_some(first)
    }

    /// Whether a match may start at a place: there most texts differ from a pattern already.
    fn may_start(&mut self, first_steps: Option<&[u16]>, at: usize) -> bool {
        let Some(first_steps) = first_steps else {
            return true;
        };
        let Some(c) = self.text.at(at) else {
            return false;
        };
        let equals = self.equals(c);
        self.meter.owe(first_steps.len() as u64);
        let mut steps = first_steps.iter();
        steps.any(|step| self.takes(*step, c, &equals))
    }

    /// Where the section matches: ending there, or beginning there if it is read in reverse.
    fn answers(&mut self, reversed: bool) -> Result<Answers, S::Spent> {
        let len = self.text.len();
        let mut answers = Answers::new(len);
        let mut before = Vec::new();
        for step in 0..=len {
            self.meter.spend(1 + before.len() as u64)?;
            let at = if reversed { len - step } else { step };
            let taken = if reversed {
                self.text.at(at)
            } else {
                self.text.before(at)
            };
            if self.advance(&mut before, taken, at, true) {
                answers.set(at);
            }
        }
        Ok(answers)
    }

    /// Goes to `at` by `taken`, from the steps reached before; whether a match ends here.
    fn advance(
        &mut self,
        before: &mut Vec<u16>,
        taken: Option<u32>,
        at: usize,
        starts: bool,
    ) -> bool {
        self.next_round();
        let mut matched = starts && self.follow(0, at);
        if let Some(c) = taken {
            let equals = self.equals(c);
            for step in before.drain(..) {
                if self.takes(step, c, &equals) {
                    matched |= self.follow(step + 1, at);
                }
            }
        }
        std::mem::swap(before, &mut self.reached);
        matched
    }

    /// What a character equals: only classes ask for it, and not for ASCII.
    #[inline]
    fn equals(&self, c: u32) -> SmallVec<[u32; 4]> {
        if c >= 0x80 && self.pool.len() > 0 {
            self.pool.folding().equals(c)
        } else {
            SmallVec::new()
        }
    }

    fn next_round(&mut self) {
        if self.round == u32::MAX {
            self.cells.iter_mut().for_each(|cell| cell.seen = 0);
            self.round = 0;
        }
        self.round += 1;
    }

    #[inline]
    fn takes(&mut self, step: u16, c: u32, equals: Orbit<'_>) -> bool {
        match self.cells.get(usize::from(step)).map(|cell| cell.op) {
            Some(Op::Take(Take::Class(class))) => self
                .pool
                .accepts_ascii(class, c)
                .unwrap_or_else(|| self.asks(class, c, equals)),
            Some(Op::Take(take)) => self.pool.accepts(take, c),
            _ => false,
        }
    }

    #[inline(never)]
    fn asks(&mut self, class: u16, c: u32, equals: Orbit<'_>) -> bool {
        let Some(asked) = self.asked.get_mut(usize::from(class)) else {
            return false;
        };
        if asked.0 != c {
            self.meter.owe(self.pool.parts(class));
            *asked = (c, self.pool.accepts_orbit(class, c, equals));
        }
        asked.1
    }

    /// Reaches a step and all that take no character from there; whether the match is among them.
    fn follow(&mut self, step: u16, at: usize) -> bool {
        let mut matched = false;
        let mut next = Some(step);
        while let Some(step) = next {
            let reached = self.reach(step);
            // What takes a character is paid for when it is asked about one.
            if !matches!(reached, Some(Op::Take(_)) | None) {
                self.meter.owe(1);
            }
            next = match reached {
                Some(Op::Split(target)) => {
                    self.pending.push(target);
                    Some(step + 1)
                }
                Some(Op::Jump(target)) => Some(target),
                Some(Op::Take(_)) => {
                    self.reached.push(step);
                    self.pending.pop()
                }
                Some(Op::Match) => {
                    matched = true;
                    self.pending.pop()
                }
                Some(Op::Assert(assert)) if assert.holds(self.text, at) => Some(step + 1),
                Some(Op::Look(section)) if self.holds(section, at) => Some(step + 1),
                Some(Op::LookNot(section)) if !self.holds(section, at) => Some(step + 1),
                // Refused, or reached before; repetitions are written out before they come here.
                Some(Op::Assert(_) | Op::Look(_) | Op::LookNot(_) | Op::Count(_)) | None => {
                    self.pending.pop()
                }
            };
        }
        matched
    }

    /// The step, unless it was reached in this round before.
    #[inline]
    fn reach(&mut self, step: u16) -> Option<Op> {
        let cell = self.cells.get_mut(usize::from(step))?;
        let new = cell.seen != self.round;
        cell.seen = self.round;
        new.then_some(cell.op)
    }

    fn holds(&self, section: u16, at: usize) -> bool {
        self.answers
            .get(usize::from(section))
            .is_some_and(|answers| answers.get(at))
    }
}
