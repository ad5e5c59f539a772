//! The engines one by one, for tests that hold them against each other and against JavaScript.

use super::backtrack;
use super::compiled::fast_regex;
use super::emit::Reach;
use super::flags::Flags;
use super::fold::lower;
use super::limits::PatternLimits;
use super::literal::Literal;
use super::normal::normal;
use super::program::Program;
use super::script::Script;
use super::simulate;
use super::syntax::{Node, Tree, parse};
use super::text::decode;
use super::unicode;
use super::{Pattern, PatternCache, PatternEdition, PatternError};
use crate::steps::Free;

/// Why a pattern was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// JavaScript refuses it too.
    Invalid,
    /// It is beyond a limit.
    Limit,
    /// No table here answers it.
    Unsupported,
}

impl From<PatternError> for Refusal {
    fn from(error: PatternError) -> Self {
        match error {
            PatternError::Syntax { .. } | PatternError::Flags(_) => Self::Invalid,
            PatternError::Limit { .. } => Self::Limit,
            PatternError::Unsupported(_) => Self::Unsupported,
        }
    }
}

/// A way to answer a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// A look at the text.
    Literal,
    /// The `regex` crate.
    Regex,
    /// The simulation.
    Simulation,
    /// The simulation of the pattern as it was written.
    PlainSimulation,
    /// The backtracker, which can answer every pattern, if not every text.
    Backtrack,
}

/// A pattern, open to every engine that can answer it.
#[derive(Debug)]
pub struct Probe {
    pattern: Pattern,
    tree: Tree,
    node: Node,
    flags: Flags,
    literal: Option<Literal>,
    programs: Option<[Program; 2]>,
    fast: Option<(Reach, regex::Regex)>,
    script: Option<Script>,
}

/// Steps that a test may take in the backtracker.
const STEPS: u32 = 1_000_000;

impl Probe {
    /// Compiles the pattern for all engines.
    ///
    /// # Errors
    ///
    /// Fails where the pattern is refused.
    pub fn new(units: &[u16], flags: &str, edition: PatternEdition) -> Result<Self, Refusal> {
        let flags = Flags::parse(flags)?;
        let limits = PatternLimits::new().with_steps(STEPS).with_edition(edition);
        let pattern = Pattern::new(units, flags, &limits, &PatternCache::new(0))?;
        let tree = parse(units, flags, &limits)?;
        let node = normal(&tree, flags);
        let regular = tree.references.is_empty();
        let program = |node: &Node| Program::new(node, &limits).ok().filter(|_| regular);
        let programs = program(&node)
            .zip(program(&tree.root))
            .map(|(node, root)| [node, root]);
        let reach = Reach::of(&node, flags);
        let literal = Literal::of(&node, flags).filter(|_| regular);
        let fast = reach.zip(fast_regex(&node, flags));
        let script = Script::new(&tree, &limits).ok();
        Ok(Self {
            pattern,
            tree,
            node,
            flags,
            literal,
            programs,
            fast,
            script,
        })
    }

    /// What the pattern answers; none if it runs out of its budget.
    #[must_use]
    pub fn answer(&self, text: &[u16]) -> Option<bool> {
        let before = self.pattern.over_budget();
        let answer = self.pattern.is_match_units(text);
        (self.pattern.over_budget() == before).then_some(answer)
    }

    /// What each engine answers that can.
    #[must_use]
    pub fn answers(&self, text: &[u16]) -> Vec<(Route, bool)> {
        let mut answers = Vec::new();
        let mut add = |route, answer: Option<bool>| answers.extend(answer.map(|yes| (route, yes)));
        let valid = String::from_utf16(text).ok();
        let sticky = self.flags.sticky();
        let chars = decode(text, self.flags.code_points());
        let literal = self.literal.as_ref();
        add(
            Route::Literal,
            literal.map(|literal| literal.is_match_units(text, self.flags)),
        );
        if let Some(valid) = &valid {
            add(
                Route::Literal,
                literal.map(|literal| literal.is_match(valid)),
            );
            let fast = self.fast.as_ref();
            let put = fast.and_then(|(reach, regex)| Some((reach.put(valid)?, regex)));
            add(Route::Regex, put.map(|(text, regex)| regex.is_match(&text)));
        }
        if let Some([normal, plain]) = &self.programs {
            let simulated = |program| {
                let Ok(found) = simulate::is_match(program, &*chars, sticky, &mut Free);
                Some(found)
            };
            add(Route::Simulation, simulated(normal));
            add(Route::PlainSimulation, simulated(plain));
        }
        let mut budget = STEPS;
        let tried = self.script.as_ref();
        let tried =
            tried.and_then(|script| backtrack::is_match(script, &*chars, sticky, &mut budget).ok());
        add(Route::Backtrack, tried);
        answers
    }

    /// The way that the pattern goes once it is asked often.
    #[must_use]
    pub fn route(&self) -> Route {
        if !self.tree.references.is_empty() {
            Route::Backtrack
        } else if self.literal.is_some() {
            Route::Literal
        } else if self.fast.is_some() {
            Route::Regex
        } else {
            Route::Simulation
        }
    }

    /// Checks that a text which matches has what the pattern says it must have.
    ///
    /// # Errors
    ///
    /// Names the first statement that does not hold.
    pub fn check_facts(&self, text: &str) -> Result<(), &'static str> {
        let lower: String = text.chars().map(lower).collect();
        let holds = |fact: Option<&str>, test: &dyn Fn(&str) -> bool| fact.is_none_or(test);
        if !holds(self.pattern.required_prefix(), &|prefix| {
            text.starts_with(prefix)
        }) {
            return Err("the required prefix");
        }
        if !holds(self.pattern.required_literal(), &|literal| {
            text.contains(literal)
        }) {
            return Err("the required literal");
        }
        if !holds(self.pattern.required_folded_prefix(), &|prefix| {
            lower.starts_with(prefix)
        }) {
            return Err("the required prefix in lower case");
        }
        if !holds(self.pattern.required_folded_literal(), &|literal| {
            lower.contains(literal)
        }) {
            return Err("the required literal in lower case");
        }
        Ok(())
    }

    /// Whether a missing field would match, which is tested as the text `undefined`.
    #[must_use]
    pub fn matches_undefined(&self) -> bool {
        self.pattern.matches_undefined()
    }

    /// The tree that is compiled, for messages.
    #[must_use]
    pub fn describe(&self) -> String {
        format!("{:?}: {:?}", self.pattern, self.node)
    }

    /// Heap bytes of the resident pattern.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        self.pattern.memory_usage()
    }
}

/// A set or a folding of the Unicode tables.
#[derive(Clone, Debug)]
pub struct UnicodeTable {
    /// As `\\p{…}` asks for it; `fold upper` or `fold simple` for what `i` takes for one.
    pub name: String,
    /// Ranges as `41-5a`, or characters that are one as `41=61`, parted by spaces.
    pub content: String,
}

/// All the tables.
#[must_use]
pub fn unicode_tables() -> Vec<UnicodeTable> {
    let joined = |words: Vec<String>| words.join(" ");
    let foldings = ["upper", "simple"].into_iter().map(|name| {
        let orbits = unicode::folding(name).into_iter().map(|mut orbit| {
            orbit.sort_unstable();
            let chars: Vec<String> = orbit.iter().map(|c| format!("{c:x}")).collect();
            (orbit, chars.join("="))
        });
        let mut orbits: Vec<_> = orbits.collect();
        orbits.sort_unstable();
        UnicodeTable {
            name: format!("fold {name}"),
            content: joined(orbits.into_iter().map(|(_, text)| text).collect()),
        }
    });
    let sets = unicode::tables().map(|(name, ranges)| {
        let ranges = ranges.iter().map(|(from, to)| format!("{from:x}-{to:x}"));
        UnicodeTable {
            name,
            content: joined(ranges.collect()),
        }
    });
    foldings.chain(sets).collect()
}

/// A pattern as the library compiles it, for benchmarks.
#[derive(Clone, Debug)]
pub struct Compiled(Pattern);

impl Compiled {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// Fails where the pattern is refused.
    pub fn new(
        pattern: &str,
        flags: &str,
        limits: &PatternLimits,
        cache: &PatternCache,
    ) -> Result<Self, Refusal> {
        let units: Vec<u16> = pattern.encode_utf16().collect();
        Ok(Self(Pattern::new(
            &units,
            Flags::parse(flags)?,
            limits,
            cache,
        )?))
    }

    /// Whether it matches.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// Heap bytes.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        self.0.memory_usage()
    }

    /// How many tests ran out of their budget.
    #[must_use]
    pub fn over_budget(&self) -> u64 {
        self.0.over_budget()
    }
}
