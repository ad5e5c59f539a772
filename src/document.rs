//! What a query asks of an object.

use serde_json::{Map, Value};

use crate::view::View;

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
