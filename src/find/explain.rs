//! A clause run for one object, constraint by constraint.

use std::rc::Rc;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::asked::Asked;
use super::column::Column;
use super::lower::Leaf;
use super::mongo::bson::Bson;
use super::mongo::filter::tested;
use super::mongo::node::Node;
use super::mongo::test::{Circumstances, Test};
use super::mongo::toll::NoToll;
use super::mongo::value::{Kind, Value};
use super::mongo::walk::{Lists, Road};
use super::options::FindOptions;
use super::stored::Stored;
use super::{Lowered, Plan, is_of_now, lowered};
use crate::constraint::{OperatorName, Place};
use crate::explain::pointer::resolve;
use crate::explain::trace::{Decided, Step, Trace, Tree};
use crate::explain::{Found, Held};
use crate::limits::Limits;
use crate::pattern::PatternCache;
use crate::value::val::Members;
use crate::value::{Datum, Fields, Text, Val};

/// What is asked of a path, and how it was written.
struct Written {
    asked: Asked,
    /// To the constraint.
    pointer: Rc<str>,
    path: Rc<str>,
    /// The operators of the tests of a value, as the database has them; none where a value stands in their place.
    values: Vec<Text>,
    /// Of those of a list, where they are others.
    lists: Vec<Text>,
}

impl Leaf for Written {
    type Written = Vec<Text>;

    fn written(filter: &Bson) -> Vec<Text> {
        tested(filter).map(|(name, _)| name.clone()).collect()
    }

    fn new(asked: Asked, at: &Place<'_>, values: Vec<Text>, lists: Vec<Text>) -> Self {
        Self {
            pointer: at.pointer().into(),
            path: asked.path().into(),
            asked,
            values,
            lists,
        }
    }
}

/// Runs a clause whose plan is given at a moment, or nothing if it cannot be read as the plan was.
pub(crate) fn explain(
    plan: &Plan,
    clause: &Datum,
    options: &FindOptions,
    (limits, patterns): (&Limits, &PatternCache),
    object: Val<'_>,
    now: Option<f64>,
) -> Option<Trace> {
    let Lowered { root, forgotten } =
        lowered::<Written>(clause.as_fields()?, options, limits, patterns).ok()?;
    let members = match object {
        Val::Object(members) => Some(members),
        _ => None,
    };
    let mut reader = Reader {
        clause,
        members: members.unwrap_or(Members::Empty),
        steps: Vec::new(),
        asked: Vec::new(),
    };
    let tree = reader.node(&root);
    for node in &forgotten {
        reader.node(node);
    }
    let Reader { steps, asked, .. } = reader;
    let mut run = Run {
        members: members.unwrap_or(Members::Empty),
        legacy_null: plan.legacy_null,
        now,
        steps,
        asked,
    };
    let (decided, obstacle) = match members {
        None => (Decided::fault(Vec::new()), Some("this is no object")),
        Some(members) => match obstacle(plan, members, now) {
            Some((why, is_to_blame)) => (run.refuse(is_to_blame), Some(why)),
            None => (tree.run(&mut |at| Ok(run.answer(at))), None),
        },
    };
    Some(Trace {
        verdict: decided.answer.into(),
        steps: run.steps,
        decisive: decided.by,
        obstacle,
    })
}

/// Tells whether a constraint is why there is no answer.
type IsToBlame = fn(&Run<'_>, &Asked) -> bool;

/// Why there is no answer for an object, if there is none.
fn obstacle(
    plan: &Plan,
    members: Members<'_>,
    now: Option<f64>,
) -> Option<(&'static str, IsToBlame)> {
    if plan.is_time_dependent && now.is_none() {
        return Some(("the query is told no moment", |_, asked| {
            let mut is_of_moment = false;
            for test in asked.tests() {
                test.each_one(&mut |one| is_of_moment |= is_of_now(one));
            }
            is_of_moment
        }));
    }
    if plan.may_be_refused && plan.is_refused(members) {
        return Some((
            "find() refuses the clause for a class that holds such a value",
            |run, asked| asked.is_refused(&asked.see(run.members)),
        ));
    }
    if !plan.knows_all(members) {
        return Some((
            "the object was read without a field that is asked for",
            |run, asked| !knows(run.members, asked.way.head()),
        ));
    }
    None
}

/// Whether an object was read with a field, if it has it.
fn knows(members: Members<'_>, name: &str) -> bool {
    match members {
        Members::Fields(fields) => fields.knows(name),
        Members::Map(_) | Members::Empty => true,
    }
}

/// Of the values that a path yields more would not be shown.
const ENOUGH: usize = 100;

/// How a constraint is answered.
struct Asking<'w> {
    asked: &'w Asked,
    /// Nothing if the column refuses it.
    test: Option<&'w Test>,
    /// Whether the test is the opposite of what is written.
    is_turned: bool,
}

/// Takes what was lowered apart again into what was written.
struct Reader<'w> {
    clause: &'w Datum,
    members: Members<'w>,
    steps: Vec<Step>,
    /// Of each step.
    asked: Vec<Asking<'w>>,
}

impl<'w> Reader<'w> {
    fn node(&mut self, node: &'w Node<Written>) -> Tree {
        match node {
            Node::All(nodes) => Tree::All(self.nodes(nodes)),
            Node::Any(nodes) => Tree::Any(self.nodes(nodes)),
            Node::None(nodes) => Tree::None(self.nodes(nodes)),
            Node::Leaf(written) => self.leaf(written),
        }
    }

    fn nodes(&mut self, nodes: &'w [Node<Written>]) -> Vec<Tree> {
        nodes.iter().map(|node| self.node(node)).collect()
    }

    fn leaf(&mut self, written: &'w Written) -> Tree {
        let seen = written.asked.see(self.members);
        let test = written.asked.test(&seen);
        let names = match seen.column {
            Column::Array if !written.lists.is_empty() => &written.lists,
            _ if written.values.is_empty() => &written.lists,
            _ => &written.values,
        };
        if let Some(Test::All(tests)) = test
            && names.len() == tests.len()
            && names.len() > 1
        {
            let parts = names.iter().zip(&**tests);
            let parts = parts.map(|(name, test)| self.step(written, Some(name), Some(test)));
            return Tree::All(parts.collect());
        }
        self.step(written, names.first(), test)
    }

    fn step(&mut self, written: &'w Written, name: Option<&Text>, test: Option<&'w Test>) -> Tree {
        let is_turned = name.is_some_and(|name| *name == "$elemMatch");
        self.steps.push(self.written(written, name));
        self.asked.push(Asking {
            asked: &written.asked,
            test,
            is_turned,
        });
        Tree::Step(self.steps.len() - 1)
    }

    /// Where an operator of the database was written, and how: a value stands in the place of operators, unless an operator
    /// is all that stands there.
    fn written(&self, written: &Written, name: Option<&Text>) -> Step {
        let (field, path) = (Rc::clone(&written.pointer), Rc::clone(&written.path));
        let name = name.map_or("$eq", |name| match &**name {
            "$elemMatch" => "$containedBy",
            name => name,
        });
        let constraint = resolve(self.clause, &field).and_then(Datum::as_fields);
        let mut keys = constraint.into_iter().flat_map(Fields::iter);
        let only = match (keys.next(), keys.next()) {
            (Some((only, _)), None) if only.starts_with('$') => Some(only),
            _ => None,
        };
        // Values beside operators are what `$eq` asks for, even if there is one.
        let is_mixed = || {
            let mut keys = constraint.into_iter().flat_map(Fields::iter);
            keys.any(|(key, _)| !key.starts_with('$'))
        };
        let has = |name: &str| {
            let is_there = constraint.is_some_and(|fields| fields.get(name).is_some());
            is_there && !(name == "$eq" && is_mixed())
        };
        match Some(name).filter(|name| has(name)).or(only) {
            Some(key) => Step::of_operator(field, OperatorName::from(Text::from(key)), path),
            None => Step::new(field, OperatorName::Eq, Some(path)),
        }
    }
}

/// A run for an object.
struct Run<'w> {
    members: Members<'w>,
    legacy_null: bool,
    now: Option<f64>,
    steps: Vec<Step>,
    asked: Vec<Asking<'w>>,
}

impl<'w> Run<'w> {
    fn answer(&mut self, at: usize) -> bool {
        let asking = &self.asked[at];
        let road = self.road(asking);
        let holds = self.holds(asking, road.as_ref());
        let (found, is_turned) = (self.found(asking, road.as_ref()), asking.is_turned);
        let step = &mut self.steps[at];
        step.found = Some(found);
        step.held = Held::from(Ok(holds != is_turned));
        holds
    }

    /// Where the path of a constraint leads; nothing if it is a relation.
    fn road(&self, asking: &Asking<'w>) -> Option<Road<'w, Stored<'w>>> {
        let seen = asking.asked.see(self.members);
        asking.asked.road(&seen, self.legacy_null)
    }

    fn holds(&self, asking: &Asking<'_>, road: Option<&Road<'_, Stored<'_>>>) -> bool {
        let circumstances = Circumstances {
            now: self.now.unwrap_or(f64::NAN),
            legacy_null: self.legacy_null,
            toll: &NoToll,
        };
        let asked = asking.test.zip(road);
        asked.is_some_and(|(test, road)| test.holds(road, circumstances))
    }

    /// The value of a field as the object has it, and of a longer path what the database has there.
    fn found(&self, asking: &Asking<'_>, road: Option<&Road<'_, Stored<'_>>>) -> Found {
        let Some(road) = road else {
            return Found::Missing;
        };
        if road.rest.is_empty() {
            let value = road.head.and(asking.asked.way.head_in(self.members));
            return value.map_or(Found::Missing, |value| Found::of(&value));
        }
        let mut yielded = Vec::new();
        road.any(Lists::Whole, |value| {
            yielded.extend(value.map(Shown));
            yielded.len() > ENOUGH
        });
        match &*yielded {
            [] => Found::Missing,
            [one] => Found::of(one),
            several => Found::of(&several),
        }
    }

    /// The constraints that are why there is no answer.
    fn refuse(&mut self, is_to_blame: IsToBlame) -> Decided {
        let all = 0..self.asked.len();
        let blamed = all.filter(|at| is_to_blame(self, self.asked[*at].asked));
        let blamed: Vec<usize> = blamed.collect();
        for at in &blamed {
            let asking = &self.asked[*at];
            let is_known = knows(self.members, asking.asked.way.head());
            let found = || self.found(asking, self.road(asking).as_ref());
            self.steps[*at].found = is_known.then(found);
            self.steps[*at].held = Held::Fault;
        }
        Decided::fault(blamed)
    }
}

/// A stored value for a reader: as JSON, of which nothing is read again.
struct Shown<'v>(Stored<'v>);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.kind() {
            Kind::Null => serializer.serialize_unit(),
            Kind::Bool(value) => serializer.serialize_bool(value),
            Kind::Number(number) => Val::Number(number).serialize(serializer),
            Kind::Text(text) => serializer.serialize_str(text),
            Kind::Pointer { class, id } => serializer.collect_str(&format_args!("{class}${id}")),
            Kind::Date(ms) => Val::Date(ms).serialize(serializer),
            Kind::Binary { base64, .. } => serializer.serialize_str(base64),
            Kind::Regex { source, .. } => serializer.serialize_str(source),
            Kind::List => {
                let mut list = serializer.serialize_seq(None)?;
                for item in (0..self.0.len()).filter_map(|index| self.0.item(index)) {
                    list.serialize_element(&Self(item))?;
                }
                list.end()
            }
            Kind::Object => {
                let mut map = serializer.serialize_map(None)?;
                let mut failed = None;
                self.0.each_member(&mut |name, member| {
                    failed = map.serialize_entry(name, &Shown(member)).err();
                    failed.is_none()
                });
                failed.map_or_else(|| map.end(), Err)
            }
        }
    }
}
