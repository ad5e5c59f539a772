//! What a clause means to `Parse.Query.find()` on MongoDB, for one object at a time.
//!
//! [`lower`] does what Parse Server does before it asks the database: it refuses, renames and rewrites. [`stored`] shows an
//! object as the database has it, without a copy. [`mongo`] answers, and knows nothing of Parse.

pub(crate) mod asked;
pub(crate) mod canonical;
pub(crate) mod column;
pub(crate) mod explain;
mod in_place;
mod lower;
pub(crate) mod mongo;
pub(crate) mod options;
mod pcre;
mod plan;
mod steps;
pub(crate) mod stored;
pub(crate) mod traps;
mod usual;
pub(crate) mod way;

use std::cell::RefCell;

use crate::error::CompileError;
use crate::limits::Limits;
use crate::pattern::PatternCache;
use crate::value::Fields;

use self::plan::Form;
pub(crate) use self::plan::Plan;

use self::asked::Asked;
use self::lower::{Leaf, Lowering};
use self::mongo::bson::Bson;
use self::mongo::filter::Reader;
use self::mongo::node::Node;
use self::mongo::test::One;
use self::options::FindOptions;

/// Up to so many heap bytes it takes some microseconds to make the text of a plan.
const SHORT: usize = 4 << 10;

/// Compiles a clause.
pub(crate) fn compile(
    clause: &Fields,
    options: &FindOptions,
    limits: &Limits,
    patterns: &PatternCache,
) -> Result<Plan, CompileError> {
    let Lowered { root, forgotten } = lowered(clause, options, limits, patterns)?;
    let mut plan = Plan {
        root,
        forgotten: forgotten.into(),
        leaves: 0,
        form: Form::Nested,
        may_be_refused: false,
        is_time_dependent: false,
        legacy_null: options.is_legacy_dotted_null(),
        text: None,
    };
    let (mut leaves, mut may_be_refused, mut is_time_dependent) = (0, false, false);
    plan.each_leaf(&mut |asked: &Asked| {
        leaves += 1;
        may_be_refused |= asked.may_be_refused();
    });
    plan.leaves = leaves;
    plan.each_test(&mut |test| {
        test.each_one(&mut |one| is_time_dependent |= is_of_now(one));
    });
    plan.may_be_refused = may_be_refused;
    plan.is_time_dependent = is_time_dependent;
    if !may_be_refused {
        plan.forgotten = Box::default();
    }
    if plan.forgotten.is_empty() && plan.root.is_flat() {
        plan.form = Form::Flat;
    }
    if plan.memory_usage() > SHORT {
        plan.text = Some(canonical::text(&plan).into_owned().into());
    }
    Ok(plan)
}

/// What is asked, and what is not asked any more.
struct Lowered<L> {
    root: Node<L>,
    forgotten: Vec<Node<L>>,
}

fn lowered<L: Leaf>(
    clause: &Fields,
    options: &FindOptions,
    limits: &Limits,
    patterns: &PatternCache,
) -> Result<Lowered<L>, CompileError> {
    let lowering = Lowering {
        reader: Reader::new(limits, patterns),
        schema: options.known_schema(),
        forgotten: RefCell::default(),
        columns: RefCell::default(),
    };
    let root = lower::clause(clause, &lowering)?;
    Ok(Lowered {
        root,
        forgotten: lowering.forgotten.take(),
    })
}

fn is_of_now(one: &One) -> bool {
    matches!(one, One::Stands(_, Bson::FromNow(_)))
}
