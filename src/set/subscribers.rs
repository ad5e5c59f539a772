//! Who asks for which query.

use std::fmt;
use std::num::NonZeroU32;
use std::slice;

use super::store::slab::{NONE, Slab};

/// A subscription in a [`QuerySet`](super::QuerySet).
///
/// It is never given out again, unless four billion others were in between. Other sets do not know it: where the ids of a
/// set begin is drawn from its seed, so that the chance that two sets have an id in common is one in four billion. Sets of
/// [equal seed](super::QuerySet::with_seed) that are filled alike give out equal ids, and so do clones of a set.
///
/// Ids order subscriptions as they stand in the set, which is that of their insertion until one is removed.
///
/// # Examples
///
/// ```
/// use livematch::{QuerySet, SubscriptionId};
///
/// let mut set = QuerySet::new();
/// let id = set.insert("{}".parse()?);
/// assert_eq!(SubscriptionId::from_bits(id.to_bits()), Some(id));
/// assert!(set.contains(id) && !QuerySet::new().contains(id));
/// # Ok::<(), livematch::CompileError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId {
    place: u32,
    /// Counted up from where the seed says.
    generation: NonZeroU32,
}

impl SubscriptionId {
    /// The id as a number, for what holds no Rust types.
    #[must_use]
    pub const fn to_bits(self) -> u64 {
        (self.generation.get() as u64) << 32 | self.place as u64
    }

    /// The id of a number that [`to_bits`](Self::to_bits) gave; `None` for a number that it never gives.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the lower half is what is wanted"
        )]
        let place = bits as u32;
        match NonZeroU32::new((bits >> 32) as u32) {
            Some(generation) => Some(Self { place, generation }),
            None => None,
        }
    }
}

/// Sixteen digits, in base 16.
impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.to_bits())
    }
}

/// The subscribers of one query.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subscribed {
    /// As of most queries.
    One(SubscriptionId),
    /// The number of a list, of two at least.
    Many(u32),
}

/// The subscribers of all queries.
#[derive(Clone, Debug)]
pub(super) struct Subscribers {
    records: Slab<Subscriber>,
    lists: Slab<Vec<SubscriptionId>>,
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
    /// Nobody; ids begin at a number that other sets do not have.
    pub(super) const fn new(first_generation: NonZeroU32) -> Self {
        Self {
            records: Slab::new(),
            lists: Slab::new(),
            next_generation: first_generation,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// The first subscriber of a query, which is to be [placed](Self::place_at) there.
    pub(super) fn first(&mut self) -> SubscriptionId {
        self.fresh(NONE, NonZeroU32::MIN)
    }

    /// Notes the query of its first subscriber.
    pub(super) fn place_at(&mut self, id: SubscriptionId, slot: u32) {
        if let Some(record) = self.records.get_mut(id.place) {
            record.slot = slot;
        }
    }

    /// Adds a subscriber of a query.
    pub(super) fn add(&mut self, slot: u32, subscribed: &mut Subscribed) -> SubscriptionId {
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

    fn fresh(&mut self, slot: u32, at: NonZeroU32) -> SubscriptionId {
        let generation = self.next_generation;
        self.next_generation = generation.checked_add(1).unwrap_or(NonZeroU32::MIN);
        let place = self.records.insert(Subscriber { slot, at });
        SubscriptionId { place, generation }
    }

    /// The number of the query where a subscriber is, if it is one.
    pub(super) fn slot_of(&self, id: SubscriptionId) -> Option<u32> {
        Some(self.records.get(id.place)?.slot)
    }

    /// Whether a subscriber is one of a query, given that it is there if it is anywhere.
    pub(super) fn has(&self, id: SubscriptionId, subscribed: Subscribed) -> bool {
        let record = self.records.get(id.place);
        let at = record.map(|record| record.at.get() as usize - 1);
        at.is_some_and(|at| self.of(&subscribed).get(at) == Some(&id))
    }

    /// Removes a subscriber, which the query has; whether it was the last one.
    pub(super) fn remove(&mut self, id: SubscriptionId, subscribed: &mut Subscribed) -> bool {
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
    pub(super) fn of<'s>(&'s self, subscribed: &'s Subscribed) -> &'s [SubscriptionId] {
        match subscribed {
            Subscribed::One(id) => slice::from_ref(id),
            Subscribed::Many(list) => self.lists.get(*list).map_or(&[], Vec::as_slice),
        }
    }

    /// As [`of`](Self::of), for whoever has no reference to what it says.
    pub(super) fn of_each(
        &self,
        subscribed: Subscribed,
    ) -> impl Iterator<Item = SubscriptionId> + use<'_> {
        let (one, many) = match subscribed {
            Subscribed::One(id) => (Some(id), None),
            Subscribed::Many(list) => (None, self.lists.get(list)),
        };
        one.into_iter().chain(many.into_iter().flatten().copied())
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
        lists.sum::<usize>() * size_of::<SubscriptionId>()
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
        let mut all = Subscribers::new(NonZeroU32::MAX);
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

    #[test]
    fn an_id_is_a_number_and_back() {
        let mut all = Subscribers::new(NonZeroU32::MAX);
        for id in [all.first(), all.first()] {
            assert_eq!(SubscriptionId::from_bits(id.to_bits()), Some(id));
            assert_eq!(u64::from_str_radix(&id.to_string(), 16), Ok(id.to_bits()));
            assert_eq!(id.to_string().len(), 16);
        }
        assert_eq!(SubscriptionId::from_bits(u64::from(u32::MAX)), None);
    }
}
