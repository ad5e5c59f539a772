//! Queries of one class, each with the number by which JavaScript knows it.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use livematch::{Event, Hit, Object, Outcome, Query, QuerySet, Scratch, SubscriptionId, Verdict};

use crate::trouble;

/// The queries of a class.
#[derive(Debug, Default)]
pub(crate) struct Filed {
    pub(crate) set: QuerySet,
    numbers: HashMap<SubscriptionId, u32, RandomState>,
}

impl Filed {
    pub(crate) fn insert(&mut self, query: Query, number: u32) -> SubscriptionId {
        let id = self.set.insert(query);
        self.numbers.insert(id, number);
        id
    }

    pub(crate) fn remove(&mut self, id: SubscriptionId) {
        self.numbers.remove(&id);
        self.set.remove(id);
    }

    pub(crate) fn bytes(&self) -> usize {
        self.set.memory_usage() + self.numbers.capacity() * size_of::<(SubscriptionId, u32)>()
    }

    /// Whom a change concerns.
    pub(crate) fn find(&self, sides: [Option<&Object>; 2], found: &mut Found) {
        let [old, new] = sides;
        found.clear();
        self.set
            .classify_into(old, new, &mut found.scratch, &mut found.hits);
        let answered = |hit: &Hit| [self.numbers[&hit.id], answer(hit.outcome)];
        found.numbers.extend(found.hits.iter().flat_map(answered));
    }
}

/// Whom the last change concerned, and what is kept from one change to the next to find it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    scratch: Scratch,
    hits: Vec<Hit>,
    /// The number of each who is concerned and its [`answer`], one after the other.
    pub(crate) numbers: Vec<u32>,
}

impl Found {
    pub(crate) fn clear(&mut self) {
        self.hits.clear();
        self.numbers.clear();
    }

    pub(crate) fn count(&self) -> napi::Result<u32> {
        u32::try_from(self.numbers.len() / 2)
            .map_err(|_| trouble::argument("too many are concerned"))
    }
}

/// Numbers that are given out, each with where it leads; the ones given back last are given out first.
#[derive(Debug)]
pub(crate) struct Numbers<T> {
    places: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T> Numbers<T> {
    /// The number that will be given out next.
    pub(crate) fn next(&self) -> napi::Result<u32> {
        match self.free.last() {
            Some(number) => Ok(*number),
            None => u32::try_from(self.places.len())
                .map_err(|_| trouble::argument("there are no more numbers")),
        }
    }

    /// Gives out the [next](Self::next).
    pub(crate) fn give(&mut self, place: T) {
        match self.free.pop() {
            Some(number) => self.places[number as usize] = Some(place),
            None => self.places.push(Some(place)),
        }
    }

    pub(crate) fn take(&mut self, number: u32) -> Option<T> {
        let place = self.places.get_mut(number as usize)?.take()?;
        self.free.push(number);
        Some(place)
    }

    pub(crate) fn count(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<Option<T>>() + self.free.capacity() * size_of::<u32>()
    }
}

/// 0 where there is no side, 1 for no match, 2 for a match, 3 for a fault.
pub(crate) fn code(verdict: Option<Verdict>) -> u32 {
    match verdict {
        None => 0,
        Some(Verdict::NoMatch) => 1,
        Some(Verdict::Match) => 2,
        Some(_) => 3,
    }
}

/// Both verdicts, in two bits each from the lowest on, and then the event: 0 for none, 1 create, 2 enter, 3 update, 4 leave, 5 delete.
pub(crate) fn answer(outcome: Outcome) -> u32 {
    let event = match outcome.event() {
        None => 0,
        Some(Event::Create) => 1,
        Some(Event::Enter) => 2,
        Some(Event::Update) => 3,
        Some(Event::Leave) => 4,
        Some(Event::Delete) => 5,
    };
    code(outcome.old_verdict()) | code(outcome.new_verdict()) << 2 | event << 4
}
