//! Ranges of many queries side by side, for queries that nothing selective tells apart.

use std::cmp::Ordering;

use smallvec::SmallVec;

use crate::set::keys::interval::Bounds;
use crate::set::store::keyed::{HasKey, Keyed};

/// The columns of a group, each for other paths.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllColumns {
    /// Rows are recorded by the position of their columns, so where there are none left a gap is until other columns need a
    /// place. The last ones are no gap.
    all: Vec<Option<Box<Columns>>>,
    positions: Keyed<Position>,
    /// Positions that were gaps; some may be filled or gone by now.
    gaps: Vec<u32>,
}

/// Where the columns for some paths are.
#[derive(Clone, Debug)]
struct Position {
    paths: Paths,
    at: u32,
}

type Paths = SmallVec<[u32; 4]>;

impl HasKey for Position {
    type Key = Paths;

    fn key(&self) -> Paths {
        self.paths.clone()
    }
}

/// Queries with ranges on the same paths, a column for each end of each range.
///
/// Rows hold the numbers of the paths; where there are none, the numbers may meanwhile mean other paths.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    columns: SmallVec<[Column; 4]>,
    rows: Vec<Row>,
}

/// Whose ranges stand in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) slot: u32,
    /// How many places the query had been filed in before this one.
    pub(crate) filing: u32,
}

/// The ends are rounded outwards to half of their bits: reading them from memory is what takes time, and the queries that
/// are found are run anyway.
#[derive(Clone, Debug)]
struct Column {
    path: u32,
    low: Vec<f32>,
    high: Vec<f32>,
}

/// Rows looked at together.
const BLOCK: usize = 64;

/// The next smaller number that has half of the bits, and the next larger one; twice the same if the number has no more.
#[expect(clippy::cast_possible_truncation, reason = "that is meant")]
fn rounded(number: f64) -> (f32, f32) {
    let near = number as f32;
    match f64::from(near).partial_cmp(&number) {
        Some(Ordering::Less) => (near, near.next_up()),
        Some(Ordering::Greater) => (near.next_down(), near),
        _ => (near, near),
    }
}

impl AllColumns {
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Columns> {
        self.all.iter().flatten().map(|columns| &**columns)
    }

    pub(crate) fn get(&self, at: u32) -> Option<&Columns> {
        self.all.get(at as usize)?.as_deref()
    }

    pub(crate) fn get_mut(&mut self, at: u32) -> Option<&mut Columns> {
        self.all.get_mut(at as usize)?.as_deref_mut()
    }

    /// The position of the columns for the paths of some ranges, if there are any.
    pub(crate) fn find(&self, ranges: &[(u32, Bounds)]) -> Option<u32> {
        let paths = ranges.iter().map(|(path, _)| *path).collect();
        self.positions.get(&paths).map(|position| position.at)
    }

    /// Adds columns for the paths of some ranges, for which there are none; their position.
    pub(crate) fn add(&mut self, ranges: &[(u32, Bounds)]) -> u32 {
        let is_gap = |at: &u32| matches!(self.all.get(*at as usize), Some(None));
        let gap = std::iter::from_fn(|| self.gaps.pop()).find(is_gap);
        let at = gap.unwrap_or_else(|| {
            self.all.push(None);
            // Memory ends before four billion columns do.
            u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
        });
        let columns = Columns::new(ranges);
        self.positions.push(Position {
            paths: columns.paths().collect(),
            at,
        });
        if let Some(place) = self.all.get_mut(at as usize) {
            *place = Some(Box::new(columns));
        }
        at
    }

    /// Removes columns, which have no rows any more.
    pub(crate) fn remove(&mut self, at: u32) -> Option<Box<Columns>> {
        let gone = self.all.get_mut(at as usize)?.take()?;
        self.positions.remove(&gone.paths().collect());
        self.gaps.push(at);
        while self.all.pop_if(|columns| columns.is_none()).is_some() {}
        if self.all.is_empty() {
            *self = Self::default();
        } else if self.all.len() < self.all.capacity() / 4 {
            self.all.shrink_to(self.all.len() * 2);
        }
        Some(gone)
    }

    /// Gives back all room that is not in use.
    pub(crate) fn shrink_to_fit(&mut self) {
        for columns in self.all.iter_mut().flatten() {
            columns.shrink_to(0);
        }
        self.all.shrink_to_fit();
        self.positions.shrink_to_fit();
        let is_gap = |at: &u32| matches!(self.all.get(*at as usize), Some(None));
        self.gaps.retain(is_gap);
        self.gaps.shrink_to_fit();
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let own = |columns: &Columns| size_of::<Columns>() + columns.memory_usage();
        self.iter().map(own).sum::<usize>()
            + self.all.capacity() * size_of::<Option<Box<Columns>>>()
            + self.gaps.capacity() * size_of::<u32>()
            + self.positions.memory_usage()
    }
}

impl Columns {
    pub(crate) fn new(ranges: &[(u32, Bounds)]) -> Self {
        let column = |(path, _): &(u32, Bounds)| Column {
            path: *path,
            low: Vec::new(),
            high: Vec::new(),
        };
        Self {
            columns: ranges.iter().map(column).collect(),
            rows: Vec::new(),
        }
    }

    /// The paths of the columns.
    pub(crate) fn paths(&self) -> impl Iterator<Item = u32> + Clone {
        self.columns.iter().map(|column| column.path)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a row; its number.
    pub(crate) fn push(&mut self, row: Row, ranges: &[(u32, Bounds)]) -> u32 {
        for (column, (_, bounds)) in self.columns.iter_mut().zip(ranges) {
            column.low.push(rounded(bounds.low).0);
            column.high.push(rounded(bounds.high).1);
        }
        self.rows.push(row);
        u32::try_from(self.rows.len() - 1).unwrap_or(u32::MAX)
    }

    /// Removes a row; the one that takes its place, if another one does.
    pub(crate) fn remove(&mut self, row: u32) -> Option<Row> {
        let row = row as usize;
        for column in &mut self.columns {
            column.low.swap_remove(row);
            column.high.swap_remove(row);
        }
        self.rows.swap_remove(row);
        if self.rows.len() < self.rows.capacity() / 4 {
            self.shrink_to(self.rows.len() * 2);
        }
        self.rows.get(row).copied()
    }

    fn shrink_to(&mut self, rows: usize) {
        for column in &mut self.columns {
            column.low.shrink_to(rows);
            column.high.shrink_to(rows);
        }
        self.rows.shrink_to(rows);
    }

    pub(crate) fn slot(&self, row: u32) -> Option<u32> {
        self.rows.get(row as usize).map(|row| row.slot)
    }

    /// The queries all of whose ranges a change's numbers lie in. NaN lies in every range, what is no number in none.
    pub(crate) fn for_each(&self, number: impl Fn(u32) -> Option<f64>, mut visit: impl FnMut(u32)) {
        let mut asked: SmallVec<[(&Column, (f32, f32)); 4]> = SmallVec::new();
        for column in &self.columns {
            let Some(number) = number(column.path) else {
                return;
            };
            if !number.is_nan() {
                asked.push((column, rounded(number)));
            }
        }
        for start in (0..self.rows.len()).step_by(BLOCK) {
            let end = self.rows.len().min(start + BLOCK);
            let mut inside = u64::MAX;
            for (column, number) in &asked {
                inside &= column.inside(start..end, *number);
                if inside == 0 {
                    break;
                }
            }
            let rows = &self.rows[start..end];
            while inside != 0 {
                let Some(row) = rows.get(inside.trailing_zeros() as usize) else {
                    break;
                };
                visit(row.slot);
                inside &= inside - 1;
            }
        }
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let ends = self
            .columns
            .iter()
            .map(|column| column.low.capacity() + column.high.capacity());
        ends.sum::<usize>() * size_of::<f32>() + self.rows.capacity() * size_of::<Row>()
    }
}

impl Column {
    /// Which of at most 64 rows have a number inside, as bits.
    fn inside(&self, rows: std::ops::Range<usize>, (below, above): (f32, f32)) -> u64 {
        let ends = self.low[rows.clone()].iter().zip(&self.high[rows]);
        // A byte for each row, so that the compiler can compare many at once.
        let mut is_inside = [0; BLOCK];
        for (is_inside, (low, high)) in is_inside.iter_mut().zip(ends) {
            *is_inside = u8::from(*low <= above) & u8::from(below <= *high);
        }
        bits(&is_inside)
    }
}

/// The lowest bit of each byte.
fn bits(bytes: &[u8; BLOCK]) -> u64 {
    /// Brings the lowest bit of each of eight bytes into the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (words, _) = bytes.as_chunks::<8>();
    let words = words.iter().zip((0..64).step_by(8));
    words.fold(0, |bits, (word, shift)| {
        bits | u64::from_le_bytes(*word).wrapping_mul(GATHER) >> 56 << shift
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_leaves_room() {
        for number in [
            0.1,
            -0.1,
            16_777_217.0,
            1e300,
            -1e300,
            1e-300,
            5.0,
            f64::INFINITY,
        ] {
            let (below, above) = rounded(number);
            assert!(
                f64::from(below) <= number && number <= f64::from(above),
                "{number}"
            );
        }
        assert_eq!(rounded(5.0), (5.0, 5.0));
    }

    #[test]
    fn bits_are_gathered() {
        let mut bytes = [0; BLOCK];
        for at in [0, 1, 9, 31, 63] {
            bytes[at] = 1;
        }
        assert_eq!(bits(&bytes), 1 | 1 << 1 | 1 << 9 | 1 << 31 | 1 << 63);
    }

    #[test]
    fn rows_are_found_and_go() {
        let bounds = |low, high| Bounds { low, high };
        let row = |i: u32| {
            [
                (1, bounds(f64::from(i), f64::from(i) + 10.0)),
                (2, bounds(f64::NEG_INFINITY, f64::from(i))),
            ]
        };
        let mut columns = Columns::new(&row(0));
        for i in 0..200 {
            let filing = i % 3;
            assert_eq!(columns.push(Row { slot: i, filing }, &row(i)), i);
        }
        let find = |columns: &Columns, a: f64, b: f64| {
            let mut found = Vec::new();
            columns.for_each(
                |path| Some(if path == 1 { a } else { b }),
                |slot| found.push(slot),
            );
            found
        };
        let mut none = Vec::new();
        columns.for_each(|path| (path == 1).then_some(5.0), |slot| none.push(slot));
        assert!(none.is_empty(), "{none:?}");
        assert_eq!(find(&columns, 100.0, 97.0), [97, 98, 99, 100]);
        assert_eq!(find(&columns, f64::NAN, 198.0), [198, 199]);
        assert_eq!(find(&columns, f64::NAN, f64::NAN).len(), 200);
        let last = Row {
            slot: 199,
            filing: 1,
        };
        assert_eq!(columns.remove(98), Some(last));
        assert_eq!(find(&columns, 100.0, 97.0), [97, 99, 100]);
        assert_eq!((columns.remove(198), columns.len()), (None, 198));
    }
}
