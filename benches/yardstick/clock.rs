//! Time: the least that some work takes, and how the times of single changes are spread.

use std::time::{Duration, Instant};

use crate::report;

/// How long a sample must take at least, so that reading the clock does not count.
const SAMPLE: Duration = Duration::from_millis(4);

/// What takes so long is not repeated.
const LONG: Duration = Duration::from_secs(2);

/// Samples are taken for so long, and some in any case: a processor takes a while to settle to new work.
const SETTLED: Duration = Duration::from_millis(200);
const SAMPLES: u32 = 9;

/// A time in nanoseconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "no measurement takes a hundred days"
)]
pub(crate) fn nanoseconds(time: Duration) -> f64 {
    time.as_nanos() as f64
}

/// The nanoseconds of one run of some work in the fastest of the samples.
pub(crate) fn fastest(mut work: impl FnMut()) -> f64 {
    let mut runs = 1_u32;
    let mut fastest = timed(runs, &mut work);
    while fastest < SAMPLE {
        runs *= 2;
        fastest = timed(runs, &mut work);
    }
    if fastest < LONG {
        let start = Instant::now();
        let mut samples = 0;
        while samples < SAMPLES || start.elapsed() < SETTLED {
            fastest = fastest.min(timed(runs, &mut work));
            samples += 1;
        }
    }
    nanoseconds(fastest) / f64::from(runs)
}

fn timed(runs: u32, work: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..runs {
        work();
    }
    start.elapsed()
}

/// The times of single pieces of work, in nanoseconds.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<f64>);

impl Times {
    /// No times yet, and memory for so many.
    pub(crate) fn with_capacity(count: u32) -> Self {
        Self(Vec::with_capacity(count as usize))
    }

    /// Times a piece of work.
    pub(crate) fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.0.push(nanoseconds(start.elapsed()));
        result
    }

    /// Prints the mean and the longest.
    pub(crate) fn report_mean(&self, name: &str) {
        report::value(&format!("{name}/mean"), self.mean());
        report::value(&format!("{name}/max"), self.quantile(1.0));
    }

    /// Prints the spread.
    pub(crate) fn report_spread(&self, name: &str) {
        report::value(&format!("{name}/median"), self.quantile(0.5));
        report::value(&format!("{name}/p99"), self.quantile(0.99));
        self.report_mean(name);
    }

    fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.count()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "there are a million times at most"
    )]
    pub(crate) fn count(&self) -> f64 {
        self.0.len() as f64
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list of a million at most"
    )]
    fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let place = ((self.count() - 1.0) * share).round() as usize;
        sorted.get(place).copied().unwrap_or(f64::NAN)
    }
}
