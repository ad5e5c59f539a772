//! What tells plans apart that may answer differently.

use std::borrow::Cow;
use std::fmt::Write;

use super::asked::{Asked, Cases};
use super::mongo::bson::Bson;
use super::mongo::node::Node;
use super::mongo::test::{Element, One, Test};
use super::mongo::walk::Component;
use super::plan::Plan;

/// The canonical text of a plan: equal texts belong to plans that always give the same answer.
///
/// No branch faults, so their order cannot be observed, and nor can a branch that is there twice. A long text is kept with its plan.
pub(crate) fn text(plan: &Plan) -> Cow<'_, str> {
    plan.kept_text()
        .map_or_else(|| Cow::Owned(made(plan)), Cow::Borrowed)
}

fn made(plan: &Plan) -> String {
    let mut out = String::from(if plan.legacy_null { "find" } else { "find+" });
    out.push_str(&node(&plan.root, &asked));
    for one in &plan.forgotten {
        out.push('!');
        out.push_str(&node(one, &asked));
    }
    out
}

/// Parts in an order of their own, each once.
fn sorted(name: &str, parts: impl Iterator<Item = String>) -> String {
    let mut parts: Vec<String> = parts.collect();
    parts.sort_unstable();
    parts.dedup();
    if let [one] = &*parts
        && name != "none"
    {
        return one.clone();
    }
    format!("{name}({})", parts.join(","))
}

fn node<L>(root: &Node<L>, leaf: &impl Fn(&L) -> String) -> String {
    let parts = |nodes: &[Node<L>]| nodes.iter().map(|one| node(one, leaf)).collect::<Vec<_>>();
    match root {
        Node::All(nodes) => sorted("all", parts(nodes).into_iter()),
        Node::Any(nodes) => sorted("any", parts(nodes).into_iter()),
        Node::None(nodes) => sorted("none", parts(nodes).into_iter()),
        Node::Leaf(one) => leaf(one),
    }
}

fn asked(asked: &Asked) -> String {
    let mut out = String::new();
    quote(&asked.path(), &mut out);
    let (kept, relation) = (asked.way.head.kept(), asked.on_relation);
    // A text takes whatever is written to it.
    let _written = write!(out, "@{kept:?}{relation:?}");
    match &asked.cases {
        Cases::One(one) => out.push_str(&test(one)),
        Cases::Open(case) => {
            let or_refused = |one: &Option<Test>| one.as_ref().map_or("refused".to_owned(), test);
            let (values, lists) = (or_refused(&case.values), or_refused(&case.lists));
            let _written = write!(out, "{}[{values};{lists}]", case.asks_for_moments);
        }
    }
    out
}

fn test(root: &Test) -> String {
    match root {
        Test::All(tests) => sorted("all", tests.iter().map(test)),
        Test::Not(one) => format!("not({})", test(one)),
        Test::Never => "never".to_owned(),
        Test::Some(one) => of_one(one),
        Test::Size(size) => format!("size({size})"),
        Test::Element(element) => match &**element {
            Element::Value(one) => format!("element({})", test(one)),
            Element::Clause(below) => {
                let leaf = |asked: &super::mongo::test::Asked| {
                    let names: Vec<&str> = asked.path.iter().map(Component::name).collect();
                    let mut out = String::new();
                    quote(&names.join("."), &mut out);
                    out + &test(&asked.test)
                };
                format!("document({})", node(below, &leaf))
            }
        },
    }
}

fn of_one(one: &One) -> String {
    let mut out = String::new();
    match one {
        One::Equals(operand) => {
            out.push('=');
            value(operand, &mut out);
        }
        One::Stands(comparison, operand) => {
            // A text takes whatever is written to it.
            let _written = write!(out, "{comparison:?} ");
            value(operand, &mut out);
        }
        One::Among(among) => {
            let values = among.others().iter().map(|member| {
                let mut part = String::new();
                value(member, &mut part);
                part
            });
            let mut parts: Vec<String> = values.collect();
            parts.extend(among.texts().iter().map(|text| format!("{text:?}")));
            parts.extend(among.ids().iter().map(|id| format!("id {id:?}")));
            parts.extend(among.patterns.iter().map(|pattern| format!("{pattern:?}")));
            parts.sort_unstable();
            out = format!("in({})", parts.join(","));
        }
        One::Exists => out.push_str("exists"),
        One::Matches(pattern) => out = format!("{pattern:?}"),
        One::Type(brackets) => out = format!("type{brackets:?}"),
        One::Mod { divisor, rest } => out = format!("mod({divisor},{rest})"),
        One::Lies(geo) => out = format!("{geo:?}"),
    }
    out
}

fn value(operand: &Bson, out: &mut String) {
    match operand {
        // Both zeros are one number.
        Bson::Number(number) => {
            let _written = write!(out, "{:?}", number + 0.0);
        }
        Bson::List(items) => {
            out.push('[');
            for item in items {
                value(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Bson::Object(members) => {
            out.push('{');
            for (name, member) in members {
                quote(name, out);
                value(member, out);
            }
            out.push('}');
        }
        other => {
            let _written = write!(out, "{other:?}");
        }
    }
}

fn quote(text: &str, out: &mut String) {
    let _written = write!(out, "{text:?}");
}
