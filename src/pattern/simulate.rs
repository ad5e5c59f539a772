//! Runs a program by following all ways through it at once.
//!
//! Only whether something matches is asked, so the ways need no order and no captures: at each place of
//! the text the machine holds the set of steps that some way has reached. That takes time in proportion
//! to text times program and cannot blow up. An assertion is answered for all places of the text by one
//! pass before what asks it, so look-arounds are linear too.

use smallvec::SmallVec;

use super::atom::{Assert, Pool, Take};
use super::program::{Op, Program};
use super::text::Text;

/// Whether `program` matches somewhere in `text`; only at its start if `sticky`.
pub(crate) fn is_match<T: Text + ?Sized>(program: &Program, text: &T, sticky: bool) -> bool {
    let mut answers: Vec<Answers> = Vec::new();
    let sections = program.sections();
    let last = sections.len().saturating_sub(1);
    for (at, section) in sections.enumerate() {
        let ops = program.ops(section);
        let mut machine = Machine::new(&ops, &program.pool, &answers, text);
        if at == last {
            return machine.finds(sticky);
        }
        answers.push(machine.answers(section.reversed));
    }
    false
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

struct Machine<'m, T: ?Sized> {
    ops: &'m [Op],
    pool: &'m Pool,
    answers: &'m [Answers],
    text: &'m T,
    /// The steps reached that take a character.
    reached: SmallVec<[u16; 64]>,
    /// For each step, the last [`round`](Self::round) in which it was reached.
    seen: SmallVec<[u32; 64]>,
    round: u32,
    /// Steps still to be followed in this round.
    pending: SmallVec<[u16; 32]>,
    /// For each class, the character last asked about and the answer: many steps share a class.
    asked: SmallVec<[(u32, bool); 8]>,
}

impl<'m, T: Text + ?Sized> Machine<'m, T> {
    fn new(ops: &'m [Op], pool: &'m Pool, answers: &'m [Answers], text: &'m T) -> Self {
        Self {
            ops,
            pool,
            answers,
            text,
            reached: SmallVec::new(),
            seen: SmallVec::from_elem(0, ops.len()),
            round: 0,
            pending: SmallVec::new(),
            asked: SmallVec::from_elem((u32::MAX, false), pool.len()),
        }
    }

    fn finds(&mut self, sticky: bool) -> bool {
        let start_only = sticky || self.ops.first() == Some(&Op::Assert(Assert::Start));
        let mut before = SmallVec::new();
        for at in 0..=self.text.len() {
            let starts = at == 0 || !start_only;
            if !starts && before.is_empty() {
                return false;
            }
            let taken = self.text.before(at);
            if self.advance(&mut before, taken, at, starts) {
                return true;
            }
        }
        false
    }

    /// Where the section matches: ending there, or beginning there if it is read in reverse.
    fn answers(&mut self, reversed: bool) -> Answers {
        let len = self.text.len();
        let mut answers = Answers::new(len);
        let mut before = SmallVec::new();
        for step in 0..=len {
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
        answers
    }

    /// Goes to `at` by `taken`, from the steps reached before; whether a match ends here.
    fn advance(
        &mut self,
        before: &mut SmallVec<[u16; 64]>,
        taken: Option<u32>,
        at: usize,
        starts: bool,
    ) -> bool {
        self.next_round();
        let mut matched = starts && self.follow(0, at);
        if let Some(c) = taken {
            for step in before.drain(..) {
                if let Some(Op::Take(take)) = self.ops.get(usize::from(step))
                    && self.accepts(*take, c)
                {
                    matched |= self.follow(step + 1, at);
                }
            }
        }
        std::mem::swap(before, &mut self.reached);
        matched
    }

    fn next_round(&mut self) {
        if self.round == u32::MAX {
            self.seen.fill(0);
            self.round = 0;
        }
        self.round += 1;
    }

    #[inline]
    fn accepts(&mut self, take: Take, c: u32) -> bool {
        let Take::Class(class) = take else {
            return self.pool.accepts(take, c);
        };
        let Some(asked) = self.asked.get_mut(usize::from(class)) else {
            return false;
        };
        if asked.0 != c {
            *asked = (c, self.pool.accepts(take, c));
        }
        asked.1
    }

    /// Reaches a step and all that take no character from there; whether the match is among them.
    fn follow(&mut self, step: u16, at: usize) -> bool {
        let mut matched = false;
        let mut next = Some(step);
        while let Some(step) = next.take().or_else(|| self.pending.pop()) {
            let place = usize::from(step);
            let (Some(op), Some(seen)) = (self.ops.get(place), self.seen.get_mut(place)) else {
                continue;
            };
            if *seen == self.round {
                continue;
            }
            *seen = self.round;
            next = match *op {
                Op::Match => {
                    matched = true;
                    None
                }
                Op::Take(_) => {
                    self.reached.push(step);
                    None
                }
                Op::Assert(assert) => self.pool.stands(assert, self.text, at).then_some(step + 1),
                Op::Look(section) => self.holds(section, at).then_some(step + 1),
                Op::LookNot(section) => (!self.holds(section, at)).then_some(step + 1),
                Op::Split(target) => {
                    self.pending.push(target);
                    Some(step + 1)
                }
                Op::Jump(target) => Some(target),
                // Written out before it comes here.
                Op::Count(_) => None,
            };
        }
        matched
    }

    fn holds(&self, section: u16, at: usize) -> bool {
        self.answers
            .get(usize::from(section))
            .is_some_and(|answers| answers.get(at))
    }
}
