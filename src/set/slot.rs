//! Distinct queries, and the subscribers of each.

use std::num::NonZeroU32;

use smallvec::SmallVec;

use super::slab::{NONE, Slab};
use crate::plan::code::{Step, Target};

/// A distinct query, as the set runs it.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// Its paths are numbers of the set.
    pub(super) code: Box<[Step]>,
    /// A bit for each path that it looks at, by the last six bits of the number: whether a change can concern it.
    pub(super) mask: u64,
    pub(super) entry: Target,
    pub(super) revisits_dates: bool,
    /// The latest of its subscribers, of which most queries have no other.
    first: Option<QueryId>,
    /// Whether there are others.
    shared: bool,
    /// The feature of another key that its matches have beside those it is filed under; [`NONE`] where none is known.
    pub(super) second: u32,
    /// Some bits of that key.
    pub(super) print: u32,
    pub(super) filed: SmallVec<[Filed; 1]>,
}

/// Where a query is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Filed {
    /// The key, the limit or the row.
    pub(super) at: u64,
    /// The group below which it is.
    pub(super) group: u32,
    pub(super) place: Place,
}

/// What [`Filed::at`] is, with 28 bits to say more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(u32);

/// A [`Place`], taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Where {
    /// Under a key, of a feature.
    Key(u32),
    /// Among what every change that comes to the group must run.
    Scan,
    /// Above a limit, on a path.
    Above(u32),
    /// Below a limit, on a path.
    Below(u32),
    /// In columns, at a position among those of the group.
    Columns(u32),
}

const TAG: u32 = 28;

impl From<Where> for Place {
    fn from(place: Where) -> Self {
        let (tag, more) = match place {
            Where::Key(feature) => (0, feature),
            Where::Scan => (1, 0),
            Where::Above(path) => (2, path),
            Where::Below(path) => (3, path),
            Where::Columns(at) => (4, at),
        };
        debug_assert!(more < 1 << TAG, "fewer paths and features fit into memory");
        Self(tag << TAG | more)
    }
}

impl From<Place> for Where {
    fn from(Place(bits): Place) -> Self {
        let more = bits & ((1 << TAG) - 1);
        match bits >> TAG {
            0 => Self::Key(more),
            1 => Self::Scan,
            2 => Self::Above(more),
            3 => Self::Below(more),
            _ => Self::Columns(more),
        }
    }
}

impl Slot {
    pub(super) fn new(code: Box<[Step]>, entry: Target, revisits_dates: bool) -> Self {
        let mask = code.iter().fold(0, |mask, step| mask | bit(step.path));
        Self {
            code,
            mask,
            entry,
            revisits_dates,
            first: None,
            shared: false,
            second: NONE,
            print: 0,
            filed: SmallVec::new(),
        }
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let filed = if self.filed.spilled() {
            self.filed.capacity() * size_of::<Filed>()
        } else {
            0
        };
        let operands: usize = self.code.iter().map(|step| step.op.memory_usage()).sum();
        size_of_val(&*self.code) + operands + filed
    }
}

/// The bit of a path in a mask.
pub(super) fn bit(path: u32) -> u64 {
    1 << (path % 64)
}

/// A subscription in a [`QuerySet`](super::QuerySet).
///
/// It is never given out again, unless four billion others were in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueryId {
    place: u32,
    generation: NonZeroU32,
}

/// The subscribers of all queries.
#[derive(Clone, Debug)]
pub(super) struct Subscribers {
    records: Slab<Subscriber>,
    next_generation: NonZeroU32,
}

/// One subscriber, in the chain of those of its query.
#[derive(Clone, Copy, Debug)]
struct Subscriber {
    generation: NonZeroU32,
    slot: u32,
    next: u32,
    previous: u32,
}

impl Subscribers {
    pub(super) const fn new() -> Self {
        Self {
            records: Slab::new(),
            next_generation: NonZeroU32::MIN,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Adds a subscriber of a query.
    pub(super) fn add(&mut self, number: u32, slot: &mut Slot) -> QueryId {
        let generation = self.next_generation;
        self.next_generation = generation.checked_add(1).unwrap_or(NonZeroU32::MIN);
        let place = self.records.insert(Subscriber {
            generation,
            slot: number,
            next: slot.first.map_or(NONE, |first| first.place),
            previous: NONE,
        });
        if let Some(next) = slot.first
            && let Some(next) = self.records.get_mut(next.place)
        {
            next.previous = place;
        }
        let id = QueryId { place, generation };
        slot.shared = slot.first.replace(id).is_some();
        id
    }

    /// The number of the query of a subscriber that is there.
    pub(super) fn slot_of(&self, id: QueryId) -> Option<u32> {
        let record = self.records.get(id.place)?;
        (record.generation == id.generation).then_some(record.slot)
    }

    /// Removes a subscriber of a query; whether it was the last one.
    pub(super) fn remove(&mut self, id: QueryId, slot: &mut Slot) -> bool {
        let Some(gone) = self.records.remove(id.place) else {
            return false;
        };
        if let Some(next) = self.records.get_mut(gone.next) {
            next.previous = gone.previous;
        }
        match self.records.get_mut(gone.previous) {
            Some(previous) => previous.next = gone.next,
            None => slot.first = self.id_at(gone.next),
        }
        let first = slot.first.and_then(|first| self.records.get(first.place));
        slot.shared = first.is_some_and(|first| first.next != NONE);
        slot.first.is_none()
    }

    fn id_at(&self, place: u32) -> Option<QueryId> {
        let generation = self.records.get(place)?.generation;
        Some(QueryId { place, generation })
    }

    /// The subscribers of a query, the latest first.
    pub(super) fn of(&self, slot: &Slot) -> impl Iterator<Item = QueryId> {
        let next = |id: &QueryId| self.id_at(self.records.get(id.place)?.next);
        let shared = slot.first.filter(|_| slot.shared);
        let others = std::iter::successors(shared, next).skip(1);
        slot.first.into_iter().chain(others)
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        self.records.memory_usage()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bytes_a_subscriber() {
        assert_eq!(size_of::<Option<Subscriber>>(), 16);
        assert_eq!(size_of::<Filed>(), 16);
        assert!(size_of::<Slot>() <= 80, "{}", size_of::<Slot>());
        assert!(size_of::<Step>() <= 64, "{}", size_of::<Step>());
    }

    #[test]
    fn places_come_back() {
        for place in [
            Where::Key(5),
            Where::Scan,
            Where::Above(7),
            Where::Below(0),
            Where::Columns(3),
        ] {
            assert_eq!(Where::from(Place::from(place)), place);
        }
    }

    #[test]
    fn subscribers_come_and_go() {
        let mut slot = Slot::new(Box::default(), Target::ACCEPT, false);
        let mut all = Subscribers::new();
        let ids = [0; 3].map(|number| all.add(number, &mut slot));
        assert_eq!(all.of(&slot).collect::<Vec<_>>(), [ids[2], ids[1], ids[0]]);
        assert!(!all.remove(ids[1], &mut slot));
        assert_eq!(all.of(&slot).collect::<Vec<_>>(), [ids[2], ids[0]]);
        assert_eq!((all.slot_of(ids[1]), all.slot_of(ids[0])), (None, Some(0)));
        assert!(!all.remove(ids[2], &mut slot));
        assert!(all.remove(ids[0], &mut slot));
        let again = all.add(0, &mut slot);
        assert!(!ids.contains(&again));
    }
}
