//! Matches Parse queries against changes of objects, exactly as Parse Server's LiveQuery does.
//!
//! A `where` clause compiles into a [`Query`]; [`classify`] says which [`Event`] a change of an object fires for it.
//!
//! ```
//! use livematch::{Event, Query, classify};
//! use serde_json::json;
//!
//! # fn main() -> Result<(), livematch::CompileError> {
//! let query: Query = r#"{"status": "open", "price": {"$lt": 100}}"#.parse()?;
//! let before = json!({"status": "open", "price": 120});
//! let after = json!({"status": "open", "price": 80});
//! assert_eq!(classify(&query, Some(&before), Some(&after)), Some(Event::Enter));
//! # Ok(())
//! # }
//! ```
//!
//! # Whose semantics
//!
//! Those of the LiveQuery matcher of `parse-server` 9.10.0, oddities included: JavaScript's comparison, equality and
//! conversion, its order of evaluation, the operators that end their constraint early, and the places where it
//! throws, which are a third verdict here ([`Verdict::Fault`]). Every deliberate difference stands in the ledger,
//! `tests/data/ledger.jsonl`, with its reason.
//!
//! [`Dialect::Find`] has a query answer as `Parse.Query.find()` does on MongoDB instead; `docs/find.md` says how.
//!
//! What surprises in these semantics is named by [`Query::warnings`] and refused by [`QueryBuilder::strict`].
//!
//! The operators, each with what it means here, are listed in `docs/operators.md`; what surprises, in `docs/surprises.md`.
//!
//! # Many queries
//!
//! A [`QuerySet`] holds the queries of one class, a million of them if need be, and answers which of them a change fires an
//! event for. Its answer is that of every query by itself; its cost is that of the few that can match.
//!
//! - A query is filed under *access keys*: hashes of what a value must say about itself for the query to hold, such as
//!   "`room` is `r1`" or "`name` begins with `Ad`". Ranges and shapes on the map are filed in trees.
//! - The values of both sides of a change make keys in the same way. Queries that share one with the change are its *candidates*; each is run
//!   once, and those whose verdicts make an event are [hits](Hit).
//! - Equal queries are held once, whoever subscribes to them.
//!
//! [`QuerySet::filing`] says beforehand how a query would be filed and what it may cost, and
//! [`classify_metered`](QuerySet::classify_metered) keeps within a [`Budget`].
//!
//! A set, and a [`Query`], is `Send` and `Sync`. Threads that match share it by reference, each with a [`Scratch`] of its own; a host's lock keeps
//! insertions and removals apart from them.
//!
//! # Why
//!
//! [`Query::explain`] says why an object matches or does not: every constraint in the order of evaluation with what it found, and which
//! of them decided. [`Query::explain_change`] says why there is an event or none, and a [`Comparison`] where two queries differ: a host measures
//! with it what becomes of its clauses in the other dialect.
//!
//! ```
//! use livematch::Query;
//! use serde_json::json;
//!
//! # fn main() -> Result<(), livematch::CompileError> {
//! let query: Query = r#"{"price": {"$lt": 100}}"#.parse()?;
//! let explanation = query.explain(&json!({"price": 120}));
//! assert_eq!(explanation.to_string(), "no match: /price/$lt: expected less than 100, found 120");
//! # Ok(())
//! # }
//! ```
//!
//! # Who may read
//!
//! What a change means depends on who asks. To somebody who may no longer read an object it *leaves*, even though it still matches. So a query
//! answers with an [`Outcome`], the verdicts of both sides, and the host names the event when it knows the reader:
//! [`outcome.readable(old, new).event()`](Outcome::readable).
//!
//! # In a server
//!
//! A published message becomes a [`Change`]; [`Query::outcome`] or a [`QuerySet`] gives the verdicts, [`Outcome::readable`]
//! weighs who may read them, [`Outcome::event`] names what to send, and [`Watch`] holds back updates that touch no
//! watched field. [`Query::fingerprint`] tells which subscriptions are one query.
//!
//! # Untrusted input
//!
//! Clauses and objects may come from strangers. Nothing panics, overflows the stack or runs without bound: clauses
//! are held to [`Limits`], patterns take time linear in the text or stop after a budget of steps
//! ([`PatternLimits`]), and what nests too deep in an object is a fault.
//!
//! # Features
//!
//! They only add to the API; the first two are on by default.
//!
//! - `chrono`: the times of a [`Change`] as `chrono::DateTime<Utc>`.
//! - `geo`: [`GeoPoint`] and [`Polygon`] to and from the types of `geo-types`.
//! - `serde`: `Serialize` for events, verdicts, explanations, warnings, errors and ids.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The modules stand in the order in which data meets them.

// A clause comes in …
mod constraint;
mod error;
mod limits;

// … and whoever asks is told what became of it …
mod explain;

// … is given its meaning …
mod find;
mod plan;
mod warning;

// … by operators …
mod op;

// … on JavaScript's values, patterns and Parse's geometry …
mod decode;
mod geo;
mod pattern;
mod value;

// … is matched against an object …
mod document;
mod field_set;
mod object;
mod outline;
mod query;
mod view;

// … or by two queries, to see where they differ …
mod comparison;

// … or against many queries at once …
mod set;

// … and names an event.
mod event;

// What is published about a change, what a subscriber watches, and Parse's own name for a query.
mod change;
mod hash;
mod watch;

// What is answered, for serializers.
#[cfg(feature = "serde")]
mod serialize;

// Whoever gathers things looks here for what stands twice.
mod marks;

// What work costs, and who pays for it.
mod steps;

pub use crate::change::{Change, ChangeError, ChangeErrorKind, ChangeKind, UnknownChangeKind};
pub use crate::comparison::{Compared, Comparison, Difference, Side};
pub use crate::document::Document;
pub use crate::error::{CompileError, ErrorKind};
pub use crate::event::{Event, Outcome, UnknownEvent, Verdict};
pub use crate::explain::{ChangeExplanation, Explanation, Found, Held, Tested};
pub use crate::field_set::FieldSet;
pub use crate::find::options::{ClassSchema, Dialect, FieldType, FindOptions};
pub use crate::geo::{GeoPoint, InvalidShape, Polygon};
pub use crate::hash::{HashError, query_hash};
pub use crate::limits::Limits;
pub use crate::object::Object;
pub use crate::outline::Outline;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use crate::pattern::testing as pattern_testing;
pub use crate::pattern::{PatternCache, PatternEdition, PatternLimits, UNICODE_VERSION};
pub use crate::query::{Fingerprint, Query, QueryBuilder, classify};
pub use crate::set::{
    Budget, Cost, Filing, FilingKind, Hit, QueryCopy, QuerySet, Runner, Scratch, SubscriptionId,
};
pub use crate::view::View;
pub use crate::warning::{Effect, Level, Surprise, Warning};
pub use crate::watch::Watch;

/// The examples of the README, which are compiled and run with the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
