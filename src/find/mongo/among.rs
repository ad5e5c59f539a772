//! Equality with any member of a list.

use std::cmp::Ordering;
use std::hint::black_box;

use super::bson::Bson;
use super::names::Names;
use super::order::{compare, joined};
use super::text::matches;
use super::toll::Toll;
use super::value::{Kind, Value};
use crate::pattern::Pattern;
use crate::value::Text;

/// The members of a list of values and patterns, found without a look at each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Among {
    /// What is no text, in its order, none twice.
    others: Box<[Bson]>,
    texts: Names,
    /// Texts that a column of pointers takes for ids.
    ids: Names,
    pub(crate) patterns: Box<[Pattern]>,
}

impl Among {
    pub(crate) fn new(members: Vec<Bson>, patterns: Vec<Pattern>) -> Self {
        let (mut others, mut texts, mut ids) = (Vec::new(), Vec::new(), Vec::new());
        for member in members {
            match member {
                Bson::Id(id) => ids.push(id),
                Bson::Text(text) => texts.push(text),
                other => others.push(other),
            }
        }
        others.sort_by(|a, b| compare(a, b));
        others.dedup_by(|a, b| compare(&*a, b).is_eq());
        Self {
            others: others.into(),
            texts: Names::new(texts),
            ids: Names::new(ids),
            patterns: patterns.into(),
        }
    }

    /// Whether it has the members of another one, and its ids among its texts.
    pub(super) fn is_without_ids(&self, other: &Self) -> bool {
        let is_split = self.ids.all().is_empty() && other.texts.all().is_empty();
        if !is_split {
            return self == other;
        }
        self.texts == other.ids && self.others == other.others && self.patterns == other.patterns
    }

    /// Reads it from memory, for whoever is about to ask.
    #[inline]
    pub(super) fn prefetch(&self) {
        black_box((self.others.len(), self.patterns.len()));
    }

    /// What is no text.
    pub(crate) fn others(&self) -> &[Bson] {
        &self.others
    }

    pub(crate) fn texts(&self) -> &[Text] {
        self.texts.all()
    }

    pub(crate) fn ids(&self) -> &[Text] {
        self.ids.all()
    }

    /// How many members there are.
    pub(crate) fn len(&self) -> usize {
        self.others.len() + self.texts().len() + self.ids().len() + self.patterns.len()
    }

    /// How many comparisons find a value.
    pub(crate) fn rounds(&self) -> u64 {
        let rounds = |count: usize| u64::from((count + 1).ilog2() + 1);
        rounds(self.others.len() + self.texts().len()) + rounds(self.ids().len())
    }

    pub(super) fn has<'v, V: Value<'v>>(&self, value: Option<V>, toll: &impl Toll) -> bool {
        let Some(value) = value else {
            // Null is the least of all.
            return self.others.first() == Some(&Bson::Null);
        };
        let is_member = match value.kind() {
            Kind::Text(text) => self.texts.has(text) || self.ids.has(text),
            Kind::Pointer { class, id } => {
                self.ids.has(id) || self.texts.has_by(|text| joined(class, id, text).reverse())
            }
            _ => self.bisect(value),
        };
        let mut patterns = self.patterns.iter();
        is_member || patterns.any(|pattern| matches(pattern, value, toll))
    }

    fn bisect<'v, V: Value<'v>>(&self, value: V) -> bool {
        let order = |member: &Bson| -> Ordering { compare(value, member).reverse() };
        self.others.binary_search_by(order).is_ok()
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let others = self.others.iter().map(Bson::memory_usage);
        let patterns = self.patterns.iter().map(Pattern::memory_usage);
        size_of_val(&*self.others)
            + size_of_val(&*self.patterns)
            + others.chain(patterns).sum::<usize>()
            + self.texts.memory_usage()
            + self.ids.memory_usage()
    }
}
