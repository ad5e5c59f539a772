//! Matches Parse queries against changes of objects, exactly as Parse Server's LiveQuery does.

// The modules stand in the order in which data meets them.

// A clause comes in …
mod constraint;
mod error;
mod limits;

// … is given its meaning …
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
mod object;
mod query;

// … and names an event.
mod event;

// What is published about a change, what a subscriber watches, and Parse's own name for a query.
mod change;
mod hash;
mod watch;

pub use crate::change::{Change, ChangeError, ChangeErrorKind, ChangeKind, UnknownChangeKind};
pub use crate::document::{Document, View};
pub use crate::error::{CompileError, ErrorKind};
pub use crate::event::{Event, Outcome, UnknownEvent, Verdict};
pub use crate::geo::{GeoPoint, InvalidShape, Polygon};
pub use crate::hash::{HashError, query_hash};
pub use crate::limits::Limits;
pub use crate::object::Object;
#[doc(hidden)]
pub use crate::pattern::testing as pattern_testing;
pub use crate::pattern::{PatternCache, PatternLimits};
pub use crate::query::{Fingerprint, Query, QueryBuilder, classify};
pub use crate::warning::{Effect, Warning};
pub use crate::watch::Watch;
