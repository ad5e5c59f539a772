//! What a change costs beside queries of one shape: a condition that most objects meet, and one that at most one of a thousand does.
//!
//! `cargo bench --bench shapes` prints a row for every shape, separated by tabs, behind one for the workload W2: the names of both conditions,
//! where the rare one stands, the queries that half of the changes run in vain, hits, nanoseconds (the median of changes), and its ratio
//! to the goal, which is 0.8 of the time of W2 and 0.12 of it for each hit. Three numbers may follow `--`: how many queries there are,
//! every which shape is measured, and which is the first of them. `benches/shapes/chart.mjs` draws what was printed.

use std::time::Instant;

use livematch::{Object, PatternCache, Query, QuerySet, Scratch};
use livematch_workload::shapes::{self, COMMON, ORDERS, RARE};
use livematch_workload::{Change, SEED, many};

/// Changes that are measured.
const CHANGES: usize = 300;

type Sides = (Option<Object>, Option<Object>);

/// What changes cost.
struct Measured {
    /// Queries that half of the changes run in vain.
    in_vain: usize,
    /// Hits of a change.
    hits: f64,
    /// Nanoseconds that half of the changes take.
    time: f64,
}

fn main() {
    let numbers = std::env::args().skip(1).filter_map(|arg| arg.parse().ok());
    let numbers: Vec<u32> = numbers.collect();
    let number = |at: usize, usual: u32| numbers.get(at).copied().unwrap_or(usual);
    // `cargo bench -- --test` asks for each benchmark once.
    let is_tried = std::env::args().any(|arg| arg == "--test");
    let (size, step) = if is_tried { (1_000, 97) } else { (10_000, 1) };
    let (size, step, first) = (number(0, size), number(1, step), number(2, 0));

    let w2 = many::clauses(SEED, size).map(|clause| clause.text);
    let w2 = measured(w2, &sides(many::changes(SEED, size)));
    print("W2", "", "", &w2, w2.time);

    let changes = sides(shapes::changes(SEED, size));
    let pairs = COMMON
        .into_iter()
        .flat_map(|common| RARE.map(|rare| (common, rare)));
    let all = pairs.zip(ORDERS.into_iter().cycle());
    let some = all.skip(first as usize).step_by(step.max(1) as usize);
    for ((common, rare), order) in some {
        let shape = measured(shapes::clauses(common, rare, order, SEED, size), &changes);
        let goal = w2.time * (0.8 + 0.12 * shape.hits);
        print(common.name, rare.name, &format!("{order:?}"), &shape, goal);
    }
}

#[expect(clippy::print_stdout, reason = "that is what it is for")]
fn print(common: &str, rare: &str, order: &str, measured: &Measured, goal: f64) {
    let Measured {
        in_vain,
        hits,
        time,
    } = measured;
    let ratio = time / goal;
    println!("{common}\t{rare}\t{order}\t{in_vain}\t{hits:.2}\t{time:.0}\t{ratio:.2}");
}

fn sides(changes: impl Iterator<Item = Change>) -> Vec<Sides> {
    let object = |side: Option<String>| side.map(|json| json.parse().expect("an object"));
    let changes = changes.take(CHANGES);
    changes
        .map(|change| (object(change.old), object(change.new)))
        .collect()
}

fn filled(clauses: impl Iterator<Item = String>) -> QuerySet {
    let builder = Query::builder().pattern_cache(PatternCache::default());
    let query = |clause: String| -> Query { builder.compile_str(&clause).expect("a clause") };
    let mut set = QuerySet::with_seed(SEED);
    set.extend(clauses.map(query));
    while !set.settle(100_000) {}
    set
}

fn measured(clauses: impl Iterator<Item = String>, changes: &[Sides]) -> Measured {
    let set = filled(clauses);
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let (mut in_vain, mut times, mut found) = (Vec::new(), Vec::new(), 0);
    // The second time, what each change needs is in the cache.
    for round in 0..2 {
        for (old, new) in changes {
            hits.clear();
            let start = Instant::now();
            set.classify_into(old.as_ref(), new.as_ref(), &mut scratch, &mut hits);
            let time = start.elapsed();
            if round > 0 {
                times.push(time.as_secs_f64() * 1e9);
                in_vain.push(scratch.candidates().saturating_sub(hits.len()));
                found += hits.len();
            }
        }
    }
    in_vain.sort_unstable();
    times.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "few")]
    let hits = found as f64 / changes.len() as f64;
    Measured {
        in_vain: in_vain[in_vain.len() / 2],
        hits,
        time: times[times.len() / 2],
    }
}
