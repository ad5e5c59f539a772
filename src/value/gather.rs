//! Gathers the members of an object as they are read.

use super::by_hash::ByHash;
use super::disguise::MAGIC_NUMBER;
use super::fields::{Entry, LINEAR, Reading, positions_by_hash};
use super::key::{array_index, javascript_order};
use super::val::Members;
use super::{Datum, Fields, Text, dated, key};
use crate::marks::Marks;

/// Members, in the order of the text.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    entries: Vec<Entry>,
    /// Whether a key is an array index.
    has_index: bool,
    /// Whether keys come from a value that is taken apart.
    is_owned: bool,
    /// Whether [`MAGIC_NUMBER`] was the last key, and was not kept.
    skipped_magic: bool,
}

const MAGIC: u32 = key::hash(MAGIC_NUMBER);

impl Gathered {
    pub(crate) fn with_capacity(members: usize) -> Self {
        Self {
            entries: Vec::with_capacity(members),
            ..Self::default()
        }
    }

    /// Adds a member, given the hash of its key. Its value is put [there](Self::last) when it is read: moving it takes
    /// longer than making it.
    #[inline]
    pub(crate) fn open(&mut self, hash: u32, key: Text) {
        let may_be_index = key.as_bytes().first().is_some_and(u8::is_ascii_digit);
        self.has_index |= may_be_index && array_index(&key).is_some();
        let value = Datum::Undefined;
        self.entries.push(Entry { hash, key, value });
    }

    /// Notes a key that is not kept.
    #[inline]
    pub(crate) fn skip(&mut self, key: &str) {
        self.skipped_magic = key == MAGIC_NUMBER;
    }

    /// Notes that keys come from a value that is taken apart, where they are what they are.
    pub(crate) fn set_owned(&mut self) {
        self.is_owned = true;
    }

    /// Whether the member is the only one that is kept, and the members may be a number in disguise.
    #[inline]
    pub(crate) fn is_magic(&self) -> bool {
        matches!(&*self.entries, [only] if only.hash == MAGIC) && !self.is_owned
    }

    /// Whether the last key was not kept, and the members may be a number in disguise.
    #[inline]
    pub(crate) fn skipped_magic(&self) -> bool {
        self.skipped_magic && !self.is_owned
    }

    /// The value of the last member.
    #[inline]
    pub(crate) fn last(&mut self) -> Option<&mut Datum> {
        self.entries.last_mut().map(|entry| &mut entry.value)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Adds a member.
    pub(crate) fn push(&mut self, hash: u32, key: Text, value: Datum) {
        self.open(hash, key);
        if let Some(last) = self.last() {
            *last = value;
        }
    }

    /// The members, repeated keys put together.
    pub(crate) fn build(mut self) -> Fields {
        // Room is made for some at once, which many of one member would hold for nothing.
        if self.entries.len() < 2 {
            self.entries.shrink_to_fit();
        }
        if self.entries.len() > LINEAR || self.has_repeats() {
            self.drop_repeats();
        }
        if self.has_index {
            self.sort();
        }
        let by_hash = if self.entries.len() > LINEAR {
            positions_by_hash(&self.entries)
        } else {
            ByHash::default()
        };
        let mut fields = Fields::from_entries(self.entries, by_hash);
        let date = dated::read_date(Members::Fields(&fields));
        fields.set_date(Reading::Known(date));
        fields
    }

    /// Whether a key stands twice among a few.
    fn has_repeats(&self) -> bool {
        if !self.may_have_repeats() {
            return false;
        }
        let is_same = |a: &Entry, b: &Entry| a.hash == b.hash && a.key == b.key;
        let mut rest = &self.entries[..];
        while let Some((first, tail)) = rest.split_first() {
            if tail.iter().any(|other| is_same(first, other)) {
                return true;
            }
            rest = tail;
        }
        false
    }

    /// Whether hashes end alike, which most do not.
    fn may_have_repeats(&self) -> bool {
        let mut marks = Marks::default();
        let hashes = self.entries.iter().map(|entry| entry.hash);
        hashes.fold(false, |may_be, hash| may_be | marks.mark(hash))
    }

    /// Leaves each key once, at its first place and with its last value.
    fn drop_repeats(&mut self) {
        let by_hash = positions_by_hash(&self.entries);
        let entries = &mut self.entries;
        let key = |at: u32| &entries[at as usize].key;
        // In a run of equal keys positions stand in the order of the text.
        let repeats = by_hash
            .runs()
            .flat_map(|run| run.chunk_by(|a, b| key(a.1) == key(b.1)))
            .filter(|run| run.len() > 1);
        let repeats: Vec<Vec<usize>> = repeats
            .map(|run| run.iter().map(|(_, at)| *at as usize).collect())
            .collect();
        for run in &repeats {
            let last = run.last().copied().unwrap_or_default();
            entries[run[0]].value = std::mem::replace(&mut entries[last].value, Datum::Undefined);
        }
        let mut later: Vec<usize> = repeats.iter().flat_map(|run| &run[1..]).copied().collect();
        later.sort_unstable();
        let mut at = 0;
        entries.retain(|_| {
            at += 1;
            later.binary_search(&(at - 1)).is_err()
        });
    }

    /// Brings the keys into JavaScript's order.
    fn sort(&mut self) {
        self.entries
            .sort_by(|a, b| javascript_order(&a.key, &b.key));
    }
}

impl Fields {
    /// The members of an object written as `entries`: a key mentioned twice keeps its first place and
    /// its last value, as `JSON.parse` has it.
    pub(crate) fn new(entries: Vec<(Text, Datum)>) -> Self {
        let mut gathered = Gathered::with_capacity(entries.len());
        for (key, value) in entries {
            gathered.push(key::hash(&key), key, value);
        }
        gathered.build()
    }
}

impl FromIterator<(Text, Datum)> for Fields {
    fn from_iter<I: IntoIterator<Item = (Text, Datum)>>(entries: I) -> Self {
        Self::new(entries.into_iter().collect())
    }
}
