//! Work on inputs of one size and of twice that size, whose instructions `check.mjs` beside this file counts and compares.
//!
//! Whoever sends clauses, messages and subscriptions chooses their shape, so every public function that is given them is
//! tried with each shape that somebody may choose. The name of a piece of work says which functions, as `Type::function`:
//! `tests/suite/growth` reads from there which have their work, and which lack it. Each piece of work is done twice, first for the smaller input: its name
//! is printed when its turn comes, with how many times as many instructions the larger input may take. What happens in
//! [`counted_part`] counts, the rest does not. Everything is the same in each run.

mod clauses;
mod matching;
mod objects;
mod places;
mod sets;

use std::env;
use std::hint::black_box;

/// For what is promised to be linear, or linear but for a logarithm.
const LINEAR: f64 = 2.5;

/// For what is promised to take no longer than before, or longer by a logarithm only.
const CONSTANT: f64 = 1.5;

/// What clauses are made of by a number: the size of one clause, or which clause of a set it is.
struct Shape {
    name: &'static str,
    /// The smaller size.
    size: usize,
    clause: fn(usize) -> String,
}

const fn shape(name: &'static str, size: usize, clause: fn(usize) -> String) -> Shape {
    Shape { name, size, clause }
}

fn main() {
    clauses::all();
    objects::all();
    places::all();
    sets::all();
    matching::all();
}

/// What is counted; the name is known to `check.mjs`.
#[inline(never)]
fn counted_part(work: &mut dyn FnMut()) {
    work();
}

/// Counts a piece of work, if it is one of those that are asked for: those whose name has an argument in it.
#[expect(clippy::print_stdout, reason = "the output of a program")]
fn count(name: &str, most: f64, mut work: impl FnMut()) {
    if is_asked_for(name) {
        println!("{name} {most}");
        // What was freed before is put together by the allocator now, and not while the work counts.
        drop(black_box(Vec::<u8>::with_capacity(1 << 16)));
        counted_part(&mut work);
    }
}

/// Whether work may be asked for whose names begin like this: what is named in whole is longer, and a word may stand in any.
fn may_be_asked_for(begin: &str) -> bool {
    let mut parts = env::args().skip(1).peekable();
    let may = |part: String| begin.contains(&part) || part.contains(begin) || !part.contains(": ");
    parts.peek().is_none() || parts.any(may)
}

fn is_asked_for(name: &str) -> bool {
    let mut parts = env::args().skip(1).peekable();
    parts.peek().is_none() || parts.any(|part| name.contains(&part))
}
