//! A compiled query, and how one is compiled.

mod builder;
mod explain;
mod plan;
mod source;

pub use self::builder::QueryBuilder;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

pub(crate) use self::plan::Plan;
use self::source::Source;
use crate::constraint;
use crate::document::Document;
use crate::event::{Event, Outcome, Verdict};
use crate::field_set::FieldSet;
use crate::find;
use crate::find::options::FindOptions;
use crate::limits::Limits;
use crate::outline::Outline;
use crate::pattern::PatternCache;
use crate::plan as live;
use crate::plan::Context;
use crate::value::{COUNTS, Datum, write_json};
use crate::warning::Warning;

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
pub struct Query {
    inner: Arc<Inner>,
    /// The moment at which it is asked, in milliseconds since the epoch.
    now: Option<f64>,
}

struct Inner {
    plan: Plan,
    /// What warnings and places are derived from, so that a query need not keep them.
    source: Source,
    /// The clause as compact JSON, if somebody has asked for it.
    compact: OnceLock<Box<str>>,
    /// Shared by the queries of a builder; the default limits are not kept.
    limits: Option<Arc<Limits>>,
    /// The options of the `find` dialect, if it is that.
    find: Option<Arc<FindOptions>>,
}

impl Query {
    fn new(
        plan: Plan,
        source: Source,
        limits: Option<Arc<Limits>>,
        find: Option<Arc<FindOptions>>,
    ) -> Self {
        let inner = Inner {
            plan,
            source,
            compact: OnceLock::new(),
            limits,
            find,
        };
        Self {
            inner: Arc::new(inner),
            now: None,
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
        self.inner.plan.answer(object.view().0, self.now).into()
    }

    /// The query as it is asked at a moment, which it must be told if it is
    /// [time-dependent](Self::is_time_dependent): the library has no clock.
    ///
    /// # Complexity
    ///
    /// At once: the query itself is shared.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Dialect, FindOptions, Query, Verdict};
    /// use serde_json::json;
    /// use std::time::{Duration, SystemTime};
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let find = Query::builder().dialect(Dialect::Find(FindOptions::new()));
    /// let query = find.compile_str(r#"{"due": {"$lt": {"$relativeTime": "in 1 day"}}}"#)?;
    /// let object = json!({"due": {"__type": "Date", "iso": "2024-06-01T12:00:00.000Z"}});
    /// assert!(query.is_time_dependent());
    /// assert_eq!(query.verdict(&object), Verdict::Fault);
    ///
    /// let noon = |days: u64| SystemTime::UNIX_EPOCH + Duration::from_secs((days * 24 + 12) * 3_600);
    /// assert!(!query.at(noon(19_874)).matches(&object)); // 31 May 2024
    /// assert!(query.at(noon(19_875)).matches(&object));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn at(&self, moment: SystemTime) -> Self {
        let ahead = moment.duration_since(SystemTime::UNIX_EPOCH);
        let milliseconds = |span: Duration| span.as_secs_f64() * 1000.0;
        let now = match ahead {
            Ok(ahead) => milliseconds(ahead).floor(),
            Err(before) => -milliseconds(before.duration()).ceil(),
        };
        Self {
            inner: Arc::clone(&self.inner),
            now: Some(now),
        }
    }

    /// Whether the answer depends on the [moment](Self::at) at which it is given, as that of `$relativeTime` does in the
    /// `find` dialect. A query that is told no moment then answers with a fault.
    ///
    /// # Complexity
    ///
    /// At once.
    #[must_use]
    pub fn is_time_dependent(&self) -> bool {
        self.inner.plan.is_time_dependent()
    }

    /// The verdicts of both sides of a change; `None` for a side that does not exist.
    ///
    /// # Complexity
    ///
    /// That of [`matches`](Self::matches) for each side.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Query, Verdict};
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let query: Query = r#"{"score": {"$gt": 10}}"#.parse()?;
    /// let outcome = query.outcome(None, Some(&json!({"score": 30})));
    /// assert_eq!((outcome.old_verdict(), outcome.new_verdict()), (None, Some(Verdict::Match)));
    /// # Ok(())
    /// # }
    /// ```
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
        Fingerprint(self.inner.plan.canonical_text().into())
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
        if self.inner.find.is_some() {
            let clause = self.inner.source.read();
            let fields = clause.as_ref().and_then(Datum::as_fields);
            return fields.map(find::traps::warnings).unwrap_or_default();
        }
        let Some(clause) = self.clause() else {
            return Vec::new();
        };
        let text = self.inner.source.as_text();
        live::lint::warnings(&clause, text, &self.context(&PatternCache::default()))
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
    /// let limits = Limits::new().with_patterns(PatternLimits::new().with_steps(100));
    /// let query = Query::builder().limits(limits).compile_str(r#"{"s": {"$regex": "^(a+)+\\1b"}}"#)?;
    /// assert!(!query.matches(&json!({"s": "a".repeat(30) + "cb"})));
    /// assert_eq!(query.over_budget(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn over_budget(&self) -> u64 {
        self.inner.plan.over_budget()
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
        if self.inner.find.is_some() {
            return all;
        }
        let patterns = PatternCache::default();
        let context = self.context(&patterns);
        let ordinals = live::ordinals(clause, &context).unwrap_or_default();
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
        self.inner.plan.fields()
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
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Query;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let query: Query = r#"{"owner": "u1", "$or": [{"city": "Paris"}, {"score": null}]}"#.parse()?;
    /// let outline = query.outline();
    /// assert!(outline.paths().eq(["owner", "city", "score"]));
    /// assert!(!outline.is_get());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn outline(&self) -> Outline {
        let paths = self.inner.plan.paths();
        Outline::new(live::outline::Outline::of(self.clause().as_ref(), paths))
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
        self.inner.memory_usage()
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
        self.inner.plan.bound().steps(bytes)
    }

    /// The clause as compact JSON, its keys in JavaScript's order.
    ///
    /// # Complexity
    ///
    /// That of reading the clause again when it is asked for first.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Query;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let query: Query = r#"{ "b": [1.0, 2], "a": {"$lt": 5e0} }"#.parse()?;
    /// assert_eq!(query.clause_text(), r#"{"b":[1,2],"a":{"$lt":5}}"#);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn clause_text(&self) -> &str {
        self.inner.compact.get_or_init(|| {
            let mut compact = String::new();
            if let Some(clause) = self.inner.source.read() {
                write_json(&clause, &mut compact);
            }
            compact.into()
        })
    }

    /// The clause once more; see [`Source::read`].
    fn clause(&self) -> Option<constraint::Clause> {
        constraint::read(self.inner.source.read()?, self.limits()).ok()
    }

    fn limits(&self) -> &Limits {
        const DEFAULT: &Limits = &Limits::new();
        self.inner.limits.as_deref().unwrap_or(DEFAULT)
    }

    fn context<'c>(&'c self, patterns: &'c PatternCache) -> Context<'c> {
        Context {
            limits: self.limits(),
            patterns,
        }
    }

    /// The plan, moved out if nobody else has the query.
    pub(crate) fn into_plan(self) -> Plan {
        Arc::try_unwrap(self.inner).map_or_else(|shared| shared.plan.clone(), |inner| inner.plan)
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.inner.plan
    }

    /// The moment at which it is asked.
    pub(crate) const fn moment(&self) -> Option<f64> {
        self.now
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Query")
            .field(&format_args!("{}", self.inner.source))
            .finish()
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
///
/// # Examples
///
/// ```
/// use livematch::Query;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let one = r#"{"score": 1.0}"#.parse::<Query>()?.fingerprint();
/// let other = r#"{"score": 1}"#.parse::<Query>()?.fingerprint();
/// assert_eq!(one, other);
/// assert_eq!(one.as_str(), other.to_string());
/// # Ok(())
/// # }
/// ```
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
