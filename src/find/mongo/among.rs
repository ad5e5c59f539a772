//! Equality with any member of a list.

use std::cmp::Ordering;

use super::bson::Bson;
use super::order::compare;
use super::text::matches;
use super::toll::Toll;
use super::value::{Kind, Value};
use crate::pattern::Pattern;
use crate::value::{Text, text_memory};

/// The members of a list of values and patterns, found by bisection.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Among {
    /// In their order, none twice.
    values: Box<[Bson]>,
    /// Texts that a column of pointers takes for ids, in their order, none twice.
    ids: Box<[Text]>,
    pub(crate) patterns: Box<[Pattern]>,
}

impl Among {
    pub(crate) fn new(members: Vec<Bson>, patterns: Vec<Pattern>) -> Self {
        let (mut values, mut ids) = (Vec::with_capacity(members.len()), Vec::new());
        for member in members {
            match member {
                Bson::Id(id) => ids.push(id),
                other => values.push(other),
            }
        }
        values.sort_by(|a, b| compare(a, b));
        values.dedup_by(|a, b| compare(&*a, b).is_eq());
        ids.sort_unstable();
        ids.dedup();
        Self {
            values: values.into(),
            ids: ids.into(),
            patterns: patterns.into(),
        }
    }

    pub(crate) fn values(&self) -> &[Bson] {
        &self.values
    }

    pub(crate) fn ids(&self) -> &[Text] {
        &self.ids
    }

    /// How many comparisons find a value.
    pub(crate) fn rounds(&self) -> u64 {
        let rounds = |count: usize| u64::from((count + 1).ilog2() + 1);
        rounds(self.values.len()) + rounds(self.ids.len())
    }

    pub(super) fn has<'v, V: Value<'v>>(&self, value: Option<V>, toll: &impl Toll) -> bool {
        let Some(value) = value else {
            // Null is the least of all.
            return self.values.first() == Some(&Bson::Null);
        };
        self.has_id(value)
            || self.bisect(value)
            || self
                .patterns
                .iter()
                .any(|pattern| matches(pattern, value, toll))
    }

    fn bisect<'v, V: Value<'v>>(&self, value: V) -> bool {
        let order = |member: &Bson| -> Ordering { compare(value, member).reverse() };
        self.values.binary_search_by(order).is_ok()
    }

    fn has_id<'v, V: Value<'v>>(&self, value: V) -> bool {
        if self.ids.is_empty() {
            return false;
        }
        match value.kind() {
            Kind::Text(text) | Kind::Pointer { id: text, .. } => {
                self.ids.binary_search_by(|id| (**id).cmp(text)).is_ok()
            }
            _ => false,
        }
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let values = self.values.iter().map(Bson::memory_usage);
        let ids = self.ids.iter().map(text_memory);
        let patterns = self.patterns.iter().map(Pattern::memory_usage);
        size_of_val(&*self.values)
            + size_of_val(&*self.ids)
            + size_of_val(&*self.patterns)
            + values.chain(ids).chain(patterns).sum::<usize>()
    }
}
