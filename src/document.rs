//! What a query asks of an object.

use serde_json::{Map, Value};

use crate::value::Val;
use crate::value::val::Members;

/// An object that queries are matched against.
///
/// It is implemented for the JSON types of `serde_json` and for [`Object`](crate::Object), which keeps the key
/// order of its text. A type that holds one of these implements it by handing on the view:
///
/// ```
/// use livematch::{Document, Query, View};
/// use serde_json::{Value, json};
///
/// struct Row {
///     json: Value,
/// }
///
/// impl Document for Row {
///     fn view(&self) -> View<'_> {
///         self.json.view()
///     }
/// }
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"a": 1}"#.parse()?;
/// assert!(query.matches(&Row { json: json!({"a": 1}) }));
/// # Ok(())
/// # }
/// ```
pub trait Document {
    /// The object as queries see it.
    fn view(&self) -> View<'_>;
}

/// A borrowed JSON value as queries see it; made from the types that implement [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct View<'a>(pub(crate) Val<'a>);

impl<'a> From<&'a Value> for View<'a> {
    fn from(value: &'a Value) -> Self {
        Self(Val::from(value))
    }
}

impl<'a> From<&'a Map<String, Value>> for View<'a> {
    fn from(map: &'a Map<String, Value>) -> Self {
        Self(Val::Object(Members::Map(map)))
    }
}

impl Document for Value {
    fn view(&self) -> View<'_> {
        self.into()
    }
}

impl Document for Map<String, Value> {
    fn view(&self) -> View<'_> {
        self.into()
    }
}
