//! Distinct queries by number.

use std::collections::BTreeMap;
use std::slice;

use smallvec::SmallVec;

use super::filed::Filed;
use super::finds::Find;
use super::slot::{Draft, Second, Slot, SlotHead, SlotRecord, bit};
use super::store::arena::{Arena, Span};
use super::store::slab::Slab;
use super::subscribers::Subscribed;
use crate::plan::code::{Run, Step};
use crate::plan::switch::Switch;

/// All distinct queries by number: twice the place among their like, and one more for those of one step; those of the `find`
/// dialect from a number on that no other one has.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    short: Shelf<Short>,
    long: Shelf<SlotHead>,
    finds: Shelf<Find>,
    /// The steps of the long ones.
    code: Arena<Step>,
    /// The rows of steps that need not be run one by one, by where the steps of the query are.
    switches: BTreeMap<Span, Box<[Switch]>>,
}

impl Slots {
    pub(super) const fn new() -> Self {
        Self {
            short: Shelf::new(),
            long: Shelf::new(),
            finds: Shelf::new(),
            code: Arena::new(),
            switches: BTreeMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.short.all.len() + self.long.all.len() + self.finds.all.len()
    }

    pub(super) fn insert_find(&mut self, find: Find) -> u32 {
        find_number(self.finds.insert(find))
    }

    pub(super) fn insert(&mut self, mut draft: Draft, subscribed: Subscribed) -> u32 {
        let run = draft.run;
        let steps = draft.code.iter();
        let mut head = SlotHead {
            mask: steps.fold(0, |mask, step| mask | bit(step.path)),
            subscribed,
            steps: Span::default(),
            run,
        };
        if draft.code.len() == 1
            && let Some(step) = draft.code.pop()
        {
            return short_number(self.short.insert(Short { step, head }));
        }
        head.steps = self.code.insert(draft.code.into_iter());
        if run == Run::Switched {
            self.switches.insert(head.steps, draft.switches);
        }
        long_number(self.long.insert(head))
    }

    /// Forgets a query, but not its record: its number is given out again once that is [no more](Self::free).
    pub(super) fn vacate(&mut self, number: u32) {
        match place(number) {
            Place::Short(at) => drop(self.short.all.vacate(at)),
            Place::Find(at) => drop(self.finds.all.vacate(at)),
            Place::Long(at) => {
                let Some(head) = self.long.all.vacate(at) else {
                    return;
                };
                if head.run == Run::Switched {
                    self.switches.remove(&head.steps);
                }
                self.code.remove(head.steps);
            }
        }
    }

    /// Forgets the record of a query that is forgotten already.
    pub(super) fn free(&mut self, number: u32) {
        match place(number) {
            Place::Short(at) => self.short.free(at),
            Place::Long(at) => self.long.free(at),
            Place::Find(at) => self.finds.free(at),
        }
    }

    #[inline]
    pub(super) fn get(&self, number: u32) -> Option<Slot<'_>> {
        match place(number) {
            Place::Short(at) => Some(self.short.all.get(at)?.slot()),
            Place::Long(at) => Some(self.slot(self.long.all.get(at)?)),
            Place::Find(_) => None,
        }
    }

    /// A query of the `find` dialect.
    #[inline]
    pub(super) fn find(&self, number: u32) -> Option<&Find> {
        self.finds.all.get(number.checked_sub(FIRST_FIND)?)
    }

    fn slot<'s>(&'s self, head: &'s SlotHead) -> Slot<'s> {
        Slot {
            head,
            code: self.code.get(head.steps),
        }
    }

    /// Who asks for a query.
    pub(super) fn subscribed(&self, number: u32) -> Option<&Subscribed> {
        Some(match place(number) {
            Place::Short(at) => &self.short.all.get(at)?.head.subscribed,
            Place::Long(at) => &self.long.all.get(at)?.subscribed,
            Place::Find(at) => &self.finds.all.get(at)?.subscribed,
        })
    }

    /// Who asks for a query, to be changed.
    pub(super) fn subscribed_mut(&mut self, number: u32) -> Option<&mut Subscribed> {
        Some(match place(number) {
            Place::Short(at) => &mut self.short.all.get_mut(at)?.head.subscribed,
            Place::Long(at) => &mut self.long.all.get_mut(at)?.subscribed,
            Place::Find(at) => &mut self.finds.all.get_mut(at)?.subscribed,
        })
    }

    /// The rows of steps of a query that need not be run one by one.
    pub(super) fn switches(&self, head: &SlotHead) -> &[Switch] {
        match head.run {
            Run::Switched => {
                let found = self.switches.get(&head.steps);
                found.map_or(&[], |switches| switches)
            }
            Run::Always | Run::Never | Run::Steps | Run::InPlace => &[],
        }
    }

    pub(super) fn record(&self, number: u32) -> Option<&SlotRecord> {
        match place(number) {
            Place::Short(at) => self.short.records.get(at),
            Place::Long(at) => self.long.records.get(at),
            Place::Find(at) => self.finds.records.get(at),
        }
    }

    pub(super) fn record_mut(&mut self, number: u32) -> Option<&mut SlotRecord> {
        match place(number) {
            Place::Short(at) => self.short.records.get_mut(at),
            Place::Long(at) => self.long.records.get_mut(at),
            Place::Find(at) => self.finds.records.get_mut(at),
        }
    }

    /// Those of the `find` dialect.
    pub(super) fn finds(&self) -> impl Iterator<Item = (u32, &Find)> {
        let finds = self.finds.all.iter();
        finds.map(|(at, find)| (find_number(at), find))
    }

    /// Those of the other one.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, Slot<'_>)> {
        let short = self.short.all.iter();
        let long = self.long.all.iter();
        short
            .map(|(at, short)| (short_number(at), short.slot()))
            .chain(long.map(|(at, head)| (long_number(at), self.slot(head))))
    }

    /// Gives back all room that is not in use.
    pub(super) fn shrink_to_fit(&mut self) {
        self.short.shrink_to_fit();
        self.long.shrink_to_fit();
        self.finds.shrink_to_fit();
        self.code.shrink_to_fit();
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let steps = self.iter().flat_map(|(_, slot)| slot.code);
        let operands: usize = steps.map(|step| step.op.memory_usage()).sum();
        let switches = self.switches.values().flatten();
        let switches = switches.map(|switch| size_of::<Switch>() + switch.memory_usage());
        let finds = self.finds().map(|(_, find)| find.memory_usage());
        operands
            + finds.sum::<usize>()
            + self.finds.memory_usage()
            + switches.sum::<usize>()
            + self.short.memory_usage()
            + self.long.memory_usage()
            + self.code.memory_usage()
    }
}

/// Queries with their records.
#[derive(Clone, Debug)]
struct Shelf<T> {
    all: Slab<T>,
    /// As many, in the same places, and those of queries that are forgotten but still filed.
    records: Slab<SlotRecord>,
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
        let same = self.records.insert(SlotRecord {
            second: Second::Unknown,
            filed: SmallVec::new(),
        });
        debug_assert_eq!(place, same);
        place
    }

    fn free(&mut self, place: u32) {
        self.records.remove(place);
        self.all.free(place);
    }

    fn shrink_to_fit(&mut self) {
        self.all.shrink_to_fit();
        self.records.shrink_to_fit();
    }

    fn memory_usage(&self) -> usize {
        let records = self.records.iter().map(|(_, record)| &record.filed);
        let spilled = records.filter(|filed| filed.spilled());
        let filed: usize = spilled.map(SmallVec::capacity).sum();
        filed * size_of::<Filed>() + self.all.memory_usage() + self.records.memory_usage()
    }
}

/// A query of one step, which stands in the same line of memory.
#[derive(Clone, Debug)]
#[repr(align(64))]
struct Short {
    step: Step,
    head: SlotHead,
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
    Find(u32),
}

/// The numbers of the others end below.
const FIRST_FIND: u32 = 1 << 31;

#[inline]
fn place(number: u32) -> Place {
    let at = number / 2;
    match number.checked_sub(FIRST_FIND) {
        Some(at) => Place::Find(at),
        None if number % 2 == 1 => Place::Short(at),
        None => Place::Long(at),
    }
}

/// Memory ends before two billion queries do.
fn long_number(at: u32) -> u32 {
    at.saturating_mul(2)
}

fn find_number(at: u32) -> u32 {
    at.saturating_add(FIRST_FIND)
}

fn short_number(at: u32) -> u32 {
    long_number(at) | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_small() {
        assert_eq!(size_of::<Option<Short>>(), 64);
        assert_eq!(size_of::<Option<SlotHead>>(), 24);
        assert_eq!(size_of::<Filed>(), 16);
        assert_eq!(size_of::<Option<SlotRecord>>(), 32);
        assert_eq!(size_of::<crate::op::Op>(), 32);
        assert!(size_of::<Step>() <= 40, "{}", size_of::<Step>());
    }
}
