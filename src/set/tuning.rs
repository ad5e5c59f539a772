//! The numbers that decide how a query is filed, each with its reason.
//!
//! No answer depends on them: they decide which queries are run in vain, and what it takes to insert and to match. How they do shows
//!
//! - `cargo bench --bench shapes`: the queries that are run in vain, for each common condition beside each rare one;
//! - `cargo bench --bench set`: the time of an insertion and of a match, by the size of the set;
//! - `node benches/counts/record.mjs --check`: the instructions of both, which the machine does not disturb.
//!
//! Whoever changes one runs the first for what is named under *Choosing*, all three for the rest, and the test
//! `shapes` of the suite in a release build. How likely each kind of key is taken to be stands with the arithmetic that it is part of, in
//! [`odds`](super::index::paths).

// Choosing: by which tests a query is filed.

/// A two-sided range as good as this is cut into pieces, which have keys. A worse one is a candidate of every fifth change or more, and
/// the keys of its pieces would spare little.
pub(super) const SELECTIVE: f64 = 0.2;

/// Whatever has keys costs less than ranges that have none. Keys find no more than a run for each change would, however wrong the
/// guess is; of what ranges find nothing is known. So it is only to be more than all chances of a cover together.
pub(super) const RANGES: f64 = 1e6;

/// What is found by nothing costs more than anything else: more than ranges in all steps that a query may have.
pub(super) const SCAN: f64 = 1e12;

/// Of so many keys the chances are added up; of more, so many stand for all, as a list may have 100,000 members.
pub(super) const WEIGHED_KEYS: usize = 128;

/// Among so many members of `$all`, the longest texts first, the rarest is looked for: any one of them will do.
pub(super) const WEIGHED_MEMBERS: usize = 16;

/// Who names so many values of a path knows that there are more than a feature is taken to have at first.
pub(super) const NAMES_MANY: usize = 16;

// Making keys.

/// So many of the first bytes of a text are hashed, at most: every length in use is a look-up for each change.
pub(super) const LONGEST_PREFIX: usize = 16;

/// The lengths at which bytes anywhere in a text are looked for: each in use hashes every position of it. Up to twelve bytes a
/// pattern loses no more than a quarter of what it requires.
pub(super) const GRAMS: [usize; 5] = [3, 4, 6, 9, 12];

/// Cells of the globe are cut no finer, which is some 40 m: a smaller region is filed under four of them at most.
pub(super) const FINEST_CELL: u8 = 20;

/// More keys of a query of the `find` dialect are filed one by one, as those of a long list.
pub(super) const LONG_LIST: usize = 16;

// Telling apart what shares a key.

/// A group with more queries is divided: what tells them apart takes look-ups of its own, which fewer queries are not worth.
pub(super) const DIVIDE: usize = 12;

/// Of what is below a group, so many parts are counted: what is weighed at each insertion must not grow with the set.
pub(super) const COUNTED: usize = 64;

/// A query that is filed in more places is not told apart from others under a key: it would be filed again for each of them.
pub(super) const TELL_APART: usize = 64;

/// Nor is it where that would take it into more places than these, unless the key is all that it is filed by.
pub(super) const MOST_APART: usize = 2 * TELL_APART;

/// Below so many keys nothing more is told apart: an insertion below them goes the whole way up to the root.
pub(super) const MOST_LEVELS: usize = 16;

// Putting off.

/// In how many places a query is filed at once: what takes longer than some tenths of a millisecond is put off.
pub(super) const AT_ONCE: usize = 1_024;

/// A set puts off no more steps than this, however seldom a host has it [settle](super::QuerySet::settle): with some tenths of a
/// microsecond for each, less than a second is owed.
pub(super) const MOST_OWED: usize = 1 << 20;
