//! The law of warnings: what never matches, or always, is said to; and what is said to is so.
//!
//! Clauses of one and two steps are enumerated, as the SDKs can build them: every operator with every kind of operand, and pairs of
//! them on one field and on two, side by side and in groups, for fields of the app and of the server. Each is tried on objects drawn
//! from its own fields and values, up to [`OBJECTS`] of them or until one matches and one does not.
//!
//! `cargo test` takes one of some; `WARNING_LAW=1 cargo test --release --test suite warnings::law -- --nocapture` takes all, `WARNING_LAW=5`
//! one of five; `WARNING_LAW_SEED=2` draws other objects. Each prints its counts; those of all are
//! on the page of surprises, which is held to them.
//!
//! What the law leaves out, each counted:
//!
//! - A pattern beside another pattern, a range, `$all` or `$containedBy`: whether some text satisfies both is not weighed.
//! - A shape beside another shape or one of these: neither is whether a place does.
//! - A circle beside anything: a list that begins with two numbers is a place, whatever else it has.
//! - A pattern on `createdAt` or `updatedAt`: whether the text of a date has it is not weighed.
//!
//! And what is not drawn: texts that read `[object Object]`, as which objects are compared; objects with the members of a GeoPoint
//! or File and without its type, which only an SDK's own instance equals.

mod clauses;
mod objects;
mod said;
mod tally;

use livematch::{Query, Verdict};
use serde_json::Value;

use self::clauses::{Asked, pairs, singles};
use self::objects::Pool;
use self::said::said;
use self::tally::Tally;

/// How many objects a clause is tried on before it is taken for one that never matches, or always.
const OBJECTS: usize = 2_000;

/// Which constraints and pairs `cargo test` takes: one of so many. Prime, so that it falls into step with nothing.
const SINGLES: usize = 7;
const PAIRS: usize = 211;

/// What was seen of a clause: an object that matches, and one that does not.
#[derive(Default)]
struct Seen {
    matches: Option<Value>,
    fails: Option<Value>,
    objects: usize,
}

fn seen(query: &Query, pool: &mut Pool) -> Seen {
    let mut seen = Seen::default();
    while seen.objects < OBJECTS && (seen.matches.is_none() || seen.fails.is_none()) {
        let object = pool.object(seen.objects);
        let place = match query.verdict(object) {
            Verdict::Match => &mut seen.matches,
            Verdict::NoMatch => &mut seen.fails,
            _ => &mut None,
        };
        if place.is_none() {
            *place = Some(object.clone());
        }
        seen.objects += 1;
    }
    seen
}

/// Tries a clause, and says why it breaks the law, if it does.
fn broken(asked: &Asked, pool: &mut Pool, tally: &mut Tally) -> Option<String> {
    let query: Query = match asked.clause.parse() {
        Ok(query) => query,
        Err(error) => return Some(format!("{}: {error}", asked.clause)),
    };
    let warnings = query.warnings();
    let clause: Value = serde_json::from_str(&asked.clause).expect("a clause");
    let said = said(&clause, "", &warnings);
    let seen = seen(&query, pool);
    tally.tried(seen.objects, &warnings);
    let wrong = match (seen.matches.is_some(), seen.fails.is_some()) {
        (false, _) if !said.never && !said.faults => "never matches and is not said to",
        (true, false) if !said.always && !said.faults => "always matches and is not said to",
        (true, _) if said.never => "matches and is said never to",
        (_, true) if said.always => "does not always match and is said to",
        (true, true) if said.faults => "matches and does not, and is said to fault",
        _ => return None,
    };
    let told = warnings
        .iter()
        .map(|warning| format!("{} {}", warning.pointer(), warning.code()));
    let told: Vec<_> = told.collect();
    let shown = [seen.matches, seen.fails].map(|object| object.map(|object| object.to_string()));
    Some(format!("{} {wrong}: {told:?}, {shown:?}", asked.clause))
}

/// Holds clauses to the law, and the page to what came of it if they are all. Those that stand together ask the same of the same
/// fields, and are tried on the same objects.
#[track_caller]
fn check(kind: &str, asked: impl Iterator<Item = Vec<Asked>>, usual: usize, least: usize) {
    let stride = number("WARNING_LAW", usual);
    let seed = number("WARNING_LAW_SEED", 0) as u64;
    let (mut tally, mut broken_ones) = (Tally::default(), Vec::new());
    for (together, nth) in asked.step_by(stride).zip(0..) {
        let mut pool = Pool::new(&together[0], seed * 1_000_003 + nth);
        for asked in together {
            match asked.left_out() {
                Some(reason) => tally.left_out(reason),
                None => broken_ones.extend(broken(&asked, &mut pool, &mut tally)),
            }
        }
    }
    eprintln!("{}\n{}", tally.line(kind), tally.rest());
    assert!(
        tally.clauses >= least / stride,
        "only {} clauses",
        tally.clauses
    );
    assert!(
        broken_ones.is_empty(),
        "{} of {} break the law:\n{}",
        broken_ones.len(),
        tally.clauses,
        broken_ones.join("\n")
    );
    if stride == 1 && seed == 0 {
        tally.check_page(kind);
    }
}

/// What a variable of the environment says.
fn number(name: &str, usual: usize) -> usize {
    match std::env::var(name) {
        Ok(number) => number
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number")),
        Err(_) => usual,
    }
}

#[test]
fn one_step_says_what_it_never_or_always_does() {
    check("one step", singles(), SINGLES, 5_000);
}

#[test]
fn two_steps_say_what_they_never_or_always_do() {
    check("two steps", pairs(), PAIRS, 120_000);
}
