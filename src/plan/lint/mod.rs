//! Finds what a clause says that will surprise.

mod equality;
mod operators;
mod values;

use crate::constraint::{
    Branch, Branches, Clause, Combine, Constraint, Field, Group, Operator, Place, components,
};
use crate::plan::Context;
use crate::value::Datum;
use crate::warning::{Effect, Warning};

/// The warnings of a clause, in its order.
pub(crate) fn warnings(clause: &Clause, context: &Context<'_>) -> Vec<Warning> {
    let mut linter = Linter {
        context,
        found: Vec::new(),
    };
    linter.clause(clause, &Place::ROOT);
    linter.found
}

struct Linter<'c> {
    context: &'c Context<'c>,
    found: Vec<Warning>,
}

/// An effect and the sentence that explains it.
type Finding = (Effect, &'static str);

impl Linter<'_> {
    fn report(&mut self, at: &Place<'_>, operator: &str, (effect, message): Finding) {
        self.found.push(Warning {
            pointer: at.pointer(),
            operator: operator.into(),
            effect,
            message,
        });
    }

    fn clause(&mut self, clause: &Clause, at: &Place<'_>) {
        clause
            .fields
            .iter()
            .for_each(|field| self.field(field, &at.key(&field.key)));
    }

    fn field(&mut self, field: &Field, at: &Place<'_>) {
        let name = components(&field.key).next_back().unwrap_or_default();
        match &field.constraint {
            Constraint::Null => self.report(at, "=", equality::NULL),
            // A text, number or boolean means what it says.
            Constraint::Scalar(_) => {}
            Constraint::List(items) => self.report(at, "=", equality::list(items)),
            Constraint::Typed(operand) => {
                self.findings(at, "=", equality::typed(&field.key, operand));
            }
            Constraint::Operators(operators) => self.operators(&field.key, operators, at),
            Constraint::Group(group) => self.group(name, group, at),
            Constraint::RelatedTo(_) => self.report(at, name, operators::RELATED_TO),
        }
    }

    fn findings(&mut self, at: &Place<'_>, operator: &str, finding: Option<Finding>) {
        if let Some(finding) = finding {
            self.report(at, operator, finding);
        }
    }

    fn group(&mut self, name: &str, group: &Group, at: &Place<'_>) {
        let Branches::List(branches) = &group.branches else {
            return self.report(at, name, operators::GROUP_WITHOUT_LIST);
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
                Branch::Clause(clause) => self.clause(clause, &at),
                Branch::Null | Branch::Scalar(_) => self.blank(name, group.combine, &at),
            }
        }
    }

    /// A branch that asks for nothing.
    fn blank(&mut self, name: &str, combine: Combine, at: &Place<'_>) {
        self.report(at, name, operators::blank_branch(combine));
    }

    fn operators(&mut self, key: &str, list: &[Operator], at: &Place<'_>) {
        if list.is_empty() {
            return self.report(at, "=", equality::EMPTY);
        }
        let mut ended = false;
        for operator in list {
            let at = at.key(&operator.name);
            if ended && !operators::belongs_to_another(&operator.name) {
                self.report(&at, &operator.name, operators::UNREACHED);
                continue;
            }
            let finding = operators::finding(key, operator, list, self.context);
            self.findings(&at, &operator.name, finding);
            ended = operators::ends(operator);
        }
    }
}

/// Whether a key is one of the two dates that the server shows its matcher as text.
fn is_server_date(key: &str) -> bool {
    key == "createdAt" || key == "updatedAt"
}

fn type_name(operand: &Datum) -> Option<&str> {
    operand.as_fields()?.get("__type")?.as_text()
}
