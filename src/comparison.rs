//! Two queries asked the same, and where they part: for a host that measures a dialect before it switches.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::SystemTime;

use crate::document::Document;
use crate::error::CompileError;
use crate::event::{Event, Outcome, Verdict};
use crate::explain::{Explanation, Held, Tested};
use crate::query::{Query, QueryBuilder};
use crate::warning::Surprise;

/// A query that is served, and another one that is only asked to see whether it would answer alike: the same clause in the other
/// dialect, or by what is known of another schema.
///
/// # Examples
///
/// ```
/// use livematch::{Comparison, Dialect, Event, FindOptions, Query};
/// use serde_json::json;
///
/// let find = Query::builder().dialect(Dialect::Find(FindOptions::new()));
/// let clause = r#"{"name": "Ada", "score": {"$lt": 5}}"#;
/// let comparison = Comparison::compile_str(clause, &Query::builder(), &find);
///
/// let compared = comparison.compare(None, Some(&json!({"name": "Ada", "score": 4})));
/// assert!(compared.is_agreed());
///
/// // In LiveQuery's dialect a range holds for a missing field.
/// let compared = comparison.compare(None, Some(&json!({"name": "Ada"})));
/// assert_eq!(compared.served_event(), Some(Event::Create));
/// assert_eq!(compared.shadow_event(), None);
/// let difference = &compared.differences()[0];
/// assert_eq!(difference.pointers().collect::<Vec<_>>(), ["/score/$lt"]);
/// assert_eq!(difference.surprises().map(|surprise| surprise.code()).collect::<Vec<_>>(), ["range-on-missing"]);
/// ```
///
/// A clause that only one of them takes never has an agreed answer:
///
/// ```
/// use livematch::{Comparison, Dialect, ErrorKind, FindOptions, Query, Verdict};
/// use serde_json::json;
///
/// let find = Query::builder().dialect(Dialect::Find(FindOptions::new()));
/// let comparison = Comparison::compile_str(r#"{"tags": {"$size": 1}}"#, &Query::builder(), &find);
/// assert_eq!(comparison.shadow().unwrap_err().kind(), ErrorKind::InvalidConstraint);
/// let compared = comparison.compare(None, Some(&json!({"tags": ["a"]})));
/// assert!(!compared.is_agreed() && compared.differences().is_empty());
/// assert_eq!(compared.served_outcome().and_then(|outcome| outcome.new_verdict()), Some(Verdict::NoMatch));
/// assert_eq!(compared.shadow_outcome(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Comparison {
    served: Result<Query, CompileError>,
    shadow: Result<Query, CompileError>,
}

impl Comparison {
    /// Compares two queries.
    #[must_use]
    pub fn new(served: Query, shadow: Query) -> Self {
        Self {
            served: Ok(served),
            shadow: Ok(shadow),
        }
    }

    /// Compiles the JSON text of a clause twice. That one of the builders refuses it, or both, is not an error: it is an answer by
    /// which they may differ.
    ///
    /// # Complexity
    ///
    /// That of [`QueryBuilder::compile_str`] for each.
    #[must_use]
    pub fn compile_str(clause: &str, served: &QueryBuilder, shadow: &QueryBuilder) -> Self {
        Self {
            served: served.compile_str(clause),
            shadow: shadow.compile_str(clause),
        }
    }

    /// The query that is served.
    ///
    /// # Errors
    ///
    /// Why the clause was refused.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Comparison, Query};
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let query: Query = r#"{"score": {"$lt": 5}}"#.parse()?;
    /// let comparison = Comparison::new(query.clone(), query);
    /// assert_eq!(comparison.served().map(Query::clause_text), Ok(r#"{"score":{"$lt":5}}"#));
    /// # Ok(())
    /// # }
    /// ```
    pub fn served(&self) -> Result<&Query, &CompileError> {
        self.served.as_ref()
    }

    /// The query that is only asked.
    ///
    /// # Errors
    ///
    /// Why the clause was refused.
    pub fn shadow(&self) -> Result<&Query, &CompileError> {
        self.shadow.as_ref()
    }

    /// Both as they are asked at a moment; see [`Query::at`].
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use livematch::{Comparison, Dialect, FindOptions, Query};
    /// use serde_json::json;
    ///
    /// let find = Query::builder().dialect(Dialect::Find(FindOptions::new()));
    /// let clause = r#"{"seen": {"$gt": {"$relativeTime": "1 day ago"}}}"#;
    /// let comparison = Comparison::compile_str(clause, &find, &find);
    /// let seen = json!({"seen": {"__type": "Date", "iso": "1970-01-02T00:00:00.000Z"}});
    /// let is_created = |days: u64| {
    ///     let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400);
    ///     comparison.at(moment).compare(None, Some(&seen)).served_event().is_some()
    /// };
    /// assert!(is_created(1) && !is_created(3));
    /// ```
    #[must_use]
    pub fn at(&self, moment: SystemTime) -> Self {
        let at = |query: &Result<Query, CompileError>| match query {
            Ok(query) => Ok(query.at(moment)),
            Err(error) => Err(error.clone()),
        };
        Self {
            served: at(&self.served),
            shadow: at(&self.shadow),
        }
    }

    /// What both answer for a change, and for each side on which their verdicts differ by which constraints they do. `None` stands
    /// for a side that does not exist.
    ///
    /// # Complexity
    ///
    /// That of [`Query::outcome`] for both; where they differ, that of [`Query::explain`] for both. A host that only counts asks
    /// [both](Self::served) for their outcomes instead, and explains one difference of many.
    #[must_use]
    pub fn compare<D: Document + ?Sized>(&self, old: Option<&D>, new: Option<&D>) -> Compared {
        let outcome = |query: &Result<Query, CompileError>| {
            let query = query.as_ref().ok()?;
            Some(query.outcome(old, new))
        };
        let (served, shadow) = (outcome(&self.served), outcome(&self.shadow));
        let sides = [(Side::Old, old), (Side::New, new)].into_iter();
        let differences = sides.filter_map(|(side, object)| {
            let (of_served, of_shadow) = (side.verdict(served?)?, side.verdict(shadow?)?);
            let differs = of_served != of_shadow;
            differs.then(|| self.difference(side, object?)).flatten()
        });
        Compared {
            differences: differences.collect(),
            served,
            shadow,
        }
    }

    fn difference<D: Document + ?Sized>(&self, side: Side, object: &D) -> Option<Difference> {
        let explain = |query: &Result<Query, CompileError>| {
            let query = query.as_ref().ok()?;
            Some(query.explain(object))
        };
        let (served, shadow) = (explain(&self.served)?, explain(&self.shadow)?);
        Some(Difference {
            side,
            pointers: parting(&served, &shadow),
            served,
            shadow,
        })
    }
}

/// A side of a change.
///
/// # Examples
///
/// ```
/// use livematch::Side;
///
/// assert_eq!([Side::Old, Side::New].map(Side::as_str), ["old", "new"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The object before the change.
    Old,
    /// The object after it.
    New,
}

impl Side {
    /// The side as a word: `old` or `new`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
        }
    }

    fn verdict(self, outcome: Outcome) -> Option<Verdict> {
        match self {
            Self::Old => outcome.old_verdict(),
            Self::New => outcome.new_verdict(),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What two queries answer for a change, and where they part; made by [`Comparison::compare`].
///
/// # Examples
///
/// ```
/// use livematch::{Comparison, Dialect, Event, FindOptions, Query, Verdict};
/// use serde_json::json;
///
/// let find = Query::builder().dialect(Dialect::Find(FindOptions::new()));
/// let clause = r#"{"name": "Ada", "score": {"$lt": 5}}"#;
/// let comparison = Comparison::compile_str(clause, &Query::builder(), &find);
/// let compared = comparison.compare(None, Some(&json!({"name": "Ada"})));
/// assert!(!compared.is_agreed());
/// assert_eq!((compared.served_event(), compared.shadow_event()), (Some(Event::Create), None));
/// let verdicts = [compared.served_outcome(), compared.shadow_outcome()].map(|outcome| outcome?.new_verdict());
/// assert_eq!(verdicts, [Some(Verdict::Match), Some(Verdict::NoMatch)]);
/// assert_eq!(compared.differences().len(), 1);
/// assert!(compared.to_string().starts_with("served: create; shadow: no event\n"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    served: Option<Outcome>,
    shadow: Option<Outcome>,
    differences: Box<[Difference]>,
}

impl Compared {
    /// What the query that is served answers; nothing if its clause was refused.
    #[must_use]
    pub fn served_outcome(&self) -> Option<Outcome> {
        self.served
    }

    /// What the other one answers; nothing if its clause was refused.
    #[must_use]
    pub fn shadow_outcome(&self) -> Option<Outcome> {
        self.shadow
    }

    /// The event that is fired, if there is one; who may read the object is not weighed.
    #[must_use]
    pub fn served_event(&self) -> Option<Event> {
        self.served?.event()
    }

    /// The event that the other one would fire, if there is one.
    #[must_use]
    pub fn shadow_event(&self) -> Option<Event> {
        self.shadow?.event()
    }

    /// Whether both give the same verdict for each side, or both refused the clause.
    ///
    /// Their events can be the same where their verdicts are not: neither a fault nor two sides that do not match fire one.
    #[must_use]
    pub fn is_agreed(&self) -> bool {
        self.served == self.shadow
    }

    /// The sides on which their verdicts differ, the old one first; none if either refused the clause.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }
}

/// The events of both, and a line for each side on which they differ.
impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |outcome: Option<Outcome>| match outcome {
            None => "refused",
            Some(outcome) => outcome.event().map_or("no event", Event::as_str),
        };
        let (served, shadow) = (word(self.served), word(self.shadow));
        write!(f, "served: {served}; shadow: {shadow}")?;
        let mut differences = self.differences.iter();
        differences.try_for_each(|difference| write!(f, "\n{difference}"))
    }
}

/// A side of a change on which two queries differ.
///
/// # Examples
///
/// ```
/// use livematch::{Comparison, Dialect, FindOptions, Query, Side, Verdict};
/// use serde_json::json;
///
/// let find = Query::builder().dialect(Dialect::Find(FindOptions::new()));
/// let clause = r#"{"name": "Ada", "score": {"$lt": 5}}"#;
/// let comparison = Comparison::compile_str(clause, &Query::builder(), &find);
/// let compared = comparison.compare(None, Some(&json!({"name": "Ada"})));
/// let difference = &compared.differences()[0];
/// assert_eq!(difference.side(), Side::New);
/// assert!(difference.pointers().eq(["/score/$lt"]));
/// assert_eq!(difference.served().verdict(), Verdict::Match);
/// assert_eq!(difference.shadow().verdict(), Verdict::NoMatch);
/// assert!(difference.surprises().map(|surprise| surprise.code()).eq(["range-on-missing"]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    side: Side,
    served: Explanation,
    shadow: Explanation,
    pointers: Box<[Box<str>]>,
}

impl Difference {
    /// Which side it is.
    #[must_use]
    pub fn side(&self) -> Side {
        self.side
    }

    /// Why the query that is served answers as it does.
    #[must_use]
    pub fn served(&self) -> &Explanation {
        &self.served
    }

    /// Why the other one answers as it does.
    #[must_use]
    pub fn shadow(&self) -> &Explanation {
        &self.shadow
    }

    /// RFC 6901 pointers to the constraints by which they differ: those that both reached, that one of them owes its verdict to, and
    /// that they answer otherwise. If there is none, because they combine their constraints in other ways, what decided in either.
    #[must_use]
    pub fn pointers(&self) -> impl ExactSizeIterator<Item = &str> {
        self.pointers.iter().map(|pointer| &**pointer)
    }

    /// The oddities to which either of them owes its answer, each once.
    ///
    /// With the [pointers](Self::pointers) they say why without a value of the object or the clause: what a log may have.
    pub fn surprises(&self) -> impl Iterator<Item = &'static Surprise> {
        let decisive = self.served.decisive().chain(self.shadow.decisive());
        let mut surprises: Vec<&'static Surprise> = Vec::new();
        for surprise in decisive.filter_map(Tested::surprise) {
            if !surprises.contains(&surprise) {
                surprises.push(surprise);
            }
        }
        surprises.into_iter()
    }
}

/// The side, where they differ, and both explanations.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            side,
            served,
            shadow,
            ..
        } = self;
        write!(f, "{side}: they differ by")?;
        for pointer in self.pointers() {
            write!(f, " {pointer}")?;
        }
        write!(f, "\n  served: {served}\n  shadow: {shadow}")
    }
}

/// By which constraints two explanations of one clause differ.
fn parting(served: &Explanation, shadow: &Explanation) -> Box<[Box<str>]> {
    let known: HashMap<_, _> = (shadow.tested().iter())
        .map(|tested| ((tested.pointer(), tested.operator()), tested))
        .collect();
    let parts = |one: &&Tested| {
        let other = known.get(&(one.pointer(), one.operator()));
        other.is_some_and(|other| {
            let is_reached = one.held() != Held::NotReached && other.held() != Held::NotReached;
            is_reached && one.held() != other.held() && (one.is_decisive() || other.is_decisive())
        })
    };
    let mut pointers: Vec<&Tested> = served.tested().iter().filter(parts).collect();
    if pointers.is_empty() {
        pointers.extend(served.decisive().chain(shadow.decisive()));
    }
    let mut seen = HashSet::new();
    let pointers = pointers.into_iter().map(Tested::pointer);
    let pointers = pointers.filter(|pointer| seen.insert(*pointer));
    pointers.map(Box::from).collect()
}
