//! The invariants of a set, checked one by one.

use std::collections::{HashMap, HashSet};

use super::QuerySet;
use super::candidate::Candidate;
use super::filed::{Filed, Where};
use super::finds::Find;
use super::index::columns::Columns;
use super::index::group::{Group, Held, Side};
use super::index::paths::Use;
use super::keys::feature::Kind;
use super::slot::{Slot, paths_of};
use super::store::number::{FeatureId, GroupId};
use super::store::table::Entry;
use super::subscribers::Subscribed;
use super::subscribers::SubscriptionId;
use crate::plan::code::Run;
use crate::plan::switch::switches;

impl QuerySet {
    /// Checks every invariant. Not part of the API.
    ///
    /// # Errors
    ///
    /// Says which one does not hold.
    #[doc(hidden)]
    pub fn validate(&self) -> Result<(), String> {
        all(self)
    }
}

type Check = Result<(), String>;

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(what()) }
}

fn all(set: &QuerySet) -> Check {
    for (number, find) in set.slots.finds() {
        find_is_whole(set, number, find)?;
    }
    for (number, slot) in set.slots.iter() {
        slot_is_whole(set, number, slot)?;
    }
    let mut filings = 0;
    for number in numbers(set) {
        let places: HashSet<(u64, GroupId, String)> = filed(set, number)
            .map(|filed| (filed.at, filed.group, format!("{:?}", filed.place)))
            .collect();
        filings += places.len();
        for filed in filed(set, number) {
            ensure(is_there(set, number, filed), || {
                format!("{number} is not at {filed:?}")
            })?;
        }
    }
    debts_are_right(set)?;
    let mut postings = 0;
    for (_, packed) in set.index.table.iter() {
        postings += usize::from(matches!(Entry::from(packed), Entry::One(_)));
    }
    for (number, group) in set.index.groups.iter() {
        group_is_whole(set, number, group)?;
        let mut columns = group.parts.iter().flat_map(|parts| parts.columns.iter());
        ensure(columns.all(|columns| !columns.is_empty()), || {
            format!("{number} has columns without rows")
        })?;
        let mut slots = HashSet::new();
        group.postings.for_each(|posting| {
            slots.insert(posting.slot);
        });
        postings += slots.len();
        let parts = group.parts.iter();
        postings += parts
            .clone()
            .flat_map(|parts| parts.thresholds.iter())
            .map(|t| t.limits.len())
            .sum::<usize>();
        postings += parts
            .flat_map(|parts| parts.columns.iter())
            .map(Columns::len)
            .sum::<usize>();
    }
    ensure(filings == postings, || {
        format!("{filings} filings, {postings} postings")
    })?;
    counts_are_right(set)
}

fn is_always_if_so(set: &QuerySet, number: u32, candidate: Candidate<'_>) -> Check {
    ensure(
        set.always.contains(&number) == candidate.is_always(),
        || format!("{number} matches always or is said to"),
    )
}

fn has_subscribers(set: &QuerySet, number: u32, subscribed: Subscribed) -> Check {
    let subscribers = set.subscribers.of(&subscribed);
    let is_here = |id: &SubscriptionId| {
        set.subscribers.slot_of(*id) == Some(number) && set.subscribers.has(*id, subscribed)
    };
    ensure(subscribers.iter().all(is_here), || {
        format!("a subscriber of {number} is elsewhere")
    })?;
    ensure(!subscribers.is_empty(), || {
        format!("{number} has no subscriber")
    })
}

fn find_is_whole(set: &QuerySet, number: u32, find: &Find) -> Check {
    has_subscribers(set, number, find.subscribed)?;
    is_always_if_so(set, number, Candidate::Find(find))?;
    let hash = set.hasher.text(&find.text());
    ensure(
        set.equals.find(hash, |other| other == number) == Some(number),
        || format!("{number} is not found by its text"),
    )?;
    ensure(
        set.equals.kept(number) == find.is_long().then_some(hash),
        || format!("the hash of {number} is kept or is not"),
    )
}

fn slot_is_whole(set: &QuerySet, number: u32, slot: Slot<'_>) -> Check {
    has_subscribers(set, number, slot.head.subscribed)?;
    is_always_if_so(set, number, Candidate::Live(slot))?;
    let identity = set.identity_of(slot);
    let entry = slot.head.run.entry();
    ensure(
        set.find_equal(&identity, slot.code, entry) == Some(number),
        || format!("{number} is not found by its text"),
    )?;
    ensure(
        set.equals.kept(number) == identity.has_digests.then_some(identity.hash),
        || format!("the hash of {number} is kept or is not"),
    )?;
    let expected = match slot.head.run {
        Run::InPlace => Box::default(),
        Run::Always | Run::Never | Run::Steps | Run::Switched => switches(slot.code),
    };
    ensure(set.slots.switches(slot.head) == &*expected, || {
        format!("the switches of {number} are others")
    })?;
    Ok(())
}

/// All queries, and those that have gone and are still filed.
fn numbers(set: &QuerySet) -> impl Iterator<Item = u32> {
    let gone = set.debts.gone().map(|gone| gone.number);
    let finds = set.slots.finds().map(|(number, _)| number);
    let live = set.slots.iter().map(|(number, _)| number);
    live.chain(finds).chain(gone)
}

/// What is not filed yet is run for every change, and what has gone is no query any more.
fn debts_are_right(set: &QuerySet) -> Check {
    for pending in set.debts.pending() {
        let number = pending.number;
        let is_run = filed(set, number)
            .any(|filed| filed.group == GroupId::ROOT && Where::from(filed.place) == Where::Scan);
        ensure(set.candidate(number).is_some() && is_run, || {
            format!("{number} is neither filed nor run for every change")
        })?;
        ensure(pending.left() > 0, || format!("{number} is filed"))?;
    }
    for gone in set.debts.gone() {
        let number = gone.number;
        ensure(
            set.candidate(number).is_none() && set.slots.record(number).is_some(),
            || format!("{number} has not gone"),
        )?;
    }
    Ok(())
}

/// Where a query is filed.
fn filed(set: &QuerySet, number: u32) -> impl Iterator<Item = &Filed> {
    let record = set.slots.record(number);
    record.into_iter().flat_map(|record| &record.filed)
}

fn is_there(set: &QuerySet, number: u32, filed: &Filed) -> bool {
    let within = |group: GroupId| {
        let mut found = false;
        if let Some(group) = set.index.groups.get(group) {
            group
                .postings
                .for_each(|posting| found |= posting.slot == number);
        }
        found
    };
    let parts = set
        .index
        .groups
        .get(filed.group)
        .and_then(|group| group.parts.as_deref());
    let threshold = |path: u32, side: Side| {
        let mut all = parts.iter().flat_map(|parts| parts.thresholds.iter());
        all.any(|t| t.path == path && t.side == side && t.limits.contains(&(filed.at, number)))
    };
    match filed.place.into() {
        Where::Key(_) => match set.index.table.get(filed.at).map(Entry::from) {
            Some(Entry::One(posting)) => posting.slot == number,
            Some(Entry::Group(group)) => within(group),
            None => false,
        },
        Where::Scan => within(filed.group),
        Where::Above(path) => threshold(path, Side::Above),
        Where::Below(path) => threshold(path, Side::Below),
        Where::Columns(at) => {
            let columns = parts.and_then(|parts| parts.columns.get(at));
            let row = u32::try_from(filed.at).ok();
            columns
                .zip(row)
                .and_then(|(columns, row)| columns.slot(row))
                == Some(number)
        }
    }
}

fn group_is_whole(set: &QuerySet, number: GroupId, group: &Group) -> Check {
    if number == GroupId::ROOT {
        return Ok(());
    }
    ensure(!group.is_empty(), || format!("{number} is empty"))?;
    let entry = set.index.table.get(group.key).map(Entry::from);
    ensure(entry == Some(Entry::Group(number)), || {
        format!("{number} is not under its key")
    })?;
    ensure(
        set.index
            .groups
            .get(group.above)
            .is_some_and(|above| above.parts.is_some()),
        || format!("{number} is below none"),
    )
}

/// How many structures ask for the number at each path.
fn ranges_by_path(set: &QuerySet) -> HashMap<u32, u32> {
    let mut ranges: HashMap<u32, u32> = HashMap::new();
    let groups = set.index.groups.iter();
    for parts in groups.filter_map(|(_, group)| group.parts.as_deref()) {
        let rows = parts.columns.iter();
        let thresholds = parts.thresholds.iter().map(|threshold| threshold.path);
        for path in rows.flat_map(Columns::paths).chain(thresholds) {
            *ranges.entry(path).or_default() += 1;
        }
    }
    ranges
}

/// How many queries look at each path, and where it is.
fn paths_are_right(set: &QuerySet) -> Check {
    let mut queries: HashMap<u32, u32> = HashMap::new();
    let live = set.slots.iter().map(|(_, slot)| paths_of(slot.code));
    let finds = set.slots.finds().map(|(_, find)| find.paths());
    let gone = set.debts.gone().map(|gone| gone.paths.clone());
    for path in live.chain(finds).chain(gone).flatten() {
        *queries.entry(path).or_default() += 1;
    }
    let ranges = ranges_by_path(set);
    for (path, record) in set.paths.iter() {
        ensure(set.paths.is_in_place(record, path), || {
            format!("path {path} is not with its field")
        })?;
        let counted = queries.get(&path).copied().unwrap_or(0);
        ensure(record.queries == counted, || {
            format!("path {path} has {counted} queries")
        })?;
        let counted = ranges.get(&path).copied().unwrap_or(0);
        ensure(record.ranges == counted, || {
            format!("path {path} has {counted} structures of ranges")
        })?;
    }
    Ok(())
}

/// What the places where queries are filed come to.
#[derive(Default)]
struct Counted {
    /// The keys of a feature below a group.
    keys: HashMap<(GroupId, FeatureId), HashSet<u64>>,
    /// How many second keys there are of a feature.
    seconds: HashMap<FeatureId, u32>,
    /// In how many places queries are filed under keys of the root.
    filings: HashMap<FeatureId, u32>,
}

impl Counted {
    fn of(set: &QuerySet) -> Self {
        let mut counted = Self::default();
        for number in numbers(set) {
            for filed in filed(set, number) {
                counted.add(filed);
            }
            let record = set.slots.record(number);
            if let Some(feature) = record.and_then(|record| record.second.feature()) {
                *counted.seconds.entry(feature).or_default() += 1;
            }
        }
        for (_, group) in groups_below_the_root(set) {
            let below = counted.keys.entry((group.above, group.feature));
            below.or_default().insert(group.key);
        }
        counted
    }

    fn add(&mut self, filed: &Filed) {
        if let Where::Key(feature) = filed.place.into() {
            let at_root = u32::from(filed.at_root().is_some());
            *self.filings.entry(feature).or_default() += at_root;
            let below = self.keys.entry((filed.group, feature));
            below.or_default().insert(filed.at);
        }
    }

    /// How many keys of a feature there are below a group.
    fn keys(&self, group: GroupId, feature: FeatureId) -> usize {
        self.keys.get(&(group, feature)).map_or(0, HashSet::len)
    }

    /// How many there are below all groups.
    fn keys_everywhere(&self, feature: FeatureId) -> usize {
        let own = self.keys.iter().filter(|((_, other), _)| *other == feature);
        own.map(|(_, keys)| keys.len()).sum()
    }
}

fn groups_below_the_root(set: &QuerySet) -> impl Iterator<Item = (GroupId, &Group)> {
    let groups = set.index.groups.iter();
    groups.filter(|(number, _)| *number != GroupId::ROOT)
}

/// What paths, groups and the filter of bytes know of keys is what there is.
fn counts_are_right(set: &QuerySet) -> Check {
    paths_are_right(set)?;
    let missing = set
        .paths
        .when_missing()
        .find(|path| set.paths.get(*path).is_none());
    ensure(missing.is_none(), || format!("{missing:?} is no path"))?;
    let counted = Counted::of(set);
    for used in set.paths.uses() {
        feature_is_counted(set, used, &counted)?;
    }
    for (number, group) in groups_below_the_root(set) {
        keys_are_held(number, group, &counted)?;
    }
    let of_bytes = |used: &&Use| matches!(used.feature.kind, Kind::Gram(_));
    let of_bytes = set.paths.uses().filter(of_bytes);
    let ngrams: usize = of_bytes
        .map(|used| counted.keys_everywhere(used.number))
        .sum();
    ensure(set.index.ngrams.len() == ngrams, || {
        format!("{ngrams} keys of bytes")
    })
}

fn feature_is_counted(set: &QuerySet, used: &Use, counted: &Counted) -> Check {
    let number = used.number;
    let at_root = counted.keys(GroupId::ROOT, number);
    ensure(used.root as usize == at_root, || {
        format!("{number} at the root")
    })?;
    let filings = counted.filings.get(&number).copied().unwrap_or(0);
    ensure(used.filings == filings, || {
        format!("{number} has {filings} filings")
    })?;
    let groups = groups_below_the_root(set);
    let groups = groups.filter(|(group, _)| counted.keys(*group, number) > 0);
    let seconds = counted.seconds.get(&number).copied().unwrap_or(0);
    let held = groups.count() + seconds as usize;
    ensure(used.groups as usize == held, || {
        format!("{number} in {held} groups")
    })
}

fn keys_are_held(number: GroupId, group: &Group, counted: &Counted) -> Check {
    let mut held = group.parts.iter().flat_map(|parts| parts.features.iter());
    held.try_for_each(|Held { feature, keys }| {
        let there = counted.keys(number, *feature);
        ensure(*keys as usize == there, || format!("{feature} in {number}"))
    })
}
