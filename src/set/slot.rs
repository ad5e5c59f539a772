//! Distinct queries, as a set keeps them.

use std::slice;

use smallvec::SmallVec;

use super::index::filed::Filed;
use super::keys::hint::Print;
use super::store::arena::{Arena, Span};
use super::store::slab::Slab;
use super::subscribers::Subscribed;
use crate::plan::code::{Step, Target};
use crate::plan::switch::Switch;

/// A query whose paths are numbers of the set.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) code: SmallVec<[Step; 4]>,
    pub(super) entry: Target,
    pub(super) switches: Box<[Switch]>,
    pub(super) revisits_dates: bool,
}

/// What a match reads of a distinct query: a line of memory, and no more if the query has one step.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Slot {
    code: Code,
    /// A bit for each path that it looks at, by the last six bits of the number: whether a change can concern it.
    pub(super) mask: u64,
    pub(super) subscribed: Subscribed,
    pub(super) entry: Target,
    pub(super) revisits_dates: bool,
}

/// The steps of a query.
#[derive(Clone, Debug)]
enum Code {
    One(Step),
    Many(Span),
    /// Some of them are a switch.
    Switched(Box<(Span, Box<[Switch]>)>),
}

impl Code {
    /// Where the steps are that are not here.
    fn span(&self) -> Option<Span> {
        match self {
            Self::One(_) => None,
            Self::Many(span) => Some(*span),
            Self::Switched(switched) => Some(switched.0),
        }
    }
}

/// A key that the matches of a query have beside those it is filed under.
#[derive(Clone, Copy, Debug)]
pub(super) enum Second {
    Unknown,
    Known { feature: u32, print: Print },
}

impl Second {
    pub(super) const fn feature(self) -> Option<u32> {
        match self {
            Self::Unknown => None,
            Self::Known { feature, .. } => Some(feature),
        }
    }
}

/// What only filing needs of a distinct query.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) second: Second,
    pub(super) filed: SmallVec<[Filed; 1]>,
}

impl Slot {
    /// The rows of its steps that need not be run one by one.
    #[inline]
    pub(super) fn switches(&self) -> &[Switch] {
        match &self.code {
            Code::Switched(switched) => &switched.1,
            Code::One(_) | Code::Many(_) => &[],
        }
    }
}

/// All distinct queries by number.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    all: Slab<Slot>,
    /// As many, with the same numbers.
    records: Slab<Record>,
    /// The steps of those that have not one.
    code: Arena<Step>,
}

impl Slots {
    pub(super) const fn new() -> Self {
        Self {
            all: Slab::new(),
            records: Slab::new(),
            code: Arena::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn insert(&mut self, mut draft: Draft, subscribed: Subscribed) -> u32 {
        let mask = draft
            .code
            .iter()
            .fold(0, |mask, step| mask | bit(step.path));
        let code = match (draft.code.len(), draft.code.pop()) {
            (1, Some(only)) => Code::One(only),
            (len, last) => {
                let row = draft.code.into_iter().chain(last);
                let span = self.code.insert(len, row);
                if draft.switches.is_empty() {
                    Code::Many(span)
                } else {
                    Code::Switched(Box::new((span, draft.switches)))
                }
            }
        };
        let number = self.all.insert(Slot {
            mask,
            code,
            subscribed,
            entry: draft.entry,
            revisits_dates: draft.revisits_dates,
        });
        let same = self.records.insert(Record {
            second: Second::Unknown,
            filed: SmallVec::new(),
        });
        debug_assert_eq!(number, same);
        number
    }

    /// Forgets a query, to which its record is of no more use.
    pub(super) fn remove(&mut self, number: u32) {
        self.records.remove(number);
        if let Some(slot) = self.all.remove(number)
            && let Some(span) = slot.code.span()
        {
            self.code.remove(span);
        }
    }

    pub(super) fn get(&self, number: u32) -> Option<&Slot> {
        self.all.get(number)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Slot> {
        self.all.get_mut(number)
    }

    /// The steps of a query.
    #[inline]
    pub(super) fn code<'s>(&'s self, slot: &'s Slot) -> &'s [Step] {
        match &slot.code {
            Code::One(step) => slice::from_ref(step),
            Code::Many(span) => self.code.get(*span),
            Code::Switched(switched) => self.code.get(switched.0),
        }
    }

    pub(super) fn record(&self, number: u32) -> Option<&Record> {
        self.records.get(number)
    }

    pub(super) fn record_mut(&mut self, number: u32) -> Option<&mut Record> {
        self.records.get_mut(number)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Slot)> {
        self.all.iter()
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let steps = self.all.iter().flat_map(|(_, slot)| self.code(slot));
        let operands: usize = steps.map(|step| step.op.memory_usage()).sum();
        let switches = self.all.iter().flat_map(|(_, slot)| slot.switches());
        let switches = switches.map(|switch| size_of::<Switch>() + switch.memory_usage());
        let spilled = self
            .records
            .iter()
            .filter(|(_, record)| record.filed.spilled());
        let filed: usize = spilled.map(|(_, record)| record.filed.capacity()).sum();
        operands
            + switches.sum::<usize>()
            + filed * size_of::<Filed>()
            + self.all.memory_usage()
            + self.records.memory_usage()
            + self.code.memory_usage()
    }
}

/// The paths of steps, each once.
pub(super) fn paths_of(code: &[Step]) -> SmallVec<[u32; 8]> {
    let mut paths: SmallVec<[u32; 8]> = code.iter().map(|step| step.path).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// The bit of a path in a mask.
pub(super) fn bit(path: u32) -> u64 {
    1 << (path % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_small() {
        assert_eq!(size_of::<Option<Slot>>(), 64);
        assert_eq!(size_of::<Filed>(), 16);
        assert_eq!(size_of::<Option<Record>>(), 32);
        assert_eq!(size_of::<crate::op::Op>(), 32);
        assert!(size_of::<Step>() <= 40, "{}", size_of::<Step>());
    }
}
