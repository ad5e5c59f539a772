//! From operators as written to operators that run.

use super::Context;
use super::pattern::regex;
use crate::constraint::{Operator, Place};
use crate::decode::decode_if_typed;
use crate::error::{CompileError, ErrorKind};
use crate::op::Op;
use crate::op::all::All;
use crate::op::equality::DeepEqual;
use crate::op::geo::{Circle, Intersects, Near, Polygon, Within};
use crate::op::membership::Membership;
use crate::op::order::{Order, Relation};
use crate::value::{Datum, Val, text};

/// Compiles the operators of one constraint, as far as Parse's loop can come: at least one, as the field is read even
/// if nothing is asked of it.
pub(super) fn operators(
    operators: Vec<Operator>,
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<Vec<Op>, CompileError> {
    let beside = Beside::of(&operators);
    let mut compiled = Vec::with_capacity(operators.len());
    for operator in operators {
        let op = compile(operator, &beside, at, context)?;
        let last = op.ends_the_constraint() || matches!(op, Op::Never | Op::Fault);
        if !matches!(op, Op::Always) {
            compiled.push(op);
        }
        if last {
            break;
        }
    }
    if compiled.is_empty() {
        compiled.push(Op::Always);
    }
    Ok(compiled)
}

/// Operators that mean nothing by themselves and are read by others, as written.
#[derive(Default)]
pub(super) struct Beside {
    pub(super) options: Option<Datum>,
    max_distance: Option<Datum>,
}

impl Beside {
    pub(super) fn of(operators: &[Operator]) -> Self {
        let find = |name: &str| operators.iter().find(|operator| &*operator.name == name);
        let operand = |name: &str| find(name).map(|operator| operator.operand.clone());
        Self {
            options: operand("$options"),
            max_distance: operand("$maxDistance"),
        }
    }
}

fn compile(
    operator: Operator,
    beside: &Beside,
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<Op, CompileError> {
    let name = &*operator.name;
    // Every operand with a type is decoded before the operator is looked at, those of unknown operators as well.
    let Some(operand) = decode_if_typed(operator.operand) else {
        return Ok(Op::Fault);
    };
    if let Some(relation) = Relation::from_name(name) {
        return Ok(Op::Order(Order::new(relation, operand)));
    }
    Ok(match name {
        "$eq" => Op::Equal(DeepEqual { operand }),
        "$ne" => Op::NotEqual(DeepEqual { operand }),
        "$in" => Op::In(Membership::new(operand)),
        "$nin" => Op::NotIn(Membership::new(operand)),
        "$all" => all(operand, at, context)?,
        "$containedBy" => Op::ContainedBy(Membership::new(operand)),
        "$exists" => exists(&operand),
        "$regex" => regex(
            &operand,
            beside.options.as_ref(),
            &at.key("$regex"),
            context,
        )?,
        "$nearSphere" => Op::Near(Near::new(&operand, beside.max_distance.as_ref()).into()),
        "$within" => Op::Within(Within::new(&operand).into()),
        "$geoWithin" => geo_within(&operand),
        "$geoIntersects" => Op::Intersects(Intersects::new(&operand).into()),
        "$options" | "$maxDistance" => Op::Always,
        _ => Op::Never,
    })
}

/// The operators that the matcher knows, whatever it makes of their operands.
const OPERATORS: [&str; 18] = [
    "$eq",
    "$ne",
    "$lt",
    "$lte",
    "$gt",
    "$gte",
    "$in",
    "$nin",
    "$all",
    "$containedBy",
    "$exists",
    "$regex",
    "$options",
    "$nearSphere",
    "$maxDistance",
    "$within",
    "$geoWithin",
    "$geoIntersects",
];

/// Whether the matcher knows an operator; one that it does not know is [`Op::Never`].
pub(super) fn is_operator(name: &str) -> bool {
    OPERATORS.contains(&name)
}

/// A text is a list of its units, and may be no longer than other lists.
fn all(operand: Datum, at: &Place<'_>, context: &Context<'_>) -> Result<Op, CompileError> {
    let most = context.limits.list_members;
    if let Datum::Text(units) = &operand
        && text::len(units) > most
    {
        return Err(at.key("$all").error(
            ErrorKind::Limit,
            format!("expected at most {most} members in a list"),
        ));
    }
    Ok(Op::All(All::new(operand).into()))
}

/// An operand that is no boolean is ignored.
fn exists(operand: &Datum) -> Op {
    match operand {
        Datum::Bool(required) => Op::Exists(*required),
        _ => Op::Always,
    }
}

fn geo_within(operand: &Datum) -> Op {
    let operand = Val::from(operand);
    let (Ok(polygon), Ok(circle)) = (operand.get("$polygon"), operand.get("$centerSphere")) else {
        return Op::Fault;
    };
    if polygon.is_truthy() {
        Op::Polygon(Polygon::new(polygon).into())
    } else if circle.is_truthy() {
        Op::Circle(Circle::new(circle).into())
    } else {
        Op::Always
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::pattern::PatternCache;

    fn is_run(name: &str) -> bool {
        let (limits, patterns) = (Limits::new(), PatternCache::default());
        let context = Context {
            limits: &limits,
            patterns: &patterns,
        };
        let operator = Operator {
            name: name.into(),
            operand: Datum::text("x"),
        };
        let op = compile(operator, &Beside::default(), &Place::ROOT, &context);
        !matches!(op, Ok(Op::Never))
    }

    #[test]
    fn what_is_not_known_is_never_run() {
        let unknown = [
            "$inQuery", "$select", "$text", "$not", "$EQ", "", "eq", "__type",
        ];
        for name in unknown {
            assert!(!is_operator(name) && !is_run(name), "{name}");
        }
        for name in OPERATORS {
            assert!(is_run(name), "{name}");
        }
    }
}
