//! Fields that no object has, so that what is asked of them has one answer.

use super::table::{self, Found};
use super::values::can_be_stored;
use crate::constraint::{Clause, Constraint, Field, Form, components};
use crate::plan::{Context, compile};
use crate::value::{Datum, Fault, Fields, Val};

/// What is to be said of a path whose field no object has.
pub(super) fn finding(path: &str, constraint: &Constraint, context: &Context<'_>) -> Option<Found> {
    let head = components(path).next().unwrap_or_default();
    if can_be_stored(head) {
        return None;
    }
    let clause = Clause {
        form: Form::Object,
        fields: vec![Field {
            key: path.into(),
            constraint: constraint.clone(),
        }],
    };
    let plan = compile(clause, context).ok()?;
    let nothing = Datum::Object(Fields::default());
    let is_group = head.starts_with('$');
    Some(match plan.answer(Val::from(&nothing)) {
        Ok(false) if is_group => &table::UNKNOWN_GROUP_NEVER,
        Ok(true) if is_group => &table::UNKNOWN_GROUP_ALWAYS,
        Err(Fault) if is_group => &table::UNKNOWN_GROUP_FAULTS,
        Ok(false) => &table::UNSTORED_NEVER,
        Ok(true) => &table::UNSTORED_ALWAYS,
        Err(Fault) => &table::UNSTORED_FAULTS,
    })
}
