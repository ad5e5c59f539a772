//! A pattern as it stays in memory, and the choice of the engine that answers a text.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use regex::{Regex, RegexBuilder};

use super::backtrack;
use super::emit::{Reach, emit};
use super::error::PatternError;
use super::facts::Facts;
use super::flags::Flags;
use super::limits::PatternLimits;
use super::literal::Literal;
use super::normal::normal;
use super::program::Program;
use super::script::Script;
use super::shared::{Shared, Tenant};
use super::simulate;
use super::syntax::{Node, Tree, parse};
use super::text::{Text, decode};
use crate::steps::{Free, Meter, Rates, Spend, Spent};

/// What a pattern is compiled from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Source {
    pub(super) units: Box<[u16]>,
    pub(super) flags: Flags,
    pub(super) limits: PatternLimits,
}

/// A pattern, compiled.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) source: Source,
    pub(super) facts: Facts,
    pub(super) matches_undefined: bool,
    engine: Engine,
    shared: Shared<Self>,
    /// How many tests were made that a `regex::Regex` could answer; it stays at its maximum.
    uses: AtomicU32,
    over_budget: AtomicU64,
}

/// What answers a text.
#[derive(Debug)]
enum Engine {
    /// Nothing but a look at the text.
    Literal(Literal),
    /// The simulation, or while the pattern is hot the `regex` crate.
    Regular {
        program: Program,
        fast: Option<Fast>,
    },
    /// The backtracker.
    Backtrack(Script),
}

/// What the `regex` crate can do for a pattern.
#[derive(Debug)]
struct Fast {
    reach: Reach,
    regex: RwLock<Slot>,
}

#[derive(Debug)]
enum Slot {
    /// Asked too seldom so far, or pushed out by others.
    Cold,
    Hot(Regex),
    /// The `regex` crate found it too large.
    Refused,
}

/// After how many tests a pattern asks for a place among the hot ones. Compiling it for the `regex` crate costs as much
/// as some hundred simulated tests of a short text.
const HOT_AFTER: u32 = 128;

/// How large a `regex::Regex` may grow, in bytes, and its cache beside it.
const REGEX_SIZE: usize = 256 * 1024;

/// How deep brackets may nest for the `regex` crate, which gets some more than the pattern has.
const NEST: u32 = 1_000;

impl Compiled {
    pub(super) fn new(source: Source, shared: &Shared<Self>) -> Result<Self, PatternError> {
        let Source {
            units,
            flags,
            limits,
        } = &source;
        let tree = parse(units, *flags, limits)?;
        let node = normal(&tree, *flags);
        let facts = Facts::of(&node, flags.sticky());
        let engine = Engine::new(&tree, &node, *flags, limits)?;
        let mut compiled = Self {
            source,
            facts,
            matches_undefined: false,
            engine,
            shared: shared.clone(),
            uses: AtomicU32::new(0),
            over_budget: AtomicU64::new(0),
        };
        // A missing field is tested as this word.
        compiled.matches_undefined = compiled.matches_slowly("undefined");
        Ok(compiled)
    }

    pub(super) fn is_match(self: &Arc<Self>, text: &str) -> bool {
        if let Engine::Literal(literal) = &self.engine {
            return literal.is_match(text);
        }
        self.matches_fast(text)
            .unwrap_or_else(|| self.matches_slowly(text))
    }

    /// As [`is_match`](Self::is_match), as far as `meter` pays for it. Nothing can see how long the `regex` crate takes, so it
    /// is not asked.
    pub(super) fn is_match_within(&self, text: &str, meter: &mut Meter) -> Result<bool, Spent> {
        meter.spend(self.reading().steps_for_bytes(text.len()))?;
        self.matches_slowly_within(text, meter)
    }

    /// By the `regex` crate, if the pattern is hot and the text within its reach.
    fn matches_fast(self: &Arc<Self>, text: &str) -> Option<bool> {
        let Engine::Regular {
            fast: Some(fast), ..
        } = &self.engine
        else {
            return None;
        };
        // A writer is about to replace what is read here; it is not waited for.
        let slot = fast.regex.try_read().ok()?;
        match &*slot {
            Slot::Hot(regex) => {
                self.count_use();
                fast.reach.put(text).map(|text| regex.is_match(&text))
            }
            Slot::Cold => {
                drop(slot);
                if self.count_use() {
                    self.heat(fast);
                }
                None
            }
            Slot::Refused => None,
        }
    }

    /// Counts a test; whether it is time to ask for a place among the hot patterns.
    fn count_use(&self) -> bool {
        let uses = self.uses.load(Ordering::Relaxed).saturating_add(1);
        // Tests at the same time may be counted as one, which is of no matter.
        self.uses.store(uses, Ordering::Relaxed);
        uses >= HOT_AFTER && uses.is_power_of_two()
    }

    fn heat(self: &Arc<Self>, fast: &Fast) {
        if !self.shared.admits(self) {
            return;
        }
        let slot = self.build().map_or(Slot::Refused, Slot::Hot);
        if let Ok(mut held) = fast.regex.write() {
            *held = slot;
        }
    }

    /// The pattern for the `regex` crate, from its source: the tree is not kept.
    fn build(&self) -> Option<Regex> {
        let Source {
            units,
            flags,
            limits,
        } = &self.source;
        let tree = parse(units, *flags, limits).ok()?;
        fast_regex(&normal(&tree, *flags), *flags)
    }

    /// Without the `regex` crate.
    fn matches_slowly(&self, text: &str) -> bool {
        let Ok(found) = self.matches_slowly_within(text, &mut Free);
        found
    }

    #[inline]
    fn matches_slowly_within<S: Spend>(&self, text: &str, meter: &mut S) -> Result<bool, S::Spent> {
        if let Engine::Literal(literal) = &self.engine {
            return Ok(literal.is_match(text));
        }
        let required = self.facts.literal.as_ref();
        if required.is_some_and(|literal| !literal.is_in(text.as_bytes())) {
            return Ok(false);
        }
        if text.is_ascii() {
            self.matches_text(text.as_bytes(), meter)
        } else if self.source.flags.code_points() {
            let chars: Vec<u32> = text.chars().map(u32::from).collect();
            self.matches_text(&*chars, meter)
        } else {
            let units: Vec<u16> = text.encode_utf16().collect();
            self.matches_text(&*units, meter)
        }
    }

    pub(super) fn matches_everything(&self) -> bool {
        matches!(&self.engine, Engine::Literal(literal) if literal.is_everywhere())
    }

    pub(super) fn is_match_units<S: Spend>(
        &self,
        units: &[u16],
        meter: &mut S,
    ) -> Result<bool, S::Spent> {
        meter.spend(self.reading().steps_for_bytes(units.len()))?;
        let flags = self.source.flags;
        match &self.engine {
            Engine::Literal(literal) => Ok(literal.is_match_units(units, flags)),
            _ if flags.code_points() => self.matches_text(&*decode(units, true), meter),
            _ => self.matches_text(units, meter),
        }
    }

    fn matches_text<T: Text + ?Sized, S: Spend>(
        &self,
        text: &T,
        meter: &mut S,
    ) -> Result<bool, S::Spent> {
        let sticky = self.source.flags.sticky();
        match &self.engine {
            Engine::Literal(_) => Ok(false),
            Engine::Regular { program, .. } => simulate::is_match(program, text, sticky, meter),
            Engine::Backtrack(script) => {
                let allowed = self.source.limits.steps();
                let payable = u32::try_from(meter.left()).map_or(allowed, |left| left.min(allowed));
                let mut left = payable;
                let found = backtrack::is_match(script, text, sticky, &mut left);
                meter.spend(u64::from(payable - left))?;
                if let Ok(found) = found {
                    return Ok(found);
                }
                // Nobody knows whether what the pattern is allowed would have been enough, if there was less.
                meter.spend(u64::from(allowed - payable))?;
                self.over_budget.fetch_add(1, Ordering::Relaxed);
                Ok(false)
            }
        }
    }

    /// What a test takes for a text of any length.
    pub(super) fn rates(&self) -> Rates {
        self.reading().plus(self.searching())
    }

    /// For what is done with the text before it is searched: it is looked through for what every match has, and its
    /// characters are parted.
    fn reading(&self) -> Rates {
        match &self.engine {
            Engine::Literal(literal) => literal.rates(),
            Engine::Regular { .. } | Engine::Backtrack(_) => Rates {
                fixed: 2,
                bytes: 16,
                ..Rates::default()
            },
        }
    }

    fn searching(&self) -> Rates {
        match &self.engine {
            Engine::Literal(_) => Rates::default(),
            Engine::Regular { program, .. } => {
                let steps = program.steps_for_a_character();
                Rates {
                    fixed: steps.saturating_mul(2),
                    bytes: steps.saturating_mul(64),
                    ..Rates::default()
                }
            }
            Engine::Backtrack(_) => Rates::fixed(self.source.limits.steps().into()),
        }
    }

    pub(super) fn over_budget(&self) -> u64 {
        self.over_budget.load(Ordering::Relaxed)
    }

    /// Heap bytes and a share of the pool, without a `regex::Regex`, which the cache bounds.
    pub(super) fn memory_usage(&self) -> usize {
        // Two counts stand before what an `Arc` holds.
        let own = size_of::<Self>() + 2 * size_of::<usize>();
        own + size_of_val(&*self.source.units)
            + self.shared.memory_share()
            + self.facts.memory_usage()
            + match &self.engine {
                Engine::Literal(literal) => literal.memory_usage(),
                Engine::Regular { program, .. } => program.memory_usage(),
                Engine::Backtrack(script) => script.memory_usage(),
            }
    }
}

impl Tenant for Compiled {
    type Source = Source;

    fn source(&self) -> &Source {
        &self.source
    }

    fn uses(&self) -> u32 {
        self.uses.load(Ordering::Relaxed)
    }

    /// Gives the `regex::Regex` back.
    fn cool(&self) {
        if let Engine::Regular {
            fast: Some(fast), ..
        } = &self.engine
            && let Ok(mut slot) = fast.regex.write()
            && matches!(*slot, Slot::Hot(_))
        {
            *slot = Slot::Cold;
        }
    }

    fn is_hot(&self) -> bool {
        let Engine::Regular {
            fast: Some(fast), ..
        } = &self.engine
        else {
            return false;
        };
        fast.regex
            .read()
            .is_ok_and(|slot| matches!(*slot, Slot::Hot(_)))
    }
}

/// A tree that the `regex` crate can say, compiled for it unless it is too large.
pub(super) fn fast_regex(node: &Node, flags: Flags) -> Option<Regex> {
    let mut builder = RegexBuilder::new(&emit(node, flags)?);
    builder
        .size_limit(REGEX_SIZE)
        .dfa_size_limit(REGEX_SIZE)
        .nest_limit(NEST)
        .build()
        .ok()
}

impl Engine {
    fn new(
        tree: &Tree,
        node: &Node,
        flags: Flags,
        limits: &PatternLimits,
    ) -> Result<Self, PatternError> {
        if !tree.references.is_empty() {
            return Script::new(tree, limits).map(Self::Backtrack);
        }
        if let Some(literal) = Literal::of(node, flags) {
            return Ok(Self::Literal(literal));
        }
        let program = Program::new(node, limits)?;
        let reach = Reach::of(node, flags);
        let fast = reach.map(|reach| Fast {
            reach,
            regex: RwLock::new(Slot::Cold),
        });
        Ok(Self::Regular { program, fast })
    }
}
