//! Clauses that are accepted and cannot be what their author meant.
//!
//! Parse Server confirms such a subscription, and then nothing comes. Here it is said in the log, once for a class and a clause,
//! and counted; or refused, with `--strict`. What the library calls a hint is no alarm, as ordinary clauses have some: it is
//! told at the level of debugging, and neither counted nor refused.
//!
//! So it is with names that a subscription watches or asks for and that no field can have: of the change of `place.city` nobody is
//! told who watches that and not `place`.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use livematch::{Effect, Level, Query, Warning, Watch};
use metrics::{Counter, counter, describe_counter};
use tracing::{debug, warn};

use crate::excerpt::excerpt;

/// How many clauses are remembered. Beyond that all are forgotten, and may be told of again.
const MOST_KNOWN: usize = 10_000;

/// How many warnings of one clause are told.
const MOST_TOLD: usize = 3;

/// How many clauses are told of in a while: strangers may send as many as they like.
const LINES: u32 = 20;

/// That while.
const WHILE: Duration = Duration::from_secs(60);

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
    /// Which effects the clauses have that have been looked at.
    known: HashMap<Key, Effects>,
    since: Instant,
    /// How many clauses have been told of since then, and how many have not been any more.
    told: u32,
    untold: u32,
    /// How many clauses with nothing but hints have been told of since then.
    hinted: u32,
}

/// By what a clause for a class is known: a hash that nobody can foresee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(u64);

/// What a subscription watches and asks for although no field can be called so.
pub(crate) struct Unseen {
    watch: Vec<String>,
    keys: Vec<String>,
}

impl Unseen {
    /// Of a subscription with these names.
    pub(crate) fn new(watch: Option<&[String]>, keys: Option<&[String]>) -> Self {
        let watch = Watch::new(watch.unwrap_or_default());
        let paths = keys.unwrap_or_default().iter();
        Self {
            watch: watch.untouchable().map(str::to_owned).collect(),
            keys: paths.filter(|name| name.contains('.')).cloned().collect(),
        }
    }
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

    /// By what a clause is known, as it is written.
    ///
    /// Takes time linear in the clause.
    pub(crate) fn key(&self, class_name: &str, clause: &str) -> Key {
        Key(self.hasher.hash_one((class_name, clause)))
    }

    /// Counts a subscription by what is odd about its clause, if that is known; whether it is.
    pub(crate) fn count_known(&self, key: Key) -> bool {
        let known = self.lock().known.get(&key).copied();
        known.inspect(|effects| self.count(*effects)).is_some()
    }

    /// Counts a subscription by what is odd about its clause, and tells of a clause that is new. The first alarm, for which it
    /// is to be refused where the class is strict.
    ///
    /// Takes some milliseconds for a clause of some kilobytes, however often that is sent.
    pub(crate) fn note(&self, key: Key, class_name: &str, query: &Query) -> Option<Warning> {
        let warnings = query.warnings();
        let (mut alarms, hints): (Vec<_>, Vec<_>) = warnings.into_iter().partition(is_alarm);
        let mut effects = Effects::default();
        for warning in &alarms {
            effects.0[place(warning.effect())] = true;
        }
        self.count(effects);
        let mut state = self.lock();
        // It may have been told of meanwhile.
        let is_new = state.learn(key, effects);
        let may_tell = is_new && !alarms.is_empty() && state.may_tell();
        let may_hint = is_new && !hints.is_empty() && state.may_hint();
        drop(state);
        if may_tell {
            tell(class_name, &alarms);
        }
        if may_hint {
            hint(class_name, &hints);
        }
        (!alarms.is_empty()).then(|| alarms.swap_remove(0))
    }

    /// Counts a subscription that names what no field can be called, and tells of it once for a class and these names.
    pub(crate) fn note_names(&self, class_name: &str, unseen: &Unseen) {
        for (list, names) in [("watch", &unseen.watch), ("keys", &unseen.keys)] {
            if !names.is_empty() {
                self.note_unseen(list, class_name, names);
            }
        }
    }

    fn note_unseen(&self, list: &'static str, class_name: &str, names: &[String]) {
        let mut effects = Effects::default();
        effects.0[place(Effect::NeverMatches)] = true;
        self.count(effects);
        let key = Key(self.hasher.hash_one((list, class_name, names)));
        let mut state = self.lock();
        let may_tell = state.learn(key, effects) && state.may_tell();
        drop(state);
        if may_tell {
            let names = excerpt(names.join(", "));
            warn!(
                class = class_name,
                list,
                names,
                "a client names what no field can be called, and is told nothing of it: place, not place.city"
            );
        }
    }

    fn count(&self, effects: Effects) {
        let counters = self.counters.iter().zip(effects.0);
        counters
            .filter(|(_, has)| *has)
            .for_each(|(counter, _)| counter.increment(1));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Remembers what is odd about a clause; whether it was not known.
    fn learn(&mut self, key: Key, effects: Effects) -> bool {
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        self.known.insert(key, effects).is_none()
    }

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
        let (code, warning) = (warning.code(), excerpt(warning));
        warn!(
            class = class_name,
            code, warning, "a client subscribes with a clause that cannot be what is meant"
        );
    }
}

fn hint(class_name: &str, hints: &[Warning]) {
    for warning in hints.iter().take(MOST_TOLD) {
        let (code, warning) = (warning.code(), excerpt(warning));
        debug!(
            class = class_name,
            code, warning, "a client subscribes with a clause that may surprise"
        );
    }
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

    /// Notes a clause unless it is known; the first alarm.
    fn note(warnings: &Warnings, class_name: &str, clause: &str) -> Option<Warning> {
        let key = warnings.key(class_name, clause);
        if warnings.count_known(key) {
            return None;
        }
        warnings.note(key, class_name, &clause.parse().expect("a clause"))
    }

    #[test]
    fn a_clause_is_told_of_once_for_a_class() {
        let warnings = Warnings::new();
        let told = || warnings.lock().told;
        note(&warnings, "Game", r#"{"a": 1}"#);
        assert_eq!(told(), 0);
        for (class_name, clause, expected) in [
            ("Game", r#"{"a": null}"#, 1),
            ("Game", r#"{"a": null}"#, 1),
            ("Room", r#"{"a": null}"#, 2),
            ("Game", r#"{"b": {"$inQuery": {}}}"#, 3),
            // An ordinary range has a hint.
            ("Game", r#"{"c": {"$gt": 5}}"#, 3),
        ] {
            note(&warnings, class_name, clause);
            assert_eq!(told(), expected, "{class_name} {clause}");
        }
    }

    #[test]
    fn who_looks_at_it_at_the_same_time_does_not_tell_of_it_again() -> Outcome {
        let warnings = Warnings::new();
        let query: Query = r#"{"a": null}"#.parse()?;
        let key = warnings.key("Game", r#"{"a": null}"#);
        for _ in 0..2 {
            assert!(warnings.note(key, "Game", &query).is_some());
        }
        assert_eq!(warnings.lock().told, 1);
        Ok(())
    }

    #[test]
    fn hints_are_neither_counted_nor_refused() -> Outcome {
        let warnings = Warnings::new();
        let clause = r#"{"c": {"$gt": 5}}"#;
        assert!(!clause.parse::<Query>()?.warnings().is_empty());
        assert_eq!(note(&warnings, "Game", clause), None);
        let state = warnings.lock();
        assert_eq!(
            state.known[&warnings.key("Game", clause)].0,
            Effects::default().0
        );
        assert_eq!((state.told, state.hinted), (0, 1));
        Ok(())
    }

    #[test]
    fn names_that_no_field_can_have_are_told_of_once() {
        let warnings = Warnings::new();
        let names = |watch: &[&str], keys: &[&str]| {
            let [watch, keys] = [watch, keys].map(|names| {
                let names = names.iter().copied().map(str::to_owned);
                names.collect::<Vec<_>>()
            });
            Unseen::new(Some(&watch), Some(&keys))
        };
        for (asked, expected) in [
            (names(&["place", "score"], &["objectId"]), 0),
            (names(&["place.city"], &[]), 1),
            (names(&["place.city"], &["place.city"]), 2),
            (names(&["place.city", "score"], &[]), 2),
            (names(&["objectId"], &[]), 3),
        ] {
            warnings.note_names("Game", &asked);
            assert_eq!(warnings.lock().told, expected);
        }
        warnings.note_names("Room", &names(&["place.city"], &[]));
        assert_eq!(warnings.lock().told, 4);
    }

    #[test]
    fn what_strangers_make_up_is_bounded() {
        let warnings = Warnings::new();
        for n in 0..MOST_KNOWN + 10 {
            note(&warnings, "Game", &format!(r#"{{"f{n}": null}}"#));
        }
        let state = warnings.lock();
        assert_eq!(state.told, LINES);
        assert_eq!(state.known.len(), 10);
    }
}
