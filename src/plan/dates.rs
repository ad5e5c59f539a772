//! What Parse does to the dates of an object while it evaluates a clause.

use super::path::Path;
use crate::constraint::components;
use crate::value::key::array_index;
use crate::value::{Datum, Fault, MAX_DEPTH, Text, Val, dated};

/// A value as a constraint sees it: a date if it is the JSON of one.
#[inline]
pub(crate) fn decoded(value: Val<'_>) -> Result<Val<'_>, Fault> {
    match value {
        Val::Object(members) => Ok(dated::date_of(members)?.map_or(value, Val::Date)),
        _ => Ok(value),
    }
}

/// A copy of an object, in which dates are decoded in place: needed where a constraint can see that another one
/// decoded a date.
pub(super) struct Copied(Datum);

impl Copied {
    pub(super) fn new(object: Val<'_>) -> Result<Self, Fault> {
        copy(object, MAX_DEPTH).map(Self)
    }

    pub(super) fn object(&self) -> Val<'_> {
        Val::from(&self.0)
    }

    /// What stands at a path, not decoded yet.
    pub(super) fn peek(&self, path: &Path) -> Option<Val<'_>> {
        path.read(Val::from(&self.0)).ok()
    }

    /// The value at a path, a date made of it if it is the JSON of one.
    pub(super) fn read(&mut self, path: &Path) -> Result<Val<'_>, Fault> {
        if let Some(slot) = slot_at(&mut self.0, path.text())
            && let Val::Date(ms) = decoded(Val::from(&*slot))?
        {
            *slot = Datum::Date(ms);
        }
        path.read(Val::from(&self.0))
    }
}

/// What an object owns at a path.
fn slot_at<'d>(root: &'d mut Datum, path: &str) -> Option<&'d mut Datum> {
    components(path).try_fold(root, |at, key| match at {
        Datum::Object(fields) => fields.get_mut(key),
        Datum::Array(items) => items.get_mut(array_index(key)? as usize),
        _ => None,
    })
}

fn copy(value: Val<'_>, depth: u32) -> Result<Datum, Fault> {
    let depth = depth.checked_sub(1).ok_or(Fault)?;
    Ok(match value {
        Val::Undefined | Val::Builtin(_) => Datum::Undefined,
        Val::Null => Datum::Null,
        Val::Bool(value) => Datum::Bool(value),
        Val::Number(number) => Datum::Number(number),
        Val::Text(text) => Datum::text(text),
        Val::Unit(half) => Datum::Unit(half),
        Val::Date(ms) => Datum::Date(ms),
        Val::Instance(instance) => Datum::Instance(Box::new(instance.clone())),
        Val::Array(list) => {
            let items = list.iter().map(|item| copy(item, depth));
            Datum::Array(items.collect::<Result<_, _>>()?)
        }
        Val::Object(members) => {
            let mut entries = Vec::with_capacity(members.len());
            let fault = members.walk(|key, member| match copy(member, depth) {
                Ok(member) => {
                    entries.push((Text::from(key), member));
                    None
                }
                Err(fault) => Some(fault),
            });
            fault.map_or(Ok(()), Err)?;
            Datum::Object(entries.into_iter().collect())
        }
    })
}
