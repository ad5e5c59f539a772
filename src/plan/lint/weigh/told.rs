//! What follows for a part of a clause from what is told of it and of its own parts.

use crate::constraint::{Combine, Constraint, Place};
use crate::warning::{Effect, Level, Warning};

/// Which answers a part is known not to give. What faults for every value gives neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// It never matches.
    pub(super) is_never: bool,
    /// It always matches, or faults.
    pub(super) is_always: bool,
    /// It faults for some values, and gives one answer for all others.
    pub(super) faults: bool,
}

impl Known {
    /// What has all these as its parts.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let start = Self {
            is_always: true,
            ..Self::default()
        };
        parts.into_iter().fold(start, |all, part| Self {
            is_never: all.is_never || part.is_never,
            is_always: all.is_always && part.is_always,
            faults: all.faults || part.faults,
        })
    }

    /// A group with these branches.
    pub(super) fn group(combine: Combine, branches: &[Self]) -> Self {
        let any = Self {
            is_never: branches.iter().all(|branch| branch.is_never),
            is_always: branches.iter().any(|branch| branch.is_always),
            faults: !branches.is_empty() && branches.iter().all(|branch| branch.faults),
        };
        match combine {
            Combine::And => Self::all(branches.iter().copied()),
            Combine::Or => any,
            Combine::Nor => any.turned(),
        }
    }

    pub(super) fn turned(self) -> Self {
        Self {
            is_never: self.is_always,
            is_always: self.is_never,
            faults: self.faults,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            is_never: self.is_never || other.is_never,
            is_always: self.is_always || other.is_always,
            faults: self.faults || other.faults,
        }
    }
}

/// The places of which is told that they never match, that they always do, and that they fault; sorted.
pub(super) struct Told([Vec<String>; 3]);

impl Told {
    pub(super) fn new(warnings: &[Warning]) -> Self {
        let places = |effects: &[Effect]| {
            let told = warnings.iter().filter(|warning| {
                warning.level() > Level::Hint && effects.contains(&warning.effect())
            });
            let mut places: Vec<_> = told.map(|warning| warning.pointer.clone()).collect();
            places.sort_unstable();
            places
        };
        Self([
            places(&[Effect::NeverMatches]),
            places(&[Effect::AlwaysMatches, Effect::Ignored]),
            places(&[Effect::Faults]),
        ])
    }

    /// What is told of a place itself.
    pub(super) fn at(&self, pointer: &str) -> Known {
        self.known(|places| {
            let found = places.binary_search_by(|place| place.as_str().cmp(pointer));
            found.is_ok()
        })
    }

    /// What is told of a constraint and of its operators.
    pub(super) fn of_constraint(&self, constraint: &Constraint, at: &Place<'_>) -> Known {
        let pointer = at.pointer();
        let told = self.at(&pointer);
        match constraint {
            Constraint::Operators(operators) if !operators.is_empty() => {
                let below = self.below(&pointer);
                let known = operators.iter().map(|operator| {
                    let name = Place::ROOT.key(operator.name.as_str()).pointer();
                    below.at(&name)
                });
                told.or(Known::all(known))
            }
            _ => told,
        }
    }

    /// The places below one, as they go on from there: what stands before may be as long as a clause, for each of many operators.
    fn below(&self, pointer: &str) -> Self {
        let within = format!("{pointer}/");
        Self(self.0.each_ref().map(|places| {
            let first = places.partition_point(|place| *place < within);
            let below = places.iter().skip(first);
            let below = below.map_while(|place| place.strip_prefix(pointer));
            let below = below.take_while(|rest| rest.starts_with('/'));
            below.map(str::to_owned).collect()
        }))
    }

    fn known(&self, is_among: impl Fn(&[String]) -> bool) -> Known {
        let Self([never, always, faults]) = self;
        Known {
            is_never: is_among(never),
            is_always: is_among(always),
            faults: is_among(faults),
        }
    }
}
