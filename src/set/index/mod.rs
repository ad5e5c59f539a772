//! The groups and the table: where queries are filed.

pub(super) mod access;
pub(super) mod columns;
pub(super) mod cover;
pub(super) mod crowds;
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
use self::cover::{Choice, Chooser, Covered};
use self::crowds::Crowds;
use self::find::Question;
use self::group::{Group, Held, Parts, Postings, Side, Thresholds, sortable};
use self::paths::Paths;
pub(crate) use self::pending::Pending;
use crate::op::Op;
use crate::plan::code::Run;
use crate::set::filed::{Filed, Where};
use crate::set::finds::Find;
use crate::set::keys::feature::{Feature, KeyHasher, Kind};
use crate::set::keys::hint::KeyFingerprint;
use crate::set::keys::interval::Bounds;
use crate::set::keys::ngrams::Ngrams;
use crate::set::slot::{Second, Slot, SlotRecord, paths_of};
use crate::set::slots::Slots;
use crate::set::store::number::{FeatureId, GroupId, Number};
use crate::set::store::slab::{NONE, Slab};
use crate::set::store::table::{Entry, Packed, Posting, Table};
use crate::set::tuning::{DIVIDE, MOST_APART, MOST_LEVELS, SELECTIVE, TELL_APART};

/// Queries by their access keys.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    pub(crate) table: Table<u64, Packed>,
    pub(crate) groups: Slab<Group, GroupId>,
    pub(crate) ngrams: Ngrams,
}

/// What filing works on beside the index.
pub(crate) struct FilingContext<'s> {
    pub(crate) hasher: &'s KeyHasher,
    pub(crate) paths: &'s mut Paths,
    pub(crate) slots: &'s mut Slots,
    /// Under how many keys a query is filed at once.
    pub(crate) at_once: usize,
}

impl FilingContext<'_> {
    /// Chooses covers of a query, given what there is below a group.
    fn chooser<'c>(&'c self, slot: Slot<'_>, crowds: Crowds<'c>) -> Chooser<'c> {
        let numbers = (slot.head.run == Run::InPlace).then(|| paths_of(slot.code));
        let named = |number| Some((number, &self.paths.get(number)?.path));
        let named = numbers.into_iter().flatten().filter_map(named);
        Chooser::new(self.hasher, self.paths, crowds, named)
    }

    /// How a query may be filed by those of its tests that `tells` takes, given their paths and how many values they name.
    fn covered(
        &self,
        number: u32,
        crowds: Crowds<'_>,
        tells: impl Fn(u32, usize) -> bool,
    ) -> Option<Covered> {
        if let Some(find) = self.slots.find(number) {
            let chooser = Chooser::new(self.hasher, self.paths, crowds, std::iter::empty());
            return Some(covered(question(find), &chooser, &tells));
        }
        let slot = self.slots.get(number)?;
        let code = slot.code;
        let has_no_choice = matches!(code, [only] if !matches!(only.op, Op::All(_)));
        let crowds = if has_no_choice {
            crowds.uncounted()
        } else {
            crowds
        };
        let chooser = self.chooser(slot, crowds);
        let entry = slot.head.run.entry();
        let each = chooser.each(code, |step| tells(step.path, access::named(&step.op)));
        Some(chooser.covered(code, entry, each))
    }

    /// Whether a query asks for a path that is none of these.
    fn asks_beside(&self, number: u32, known: &[u32]) -> bool {
        let is_other = |path: &u32| !known.contains(path);
        if let Some(find) = self.slots.find(number) {
            return find.paths().iter().any(is_other);
        }
        let slot = self.slots.get(number);
        slot.is_some_and(|slot| slot.code.iter().any(|step| is_other(&step.path)))
    }
}

/// How a query of the `find` dialect may be filed.
pub(super) fn covered(
    question: Question<'_>,
    chooser: &Chooser<'_>,
    tells: &dyn Fn(u32, usize) -> bool,
) -> Covered {
    let Some(forks) = question.forks(chooser, tells) else {
        return Covered {
            cover: None,
            necessary: Vec::new(),
        };
    };
    chooser.covered(&forks.code, forks.entry, forks.each)
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
            above: GroupId::ROOT,
            feature: FeatureId::of(NONE),
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
        let crowds = Crowds::new(&self.table, &self.groups, None);
        let Covered { cover, necessary } = context.covered(number, crowds, |_, _| true)?;
        for (path, bounds) in cover::ranges(&necessary) {
            context.paths.note_range(path, bounds);
        }
        let Some(cover) = cover else {
            self.scan(number, GroupId::ROOT, context);
            return None;
        };
        note_second(number, &cover, &necessary, context);
        if pending::keys_of(&cover) > context.at_once {
            let pending = Pending::new(number, cover, necessary);
            self.begin(&pending, context);
            return Some(pending);
        }
        if let Some(record) = context.slots.record_mut(number) {
            record.filed.reserve_exact(pending::keys_of(&cover));
        }
        for choice in cover {
            self.file_one(number.into(), &choice, &necessary, GroupId::ROOT, context);
        }
        None
    }

    /// Files a query by one test, below a group.
    fn file_one(
        &mut self,
        posting: Posting,
        choice: &Choice,
        necessary: &[Choice],
        group: GroupId,
        context: &mut FilingContext<'_>,
    ) {
        let number = posting.slot;
        if let Access::Long(list) = &choice.access {
            let all = (choice.path, &**list, 0..list.len());
            return self.file_long(posting, all, group, context);
        }
        let by_keys = !is_range(choice)
            || choice.chance.total() < SELECTIVE && !self.is_below_interval(group, context.paths);
        let keys = by_keys
            .then(|| cover::keys(choice, context.hasher))
            .flatten();
        let Some(keys) = keys else {
            return self.file_range(number, choice, necessary, group, context);
        };
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
        group: GroupId,
        context: &mut FilingContext<'_>,
    ) {
        if which.start == 0
            && let Some(record) = context.slots.record_mut(posting.slot)
        {
            record.filed.reserve_exact(list.len());
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
        group: GroupId,
        context: &mut FilingContext<'_>,
    ) {
        let number = posting.slot;
        let beside = self.hint_beside(number, path, group, context);
        for AccessKey { feature, key, part } in keys {
            let Some(feature) = context.paths.feature(feature) else {
                continue;
            };
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
        group: GroupId,
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
        group: GroupId,
        feature: FeatureId,
        key: u64,
        posting: Posting,
        context: &mut FilingContext<'_>,
    ) {
        let own = key;
        let Some(key) = self.groups.get(group).map(|group| group.below(own)) else {
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
    fn add_inside(&mut self, number: GroupId, posting: Posting, context: &mut FilingContext<'_>) {
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
    fn divide(&mut self, number: GroupId, context: &mut FilingContext<'_>) {
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
    fn paths_to(&self, number: GroupId, paths: &Paths) -> SmallVec<[u32; 4]> {
        let features = self.features_to(number, paths);
        features.map(|feature| feature.path).collect()
    }

    /// Whether a piece of an interval leads to a group. Each query is there for two or three pieces already; further ranges
    /// would multiply that, and stand in columns instead.
    fn is_below_interval(&self, number: GroupId, paths: &Paths) -> bool {
        let mut features = self.features_to(number, paths);
        features.any(|feature| matches!(feature.kind, Kind::Interval(_)))
    }

    fn features_to(&self, number: GroupId, paths: &Paths) -> impl Iterator<Item = Feature> {
        let group = |at| self.groups.get(at).filter(|_| at != GroupId::ROOT);
        let groups = successors(group(number), move |below| group(below.above));
        groups.filter_map(|group| paths.used(group.feature).map(|used| used.feature))
    }

    /// Files a query that is recorded to be in a divided group: by what else it asks for, if that tells anything.
    fn tell_apart(&mut self, number: GroupId, posting: Posting, context: &mut FilingContext<'_>) {
        let beside = self.cover_beside(number, posting.slot, context);
        let Some(group) = self.groups.get_mut(number) else {
            return;
        };
        let Some((cover, necessary)) = beside else {
            group.postings.push(posting);
            return;
        };
        let (key, above) = (group.key, group.above);
        forget(context, posting.slot, |filed| {
            filed.at == key && filed.group == above && matches!(filed.place.into(), Where::Key(_))
        });
        for choice in &cover {
            self.file_one(posting, choice, &necessary, number, context);
        }
    }

    /// What a query in a group is told apart from others by, beside what led there, and all that it cannot do without.
    fn cover_beside(
        &self,
        group: GroupId,
        number: u32,
        context: &FilingContext<'_>,
    ) -> Option<(Vec<Choice>, Vec<Choice>)> {
        let group = self.groups.get(group)?;
        let known = &group.parts.as_ref()?.paths;
        // Room is made for all places of a query before it is filed in the first.
        let filed = context.slots.record(number)?.filed.capacity();
        let is_too_far = filed > TELL_APART || known.len() > MOST_LEVELS;
        if is_too_far || !context.asks_beside(number, known) {
            return None;
        }
        // What leads here is what it is filed by, so that below it the query is in as many places as it would be above.
        let is_all = filed == 1;
        let most = if is_all {
            context.at_once.max(MOST_APART)
        } else {
            MOST_APART - filed
        };
        let crowds = Crowds::new(&self.table, &self.groups, Some(group));
        let tells = |path: u32, named: usize| !known.contains(&path) && named <= most;
        let Covered { cover, necessary } = context.covered(number, crowds, tells)?;
        let cover = cover.filter(|cover| pending::keys_of(cover) <= most)?;
        Some((cover, necessary))
    }

    /// Files a query by its ranges: by the limit if there is one, else in columns.
    fn file_range(
        &mut self,
        number: u32,
        choice: &Choice,
        necessary: &[Choice],
        group: GroupId,
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

    /// Every change that comes to the group runs the query.
    fn scan(&mut self, number: u32, group: GroupId, context: &mut FilingContext<'_>) {
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
        group: GroupId,
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
        group: GroupId,
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

    fn parts(&mut self, group: GroupId) -> Option<&mut Parts> {
        self.groups.get_mut(group)?.parts.as_deref_mut()
    }

    /// Counts a key below a group.
    fn acquire_key(&mut self, group: GroupId, feature: FeatureId, key: u64, paths: &mut Paths) {
        if is_gram(feature, paths) {
            self.ngrams.add(key);
        }
        let Some(parts) = self.parts(group) else {
            return;
        };
        if group == GroupId::ROOT {
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

fn is_gram(feature: FeatureId, paths: &Paths) -> bool {
    paths
        .used(feature)
        .is_some_and(|used| matches!(used.feature.kind, Kind::Gram(_)))
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
    let Some(feature) = context.paths.feature(feature) else {
        return;
    };
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
        if let Some(feature) = filed.at_root() {
            context.paths.count_filing(feature);
        }
    }
}

fn forget(context: &mut FilingContext<'_>, number: u32, which: impl Fn(&Filed) -> bool) {
    if let Some(record) = context.slots.record_mut(number)
        && let Some(at) = record.filed.iter().position(which)
    {
        let gone = record.filed.swap_remove(at);
        if let Some(feature) = gone.at_root() {
            context.paths.discount_filing(feature);
        }
    }
}
