//! Long rows of equalities of which one is to hold, answered by a look-up instead of one after another.

use smallvec::SmallVec;

use super::code::{Step, Target};
use crate::op::{Op, usual};
use crate::steps::{Bound, Rates, Shape};
use crate::value::by_hash::ByHash;
use crate::value::{Member, key};

/// The steps of an `$or` or `$nor`, each of which asks whether a path has a text or a pointer.
///
/// The steps stand in the code as ever and are the rule: they are run where a value is met that one of them may fault on,
/// as their order decides whether the fault or a match comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Switch {
    /// The position of the first step.
    first: usize,
    /// Where the run goes on if one of them holds.
    then: Target,
    /// Where it goes on if none does.
    otherwise: Target,
    /// By path; no two of one path, and at most [`MAX_PATHS`].
    cases: SmallVec<[Cases; 1]>,
}

/// The steps of a switch that ask for one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cases {
    /// The path, as the step at this position names it.
    sample: u32,
    kind: Kind,
    /// Positions of the steps, by the hash of the first text of their labels.
    steps: ByHash,
}

/// What the steps of a path ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Pointer,
}

/// What tells one step from another: a text, or the id of a pointer and its class.
type Label<'o> = (&'o str, &'o str);

/// What it takes to find whether one of the cases of a path holds for a value: each element is looked up.
pub(crate) const FIND_CASE: Rates = Rates {
    node: 6,
    bytes: 8,
    object: 6,
    ..Rates::fixed(2)
};

/// Fewer steps are run as fast as a value is looked up.
const MIN_STEPS: usize = 16;

/// A switch looks at each of its paths, while a run may end at the first.
const MAX_PATHS: usize = 4;

/// All switches of a code, in its order.
///
/// # Complexity
///
/// `O(n log n)` in the number of steps.
pub(crate) fn switches(code: &[Step]) -> Box<[Switch]> {
    let mut found = Vec::new();
    let mut from = 0;
    while code.len() - from >= MIN_STEPS {
        let row = Row::at(code, from);
        from = row.end.max(from + 1);
        found.extend(row.switch(code));
    }
    found.into()
}

impl Switch {
    /// The position of the first step.
    pub(super) fn first(&self) -> usize {
        self.first
    }

    /// Where the run goes on, if the steps need not be run for that: `find` tells of the value at the path of a step
    /// whether one of the cases holds for it, and nothing if only the steps can tell.
    pub(super) fn next<S>(
        &self,
        code: &[Step],
        mut find: impl FnMut(&Step, &Cases) -> Result<Option<bool>, S>,
    ) -> Result<Option<Target>, S> {
        let mut holds = false;
        for cases in &self.cases {
            match find(&code[cases.sample as usize], cases)? {
                Some(found) => holds |= found,
                None => return Ok(None),
            }
        }
        Ok(Some(if holds { self.then } else { self.otherwise }))
    }

    /// The most that its look-ups take beside the steps, which may have to be run after all.
    pub(crate) fn bound(&self) -> Bound {
        let of_shape = |shape| FIND_CASE.bound(shape);
        let one = Shape::ALL.into_iter().map(of_shape);
        let one = one.fold(Bound::default(), Bound::or);
        let all = self.cases.iter().map(|_| one);
        all.fold(Bound::default(), Bound::plus)
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let spilled = if self.cases.spilled() {
            self.cases.capacity() * size_of::<Cases>()
        } else {
            0
        };
        let steps = self.cases.iter().map(|cases| cases.steps.memory_usage());
        spilled + steps.sum::<usize>()
    }
}

impl Cases {
    /// Whether one of the steps holds for a member, if it is one of the usual.
    pub(crate) fn find<M: Member>(&self, code: &[Step], member: &M) -> Option<bool> {
        match (self.kind, member.items()) {
            (Kind::Text, None) => Some(self.has(code, (member.text()?, ""))),
            // An element that is no text is none of the cases.
            (Kind::Text, Some(items)) => {
                let mut texts = items.iter().filter_map(M::text);
                Some(texts.any(|text| self.has(code, (text, ""))))
            }
            (Kind::Pointer, None) => self.finds_pointer(code, member),
            // Each step looks at all elements, so that an odd one may come first.
            (Kind::Pointer, Some(items)) => items.iter().try_fold(false, |found, item| {
                Some(self.finds_pointer(code, item)? || found)
            }),
        }
    }

    fn finds_pointer<M: Member>(&self, code: &[Step], member: &M) -> Option<bool> {
        let (class_name, object_id) = usual::pointer(member)?;
        Some(self.has(code, (object_id, class_name)))
    }

    fn has(&self, code: &[Step], label: Label<'_>) -> bool {
        let order = |at: u32| label_at(code, at).cmp(&Some(label));
        self.steps.find(key::hash(label.0), order).is_some()
    }
}

/// Steps in a row that may become a switch.
struct Row {
    start: usize,
    /// Behind the last.
    end: usize,
    /// The paths, and where they stand first.
    paths: SmallVec<[(usize, Kind); MAX_PATHS]>,
}

impl Row {
    /// The longest that begins at a position.
    fn at(code: &[Step], start: usize) -> Self {
        let mut row = Self {
            start,
            end: start,
            paths: SmallVec::new(),
        };
        while row.takes(code) {
            row.end += 1;
        }
        row
    }

    /// Whether the step behind the row belongs to it.
    fn takes(&mut self, code: &[Step]) -> bool {
        let Some((step, (kind, _))) = code
            .get(self.end)
            .and_then(|step| Some((step, label(&step.op)?)))
        else {
            return false;
        };
        let follows = self.end == self.start
            || code[self.end - 1].otherwise == Target::step(self.end)
                && code[self.start].then == step.then;
        follows && self.takes_path(code, step.path, kind)
    }

    fn takes_path(&mut self, code: &[Step], path: u32, kind: Kind) -> bool {
        match self.paths.iter().find(|(at, _)| code[*at].path == path) {
            Some((_, known)) => *known == kind,
            None if self.paths.len() < MAX_PATHS => {
                self.paths.push((self.end, kind));
                true
            }
            None => false,
        }
    }

    fn switch(self, code: &[Step]) -> Option<Switch> {
        if self.end - self.start < MIN_STEPS {
            return None;
        }
        let cases = self.paths.iter().map(|(sample, kind)| Cases {
            sample: position(*sample),
            kind: *kind,
            steps: self.steps(code, code[*sample].path),
        });
        Some(Switch {
            first: self.start,
            then: code[self.start].then,
            otherwise: code[self.end - 1].otherwise,
            cases: cases.collect(),
        })
    }

    /// The steps that ask for a path.
    fn steps(&self, code: &[Step], path: u32) -> ByHash {
        let row = (self.start..self.end).filter(|at| code[*at].path == path);
        let hashed = row.filter_map(|at| {
            let (_, (text, _)) = label(&code[at].op)?;
            Some((key::hash(text), position(at)))
        });
        ByHash::new(hashed, |a, b| label_at(code, a).cmp(&label_at(code, b)))
    }
}

/// There are no more steps than targets can tell apart.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn label_at(code: &[Step], at: u32) -> Option<Label<'_>> {
    let (_, label) = label(&code.get(at as usize)?.op)?;
    Some(label)
}

fn label(op: &Op) -> Option<(Kind, Label<'_>)> {
    match op {
        Op::Is(operand) => Some((Kind::Text, (operand.as_text()?, ""))),
        Op::PointsTo(pointer) => {
            let (class_name, object_id) = pointer.texts()?;
            Some((Kind::Pointer, (object_id, class_name)))
        }
        Op::Like(_) | Op::Order(_) | Op::Equal(_) | Op::NotEqual(_) | Op::In(_) | Op::NotIn(_) => {
            None
        }
        Op::All(_)
        | Op::ContainedBy(_)
        | Op::Exists(_)
        | Op::Regex(_)
        | Op::Near(_)
        | Op::Within(_) => None,
        Op::Polygon(_) | Op::Circle(_) | Op::Intersects(_) | Op::Always | Op::Never | Op::Fault => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Query;

    /// The first steps of the switches of a row, and how many paths each has.
    fn shape(fields: &[&str], branches: usize) -> Vec<(usize, usize)> {
        let branch = |at: usize| format!(r#"{{"{}":"{at}"}}"#, fields[at % fields.len()]);
        let branches: Vec<String> = (0..branches).map(branch).collect();
        let clause = format!(r#"{{"first":1,"$or":[{}]}}"#, branches.join(","));
        let query: Query = clause.parse().expect("a query");
        let switches = query.plan().live().expect("a plan").switches.iter();
        switches
            .map(|switch| (switch.first, switch.cases.len()))
            .collect()
    }

    #[test]
    fn long_rows_on_few_paths_are_switches() {
        assert_eq!(shape(&["a"], MIN_STEPS - 1), []);
        assert_eq!(shape(&["a"], MIN_STEPS), [(1, 1)]);
        assert_eq!(shape(&["a", "b"], 1_000), [(1, 2)]);
        assert_eq!(shape(&["a", "b", "c", "d", "e"], 1_000), []);
    }
}
