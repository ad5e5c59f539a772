//! Where the database keeps a field, and what a class holds there.

use super::options::{ClassSchema, FieldType};
use super::stored::{Stored, type_of};
use crate::value::key::{Key, hash};
use crate::value::val::Members;
use crate::value::{Guess, Member, Text, Val, text_memory};

/// The beginning of a path: a field of an object, and how it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Head {
    /// The field of the object; `ACL` where permissions are asked for.
    name: Text,
    hash: u32,
    kept: Kept,
    /// Where in an object it may stand.
    guess: Guess,
}

/// How a field is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kept {
    /// As what it is: nobody knows what the column holds.
    Open,
    /// Under its own name, where pointers are not.
    Plain,
    /// Under the name of a column of pointers.
    Pointers,
    /// Under its own name, if it is falsy: what else an access list says is kept as permissions.
    Falsy,
    /// As it is given.
    Raw,
    /// As a date.
    Time,
    /// As a date if it is a text.
    Expiry,
    Readers,
    Writers,
    /// Nowhere: the query asks for another name.
    Nowhere,
}

/// What stands in a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found<'v> {
    Stored(Stored<'v>),
    Missing,
    /// It stands in a table of its own.
    Relation,
}

/// What stands in a field, and which column that makes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'v> {
    pub(super) column: Column,
    pub(super) found: Found<'v>,
}

impl<'v> Seen<'v> {
    /// What stands at the beginning of a path.
    pub(super) fn head(self) -> Option<Stored<'v>> {
        match self.found {
            Found::Stored(stored) => Some(stored),
            Found::Missing | Found::Relation => None,
        }
    }
}

const READ: Key<'static> = Key::new("read");
const WRITE: Key<'static> = Key::new("write");

impl Head {
    pub(super) fn new(name: &str, kept: Kept) -> Self {
        Self {
            name: name.into(),
            hash: hash(name),
            kept,
            guess: Guess::default(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) const fn kept(&self) -> Kept {
        self.kept
    }

    #[inline]
    pub(super) fn key(&self) -> Key<'_> {
        Key {
            name: &self.name,
            hash: self.hash,
        }
    }

    /// As it stands in an object, whatever becomes of it.
    #[inline]
    pub(super) fn member<'m, M: Member>(&self, members: &'m M::Members) -> Option<&'m M> {
        M::guessed(members, self.key(), &self.guess)
    }

    /// The value of the field, whatever becomes of it.
    #[inline]
    pub(super) fn value<'v>(&self, object: Members<'v>) -> Option<Val<'v>> {
        match object {
            Members::Fields(fields) => fields.get_guessed(self.key(), &self.guess).map(Val::from),
            Members::Map(_) | Members::Empty => object.get_key(self.key()),
        }
    }

    /// What stands in the field, given its value.
    #[inline]
    pub(super) fn see<'v>(&self, value: Option<Val<'v>>) -> Seen<'v> {
        let name = value.and_then(type_of);
        Seen {
            column: Column::of(value, name),
            found: match value {
                Some(value) => self.stored(value, name),
                None => Found::Missing,
            },
        }
    }

    /// What is stored of a value, given the name of its type.
    #[inline]
    fn stored<'v>(&self, value: Val<'v>, name: Option<&str>) -> Found<'v> {
        if name == Some("Relation") {
            let is_open = self.kept == Kept::Open;
            return if is_open {
                Found::Relation
            } else {
                Found::Missing
            };
        }
        let stored = match self.kept {
            Kept::Open => Stored::named(value, name),
            Kept::Plain => Stored::named(value, name).filter(|_| name != Some("Pointer")),
            Kept::Pointers => Stored::named(value, name).filter(|_| value.is_truthy()),
            Kept::Falsy => Stored::named(value, name).filter(|_| !value.is_truthy()),
            Kept::Raw => Some(Stored::raw(value)),
            Kept::Time => Stored::time(value),
            Kept::Expiry => Stored::expiry(value),
            Kept::Readers => Stored::holders(value, READ),
            Kept::Writers => Stored::holders(value, WRITE),
            Kept::Nowhere => None,
        };
        stored.map_or(Found::Missing, Found::Stored)
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        text_memory(&self.name)
    }
}

/// What decides about a constraint on a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// It is not known.
    Open,
    Array,
    Date,
    Relation,
    Other,
}

impl Column {
    /// All that objects show.
    pub(super) const SHOWN: [Self; 5] = [
        Self::Open,
        Self::Array,
        Self::Date,
        Self::Relation,
        Self::Other,
    ];

    /// The column that a saved value makes, given the name of its type.
    #[inline]
    fn of(value: Option<Val<'_>>, name: Option<&str>) -> Self {
        match (value, name) {
            (None | Some(Val::Undefined | Val::Null), _) => Self::Open,
            (Some(Val::Array(_)), _) => Self::Array,
            (_, Some("Date")) => Self::Date,
            (_, Some("Relation")) => Self::Relation,
            _ => Self::Other,
        }
    }

    pub(super) const fn of_type(holds: &FieldType) -> Self {
        match holds {
            FieldType::Array => Self::Array,
            FieldType::Date => Self::Date,
            FieldType::Relation(_) => Self::Relation,
            FieldType::String
            | FieldType::Number
            | FieldType::Boolean
            | FieldType::Object
            | FieldType::Pointer(_)
            | FieldType::GeoPoint
            | FieldType::Polygon
            | FieldType::File
            | FieldType::Bytes
            | FieldType::Acl => Self::Other,
        }
    }
}

/// What is known of a field that every class has.
pub(super) fn known<'s>(name: &str, schema: Option<&'s ClassSchema>) -> Option<&'s FieldType> {
    let given = schema.and_then(|schema| schema.get(name));
    given.or(match name {
        "objectId" => Some(&FieldType::String),
        "createdAt" | "updatedAt" => Some(&FieldType::Date),
        "ACL" => Some(&FieldType::Acl),
        _ => None,
    })
}
