//! No shape of clauses is a cliff: of those with a condition that at most one object of a thousand meets, a change runs a few.

use livematch::{FilingKind, Object, Query, QuerySet, Scratch, SubscriptionId};
use livematch_workload::shapes::{self, COMMON, Kind, ORDERS, Order, RARE};

const SEED: u64 = 7;

/// Changes of each shape.
const CHANGES: usize = 41;

/// Half of the changes of a shape run no more queries in vain: what was filed under a common key before anything was known of it, for
/// the few keys that a change has.
const MOST_IN_VAIN: usize = 20;

/// Where more are run in vain still: two long lists side by side, of which the one has a common member, seem as rare as each other.
const STILL_IN_VAIN: [(&str, &str, usize); 2] = [("in_40", "in_100", 200), ("all_2", "in_100", 30)];

type Sides = (Option<Object>, Option<Object>);

/// How many queries there are of each shape: enough of them that a key which all share is one of many.
fn size() -> u32 {
    if cfg!(debug_assertions) { 250 } else { 3_000 }
}

fn sides(count: u32) -> Vec<Sides> {
    let object = |side: Option<String>| side.map(|json| json.parse().expect("an object"));
    let changes = shapes::changes(SEED, count).take(CHANGES);
    changes
        .map(|change| (object(change.old), object(change.new)))
        .collect()
}

fn queries(common: Kind, rare: Kind, order: Order, seed: u64) -> Vec<Query> {
    let clauses = shapes::clauses(common, rare, order, seed, size());
    clauses
        .map(|clause| clause.parse().expect("a clause"))
        .collect()
}

/// The median of how many queries a change runs that do not match it.
fn in_vain(set: &QuerySet, changes: &[Sides]) -> usize {
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let mut all: Vec<usize> = changes
        .iter()
        .map(|(old, new)| {
            hits.clear();
            set.classify_into(old.as_ref(), new.as_ref(), &mut scratch, &mut hits);
            scratch.candidates().saturating_sub(hits.len())
        })
        .collect();
    all.sort_unstable();
    all[all.len() / 2]
}

/// Every pair of a common and a rare condition; some of them in a build that takes long for each.
fn pairs() -> impl Iterator<Item = (Kind, Kind, Order)> {
    let step = if cfg!(debug_assertions) { 11 } else { 1 };
    let pairs = COMMON
        .into_iter()
        .flat_map(|common| RARE.map(|rare| (common, rare)));
    let pairs = pairs.zip(ORDERS.into_iter().cycle()).step_by(step);
    pairs.map(|((common, rare), order)| (common, rare, order))
}

#[test]
fn a_rare_condition_is_found_beside_a_common_one() {
    let changes = sides(size());
    let mut cliffs = Vec::new();
    for (common, rare, order) in pairs() {
        let mut set = QuerySet::with_seed(SEED);
        for query in queries(common, rare, order, SEED) {
            let kind = set.filing(&query).kind();
            assert!(
                kind != FilingKind::Scan,
                "{} {}: {kind:?}",
                common.name,
                rare.name
            );
            set.insert(query);
        }
        while !set.settle(10_000) {}
        let count = in_vain(&set, &changes);
        let mut still = STILL_IN_VAIN.iter();
        let known = still.find(|(one, other, _)| (*one, *other) == (common.name, rare.name));
        if count > known.map_or(MOST_IN_VAIN, |(_, _, most)| *most) {
            cliffs.push(format!("{} {} {order:?}: {count}", common.name, rare.name));
        }
    }
    assert!(cliffs.is_empty(), "run in vain:\n{}", cliffs.join("\n"));
}

/// Queries of some shapes, one of each in turn.
fn mixed(seed: u64) -> Vec<Query> {
    let of = |common: usize, rare: usize| queries(COMMON[common], RARE[rare], Order::Behind, seed);
    let shapes = [
        of(0, 6),
        of(4, 11),
        of(8, 0),
        of(11, 15),
        of(20, 9),
        of(16, 2),
    ];
    let count = shapes[0].len();
    (0..count)
        .map(|at| shapes[at % shapes.len()][at].clone())
        .collect()
}

fn filled<'q>(queries: impl Iterator<Item = &'q Query>) -> (QuerySet, Vec<SubscriptionId>) {
    let mut set = QuerySet::with_seed(SEED);
    let ids = queries.map(|query| set.insert(query.clone())).collect();
    while !set.settle(10_000) {}
    (set, ids)
}

/// In whatever order queries come, and if each has taken the place of another one, a change costs about the same.
#[test]
fn the_order_of_insertion_makes_little_difference() {
    let (queries, changes) = (mixed(SEED), sides(size()));
    let (forth, _) = filled(queries.iter());
    let (back, _) = filled(queries.iter().rev());
    // All of a shape, then all of the next one.
    let (in_rows, _) = filled((0..6).flat_map(|first| queries.iter().skip(first).step_by(6)));
    let (mut replaced, others) = filled(mixed(SEED + 1).iter());
    for (query, other) in queries.iter().zip(others) {
        assert!(replaced.remove(other));
        replaced.insert(query.clone());
    }
    let counts = [forth, back, in_rows, replaced].map(|set| in_vain(&set, &changes));
    let (least, most) = (counts.iter().min(), counts.iter().max());
    let within = |least: usize, most: usize| 2 * most <= 3 * least + 2 * MOST_IN_VAIN;
    assert!(
        least
            .zip(most)
            .is_some_and(|(least, most)| within(*least, *most)),
        "{counts:?}"
    );
}
