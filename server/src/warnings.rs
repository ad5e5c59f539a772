//! Clauses that are accepted and cannot be what their author meant.
//!
//! Parse Server confirms such a subscription, and then nothing comes. Here it is said in the log, once for a class and a clause,
//! and counted; or refused, with `--strict`. What the library calls a hint is no alarm, as ordinary clauses have some: it is
//! told at the level of debugging, and neither counted nor refused.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use livematch::{Effect, Level, Query, Warning};
use metrics::{Counter, counter, describe_counter};
use tracing::{debug, warn};

/// How many clauses are remembered. Beyond that all are forgotten, and may be told of again.
const MOST_KNOWN: usize = 10_000;

/// How many warnings of one clause are told.
const MOST_TOLD: usize = 3;

/// How many clauses are told of in a while: strangers may send as many as they like.
const LINES: u32 = 20;

/// That while.
const WHILE: Duration = Duration::from_secs(60);

/// How much of what a client wrote is told.
const LONGEST: usize = 200;

/// What effects are called in metrics.
const EFFECTS: [&str; 6] = ["never", "always", "ignored", "faults", "differs", "other"];

/// Notes what clients ask for.
pub(crate) struct Warnings {
    hasher: RandomState,
    state: Mutex<State>,
    /// By effect.
    counters: [Counter; EFFECTS.len()],
}

struct State {
    /// Which effects the clauses have that have been looked at, by the hash of class and clause.
    known: HashMap<u64, Effects>,
    since: Instant,
    /// How many clauses have been told of since then, and how many have not been any more.
    told: u32,
    untold: u32,
    /// How many clauses with nothing but hints have been told of since then.
    hinted: u32,
}

/// A set of effects.
#[derive(Clone, Copy, Default)]
struct Effects([bool; EFFECTS.len()]);

impl Warnings {
    pub(crate) fn new() -> Self {
        describe_counter!(
            "livematch_subscriptions_warned_total",
            "Subscriptions whose clause cannot be what was meant, by what becomes of a part of it."
        );
        let counter = |effect| counter!("livematch_subscriptions_warned_total", "effect" => effect);
        Self {
            hasher: RandomState::new(),
            state: Mutex::new(State {
                known: HashMap::new(),
                since: Instant::now(),
                told: 0,
                untold: 0,
                hinted: 0,
            }),
            counters: EFFECTS.map(counter),
        }
    }

    /// The first warning of a clause, for which it is to be refused where the class is strict.
    pub(crate) fn first(query: &Query) -> Option<Warning> {
        query.warnings().into_iter().find(is_alarm)
    }

    /// Counts a subscription by what is odd about its clause, and tells of a clause that is new.
    ///
    /// Takes time linear in the clause.
    pub(crate) fn note(&self, class_name: &str, query: &Query) {
        let key = self.hasher.hash_one((class_name, query.clause_text()));
        let known = self.lock().known.get(&key).copied();
        let effects = known.unwrap_or_else(|| self.learn(key, class_name, query));
        let counters = self.counters.iter().zip(effects.0);
        counters
            .filter(|(_, has)| *has)
            .for_each(|(counter, _)| counter.increment(1));
    }

    /// Looks at a clause for the first time.
    fn learn(&self, key: u64, class_name: &str, query: &Query) -> Effects {
        let (alarms, hints): (Vec<_>, Vec<_>) = query.warnings().into_iter().partition(is_alarm);
        let mut effects = Effects::default();
        for warning in &alarms {
            effects.0[place(warning.effect())] = true;
        }
        let mut state = self.lock();
        if state.known.len() >= MOST_KNOWN {
            state.known.clear();
        }
        state.known.insert(key, effects);
        let may_tell = !alarms.is_empty() && state.may_tell();
        let may_hint = !hints.is_empty() && state.may_hint();
        drop(state);
        if may_tell {
            tell(class_name, &alarms);
        }
        if may_hint {
            hint(class_name, &hints);
        }
        effects
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether one more clause may be told of; says how many were not, when a new while begins.
    fn may_tell(&mut self) -> bool {
        self.begin_while();
        let may_tell = self.told < LINES;
        *(if may_tell {
            &mut self.told
        } else {
            &mut self.untold
        }) += 1;
        may_tell
    }

    /// Whether the hints of one more clause may be told.
    fn may_hint(&mut self) -> bool {
        self.begin_while();
        self.hinted += 1;
        self.hinted <= LINES
    }

    fn begin_while(&mut self) {
        if self.since.elapsed() < WHILE {
            return;
        }
        if self.untold > 0 {
            warn!(
                clauses = self.untold,
                "more clauses cannot be what was meant, and are not told of"
            );
        }
        (self.since, self.told, self.untold, self.hinted) = (Instant::now(), 0, 0, 0);
    }
}

fn is_alarm(warning: &Warning) -> bool {
    warning.level() > Level::Hint
}

fn tell(class_name: &str, warnings: &[Warning]) {
    for warning in warnings.iter().take(MOST_TOLD) {
        let (code, warning) = (warning.code(), shortened(warning));
        warn!(
            class = class_name,
            code, warning, "a client subscribes with a clause that cannot be what is meant"
        );
    }
}

fn hint(class_name: &str, hints: &[Warning]) {
    for warning in hints.iter().take(MOST_TOLD) {
        let (code, warning) = (warning.code(), shortened(warning));
        debug!(
            class = class_name,
            code, warning, "a client subscribes with a clause that may surprise"
        );
    }
}

fn shortened(warning: &Warning) -> String {
    warning.to_string().chars().take(LONGEST).collect()
}

/// The place of an effect among those that have names.
fn place(effect: Effect) -> usize {
    match effect {
        Effect::NeverMatches => 0,
        Effect::AlwaysMatches => 1,
        Effect::Ignored => 2,
        Effect::Faults => 3,
        Effect::Differs => 4,
        // The library may name others.
        _ => EFFECTS.len() - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), livematch::CompileError>;

    #[test]
    fn a_clause_is_told_of_once_for_a_class() -> Outcome {
        let warnings = Warnings::new();
        let told = || warnings.lock().told;
        warnings.note("Game", &r#"{"a": 1}"#.parse()?);
        assert_eq!(told(), 0);
        for (class_name, clause, expected) in [
            ("Game", r#"{"a": null}"#, 1),
            ("Game", r#"{"a": null}"#, 1),
            ("Room", r#"{"a": null}"#, 2),
            ("Game", r#"{"b": {"$inQuery": {}}}"#, 3),
            // An ordinary range has a hint.
            ("Game", r#"{"c": {"$gt": 5}}"#, 3),
        ] {
            warnings.note(class_name, &clause.parse()?);
            assert_eq!(told(), expected, "{class_name} {clause}");
        }
        Ok(())
    }

    #[test]
    fn hints_are_neither_counted_nor_refused() -> Outcome {
        let warnings = Warnings::new();
        let query: Query = r#"{"c": {"$gt": 5}}"#.parse()?;
        assert!(!query.warnings().is_empty());
        assert_eq!(Warnings::first(&query), None);
        let effects = warnings.learn(1, "Game", &query);
        assert_eq!(effects.0, Effects::default().0);
        assert_eq!(warnings.lock().hinted, 1);
        Ok(())
    }

    #[test]
    fn what_strangers_make_up_is_bounded() -> Outcome {
        let warnings = Warnings::new();
        for n in 0..MOST_KNOWN + 10 {
            warnings.note("Game", &format!(r#"{{"f{n}": null}}"#).parse()?);
        }
        let state = warnings.lock();
        assert_eq!(state.told, LINES);
        assert_eq!(state.known.len(), 10);
        Ok(())
    }
}
