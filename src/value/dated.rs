//! Which values are dates, and of what time.

use super::compare::loosely_equals_text;
use super::convert::{self, JsText};
use super::fields::Reading;
use super::key::names;
use super::val::Members;
use super::{Fault, Val, date};

/// `new Date(value)`, in milliseconds; the way Parse reads the `iso` of a date.
pub(crate) fn from_value(value: Val<'_>) -> Result<f64, Fault> {
    Ok(match value {
        Val::Undefined => f64::NAN,
        Val::Null => 0.0,
        Val::Bool(value) => f64::from(u8::from(value)),
        Val::Number(number) => date::clip(number),
        Val::Date(ms) => ms,
        Val::Text(text) => date::parse(text),
        Val::Unit(_) | Val::Array(_) | Val::Object(_) | Val::Instance(_) | Val::Builtin(_) => {
            match convert::to_text(value)? {
                JsText::Text(text) => date::parse(&text),
                JsText::Unit(_) => f64::NAN,
            }
        }
    })
}

/// The date that an object is the JSON of. Its `__type` is compared loosely, so `["Date"]` will do.
pub(crate) fn date_of(object: Members<'_>) -> Result<Option<f64>, Fault> {
    match object {
        Members::Fields(fields) => match fields.date() {
            Reading::Known(date) => date,
            Reading::Open => read_date(object),
        },
        Members::Map(_) | Members::Empty => read_date(object),
    }
}

/// As [`date_of`], without a look at what is already known.
pub(super) fn read_date(object: Members<'_>) -> Result<Option<f64>, Fault> {
    match object.get_key(names::TYPE) {
        Some(name) if loosely_equals_text(name, "Date")? => {
            from_value(Val::Object(object).get_key(names::ISO)?).map(Some)
        }
        _ => Ok(None),
    }
}
