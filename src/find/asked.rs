//! What is asked of a field, and how the column that an object shows decides about it.

use super::column::{Column, Found, Head, Seen};
use super::mongo::test::{Circumstances, Test};
use super::mongo::toll::Toll;
use super::mongo::walk::{Component, Road};
use super::stored::Stored;
use crate::value::val::Members;

/// What is asked of a path of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(super) head: Head,
    pub(super) rest: Box<[Component]>,
    pub(super) cases: Cases,
    /// By which number whoever keeps many queries knows the path.
    pub(crate) number: u32,
}

/// What is asked, by the column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cases {
    /// Whatever it holds: that is known, or a path leads below it.
    One(Test),
    /// Whatever it holds, unless that is a relation.
    Alike(Test, OnRelation),
    Open(Box<Case>),
}

/// What is asked of a field of which only the object shows what its column holds. What is not there is refused.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Case {
    /// Of values by themselves.
    pub(super) values: Option<Test>,
    /// Of lists.
    pub(super) lists: Option<Test>,
    /// Only a column of dates, or one that nobody knows, takes moments told from now.
    pub(super) asks_for_moments: bool,
    pub(super) on_relation: OnRelation,
}

/// What becomes of a constraint on a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OnRelation {
    Never,
    /// It takes another query to answer.
    Refused,
    /// The field is missing.
    Missing,
}

/// For a look at a path.
pub(super) const PATH: u64 = 4;

impl Cases {
    pub(super) fn new(case: Case) -> Self {
        match case.values {
            Some(values) if case.lists.as_ref() == Some(&values) && !case.asks_for_moments => {
                Self::Alike(values, case.on_relation)
            }
            values => Self::Open(Case { values, ..case }.into()),
        }
    }

    const fn on_relation(&self) -> OnRelation {
        match self {
            Self::One(_) => OnRelation::Missing,
            Self::Alike(_, on_relation) => *on_relation,
            Self::Open(case) => case.on_relation,
        }
    }

    /// What is asked of a column; nothing if it is refused.
    fn of(&self, column: Column) -> Option<&Test> {
        match self {
            Self::One(test) | Self::Alike(test, _) => Some(test),
            Self::Open(case) => case.of(column),
        }
    }
}

impl Case {
    /// What is asked of a column; nothing if it is refused.
    fn of(&self, column: Column) -> Option<&Test> {
        match column {
            Column::Array => self.lists.as_ref(),
            Column::Open => self.values.as_ref().or(self.lists.as_ref()),
            Column::Date => self.values.as_ref(),
            Column::Other if self.asks_for_moments => None,
            Column::Other | Column::Relation => self.values.as_ref(),
        }
    }
}

impl Asked {
    pub(super) fn new(head: Head, rest: Box<[Component]>, cases: Cases) -> Self {
        Self {
            head,
            rest,
            cases,
            number: u32::MAX,
        }
    }

    /// Whether an object may show a column for which the constraint is refused.
    pub(super) fn may_be_refused(&self) -> bool {
        let shown = [Column::Array, Column::Date, Column::Other];
        let is_refused = |column| self.cases.of(column).is_none();
        shown.into_iter().any(is_refused) || self.cases.on_relation() == OnRelation::Refused
    }

    /// What an object has in the field.
    #[inline]
    pub(super) fn see<'v>(&self, object: Members<'v>) -> Seen<'v> {
        self.head.see(self.head.value(object))
    }

    /// Whether the column that an object shows refuses the constraint.
    pub(super) fn is_refused(&self, seen: &Seen<'_>) -> bool {
        match seen.column {
            Column::Relation => self.cases.on_relation() == OnRelation::Refused,
            column => self.cases.of(column).is_none(),
        }
    }

    /// Whether it holds for what stands in the field; nothing if it [is refused](Self::is_refused).
    #[inline]
    pub(super) fn holds<T: Toll>(
        &self,
        seen: &Seen<'_>,
        circumstances: Circumstances<'_, T>,
    ) -> Option<bool> {
        if !circumstances.toll.pays(PATH) {
            return Some(true);
        }
        if seen.column == Column::Relation && self.cases.on_relation() == OnRelation::Refused {
            return None;
        }
        let Some(road) = self.road(seen, circumstances.legacy_null) else {
            return Some(false);
        };
        match self.test(seen) {
            Some(test) => Some(test.holds(&road, circumstances)),
            None if seen.column == Column::Relation => Some(false),
            None => None,
        }
    }

    /// Where the path leads from what stands in the field; nothing if that is a relation, of which nothing holds.
    #[inline]
    pub(super) fn road<'r>(
        &'r self,
        seen: &Seen<'r>,
        legacy_null: bool,
    ) -> Option<Road<'r, Stored<'r>>> {
        let is_relation = matches!(seen.found, Found::Relation);
        if is_relation && self.cases.on_relation() != OnRelation::Missing {
            return None;
        }
        Some(Road {
            head: seen.head(),
            rest: &self.rest,
            legacy_null,
        })
    }

    /// What is asked, by the column that an object shows; nothing if that is refused.
    #[inline]
    pub(super) fn test(&self, seen: &Seen<'_>) -> Option<&Test> {
        self.cases.of(seen.column)
    }

    /// The tests, whichever of them is asked.
    pub(crate) fn tests(&self) -> impl DoubleEndedIterator<Item = &Test> {
        let (one, case) = match &self.cases {
            Cases::One(test) | Cases::Alike(test, _) => (Some(test), None),
            Cases::Open(case) => (None, Some(case)),
        };
        let of_case = case
            .into_iter()
            .flat_map(|case| case.values.iter().chain(&case.lists));
        one.into_iter().chain(of_case)
    }

    /// The path as it is written.
    pub(super) fn path(&self) -> String {
        let rest = self.rest.iter().map(Component::name);
        let parts: Vec<&str> = std::iter::once(self.head.name()).chain(rest).collect();
        parts.join(".")
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let rest = self.rest.iter().map(Component::memory_usage);
        let cases = match &self.cases {
            Cases::One(_) | Cases::Alike(..) => 0,
            Cases::Open(_) => size_of::<Case>(),
        };
        let tests = self.tests().map(Test::memory_usage);
        let rest = size_of_val(&*self.rest) + rest.sum::<usize>();
        self.head.memory_usage() + rest + cases + tests.sum::<usize>()
    }
}
