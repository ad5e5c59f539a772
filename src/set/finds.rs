//! Queries of the `find` dialect, which every change runs: access keys are those of LiveQuery's comparisons.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::filing::{Filing, FilingKind};
use super::index::paths::Paths;
use super::matching::subject::Sides;
use super::store::slab::Slab;
use super::subscribers::{Subscribed, Subscribers, SubscriptionId};
use crate::event::Outcome;
use crate::find::{Plan, canonical};
use crate::plan::Path;
use crate::steps::Spend;

/// Where the numbers of these queries begin: those of the others end below.
const FIRST: u32 = 1 << 31;

/// A query with the moment at which it is asked.
#[derive(Clone, Debug)]
pub(super) struct Find {
    plan: Plan,
    now: Option<f64>,
    subscribed: Subscribed,
}

/// All distinct queries of the dialect.
#[derive(Clone, Debug)]
pub(super) struct Finds {
    all: Slab<Find>,
    /// By what tells those apart that may answer differently.
    numbers: BTreeMap<Box<str>, u32>,
}

impl Find {
    fn text(&self) -> Box<str> {
        text(&self.plan, self.now)
    }

    /// The verdicts of both sides, as far as they are paid for.
    pub(super) fn outcome<S: Spend>(
        &self,
        sides: Sides<'_>,
        payer: &mut S,
    ) -> Result<Outcome, S::Spent> {
        sides.outcome(|after| {
            self.plan
                .answer_within(sides.object(after), self.now, payer)
        })
    }

    pub(super) fn paths(&self) -> Vec<Path> {
        paths(&self.plan)
    }

    /// Who asks for it.
    pub(super) const fn subscribers(&self) -> Subscribed {
        self.subscribed
    }
}

/// What tells queries apart that may answer differently.
fn text(plan: &Plan, now: Option<f64>) -> Box<str> {
    let mut text = canonical::text(plan);
    if plan.is_time_dependent {
        // A text takes whatever is written to it.
        let _written = write!(text, "@{now:?}");
    }
    text.into()
}

/// The fields that are looked at, each once.
pub(super) fn paths(plan: &Plan) -> Vec<Path> {
    let mut names = Vec::new();
    plan.each_field(&mut |name| names.push(name));
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| Path::new(name.into()))
        .collect()
}

/// How a query is filed.
pub(super) fn filing(plan: &Plan) -> Filing {
    Filing::new(FilingKind::Scan, 0, 1.0, plan.bound())
}

impl Finds {
    pub(super) const fn new() -> Self {
        Self {
            all: Slab::new(),
            numbers: BTreeMap::new(),
        }
    }

    /// The query that always gives the same answer.
    pub(super) fn equal(&self, plan: &Plan, now: Option<f64>) -> Option<u32> {
        self.numbers.get(&text(plan, now)).copied()
    }

    /// Adds a query, to which none is [equal](Self::equal), with its first subscriber.
    pub(super) fn insert(&mut self, plan: Plan, now: Option<f64>, id: SubscriptionId) -> u32 {
        let find = Find {
            plan,
            now,
            subscribed: Subscribed::One(id),
        };
        let text = find.text();
        let number = FIRST + self.all.insert(find);
        self.numbers.insert(text, number);
        number
    }

    pub(super) fn remove(&mut self, number: u32) -> Option<Find> {
        let find = self.all.remove(number.checked_sub(FIRST)?)?;
        self.numbers.remove(&find.text());
        Some(find)
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn get(&self, number: u32) -> Option<&Find> {
        self.all.get(number.checked_sub(FIRST)?)
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut Find> {
        self.all.get_mut(number.checked_sub(FIRST)?)
    }

    pub(super) fn subscribed(&self, number: u32) -> Option<&Subscribed> {
        self.get(number).map(|find| &find.subscribed)
    }

    pub(super) fn subscribed_mut(&mut self, number: u32) -> Option<&mut Subscribed> {
        self.get_mut(number).map(|find| &mut find.subscribed)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Find> {
        self.all.iter().map(|(_, find)| find)
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.all.shrink_to_fit();
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let plans = self.all.iter().map(|(_, find)| find.plan.memory_usage());
        let entry = size_of::<(Box<str>, u32)>();
        let texts = self.numbers.keys().map(|text| entry + text.len());
        self.all.memory_usage() + plans.chain(texts).sum::<usize>()
    }

    /// The paths that each query holds.
    pub(super) fn paths<'s>(&'s self, all: &'s Paths) -> impl Iterator<Item = u32> {
        let held = self.iter().flat_map(Find::paths);
        held.filter_map(|path| all.number(&path))
    }

    /// Whether each query is found by its text and has its subscribers.
    pub(super) fn check(&self, subscribers: &Subscribers) -> Result<(), String> {
        for (place, find) in self.all.iter() {
            let number = FIRST + place;
            let of = subscribers.of(&find.subscribed);
            let is_here = |id: &SubscriptionId| subscribers.slot_of(*id) == Some(number);
            if of.is_empty() || !of.iter().all(is_here) {
                return Err(format!("the subscribers of {number} are elsewhere"));
            }
            if self.numbers.get(&find.text()) != Some(&number) {
                return Err(format!("{number} is not found by its text {}", find.text()));
            }
        }
        if self.numbers.len() == self.len() {
            Ok(())
        } else {
            Err(format!(
                "{} texts of {} queries",
                self.numbers.len(),
                self.len()
            ))
        }
    }
}
