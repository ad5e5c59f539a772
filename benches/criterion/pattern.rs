//! Patterns: what compiling, testing and keeping them costs, for the shapes that queries have.
//!
//! `cargo bench --bench pattern`; the memory is printed before the timings.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use livematch::pattern_testing::Compiled;
use livematch::{PatternCache, PatternLimits};

/// Distinct patterns of a shape, so that nothing is answered by what was compiled before.
const DISTINCT: usize = 300;

const TEXT: &str = "The quick brown fox foo7 jumps over a lazy dog, then bar7 rests: 7green!";

/// A shape: its name, its pattern with `#` for a number, and its flags.
const SHAPES: [(&str, &str, &str); 5] = [
    ("prefix", "^The#", ""),
    ("word-i", "FOO#", "i"),
    ("two-words", "foo.*bar#", ""),
    ("alternatives-i", "(?:red|green!|blue|#)$", "i"),
    ("anywhere", ".*foo.*#", ""),
];

fn compiled(pattern: &str, flags: &str, cache: &PatternCache) -> Compiled {
    Compiled::new(pattern, flags, &PatternLimits::new(), cache).expect("a pattern")
}

fn patterns_of(shape: &str) -> Vec<String> {
    (0..DISTINCT)
        .map(|number| shape.replace('#', &number.to_string()))
        .collect()
}

fn compile(c: &mut Criterion) {
    let mut group = c.benchmark_group("pattern/compile");
    for (name, shape, flags) in SHAPES {
        let patterns = patterns_of(shape);
        let mut next = patterns.iter().cycle();
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter(|| {
                let pattern = next.next().expect("a cycle does not end");
                compiled(black_box(pattern), flags, &PatternCache::new(0))
            });
        });
    }
    group.finish();
}

/// With a cache that holds a built automaton, and with none, where the simulation answers.
fn test(c: &mut Criterion) {
    let mut group = c.benchmark_group("pattern/test");
    for (name, shape, flags) in SHAPES {
        let pattern = shape.replace('#', "7");
        let expected = matches!(name, "word-i" | "two-words" | "alternatives-i" | "anywhere");
        for (kind, capacity) in [("cached", 64), ("simulated", 0)] {
            let pattern = compiled(&pattern, flags, &PatternCache::new(capacity));
            for _ in 0..64 {
                // A benchmark of a wrong answer is worth nothing; asking often also earns a place in the cache.
                assert_eq!(pattern.is_match(TEXT), expected, "{name}");
            }
            group.bench_function(BenchmarkId::new(name, kind), |b| {
                b.iter(|| pattern.is_match(black_box(TEXT)));
            });
        }
    }
    group.finish();
}

/// Linear in the text where a backtracking engine is exponential.
fn hostile(c: &mut Criterion) {
    let mut group = c.benchmark_group("pattern/hostile");
    for length in [1_000, 10_000, 100_000] {
        let text = format!("{}!", "a".repeat(length));
        for (kind, capacity) in [("cached", 64), ("simulated", 0)] {
            let pattern = compiled("^(a+)+$", "", &PatternCache::new(capacity));
            assert!(!pattern.is_match(&text));
            group.bench_function(BenchmarkId::new(kind, length), |b| {
                b.iter(|| pattern.is_match(black_box(&text)));
            });
        }
    }
    group.finish();
}

#[expect(clippy::print_stdout, reason = "a table is what is asked for")]
fn memory(_: &mut Criterion) {
    for (name, shape, flags) in SHAPES {
        let cache = PatternCache::new(0);
        let patterns = patterns_of(shape)
            .iter()
            .map(|one| compiled(one, flags, &cache))
            .collect::<Vec<_>>();
        let bytes: usize = patterns.iter().map(Compiled::memory_usage).sum();
        assert!(bytes / DISTINCT < 2_048, "{name}: {bytes}");
        println!("pattern/memory/{name}: {} bytes each", bytes / DISTINCT);
    }
}

criterion_group!(benches, memory, compile, test, hostile);
criterion_main!(benches);
