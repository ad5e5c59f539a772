//! Distinct queries, as a set keeps them.

use std::collections::BTreeMap;
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

/// A distinct query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot<'s> {
    pub(super) head: &'s Head,
    pub(super) code: &'s [Step],
}

/// What a match reads of a distinct query beside its steps.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// A bit for each path that it looks at, by the last six bits of the number: whether a change can concern it.
    pub(super) mask: u64,
    pub(super) subscribed: Subscribed,
    /// Where its steps are, unless it is [`Short`].
    steps: Span,
    pub(super) run: Run,
}

/// A query of one step, which stands in the same line of memory.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Short {
    step: Step,
    head: Head,
}

/// How a query is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// It has no steps: all objects match.
    Always,
    /// It has no steps: none does.
    Never,
    /// By its steps, from the first one on.
    Steps,
    /// So too, but some of them are a switch.
    Switched,
    /// By its steps on a copy of the object, in which they may decode dates.
    InPlace,
}

impl Run {
    fn of(draft: &Draft) -> Self {
        match draft.entry {
            Target::ACCEPT => Self::Always,
            Target::REJECT => Self::Never,
            _ if draft.revisits_dates => Self::InPlace,
            _ if !draft.switches.is_empty() => Self::Switched,
            _ => Self::Steps,
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

impl Head {
    /// Where the run begins: code that cannot be reached is never kept, so that the first step is it if there is one.
    #[inline]
    pub(super) fn entry(&self) -> Target {
        match self.run {
            Run::Always => Target::ACCEPT,
            Run::Never => Target::REJECT,
            Run::Steps | Run::Switched | Run::InPlace => Target::step(0),
        }
    }

    pub(super) fn revisits_dates(&self) -> bool {
        self.run == Run::InPlace
    }
}

/// All distinct queries by number: twice the place among their like, and one more for those of one step.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    short: Shelf<Short>,
    long: Shelf<Head>,
    /// The steps of the long ones.
    code: Arena<Step>,
    /// The rows of steps that need not be run one by one, by where the steps of the query begin.
    switches: BTreeMap<u32, Box<[Switch]>>,
}

/// Queries with their records.
#[derive(Clone, Debug)]
struct Shelf<T> {
    all: Slab<T>,
    /// As many, in the same places.
    records: Slab<Record>,
}

impl<T> Shelf<T> {
    const fn new() -> Self {
        Self {
            all: Slab::new(),
            records: Slab::new(),
        }
    }

    fn insert(&mut self, item: T) -> u32 {
        let place = self.all.insert(item);
        let same = self.records.insert(Record {
            second: Second::Unknown,
            filed: SmallVec::new(),
        });
        debug_assert_eq!(place, same);
        place
    }

    fn remove(&mut self, place: u32) -> Option<T> {
        self.records.remove(place);
        self.all.remove(place)
    }

    fn memory_usage(&self) -> usize {
        let records = self.records.iter().map(|(_, record)| &record.filed);
        let spilled = records.filter(|filed| filed.spilled());
        let filed: usize = spilled.map(SmallVec::capacity).sum();
        filed * size_of::<Filed>() + self.all.memory_usage() + self.records.memory_usage()
    }
}

impl Slots {
    pub(super) const fn new() -> Self {
        Self {
            short: Shelf::new(),
            long: Shelf::new(),
            code: Arena::new(),
            switches: BTreeMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.short.all.len() + self.long.all.len()
    }

    pub(super) fn insert(&mut self, mut draft: Draft, subscribed: Subscribed) -> u32 {
        let run = Run::of(&draft);
        debug_assert!(draft.code.is_empty() || draft.entry == Target::step(0));
        let paths = draft.code.iter().map(|step| bit(step.path));
        let mut head = Head {
            mask: paths.fold(0, |mask, bit| mask | bit),
            subscribed,
            steps: Span::default(),
            run,
        };
        if draft.code.len() == 1
            && let Some(step) = draft.code.pop()
        {
            return short_number(self.short.insert(Short { step, head }));
        }
        head.steps = self.code.insert(draft.code.len(), draft.code.into_iter());
        if run == Run::Switched {
            self.switches.insert(head.steps.start(), draft.switches);
        }
        long_number(self.long.insert(head))
    }

    /// Forgets a query, to which its record is of no more use.
    pub(super) fn remove(&mut self, number: u32) {
        match place(number) {
            Place::Short(at) => drop(self.short.remove(at)),
            Place::Long(at) => {
                let Some(head) = self.long.remove(at) else {
                    return;
                };
                if head.run == Run::Switched {
                    self.switches.remove(&head.steps.start());
                }
                self.code.remove(head.steps);
            }
        }
    }

    #[inline]
    pub(super) fn get(&self, number: u32) -> Option<Slot<'_>> {
        match place(number) {
            Place::Short(at) => Some(self.short.all.get(at)?.slot()),
            Place::Long(at) => Some(self.slot(self.long.all.get(at)?)),
        }
    }

    fn slot<'s>(&'s self, head: &'s Head) -> Slot<'s> {
        Slot {
            head,
            code: self.code.get(head.steps),
        }
    }

    /// Who asks for a query.
    pub(super) fn subscribed_mut(&mut self, number: u32) -> Option<&mut Subscribed> {
        let head = match place(number) {
            Place::Short(at) => &mut self.short.all.get_mut(at)?.head,
            Place::Long(at) => self.long.all.get_mut(at)?,
        };
        Some(&mut head.subscribed)
    }

    /// The rows of steps of a query that need not be run one by one.
    pub(super) fn switches(&self, head: &Head) -> &[Switch] {
        match head.run {
            Run::Switched => {
                let found = self.switches.get(&head.steps.start());
                found.map_or(&[], |switches| switches)
            }
            Run::Always | Run::Never | Run::Steps | Run::InPlace => &[],
        }
    }

    pub(super) fn record(&self, number: u32) -> Option<&Record> {
        match place(number) {
            Place::Short(at) => self.short.records.get(at),
            Place::Long(at) => self.long.records.get(at),
        }
    }

    pub(super) fn record_mut(&mut self, number: u32) -> Option<&mut Record> {
        match place(number) {
            Place::Short(at) => self.short.records.get_mut(at),
            Place::Long(at) => self.long.records.get_mut(at),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, Slot<'_>)> {
        let short = self.short.all.iter();
        let long = self.long.all.iter();
        short
            .map(|(at, short)| (short_number(at), short.slot()))
            .chain(long.map(|(at, head)| (long_number(at), self.slot(head))))
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let steps = self.iter().flat_map(|(_, slot)| slot.code);
        let operands: usize = steps.map(|step| step.op.memory_usage()).sum();
        let switches = self.switches.values().flatten();
        let switches = switches.map(|switch| size_of::<Switch>() + switch.memory_usage());
        operands
            + switches.sum::<usize>()
            + self.short.memory_usage()
            + self.long.memory_usage()
            + self.code.memory_usage()
    }
}

impl Short {
    #[inline]
    fn slot(&self) -> Slot<'_> {
        Slot {
            head: &self.head,
            code: slice::from_ref(&self.step),
        }
    }
}

/// Where the query with a number is.
enum Place {
    Short(u32),
    Long(u32),
}

#[inline]
fn place(number: u32) -> Place {
    let at = number / 2;
    if number % 2 == 1 {
        Place::Short(at)
    } else {
        Place::Long(at)
    }
}

/// Memory ends before two billion queries do.
fn long_number(at: u32) -> u32 {
    at.saturating_mul(2)
}

fn short_number(at: u32) -> u32 {
    long_number(at) | 1
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
        assert_eq!(size_of::<Option<Short>>(), 64);
        assert_eq!(size_of::<Option<Head>>(), 24);
        assert_eq!(size_of::<Filed>(), 16);
        assert_eq!(size_of::<Option<Record>>(), 32);
        assert_eq!(size_of::<crate::op::Op>(), 32);
        assert!(size_of::<Step>() <= 40, "{}", size_of::<Step>());
    }
}
