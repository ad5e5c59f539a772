//! How many queries there are already where another one could be filed.

use super::group::{Crowd, Group};
use crate::set::store::number::GroupId;
use crate::set::store::slab::Slab;
use crate::set::store::table::{Entry, Packed, Table};

/// The queries under each key below a group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowds<'s> {
    table: &'s Table<u64, Packed>,
    groups: &'s Slab<Group, GroupId>,
    /// None if it is the root.
    group: Option<&'s Group>,
    /// Whether anybody asks.
    are_counted: bool,
}

impl<'s> Crowds<'s> {
    pub(crate) const fn new(
        table: &'s Table<u64, Packed>,
        groups: &'s Slab<Group, GroupId>,
        group: Option<&'s Group>,
    ) -> Self {
        Self {
            table,
            groups,
            group,
            are_counted: true,
        }
    }

    /// The same for a query that has nothing to choose from, which need not wait for the table.
    pub(crate) const fn uncounted(self) -> Self {
        Self {
            are_counted: false,
            ..self
        }
    }

    /// At the root, how many queries every change runs.
    pub(crate) fn scanned(self) -> Option<usize> {
        let root = self.group.is_none().then(|| self.groups.get(GroupId::ROOT));
        root.flatten().map(|root| root.postings.len())
    }

    /// Those under a key.
    pub(crate) fn under(self, key: u64) -> Crowd {
        if !self.are_counted {
            return Crowd::default();
        }
        let key = self.group.map_or(key, |group| group.below(key));
        match self.table.get(key).map(Entry::from) {
            None => Crowd::default(),
            Some(Entry::One(_)) => Crowd {
                queries: 1,
                together: 1,
            },
            Some(Entry::Group(group)) => {
                let group = self.groups.get(group);
                group.map_or_else(Crowd::default, Group::crowd)
            }
        }
    }
}
