//! A clause run for one object, constraint by constraint.

use std::rc::Rc;

use super::code::Run;
use super::compile::{list, typed};
use super::dates::{Copied, decoded};
use super::operand::each;
use super::{Context, Path, Plan};
use crate::constraint::{
    self, Branch, Branches, Clause, Combine, Constraint, Group, Operator, OperatorName, Place,
};
use crate::error::CompileError;
use crate::explain::trace::{Step, Trace, Tree};
use crate::explain::{Found, Held};
use crate::op::Op;
use crate::value::{Answer, Text, Val};

/// Runs a clause whose plan is given, or nothing if it cannot be read as the plan was.
pub(crate) fn explain(
    plan: &Plan,
    clause: Clause,
    object: Val<'_>,
    context: &Context<'_>,
) -> Option<Trace> {
    let mut reader = Reader {
        context,
        steps: Vec::new(),
        asked: Vec::new(),
    };
    let tree = reader.clause(clause, None, &Place::ROOT).ok()?;
    let Reader {
        mut steps, asked, ..
    } = reader;
    let mut seen = match Seen::new(plan.run, object) {
        Ok(seen) => seen,
        Err(obstacle) => return Some(Trace::obstructed(steps, obstacle)),
    };
    let decided = tree.run(&mut |at| {
        let (step, asked) = (&mut steps[at], &asked[at]);
        step.found = seen.found(asked);
        let answer = seen.answer(asked);
        step.held = Held::from(answer);
        answer
    });
    Some(Trace {
        verdict: decided.answer.into(),
        steps,
        decisive: decided.by,
        obstacle: None,
    })
}

/// How a constraint is answered.
enum Asked {
    /// By an operator, of the value at a path.
    Of(Rc<Path>, Op),
    /// In one way, without a look at what stands at the path, if it has one.
    Fixed(Option<Rc<Path>>, bool),
}

/// A field of the clause.
struct At<'a> {
    place: &'a Place<'a>,
    pointer: Rc<str>,
    text: Rc<str>,
    path: Rc<Path>,
}

impl<'a> At<'a> {
    fn new(path: Text, place: &'a Place<'a>) -> Self {
        Self {
            place,
            pointer: place.pointer().into(),
            text: (*path).into(),
            path: Path::new(path).into(),
        }
    }

    /// A value in the place of operators.
    fn value(&self) -> Step {
        let path = Some(Rc::clone(&self.text));
        Step::new(Rc::clone(&self.pointer), OperatorName::Eq, path)
    }

    fn operator(&self, name: OperatorName) -> Step {
        Step::of_operator(Rc::clone(&self.pointer), name, Rc::clone(&self.text))
    }
}

/// Reads a clause as it is compiled.
struct Reader<'c> {
    context: &'c Context<'c>,
    steps: Vec<Step>,
    /// Of each step.
    asked: Vec<Asked>,
}

impl Reader<'_> {
    fn clause(
        &mut self,
        clause: Clause,
        scope: Option<&str>,
        at: &Place<'_>,
    ) -> Result<Tree, CompileError> {
        let fields = clause.fields.into_iter();
        let parts = fields.map(|field| {
            let place = at.key(&field.key);
            self.field(&field.key, field.constraint, scope, &place)
        });
        parts.collect::<Result<_, _>>().map(Tree::All)
    }

    fn field(
        &mut self,
        key: &str,
        constraint: Constraint,
        scope: Option<&str>,
        place: &Place<'_>,
    ) -> Result<Tree, CompileError> {
        let at = &At::new(constraint::join(scope, key), place);
        let op = match constraint {
            Constraint::Group(group) => {
                let scope = constraint::scope(scope, key);
                return self.group(key, group, scope.as_deref(), place);
            }
            Constraint::Operators(list) => return self.operators(list, at),
            Constraint::RelatedTo(_) => return Ok(self.fixed(key, place, false)),
            Constraint::Null => {
                let asked = Asked::Fixed(Some(Rc::clone(&at.path)), false);
                return Ok(self.step(at.value(), asked));
            }
            Constraint::Scalar(operand) => Op::Is(operand),
            Constraint::List(items) => list(items),
            Constraint::Typed(operand) => typed(&operand),
        };
        Ok(self.step(at.value(), Asked::Of(Rc::clone(&at.path), op)))
    }

    /// The operators as far as they are run, and those behind the end, which are not in the tree. What only says more about
    /// another operator is left out.
    fn operators(&mut self, list: Vec<Operator>, at: &At<'_>) -> Result<Tree, CompileError> {
        let names: Vec<OperatorName> = list.iter().map(|operator| operator.name.clone()).collect();
        let first = names.first().cloned();
        let mut ops = Vec::with_capacity(names.len());
        each(list, at.place, self.context, |op| ops.push(op))?;
        let mut ops = ops.into_iter();
        let mut parts = Vec::with_capacity(names.len());
        for name in names {
            match ops.next() {
                Some(Op::Always) | None if name.is_modifier() => {}
                Some(op) => {
                    let asked = Asked::Of(Rc::clone(&at.path), op);
                    parts.push(self.step(at.operator(name), asked));
                }
                None => {
                    self.step(at.operator(name), Asked::Fixed(None, false));
                }
            }
        }
        if parts.is_empty() {
            // The field is read even so.
            let step = first.map_or_else(|| at.value(), |name| at.operator(name));
            parts.push(self.step(step, Asked::Of(Rc::clone(&at.path), Op::Always)));
        }
        Ok(Tree::All(parts))
    }

    fn group(
        &mut self,
        key: &str,
        group: Group,
        scope: Option<&str>,
        at: &Place<'_>,
    ) -> Result<Tree, CompileError> {
        let branches = match group.branches {
            Branches::List(branches) if branches.is_empty() => {
                let holds = group.combine != Combine::Or;
                return Ok(self.fixed(key, at, holds));
            }
            Branches::List(branches) => branches,
            Branches::Other(_) => return Ok(self.fixed(key, at, false)),
        };
        let mut parts = Vec::with_capacity(branches.len());
        for (index, branch) in branches.into_iter().enumerate() {
            let at = at.index(index);
            parts.push(match branch {
                Branch::Clause(clause) if clause.fields.is_empty() => self.fixed(key, &at, true),
                Branch::Clause(clause) => self.clause(clause, scope, &at)?,
                Branch::Null | Branch::Scalar(_) => self.fixed(key, &at, true),
            });
        }
        Ok(match group.combine {
            Combine::Or => Tree::Any(parts),
            Combine::And => Tree::All(parts),
            Combine::Nor => Tree::None(parts),
        })
    }

    /// What has one answer whatever the object.
    fn fixed(&mut self, key: &str, at: &Place<'_>, holds: bool) -> Tree {
        let name = constraint::components(key).next_back().unwrap_or_default();
        let name = OperatorName::from(Text::from(name));
        let step = Step::new(at.pointer().into(), name, None);
        self.step(step, Asked::Fixed(None, holds))
    }

    fn step(&mut self, step: Step, asked: Asked) -> Tree {
        self.steps.push(step);
        self.asked.push(asked);
        Tree::Step(self.steps.len() - 1)
    }
}

/// The object as the constraints see it, one after another.
enum Seen<'o> {
    Whole(Val<'o>),
    /// Dates are decoded in place, which later constraints may see.
    Copy(Copied),
}

impl<'o> Seen<'o> {
    fn new(run: Run, object: Val<'o>) -> Result<Self, &'static str> {
        match run {
            Run::InPlace => {
                let copy = Copied::new(object).map_err(|_| "the object nests too deep");
                copy.map(Self::Copy)
            }
            Run::Always | Run::Never | Run::Steps | Run::Switched => Ok(Self::Whole(object)),
        }
    }

    /// What stands at a path before it is looked at; nothing if that cannot be told.
    fn found(&self, asked: &Asked) -> Option<Found> {
        let (Asked::Of(path, _) | Asked::Fixed(Some(path), _)) = asked else {
            return None;
        };
        let value = match self {
            Self::Whole(object) => path.read(*object).ok(),
            Self::Copy(copy) => copy.peek(path),
        }?;
        Some(match value {
            Val::Undefined => Found::Missing,
            value => Found::of(&value),
        })
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        match (asked, self) {
            (Asked::Fixed(_, holds), _) => Ok(*holds),
            (Asked::Of(path, op), Self::Whole(object)) => op.answer(decoded(path.read(*object)?)?),
            (Asked::Of(path, op), Self::Copy(copy)) => op.answer(copy.read(path)?),
        }
    }
}
