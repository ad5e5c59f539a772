//! Sets of characters as sorted ranges.

/// A first and a last character.
pub(crate) type Range = (u32, u32);

/// The last code point.
pub(crate) const LAST: u32 = 0x10_ffff;

/// Sorts, and joins what overlaps or touches.
pub(crate) fn normalise(ranges: &mut Vec<Range>) {
    ranges.sort_unstable();
    ranges.dedup_by(|next, last| {
        let joined = next.0 <= last.1.saturating_add(1);
        if joined {
            last.1 = last.1.max(next.1);
        }
        joined
    });
}

/// The normal ranges of a set whose membership changes at each of `edges`, which are sorted and of an even number.
pub(crate) fn ranges_between(edges: &[u32]) -> Vec<Range> {
    let pairs = edges.chunks_exact(2);
    pairs.map(|pair| (pair[0], pair[1] - 1)).collect()
}

/// Whether normal `ranges` hold `c`.
pub(crate) fn contains(ranges: &[Range], c: u32) -> bool {
    let after = ranges.partition_point(|range| range.0 <= c);
    ranges[..after].last().is_some_and(|range| c <= range.1)
}

/// What normal `ranges` leave out, up to `last`.
pub(crate) fn complement(ranges: &[Range], last: u32) -> Vec<Range> {
    let mut gaps = Vec::with_capacity(ranges.len() + 1);
    let mut next = 0;
    for (from, to) in ranges {
        if *from > next {
            gaps.push((next, (*from - 1).min(last)));
        }
        next = to.saturating_add(1);
        if next > last {
            return gaps;
        }
    }
    gaps.push((next, last));
    gaps
}

/// What two normal sets share.
pub(crate) fn intersect(a: &[Range], b: &[Range]) -> Vec<Range> {
    let (mut i, mut j) = (0, 0);
    let mut shared = Vec::new();
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let (from, to) = (x.0.max(y.0), x.1.min(y.1));
        if from <= to {
            shared.push((from, to));
        }
        if x.1 < y.1 { i += 1 } else { j += 1 }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_sets_are_sorted_and_apart() {
        let mut set = vec![(5, 6), (1, 2), (3, 3), (6, 9), (20, LAST)];
        normalise(&mut set);
        assert_eq!(set, [(1, 3), (5, 9), (20, LAST)]);
        assert_eq!(complement(&set, LAST), [(0, 0), (4, 4), (10, 19)]);
        assert_eq!(complement(&set, 6), [(0, 0), (4, 4)]);
        assert_eq!(complement(&[], 6), [(0, 6)]);
        assert!(contains(&set, 9) && !contains(&set, 10) && !contains(&set, 0));
    }

    #[test]
    fn intersections_hold_what_both_hold() {
        let (a, b) = ([(0, 4), (8, 9)], [(2, 8), (9, 30)]);
        assert_eq!(intersect(&a, &b), [(2, 4), (8, 8), (9, 9)]);
        assert_eq!(intersect(&a, &[]), []);
    }
}
