//! What a run of the law counted.

use std::collections::BTreeMap;

use livematch::{Level, Warning};

#[derive(Default)]
pub(super) struct Tally {
    pub(super) clauses: usize,
    /// How many clauses are left out, by why.
    left_out: BTreeMap<&'static str, usize>,
    objects: usize,
    hints: usize,
    /// How many warnings that are no hint, by their effect.
    warnings: BTreeMap<&'static str, usize>,
}

impl Tally {
    pub(super) fn left_out(&mut self, reason: &'static str) {
        *self.left_out.entry(reason).or_default() += 1;
    }

    /// Counts a clause, on how many objects it was tried, and what was told of it.
    pub(super) fn tried(&mut self, objects: usize, warnings: &[Warning]) {
        self.clauses += 1;
        self.objects += objects;
        for warning in warnings {
            if warning.level() > Level::Hint {
                *self.warnings.entry(warning.effect().as_str()).or_default() += 1;
            } else {
                self.hints += 1;
            }
        }
    }

    /// The row of the page.
    pub(super) fn line(&self, kind: &str) -> String {
        let list = |counts: &BTreeMap<&str, usize>| {
            let counts = counts.iter().map(|(name, count)| format!("{name} {count}"));
            counts.collect::<Vec<_>>().join(", ")
        };
        let (clauses, warnings, left_out) =
            (self.clauses, list(&self.warnings), list(&self.left_out));
        format!("| {kind} | {clauses} | {warnings} | {left_out} |")
    }

    /// What differs from run to run, or is no alarm.
    pub(super) fn rest(&self) -> String {
        format!("{} objects, {} hints", self.objects, self.hints)
    }

    /// The page of surprises has the line.
    pub(super) fn check_page(&self, kind: &str) {
        let page = include_str!("../../../../docs/surprises.md");
        let line = self.line(kind);
        assert!(
            page.contains(&line),
            "docs/surprises.md does not say\n{line}"
        );
    }
}
