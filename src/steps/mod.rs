//! What work costs, in steps, and how much may be spent.
//!
//! A step is about the work of comparing two short values: some nanoseconds. What is counted is what clauses and objects
//! can make large: values compared, members of arrays visited, texts read (so many bytes to a step), characters that a
//! pattern meets times the ways that are open there, vertices. [`Rates`] say what an operator takes for a value by its
//! [`Size`]; a [`Meter`] pays while a query is run, and stops it when there is nothing left.
//!
//! To measure a value takes time too. Where a value is looked into there is a step for each part of it at least, and it is
//! measured no further than there are steps left. So nothing is visited that is not paid for.

mod meter;
mod rates;
mod size;

pub(crate) use self::meter::{Free, Meter, Spend, Spent};
pub(crate) use self::rates::{Bound, Rates};
pub(crate) use self::size::{Shape, Size};
