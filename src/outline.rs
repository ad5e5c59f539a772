//! What a clause asks about.

use crate::plan;
use crate::value::Text;

/// What a clause asks about, whatever it asks of it: for a host that weighs who may ask.
///
/// It is taken from the same reading of the clause as the [`Query`](crate::Query) itself, so that rights and matching
/// never understand a clause differently.
///
/// # Examples
///
/// ```
/// use livematch::Query;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"objectId": "g1", "$or": [{"meta.os": "ios"}, {"score": null}]}"#.parse()?;
/// let outline = query.outline();
/// assert_eq!(outline.paths().collect::<Vec<_>>(), ["objectId", "meta.os", "score"]);
/// assert_eq!((outline.object_id(), outline.is_get()), (Some("g1"), false));
///
/// let get: Query = r#"{"objectId": "g1"}"#.parse()?;
/// assert!(get.outline().is_get());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    paths: Box<[Text]>,
    object_id: Option<Text>,
    is_get: bool,
}

impl Outline {
    pub(crate) fn new(outline: plan::outline::Outline) -> Self {
        Self {
            paths: outline.paths.into(),
            object_id: outline.object_id,
            is_get: outline.is_get,
        }
    }

    /// Every path that the clause names, in any branch and whether or not it is ever looked at, each once and in the
    /// order of the clause.
    ///
    /// A group behind a path (`"a.$or"`) names that path and those below it, written out. What operators that never
    /// run have in their operands counts too: the keys in the clause of a sub-query (`$inQuery`, `$select`, ...), which
    /// are fields of another class, and any key below an operator that LiveQuery does not know.
    #[must_use]
    pub fn paths(&self) -> impl ExactSizeIterator<Item = &str> {
        self.paths.iter().map(|path| &**path)
    }

    /// The id that the clause asks for plainly, as `{"objectId": "x"}` does, alone or beside other constraints.
    #[must_use]
    pub fn object_id(&self) -> Option<&str> {
        self.object_id.as_deref()
    }

    /// Whether the clause is nothing but one plain [`object_id`](Self::object_id): Parse Server then asks for the
    /// permission to *get* an object, else for that to *find* objects.
    #[must_use]
    pub fn is_get(&self) -> bool {
        self.is_get
    }
}
