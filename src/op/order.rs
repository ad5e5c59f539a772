//! `$lt`, `$lte`, `$gt`, `$gte`.

use std::cmp::Ordering;

use crate::value::compare::order;
use crate::value::{Answer, Datum, Val};

/// A range operator with its operand.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) relation: Relation,
    limit: Limit,
}

/// The operand; what is no number is elsewhere, so that the operator stays small.
#[derive(Clone, Debug)]
enum Limit {
    Number(f64),
    /// Milliseconds since the epoch, NaN if invalid.
    Date(f64),
    Other(Box<Datum>),
}

/// How a value is to stand to the operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Lt,
    Lte,
    Gt,
    Gte,
}

impl Relation {
    /// Whether a value found to be `ordering` its operand refutes this relation.
    const fn refuted_by(self, ordering: Ordering) -> bool {
        match self {
            Self::Lt => ordering.is_ge(),
            Self::Lte => ordering.is_gt(),
            Self::Gt => ordering.is_le(),
            Self::Gte => ordering.is_lt(),
        }
    }
}

impl Order {
    pub(crate) fn new(relation: Relation, operand: Datum) -> Self {
        let limit = match operand {
            Datum::Number(number) => Limit::Number(number),
            Datum::Date(ms) => Limit::Date(ms),
            other => Limit::Other(Box::new(other)),
        };
        Self { relation, limit }
    }

    pub(crate) fn operand(&self) -> Val<'_> {
        match &self.limit {
            Limit::Number(number) => Val::Number(*number),
            Limit::Date(ms) => Val::Date(*ms),
            Limit::Other(operand) => Val::from(&**operand),
        }
    }

    pub(crate) fn to_datum(&self) -> Datum {
        match &self.limit {
            Limit::Number(number) => Datum::Number(*number),
            Limit::Date(ms) => Datum::Date(*ms),
            Limit::Other(operand) => (**operand).clone(),
        }
    }

    /// The usual answer for a number or a date in milliseconds: if the operand is one too.
    #[inline]
    #[expect(
        clippy::neg_cmp_op_on_partial_ord,
        reason = "NaN has no order, and so passes"
    )]
    pub(super) fn usual_answer(&self, number: f64) -> Option<bool> {
        let limit = match self.limit {
            Limit::Number(limit) | Limit::Date(limit) => limit,
            Limit::Other(_) => return None,
        };
        Some(match self.relation {
            Relation::Lt => !(number >= limit),
            Relation::Lte => !(number > limit),
            Relation::Gt => !(number <= limit),
            Relation::Gte => !(number < limit),
        })
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        match &self.limit {
            Limit::Number(_) | Limit::Date(_) => 0,
            Limit::Other(operand) => size_of::<Datum>() + operand.memory_usage(),
        }
    }

    /// Matches unless the value is ordered against the operand and that order refutes the relation.
    ///
    /// Parse writes these operators as refutations (`$lt` fails when `value >= operand`), so a pair without an
    /// order passes: `{"score": {"$lt": 5}}` matches `{}` and `{"score": "high"}`.
    pub(crate) fn answer(&self, value: Val<'_>) -> Answer {
        let ordering = order(value, self.operand())?;
        Ok(!ordering.is_some_and(|ordering| self.relation.refuted_by(ordering)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(value: Val<'_>, operand: &Datum) -> Vec<Answer> {
        let relations = [Relation::Lt, Relation::Lte, Relation::Gt, Relation::Gte];
        let of = |relation| Order::new(relation, operand.clone());
        relations
            .map(|relation| of(relation).answer(value))
            .to_vec()
    }

    #[test]
    fn what_has_no_order_passes() {
        let five = Datum::Number(5.0);
        assert_eq!(answers(Val::Undefined, &five), [Ok(true); 4]);
        assert_eq!(answers(Val::Text("high"), &five), [Ok(true); 4]);
        assert_eq!(
            answers(Val::Text("10"), &five),
            [Ok(false), Ok(false), Ok(true), Ok(true)]
        );
        assert_eq!(
            answers(Val::Null, &five),
            [Ok(true), Ok(true), Ok(false), Ok(false)]
        );
        assert_eq!(
            answers(Val::Number(5.0), &five),
            [Ok(false), Ok(true), Ok(false), Ok(true)]
        );
    }
}
