//! From the clause to the plan.

use super::operand::operators;
use super::{Context, Field, Node, Plan, Test};
use crate::constraint::{
    self, Branch, Branches, Clause, Combine, Constraint, Group, Place, components,
};
use crate::decode::{decode, decode_if_typed};
use crate::error::CompileError;
use crate::op::Op;
use crate::op::equality::{DeepEqual, PointerTo};
use crate::value::Datum;

/// Compiles a clause that Parse Server would accept.
pub(crate) fn compile(clause: Clause, context: &Context<'_>) -> Result<Plan, CompileError> {
    let mut compiler = Compiler {
        context,
        ordinal: 0,
        paths: Vec::new(),
    };
    let root = compiler.clause(clause, None, &Place::ROOT)?;
    Ok(Plan {
        root,
        revisits_dates: revisits_dates(compiler.paths),
    })
}

struct Compiler<'c> {
    context: &'c Context<'c>,
    /// Constraints counted so far.
    ordinal: u32,
    /// The paths of all constraints that read one.
    paths: Vec<Box<str>>,
}

impl Compiler<'_> {
    /// Compiles the constraints of a clause that is evaluated on what stands at `scope`, or on the object itself.
    fn clause(
        &mut self,
        clause: Clause,
        scope: Option<&str>,
        at: &Place<'_>,
    ) -> Result<Node, CompileError> {
        let fields = clause.fields.into_iter();
        let nodes = fields
            .map(|field| self.field(field, scope, at))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(all(nodes))
    }

    fn field(
        &mut self,
        field: constraint::Field,
        scope: Option<&str>,
        at: &Place<'_>,
    ) -> Result<Node, CompileError> {
        let at = at.key(&field.key);
        let ordinal = self.ordinal;
        self.ordinal += 1;
        let test = match field.constraint {
            Constraint::Null | Constraint::RelatedTo(_) => return Ok(Node::Never),
            Constraint::Group(group) => {
                return self.group(group, group_scope(scope, &field.key).as_deref(), &at);
            }
            Constraint::Scalar(operand) => Test::Scalar(operand),
            Constraint::List(items) => Test::Operators(list(items)),
            Constraint::Typed(operand) => typed(&operand),
            Constraint::Operators(list) => Test::Operators(operators(list, &at, self.context)?),
        };
        let path = join(scope, &field.key);
        self.paths.push(path.clone());
        Ok(Node::Field(Field {
            path,
            test,
            ordinal,
        }))
    }

    fn group(
        &mut self,
        group: Group,
        scope: Option<&str>,
        at: &Place<'_>,
    ) -> Result<Node, CompileError> {
        let Branches::List(branches) = group.branches else {
            return Ok(Node::Never);
        };
        let mut nodes = Vec::with_capacity(branches.len());
        for (index, branch) in branches.into_iter().enumerate() {
            nodes.push(match branch {
                Branch::Clause(clause) => self.clause(clause, scope, &at.index(index))?,
                Branch::Null | Branch::Scalar(_) => Node::Always,
            });
        }
        Ok(match group.combine {
            Combine::Or if nodes.len() == 1 => nodes.swap_remove(0),
            Combine::Or => Node::Any(nodes.into()),
            Combine::And => all(nodes),
            Combine::Nor => Node::None(nodes.into()),
        })
    }
}

fn all(mut nodes: Vec<Node>) -> Node {
    match nodes.len() {
        0 => Node::Always,
        1 => nodes.swap_remove(0),
        _ => Node::All(nodes.into()),
    }
}

/// The path of a key below a scope. A group behind a path looks its fields up just as the longer path would.
fn join(scope: Option<&str>, key: &str) -> Box<str> {
    match scope {
        Some(scope) => format!("{scope}.{key}").into(),
        None => key.into(),
    }
}

/// Where the branches of a group are evaluated: at what its key has before the name of the group.
fn group_scope(scope: Option<&str>, key: &str) -> Option<Box<str>> {
    match key.rsplit_once('.') {
        Some((path, _)) => Some(join(scope, path)),
        None => scope.map(Box::from),
    }
}

/// A list in the place of operators: its first index is an unknown operator, its operand decoded all the same.
fn list(items: Vec<Datum>) -> Box<[Op]> {
    let Some(first) = items.into_iter().next() else {
        return Box::default();
    };
    let op = match decode_if_typed(first) {
        Some(_) => Op::Never,
        None => Op::Fault,
    };
    Box::new([op])
}

fn typed(operand: &Datum) -> Test {
    if let Datum::Object(fields) = operand
        && fields.get("__type").and_then(Datum::as_text) == Some("Pointer")
    {
        let part = |key| fields.get(key).cloned().unwrap_or(Datum::Undefined);
        return Test::Pointer(PointerTo {
            class_name: part("className"),
            object_id: part("objectId"),
        });
    }
    match decode(operand) {
        Ok(operand) => Test::Typed(DeepEqual { operand }),
        Err(_) => Test::Operators(Box::new([Op::Fault])),
    }
}

/// Whether a path leads on from where another one ends.
fn revisits_dates(mut paths: Vec<Box<str>>) -> bool {
    // Sorted by components, a path is followed by those that lead on from it.
    paths.sort_by(|a, b| components(a).cmp(components(b)));
    paths.dedup();
    paths.windows(2).any(|pair| {
        pair[1]
            .strip_prefix(&*pair[0])
            .is_some_and(|rest| rest.starts_with('.'))
    })
}
