//! How much a pattern may ask for, and in which edition of JavaScript.

use super::error::PatternError;

/// The edition of ECMAScript that says what is a pattern.
///
/// A later one accepts what an earlier one refuses, and answers what both accept alike.
///
/// # Examples
///
/// ```
/// use livematch::{PatternEdition, PatternLimits};
///
/// assert!(PatternEdition::Es2023 < PatternEdition::Es2025);
/// assert_eq!(PatternLimits::new().edition(), PatternEdition::default());
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatternEdition {
    /// ECMAScript 2023 and the flag `v` of the edition after it, as Node 20 and 22 have them.
    Es2023,
    /// ECMAScript 2025, as Node 24 and later have it: flags for a part, as in `(?i:a)` and `(?-i:a)`, and a name for
    /// several groups in different alternatives, as in `(?<y>\d{4})-|/(?<y>\d{4})`.
    #[default]
    Es2025,
}

/// Bounds on what a pattern may ask for, so that no client can stall its host.
///
/// A pattern beyond a bound is refused when it is compiled, except for [`steps`](Self::steps), which
/// bounds a single test. Within the defaults a hostile pattern compiles in less than 100 ms, and its
/// first test against a text of 1 KB takes less than 10 ms.
///
/// # Examples
///
/// ```
/// use livematch::{Limits, PatternEdition, PatternLimits, Query};
///
/// let patterns = PatternLimits::new();
/// assert_eq!(patterns.length(), PatternLimits::DEFAULT_LENGTH);
/// assert_eq!(patterns.nesting(), PatternLimits::DEFAULT_NESTING);
/// assert_eq!(patterns.repetition(), PatternLimits::DEFAULT_REPETITION);
/// assert_eq!(patterns.class(), PatternLimits::DEFAULT_CLASS);
/// assert_eq!(patterns.program(), PatternLimits::DEFAULT_PROGRAM);
/// assert_eq!(patterns.steps(), PatternLimits::DEFAULT_STEPS);
/// assert_eq!(patterns.edition(), PatternEdition::Es2025);
///
/// let small = patterns
///     .with_length(100)
///     .with_nesting(5)
///     .with_repetition(10)
///     .with_class(50)
///     .with_program(200)
///     .with_steps(10_000);
/// let builder = Query::builder().limits(Limits::new().with_patterns(small));
/// assert!(builder.compile_str(r#"{"name": {"$regex": "^(a|b){10}$"}}"#).is_ok());
/// assert!(builder.compile_str(r#"{"name": {"$regex": "^(a|b){11}$"}}"#).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PatternLimits {
    length: u16,
    nesting: u16,
    repetition: u16,
    class: u16,
    program: u16,
    steps: u32,
    edition: PatternEdition,
}

impl Default for PatternLimits {
    fn default() -> Self {
        Self::new()
    }
}

impl PatternLimits {
    /// How long a pattern may be, in UTF-16 units.
    pub const DEFAULT_LENGTH: u16 = 4_096;

    /// How deep groups and classes may nest. Reading and compiling recurse, so this bounds their stack.
    pub const DEFAULT_NESTING: u16 = 100;

    /// The largest number that a counted repetition such as `a{2,1000}` may name.
    pub const DEFAULT_REPETITION: u16 = 1_000;

    /// How many ranges, characters and sets one class may list.
    pub const DEFAULT_CLASS: u16 = 1_024;

    /// How many steps a pattern may come to once its counted repetitions are written out. A test takes
    /// time in proportion to this number and to the length of the text.
    pub const DEFAULT_PROGRAM: u16 = 2_500;

    /// How many steps one test of a pattern with back-references may take before it counts as no match.
    pub const DEFAULT_STEPS: u32 = 250_000;

    /// The default bounds.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            length: Self::DEFAULT_LENGTH,
            nesting: Self::DEFAULT_NESTING,
            repetition: Self::DEFAULT_REPETITION,
            class: Self::DEFAULT_CLASS,
            program: Self::DEFAULT_PROGRAM,
            steps: Self::DEFAULT_STEPS,
            edition: PatternEdition::Es2025,
        }
    }

    /// Sets how long a pattern may be, in UTF-16 units.
    #[must_use]
    pub const fn with_length(mut self, units: u16) -> Self {
        self.length = units;
        self
    }

    /// Sets how deep groups and classes may nest.
    #[must_use]
    pub const fn with_nesting(mut self, levels: u16) -> Self {
        self.nesting = levels;
        self
    }

    /// Sets the largest number that a counted repetition may name.
    #[must_use]
    pub const fn with_repetition(mut self, count: u16) -> Self {
        self.repetition = count;
        self
    }

    /// Sets how many ranges, characters and sets one class may list.
    #[must_use]
    pub const fn with_class(mut self, members: u16) -> Self {
        self.class = members;
        self
    }

    /// Sets how many steps a pattern may come to once its counted repetitions are written out.
    #[must_use]
    pub const fn with_program(mut self, steps: u16) -> Self {
        self.program = steps;
        self
    }

    /// Sets how many steps one test of a pattern with back-references may take.
    #[must_use]
    pub const fn with_steps(mut self, steps: u32) -> Self {
        self.steps = steps;
        self
    }

    /// Sets the edition of ECMAScript that a pattern may be written in; the newest unless this is called.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Limits, PatternEdition, PatternLimits, Query};
    ///
    /// let clause = r#"{"name": {"$regex": "^(?i:mc)[A-Z]"}}"#;
    /// assert!(Query::builder().compile_str(clause).is_ok());
    ///
    /// // As Parse Server on Node 20 or 22 answers.
    /// let patterns = PatternLimits::new().with_edition(PatternEdition::Es2023);
    /// let limits = Limits::new().with_patterns(patterns);
    /// assert!(Query::builder().limits(limits).compile_str(clause).is_err());
    /// ```
    #[must_use]
    pub const fn with_edition(mut self, edition: PatternEdition) -> Self {
        self.edition = edition;
        self
    }

    /// How long a pattern may be, in UTF-16 units.
    #[must_use]
    pub const fn length(&self) -> u16 {
        self.length
    }

    /// How deep groups and classes may nest.
    #[must_use]
    pub const fn nesting(&self) -> u16 {
        self.nesting
    }

    /// The largest number that a counted repetition may name.
    #[must_use]
    pub const fn repetition(&self) -> u16 {
        self.repetition
    }

    /// How many ranges, characters and sets one class may list.
    #[must_use]
    pub const fn class(&self) -> u16 {
        self.class
    }

    /// How many steps a pattern may come to once its counted repetitions are written out.
    #[must_use]
    pub const fn program(&self) -> u16 {
        self.program
    }

    /// How many steps one test of a pattern with back-references may take.
    #[must_use]
    pub const fn steps(&self) -> u32 {
        self.steps
    }

    /// The edition of ECMAScript that a pattern may be written in.
    #[must_use]
    pub const fn edition(&self) -> PatternEdition {
        self.edition
    }

    /// Refuses a pattern that is too long.
    pub(crate) fn check_length(&self, units: usize) -> Result<(), PatternError> {
        let limit = usize::from(self.length);
        if units > limit {
            return Err(PatternError::Limit {
                what: "units in a pattern",
                limit,
            });
        }
        Ok(())
    }
}
