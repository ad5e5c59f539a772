//! What is asked of a field, and how the column that an object shows decides about it.

use std::hint::black_box;
use std::sync::Arc;

use super::column::{Column, Found, Seen};
use super::mongo::test::{Circumstances, Test};
use super::mongo::toll::Toll;
use super::mongo::walk::Road;
use super::stored::Stored;
use super::way::Way;
use crate::value::COUNTS;
use crate::value::val::Members;

/// What is asked of a path of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// Shared by the queries of a set.
    pub(super) way: Arc<Way>,
    pub(super) cases: Cases,
    /// By which number whoever keeps many queries knows the path.
    pub(crate) number: u32,
    pub(super) on_relation: OnRelation,
    /// A bit for each column that an object may show and for which the constraint is refused.
    refusing: u8,
}

/// What is asked, by the column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cases {
    /// The same, whatever it holds.
    One(Test),
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

/// No set has so many paths.
const UNNUMBERED: u32 = u32::MAX;

impl Cases {
    pub(super) fn new(case: Case) -> Self {
        match case.values {
            Some(values) if !case.asks_for_moments && is_asked_of_lists(&values, &case) => {
                Self::One(values)
            }
            values => Self::Open(Case { values, ..case }.into()),
        }
    }

    /// What is asked of a column; nothing if it is refused.
    #[inline]
    pub(super) fn of(&self, column: Column) -> Option<&Test> {
        match self {
            Self::One(test) => Some(test),
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
    pub(super) fn new(way: Way, cases: Cases, on_relation: OnRelation) -> Self {
        let refusing = Column::SHOWN.into_iter().filter(|column| match column {
            Column::Relation => on_relation == OnRelation::Refused,
            column => cases.of(*column).is_none(),
        });
        Self {
            refusing: refusing.fold(0, |all, column| all | bit(column)),
            way: way.into(),
            cases,
            number: UNNUMBERED,
            on_relation,
        }
    }

    /// Whether an object may show a column for which the constraint is refused.
    pub(super) fn may_be_refused(&self) -> bool {
        self.refusing != 0
    }

    /// Shares the way of the set that has the path under a number.
    pub(crate) fn share(&mut self, number: u32, way: &Arc<Way>) {
        self.number = number;
        self.way = Arc::clone(way);
    }

    /// Where it looks.
    pub(crate) fn way(&self) -> &Arc<Way> {
        &self.way
    }

    /// What an object has in the field.
    #[inline]
    pub(super) fn see<'v>(&self, object: Members<'v>) -> Seen<'v> {
        self.way.see(self.way.head_in(object))
    }

    /// Whether the column that an object shows refuses the constraint.
    pub(super) fn is_refused(&self, seen: &Seen<'_>) -> bool {
        self.refuses(seen.column)
    }

    /// Whether a column refuses the constraint.
    #[inline]
    pub(super) fn refuses(&self, column: Column) -> bool {
        self.refusing & bit(column) != 0
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
        if self.is_refused(seen) {
            return None;
        }
        let Some(road) = self.road(seen, circumstances.legacy_null) else {
            return Some(false);
        };
        let test = self.test(seen);
        Some(test.is_some_and(|test| test.holds(&road, circumstances)))
    }

    /// Where the path leads from what stands in the field; nothing if that is a relation, of which nothing holds.
    #[inline]
    pub(super) fn road<'r>(
        &'r self,
        seen: &Seen<'r>,
        legacy_null: bool,
    ) -> Option<Road<'r, Stored<'r>>> {
        let is_relation = matches!(seen.found, Found::Relation);
        if is_relation && self.on_relation != OnRelation::Missing {
            return None;
        }
        Some(self.way.road(seen.head(), legacy_null))
    }

    /// What is asked, by the column that an object shows; nothing if that is refused.
    #[inline]
    pub(super) fn test(&self, seen: &Seen<'_>) -> Option<&Test> {
        self.cases.of(seen.column)
    }

    /// The tests, whichever of them is asked.
    pub(crate) fn tests(&self) -> impl DoubleEndedIterator<Item = &Test> {
        let (one, case) = match &self.cases {
            Cases::One(test) => (Some(test), None),
            Cases::Open(case) => (None, Some(case)),
        };
        let of_case = case
            .into_iter()
            .flat_map(|case| case.values.iter().chain(&case.lists));
        one.into_iter().chain(of_case)
    }

    /// Reads its operand from memory, for whoever is about to ask.
    #[inline]
    pub(super) fn prefetch_operand(&self) {
        match &self.cases {
            Cases::One(test) => test.prefetch(),
            Cases::Open(case) => {
                black_box(case.asks_for_moments);
            }
        }
    }

    /// The path as it is written.
    pub(super) fn path(&self) -> String {
        self.way.path()
    }

    /// Heap bytes. Of a way that is shared, those who share it count what it takes.
    pub(super) fn memory_usage(&self) -> usize {
        let cases = match &self.cases {
            Cases::One(_) => 0,
            Cases::Open(_) => size_of::<Case>(),
        };
        let way = match self.number {
            UNNUMBERED => COUNTS + size_of::<Way>() + self.way.memory_usage(),
            _ => 0,
        };
        let tests = self.tests().map(Test::memory_usage);
        way + cases + tests.sum::<usize>()
    }
}

/// Whether lists are asked the same: they hold no text of a pointer, so that there an id is a text like any other.
fn is_asked_of_lists(values: &Test, case: &Case) -> bool {
    let lists = case.lists.as_ref();
    lists.is_some_and(|lists| lists.is_without_ids(values))
}

const fn bit(column: Column) -> u8 {
    1 << column as u8
}
