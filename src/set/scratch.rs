//! Memory that a change needs while it is matched, kept from one change to the next.

use super::hint::{Hint, PRINT_BITS, Print, Spot};
use super::paths::Use;
use super::search::Frontier;
use super::slab::NONE;

/// Memory for [`QuerySet::classify_into`](super::QuerySet::classify_into).
///
/// One for each thread that matches; it may serve any number of sets in turn. What is in it does not matter: it is
/// only kept so that a change allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    pub(super) positions: Positions,
    /// By the place of a field in an object, the number of the head that the last object had there.
    pub(super) guesses: Vec<u32>,
    pub(super) keys: Keys,
    pub(super) frontier: Frontier,
    pub(super) candidates: Vec<u32>,
    /// A text with its ASCII letters in lower case.
    pub(super) text: Vec<u8>,
}

impl Scratch {
    /// How many queries the last change ran, beside those that match everything: what finding its hits has cost.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{QuerySet, Scratch};
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let mut set = QuerySet::new();
    /// set.insert(r#"{"room": "r1"}"#.parse()?);
    /// set.insert(r#"{"room": "r2"}"#.parse()?);
    /// let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    /// set.classify_into(None, Some(&json!({"room": "r1"})), &mut scratch, &mut hits);
    /// assert_eq!((scratch.candidates(), hits.len()), (1, 1));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn candidates(&self) -> usize {
        self.candidates.len()
    }
}

/// Where the paths of the set stand among those that a change touches.
#[derive(Clone, Debug, Default)]
pub(super) struct Positions(Stamped<u32>);

/// Keys that a change has, those of a feature in a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    all: Vec<Sought>,
    /// Those of features that the root has keys of.
    pub(super) root: Vec<Sought>,
    /// First and last but one, by feature.
    ranges: Stamped<(u32, u32)>,
    /// Some bits of each key of a value or a pointer: whether a change may have a key.
    prints: Prints,
}

/// A key of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sought {
    pub(super) key: u64,
    /// Of a piece, where in it the value lies.
    pub(super) spot: Option<Spot>,
}

/// Values by number that are forgotten all at once.
#[derive(Clone, Debug, Default)]
struct Stamped<T> {
    /// With the round in which the value was set.
    values: Vec<(u32, T)>,
    round: u32,
}

impl<T: Copy + Default> Stamped<T> {
    fn forget(&mut self, bound: usize) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.values.clear();
            self.round = 1;
        }
        if self.values.len() < bound {
            self.values.resize(bound, (0, T::default()));
        }
    }

    fn get(&self, at: u32) -> Option<T> {
        let (round, value) = self.values.get(at as usize)?;
        (*round == self.round).then_some(*value)
    }

    /// The value at a number, set to `first` if there is none.
    fn entry(&mut self, at: u32, first: T) -> &mut T {
        let at = at as usize;
        if self.values.len() <= at {
            self.values.resize(at + 1, (0, T::default()));
        }
        let (round, value) = &mut self.values[at];
        if *round != self.round {
            *round = self.round;
            *value = first;
        }
        value
    }
}

impl Positions {
    pub(super) fn forget(&mut self, paths: usize) {
        self.0.forget(paths);
    }

    pub(super) fn get(&self, path: u32) -> Option<usize> {
        self.0.get(path).map(|at| at as usize)
    }

    pub(super) fn set(&mut self, path: u32, position: usize) {
        let position = u32::try_from(position).unwrap_or(NONE);
        *self.0.entry(path, position) = position;
    }
}

impl Keys {
    pub(super) fn forget(&mut self, features: usize) {
        self.all.clear();
        self.root.clear();
        self.ranges.forget(features);
        self.prints = Prints::default();
    }

    #[inline]
    pub(super) fn push(&mut self, key: u64, spot: Option<Spot>) {
        self.all.push(Sought { key, spot });
    }

    /// How many there are so far.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Ends the keys of a feature, which begin at a position.
    #[inline]
    pub(super) fn close(&mut self, feature: u32, from: usize, used: &Use) {
        match self.all.len() - from {
            0 | 1 => {}
            2..=8 => self.thin_out(from),
            _ => self.sort_last(from),
        }
        if used.groups > 0 {
            let number = |at: usize| u32::try_from(at).unwrap_or(NONE);
            *self.ranges.entry(feature, (0, 0)) = (number(from), number(self.all.len()));
        }
        if used.root > 0 {
            // There is one most of the time.
            self.all[from..].iter().for_each(|key| self.root.push(*key));
        }
    }

    /// Leaves each of the few keys from a position on once.
    fn thin_out(&mut self, from: usize) {
        let mut end = from + 1;
        for at in from + 1..self.all.len() {
            if !self.all[from..end].contains(&self.all[at]) {
                self.all[end] = self.all[at];
                end += 1;
            }
        }
        self.all.truncate(end);
    }

    /// Sorts the keys from a position on, each once.
    fn sort_last(&mut self, from: usize) {
        self.all[from..].sort_unstable();
        let mut kept = from;
        for at in from + 1..self.all.len() {
            if self.all[at] != self.all[kept] {
                kept += 1;
                self.all[kept] = self.all[at];
            }
        }
        self.all.truncate(kept + 1);
    }

    pub(super) fn of(&self, feature: u32) -> &[Sought] {
        let (from, to) = self.ranges.get(feature).unwrap_or_default();
        self.all.get(from as usize..to as usize).unwrap_or_default()
    }

    /// Notes the prints of the keys from a position on.
    pub(super) fn print(&mut self, from: usize) {
        for sought in self.all.get(from..).unwrap_or_default() {
            self.prints.set(Print::of(sought.key));
        }
    }

    /// Whether a query that tells this may match a change with the key it is filed under, at a spot.
    #[inline]
    pub(super) fn admits(&self, hint: Hint, spot: Option<Spot>) -> bool {
        spot.is_none_or(|spot| hint.admits(spot))
            && hint.print().is_none_or(|print| self.prints.has(print))
    }
}

/// Which prints there are.
#[derive(Clone, Copy, Debug)]
struct Prints([u64; WORDS]);

const WORDS: usize = 1 << (PRINT_BITS - 6);

impl Default for Prints {
    fn default() -> Self {
        Self([0; WORDS])
    }
}

impl Prints {
    fn set(&mut self, print: Print) {
        let (word, bit) = Self::place(print);
        self.0[word] |= 1 << bit;
    }

    #[inline]
    fn has(&self, print: Print) -> bool {
        let (word, bit) = Self::place(print);
        self.0[word] >> bit & 1 == 1
    }

    #[inline]
    fn place(print: Print) -> (usize, u32) {
        ((print.bits() >> 6) as usize % WORDS, print.bits() % 64)
    }
}
