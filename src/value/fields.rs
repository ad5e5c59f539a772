//! The members of an object, found by hash.

use super::by_hash::ByHash;
use super::key::Key;
use super::text::is_same;
use super::{Datum, Fault, Guess, Names, Text, text_memory};

/// The members of an object, in JavaScript's order: array indices ascending, then the rest as written.
///
/// The order is observable: it decides what is compared first, and so what faults.
///
/// Of no members nothing is kept: who writes `{}` again and again is not to take memory for each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Option<Box<Table>>);

#[derive(Clone, Debug, Default)]
struct Table {
    /// No key twice; index keys ascending, then the others in the order of their first mention.
    entries: Vec<Entry>,
    tags: Tags,
    /// The positions in `entries`; empty while there are [`LINEAR`] entries or fewer.
    by_hash: ByHash,
    date: Reading,
    /// Of an object that was read in part: the fields that were to be kept.
    kept: Option<Names>,
}

/// One member.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) hash: u32,
    pub(super) key: Text,
    pub(super) value: Datum,
}

impl Entry {
    #[inline]
    fn is(&self, key: Key<'_>) -> bool {
        self.hash == key.hash && is_same(&self.key, key.name)
    }
}

/// Whether the members are the JSON of a date.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Reading {
    /// It is to be found out at each reading: a member has been changed.
    #[default]
    Open,
    Known(Result<Option<f64>, Fault>),
}

/// Up to this many members have tags; that is faster than a binary search by hash.
pub(super) const LINEAR: usize = 32;

/// A byte of the hash of each of the first members: a look-up compares eight at a time, and then reads the members whose
/// byte is right, which is seldom more than the one that it finds.
#[derive(Clone, Copy, Debug, Default)]
struct Tags([u64; LINEAR / 8]);

/// 1 in each byte.
const ONES: u64 = u64::MAX / 255;

impl Tags {
    fn new(entries: &[Entry]) -> Self {
        let mut tags = [0; LINEAR / 8];
        for (word, entries) in tags.iter_mut().zip(entries.chunks(8)) {
            let shifts = (0..64).step_by(8);
            *word = (shifts.zip(entries))
                .fold(0, |word, (shift, entry)| word | tag(entry.hash) << shift);
        }
        Self(tags)
    }

    /// The first member that has the tag of a hash and passes a test.
    #[expect(clippy::inline_always, reason = "see `get_key`")]
    #[inline(always)]
    fn find(&self, hash: u32, test: impl Fn(usize) -> bool) -> Option<usize> {
        let wanted = tag(hash) * ONES;
        for (number, word) in self.0.iter().enumerate() {
            // Zero where the tag is the wanted one. The top bit is set in each zero byte, and perhaps in some above it.
            let differs = word ^ wanted;
            let mut same = differs.wrapping_sub(ONES) & !differs & (ONES << 7);
            while same != 0 {
                let at = number * 8 + same.trailing_zeros() as usize / 8;
                if test(at) {
                    return Some(at);
                }
                same &= same - 1;
            }
        }
        None
    }
}

pub(super) fn positions_by_hash(entries: &[Entry]) -> ByHash {
    // An object with more members than a `u32` counts would not fit in memory.
    let positions = entries.iter().map(|entry| entry.hash).zip(0..);
    let key = |at: u32| &*entries[at as usize].key;
    ByHash::new(positions, |a, b| key(a).cmp(key(b)))
}

fn tag(hash: u32) -> u64 {
    u64::from(hash >> 24)
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&Entry, &Entry)| {
            a.hash == b.hash && is_same(&a.key, &b.key) && a.value == b.value
        };
        self.len() == other.len() && self.entries().iter().zip(other.entries()).all(same)
    }
}

impl Table {
    #[expect(
        clippy::inline_always,
        reason = "each look-up goes through here; a third faster than where the compiler decides"
    )]
    #[inline(always)]
    fn position(&self, key: Key<'_>) -> Option<usize> {
        let Table { entries, tags, .. } = self;
        if entries.len() > LINEAR {
            return self.bisect(key);
        }
        tags.find(key.hash, |at| {
            entries.get(at).is_some_and(|entry| entry.is(key))
        })
    }

    #[cold]
    fn bisect(&self, key: Key<'_>) -> Option<usize> {
        let Table {
            entries, by_hash, ..
        } = self;
        let order = |at: u32| (*entries[at as usize].key).cmp(key.name);
        let found = by_hash.find(key.hash, order);
        found.map(|at| at as usize)
    }

    /// Moves a member behind all others.
    fn move_last(&mut self, at: usize) {
        self.entries[at..].rotate_left(1);
        self.tags = Tags::new(&self.entries);
        if self.entries.len() > LINEAR {
            self.by_hash = positions_by_hash(&self.entries);
        }
    }
}

impl Fields {
    /// Members in their order. Whether they are the JSON of a date is [to be said](Self::set_date) by who makes them.
    pub(super) fn from_entries(entries: Vec<Entry>, by_hash: ByHash) -> Self {
        if entries.is_empty() {
            return Self::default();
        }
        Self(Some(Box::new(Table {
            tags: Tags::new(&entries),
            entries,
            by_hash,
            date: Reading::Open,
            kept: None,
        })))
    }

    #[inline]
    fn entries(&self) -> &[Entry] {
        self.0.as_ref().map_or(&[], |table| &table.entries)
    }

    /// Says whether the members are the JSON of a date.
    pub(super) fn set_date(&mut self, date: Reading) {
        if let Some(table) = &mut self.0 {
            table.date = date;
        }
    }

    /// Marks the members as those that are left of more when only these fields are kept.
    pub(crate) fn kept(mut self, kept: &Names) -> Self {
        if !kept.is_all() {
            self.0.get_or_insert_default().kept = Some(kept.clone());
        }
        self
    }

    /// Whether a member that is not there would be if the object had it.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.kept_fields().is_none_or(|kept| kept.contains(name))
    }

    /// The fields that were kept; nothing if these are all.
    pub(crate) fn kept_fields(&self) -> Option<&Names> {
        self.0.as_ref()?.kept.as_ref()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Datum> {
        self.get_key(Key::new(name))
    }

    #[expect(
        clippy::inline_always,
        reason = "each look-up goes through here; a third faster than where the compiler decides"
    )]
    #[inline(always)]
    pub(crate) fn get_key(&self, key: Key<'_>) -> Option<&Datum> {
        let table = self.0.as_ref()?;
        table.position(key).map(|at| &table.entries[at].value)
    }

    /// As [`get_key`](Self::get_key), for a member that probably stands at a place.
    #[inline]
    pub(crate) fn get_near(&self, key: Key<'_>, place: usize) -> Option<&Datum> {
        match self.entries().get(place) {
            Some(entry) if entry.is(key) => Some(&entry.value),
            _ => self.get_key(key),
        }
    }

    /// As [`get_key`](Self::get_key), with a look first at where the member was in another object.
    #[expect(clippy::inline_always, reason = "see `get_key`")]
    #[inline(always)]
    pub(crate) fn get_guessed(&self, key: Key<'_>, guess: &Guess) -> Option<&Datum> {
        match self.entries().get(guess.place()) {
            Some(entry) if entry.is(key) => Some(&entry.value),
            _ => self.get_and_guess(key, guess),
        }
    }

    #[inline(never)]
    fn get_and_guess(&self, key: Key<'_>, guess: &Guess) -> Option<&Datum> {
        let table = self.0.as_ref()?;
        let at = table.position(key)?;
        guess.set(at);
        Some(&table.entries[at].value)
    }

    /// A member to change.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Datum> {
        let table = self.0.as_mut()?;
        let at = table.position(Key::new(name))?;
        table.date = Reading::Open;
        Some(&mut table.entries[at].value)
    }

    /// The same members, one of which now stands last.
    pub(crate) fn with_last(mut self, name: &str) -> Self {
        if let Some(table) = &mut self.0
            && let Some(at) = table.position(Key::new(name))
        {
            table.move_last(at);
        }
        self
    }

    /// The date that the members are the JSON of.
    pub(crate) fn date(&self) -> Reading {
        let nothing = Reading::Known(Ok(None));
        self.0.as_ref().map_or(nothing, |table| table.date)
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Datum)> {
        let entries = self.entries().iter();
        entries.map(|entry| (&*entry.key, &entry.value))
    }

    /// The members with the hashes of their names.
    pub(crate) fn iter_keys(&self) -> impl ExactSizeIterator<Item = (Key<'_>, &Datum)> {
        self.entries().iter().map(|entry| {
            let key = Key {
                name: &entry.key,
                hash: entry.hash,
            };
            (key, &entry.value)
        })
    }

    pub(crate) fn into_entries(self) -> Vec<(Text, Datum)> {
        let entries = self.0.map(|table| table.entries);
        let entries = entries.unwrap_or_default().into_iter();
        entries.map(|entry| (entry.key, entry.value)).collect()
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let Some(table) = &self.0 else {
            return 0;
        };
        let own = |entry: &Entry| text_memory(&entry.key) + entry.value.memory_usage();
        let values: usize = table.entries.iter().map(own).sum();
        size_of::<Table>()
            + table.entries.capacity() * size_of::<Entry>()
            + table.by_hash.memory_usage()
            + values
    }

    pub(crate) fn len(&self) -> usize {
        self.entries().len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::gather::Gathered;
    use super::*;

    fn fields(keys: &[&str]) -> Vec<String> {
        let entries = keys.iter().enumerate();
        #[expect(clippy::cast_precision_loss, reason = "a handful of keys")]
        let entries = entries.map(|(i, key)| ((*key).into(), Datum::Number(i as f64)));
        let fields: Fields = entries.collect();
        fields
            .iter()
            .map(|(key, value)| format!("{key}={value:?}"))
            .collect()
    }

    #[test]
    fn indices_come_first_and_repeats_keep_place_and_last_value() {
        assert_eq!(
            fields(&["b", "10", "a", "2", "b", "01", "4294967295", "4294967294"]),
            [
                "2=Number(3.0)",
                "10=Number(1.0)",
                "4294967294=Number(7.0)",
                "b=Number(4.0)",
                "a=Number(2.0)",
                "01=Number(5.0)",
                "4294967295=Number(6.0)"
            ]
        );
    }

    #[test]
    fn names_that_collide_are_told_apart() {
        let mut gathered = Gathered::default();
        for i in 0..50 {
            let key = format!("k{i}").into();
            gathered.push(7, key, Datum::Number(f64::from(i)));
        }
        gathered.push(3, "low".into(), Datum::Number(-1.0));
        let fields = gathered.build();
        let get = |name: &str, hash| fields.get_key(Key { name, hash }).cloned();
        for i in 0..50 {
            assert_eq!(get(&format!("k{i}"), 7), Some(Datum::Number(f64::from(i))));
        }
        assert_eq!(get("low", 3), Some(Datum::Number(-1.0)));
        assert_eq!((get("k50", 7), get("k1", 8)), (None, None));
    }

    #[test]
    fn finds_keys_in_large_objects() {
        let entries =
            (0..100).map(|i| (format!("k{}", 99 - i).into(), Datum::Number(f64::from(i))));
        let fields: Fields = entries.collect();
        assert_eq!(fields.get("k0"), Some(&Datum::Number(99.0)));
        assert_eq!(fields.get("k99"), Some(&Datum::Number(0.0)));
        assert_eq!(fields.get("k100"), None);
    }
}
