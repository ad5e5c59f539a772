//! Runs a pattern with back-references by trying one way after another, within a budget of steps.
//!
//! No engine can promise to answer back-references in linear time. The order of the ways is
//! JavaScript's, since what a group has matched depends on it.

use smallvec::SmallVec;

use super::atom::Take;
use super::fold::Folding;
use super::script::{Script, Step, group_register};
use super::text::Text;

/// The steps allowed for a test were not enough to answer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OverBudget;

/// Whether `script` matches somewhere in `text`; only at its start if `sticky`.
///
/// `budget` is how many steps it may take, and how many are left afterwards.
///
/// # Errors
///
/// Fails if that is not enough.
pub(crate) fn is_match<T: Text + ?Sized>(
    script: &Script,
    text: &T,
    sticky: bool,
    budget: &mut u32,
) -> Result<bool, OverBudget> {
    // Places are kept in 32 bits; a longer text could not be read within any budget.
    if u32::try_from(text.len()).is_err() {
        return Err(OverBudget);
    }
    let registers = SmallVec::from_elem(NOWHERE, usize::from(script.registers));
    let mut machine = Machine {
        script,
        text,
        registers,
        frames: Vec::new(),
        budget,
    };
    let last = if sticky { 0 } else { text.len() };
    for at in 0..=last {
        machine.spend(machine.registers.len() / FILLED_AT_ONCE)?;
        machine.registers.fill(NOWHERE);
        machine.frames.clear();
        if machine.run(0, at, false)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// So many registers are emptied in a step.
const FILLED_AT_ONCE: usize = 64;

/// What a register holds before anything is noted in it.
const NOWHERE: u32 = u32::MAX;

/// What to do when a way fails.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// Go on from here.
    Resume { step: u16, at: u32 },
    /// Put back what a register held.
    Restore { register: u16, value: u32 },
}

struct Machine<'m, T: ?Sized> {
    script: &'m Script,
    text: &'m T,
    registers: SmallVec<[u32; 16]>,
    frames: Vec<Frame>,
    budget: &'m mut u32,
}

impl<T: Text + ?Sized> Machine<'_, T> {
    /// Whether the steps from `step` on match at `at`. If so, what they noted stays; frames to undo it
    /// are left behind, and none to resume it.
    fn run(&mut self, step: u16, at: usize, reversed: bool) -> Result<bool, OverBudget> {
        let base = self.frames.len();
        let mut way = Some((step, at));
        while let Some((step, at)) = way {
            self.spend(1)?;
            way = match self.script.steps.get(usize::from(step)) {
                Some(Step::Match) => {
                    self.commit(base);
                    return Ok(true);
                }
                Some(other) => self.step(*other, step, at, reversed)?,
                None => None,
            };
            if way.is_none() {
                way = self.resume(base);
            }
        }
        Ok(false)
    }

    fn spend(&mut self, steps: usize) -> Result<(), OverBudget> {
        let steps = u32::try_from(steps).map_err(|_| OverBudget)?;
        let left = self.budget.checked_sub(steps);
        *self.budget = left.unwrap_or(0);
        left.map(drop).ok_or(OverBudget)
    }

    /// Does one step; where the way goes on, if it does.
    fn step(
        &mut self,
        step: Step,
        number: u16,
        at: usize,
        reversed: bool,
    ) -> Result<Option<(u16, usize)>, OverBudget> {
        let next = number + 1;
        let way = match step {
            Step::Match => None,
            Step::Take(take) => self.take(take, at, reversed)?.map(|at| (next, at)),
            Step::Assert(assert) => assert.holds(self.text, at).then_some((next, at)),
            Step::Look(look) => self.look(look, at)?.then_some((next, at)),
            Step::Try(other) => {
                self.frames.push(Frame::Resume {
                    step: other,
                    at: short(at),
                });
                Some((next, at))
            }
            Step::Jump(target) => Some((target, at)),
            Step::Note(register) => {
                self.note(register, short(at));
                Some((next, at))
            }
            Step::Back(group, folding) => self
                .back(group, folding, at, reversed)?
                .map(|at| (next, at)),
            Step::Begin(number) => {
                self.begin(number);
                Some((next, at))
            }
            Step::Loop(number) => self.choose_round(number, at),
            Step::Enter(number) => {
                self.enter_round(number, at)?;
                Some((next, at))
            }
            Step::Again(number) => self.end_round(number, at),
        };
        Ok(way)
    }

    /// Undoes the way that failed, and goes back to the last choice since `base`.
    fn resume(&mut self, base: usize) -> Option<(u16, usize)> {
        while self.frames.len() > base {
            match self.frames.pop()? {
                Frame::Resume { step, at } => return Some((step, at as usize)),
                Frame::Restore { register, value } => self.put(register, value),
            }
        }
        None
    }

    /// Drops the choices made since `base`.
    fn commit(&mut self, base: usize) {
        let mut kept = base;
        for at in base..self.frames.len() {
            if matches!(self.frames[at], Frame::Restore { .. }) {
                self.frames[kept] = self.frames[at];
                kept += 1;
            }
        }
        self.frames.truncate(kept);
    }

    fn get(&self, register: u16) -> u32 {
        self.registers
            .get(usize::from(register))
            .map_or(NOWHERE, |value| *value)
    }

    fn put(&mut self, register: u16, value: u32) {
        if let Some(held) = self.registers.get_mut(usize::from(register)) {
            *held = value;
        }
    }

    /// Sets a register so that it is put back if the way fails.
    fn note(&mut self, register: u16, value: u32) {
        let held = self.get(register);
        if held != value {
            self.frames.push(Frame::Restore {
                register,
                value: held,
            });
            self.put(register, value);
        }
    }

    fn take(&mut self, take: Take, at: usize, reversed: bool) -> Result<Option<usize>, OverBudget> {
        let c = if reversed {
            self.text.before(at)
        } else {
            self.text.at(at)
        };
        let Some(c) = c else { return Ok(None) };
        // A class may list a thousand sets.
        let more = self.script.pool.more_parts(take, c);
        self.spend(usize::try_from(more).unwrap_or(usize::MAX))?;
        let taken = self.script.pool.accepts(take, c);
        Ok(taken.then_some(if reversed { at - 1 } else { at + 1 }))
    }

    /// Asks an assertion. It recurses as deep as assertions nest, which the parser bounds.
    fn look(&mut self, look: u16, at: usize) -> Result<bool, OverBudget> {
        let Some(ask) = self.script.looks.get(usize::from(look)).copied() else {
            return Ok(false);
        };
        let base = self.frames.len();
        let found = self.run(ask.start, at, ask.behind)?;
        if found && ask.negated {
            // What it noted is forgotten.
            while self.frames.len() > base {
                self.resume(base);
            }
        }
        Ok(found != ask.negated)
    }

    fn back(
        &mut self,
        group: u16,
        folding: Folding,
        at: usize,
        reversed: bool,
    ) -> Result<Option<usize>, OverBudget> {
        let register = group_register(group);
        let (start, end) = (self.get(register), self.get(register + 1));
        if start == NOWHERE || end == NOWHERE {
            return Ok(Some(at));
        }
        let (start, end) = (start as usize, end as usize);
        let len = end.saturating_sub(start);
        self.spend(len)?;
        let here = if reversed {
            at.checked_sub(len)
        } else {
            Some(at)
        };
        let Some(here) = here.filter(|here| here + len <= self.text.len()) else {
            return Ok(None);
        };
        let same = (0..len).all(|i| self.same(start + i, here + i, folding));
        Ok(same.then_some(if reversed { here } else { here + len }))
    }

    fn same(&self, one: usize, other: usize, folding: Folding) -> bool {
        let (one, other) = (self.text.at(one), self.text.at(other));
        one == other || one.map(|c| folding.canonical(c)) == other.map(|c| folding.canonical(c))
    }

    fn begin(&mut self, number: u16) {
        if let Some(register) = self
            .script
            .loops
            .get(usize::from(number))
            .map(|l| l.register)
        {
            self.note(register, 0);
        }
    }

    fn choose_round(&mut self, number: u16, at: usize) -> Option<(u16, usize)> {
        let looped = *self.script.loops.get(usize::from(number))?;
        let rounds = self.get(looped.register);
        let (inside, outside) = (looped.start + 1, looped.end);
        if rounds < looped.min {
            return Some((inside, at));
        }
        if looped.max.is_some_and(|max| rounds >= max) {
            return Some((outside, at));
        }
        let (first, second) = if looped.lazy {
            (outside, inside)
        } else {
            (inside, outside)
        };
        self.frames.push(Frame::Resume {
            step: second,
            at: short(at),
        });
        Some((first, at))
    }

    /// Counts the round, and forgets what the groups in it matched in the one before.
    fn enter_round(&mut self, number: u16, at: usize) -> Result<(), OverBudget> {
        let Some(looped) = self.script.loops.get(usize::from(number)).copied() else {
            return Ok(());
        };
        let rounds = self.get(looped.register);
        self.note(looped.register, rounds.saturating_add(1));
        self.note(looped.register + 1, short(at));
        let (first, last) = looped.groups;
        self.spend(usize::from(last - first))?;
        for group in first + 1..=last {
            self.note(group_register(group), NOWHERE);
            self.note(group_register(group) + 1, NOWHERE);
        }
        Ok(())
    }

    /// A round beyond those that must be has to take something, or the loop would never end.
    fn end_round(&mut self, number: u16, at: usize) -> Option<(u16, usize)> {
        let looped = *self.script.loops.get(usize::from(number))?;
        let optional = self.get(looped.register) > looped.min;
        let idle = self.get(looped.register + 1) == short(at);
        (!(optional && idle)).then_some((looped.start, at))
    }
}

/// A place in a text, which was found to be short enough.
fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(NOWHERE)
}
