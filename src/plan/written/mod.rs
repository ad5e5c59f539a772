//! The way back: a clause of the same meaning, written from what runs.
//!
//! A set keeps no text of its queries. [`shape`] finds the groups in the jumps of the steps, [`operator`] and [`operand`] write what
//! each step asks for, and [`clause`] puts both together. The law: what is written compiles to the plan that it was written from.

mod clause;
mod halves;
mod operand;
mod operator;
mod shape;

use self::shape::Tree;
use super::code::{Run, Step};
use crate::value::write_fields;

/// A clause that compiles to these steps, given the paths that they ask for.
///
/// Nothing for the few [operands](operand) that no JSON is decoded to again.
pub(crate) fn text<'p>(
    code: &[Step],
    run: Run,
    path: impl Fn(u32) -> Option<&'p str>,
) -> Option<String> {
    let tree = match run {
        Run::Always => Tree::Always,
        Run::Never => Tree::Never,
        Run::Steps | Run::Switched | Run::InPlace => Tree::of(code)?,
    };
    let clause = clause::fields(&tree, &path)?;
    let mut out = String::new();
    write_fields(&clause, &mut out);
    Some(out)
}
