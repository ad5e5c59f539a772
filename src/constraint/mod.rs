//! A clause exactly as it was written, in its own key order, before anything is made of it.
//!
//! This stage knows the wire forms of Parse (what is a group, what is typed, what is a list of operators) and
//! bounds their size. It does not know what an operator means.

pub(crate) mod operator;
mod place;
mod read;

pub(crate) use self::operator::{Operator, OperatorName};
pub(crate) use self::place::{Place, write_key};
pub(crate) use self::read::read;

use crate::value::{Datum, Text};

/// The constraints of one `where` object, all of which must hold, in JavaScript's key order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Clause {
    pub(crate) form: Form,
    pub(crate) fields: Vec<Field>,
}

/// What JSON a clause is written as. JavaScript walks each of them by its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Object,
    /// Its indices are the keys.
    List,
    /// Its indices are the keys, its UTF-16 units what is asked for.
    Text,
}

/// One key of a clause and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    /// As written: a field name, a path with dots, or the name of a group, perhaps behind a path.
    pub(crate) key: Text,
    pub(crate) constraint: Constraint,
}

/// What is asked of a field, by the form in which it is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Constraint {
    /// `{"f": null}`.
    Null,
    /// `{"f": 5}`: text, a number or a boolean.
    Scalar(Datum),
    /// `{"f": [1, 2]}`.
    List(Vec<Datum>),
    /// `{"f": {"__type": "Pointer", …}}`: an object whose `__type` is truthy.
    Typed(Datum),
    /// `{"f": {"$gt": 1, "$lt": 5}}`.
    Operators(Vec<Operator>),
    /// `{"$or": [{…}, {…}]}`, perhaps behind a path: `{"f.$or": […]}`.
    Group(Group),
    /// `{"$relatedTo": …}`.
    RelatedTo(Datum),
}

/// How the branches of a group combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Combine {
    Or,
    And,
    Nor,
}

impl Combine {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "$or" => Some(Self::Or),
            "$and" => Some(Self::And),
            "$nor" => Some(Self::Nor),
            _ => None,
        }
    }
}

/// A group of clauses.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    pub(crate) combine: Combine,
    pub(crate) branches: Branches,
}

/// The operand of a group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Branches {
    List(Vec<Branch>),
    /// What is no list.
    Other(Datum),
}

/// One branch of a group, whatever JSON stands there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Branch {
    Clause(Clause),
    /// `null`.
    Null,
    /// A number or a boolean, which asks for nothing.
    Scalar(Datum),
}

/// The path of a key below a scope. A group behind a path looks its fields up just as the longer path would.
pub(crate) fn join(scope: Option<&str>, key: &str) -> Text {
    match scope {
        Some(scope) => format!("{scope}.{key}").into(),
        None => key.into(),
    }
}

/// Where the branches of a group are evaluated: at what its key has before the name of the group.
pub(crate) fn scope(outer: Option<&str>, key: &str) -> Option<Text> {
    match key.rsplit_once('.') {
        Some((path, _)) => Some(join(outer, path)),
        None => outer.map(Text::from),
    }
}

/// The components of a path.
pub(crate) fn components(key: &str) -> impl DoubleEndedIterator<Item = &str> {
    key.split('.')
}

/// An RFC 6901 pointer to each constraint, in the order of the clause; those of a group follow the group.
pub(crate) fn pointers(clause: &Clause) -> Vec<String> {
    let mut pointers = Vec::new();
    collect(clause, &Place::ROOT, &mut pointers);
    pointers
}

fn collect(clause: &Clause, at: &Place<'_>, pointers: &mut Vec<String>) {
    for field in &clause.fields {
        let at = at.key(&field.key);
        pointers.push(at.pointer());
        if let Constraint::Group(Group {
            branches: Branches::List(branches),
            ..
        }) = &field.constraint
        {
            for (index, branch) in branches.iter().enumerate() {
                if let Branch::Clause(clause) = branch {
                    collect(clause, &at.index(index), pointers);
                }
            }
        }
    }
}
