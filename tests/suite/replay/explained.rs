//! The laws of explanations, for recorded cases of either dialect.

use livematch::{Query, QueryBuilder};

use super::lines::{Line, check_all};
use crate::explain;

/// Every so many cases are edited.
const EVERY: usize = 5;

/// Holds what is explained of every case to its query, if its clause is taken.
pub(super) fn check(cases: &[Line], least: usize, query: impl Fn(&Line) -> Option<Query>) {
    check_all(cases, least, |line| match query(line) {
        Some(query) => {
            let mut sides = line.sides();
            sides.try_for_each(|object| explain::check(&query, &object))
        }
        None => Ok(()),
    });
}

/// Holds what is said to decide of some cases to their clauses without it and with nothing else, if they have a builder for those.
pub(super) fn check_some_edited(
    cases: Vec<Line>,
    least: usize,
    builder: impl Fn(&Line) -> Option<QueryBuilder>,
) {
    let cases: Vec<Line> = cases.into_iter().step_by(EVERY).collect();
    check_all(&cases, least / EVERY, |line| match builder(line) {
        Some(builder) => {
            let (clause, mut sides) = (line.value("where"), line.sides());
            sides.try_for_each(|object| explain::check_edited(&builder, &clause, &object))
        }
        None => Ok(()),
    });
}
