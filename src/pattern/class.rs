//! Classes: which characters a place in a pattern takes.

use smallvec::SmallVec;

use super::error::PatternError;
use super::fold::{Folding, Orbit};
use super::limits::PatternLimits;
use super::ranges::{self, Range};
use super::unicode::{self, SetId};

/// A set of characters, as a small expression over ranges and named sets.
///
/// It is kept as it was written, neither folded nor multiplied out: `[^\p{L}]` with `i` takes some tens
/// of bytes here and thousands as ranges. Case is folded when a character is looked up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Class {
    /// How it compares a character with its members.
    folding: Folding,
    /// In postfix order. A stack begins with one empty set; at the end it holds the one result.
    steps: Box<[Step]>,
    /// What [`Step::Ranges`] means; each slice that one names is sorted and apart.
    ranges: Box<[Range]>,
}

/// A step of a [`Class`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// Adds a slice of [`Class::ranges`] to the topmost set.
    Ranges(u16, u16),
    /// Adds a side of a named set to the topmost set.
    Set(SetId, Side),
    /// Replaces the topmost set by its complement.
    Negate,
    /// Puts an empty set on top.
    Open,
    /// Joins the topmost set to the one below.
    Unite,
    /// Leaves of the set below what the topmost set holds too.
    Intersect,
    /// Takes the topmost set from the one below.
    Subtract,
}

/// Which characters a named set stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    /// Those equal to a member.
    In,
    /// Those equal to a character that is no member: case is folded after the complement, as `u` has it.
    Out,
    /// Those equal to no member: case is folded before the complement, as `v` has it.
    FoldedOut,
}

impl Class {
    fn new(steps: &[Step], folding: Folding) -> Self {
        Self {
            folding,
            steps: steps.into(),
            ranges: Box::default(),
        }
    }

    pub(crate) fn of_step(step: Step, folding: Folding) -> Self {
        Self::new(&[step], folding)
    }

    pub(crate) fn of_char(c: u32, folding: Folding) -> Self {
        Self {
            folding,
            steps: Box::new([Step::Ranges(0, 1)]),
            ranges: Box::new([(c, c)]),
        }
    }

    /// What a dot takes.
    pub(crate) fn dot(all: bool) -> Self {
        let line_ends = Step::Set(unicode::LINE_END, Side::In);
        let steps: &[Step] = if all {
            &[Step::Negate]
        } else {
            &[line_ends, Step::Negate]
        };
        // What ends a line has no case.
        Self::new(steps, Folding::Exact)
    }

    /// The complement.
    #[must_use]
    pub(crate) fn negate(self) -> Self {
        let steps = self.steps.iter().copied().chain([Step::Negate]).collect();
        Self { steps, ..self }
    }

    /// The first of `classes`, joined to each other by `operator`; empty if there are none. All compare alike, as no
    /// flag changes within brackets.
    pub(crate) fn combine(classes: Vec<Self>, operator: Step) -> Self {
        let (mut steps, mut ranges) = (Vec::new(), Vec::new());
        let folding = classes
            .first()
            .map_or(Folding::Exact, |class| class.folding);
        for (at, class) in classes.into_iter().enumerate() {
            steps.extend((at > 0).then_some(Step::Open));
            let shift = position(ranges.len());
            steps.extend(class.steps.iter().map(|step| step.shifted(shift)));
            steps.extend((at > 0).then_some(operator));
            ranges.extend(class.ranges);
        }
        Self {
            folding,
            steps: steps.into(),
            ranges: ranges.into(),
        }
    }

    pub(crate) fn folding(&self) -> Folding {
        self.folding
    }

    /// How many parts are looked at for a character.
    pub(crate) fn parts(&self) -> usize {
        self.steps.len()
    }

    /// The one character that is listed, if that is all: the class takes what equals it.
    pub(crate) fn single(&self) -> Option<u32> {
        match (&*self.steps, &*self.ranges) {
            ([Step::Ranges(0, 1)], [(from, to)]) if from == to => Some(*from),
            _ => None,
        }
    }

    /// Whether it takes every character.
    pub(crate) fn is_any(&self) -> bool {
        matches!(*self.steps, [Step::Negate])
    }

    /// Whether it takes what a dot takes.
    pub(crate) fn is_dot(&self) -> bool {
        let line_ends = Step::Set(unicode::LINE_END, Side::In);
        *self.steps == [line_ends, Step::Negate]
    }

    /// Whether it takes `c`.
    pub(crate) fn contains(&self, c: u32) -> bool {
        self.contains_orbit(c, &self.folding.equals(c))
    }

    /// Whether it takes `c`, given with all that it equals in a part of the pattern that ignores case.
    pub(crate) fn contains_orbit(&self, c: u32, orbit: Orbit<'_>) -> bool {
        match self.folding {
            Folding::Exact => self.evaluate(&Point { orbit: &[c] }),
            Folding::Upper | Folding::Simple => self.evaluate(&Point { orbit }),
        }
    }

    /// The characters that it takes, up to `last`, sorted and apart.
    pub(crate) fn members(&self, last: u32) -> Vec<Range> {
        let folding = self.folding;
        self.evaluate(&Members { folding, last })
    }

    /// The ASCII characters that it takes, a bit for each.
    pub(crate) fn ascii(&self) -> [u64; 2] {
        let half = |from: u32| {
            let bit = |at: u32| u64::from(self.contains(from + at)) << at;
            (0..64).map(bit).fold(0, std::ops::BitOr::bitor)
        };
        [half(0), half(64)]
    }

    fn evaluate<A: Algebra>(&self, algebra: &A) -> A::Set {
        let mut stack: SmallVec<[A::Set; 2]> = SmallVec::new();
        let mut top = algebra.empty();
        for step in &self.steps {
            let added = match *step {
                Step::Ranges(from, to) => {
                    algebra.ranges(&self.ranges[usize::from(from)..usize::from(to)])
                }
                Step::Set(set, side) => algebra.set(set, side),
                Step::Negate => {
                    top = algebra.complement(top);
                    continue;
                }
                Step::Open => {
                    stack.push(std::mem::replace(&mut top, algebra.empty()));
                    continue;
                }
                Step::Unite | Step::Intersect | Step::Subtract => {
                    let below = stack.pop().unwrap_or_else(|| algebra.empty());
                    top = step.join(algebra, below, top);
                    continue;
                }
            };
            top = algebra.unite(top, added);
        }
        top
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        size_of_val(&*self.steps) + size_of_val(&*self.ranges)
    }
}

impl Step {
    fn shifted(self, shift: u16) -> Self {
        match self {
            Self::Ranges(from, to) => {
                Self::Ranges(from.saturating_add(shift), to.saturating_add(shift))
            }
            other => other,
        }
    }

    fn join<A: Algebra>(self, algebra: &A, below: A::Set, top: A::Set) -> A::Set {
        match self {
            Self::Intersect => algebra.intersect(below, top),
            Self::Subtract => {
                let rest = algebra.complement(top);
                algebra.intersect(below, rest)
            }
            _ => algebra.unite(below, top),
        }
    }
}

/// A pattern has at most 65,535 units, and so fewer ranges.
fn position(len: usize) -> u16 {
    u16::try_from(len).unwrap_or(u16::MAX)
}

/// What a class is evaluated in: for one character, or as a whole.
trait Algebra {
    type Set;

    fn empty(&self) -> Self::Set;
    /// What equals a character in `ranges`.
    fn ranges(&self, ranges: &[Range]) -> Self::Set;
    fn set(&self, set: SetId, side: Side) -> Self::Set;
    fn complement(&self, set: Self::Set) -> Self::Set;
    fn unite(&self, a: Self::Set, b: Self::Set) -> Self::Set;
    fn intersect(&self, a: Self::Set, b: Self::Set) -> Self::Set;
}

/// Whether one character, with those equal to it, is a member.
struct Point<'a> {
    orbit: Orbit<'a>,
}

impl Algebra for Point<'_> {
    type Set = bool;

    fn empty(&self) -> bool {
        false
    }

    fn ranges(&self, ranges: &[Range]) -> bool {
        self.orbit.iter().any(|c| ranges::contains(ranges, *c))
    }

    fn set(&self, set: SetId, side: Side) -> bool {
        match side {
            Side::In => self.orbit.iter().any(|c| set.contains(*c)),
            Side::Out => self.orbit.iter().any(|c| !set.contains(*c)),
            Side::FoldedOut => !self.orbit.iter().any(|c| set.contains(*c)),
        }
    }

    fn complement(&self, set: bool) -> bool {
        !set
    }

    fn unite(&self, a: bool, b: bool) -> bool {
        a || b
    }

    fn intersect(&self, a: bool, b: bool) -> bool {
        a && b
    }
}

/// All members, as ranges.
struct Members {
    folding: Folding,
    last: u32,
}

impl Members {
    fn closed(&self, mut ranges: Vec<Range>) -> Vec<Range> {
        self.folding.close(&mut ranges);
        ranges::intersect(&ranges, &[(0, self.last)])
    }
}

impl Algebra for Members {
    type Set = Vec<Range>;

    fn empty(&self) -> Vec<Range> {
        Vec::new()
    }

    fn ranges(&self, ranges: &[Range]) -> Vec<Range> {
        self.closed(ranges.to_vec())
    }

    fn set(&self, set: SetId, side: Side) -> Vec<Range> {
        match side {
            Side::In => self.closed(set.ranges().to_vec()),
            Side::Out => self.closed(ranges::complement(set.ranges(), self.last)),
            Side::FoldedOut => ranges::complement(&self.closed(set.ranges().to_vec()), self.last),
        }
    }

    fn complement(&self, set: Vec<Range>) -> Vec<Range> {
        ranges::complement(&set, self.last)
    }

    fn unite(&self, mut a: Vec<Range>, b: Vec<Range>) -> Vec<Range> {
        if a.is_empty() {
            return b;
        }
        a.extend(b);
        ranges::normalise(&mut a);
        a
    }

    fn intersect(&self, a: Vec<Range>, b: Vec<Range>) -> Vec<Range> {
        ranges::intersect(&a, &b)
    }
}

/// Gathers the members of a class that is a plain union.
#[derive(Debug)]
pub(crate) struct Builder {
    folding: Folding,
    ranges: Vec<Range>,
    sets: Vec<Step>,
    limit: usize,
}

impl Builder {
    pub(crate) fn new(folding: Folding, limits: &PatternLimits) -> Self {
        Self {
            folding,
            ranges: Vec::new(),
            sets: Vec::new(),
            limit: usize::from(limits.class()),
        }
    }

    pub(crate) fn range(&mut self, from: u32, to: u32) -> Result<(), PatternError> {
        self.ranges.push((from, to));
        self.check()
    }

    pub(crate) fn set(&mut self, step: Step) -> Result<(), PatternError> {
        if !self.sets.contains(&step) {
            self.sets.push(step);
        }
        self.check()
    }

    fn check(&self) -> Result<(), PatternError> {
        if self.ranges.len() + self.sets.len() > self.limit {
            return Err(PatternError::Limit {
                what: "members in a class",
                limit: self.limit,
            });
        }
        Ok(())
    }

    pub(crate) fn finish(mut self, negated: bool) -> Class {
        ranges::normalise(&mut self.ranges);
        let ranges = Step::Ranges(0, position(self.ranges.len()));
        let steps = (!self.ranges.is_empty())
            .then_some(ranges)
            .into_iter()
            .chain(self.sets);
        let steps = steps.chain(negated.then_some(Step::Negate)).collect();
        Class {
            folding: self.folding,
            steps,
            ranges: self.ranges.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That looking up each character gives the members, and how many there are.
    fn count(class: &Class) -> u32 {
        let members = class.members(0xffff);
        for c in 0..=0xffff {
            let listed = ranges::contains(&members, c);
            assert_eq!(class.contains(c), listed, "{c:x} in {class:?}");
        }
        members.iter().map(|(from, to)| to - from + 1).sum()
    }

    #[test]
    fn both_evaluations_agree() {
        let letters = unicode::property("L").expect("a property");
        let upper = unicode::property("Lu").expect("a property");
        for folding in [Folding::Exact, Folding::Upper, Folding::Simple] {
            for side in [Side::In, Side::Out, Side::FoldedOut] {
                let class = |set| Class::of_step(Step::Set(set, side), folding);
                let pair = || vec![class(letters), class(upper)];
                for operator in [Step::Unite, Step::Intersect, Step::Subtract] {
                    let class = Class::combine(pair(), operator);
                    let all = count(&class);
                    assert_eq!(count(&class.negate()), 0x1_0000 - all);
                }
            }
        }
    }

    #[test]
    fn a_fold_reaches_into_ascii_and_out_of_it() {
        let kelvin = |folding| Class::of_char(0x212a, folding);
        assert!(kelvin(Folding::Simple).contains(u32::from('k')));
        assert!(!kelvin(Folding::Upper).contains(u32::from('k')));
        assert_eq!(
            kelvin(Folding::Simple).ascii(),
            [0, 1 << (b'k' - 64) | 1 << (b'K' - 64)]
        );
    }
}
