//! From a clause to a query, by the options of a host.

use std::str::FromStr;
use std::sync::Arc;

use serde_json::Value;

use super::source::Source;
use super::{Plan, Query};
use crate::constraint;
use crate::error::{CompileError, ErrorKind};
use crate::find;
use crate::find::options::{Dialect, FindOptions};
use crate::limits::Limits;
use crate::pattern::PatternCache;
use crate::plan::{self, Context};
use crate::value::{Datum, read_str, write_json};
use crate::warning::{Level, Warning};

impl Query {
    /// Compiles a clause with the default options.
    ///
    /// The order of the constraints, which can matter, is that of the host's map: the order of the text only if
    /// `serde_json` is built with `preserve_order`. Text that is [parsed](str::parse) keeps its own order.
    ///
    /// # Errors
    ///
    /// Fails for what Parse Server refuses when a client subscribes, for a pattern with an unterminated `\Q`, and
    /// for what exceeds the [`Limits`]. The error's [`pointer`](CompileError::pointer) names the place.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` time and `O(n)` memory in the size of the clause.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Query;
    /// use serde_json::json;
    ///
    /// let error = Query::compile(&json!({"name": {"$regex": 5}})).unwrap_err();
    /// assert_eq!(error.to_string(), "at /name/$regex: expected a text or an object with source and flags");
    /// ```
    pub fn compile(clause: &Value) -> Result<Self, CompileError> {
        Self::builder().compile(clause)
    }

    /// Options for compiling.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Limits, Query};
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let builder = Query::builder().limits(Limits::new().with_constraints(10));
    /// let query = builder.compile_str(r#"{"status": "open"}"#)?;
    /// assert_eq!(query.clause_text(), r#"{"status":"open"}"#);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn builder() -> QueryBuilder {
        QueryBuilder::new()
    }
}

impl FromStr for Query {
    type Err = CompileError;

    /// Compiles the JSON text of a clause with the default options, in the order of its keys.
    ///
    /// # Errors
    ///
    /// As [`Query::compile`], and if the text is not JSON.
    fn from_str(clause: &str) -> Result<Self, CompileError> {
        Self::builder().compile_str(clause)
    }
}

/// Options for compiling a [`Query`].
///
/// # Examples
///
/// ```
/// use livematch::{ErrorKind, Query};
///
/// let strict = Query::builder().strict(true);
/// let error = strict.compile_str(r#"{"team": {"$inQuery": {}}}"#).unwrap_err();
/// assert_eq!((error.kind(), error.pointer()), (ErrorKind::Warning, "/team/$inQuery"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct QueryBuilder {
    /// The default ones if none.
    limits: Option<Arc<Limits>>,
    patterns: Option<PatternCache>,
    strict: bool,
    /// The options of the `find` dialect, if it is chosen.
    find: Option<Arc<FindOptions>>,
}

impl QueryBuilder {
    /// A builder with every option at its default.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::QueryBuilder;
    ///
    /// assert!(QueryBuilder::new().compile_str(r#"{"status": "open"}"#).is_ok());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what a clause may cost.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{ErrorKind, Limits, Query};
    ///
    /// let builder = Query::builder().limits(Limits::new().with_list_members(2));
    /// let error = builder.compile_str(r#"{"a": {"$in": [1, 2, 3]}}"#).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Limit);
    /// ```
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = (limits != Limits::new()).then(|| limits.into());
        self
    }

    /// Sets whether a clause with [warnings](Query::warnings) is refused, [hints](crate::Level::Hint) aside; it is not by
    /// default.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Query;
    ///
    /// let never = r#"{"winner": null}"#;
    /// assert!(Query::builder().compile_str(never).is_ok());
    /// assert!(Query::builder().strict(true).compile_str(never).is_err());
    /// // A range has a hint, and is taken.
    /// assert!(Query::builder().strict(true).compile_str(r#"{"score": {"$lt": 5}}"#).is_ok());
    /// ```
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Sets whose answers the queries give; the default is [`Dialect::LiveQuery`].
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Dialect, FindOptions, Query};
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let find = Query::builder().dialect(Dialect::Find(FindOptions::new()));
    /// // LiveQuery never finds null; a database finds it where nothing stands.
    /// let clause = r#"{"winner": null}"#;
    /// assert!(find.compile_str(clause)?.matches(&json!({})));
    /// assert!(!Query::builder().compile_str(clause)?.matches(&json!({})));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.find = match dialect {
            Dialect::LiveQuery => None,
            Dialect::Find(options) => Some(options.into()),
        };
        self
    }

    /// Sets the cache in which the patterns of the queries are kept; without one each query keeps its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{PatternCache, Query};
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let cache = PatternCache::new(100);
    /// let builder = Query::builder().pattern_cache(cache.clone());
    /// let query = builder.compile_str(r#"{"name": {"$regex": "^A"}}"#)?;
    /// assert!(query.matches(&json!({"name": "Ada"})));
    /// assert!(cache.len() <= cache.capacity());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn pattern_cache(mut self, cache: PatternCache) -> Self {
        self.patterns = Some(cache);
        self
    }

    /// Compiles a clause in the order of the host's map.
    ///
    /// # Errors
    ///
    /// As [`Query::compile`]; if [strict](Self::strict), for a warning too.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Query;
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let query = Query::builder().compile(&json!({"status": "open"}))?;
    /// assert!(query.matches(&json!({"status": "open"})));
    /// # Ok(())
    /// # }
    /// ```
    pub fn compile(&self, clause: &Value) -> Result<Query, CompileError> {
        /// As deep as text can be read.
        const LEVELS: u32 = 128;
        match Datum::from_value(clause, LEVELS) {
            Some(clause) => {
                let mut text = String::new();
                write_json(&clause, &mut text);
                self.check_length(&text)?;
                let source = if clause.is_finite() {
                    Source::Text(text.into())
                } else {
                    Source::Tree(clause.clone().into())
                };
                self.build(clause, source)
            }
            None => Err(whole(
                ErrorKind::Limit,
                "expected fewer levels of JSON".to_owned(),
            )),
        }
    }

    /// Compiles the JSON text of a clause in its own order.
    ///
    /// # Errors
    ///
    /// As [`compile`](Self::compile), and if the text is not JSON that can be read: numbers beyond the range of a
    /// double, halves of surrogate pairs and more than 128 levels cannot.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{ErrorKind, Query};
    ///
    /// assert!(Query::builder().compile_str(r#"{"score": {"$gt": 10}}"#).is_ok());
    /// let error = Query::builder().compile_str(r#"{"score": 1e400}"#).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Json);
    /// ```
    pub fn compile_str(&self, clause: &str) -> Result<Query, CompileError> {
        self.check_length(clause)?;
        let tree = read_str(clause)
            .map_err(|error| whole(ErrorKind::Json, format!("expected JSON: {error}")))?;
        self.build(tree, Source::Text(clause.into()))
    }

    fn chosen_limits(&self) -> Limits {
        self.limits.as_deref().copied().unwrap_or_default()
    }

    fn check_length(&self, text: &str) -> Result<(), CompileError> {
        let most = self.chosen_limits().text_bytes;
        if text.len() > most {
            return Err(whole(
                ErrorKind::Limit,
                format!("expected at most {most} bytes of clause text"),
            ));
        }
        Ok(())
    }

    /// Compiles a clause, which is also given as it was written.
    fn build(&self, clause: Datum, source: Source) -> Result<Query, CompileError> {
        let patterns = self.patterns.clone().unwrap_or_default();
        let limits = self.chosen_limits();
        let context = Context {
            limits: &limits,
            patterns: &patterns,
        };
        let plan = match &self.find {
            None => self.live(clause, &source, &context).map(Plan::Live)?,
            Some(options) => self.find(&clause, options, &context).map(Plan::Find)?,
        };
        Ok(Query::new(
            plan,
            source,
            self.limits.clone(),
            self.find.clone(),
        ))
    }

    fn live(
        &self,
        clause: Datum,
        source: &Source,
        context: &Context<'_>,
    ) -> Result<plan::Plan, CompileError> {
        let clause = constraint::read(clause, context.limits)?;
        // Held so that compiling finds them in the cache.
        let _checked = plan::subscribe::check(&clause, context)?;
        if self.strict {
            check_warnings(&plan::lint::warnings(&clause, source.as_text(), context))?;
        }
        plan::compile(clause, context)
    }

    fn find(
        &self,
        clause: &Datum,
        options: &FindOptions,
        context: &Context<'_>,
    ) -> Result<find::Plan, CompileError> {
        // How large a clause may be does not depend on what it means.
        constraint::read(clause.clone(), context.limits)?;
        let fields = clause.as_fields().cloned().unwrap_or_default();
        if self.strict || options.is_strict() {
            check_warnings(&find::traps::warnings(&fields))?;
        }
        find::compile(&fields, options, context.limits, context.patterns)
    }
}

fn whole(kind: ErrorKind, message: String) -> CompileError {
    CompileError::new(kind, String::new(), message)
}

fn check_warnings(warnings: &[Warning]) -> Result<(), CompileError> {
    match warnings
        .iter()
        .find(|warning| warning.level() > Level::Hint)
    {
        Some(warning) => {
            let message = format!(
                "{} {}: {}",
                warning.operator(),
                warning.effect(),
                warning.message()
            );
            Err(CompileError::new(
                ErrorKind::Warning,
                warning.pointer().to_owned(),
                message,
            ))
        }
        None => Ok(()),
    }
}
