//! By which access keys a query is to be filed.
//!
//! A cover is a choice of tests such that whatever satisfies the query satisfies one of them. The steps of a query
//! are walked from the last to the first: from each, an object is accepted if its test holds and it is accepted from
//! there on, or if the test does not hold and it is accepted from there on. So a cover of the one way is the test
//! alone or a cover of the rest, whichever is cheaper, and to it comes a cover of the other way.

use std::cmp::Ordering;

use smallvec::{SmallVec, smallvec};

use super::access::{Access, AccessKey, Keys, Maker, Reach, plain};
use super::crowds::Crowds;
use super::paths::{Chance, Paths, is_two_valued};
use crate::op::Op;
use crate::plan::Path;
use crate::plan::code::{Fork, Next, Step, Target};
use crate::set::keys::feature::{Feature, KeyHasher, Kind};
use crate::set::keys::hint::Hint;
use crate::set::keys::interval::Bounds;
use crate::set::keys::shape::Shape;
use crate::set::tuning::{DIVIDE, NAMES_MANY, RANGES, SCAN, SELECTIVE, WEIGHED_KEYS};
use crate::value::Val;

/// One test of a cover.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) path: u32,
    pub(crate) access: Access,
    /// How likely a change is to have one of the keys, as a guess.
    pub(crate) chance: Chance,
}

/// How a query may be filed.
pub(crate) struct Covered {
    /// None if every change must run it.
    pub(crate) cover: Option<Vec<Choice>>,
    /// The tests that it cannot do without.
    pub(crate) necessary: Vec<Choice>,
}

impl Choice {
    /// What it costs to file a query by it.
    fn cost(&self) -> f64 {
        let chance = self.chance.total();
        match self.access {
            Access::Never => 0.0,
            Access::Keys(_) | Access::Long(_) => chance.min(RANGES / 2.0),
            Access::Range(_) if chance < SELECTIVE => chance,
            Access::Range(_) => RANGES * chance,
            Access::Any => SCAN,
        }
    }
}

/// Chooses covers.
pub(crate) struct Chooser<'s> {
    hasher: &'s KeyHasher,
    paths: &'s Paths,
    crowds: Crowds<'s>,
    /// Paths of the query of which nothing is told, in ascending order; see [`unsettled`].
    unsettled: SmallVec<[u32; 4]>,
    /// Paths that the set does not know, as far as they are named, and how far keys of theirs would see.
    strangers: SmallVec<[(u32, Reach); 4]>,
}

impl<'s> Chooser<'s> {
    /// For a query that revisits dates, or that has paths which the set does not know, its paths are to be named.
    pub(crate) fn new<'p>(
        hasher: &'s KeyHasher,
        paths: &'s Paths,
        crowds: Crowds<'s>,
        named: impl Iterator<Item = (u32, &'p Path)>,
    ) -> Self {
        let named: SmallVec<[(u32, &Path); 4]> = named.collect();
        let strangers = named
            .iter()
            .filter(|(number, _)| paths.get(*number).is_none());
        Self {
            hasher,
            paths,
            crowds,
            strangers: strangers
                .map(|(number, path)| (*number, Reach::of(path)))
                .collect(),
            unsettled: unsettled(named),
        }
    }

    fn reach(&self, path: u32) -> Reach {
        if let Some(record) = self.paths.get(path) {
            return Reach::of(&record.path);
        }
        let mut strangers = self.strangers.iter();
        let known = strangers.find(|(number, _)| *number == path);
        known.map_or(Reach::All, |(_, reach)| *reach)
    }

    /// How a query may be filed, given what [each of its steps](Self::each) tests.
    pub(crate) fn covered(&self, code: &[impl Fork], entry: Target, each: Vec<Choice>) -> Covered {
        let necessary = self.necessary(code, entry, &each);
        let cover = self.cover(code, entry, each, &necessary);
        Covered { cover, necessary }
    }

    /// The cover of a query, given what each of its steps tests and its necessary tests; none if every change must run it.
    fn cover(
        &self,
        code: &[impl Fork],
        entry: Target,
        mut tests: Vec<Choice>,
        necessary: &[Choice],
    ) -> Option<Vec<Choice>> {
        lower_assumptions(&mut tests);
        let costs = costs(code, &tests);
        let total = costs.of(entry);
        let cover = match best(necessary).filter(|choice| choice.cost() < total) {
            Some(choice) => vec![choice.clone()],
            None if total < SCAN => chosen(code, entry, tests, &costs),
            None => return None,
        };
        let few = self
            .crowds
            .scanned()
            .is_some_and(|scanned| scanned < DIVIDE);
        let is_scanned = few && is_presence(&cover) && tells_nothing_else(necessary);
        (!is_scanned).then_some(cover)
    }

    /// What each test that `tells` something says of the values that satisfy it. Ranges that stand in a row are one.
    pub(crate) fn each(&self, code: &[Step], tells: impl Fn(&Step) -> bool) -> Vec<Choice> {
        let steps = code.iter().zip(rows(code));
        steps
            .map(|(step, row)| {
                if tells(step) {
                    self.choice(step, row)
                } else {
                    nothing(step.path)
                }
            })
            .collect()
    }

    fn choice(&self, step: &Step, row: Option<Bounds>) -> Choice {
        let path = step.path;
        if !self.paths.is_plain(path) || self.unsettled.binary_search(&path).is_ok() {
            return nothing(path);
        }
        let weighed = |access| self.weighed(path, access, || asks_for_two_valued(&step.op));
        match (row, &step.op) {
            (Some(bounds), _) => weighed(Access::Range(bounds)),
            (None, Op::All(op)) => {
                let each = self.maker(path).all(op).into_iter().map(weighed);
                each.min_by(by_cost).unwrap_or_else(|| nothing(path))
            }
            (None, op) => weighed(self.maker(path).access(op, || self.reach(path))),
        }
    }

    /// What makes keys for a path.
    pub(super) fn maker(&self, path: u32) -> Maker<'s> {
        Maker {
            hasher: self.hasher,
            path,
        }
    }

    /// A choice with its chance; whether it is for [one of few values](is_two_valued) is asked if it is for keys.
    pub(super) fn weighed(
        &self,
        path: u32,
        access: Access,
        is_for_few: impl FnOnce() -> bool,
    ) -> Choice {
        let chance = match &access {
            Access::Never => Chance::default(),
            Access::Any => Chance::fixed(1.0),
            Access::Range(bounds) => Chance::fixed(self.paths.chance_within(path, *bounds)),
            Access::Keys(_) if is_for_few() => Chance::fixed(0.5),
            Access::Keys(keys) => self.chance_of_keys(keys.len(), |at| keys.get(at).copied()),
            Access::Long(list) => {
                let maker = self.maker(path);
                self.chance_of_keys(list.len(), |at| list.key(at, maker))
            }
        };
        Choice {
            path,
            access,
            chance,
        }
    }

    /// Of so many keys. If they are many, some stand for all.
    fn chance_of_keys(&self, count: usize, key: impl Fn(usize) -> Option<AccessKey>) -> Chance {
        let (weighed, mut all) = (count.min(WEIGHED_KEYS), Chance::default());
        let each = (0..weighed).filter_map(|at| key(at * count / weighed));
        for AccessKey { feature, key, part } in each {
            let chance = self.paths.chance(feature, self.crowds.under(key));
            let share = part.map_or(1.0, Hint::share);
            all.seen += chance.seen * share;
            all.crowding += chance.crowding * share;
            all.assumed += chance.assumed * share;
        }
        #[expect(clippy::cast_precision_loss, reason = "a guess")]
        let times = count as f64 / weighed.max(1) as f64;
        Chance {
            seen: all.seen * times,
            crowding: all.crowding * times,
            assumed: all.assumed * times,
        }
    }

    /// The tests that a query cannot do without, given those of [each step](Self::each); the ranges of a path are one.
    fn necessary(&self, code: &[impl Fork], entry: Target, each: &[Choice]) -> Vec<Choice> {
        let positions = necessary(code, entry);
        let mut all = self.together(positions.filter_map(|position| each.get(position).cloned()));
        lower_assumptions(&mut all);
        all
    }

    /// Choices of which all hold, the ranges of each path as one.
    fn together(&self, all: impl Iterator<Item = Choice>) -> Vec<Choice> {
        let mut choices: Vec<Choice> = Vec::new();
        for choice in all {
            let Access::Range(bounds) = choice.access else {
                choices.push(choice);
                continue;
            };
            let same = choices.iter_mut().find(|other| {
                other.path == choice.path && matches!(other.access, Access::Range(_))
            });
            let Some(known) = same else {
                choices.push(choice);
                continue;
            };
            if let Access::Range(other) = &mut known.access {
                *other = other.and(bounds);
                known.chance = Chance::fixed(self.paths.chance_within(choice.path, *other));
            }
        }
        choices
    }
}

/// The paths that lead on from others, and these others: looking at the one may make a date of what the other one sees, so
/// that the object as it came does not tell what is found there.
fn unsettled(mut named: SmallVec<[(u32, &Path); 4]>) -> SmallVec<[u32; 4]> {
    named.sort_by(|(_, a), (_, b)| a.cmp_components(b));
    let mut found = SmallVec::new();
    let mut above: Vec<(u32, &Path)> = Vec::new();
    for (number, path) in named {
        while above
            .pop_if(|(_, known)| !path.leads_on_from(known))
            .is_some()
        {}
        if !above.is_empty() {
            found.extend(above.iter().map(|(number, _)| *number));
            found.push(number);
        }
        above.push((number, path));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Lessens what is assumed of values where the query names many.
///
/// A query that names that many values knows that there are more, whatever other queries have said of the path. If the guess
/// is wrong, the query is run no more often than if it were filed under nothing.
fn lower_assumptions(tests: &mut [Choice]) {
    let named: usize = tests.iter().map(|test| test.access.values()).sum();
    if named < NAMES_MANY {
        return;
    }
    for test in tests {
        let own = test.access.values();
        if own > 0 {
            #[expect(clippy::cast_precision_loss, reason = "a guess")]
            let share = own as f64 / named as f64;
            test.chance.assumed = test.chance.assumed.min(share / 2.0);
        }
    }
}

/// Whether nothing is known but that there is something at a path, as most objects have it: a few such queries are run sooner than
/// found.
fn is_presence(cover: &[Choice]) -> bool {
    let [only] = cover else {
        return false;
    };
    let Access::Keys(keys) = &only.access else {
        return false;
    };
    let is_presence = |feature: Feature| feature.kind == Kind::Shape(Shape::Present);
    keys.len() == 1 && keys.iter().all(|key| is_presence(key.feature))
}

fn tells_nothing_else(necessary: &[Choice]) -> bool {
    let telling = necessary.iter().filter(|choice| choice.cost() < SCAN);
    telling.count() < 2
}

/// A test that says nothing.
fn nothing(path: u32) -> Choice {
    Choice {
        path,
        access: Access::Any,
        chance: Chance::fixed(1.0),
    }
}

fn by_cost(a: &Choice, b: &Choice) -> Ordering {
    a.cost().total_cmp(&b.cost())
}

/// The cheapest of some tests.
pub(crate) fn best(choices: &[Choice]) -> Option<&Choice> {
    choices.iter().min_by(|a, b| by_cost(a, b))
}

/// The most selective key that every match has and that is of another path than the first.
pub(crate) fn second(choices: &[Choice], first: u32) -> Option<(Feature, u64)> {
    let keys = choices.iter().filter(|choice| choice.path != first);
    let single = keys.filter_map(|choice| match &choice.access {
        Access::Keys(keys) => match &keys[..] {
            [
                AccessKey {
                    feature:
                        feature @ Feature {
                            kind: Kind::Scalar | Kind::Pointer,
                            ..
                        },
                    key,
                    ..
                },
            ] => Some((choice.chance.total(), (*feature, *key))),
            _ => None,
        },
        _ => None,
    });
    single
        .min_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, key)| key)
}

/// Whether a test asks for [one of few values](is_two_valued).
fn asks_for_two_valued(op: &Op) -> bool {
    let operand = match op {
        Op::Is(operand) => operand,
        Op::Equal(op) | Op::Like(op) => &op.operand,
        Op::PointsTo(_)
        | Op::Order(_)
        | Op::NotEqual(_)
        | Op::In(_)
        | Op::NotIn(_)
        | Op::All(_) => return false,
        Op::ContainedBy(_)
        | Op::Exists(_)
        | Op::Regex(_)
        | Op::Near(_)
        | Op::Within(_)
        | Op::Polygon(_) => return false,
        Op::Circle(_) | Op::Intersects(_) | Op::Always | Op::Never | Op::Fault => return false,
    };
    plain(Val::from(operand)).is_some_and(is_two_valued)
}

/// For each step the bounds of the ranges that stand in a row from it on, if it is a range.
fn rows(code: &[Step]) -> SmallVec<[Option<Bounds>; 8]> {
    let mut rows: SmallVec<[Option<Bounds>; 8]> = smallvec![None; code.len()];
    for (position, step) in code.iter().enumerate().rev() {
        // Where one of them does not hold, the run must go on at the same place, which the cover of the other way is for.
        let goes_on = code.get(position + 1).is_some_and(|next| {
            step.then == Target::step(position + 1)
                && next.path == step.path
                && next.otherwise == step.otherwise
        });
        let rest = rows.get(position + 1).copied().flatten();
        let rest = rest.filter(|_| goes_on);
        rows[position] = range(&step.op).map(|own| rest.map_or(own, |rest| own.and(rest)));
    }
    rows
}

fn range(op: &Op) -> Option<Bounds> {
    match op {
        Op::Order(order) => order.bounds(),
        Op::Is(_) | Op::PointsTo(_) | Op::Like(_) | Op::Equal(_) | Op::NotEqual(_) | Op::In(_) => {
            None
        }
        Op::NotIn(_)
        | Op::All(_)
        | Op::ContainedBy(_)
        | Op::Exists(_)
        | Op::Regex(_)
        | Op::Near(_) => None,
        Op::Within(_)
        | Op::Polygon(_)
        | Op::Circle(_)
        | Op::Intersects(_)
        | Op::Always
        | Op::Never => None,
        Op::Fault => None,
    }
}

/// The cost of a cover from each step on, and whether the test is in it.
struct Costs(SmallVec<[(f64, bool); 8]>);

impl Costs {
    fn of(&self, target: Target) -> f64 {
        match target.next() {
            Next::Step(position) => self.0.get(position).map_or(SCAN, |(cost, _)| *cost),
            Next::Done(true) => SCAN,
            Next::Done(false) => 0.0,
        }
    }
}

fn costs(code: &[impl Fork], tests: &[Choice]) -> Costs {
    let mut costs = Costs(smallvec![(0.0, false); code.len()]);
    for (position, step) in code.iter().enumerate().rev() {
        let (test, rest) = (tests[position].cost(), costs.of(step.then()));
        costs.0[position] = (test.min(rest) + costs.of(step.otherwise()), test <= rest);
    }
    costs
}

fn chosen(code: &[impl Fork], entry: Target, tests: Vec<Choice>, costs: &Costs) -> Vec<Choice> {
    let mut tests: Vec<Option<Choice>> = tests.into_iter().map(Some).collect();
    let mut open: SmallVec<[Target; 8]> = SmallVec::from_slice(&[entry]);
    let mut seen: SmallVec<[bool; 32]> = smallvec![false; code.len()];
    let mut chosen = Vec::new();
    while let Some(target) = open.pop() {
        let Next::Step(position) = target.next() else {
            continue;
        };
        if std::mem::replace(&mut seen[position], true) {
            continue;
        }
        let step = &code[position];
        open.push(step.otherwise());
        if costs.0[position].1 {
            chosen.extend(tests[position].take());
        } else {
            open.push(step.then());
        }
    }
    chosen.retain(|choice| !matches!(choice.access, Access::Never));
    chosen
}

/// The steps that are passed on every way to acceptance and whose tests hold there. Only the first 64 are looked at.
fn necessary(code: &[impl Fork], entry: Target) -> impl Iterator<Item = usize> {
    let mut masks: SmallVec<[u64; 8]> = smallvec![0; code.len()];
    let of = |target: Target, masks: &[u64]| match target.next() {
        Next::Step(position) => masks.get(position).copied().unwrap_or(0),
        Next::Done(true) => 0,
        Next::Done(false) => u64::MAX,
    };
    for (position, step) in code.iter().enumerate().rev() {
        let own = u32::try_from(position)
            .ok()
            .and_then(|at| 1u64.checked_shl(at));
        let then = of(step.then(), &masks) | own.unwrap_or(0);
        masks[position] = then & of(step.otherwise(), &masks);
    }
    let mask = of(entry, &masks);
    (0..code.len().min(64)).filter(move |position| mask >> position & 1 == 1)
}

/// The paths of ranges among choices, with their bounds, each path once.
pub(crate) fn ranges(choices: &[Choice]) -> SmallVec<[(u32, Bounds); 4]> {
    let ranges = choices.iter().filter_map(|choice| match choice.access {
        Access::Range(bounds) => Some((choice.path, bounds)),
        _ => None,
    });
    ranges.collect()
}

/// The keys of a choice; none if it is a range that is not cut into pieces, or a [long list](Access::Long).
pub(crate) fn keys(choice: &Choice, hasher: &KeyHasher) -> Option<Keys> {
    match &choice.access {
        Access::Keys(keys) => Some(keys.clone()),
        Access::Range(bounds) => Maker {
            hasher,
            path: choice.path,
        }
        .interval(*bounds),
        Access::Long(_) | Access::Never | Access::Any => None,
    }
}
