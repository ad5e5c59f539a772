//! Memory that V8 does not see: unless it is told, it takes what holds it for small and does not collect it.

use napi::Env;

/// After so many insertions and removals V8 is told again, or after those of an eighth of the set: to sum up a set takes
/// time by its size.
const AT_LEAST: usize = 256;

/// What V8 was told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    bytes: i64,
    /// Insertions and removals since.
    changes: usize,
}

impl Told {
    /// Whether it is time to tell it again, after a change of a set of this size.
    pub(crate) fn is_due(&mut self, size: usize) -> bool {
        self.changes += 1;
        self.changes >= AT_LEAST.max(size / 8)
    }

    /// Best effort: V8 collects by it, and no answer depends on it.
    pub(crate) fn tell(&mut self, env: Env, bytes: usize) {
        self.changes = 0;
        let now = i64::try_from(bytes).unwrap_or(i64::MAX);
        if env.adjust_external_memory(now - self.bytes).is_ok() {
            self.bytes = now;
        }
    }
}
