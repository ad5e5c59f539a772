//! What a clause asks about, whatever it asks of it and whether or not it is ever run.

use std::collections::HashSet;

use crate::constraint::{
    Branch, Branches, Clause, Constraint, Field, Group, Operator, join, scope,
};
use crate::value::{Datum, Text};

/// The paths that a clause names, and the object it asks for.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// In the order of the clause, each once.
    pub(crate) paths: Vec<Text>,
    /// The text that the outermost `objectId` is to be equal to.
    pub(crate) object_id: Option<Text>,
    /// Whether the clause has nothing but that `objectId`.
    pub(crate) is_get: bool,
}

impl Outline {
    /// The outline of a clause and of the paths that its plan looks at.
    ///
    /// These are among those of the clause. They are added all the same, so that whatever is matched is named, even if the
    /// clause could not be read again.
    pub(crate) fn of(clause: Option<&Clause>, looked_at: Vec<Text>) -> Self {
        let mut names = Names::default();
        if let Some(clause) = clause {
            names.clause(clause, None);
        }
        for path in looked_at {
            names.push(path);
        }
        let object_id = clause.and_then(object_id);
        Self {
            paths: names.found,
            is_get: object_id.is_some() && clause.is_some_and(|clause| clause.fields.len() == 1),
            object_id,
        }
    }
}

fn object_id(clause: &Clause) -> Option<Text> {
    let field = clause
        .fields
        .iter()
        .find(|field| *field.key == *"objectId")?;
    match &field.constraint {
        Constraint::Scalar(Datum::Text(id)) => Some(id.clone()),
        _ => None,
    }
}

/// Gathers names.
#[derive(Default)]
struct Names {
    found: Vec<Text>,
    seen: HashSet<Text>,
}

impl Names {
    fn push(&mut self, name: Text) {
        if self.seen.insert(name.clone()) {
            self.found.push(name);
        }
    }

    fn clause(&mut self, clause: &Clause, below: Option<&str>) {
        for field in &clause.fields {
            self.field(field, below);
        }
    }

    fn field(&mut self, field: &Field, below: Option<&str>) {
        match &field.constraint {
            Constraint::Group(group) => {
                self.group(group, scope(below, &field.key).as_deref());
            }
            Constraint::RelatedTo(_) => {}
            Constraint::Operators(operators) => {
                self.push(join(below, &field.key));
                self.operators(operators);
            }
            Constraint::Null
            | Constraint::Scalar(_)
            | Constraint::List(_)
            | Constraint::Typed(_) => self.push(join(below, &field.key)),
        }
    }

    fn group(&mut self, group: &Group, scope: Option<&str>) {
        if let Some(path) = scope {
            self.push(path.into());
        }
        match &group.branches {
            Branches::List(branches) => {
                for branch in branches {
                    if let Branch::Clause(clause) = branch {
                        self.clause(clause, scope);
                    }
                }
            }
            Branches::Other(operand) => self.keys(operand),
        }
    }

    /// What is named below operators that the matcher does not know: sub-queries, or what MongoDB would understand.
    fn operators(&mut self, operators: &[Operator]) {
        for operator in operators {
            if !operator.name.is_known() {
                self.keys(sub_clause(operator));
            }
        }
    }

    /// The keys anywhere in an operand, unless they are operators or belong to a typed value.
    fn keys(&mut self, operand: &Datum) {
        match operand {
            Datum::Array(items) => items.iter().for_each(|item| self.keys(item)),
            Datum::Object(fields) if !fields.is_typed() => {
                for (key, value) in fields.iter() {
                    if !key.starts_with('$') {
                        self.push(key.into());
                    }
                    self.keys(value);
                }
            }
            _ => {}
        }
    }
}

/// The clause of a sub-query; of anything else the operand.
fn sub_clause(operator: &Operator) -> &Datum {
    let query = match operator.name.as_str() {
        "$inQuery" | "$notInQuery" => Some(&operator.operand),
        "$select" | "$dontSelect" => member(&operator.operand, "query"),
        _ => None,
    };
    let clause = query.and_then(|query| member(query, "where"));
    clause.unwrap_or(&operator.operand)
}

fn member<'d>(datum: &'d Datum, key: &str) -> Option<&'d Datum> {
    datum.as_fields()?.get(key)
}
