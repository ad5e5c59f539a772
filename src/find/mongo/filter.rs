//! From a filter to what is tested.

use std::cell::Cell;

use super::among::Among;
use super::bson::{Bson, Regex};
use super::geo::Geo;
use super::node::Node;
use super::order::Comparison;
use super::refusal::{Refusal, refused};
use super::test::{Asked, Element, One, Test};
use super::value::Bracket;
use super::walk::Component;
use crate::find::pcre;
use crate::limits::Limits;
use crate::pattern::{Pattern, PatternCache};
use crate::value::Text;

type Read<T> = Result<T, Refusal>;

/// What reading a filter needs beside it.
#[derive(Debug)]
pub(crate) struct Reader<'r> {
    pub(crate) limits: &'r Limits,
    pub(crate) patterns: &'r PatternCache,
    /// How many `$nearSphere` were read.
    nears: Cell<u32>,
}

/// Where in a filter something stands: only at the top may it ask for what is near.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Top,
    Below,
}

impl<'r> Reader<'r> {
    pub(crate) const fn new(limits: &'r Limits, patterns: &'r PatternCache) -> Self {
        Self {
            limits,
            patterns,
            nears: Cell::new(0),
        }
    }

    /// How many `$nearSphere` were read, of which there may be one.
    pub(crate) const fn nears(&self) -> u32 {
        self.nears.get()
    }

    /// Says anew how many were read, where something is read again.
    pub(crate) fn set_nears(&self, nears: u32) {
        self.nears.set(nears);
    }

    /// Reads a filter of documents.
    pub(crate) fn filter(&self, filter: &Bson, level: Level) -> Read<Node<Asked>> {
        let members = filter
            .as_members()
            .ok_or_else(|| refused("expected an object"))?;
        let nodes = members.iter().map(|(name, operand)| {
            if name.starts_with('$') {
                return self.group(name, operand, level);
            }
            let path = name.split('.').map(Component::new).collect();
            let test = self.constraint(operand, level)?;
            Ok(Node::Leaf(Asked { path, test }))
        });
        Ok(Node::all(nodes.collect::<Read<_>>()?))
    }

    fn group(&self, name: &str, operand: &Bson, level: Level) -> Read<Node<Asked>> {
        let group = match name {
            "$or" => Node::Any,
            "$and" => Node::All,
            "$nor" => Node::None,
            _ => return Err(refused(format!("expected a group and not {name}"))),
        };
        let branches = operand.as_list().filter(|branches| !branches.is_empty());
        let branches = branches.ok_or_else(|| refused(format!("expected branches of {name}")))?;
        let below = if name == "$and" { level } else { Level::Below };
        let branches = branches.iter().map(|branch| self.filter(branch, below));
        branches.collect::<Read<_>>().map(group)
    }

    /// Reads what is asked of a path.
    pub(crate) fn constraint(&self, operand: &Bson, level: Level) -> Read<Test> {
        if let Bson::Regex(regex) = operand {
            return self.as_written(regex).map(some_match);
        }
        if !operand.is_expression() {
            return Ok(equals(operand));
        }
        if is_near(operand) {
            return self.near(operand, level);
        }
        let tests = tested(operand);
        let tests = tests.map(|(name, inner)| self.operator(name, inner, operand));
        let tests = tests.collect::<Read<Vec<_>>>()?;
        if operand.get("$options").is_some() && operand.get("$regex").is_none() {
            return Err(refused("expected $options beside a $regex"));
        }
        Ok(Test::all(tests))
    }

    fn near(&self, operand: &Bson, level: Level) -> Read<Test> {
        self.nears.set(self.nears.get() + 1);
        if level != Level::Top {
            return Err(refused("expected $nearSphere outside of $or and $nor"));
        }
        if self.nears.get() > 1 {
            return Err(refused("expected one $nearSphere"));
        }
        Geo::near(operand).map(lies)
    }

    fn operator(&self, name: &str, operand: &Bson, beside: &Bson) -> Read<Test> {
        Ok(match name {
            "$eq" => equals(operand),
            "$ne" => {
                no_pattern(operand, name)?;
                equals(operand).not()
            }
            "$lt" => stands(Comparison::Lt, operand)?,
            "$lte" => stands(Comparison::Lte, operand)?,
            "$gt" => stands(Comparison::Gt, operand)?,
            "$gte" => stands(Comparison::Gte, operand)?,
            "$in" => self.among(operand, name)?,
            "$nin" => self.among(operand, name)?.not(),
            "$all" => self.all(operand)?,
            "$exists" if is_true(operand) => Test::Some(One::Exists),
            "$exists" => Test::Some(One::Exists).not(),
            "$regex" => self.regex(operand, beside.get("$options"))?,
            "$not" => self.not(operand)?,
            "$elemMatch" => self.element(operand)?,
            "$size" => size(operand)?,
            "$type" => of_type(operand)?,
            "$mod" => modulo(operand)?,
            "$geoWithin" | "$within" => lies(Geo::within(operand)?),
            "$geoIntersects" => lies(Geo::intersects(operand)?),
            _ => return Err(refused(format!("expected a known operator and not {name}"))),
        })
    }

    fn among(&self, operand: &Bson, name: &str) -> Read<Test> {
        let members = operand.as_list();
        let members = members.ok_or_else(|| refused(format!("expected a list for {name}")))?;
        if members.iter().any(Bson::is_expression) {
            return Err(refused(format!(
                "expected no operators in the list of {name}"
            )));
        }
        let (mut values, mut patterns) = (Vec::with_capacity(members.len()), Vec::new());
        for member in members {
            match member {
                Bson::Regex(regex) => patterns.push(self.as_written(regex)?),
                value => values.push(value.clone()),
            }
        }
        if values.is_empty() && patterns.is_empty() {
            return Ok(Test::Never);
        }
        Ok(Test::Some(One::Among(Among::new(values, patterns).into())))
    }

    fn all(&self, operand: &Bson) -> Read<Test> {
        let members = operand
            .as_list()
            .ok_or_else(|| refused("expected a list for $all"))?;
        let of_elements = |one: &Bson| {
            let first = one.as_members().and_then(<[_]>::first);
            first.is_some_and(|(name, _)| *name == "$elemMatch")
        };
        if members.first().is_some_and(of_elements) {
            if !members.iter().all(of_elements) {
                return Err(refused(
                    "expected nothing but $elemMatch in the list of $all",
                ));
            }
            let tests = members.iter().filter_map(|one| one.get("$elemMatch"));
            let tests = tests.map(|one| self.element(one));
            return Ok(Test::all(tests.collect::<Read<_>>()?));
        }
        if members.iter().any(Bson::is_expression) {
            return Err(refused("expected no operators in the list of $all"));
        }
        let tests = members.iter().map(|one| match one {
            Bson::Regex(regex) => self.as_written(regex).map(some_match),
            value => Ok(equals(value)),
        });
        match tests.collect::<Read<Vec<_>>>()? {
            tests if tests.is_empty() => Ok(Test::Never),
            tests => Ok(Test::all(tests)),
        }
    }

    fn regex(&self, operand: &Bson, beside: Option<&Bson>) -> Read<Test> {
        let beside = match beside {
            None => None,
            Some(Bson::Text(options)) => Some(&**options),
            Some(_) => return Err(refused("expected $options to be a text")),
        };
        let pattern = match operand {
            Bson::Text(source) => self.pattern(source, beside.unwrap_or_default()),
            Bson::Regex(regex) if !regex.options.is_empty() && beside.is_some() => {
                Err(refused("expected options of a pattern in one place"))
            }
            Bson::Regex(regex) => self.pattern(&regex.source, beside.unwrap_or(&regex.options)),
            _ => Err(refused("expected $regex to be a text")),
        };
        pattern.map(some_match)
    }

    fn not(&self, operand: &Bson) -> Read<Test> {
        let is_regex = matches!(operand, Bson::Regex(_));
        if !is_regex && !operand.is_expression() {
            return Err(refused("expected a pattern or operators under $not"));
        }
        self.constraint(operand, Level::Below).map(Test::not)
    }

    fn element(&self, operand: &Bson) -> Read<Test> {
        let members = operand.as_members();
        let members = members.ok_or_else(|| refused("expected an object for $elemMatch"))?;
        let is_group = members
            .first()
            .is_some_and(|(name, _)| ["$and", "$or", "$nor", "$where"].contains(&&**name));
        let element = if operand.is_expression() && !is_group {
            Element::Value(self.constraint(operand, Level::Below)?)
        } else {
            Element::Clause(self.filter(operand, Level::Below)?)
        };
        Ok(Test::Element(element.into()))
    }

    fn as_written(&self, regex: &Regex) -> Read<Pattern> {
        self.pattern(&regex.source, &regex.options)
    }

    fn pattern(&self, source: &str, options: &str) -> Read<Pattern> {
        pcre::compile(source, options, &self.limits.patterns, self.patterns).map_err(|error| {
            Refusal {
                kind: error.kind(),
                message: error.to_string(),
            }
        })
    }
}

/// The operators of a constraint that become tests of their own, in the order of the tests; none of a value.
pub(crate) fn tested(operand: &Bson) -> impl Iterator<Item = &(Text, Bson)> {
    let members = operand.as_members().filter(|_| operand.is_expression());
    let operators = members.unwrap_or_default().iter();
    let operators = operators.filter(|(name, _)| *name != "$options");
    operators.take(if is_near(operand) { 1 } else { usize::MAX })
}

/// Whether the first operator asks for what is near, which takes all beside it.
fn is_near(operand: &Bson) -> bool {
    let first = operand.as_members().and_then(<[_]>::first);
    first.is_some_and(|(name, _)| *name == "$nearSphere")
}

fn equals(operand: &Bson) -> Test {
    Test::Some(One::Equals(operand.clone()))
}

fn some_match(pattern: Pattern) -> Test {
    Test::Some(One::Matches(pattern))
}

fn lies(geo: Geo) -> Test {
    Test::Some(One::Lies(geo.into()))
}

fn no_pattern(operand: &Bson, name: &str) -> Read<()> {
    match operand {
        Bson::Regex(_) => Err(refused(format!("expected no pattern under {name}"))),
        _ => Ok(()),
    }
}

fn stands(comparison: Comparison, operand: &Bson) -> Read<Test> {
    no_pattern(operand, "a comparison")?;
    Ok(Test::Some(One::Stands(comparison, operand.clone())))
}

/// Whether an operand of `$exists` asks for a value that is there.
fn is_true(operand: &Bson) -> bool {
    match operand {
        Bson::Null => false,
        Bson::Bool(value) => *value,
        Bson::Number(number) => *number != 0.0,
        _ => true,
    }
}

fn size(operand: &Bson) -> Read<Test> {
    let number = operand
        .as_number()
        .filter(|number| *number >= 0.0 && number.fract() == 0.0);
    let number = number.ok_or_else(|| refused("expected a whole number for $size"))?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number, and no list is longer than what it saturates at"
    )]
    let size = number as usize;
    Ok(Test::Size(size))
}

/// Types that are known, and that nothing which Parse stores has.
const OTHER_TYPES: [&str; 10] = [
    "undefined",
    "objectId",
    "dbPointer",
    "javascript",
    "symbol",
    "javascriptWithScope",
    "timestamp",
    "decimal",
    "minKey",
    "maxKey",
];

/// The types by their numbers.
const NUMBERED: [(i32, &str); 21] = [
    (1, "double"),
    (2, "string"),
    (3, "object"),
    (4, "array"),
    (5, "binData"),
    (6, "undefined"),
    (7, "objectId"),
    (8, "bool"),
    (9, "date"),
    (10, "null"),
    (11, "regex"),
    (12, "dbPointer"),
    (13, "javascript"),
    (14, "symbol"),
    (15, "javascriptWithScope"),
    (16, "int"),
    (17, "timestamp"),
    (18, "long"),
    (19, "decimal"),
    (-1, "minKey"),
    (127, "maxKey"),
];

fn of_type(operand: &Bson) -> Read<Test> {
    let types = match operand {
        Bson::List(types) => &**types,
        one => std::slice::from_ref(one),
    };
    let names = types.iter().map(type_name).collect::<Option<Vec<_>>>();
    let names = names.filter(|names| !names.is_empty());
    let names = names.ok_or_else(|| refused("expected known types for $type"))?;
    let brackets = names.into_iter().filter_map(Bracket::from_type_name);
    Ok(Test::Some(One::Type(brackets.collect())))
}

/// The name of a type that is known.
fn type_name(operand: &Bson) -> Option<&str> {
    let name = match operand {
        Bson::Number(number) => {
            let known = |(code, _): &&(i32, &str)| f64::from(*code).total_cmp(number).is_eq();
            NUMBERED.iter().find(known).map(|(_, name)| *name)
        }
        other => other.as_text(),
    };
    let is_known =
        |name: &&str| Bracket::from_type_name(name).is_some() || OTHER_TYPES.contains(name);
    name.filter(is_known)
}

fn modulo(operand: &Bson) -> Read<Test> {
    let two = match operand.as_list() {
        Some([divisor, rest]) => divisor.as_number().zip(rest.as_number()),
        _ => None,
    };
    let (divisor, rest) = two.ok_or_else(|| refused("expected a divisor and a rest for $mod"))?;
    let (divisor, rest) = (divisor.trunc(), rest.trunc());
    if divisor == 0.0 {
        return Err(refused("expected a divisor that is not 0"));
    }
    Ok(Test::Some(One::Mod { divisor, rest }))
}
