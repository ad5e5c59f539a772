//! Values: what objects hold and operators are given.

use std::fmt;

use arbitrary::Arbitrary;

const NUMBERS: [&str; 12] = [
    "0",
    "1",
    "2",
    "5",
    "10",
    "-1",
    "0.5",
    "-0",
    "1e1",
    "1e21",
    "1e-7",
    "9007199254740993",
];

const WORDS: [&str; 20] = [
    "",
    "a",
    "b",
    "ab",
    "Ab",
    "a.b",
    "a,b",
    "5",
    " 5 ",
    "0x5",
    "-Infinity",
    "é",
    "\u{ff5e}",
    "😀",
    "A",
    "true",
    "null",
    "undefined",
    "[object Object]",
    "2020-01-01T00:00:00.000Z",
];

const KEYS: [&str; 26] = [
    "a",
    "b",
    "c",
    "",
    "0",
    "1",
    "length",
    "toString",
    "__proto__",
    "constructor",
    "valueOf",
    "objectId",
    "className",
    "__type",
    "iso",
    "latitude",
    "longitude",
    "coordinates",
    "a.b",
    "createdAt",
    "ACL",
    "name",
    "url",
    "attributes",
    "__op",
    "amount",
];

const ISOS: [&str; 10] = [
    "2020-01-01T00:00:00.000Z",
    "2020-01-01T00:00:00.001Z",
    "1970-01-01T00:00:00.005Z",
    "2020-01-01",
    "2020-01-01T01:00:00+01:00",
    "2019-12-31T24:00Z",
    "2020-01-01T00:00:00.0009Z",
    "2020-02-30T00:00Z",
    "-271821-04-20T00:00:00Z",
    "soon",
];

const CLASSES: [&str; 4] = ["A", "B", "_User", "_Session"];

const DEGREES: [&str; 8] = ["0", "1", "2", "5", "10", "-5", "45.25", "91"];

fn pick<'a>(list: &[&'a str], at: u8) -> &'a str {
    list[usize::from(at) % list.len()]
}

/// A text as JSON.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("every text is JSON")
}

/// Items with commas between them.
pub fn listed<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}

#[derive(Arbitrary, Clone)]
pub enum Number {
    Listed(u8),
    Small(i8),
    Any(f64),
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(at) => f.write_str(pick(&NUMBERS, *at)),
            Self::Small(number) => write!(f, "{number}"),
            Self::Any(number) if number.is_finite() => write!(f, "{number:e}"),
            Self::Any(_) => f.write_str("0"),
        }
    }
}

#[derive(Arbitrary, Clone)]
pub enum Word {
    Listed(u8),
    Any(String),
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(at) => f.write_str(&quoted(pick(&WORDS, *at))),
            Self::Any(text) => f.write_str(&quoted(text)),
        }
    }
}

#[derive(Arbitrary, Clone)]
pub enum Key {
    Listed(u8),
    Any(String),
}

impl Key {
    pub fn text(&self) -> &str {
        match self {
            Self::Listed(at) => pick(&KEYS, *at),
            Self::Any(text) => text,
        }
    }
}

/// An angle, of which one in eight is beyond a pole.
#[derive(Arbitrary, Clone)]
pub struct Degrees(u8);

impl fmt::Display for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(pick(&DEGREES, self.0))
    }
}

#[derive(Arbitrary, Clone)]
pub struct Point(Degrees, Degrees);

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(latitude, longitude) = self;
        write!(
            f,
            r#"{{"__type":"GeoPoint","latitude":{latitude},"longitude":{longitude}}}"#
        )
    }
}

/// A pair of coordinates.
#[derive(Arbitrary, Clone)]
pub struct Corner(Degrees, Degrees);

impl fmt::Display for Corner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{},{}]", self.0, self.1)
    }
}

/// The name of a class.
#[derive(Arbitrary, Clone)]
pub struct Class(u8);

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(pick(&CLASSES, self.0)))
    }
}

#[derive(Arbitrary, Clone)]
pub enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Word(Word),
    Array(Vec<Value>),
    Object(Fields),
    Date(u8),
    Pointer(Class, bool),
    Included(Class, Fields),
    Point(Point),
    Polygon(Vec<Corner>),
    File(Word, Word),
    Bytes(bool),
    Relation(Class),
    /// Whatever says that it has a type.
    Typed(Box<Value>, Fields),
    Operation(u8, Box<Value>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => write!(f, "{word}"),
            Self::Array(items) => write!(f, "[{}]", listed(items)),
            Self::Object(fields) => write!(f, "{fields}"),
            Self::Date(at) => write!(f, r#"{{"__type":"Date","iso":"{}"}}"#, pick(&ISOS, *at)),
            Self::Pointer(class, first) => {
                let id = if *first { "1" } else { "a" };
                write!(
                    f,
                    r#"{{"__type":"Pointer","className":{class},"objectId":"{id}"}}"#
                )
            }
            Self::Included(class, fields) => {
                let head = format!(r#""__type":"Object","className":{class}"#);
                f.write_str(&fields.after(&head))
            }
            Self::Point(point) => write!(f, "{point}"),
            Self::Polygon(ring) => {
                write!(
                    f,
                    r#"{{"__type":"Polygon","coordinates":[{}]}}"#,
                    listed(ring)
                )
            }
            Self::File(name, url) => {
                write!(f, r#"{{"__type":"File","name":{name},"url":{url}}}"#)
            }
            Self::Bytes(one) => {
                let base64 = if *one { "aGk=" } else { "aGs=" };
                write!(f, r#"{{"__type":"Bytes","base64":"{base64}"}}"#)
            }
            Self::Relation(class) => write!(f, r#"{{"__type":"Relation","className":{class}}}"#),
            Self::Typed(kind, fields) => f.write_str(&fields.after(&format!(r#""__type":{kind}"#))),
            Self::Operation(at, value) => {
                let names = [
                    "Delete",
                    "Increment",
                    "Add",
                    "AddUnique",
                    "Remove",
                    "AddRelation",
                    "Odd",
                ];
                let name = pick(&names, *at);
                write!(
                    f,
                    r#"{{"__type":"X","__op":"{name}","amount":1,"objects":{value}}}"#
                )
            }
        }
    }
}

/// The members of an object, in any order and with repeated keys.
#[derive(Arbitrary, Clone)]
pub struct Fields(pub Vec<(Key, Value)>);

impl Fields {
    /// An object that begins with other members, of which there is at least one.
    pub fn after(&self, head: &str) -> String {
        let comma = if self.0.is_empty() { "" } else { "," };
        format!("{{{head}{comma}{}}}", self.members())
    }

    fn members(&self) -> String {
        let member = |(key, value): &(Key, Value)| format!("{}:{value}", quoted(key.text()));
        self.0.iter().map(member).collect::<Vec<_>>().join(",")
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.members())
    }
}
