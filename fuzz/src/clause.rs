//! Clauses.

use std::fmt;

use arbitrary::Arbitrary;
use livematch::{FindOptions, Query, QueryBuilder};

use crate::json::{Corner, Key, Number, Point, Value, Word, listed, quoted};

/// Operators that take any operand.
const OPERATORS: [&str; 20] = [
    "$lt",
    "$lte",
    "$gt",
    "$gte",
    "$eq",
    "$ne",
    "$in",
    "$nin",
    "$all",
    "$containedBy",
    "$exists",
    "$maxDistance",
    "$nearSphere",
    "$within",
    "$geoWithin",
    "$geoIntersects",
    "$options",
    "$select",
    "$text",
    "$regex",
];

/// What SDKs send and what is nearly that.
const PATTERNS: [&str; 10] = [
    "a",
    "^a",
    "b$",
    r"^\Qa.b\E",
    r"\Qab\E$",
    r"\Q[\E",
    "",
    "undef",
    "null",
    r"\Qé\E",
];

const LOGIC: [&str; 5] = ["$or", "$and", "$nor", "a.$or", "$relatedTo"];

/// Whose answers a query gives.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    LiveQuery,
    Find,
}

impl Dialect {
    pub fn builder(self) -> QueryBuilder {
        match self {
            Self::LiveQuery => Query::builder(),
            Self::Find => Query::builder().dialect(livematch::Dialect::Find(FindOptions::new())),
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::LiveQuery => Self::Find,
            Self::Find => Self::LiveQuery,
        }
    }

    /// As a line of `examples/classify` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::LiveQuery => "livequery",
            Self::Find => "find",
        }
    }
}

/// A condition under its operator.
#[derive(Arbitrary, Clone)]
pub enum Condition {
    Exists(bool),
    Any(u8, Value),
    List(u8, Vec<Value>),
    Pattern(u8, Option<bool>),
    Near(Point, Option<Number>),
    Box(Point, Point),
    Polygon(Vec<Point>),
    Sphere(Corner, Number),
    Crosses(Point),
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(there) => write!(f, r#""$exists":{there}"#),
            Self::Any(at, operand) => {
                write!(
                    f,
                    "{}:{operand}",
                    quoted(OPERATORS[usize::from(*at) % OPERATORS.len()])
                )
            }
            Self::List(at, items) => {
                let operator = OPERATORS[6 + usize::from(*at) % 4];
                write!(f, "{}:[{}]", quoted(operator), listed(items))
            }
            Self::Pattern(at, folds) => {
                let pattern = PATTERNS[usize::from(*at) % PATTERNS.len()];
                write!(f, r#""$regex":{}"#, quoted(pattern))?;
                let options = folds.map(|folds| if folds { "i" } else { "" });
                options.map_or(Ok(()), |options| write!(f, r#","$options":"{options}""#))
            }
            Self::Near(point, limit) => {
                write!(f, r#""$nearSphere":{point}"#)?;
                limit
                    .as_ref()
                    .map_or(Ok(()), |limit| write!(f, r#","$maxDistance":{limit}"#))
            }
            Self::Box(from, to) => write!(f, r#""$within":{{"$box":[{from},{to}]}}"#),
            Self::Polygon(points) => {
                write!(f, r#""$geoWithin":{{"$polygon":[{}]}}"#, listed(points))
            }
            Self::Sphere(center, radius) => {
                write!(f, r#""$geoWithin":{{"$centerSphere":[{center},{radius}]}}"#)
            }
            Self::Crosses(point) => write!(f, r#""$geoIntersects":{{"$point":{point}}}"#),
        }
    }
}

#[derive(Arbitrary, Clone)]
pub enum Constraint {
    Equal(Value),
    Conditions(Vec<Condition>),
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equal(value) => write!(f, "{value}"),
            Self::Conditions(conditions) => write!(f, "{{{}}}", listed(conditions)),
        }
    }
}

#[derive(Arbitrary, Clone)]
pub enum Member {
    Field(Vec<Key>, Constraint),
    Logic(u8, Vec<Clause>),
    /// A logic operator over what is no list of clauses.
    Odd(u8, Word),
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let logic = |at: &u8| quoted(LOGIC[usize::from(*at) % LOGIC.len()]);
        match self {
            Self::Field(path, constraint) => {
                let path: Vec<_> = path.iter().map(Key::text).collect();
                write!(f, "{}:{constraint}", quoted(&path.join(".")))
            }
            Self::Logic(at, clauses) => write!(f, "{}:[{}]", logic(at), listed(clauses)),
            Self::Odd(at, word) => write!(f, "{}:{word}", logic(at)),
        }
    }
}

#[derive(Arbitrary, Clone)]
pub struct Clause(Vec<Member>);

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", listed(&self.0))
    }
}
