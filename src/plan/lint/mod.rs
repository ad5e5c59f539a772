//! Finds what a clause says that will surprise.
//!
//! [`table`] has every kind of surprise once. [`equality`] and [`operators`] look for those that are mistakes, [`hints`] for
//! those that ordinary clauses have, [`unstored`] for fields that no object has, [`weigh`] for what contradicts itself or leaves
//! nothing out, [`twice`] for keys that are repeated.

mod equality;
mod hints;
mod operators;
mod table;
mod twice;
mod unstored;
mod values;
mod weigh;

pub(crate) use self::hints::{fits, of_constraint, why};
use self::table::Found;
use crate::constraint::{
    Branch, Branches, Clause, Combine, Constraint, Field, Group, Operator, Place, components, join,
    scope,
};
use crate::plan::Context;
use crate::warning::Warning;

/// The warnings of a clause: those of its parts in its order, those of parts that do not go together, and what its text
/// repeats.
pub(crate) fn warnings(clause: &Clause, text: Option<&str>, context: &Context<'_>) -> Vec<Warning> {
    let mut found = of_parts(clause, context);
    let weighed = weigh::findings(clause, &found, context);
    found.extend(weighed);
    let repeated = text.map(twice::repeated).unwrap_or_default();
    found.extend(repeated.into_iter().map(|(pointer, name)| Warning {
        pointer,
        operator: name.into(),
        surprise: &table::KEY_TWICE,
    }));
    found
}

/// The warnings of the parts of a clause, in its order.
pub(crate) fn of_parts(clause: &Clause, context: &Context<'_>) -> Vec<Warning> {
    let mut linter = Linter {
        context,
        found: Vec::new(),
        bytes: 0,
    };
    linter.clause(clause, None, &Place::ROOT);
    linter.found
}

struct Linter<'c> {
    context: &'c Context<'c>,
    found: Vec<Warning>,
    /// Bytes of the pointers of what is found.
    bytes: usize,
}

/// With pointers of so many bytes in all, what was told before is not told again: a name may be very long, and thousands of
/// operators may stand below it.
const MAX_POINTER_BYTES: usize = 1 << 20;

impl Linter<'_> {
    fn report(&mut self, at: &Place<'_>, operator: &str, surprise: Found) {
        let is_known = || self.found.iter().any(|told| told.surprise == surprise);
        if self.bytes > MAX_POINTER_BYTES && is_known() {
            return;
        }
        let pointer = at.pointer();
        self.bytes += pointer.len();
        self.found.push(Warning {
            pointer,
            operator: operator.into(),
            surprise,
        });
    }

    fn report_any(&mut self, at: &Place<'_>, operator: &str, surprise: Option<Found>) {
        if let Some(surprise) = surprise {
            self.report(at, operator, surprise);
        }
    }

    /// The constraints of a clause that is evaluated on what stands at `outer`, or on the object itself.
    fn clause(&mut self, clause: &Clause, outer: Option<&str>, at: &Place<'_>) {
        for field in &clause.fields {
            self.field(field, outer, &at.key(&field.key));
        }
    }

    fn field(&mut self, field: &Field, outer: Option<&str>, at: &Place<'_>) {
        let name = components(&field.key).next_back().unwrap_or_default();
        match &field.constraint {
            Constraint::Group(group) => {
                self.group(name, group, scope(outer, &field.key).as_deref(), at);
            }
            Constraint::RelatedTo(_) => self.report(at, name, &table::RELATED_TO),
            constraint => self.constraint(&join(outer, &field.key), constraint, at),
        }
    }

    /// What is asked of the field at a path.
    fn constraint(&mut self, path: &str, constraint: &Constraint, at: &Place<'_>) {
        if let Some(surprise) = unstored::finding(path, constraint, self.context) {
            return self.report(at, "=", surprise);
        }
        if path == "id" {
            self.report(at, "=", &table::ID_FIELD);
        }
        self.report_any(at, "=", hints::of_path(path));
        match constraint {
            Constraint::Null => self.report(at, "=", &table::EQUALS_NULL),
            Constraint::Scalar(operand) => {
                self.report_any(at, "=", hints::of_scalar(path, operand));
            }
            Constraint::List(items) => self.report(at, "=", equality::list(items)),
            Constraint::Typed(operand) => {
                let surprise = equality::typed(path, operand).unwrap_or(&table::NULL_FAULTS);
                self.report(at, "=", surprise);
            }
            Constraint::Operators(operators) => self.operators(path, operators, at),
            Constraint::Group(_) | Constraint::RelatedTo(_) => {}
        }
    }

    fn group(&mut self, name: &str, group: &Group, inner: Option<&str>, at: &Place<'_>) {
        let Branches::List(branches) = &group.branches else {
            return self.report(at, name, &table::GROUP_NO_LIST);
        };
        if branches.is_empty() {
            self.report(at, name, operators::empty_group(group.combine));
        }
        for (index, branch) in branches.iter().enumerate() {
            let at = at.index(index);
            match branch {
                Branch::Clause(clause) if clause.fields.is_empty() => {
                    self.blank(name, group.combine, &at);
                }
                Branch::Clause(clause) => self.clause(clause, inner, &at),
                Branch::Null | Branch::Scalar(_) => self.blank(name, group.combine, &at),
            }
        }
    }

    /// A branch that asks for nothing.
    fn blank(&mut self, name: &str, combine: Combine, at: &Place<'_>) {
        self.report(at, name, operators::blank_branch(combine));
    }

    fn operators(&mut self, path: &str, list: &[Operator], at: &Place<'_>) {
        if list.is_empty() {
            return self.report(at, "=", &table::EQUALS_EMPTY_OBJECT);
        }
        let mut ended = false;
        for operator in list {
            let (at, name) = (at.key(operator.name.as_str()), operator.name.as_str());
            if ended && let Some(surprise) = operators::unreached(&operator.name) {
                self.report(&at, name, surprise);
                continue;
            }
            match operators::finding(path, operator, list, self.context) {
                Some(surprise) => self.report(&at, name, surprise),
                None => hints::of_operator(path, operator, |surprise| {
                    self.report(&at, name, surprise);
                }),
            }
            ended |= operators::ends(operator);
        }
    }
}
