//! How a plan reads the fields of an object, and what Parse does to dates on the way.

use crate::constraint::components;
use crate::value::compare::loosely_equals_text;
use crate::value::datum::array_index;
use crate::value::val::Members;
use crate::value::{Datum, Fault, MAX_DEPTH, Val, date};

/// An object during one evaluation.
pub(super) trait Scene {
    /// The value at a path, a date made of it if it is the JSON of one.
    fn read(&mut self, path: &str) -> Result<Val<'_>, Fault>;
}

/// An object as it came: enough where no constraint can see that another one decoded a date.
pub(super) struct Borrowed<'a>(pub(super) Val<'a>);

impl Scene for Borrowed<'_> {
    fn read(&mut self, path: &str) -> Result<Val<'_>, Fault> {
        let value = look_up(self.0, path)?;
        Ok(decoded_date(value)?.map_or(value, Val::Date))
    }
}

/// A copy of an object, in which dates are decoded in place.
pub(super) struct Copied(Datum);

impl Copied {
    pub(super) fn new(object: Val<'_>) -> Result<Self, Fault> {
        copy(object, MAX_DEPTH).map(Self)
    }
}

impl Scene for Copied {
    fn read(&mut self, path: &str) -> Result<Val<'_>, Fault> {
        if let Some(slot) = slot_at(&mut self.0, path)
            && let Some(ms) = decoded_date(Val::from(&*slot))?
        {
            *slot = Datum::Date(ms);
        }
        look_up(Val::from(&self.0), path)
    }
}

/// Reads a path. A component behind something falsy is looked for in an empty object, so that only a root that is
/// nothing faults.
fn look_up<'a>(root: Val<'a>, path: &str) -> Result<Val<'a>, Fault> {
    let mut at = root;
    let mut rest = path;
    while let Some((head, tail)) = rest.split_once('.') {
        at = at.get(head)?;
        if !at.is_truthy() {
            at = Val::Object(Members::Empty);
        }
        rest = tail;
    }
    at.get(rest)
}

/// The date that a value is the JSON of. Its `__type` is compared loosely, so `["Date"]` will do.
fn decoded_date(value: Val<'_>) -> Result<Option<f64>, Fault> {
    let Val::Object(members) = value else {
        return Ok(None);
    };
    match members.get("__type") {
        Some(name) if loosely_equals_text(name, "Date")? => {
            date::from_value(value.get("iso")?).map(Some)
        }
        _ => Ok(None),
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
                    entries.push((Box::from(key), member));
                    None
                }
                Err(fault) => Some(fault),
            });
            fault.map_or(Ok(()), Err)?;
            Datum::Object(entries.into_iter().collect())
        }
    })
}
