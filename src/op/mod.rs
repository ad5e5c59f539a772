//! The operators, one family a file: what the compiler builds and what it answers for a value.

pub(crate) mod all;
pub(crate) mod contained;
pub(crate) mod equality;
pub(crate) mod geo;
pub(crate) mod list;
pub(crate) mod membership;
pub(crate) mod order;
pub(crate) mod regex;
pub(crate) mod steps;
pub(crate) mod usual;

use std::sync::Arc;

use crate::op::all::All;
use crate::op::equality::{DeepEqual, PointerTo, is_or_has};
use crate::op::geo::{Circle, Intersects, Near, Polygon, Within};
use crate::op::membership::Membership;
use crate::op::order::Order;
use crate::op::regex::Regex;
use crate::value::{Answer, COUNTS, Datum, Fault, Val};

/// One compiled operator of a constraint.
///
/// An enum and not a trait object: the set is closed, and a new operator is a compile error wherever
/// something is still missing. What is most asked for is held in place; what is large is behind a pointer that a
/// query set can share.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// `{"f": 5}`.
    Is(Datum),
    /// `{"f": pointer}`.
    PointsTo(PointerTo),
    /// `{"f": {"__type": …}}`.
    Like(DeepEqual),
    /// `$lt`, `$lte`, `$gt`, `$gte`.
    Order(Order),
    /// `$eq`.
    Equal(DeepEqual),
    /// `$ne`.
    NotEqual(DeepEqual),
    /// `$in`.
    In(Membership),
    /// `$nin`.
    NotIn(Membership),
    /// `$all`.
    All(Arc<All>),
    /// `$containedBy`.
    ContainedBy(Membership),
    /// `$exists`, by whether the field is to be there.
    Exists(bool),
    /// `$regex`.
    Regex(Regex),
    /// `$nearSphere`.
    Near(Arc<Near>),
    /// `$within` with a `$box`.
    Within(Arc<Within>),
    /// `$geoWithin` with a `$polygon`.
    Polygon(Arc<Polygon>),
    /// `$geoWithin` with a `$centerSphere`.
    Circle(Arc<Circle>),
    /// `$geoIntersects`.
    Intersects(Arc<Intersects>),
    /// What holds for every value, such as `$options` or an `$exists` that is no boolean.
    Always,
    /// What holds for none, such as `$inQuery` or an unknown operator.
    Never,
    /// What Parse cannot evaluate, such as an operand that its SDK refuses to decode.
    Fault,
}

impl Op {
    /// The answer for the value of a field.
    pub(crate) fn answer(&self, value: Val<'_>) -> Answer {
        match self {
            Self::Is(operand) => Ok(is_or_has(value, operand)),
            Self::PointsTo(pointer) => pointer.answer(value),
            Self::Like(operand) => operand.answer_any(value),
            Self::Order(op) => op.answer(value),
            Self::Equal(op) => op.answer(value),
            Self::NotEqual(op) => op.answer(value).map(|equal| !equal),
            Self::In(op) => op.contains(value),
            Self::NotIn(op) => op.contains(value).map(|contains| !contains),
            Self::All(op) => op.answer(value),
            Self::ContainedBy(op) => contained::answer(op, value),
            Self::Exists(required) => Ok(value.is_undefined() != *required),
            Self::Regex(op) => Ok(op.answer(value)),
            Self::Near(op) => op.answer(value),
            Self::Within(op) => op.answer(value),
            Self::Polygon(op) => op.answer(value),
            Self::Circle(op) => op.answer(value),
            Self::Intersects(op) => op.answer(value),
            Self::Always => Ok(true),
            Self::Never => Ok(false),
            Self::Fault => Err(Fault),
        }
    }

    /// Whether this operator's answer is that of the whole constraint: Parse returns from inside its loop, and
    /// the operators that follow are not looked at.
    pub(crate) fn ends_the_constraint(&self) -> bool {
        match self {
            Self::ContainedBy(_) | Self::Near(_) | Self::Within(_) => true,
            Self::Polygon(_) | Self::Circle(_) | Self::Intersects(_) => true,
            Self::Order(_) | Self::Equal(_) | Self::NotEqual(_) | Self::In(_) | Self::NotIn(_) => {
                false
            }
            Self::Is(_) | Self::PointsTo(_) | Self::Like(_) => false,
            Self::All(_) | Self::Exists(_) | Self::Regex(_) => false,
            Self::Always | Self::Never | Self::Fault => false,
        }
    }

    /// How often a pattern ran out of its budget of steps.
    pub(crate) fn over_budget(&self) -> u64 {
        match self {
            Self::Regex(Regex::Pattern(pattern)) => pattern.over_budget(),
            Self::Regex(Regex::Invalid) => 0,
            Self::Is(_)
            | Self::PointsTo(_)
            | Self::Like(_)
            | Self::Order(_)
            | Self::Equal(_)
            | Self::NotEqual(_) => 0,
            Self::In(_)
            | Self::NotIn(_)
            | Self::All(_)
            | Self::ContainedBy(_)
            | Self::Exists(_)
            | Self::Near(_) => 0,
            Self::Within(_)
            | Self::Polygon(_)
            | Self::Circle(_)
            | Self::Intersects(_)
            | Self::Always
            | Self::Never => 0,
            Self::Fault => 0,
        }
    }

    /// Heap bytes, without those of an empty box. What is shared is counted whole.
    pub(crate) fn memory_usage(&self) -> usize {
        match self {
            Self::Is(operand) => operand.memory_usage(),
            Self::PointsTo(op) => op.memory_usage(),
            Self::Like(op) | Self::Equal(op) | Self::NotEqual(op) => op.operand.memory_usage(),
            Self::Order(op) => op.memory_usage(),
            Self::In(op) | Self::NotIn(op) | Self::ContainedBy(op) => op.memory_usage(),
            Self::All(op) => COUNTS + op.memory_usage(),
            Self::Regex(Regex::Pattern(pattern)) => pattern.memory_usage(),
            Self::Regex(Regex::Invalid) | Self::Exists(_) => 0,
            Self::Near(_) => COUNTS + size_of::<Near>(),
            Self::Within(op) => COUNTS + op.memory_usage(),
            Self::Polygon(op) => COUNTS + op.memory_usage(),
            Self::Circle(_) => COUNTS + size_of::<Circle>(),
            Self::Intersects(_) => COUNTS + size_of::<Intersects>(),
            Self::Always | Self::Never | Self::Fault => 0,
        }
    }

    /// Prefetches what is behind a pointer: reads it into the cache, and does not wait for it. `black_box` keeps the read, of
    /// which nothing is made, from being left out.
    #[inline]
    pub(crate) fn prefetch(&self) {
        match self {
            Self::In(op) => op.prefetch(),
            Self::Within(op) => op.prefetch(),
            Self::Near(op) => op.prefetch(),
            Self::Is(_)
            | Self::PointsTo(_)
            | Self::Like(_)
            | Self::Order(_)
            | Self::Equal(_)
            | Self::NotEqual(_) => {}
            Self::NotIn(_)
            | Self::All(_)
            | Self::ContainedBy(_)
            | Self::Exists(_)
            | Self::Regex(_)
            | Self::Polygon(_) => {}
            Self::Circle(_) | Self::Intersects(_) | Self::Always | Self::Never | Self::Fault => {}
        }
    }

    /// Whether no value makes this operator fault.
    pub(crate) fn never_faults(&self) -> bool {
        match self {
            Self::Is(_) | Self::Exists(_) | Self::Regex(_) | Self::Always | Self::Never => true,
            Self::Equal(op) | Self::NotEqual(op) => op.never_faults(),
            Self::In(op) | Self::NotIn(op) => op.never_faults(),
            Self::Order(_)
            | Self::All(_)
            | Self::ContainedBy(_)
            | Self::Near(_)
            | Self::Within(_) => false,
            Self::PointsTo(_) | Self::Like(_) => false,
            Self::Polygon(_) | Self::Circle(_) | Self::Intersects(_) | Self::Fault => false,
        }
    }
}
