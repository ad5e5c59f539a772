//! Who asks for which query.

use std::num::NonZeroU32;
use std::slice;

use super::store::slab::{NONE, Slab};

/// A subscription in a [`QuerySet`](super::QuerySet).
///
/// It is never given out again, unless four billion others were in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueryId {
    place: u32,
    generation: NonZeroU32,
}

/// The subscribers of one query.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subscribed {
    /// As of most queries.
    One(QueryId),
    /// The number of a list, of two at least.
    Many(u32),
}

/// The subscribers of all queries.
#[derive(Clone, Debug)]
pub(super) struct Subscribers {
    records: Slab<Subscriber>,
    lists: Slab<Vec<QueryId>>,
    next_generation: NonZeroU32,
}

/// Where a subscriber is.
#[derive(Clone, Copy, Debug)]
struct Subscriber {
    /// The number of its query.
    slot: u32,
    /// Its position in the list, counted from one; one where there is no list.
    at: NonZeroU32,
}

impl Subscribers {
    pub(super) const fn new() -> Self {
        Self {
            records: Slab::new(),
            lists: Slab::new(),
            next_generation: NonZeroU32::MIN,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// The first subscriber of a query, which is to be [settled](Self::settle) there.
    pub(super) fn first(&mut self) -> QueryId {
        self.fresh(NONE, NonZeroU32::MIN)
    }

    /// Notes the query of its first subscriber.
    pub(super) fn place_at(&mut self, id: QueryId, slot: u32) {
        if let Some(record) = self.records.get_mut(id.place) {
            record.slot = slot;
        }
    }

    /// Adds a subscriber of a query.
    pub(super) fn add(&mut self, slot: u32, subscribed: &mut Subscribed) -> QueryId {
        let number = match *subscribed {
            Subscribed::One(first) => self.lists.insert(vec![first]),
            Subscribed::Many(list) => list,
        };
        *subscribed = Subscribed::Many(number);
        let at = self.lists.get(number).map_or(0, Vec::len);
        let id = self.fresh(slot, counted(at));
        if let Some(list) = self.lists.get_mut(number) {
            list.push(id);
        }
        id
    }

    fn fresh(&mut self, slot: u32, at: NonZeroU32) -> QueryId {
        let generation = self.next_generation;
        self.next_generation = generation.checked_add(1).unwrap_or(NonZeroU32::MIN);
        let place = self.records.insert(Subscriber { slot, at });
        QueryId { place, generation }
    }

    /// The number of the query where a subscriber is, if it is one.
    pub(super) fn slot_of(&self, id: QueryId) -> Option<u32> {
        Some(self.records.get(id.place)?.slot)
    }

    /// Whether a subscriber is one of a query, given that it is there if it is anywhere.
    pub(super) fn has(&self, id: QueryId, subscribed: Subscribed) -> bool {
        let record = self.records.get(id.place);
        let at = record.map(|record| record.at.get() as usize - 1);
        at.is_some_and(|at| self.of(&subscribed).get(at) == Some(&id))
    }

    /// Removes a subscriber, which the query has; whether it was the last one.
    pub(super) fn remove(&mut self, id: QueryId, subscribed: &mut Subscribed) -> bool {
        let Some(gone) = self.records.remove(id.place) else {
            return false;
        };
        let Subscribed::Many(number) = *subscribed else {
            return true;
        };
        let Some(list) = self.lists.get_mut(number) else {
            return false;
        };
        let at = gone.at.get() as usize - 1;
        list.swap_remove(at);
        if list.len() < list.capacity() / 4 {
            list.shrink_to(list.len() * 2);
        }
        if let Some(moved) = list.get(at)
            && let Some(record) = self.records.get_mut(moved.place)
        {
            record.at = gone.at;
        }
        if let [only] = list[..] {
            *subscribed = Subscribed::One(only);
            self.lists.remove(number);
        }
        false
    }

    /// The subscribers of a query.
    #[inline]
    pub(super) fn of<'s>(&'s self, subscribed: &'s Subscribed) -> &'s [QueryId] {
        match subscribed {
            Subscribed::One(id) => slice::from_ref(id),
            Subscribed::Many(list) => self.lists.get(*list).map_or(&[], Vec::as_slice),
        }
    }

    /// Gives back all room that is not in use.
    pub(super) fn shrink_to_fit(&mut self) {
        self.lists.iter_mut().for_each(Vec::shrink_to_fit);
        self.lists.shrink_to_fit();
        self.records.shrink_to_fit();
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let lists = self.lists.iter().map(|(_, list)| list.capacity());
        lists.sum::<usize>() * size_of::<QueryId>()
            + self.records.memory_usage()
            + self.lists.memory_usage()
    }
}

/// A position, counted from one.
fn counted(at: usize) -> NonZeroU32 {
    let number = u32::try_from(at + 1).ok();
    // Memory ends before four billion subscribers do.
    number.and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bytes_a_subscriber() {
        assert_eq!(size_of::<Option<Subscriber>>(), 8);
        assert_eq!(size_of::<Subscribed>(), 8);
    }

    #[test]
    fn subscribers_come_and_go() {
        let mut all = Subscribers::new();
        let first = all.first();
        all.place_at(first, 7);
        let mut of = Subscribed::One(first);
        let [second, third] = [0; 2].map(|_| all.add(7, &mut of));
        assert_eq!(all.of(&of), [first, second, third]);
        assert!(!all.remove(first, &mut of));
        assert_eq!(all.of(&of), [third, second]);
        assert!(!all.has(first, of));
        assert!([second, third].iter().all(|id| all.has(*id, of)));
        assert!(!all.remove(third, &mut of));
        assert_eq!((all.of(&of), all.slot_of(second)), (&[second][..], Some(7)));
        assert!(all.remove(second, &mut of));
        assert_eq!(all.len(), 0);
        assert!(![first, second, third].contains(&all.first()));
    }
}
