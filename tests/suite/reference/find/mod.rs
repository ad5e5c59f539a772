//! `find()` of Parse Server on MongoDB, as naive as it can be: the clause becomes a filter and the object a document, branch for
//! branch as the server has it, and the filter is asked of the document as MongoDB says.
//!
//! It knows no schema: as the server would, it takes the columns that the object shows, and those that it does not show it
//! tries in turn.

mod bson;
mod document;
mod filter;
mod lower;

use std::collections::BTreeMap;

use super::value::{Text, Value, is};
use super::{Answer, Stop, json};

/// What a class holds in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Array,
    Date,
    Pointer,
    Other,
}

type Columns = BTreeMap<Text, Column>;

/// So many columns are tried in turn.
const MOST_OPEN: usize = 4;

/// What `find()` answers for one object, where a fault is a clause that it refuses for the columns of the object; nothing if this reference cannot
/// say: relations, sub-queries and permissions, moments told from now, the globe, patterns that are no literals.
pub(crate) fn verdict(where_text: &str, object_text: &str) -> Option<Answer> {
    let clause = json::read(where_text)?;
    let Value::Obj(object) = json::read(object_text)? else {
        return None;
    };
    let shown = document::columns(&object).ok()?;
    let document = document::of(&object).ok()?;
    let mut open = lower::fields_asked(&clause);
    open.retain(|name| !shown.contains_key(name));
    if open.len() > MOST_OPEN {
        return None;
    }
    for columns in choices(&shown, &open) {
        let filter = lower::filter(&clause, &columns).and_then(|filter| filter::read(&filter));
        match filter.and_then(|filter| filter.holds(&document)) {
            Ok(true) => return Some(Answer::Match),
            Ok(false) => return Some(Answer::NoMatch),
            Err(Stop::Fault) => {}
            Err(Stop::Unknown) => return None,
        }
    }
    Some(Answer::Fault)
}

/// The columns that an object shows, with each choice of those that are open: of none, of lists, of dates.
fn choices(shown: &Columns, open: &[Text]) -> Vec<Columns> {
    let mut all = vec![shown.clone()];
    for name in open {
        let with = |column| {
            let name = name.clone();
            move |mut columns: Columns| {
                columns.insert(name.clone(), column);
                columns
            }
        };
        let lists = all.iter().cloned().map(with(Column::Array));
        let dates = all.iter().cloned().map(with(Column::Date));
        let more: Vec<Columns> = lists.chain(dates).collect();
        all.extend(more);
    }
    all
}

/// The names that the server or the database gives a meaning that is not told here.
fn is_beyond(name: &[u16]) -> bool {
    let special = [
        "ACL",
        "authData",
        "lastUsed",
        "sessionToken",
        "timesUsed",
        "__proto__",
    ];
    special.iter().any(|one| is(name, one)) || name.first() == Some(&u16::from(b'_'))
}

fn text_of(text: &[u16]) -> Result<String, Stop> {
    String::from_utf16(text).map_err(|_| Stop::Unknown)
}

/// A member of an object, or nothing.
fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Obj(object) => {
            let mut own = object.own.iter();
            own.find(|(key, _)| is(key, name)).map(|(_, value)| value)
        }
        _ => None,
    }
}

/// The name of its type, if it is an object that says one.
fn type_of(value: &Value) -> Result<Option<String>, Stop> {
    match member(value, "__type") {
        None => Ok(None),
        Some(Value::Str(name)) => text_of(name).map(Some),
        // `==` with a text converts.
        Some(_) => Err(Stop::Unknown),
    }
}
