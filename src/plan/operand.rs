//! From operators as written to operators that run.

use super::Context;
use super::pattern::regex;
use crate::constraint::operator::operand_of;
use crate::constraint::{Operator, OperatorName, Place};
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
    let mut compiled = Vec::with_capacity(operators.len());
    each(operators, at, context, |op| {
        if !matches!(op, Op::Always) {
            compiled.push(op);
        }
    })?;
    if compiled.is_empty() {
        compiled.push(Op::Always);
    }
    Ok(compiled)
}

/// Shows what each operator of a constraint compiles to, from the first as far as Parse's loop can come.
pub(super) fn each(
    operators: Vec<Operator>,
    at: &Place<'_>,
    context: &Context<'_>,
    mut show: impl FnMut(Op),
) -> Result<(), CompileError> {
    let beside = Beside::of(&operators);
    for operator in operators {
        let op = compile(operator, &beside, at, context)?;
        let last = op.ends_the_constraint() || matches!(op, Op::Never | Op::Fault);
        show(op);
        if last {
            break;
        }
    }
    Ok(())
}

/// Operators that mean nothing by themselves and are read by others, as written.
#[derive(Default)]
struct Beside {
    options: Option<Datum>,
    max_distance: Option<Datum>,
}

impl Beside {
    fn of(operators: &[Operator]) -> Self {
        Self {
            options: operand_of(operators, &OperatorName::Options).cloned(),
            max_distance: operand_of(operators, &OperatorName::MaxDistance).cloned(),
        }
    }
}

fn compile(
    operator: Operator,
    beside: &Beside,
    at: &Place<'_>,
    context: &Context<'_>,
) -> Result<Op, CompileError> {
    // Every operand with a type is decoded before the operator is looked at, those of unknown operators as well.
    let Some(operand) = decode_if_typed(operator.operand) else {
        return Ok(Op::Fault);
    };
    Ok(match operator.name {
        OperatorName::Lt => Op::Order(Order::new(Relation::Lt, operand)),
        OperatorName::Lte => Op::Order(Order::new(Relation::Lte, operand)),
        OperatorName::Gt => Op::Order(Order::new(Relation::Gt, operand)),
        OperatorName::Gte => Op::Order(Order::new(Relation::Gte, operand)),
        OperatorName::Eq => Op::Equal(DeepEqual { operand }),
        OperatorName::Ne => Op::NotEqual(DeepEqual { operand }),
        OperatorName::In => Op::In(Membership::new(operand)),
        OperatorName::Nin => Op::NotIn(Membership::new(operand)),
        OperatorName::All => all(operand, at, context)?,
        OperatorName::ContainedBy => Op::ContainedBy(Membership::new(operand)),
        OperatorName::Exists => exists(&operand),
        OperatorName::Regex => regex(
            &operand,
            beside.options.as_ref(),
            &at.key("$regex"),
            context,
        )?,
        OperatorName::NearSphere => {
            Op::Near(Near::new(&operand, beside.max_distance.as_ref()).into())
        }
        OperatorName::Within => Op::Within(Within::new(&operand).into()),
        OperatorName::GeoWithin => geo_within(&operand),
        OperatorName::GeoIntersects => Op::Intersects(Intersects::new(&operand).into()),
        OperatorName::Options | OperatorName::MaxDistance => Op::Always,
        OperatorName::Other(_) => Op::Never,
    })
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
    use crate::constraint::operator::tests::KNOWN;
    use crate::limits::Limits;
    use crate::pattern::PatternCache;
    use crate::value::Text;

    fn is_run(name: &str) -> bool {
        let (limits, patterns) = (Limits::new(), PatternCache::default());
        let context = Context {
            limits: &limits,
            patterns: &patterns,
        };
        let operator = Operator {
            name: Text::from(name).into(),
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
            assert!(!is_run(name), "{name}");
        }
        for name in KNOWN {
            assert!(is_run(name.as_str()), "{name:?}");
        }
    }
}
