//! A compiled query, and how one is compiled.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::constraint;
use crate::document::Document;
use crate::error::{CompileError, ErrorKind};
use crate::event::{Event, Outcome, Verdict};
use crate::field_set::FieldSet;
use crate::limits::Limits;
use crate::outline::Outline;
use crate::pattern::PatternCache;
use crate::plan::{self, Context, Plan};
use crate::value::{COUNTS, Datum, read_str, write_json};
use crate::warning::{Level, Warning};

/// A compiled `where` clause.
///
/// It answers as the LiveQuery matcher of Parse Server 9.10.0 does, oddities included; the
/// [front page](crate) says what that means. Cloning is cheap, and a query may be used by many threads at once.
///
/// # Examples
///
/// ```
/// use livematch::Query;
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"status": "open", "price": {"$lt": 100}}"#.parse()?;
/// assert!(query.matches(&json!({"status": "open", "price": 20})));
/// assert!(!query.matches(&json!({"status": "sold", "price": 20})));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Query(Arc<Inner>);

struct Inner {
    plan: Plan,
    /// What warnings and places are derived from, so that a query need not keep them.
    source: Source,
    /// The clause as compact JSON, if somebody has asked for it.
    compact: OnceLock<Box<str>>,
    /// Shared by the queries of a builder; the default limits are not kept.
    limits: Option<Arc<Limits>>,
}

/// A clause as it was written.
enum Source {
    Text(Box<str>),
    /// It has numbers that no JSON text has: a value that a host made with `arbitrary_precision`.
    Tree(Box<Datum>),
}

impl Source {
    /// The JSON of the clause once more; it was read before, so it can be read now.
    fn read(&self) -> Option<Datum> {
        match self {
            Self::Text(text) => read_str(text).ok(),
            Self::Tree(tree) => Some((**tree).clone()),
        }
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Tree(_) => None,
        }
    }

    /// Heap bytes.
    fn memory_usage(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Tree(tree) => size_of::<Datum>() + tree.memory_usage(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Tree(tree) => {
                let mut text = String::new();
                write_json(tree, &mut text);
                f.write_str(&text)
            }
        }
    }
}

impl Inner {
    fn memory_usage(&self) -> usize {
        let compact = self.compact.get().map_or(0, |text| text.len());
        COUNTS + size_of::<Self>() + self.plan.memory_usage() + self.source.memory_usage() + compact
    }
}

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
    #[must_use]
    pub fn builder() -> QueryBuilder {
        QueryBuilder::new()
    }

    /// Whether an object matches; a fault is not a match.
    ///
    /// # Complexity
    ///
    /// One look-up and one test for each constraint until the answer is known. Lists are searched by bisection,
    /// patterns take time linear in the text.
    #[must_use]
    pub fn matches<D: Document + ?Sized>(&self, object: &D) -> bool {
        self.verdict(object).is_match()
    }

    /// Whether an object matches, does not match, or makes Parse Server's matcher throw.
    ///
    /// # Complexity
    ///
    /// As [`matches`](Self::matches).
    #[must_use]
    pub fn verdict<D: Document + ?Sized>(&self, object: &D) -> Verdict {
        self.0.plan.answer(object.view().0).into()
    }

    /// The verdicts of both sides of a change; `None` for a side that does not exist.
    ///
    /// # Complexity
    ///
    /// That of [`matches`](Self::matches) for each side.
    #[must_use]
    pub fn outcome<D: Document + ?Sized>(&self, old: Option<&D>, new: Option<&D>) -> Outcome {
        Outcome::new(
            old.map(|object| self.verdict(object)),
            new.map(|object| self.verdict(object)),
        )
    }

    /// What identifies this query: equal fingerprints belong to queries that always give the same answer.
    ///
    /// It is the whole canonical form of the clause and not a hash of it, so that no two different queries share
    /// one, which Parse Server's own [`query_hash`](crate::query_hash) does not achieve. Key order and list order are
    /// part of it where they can be observed.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` in the size of the clause. It is computed at each call.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Query;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let fingerprint = |clause: &str| clause.parse::<Query>().map(|query| query.fingerprint());
    /// assert_eq!(fingerprint(r#"{"a": {"$in": [1, 2]}}"#)?, fingerprint(r#"{"a":{"$in":[2,1.0]}}"#)?);
    /// assert_ne!(fingerprint(r#"{"a": 1, "b": 2}"#)?, fingerprint(r#"{"a": 2, "b": 1}"#)?);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(plan::canonical::text(&self.0.plan).into())
    }

    /// What the clause says that its author will not have meant, part by part in its order, then which parts exclude
    /// each other or leave nothing out, then keys that its text repeats.
    ///
    /// Ordinary clauses have [hints](crate::Level::Hint), ranges among them.
    /// [`Surprise::all`](crate::Surprise::all) lists what is known.
    ///
    /// # Complexity
    ///
    /// That of compiling the clause again, `O(n log n)` in its size: warnings are not kept. What is asked of a field is also tried on
    /// some dozens of values, as far as 100,000 [steps](crate::Budget) go for a clause: beyond some hundred fields it is not.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Level, Query};
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let query: Query = r#"{"score": {"$lt": 5}, "team": {"$inQuery": {}}}"#.parse()?;
    /// let warnings = query.warnings();
    /// let told: Vec<_> = warnings.iter().map(|warning| (warning.level(), warning.code())).collect();
    /// assert_eq!(told, [(Level::Hint, "range-on-missing"), (Level::Error, "sub-query")]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let Some(clause) = self.clause() else {
            return Vec::new();
        };
        let text = self.0.source.as_text();
        plan::lint::warnings(&clause, text, &self.context(&PatternCache::default()))
    }

    /// How often a pattern of this query ran out of its budget of steps, which counts as no match.
    ///
    /// Only patterns with back-references have a budget; see
    /// [`PatternLimits::with_steps`](crate::PatternLimits::with_steps). Queries that share a
    /// [`PatternCache`] share the counts of equal patterns.
    ///
    /// # Complexity
    ///
    /// `O(n)` in the number of constraints.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Limits, PatternLimits, Query};
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let limits = Limits::new().patterns(PatternLimits::new().with_steps(100));
    /// let query = Query::builder().limits(limits).compile_str(r#"{"s": {"$regex": "^(a+)+\\1b"}}"#)?;
    /// assert!(!query.matches(&json!({"s": "a".repeat(30) + "cb"})));
    /// assert_eq!(query.over_budget(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn over_budget(&self) -> u64 {
        self.0.plan.over_budget()
    }

    /// An RFC 6901 pointer to each constraint that is run, in the order in which they are.
    ///
    /// # Complexity
    ///
    /// That of compiling the clause again: places are not kept.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Query;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let query: Query = r#"{"a": 1, "$or": [{"b": 2}, {"c": 3}]}"#.parse()?;
    /// assert_eq!(query.pointers(), ["/a", "/$or/0/b", "/$or/1/c"]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn pointers(&self) -> Vec<String> {
        let Some(clause) = self.clause() else {
            return Vec::new();
        };
        let all = constraint::pointers(&clause);
        let patterns = PatternCache::default();
        let context = self.context(&patterns);
        let ordinals = plan::ordinals(clause, &context).unwrap_or_default();
        let pointers = ordinals.into_iter();
        pointers
            .filter_map(|ordinal| all.get(ordinal as usize).cloned())
            .collect()
    }

    /// The fields of an object that this query looks at: what an [`Object`](crate::Object) must keep for it.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` in the number of constraints.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{FieldSet, Query};
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let query: Query = r#"{"meta.device.os": "ios", "score": {"$gt": 1, "$lt": 5}}"#.parse()?;
    /// assert_eq!(query.fields(), FieldSet::new(["meta", "score"]));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn fields(&self) -> FieldSet {
        FieldSet::new(self.0.plan.paths.iter().map(|path| path.head().name))
    }

    /// Every path that the clause names, in any branch and whether or not it is ever looked at, each once and in the
    /// order of the clause; see [`Outline::paths`].
    ///
    /// Unlike [`fields`](Self::fields) it leaves nothing out: `{"a": null, "b": 1}` never looks at `b`, and names it.
    ///
    /// # Complexity
    ///
    /// As [`outline`](Self::outline).
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Query;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let query: Query = r#"{"a": null, "b.c": 1, "$or": [{"d": 2}, {"b.c": 3}], "e.$nor": [{"f": 4}]}"#.parse()?;
    /// assert_eq!(query.paths(), ["a", "b.c", "d", "e", "e.f"]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        self.outline().paths().map(str::to_owned).collect()
    }

    /// What the clause asks about, for a host that weighs who may ask.
    ///
    /// # Complexity
    ///
    /// That of reading the clause again: `O(n log n)` in its size.
    #[must_use]
    pub fn outline(&self) -> Outline {
        Outline::new(plan::outline::Outline::of(
            self.clause().as_ref(),
            self.plan(),
        ))
    }

    /// Heap bytes that the query keeps, near enough; what its clones share is counted once for each.
    ///
    /// A [pattern](crate::PatternCache) that several queries share is counted whole for each of them, without the
    /// automaton that its cache may have given it. A query that is moved into a [`QuerySet`](crate::QuerySet) takes less
    /// there: the text of its clause is dropped.
    ///
    /// # Complexity
    ///
    /// `O(n)` in the size of the clause.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Query;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let short: Query = r#"{"room": "r1"}"#.parse()?;
    /// let ids: Vec<String> = (0..1_000).map(|i| format!(r#""{i}""#)).collect();
    /// let long: Query = format!(r#"{{"room": {{"$in": [{}]}}}}"#, ids.join(",")).parse()?;
    /// assert!(short.memory_usage() < 500);
    /// assert!(long.memory_usage() > 20_000);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        self.0.memory_usage()
    }

    /// The most [steps](crate::Budget) that it takes to run the query by itself for one object, if the object's compact JSON
    /// has so many bytes.
    ///
    /// In a set it takes [less](crate::Filing::max_steps), where what all queries look at is read once.
    ///
    /// # Complexity
    ///
    /// `O(n)` in the size of the clause.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Query;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let ids: Query = r#"{"room": {"$in": ["r1", "r2", "r3"]}}"#.parse()?;
    /// let pattern: Query = r#"{"name": {"$regex": "(a|b)*(c|d)*[xyz]{9}$"}}"#.parse()?;
    /// assert!(ids.max_steps(100) < 1_000);
    /// assert!(pattern.max_steps(100) > 10_000);
    /// // It grows with the object.
    /// assert!(pattern.max_steps(1_000) > 5 * pattern.max_steps(100));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn max_steps(&self, bytes: usize) -> u64 {
        self.0.plan.bound().steps(bytes)
    }

    /// The clause as compact JSON, its keys in JavaScript's order.
    ///
    /// # Complexity
    ///
    /// That of reading the clause again when it is asked for first.
    #[must_use]
    pub fn clause_text(&self) -> &str {
        self.0.compact.get_or_init(|| {
            let mut compact = String::new();
            if let Some(clause) = self.0.source.read() {
                write_json(&clause, &mut compact);
            }
            compact.into()
        })
    }

    /// The clause once more; see [`Source::read`].
    fn clause(&self) -> Option<constraint::Clause> {
        constraint::read(self.0.source.read()?, self.limits()).ok()
    }

    fn limits(&self) -> &Limits {
        const DEFAULT: &Limits = &Limits::new();
        self.0.limits.as_deref().unwrap_or(DEFAULT)
    }

    fn context<'c>(&'c self, patterns: &'c PatternCache) -> Context<'c> {
        Context {
            limits: self.limits(),
            patterns,
        }
    }

    /// The plan, moved out if nobody else has the query.
    pub(crate) fn into_plan(self) -> Plan {
        Arc::try_unwrap(self.0).map_or_else(|shared| shared.plan.clone(), |inner| inner.plan)
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.0.plan
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Query")
            .field(&format_args!("{}", self.0.source))
            .finish()
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

/// The event that a change fires for a query, if any; `None` stands for a side that does not exist.
///
/// # Complexity
///
/// That of [`Query::matches`] for each side.
///
/// # Examples
///
/// ```
/// use livematch::{Event, Query, classify};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"paid": true}"#.parse()?;
/// let (open, paid) = (json!({"paid": false}), json!({"paid": true}));
/// assert_eq!(classify(&query, None, Some(&paid)), Some(Event::Create));
/// assert_eq!(classify(&query, Some(&open), Some(&paid)), Some(Event::Enter));
/// assert_eq!(classify(&query, Some(&paid), Some(&paid)), Some(Event::Update));
/// assert_eq!(classify(&query, Some(&paid), Some(&open)), Some(Event::Leave));
/// assert_eq!(classify(&query, Some(&paid), None), Some(Event::Delete));
/// assert_eq!(classify(&query, Some(&open), None), None);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn classify<D: Document + ?Sized>(
    query: &Query,
    old: Option<&D>,
    new: Option<&D>,
) -> Option<Event> {
    query.outcome(old, new).event()
}

/// The identity of a query; see [`Query::fingerprint`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(Box<str>);

impl Fingerprint {
    /// The canonical form as text. Its format is not part of the API.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
}

impl QueryBuilder {
    /// A builder with every option at its default.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what a clause may cost.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = (limits != Limits::new()).then(|| limits.into());
        self
    }

    /// Sets whether a clause with [warnings](Query::warnings) is refused, [hints](crate::Level::Hint) aside; it is not by
    /// default.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Sets the cache in which the patterns of the queries are kept; without one each query keeps its own.
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
        let clause = constraint::read(clause, &limits)?;
        // Held so that compiling finds them in the cache.
        let _checked = plan::subscribe::check(&clause, &context)?;
        if self.strict {
            check_warnings(&plan::lint::warnings(&clause, source.as_text(), &context))?;
        }
        let plan = plan::compile(clause, &context)?;
        Ok(Query(Arc::new(Inner {
            plan,
            source,
            compact: OnceLock::new(),
            limits: self.limits.clone(),
        })))
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
                warning.effect().as_str(),
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
