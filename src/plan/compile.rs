//! From the clause to the plan.

use super::operand::operators;
use super::tree::{Field, Node, Row, assemble};
use super::{Context, Plan};
use crate::constraint::{self, Branch, Branches, Clause, Combine, Constraint, Group, Place};
use crate::decode::{decode, decode_if_typed};
use crate::error::{CompileError, ErrorKind};
use crate::op::Op;
use crate::op::equality::{DeepEqual, PointerTo};
use crate::value::Datum;

/// Compiles a clause that Parse Server would accept.
pub(crate) fn compile(clause: Clause, context: &Context<'_>) -> Result<Plan, CompileError> {
    assembled(clause, context).map(|(plan, _)| plan)
}

/// The ordinals of the constraints that are run, in the order in which they are. A constraint is counted where the
/// clause has it, groups included.
pub(crate) fn ordinals(clause: Clause, context: &Context<'_>) -> Result<Vec<u32>, CompileError> {
    assembled(clause, context).map(|(_, ordinals)| ordinals.into_vec())
}

fn assembled(clause: Clause, context: &Context<'_>) -> Result<(Plan, Row<u32>), CompileError> {
    let mut compiler = Compiler {
        context,
        ordinal: 0,
    };
    let root = compiler.clause(clause, None, &Place::ROOT)?;
    assemble(root).ok_or_else(|| Place::ROOT.error(ErrorKind::Limit, "expected fewer constraints"))
}

struct Compiler<'c> {
    context: &'c Context<'c>,
    /// Constraints counted so far.
    ordinal: u32,
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
        let operators = match field.constraint {
            Constraint::Null | Constraint::RelatedTo(_) => return Ok(Node::Never),
            Constraint::Group(group) => {
                return self.group(group, constraint::scope(scope, &field.key).as_deref(), &at);
            }
            Constraint::Scalar(operand) => vec![Op::Is(operand)],
            Constraint::List(items) => vec![list(items)],
            Constraint::Typed(operand) => vec![typed(&operand)],
            Constraint::Operators(list) => operators(list, &at, self.context)?,
        };
        Ok(Node::Field(Field {
            path: constraint::join(scope, &field.key),
            operators,
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
            Combine::Or => Node::Any(nodes),
            Combine::And => all(nodes),
            Combine::Nor => Node::None(nodes),
        })
    }
}

fn all(mut nodes: Vec<Node>) -> Node {
    match nodes.len() {
        0 => Node::Always,
        1 => nodes.swap_remove(0),
        _ => Node::All(nodes),
    }
}

/// A list in the place of operators: its first index is an unknown operator, its operand decoded all the same.
pub(super) fn list(items: Vec<Datum>) -> Op {
    match items.into_iter().next().map(decode_if_typed) {
        None => Op::Always,
        Some(Some(_)) => Op::Never,
        Some(None) => Op::Fault,
    }
}

/// A typed value in the place of operators.
pub(super) fn typed(operand: &Datum) -> Op {
    if let Datum::Object(fields) = operand
        && fields.get("__type").and_then(Datum::as_text) == Some("Pointer")
    {
        let part = |key| fields.get(key).cloned().unwrap_or(Datum::Undefined);
        return Op::PointsTo(PointerTo::new(part("className"), part("objectId")));
    }
    match decode(operand) {
        Ok(operand) => Op::Like(DeepEqual { operand }),
        Err(_) => Op::Fault,
    }
}
