//! What a clause says that its author will not have meant.

use std::fmt;

use crate::event::Verdict;

/// Something in a clause that Parse Server accepts and that does not do what it looks like.
///
/// Silence is the first complaint of LiveQuery's users: the server confirms a subscription whose query can never
/// match. A warning says so, where, and what to do instead.
///
/// # Examples
///
/// ```
/// use livematch::{Effect, Level, Query};
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"winner": null}"#.parse()?;
/// let warning = &query.warnings()[0];
/// assert_eq!((warning.pointer(), warning.code()), ("/winner", "equals-null"));
/// assert_eq!((warning.effect(), warning.level()), (Effect::NeverMatches, Level::Error));
/// assert!(warning.message().contains("$exists"));
/// assert_eq!((warning.operator(), warning.surprise().code()), ("=", "equals-null"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub(crate) pointer: String,
    pub(crate) operator: Box<str>,
    pub(crate) surprise: &'static Surprise,
}

/// What becomes of the part of a clause that a [`Warning`] is about.
///
/// # Examples
///
/// ```
/// use livematch::{Effect, Query};
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"team": {"$inQuery": {}}}"#.parse()?;
/// let effect = query.warnings()[0].effect();
/// assert_eq!((effect, effect.as_str()), (Effect::NeverMatches, "never matches"));
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It holds for no object as Parse stores them.
    NeverMatches,
    /// There is no object as Parse stores them for which it does not hold, though it may fault for some.
    AlwaysMatches,
    /// It is not looked at.
    Ignored,
    /// It faults for the objects that it should tell apart, and a fault silences the subscription for their changes.
    Faults,
    /// It is looked at, and means something else than it seems to.
    Differs,
}

impl Effect {
    /// The effect in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NeverMatches => "never matches",
            Self::AlwaysMatches => "always matches",
            Self::Ignored => "is ignored",
            Self::Faults => "faults",
            Self::Differs => "means something else",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much a [`Warning`] matters, from the least to the most.
///
/// # Examples
///
/// ```
/// use livematch::{Level, Query};
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"winner": null, "score": {"$lt": 5}}"#.parse()?;
/// let mut levels: Vec<Level> = query.warnings().iter().map(|warning| warning.level()).collect();
/// levels.sort();
/// assert_eq!(levels, [Level::Hint, Level::Error]);
/// assert_eq!(levels[0].as_str(), "hint");
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// It does what LiveQuery always does, which may surprise: for some objects `find()` answers otherwise. Ordinary
    /// ranges have one.
    Hint,
    /// A part of the clause does not do what it says.
    Warning,
    /// What is asked for cannot be had this way: it never matches, or only by accident.
    Error,
}

impl Level {
    /// The level as a word in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Warning {
    /// An RFC 6901 pointer to the constraint or operator.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The operator, `=` where a value stands in the place of operators.
    #[must_use]
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// What kind of surprise it is.
    #[must_use]
    pub fn surprise(&self) -> &'static Surprise {
        self.surprise
    }

    /// The name of the kind of surprise, which stays the same from release to release: `range-on-missing`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.surprise.code
    }

    /// How much it matters.
    #[must_use]
    pub fn level(&self) -> Level {
        self.surprise.level
    }

    /// What becomes of it.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.surprise.effect
    }

    /// One sentence on why, and what to do instead.
    #[must_use]
    pub fn message(&self) -> &str {
        self.surprise.message
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = self.effect();
        write!(
            f,
            "at {}: {} {effect}: {}",
            self.pointer,
            self.operator,
            self.message()
        )
    }
}

/// One kind of what surprises in LiveQuery's dialect, with a clause that has it.
///
/// # Examples
///
/// Each example shows what it says:
///
/// ```
/// use livematch::{Object, Query, Surprise};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// for surprise in Surprise::all() {
///     let query: Query = surprise.example().parse()?;
///     let mut warnings = query.warnings().into_iter();
///     assert!(warnings.any(|warning| warning.code() == surprise.code()));
///     for (object, verdict) in surprise.objects() {
///         assert_eq!(query.verdict(&object.parse::<Object>()?), *verdict);
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// Each says why, and what to do instead:
///
/// ```
/// use livematch::{Effect, Level, Query};
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let query: Query = r#"{"winner": null}"#.parse()?;
/// let surprise = query.warnings()[0].surprise();
/// assert_eq!((surprise.level(), surprise.effect()), (Level::Error, Effect::NeverMatches));
/// assert!(surprise.instead().contains("$exists") && !surprise.why().contains("$exists"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Surprise {
    pub(crate) code: &'static str,
    pub(crate) level: Level,
    pub(crate) effect: Effect,
    /// What is to be known, a semicolon, and what to do instead.
    pub(crate) message: &'static str,
    pub(crate) why: &'static str,
    pub(crate) instead: &'static str,
    pub(crate) example: &'static str,
    pub(crate) objects: &'static [(&'static str, Verdict)],
}

/// A table of surprises under a name, each `NAME "code" Level Effect, "why", "what to do instead", "a clause" { "an object" Verdict … }`.
macro_rules! surprises {
    ($all:ident: $(
        $(#[$comment:meta])*
        $name:ident $code:literal $level:ident $effect:ident,
        $why:literal,
        $instead:literal,
        $example:literal { $($object:literal $verdict:ident)+ }
    )+) => {
        $(
            $(#[$comment])*
            pub(super) static $name: $crate::Surprise = $crate::Surprise {
                code: $code,
                level: $crate::Level::$level,
                effect: $crate::Effect::$effect,
                message: concat!($why, "; ", $instead),
                why: $why,
                instead: $instead,
                example: $example,
                objects: &[$(($object, $crate::Verdict::$verdict)),+],
            };
        )+

        static $all: &[&$crate::Surprise] = &[$(&$name),+];
    };
}

pub(crate) use surprises;

impl Surprise {
    /// Its name, which stays the same from release to release.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// How much it matters.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// What becomes of a part of a clause that has it.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Why that is so.
    #[must_use]
    pub fn why(&self) -> &'static str {
        self.why
    }

    /// What to do instead.
    #[must_use]
    pub fn instead(&self) -> &'static str {
        self.instead
    }

    /// The JSON text of a clause that has it.
    #[must_use]
    pub fn example(&self) -> &'static str {
        self.example
    }

    /// The JSON texts of objects that show it, and what the example answers for them.
    #[must_use]
    pub fn objects(&self) -> &'static [(&'static str, Verdict)] {
        self.objects
    }
}
