//! The values of a filter, as MongoDB gets them from Parse Server.

use super::value::{Kind, Value};
use crate::value::{Text, text_memory};

/// A value of a filter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bson {
    Null,
    Bool(bool),
    Number(f64),
    Text(Text),
    /// A text that a column of pointers takes for the id of an object of the class it points to, whatever that is; a text
    /// like any other where something else is stored.
    Id(Text),
    List(Box<[Bson]>),
    /// In the order in which they are written, which decides between objects.
    Object(Box<[(Text, Bson)]>),
    Binary {
        subtype: u8,
        base64: Text,
    },
    /// Milliseconds since the epoch.
    Date(f64),
    /// So many milliseconds from the moment at which the query is asked.
    FromNow(f64),
    Regex(Box<Regex>),
}

/// A pattern as MongoDB gets it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Regex {
    pub(crate) source: Text,
    pub(crate) options: Text,
}

impl Bson {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn regex(source: &str, options: &str) -> Self {
        Self::Regex(Box::new(Regex {
            source: source.into(),
            options: options.into(),
        }))
    }

    /// An object of one member.
    pub(crate) fn object_of(name: &str, member: Self) -> Self {
        Self::Object([(name.into(), member)].into())
    }

    pub(crate) fn pair(first: Self, second: Self) -> Self {
        Self::List([first, second].into())
    }

    pub(crate) fn as_members(&self) -> Option<&[(Text, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// A member of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let mut members = self.as_members()?.iter();
        members
            .find(|(key, _)| *key == *name)
            .map(|(_, member)| member)
    }

    pub(crate) fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Id(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether MongoDB takes it for a list of operators and not for a value: its first name begins with `$`, and it is no
    /// reference to another document.
    pub(crate) fn is_expression(&self) -> bool {
        let name = |at: usize| Some(&*self.as_members()?.get(at)?.0);
        let is_reference = name(0) == Some("$ref") && name(1) == Some("$id");
        name(0).is_some_and(|name| name.starts_with('$')) && !is_reference
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        match self {
            Self::Text(text) | Self::Id(text) => text_memory(text),
            Self::List(items) => {
                let items = items
                    .iter()
                    .map(|item| size_of::<Self>() + item.memory_usage());
                items.sum()
            }
            Self::Object(members) => {
                let size = size_of::<(Text, Self)>();
                let members = members.iter();
                members
                    .map(|(name, member)| size + text_memory(name) + member.memory_usage())
                    .sum()
            }
            Self::Binary { base64, .. } => text_memory(base64),
            Self::Regex(regex) => {
                size_of::<Regex>() + text_memory(&regex.source) + text_memory(&regex.options)
            }
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Date(_) | Self::FromNow(_) => 0,
        }
    }
}

impl<'v> Value<'v> for &'v Bson {
    fn kind(self) -> Kind<'v> {
        match self {
            Bson::Null => Kind::Null,
            Bson::Bool(value) => Kind::Bool(*value),
            Bson::Number(number) => Kind::Number(*number),
            Bson::Text(text) | Bson::Id(text) => Kind::Text(text),
            Bson::List(_) => Kind::List,
            Bson::Object(_) => Kind::Object,
            Bson::Binary { subtype, base64 } => Kind::Binary {
                subtype: *subtype,
                base64,
            },
            Bson::Date(ms) | Bson::FromNow(ms) => Kind::Date(*ms),
            Bson::Regex(regex) => Kind::Regex {
                source: &regex.source,
                options: &regex.options,
            },
        }
    }

    fn len(self) -> usize {
        self.as_list().map_or(0, <[Bson]>::len)
    }

    fn item(self, index: usize) -> Option<Self> {
        self.as_list()?.get(index)
    }

    fn member(self, name: &str) -> Option<Self> {
        self.get(name)
    }

    fn each_member(self, visit: &mut dyn FnMut(&'v str, Self) -> bool) {
        let members = self.as_members().unwrap_or_default();
        let _ended = members.iter().find(|(name, member)| !visit(name, member));
    }
}
