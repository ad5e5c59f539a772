//! The tables of Unicode: which characters are in each set, and which are one to the flag `i`.
//!
//! They stand in `tables.txt` as text, which `tests/oracle/unicode.mjs` writes from what Node answers for every code
//! point. A line is read when it is first asked for: most programs ask for few sets, many for none.
//!
//! ```text
//! is Lowercase Lower^15:aa 1 f 1       a kind, the names, a set before it, and the edges by their distances
//! fold simple:41+20*a 100+1*18/2 b5=39c=3bc
//! ```
//!
//! The edges of a set are where membership changes: `41 1a` is A to Z. With `^15`, they are those that this set and the
//! set of line 15 do not share. A folding has pairs of characters, `41+20*a` being the ten pairs Aa to Jj and
//! `100+1*18/2` every second of 24 pairs, and lists of more than two.

use std::sync::OnceLock;

use super::super::ranges::{Range, ranges_between};

static TEXT: &str = include_str!("tables.txt");

/// What a set is asked for by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A property that is true or false of a character, by its name alone.
    Binary,
    /// A value of `General_Category`, which may stand alone too.
    Category,
    Script,
    /// The extensions of the script on the line before.
    Extensions,
}

/// A set with its names.
pub(super) struct Set {
    pub(super) kind: Kind,
    names: &'static str,
    /// The set before this one that it is most like, and the edges that the two do not share.
    base: Option<usize>,
    edges: &'static str,
    ranges: OnceLock<Box<[Range]>>,
}

impl Set {
    fn read(line: &'static str) -> Option<Self> {
        let (head, edges) = line.split_once(':')?;
        let (head, base) = match head.split_once('^') {
            Some((head, base)) => (head, base.parse().ok()),
            None => (head, None),
        };
        let (kind, names) = head.split_once(' ')?;
        let kind = match kind {
            "is" => Kind::Binary,
            "gc" => Kind::Category,
            "sc" => Kind::Script,
            "scx" => Kind::Extensions,
            _ => return None,
        };
        Some(Self {
            kind,
            names,
            base,
            edges,
            ranges: OnceLock::new(),
        })
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.split(' ')
    }

    /// The members, sorted and apart.
    pub(super) fn ranges(&'static self) -> &'static [Range] {
        self.ranges
            .get_or_init(|| ranges_between(&self.edges()).into())
    }

    /// Where membership changes.
    fn edges(&self) -> Vec<u32> {
        let own = self.edges.split(' ').scan(0, |edge, distance| {
            *edge += hex(distance)?;
            Some(*edge)
        });
        // A line names a line before it, so this ends.
        match self.base.and_then(|base| sets().get(base)) {
            None => own.collect(),
            Some(base) => parted(&base.edges(), own),
        }
    }
}

fn hex(text: &str) -> Option<u32> {
    u32::from_str_radix(text, 16).ok()
}

/// The edges that are in one of two sorted lists and not in both.
fn parted(a: &[u32], b: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut parted: Vec<u32> = a.iter().copied().chain(b).collect();
    parted.sort_unstable();
    // An edge stands twice at most, once from each list.
    let mut alone = Vec::with_capacity(parted.len());
    for edge in parted {
        if alone.last() == Some(&edge) {
            alone.pop();
        } else {
            alone.push(edge);
        }
    }
    alone
}

/// All sets, in the order of their lines.
pub(super) fn sets() -> &'static [Set] {
    static SETS: OnceLock<Box<[Set]>> = OnceLock::new();
    SETS.get_or_init(|| TEXT.lines().filter_map(Set::read).collect())
}

/// The version of Unicode, as the first line says it.
#[cfg(test)]
pub(super) fn version() -> &'static str {
    let first = TEXT.lines().next().unwrap_or_default();
    let version = first
        .strip_prefix("# Unicode ")
        .and_then(|rest| rest.split(':').next());
    version.unwrap_or_default()
}

/// The characters that a folding takes for one another: lists of two and more, each sorted.
pub(crate) fn folding(name: &str) -> Vec<Vec<u32>> {
    let line = TEXT
        .lines()
        .filter_map(|line| line.strip_prefix("fold ")?.split_once(':'))
        .find(|(known, _)| *known == name);
    let words = line.map_or("", |(_, words)| words).split(' ');
    words.flat_map(orbits).collect()
}

/// `FIRST+DISTANCE*COUNT` with or without `/STEP`, or characters joined by `=`.
fn orbits(word: &str) -> Vec<Vec<u32>> {
    let run = || {
        let (first, rest) = word.split_once('+')?;
        let (distance, rest) = rest.split_once('*')?;
        let (count, step) = rest.split_once('/').unwrap_or((rest, "1"));
        let (first, distance, step) = (hex(first)?, hex(distance)?, hex(step)?);
        let firsts = (0..hex(count)?).map(move |at| first + at * step);
        Some(firsts.map(|first| vec![first, first + distance]).collect())
    };
    run().unwrap_or_else(|| vec![word.split('=').filter_map(hex).collect()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let sets = sets();
        let foldings = ["upper", "simple"];
        assert_eq!(TEXT.lines().count(), 1 + foldings.len() + sets.len());
        assert!(foldings.iter().all(|name| folding(name).len() > 1_000));
        for (number, set) in sets.iter().enumerate() {
            assert!(set.base.is_none_or(|base| base < number), "{}", set.names);
            assert!(!set.ranges().is_empty(), "{} is empty", set.names);
            let apart = |a: &Range, b: &Range| a.1 + 1 < b.0;
            assert!(set.ranges().is_sorted_by(apart), "{}", set.names);
        }
    }

    #[test]
    fn runs_are_written_out() {
        assert_eq!(orbits("41+20*2"), [vec![0x41, 0x61], vec![0x42, 0x62]]);
        assert_eq!(
            orbits("100+1*2/2"),
            [vec![0x100, 0x101], vec![0x102, 0x103]]
        );
        assert_eq!(orbits("b5=39c=3bc"), [vec![0xb5, 0x39c, 0x3bc]]);
    }

    #[test]
    fn the_edges_of_two_sets_part() {
        assert_eq!(parted(&[1, 5, 9], [5, 7].into_iter()), [1, 7, 9]);
    }
}
