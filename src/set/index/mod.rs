//! The groups and the table: where queries are filed.

pub(super) mod access;
pub(super) mod columns;
pub(super) mod cover;
pub(super) mod find;
pub(super) mod group;
pub(super) mod paths;
mod pending;
mod pieces;
mod removal;
pub(super) mod stored;

use std::iter::successors;
use std::ops::Range;

use smallvec::{SmallVec, smallvec};

use self::access::{Access, AccessKey, LongList, Maker};
use self::columns::Row;
use self::cover::{Choice, Chooser, UNSELECTIVE};
use self::find::Question;
use self::group::{Group, Held, Parts, Postings, Side, Thresholds, sortable};
use self::paths::Paths;
pub(crate) use self::pending::Pending;
use crate::plan::code::{Run, Step};
use crate::set::filed::{Filed, Where};
use crate::set::finds::Find;
use crate::set::keys::feature::{Feature, KeyHasher, Kind, below};
use crate::set::keys::hint::KeyFingerprint;
use crate::set::keys::interval::Bounds;
use crate::set::keys::ngrams::Ngrams;
use crate::set::slot::{Second, Slot, SlotRecord, paths_of};
use crate::set::slots::Slots;
use crate::set::store::slab::{NONE, Slab};
use crate::set::store::table::{Entry, Packed, Posting, Table};

/// Queries by their access keys.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    pub(crate) table: Table<u64, Packed>,
    pub(crate) groups: Slab<Group>,
    pub(crate) ngrams: Ngrams,
}

/// The number of the group that is above all others.
pub(crate) const ROOT: u32 = 0;

/// A group with more queries is divided.
const DIVIDE: usize = 12;

/// A query under more keys is not told apart from others under each of them, and none by a list of more values: it would
/// take so many filings for each key.
pub(super) const TELL_APART: usize = 64;

/// A range as good as this is filed by itself, and not in columns beside others.
const SELECTIVE: f64 = 0.2;

/// What filing works on beside the index.
pub(crate) struct FilingContext<'s> {
    pub(crate) hasher: &'s KeyHasher,
    pub(crate) paths: &'s mut Paths,
    pub(crate) slots: &'s mut Slots,
    /// Under how many keys a query is filed at once.
    pub(crate) at_once: usize,
}

impl FilingContext<'_> {
    /// Chooses covers of a query.
    fn chooser(&self, slot: Slot<'_>) -> Chooser<'_> {
        let numbers = (slot.head.run == Run::InPlace).then(|| paths_of(slot.code));
        let named = |number| Some((number, &self.paths.get(number)?.path));
        let named = numbers.into_iter().flatten().filter_map(named);
        Chooser::new(self.hasher, self.paths, named)
    }

    /// The cover of a query, and the tests that it cannot do without.
    fn covered(&self, number: u32) -> Option<Covered> {
        if let Some(find) = self.slots.find(number) {
            return Some(covered(question(find), &self.chooser_of_find()));
        }
        let slot = self.slots.get(number)?;
        let (code, chooser) = (slot.code, self.chooser(slot));
        let (entry, each) = (slot.head.run.entry(), chooser.each(code));
        let necessary = chooser.necessary(code, entry, &each);
        let cover = Chooser::cover(code, entry, each, &necessary);
        Some(Covered { cover, necessary })
    }

    fn chooser_of_find(&self) -> Chooser<'_> {
        Chooser::new(self.hasher, self.paths, std::iter::empty())
    }

    /// The tests that a query cannot do without beside those of some paths and of long lists.
    fn beside(&self, number: u32, known: &[u32]) -> Option<Vec<Choice>> {
        let tells = |path: u32, named: usize| !known.contains(&path) && named <= TELL_APART;
        if let Some(find) = self.slots.find(number) {
            let chooser = self.chooser_of_find();
            let forks = question(find).forks(&chooser, &tells)?;
            return Some(chooser.necessary(&forks.code, forks.entry, &forks.each));
        }
        let slot = self.slots.get(number)?;
        let chooser = self.chooser(slot);
        let tells = |step: &Step| tells(step.path, access::named(&step.op));
        Some(chooser.necessary_of(slot.code, slot.head.run.entry(), tells))
    }
}

/// How a query may be filed.
pub(super) struct Covered {
    /// None if every change must run it.
    pub(super) cover: Option<Vec<Choice>>,
    pub(super) necessary: Vec<Choice>,
}

/// How a query of the `find` dialect may be filed.
pub(super) fn covered(question: Question<'_>, chooser: &Chooser<'_>) -> Covered {
    let Some(forks) = question.forks(chooser, &|_, _| true) else {
        return Covered {
            cover: None,
            necessary: Vec::new(),
        };
    };
    let necessary = chooser.necessary(&forks.code, forks.entry, &forks.each);
    let cover = Chooser::cover(&forks.code, forks.entry, forks.each, &necessary);
    Covered { cover, necessary }
}

fn question(find: &Find) -> Question<'_> {
    Question {
        plan: &find.plan,
        now: find.now,
    }
}

impl Index {
    pub(crate) fn new() -> Self {
        let mut groups = Slab::new();
        groups.insert(Group {
            key: 0,
            above: ROOT,
            feature: NONE,
            postings: Postings::none(),
            parts: Some(Box::default()),
        });
        Self {
            table: Table::new(),
            groups,
            ngrams: Ngrams::new(),
        }
    }

    /// Gives back all room that is not in use.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.groups.iter_mut().for_each(Group::shrink_to_fit);
        self.groups.shrink_to_fit();
        self.table.shrink_to_fit();
    }

    /// Files a query under keys of which its matches have one; if there are many, what is left to be done.
    pub(crate) fn file(&mut self, number: u32, context: &mut FilingContext<'_>) -> Option<Pending> {
        let Covered { cover, necessary } = context.covered(number)?;
        for (path, bounds) in cover::ranges(&necessary) {
            context.paths.note(path, Some(bounds));
        }
        let Some(cover) = cover else {
            self.file_unselective(number, &necessary, context);
            return None;
        };
        note_second(number, &cover, &necessary, context);
        if pending::keys_of(&cover) > context.at_once {
            let pending = Pending::new(number, cover, necessary);
            self.begin(&pending, context);
            return Some(pending);
        }
        for choice in cover {
            self.file_one(number.into(), &choice, &necessary, ROOT, context);
        }
        None
    }

    /// Files a query by one test, below a group.
    fn file_one(
        &mut self,
        posting: Posting,
        choice: &Choice,
        necessary: &[Choice],
        group: u32,
        context: &mut FilingContext<'_>,
    ) {
        let number = posting.slot;
        if let Access::Long(list) = &choice.access {
            let all = (choice.path, &**list, 0..list.len());
            return self.file_long(posting, all, group, context);
        }
        let by_keys = !is_range(choice)
            || choice.chance < SELECTIVE && !self.is_below_interval(group, context.paths);
        let keys = by_keys
            .then(|| cover::keys(choice, context.hasher))
            .flatten();
        let Some(keys) = keys else {
            return self.file_range(number, choice, necessary, group, context);
        };
        if !is_range(choice) {
            context.paths.note(choice.path, None);
        }
        if let Some(record) = context.slots.record_mut(number) {
            record.filed.reserve_exact(keys.len());
        }
        self.file_keys(posting, choice.path, keys.into_iter(), group, context);
    }

    /// Files a query by some members of a long list of a path, below a group.
    fn file_long(
        &mut self,
        posting: Posting,
        (path, list, which): (u32, &LongList, Range<usize>),
        group: u32,
        context: &mut FilingContext<'_>,
    ) {
        if which.start == 0 {
            context.paths.note(path, None);
            if let Some(record) = context.slots.record_mut(posting.slot) {
                record.filed.reserve_exact(list.len());
            }
        }
        let hasher = context.hasher;
        let keys = which.filter_map(|at| list.key(at, Maker { hasher, path }));
        self.file_keys(posting, path, keys, group, context);
    }

    /// Files a query under keys of a path, below a group.
    fn file_keys(
        &mut self,
        posting: Posting,
        path: u32,
        keys: impl Iterator<Item = AccessKey>,
        group: u32,
        context: &mut FilingContext<'_>,
    ) {
        let number = posting.slot;
        let beside = self.hint_beside(number, path, group, context);
        for AccessKey { feature, key, part } in keys {
            let feature = context.paths.feature(feature);
            // Below a piece it still tells which part of it is meant, as the change's spot is told there too.
            let part = part.unwrap_or(posting.hint.without_fingerprint());
            let posting = Posting {
                slot: number,
                hint: beside.map_or(part, |fingerprint| part.with(fingerprint)),
            };
            self.add(group, feature, key, posting, context);
        }
    }

    /// What tells a query under a key of a path, below a group, from others there: its second key, unless that is of the
    /// path too or of one that led to the group.
    fn hint_beside(
        &self,
        number: u32,
        path: u32,
        group: u32,
        context: &FilingContext<'_>,
    ) -> Option<KeyFingerprint> {
        let Second::Known {
            feature,
            fingerprint,
        } = context.slots.record(number)?.second
        else {
            return None;
        };
        let second = context.paths.used(feature)?.feature.path;
        let parts = self.groups.get(group)?.parts.as_ref()?;
        let tells = second != path && !parts.paths.contains(&second);
        tells.then_some(fingerprint)
    }

    /// Adds a query under a key below a group.
    fn add(
        &mut self,
        group: u32,
        feature: u32,
        key: u64,
        posting: Posting,
        context: &mut FilingContext<'_>,
    ) {
        let own = key;
        let Some(key) = self.groups.get(group).map(|group| under(group, own)) else {
            return;
        };
        record(
            context,
            posting.slot,
            Filed {
                at: key,
                group,
                place: Where::Key(feature).into(),
            },
        );
        match self.table.get(key).map(Entry::from) {
            None => {
                self.table.insert(key, Entry::One(posting).into());
                self.acquire_key(group, feature, own, context.paths);
            }
            Some(Entry::One(other)) => {
                let together = self.groups.insert(Group {
                    key,
                    above: group,
                    feature,
                    postings: Postings::Few(smallvec![other, posting]),
                    parts: None,
                });
                self.table.insert(key, Entry::Group(together).into());
            }
            Some(Entry::Group(inside)) => self.add_inside(inside, posting, context),
        }
    }

    /// Adds a query to a group, which it is recorded to be in.
    fn add_inside(&mut self, number: u32, posting: Posting, context: &mut FilingContext<'_>) {
        let Some(group) = self.groups.get_mut(number) else {
            return;
        };
        if group.parts.is_some() {
            return self.tell_apart(number, posting, context);
        }
        group.postings.push(posting);
        if group.postings.len() > DIVIDE {
            self.divide(number, context);
        }
    }

    /// Files the queries of a group by what else they ask for.
    fn divide(&mut self, number: u32, context: &mut FilingContext<'_>) {
        let paths = self.paths_to(number, context.paths);
        let Some(group) = self.groups.get_mut(number) else {
            return;
        };
        group.parts = Some(Box::new(Parts {
            paths,
            ..Parts::default()
        }));
        let together = std::mem::replace(&mut group.postings, Postings::none());
        together.for_each(|posting| self.tell_apart(number, posting, context));
    }

    /// The paths of the keys that lead to a group.
    fn paths_to(&self, number: u32, paths: &Paths) -> SmallVec<[u32; 4]> {
        let features = self.features_to(number, paths);
        features.map(|feature| feature.path).collect()
    }

    /// Whether a piece of an interval leads to a group. Each query is there for two or three pieces already; further ranges
    /// would multiply that, and stand in columns instead.
    fn is_below_interval(&self, number: u32, paths: &Paths) -> bool {
        let mut features = self.features_to(number, paths);
        features.any(|feature| feature.kind == Kind::Interval)
    }

    fn features_to(&self, number: u32, paths: &Paths) -> impl Iterator<Item = Feature> {
        let group = |at: u32| self.groups.get(at).filter(|_| at != ROOT);
        let groups = successors(group(number), move |below| group(below.above));
        groups.filter_map(|group| paths.used(group.feature).map(|used| used.feature))
    }

    /// Files a query that is recorded to be in a divided group: by what else it asks for, if that tells anything.
    fn tell_apart(&mut self, number: u32, posting: Posting, context: &mut FilingContext<'_>) {
        let Some(group) = self.groups.get_mut(number) else {
            return;
        };
        let best = has_few_keys(posting.slot, context)
            .then(|| choose_beside(group, posting.slot, context))
            .flatten();
        let Some((best, necessary)) = best else {
            group.postings.push(posting);
            return;
        };
        let (key, above) = (group.key, group.above);
        forget(context, posting.slot, |filed| {
            filed.at == key && filed.group == above && matches!(filed.place.into(), Where::Key(_))
        });
        self.file_one(posting, &best, &necessary, number, context);
    }

    /// Files a query by its ranges: by the limit if there is one, else in columns.
    fn file_range(
        &mut self,
        number: u32,
        choice: &Choice,
        necessary: &[Choice],
        group: u32,
        context: &mut FilingContext<'_>,
    ) {
        let ranges = cover::ranges(necessary);
        let own = ranges.iter().any(|(path, _)| *path == choice.path);
        let Access::Range(bounds) = choice.access else {
            return self.scan(number, group, context);
        };
        match one_sided(bounds) {
            Some((side, limit)) if ranges.len() < 2 || !own => {
                self.file_threshold(number, choice.path, side, limit, group, context);
            }
            _ if own => self.file_columns(number, &ranges, group, context),
            _ => self.file_columns(number, &[(choice.path, bounds)], group, context),
        }
    }

    /// Files a query that nothing selective is known of.
    fn file_unselective(
        &mut self,
        number: u32,
        necessary: &[Choice],
        context: &mut FilingContext<'_>,
    ) {
        let ranges = cover::ranges(necessary);
        if ranges.is_empty() {
            self.scan(number, ROOT, context);
        } else {
            self.file_columns(number, &ranges, ROOT, context);
        }
    }

    /// Every change that comes to the group runs the query.
    fn scan(&mut self, number: u32, group: u32, context: &mut FilingContext<'_>) {
        if let Some(found) = self.groups.get_mut(group) {
            found.postings.push(number.into());
            record(
                context,
                number,
                Filed {
                    at: 0,
                    group,
                    place: Where::Scan.into(),
                },
            );
        }
    }

    fn file_threshold(
        &mut self,
        number: u32,
        path: u32,
        side: Side,
        limit: f64,
        group: u32,
        context: &mut FilingContext<'_>,
    ) {
        let Some(parts) = self.parts(group) else {
            return;
        };
        if parts.thresholds.get(&(path, side)).is_none() {
            context.paths.acquire_range(path);
            parts.thresholds.push(Thresholds {
                path,
                side,
                limits: std::collections::BTreeSet::new(),
            });
        }
        let limit = sortable(limit);
        if let Some(thresholds) = parts.thresholds.get_mut(&(path, side)) {
            thresholds.limits.insert((limit, number));
        }
        let place = match side {
            Side::Above => Where::Above(path),
            Side::Below => Where::Below(path),
        };
        record(
            context,
            number,
            Filed {
                at: limit,
                group,
                place: place.into(),
            },
        );
    }

    fn file_columns(
        &mut self,
        number: u32,
        ranges: &[(u32, Bounds)],
        group: u32,
        context: &mut FilingContext<'_>,
    ) {
        let mut ranges: SmallVec<[(u32, Bounds); 4]> = SmallVec::from_slice(ranges);
        ranges.sort_unstable_by_key(|(path, _)| *path);
        let Some(parts) = self.parts(group) else {
            return;
        };
        let at = parts.columns.find(&ranges).unwrap_or_else(|| {
            let paths = ranges.iter().map(|(path, _)| *path);
            paths.for_each(|path| context.paths.acquire_range(path));
            parts.columns.add(&ranges)
        });
        let Some(columns) = parts.columns.get_mut(at) else {
            return;
        };
        let filings = |record: &SlotRecord| u32::try_from(record.filed.len()).ok();
        let row = Row {
            slot: number,
            // Memory ends before four billion filings do.
            filing: context
                .slots
                .record(number)
                .and_then(filings)
                .unwrap_or(NONE),
        };
        let row = columns.push(row, &ranges);
        record(
            context,
            number,
            Filed {
                at: row.into(),
                group,
                place: Where::Columns(at).into(),
            },
        );
    }

    fn parts(&mut self, group: u32) -> Option<&mut Parts> {
        self.groups.get_mut(group)?.parts.as_deref_mut()
    }

    /// Counts a key below a group.
    fn acquire_key(&mut self, group: u32, feature: u32, key: u64, paths: &mut Paths) {
        if is_gram(feature, paths) {
            self.ngrams.add(key);
        }
        let Some(parts) = self.parts(group) else {
            return;
        };
        if group == ROOT {
            return paths.acquire_feature(feature, true);
        }
        if let Some(held) = parts.features.get_mut(&feature) {
            held.keys += 1;
        } else {
            parts.features.push(Held { feature, keys: 1 });
            paths.acquire_feature(feature, false);
        }
    }
}

fn has_few_keys(number: u32, context: &FilingContext<'_>) -> bool {
    let record = context.slots.record(number);
    record.is_some_and(|record| record.filed.len() <= TELL_APART)
}

/// The best of what a query in a group asks for beside what led there, if it is worth the while, and all of that.
fn choose_beside(
    group: &Group,
    number: u32,
    context: &FilingContext<'_>,
) -> Option<(Choice, Vec<Choice>)> {
    let known = group.parts.as_ref().map_or(&[][..], |parts| &parts.paths);
    let necessary = context.beside(number, known)?;
    let best = cover::best(&necessary).filter(|best| best.chance < UNSELECTIVE)?;
    Some((best.clone(), necessary))
}

fn under(group: &Group, key: u64) -> u64 {
    if group.key == 0 {
        key
    } else {
        below(group.key, key)
    }
}

fn is_gram(feature: u32, paths: &Paths) -> bool {
    paths
        .used(feature)
        .is_some_and(|used| used.feature.kind == Kind::Gram)
}

/// Notes a key that the matches of a query have beside those of its cover, and has values looked at for it.
fn note_second(
    number: u32,
    cover: &[Choice],
    necessary: &[Choice],
    context: &mut FilingContext<'_>,
) {
    let first = match cover {
        [only] => only.path,
        _ => NONE,
    };
    let Some((feature, key)) = cover::second(necessary, first) else {
        return;
    };
    let feature = context.paths.feature(feature);
    context.paths.acquire_feature(feature, false);
    if let Some(record) = context.slots.record_mut(number) {
        let fingerprint = KeyFingerprint::of(key);
        record.second = Second::Known {
            feature,
            fingerprint,
        };
    }
}

fn is_range(choice: &Choice) -> bool {
    matches!(choice.access, Access::Range(_))
}

/// The side and the limit of bounds that are open on the other side.
fn one_sided(bounds: Bounds) -> Option<(Side, f64)> {
    match (bounds.low.is_finite(), bounds.high.is_finite()) {
        (true, false) if bounds.high > 0.0 => Some((Side::Above, bounds.low)),
        (false, true) if bounds.low < 0.0 => Some((Side::Below, bounds.high)),
        _ => None,
    }
}

fn record(context: &mut FilingContext<'_>, number: u32, filed: Filed) {
    if let Some(record) = context.slots.record_mut(number) {
        record.filed.push(filed);
    }
}

fn forget(context: &mut FilingContext<'_>, number: u32, which: impl Fn(&Filed) -> bool) {
    if let Some(record) = context.slots.record_mut(number)
        && let Some(at) = record.filed.iter().position(which)
    {
        record.filed.swap_remove(at);
    }
}
