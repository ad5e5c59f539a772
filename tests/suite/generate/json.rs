//! JSON as it is written, and the same JSON in other words.

use std::fmt;

/// JSON as it is written: members in their order, repeated keys, numbers in their own spelling.
#[derive(Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(&'static str),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The tree that `serde_json` makes of it.
    pub(crate) fn value(&self) -> serde_json::Value {
        serde_json::from_str(&self.to_string()).expect("what is printed is JSON")
    }

    /// The object that is read from it.
    pub(crate) fn object(&self) -> livematch::Object {
        let object = self.to_string().parse();
        object.expect("a generated object is an object")
    }

    /// The same JSON in other words: white space, and escapes in keys and texts, as `choices` say.
    pub(crate) fn respelled(&self, choices: &mut impl Iterator<Item = bool>) -> String {
        let space = if choices.next() == Some(true) {
            " \n"
        } else {
            ""
        };
        let spelled = match self {
            Self::Text(text) => spelled(text, choices),
            Self::Array(items) => {
                let items = items.iter().map(|item| item.respelled(choices));
                format!("[{space}{}]", items.collect::<Vec<_>>().join(","))
            }
            Self::Object(members) => {
                let member = |(key, value): &(String, Json)| {
                    format!(
                        "{}{space}:{}",
                        spelled(key, choices),
                        value.respelled(choices)
                    )
                };
                format!(
                    "{{{space}{}}}",
                    members.iter().map(member).collect::<Vec<_>>().join(",")
                )
            }
            Self::Null | Self::Bool(_) | Self::Number(_) => self.to_string(),
        };
        format!("{space}{spelled}\t")
    }

    /// JSON that may mean something else: lists and members turned around or with a repetition, values
    /// under each other's keys, other scalars, as `choices` say.
    pub(crate) fn rearranged(&self, choices: &mut impl Iterator<Item = bool>) -> Json {
        let mut yes = || choices.next() == Some(true);
        let (turned, repeated, exchanged) = (yes() && yes(), yes() && yes(), yes() && yes());
        match self {
            Self::Array(items) => {
                let items = items.iter().map(|item| item.rearranged(choices)).collect();
                Self::Array(arranged(items, turned, repeated))
            }
            Self::Object(members) => {
                let (mut keys, mut values) = (Vec::new(), Vec::new());
                for (key, value) in members {
                    keys.push(key.clone());
                    values.push(value.rearranged(choices));
                }
                if exchanged {
                    keys.reverse();
                }
                let members = keys.into_iter().zip(values).collect();
                Self::Object(arranged(members, turned, repeated))
            }
            Self::Text(text) if exchanged => Self::Text(format!("{text}b")),
            Self::Number(_) if exchanged => Self::Number("7"),
            Self::Bool(value) if exchanged => Self::Bool(!value),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => self.clone(),
        }
    }

    /// Every value in it, itself included.
    pub(super) fn parts(&self) -> Vec<Json> {
        let inner: Vec<&Json> = match self {
            Self::Array(items) => items.iter().collect(),
            Self::Object(members) => members.iter().map(|(_, value)| value).collect(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => Vec::new(),
        };
        let mut parts = vec![self.clone()];
        parts.extend(inner.into_iter().flat_map(Self::parts));
        parts
    }
}

fn arranged<T: Clone>(mut items: Vec<T>, turned: bool, repeated: bool) -> Vec<T> {
    if turned {
        items.reverse();
    }
    if repeated {
        items.extend(items.first().cloned());
    }
    items
}

fn spelled(text: &str, choices: &mut impl Iterator<Item = bool>) -> String {
    let mut spelled = String::from("\"");
    for c in text.chars() {
        if choices.next() == Some(true) {
            let mut units = [0; 2];
            let units = c.encode_utf16(&mut units).iter();
            spelled.extend(units.map(|unit| format!("\\u{unit:04X}")));
        } else {
            let quoted = serde_json::to_string(&c).expect("a character is JSON");
            spelled.push_str(&quoted[1..quoted.len() - 1]);
        }
    }
    spelled + "\""
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(text) => f.write_str(text),
            Self::Text(text) => f.write_str(&spelled(text, &mut std::iter::empty())),
            Self::Array(items) => {
                let items: Vec<_> = items.iter().map(Self::to_string).collect();
                write!(f, "[{}]", items.join(","))
            }
            Self::Object(members) => {
                let member = |(key, value): &(String, Self)| {
                    format!("{}:{value}", spelled(key, &mut std::iter::empty()))
                };
                let members: Vec<_> = members.iter().map(member).collect();
                write!(f, "{{{}}}", members.join(","))
            }
        }
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r#\"{self}\"#")
    }
}
