//! Work that waits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use rustix::time::{ClockId, clock_gettime};

use super::turn::{Turn, Weight, Work};

/// Work of one kind that waits, whoever has had least first.
pub(super) struct Queue {
    work: Work,
    state: Mutex<State>,
    /// Told when there is light work, or work at all.
    light: Condvar,
    any: Condvar,
}

#[derive(Default)]
struct State {
    light: Waiting,
    heavy: Waiting,
    /// What those have had whose work has been taken last: nobody begins with less.
    now: u64,
    /// Tells apart those who have had the same, in the order in which they came.
    next: u64,
    has_ended: bool,
}

/// Work by when it is its turn.
type Waiting = BTreeMap<(u64, u64), Job>;

/// Whether a piece of work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It is.
    Done,
    /// There is another piece, for another turn.
    More,
}

/// Work, and whose it is.
pub(super) struct Job {
    turn: Arc<Turn>,
    weight: Weight,
    piece: Box<dyn FnMut() -> Progress + Send>,
}

impl Job {
    pub(super) fn new(
        turn: &Arc<Turn>,
        weight: Weight,
        piece: Box<dyn FnMut() -> Progress + Send>,
    ) -> Self {
        let turn = Arc::clone(turn);
        Self {
            turn,
            weight,
            piece,
        }
    }

    /// Does one piece, on the client's time.
    ///
    /// Threads that read share the cores with others, and what these take is not the client's. The thread that files waits for a class that
    /// is being matched, and does nothing for anybody else meanwhile: that is the client's time too.
    pub(super) fn run(&mut self, work: Work) -> Progress {
        let (began, before) = (Instant::now(), processor_time());
        let progress = (self.piece)();
        let taken = match work {
            Work::Reading => processor_time().saturating_sub(before),
            Work::Filing => nanoseconds(began.elapsed()),
        };
        self.turn.add(work, taken);
        progress
    }
}

impl Queue {
    pub(super) fn new(work: Work) -> Self {
        Self {
            work,
            state: Mutex::default(),
            light: Condvar::new(),
            any: Condvar::new(),
        }
    }

    /// What waits here.
    pub(super) fn work(&self) -> Work {
        self.work
    }

    pub(super) fn put(&self, job: Job) {
        let weight = self.state.lock().put(self.work, job);
        if weight == Weight::Light {
            self.light.notify_one();
        }
        self.any.notify_one();
    }

    /// The work that is next, for a thread that takes so heavy work at most. There is none at the end.
    pub(super) fn take(&self, most: Weight) -> Option<Job> {
        let mut state = self.state.lock();
        loop {
            if let Some(job) = state.next(self.work, most) {
                // What has been given another place may be light now.
                if !state.light.is_empty() {
                    self.light.notify_one();
                }
                return Some(job);
            }
            if state.has_ended {
                return None;
            }
            match most {
                Weight::Light => self.light.wait(&mut state),
                Weight::Heavy => self.any.wait(&mut state),
            }
        }
    }

    /// Lets the threads end when nothing waits any more.
    pub(super) fn end(&self) {
        self.state.lock().has_ended = true;
        self.light.notify_all();
        self.any.notify_all();
    }
}

impl State {
    /// Gives work its place; and says how it is taken.
    fn put(&mut self, work: Work, job: Job) -> Weight {
        let (place, weight) = job.turn.place(work, self.now, job.weight);
        let number = self.next;
        self.next += 1;
        match weight {
            Weight::Light => self.light.insert((place, number), job),
            Weight::Heavy => self.heavy.insert((place, number), job),
        };
        weight
    }

    /// The work that is next. What of it belongs to who has had time since it was put is given another place.
    fn next(&mut self, work: Work, most: Weight) -> Option<Job> {
        loop {
            let (place, job) = self.first(most)?;
            if job.turn.has_had(work, place) {
                self.put(work, job);
                continue;
            }
            self.now = self.now.max(place);
            return Some(job);
        }
    }

    fn first(&mut self, most: Weight) -> Option<(u64, Job)> {
        let first = |waiting: &Waiting| waiting.first_key_value().map(|(key, _)| *key);
        let heavy = first(&self.heavy).filter(|_| most == Weight::Heavy);
        let is_heavy = match (heavy, first(&self.light)) {
            (Some(heavy), Some(light)) => heavy < light,
            (heavy, _) => heavy.is_some(),
        };
        let waiting = if is_heavy {
            &mut self.heavy
        } else {
            &mut self.light
        };
        let ((place, _), job) = waiting.pop_first()?;
        Some((place, job))
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// How long this thread has run, in nanoseconds.
fn processor_time() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let nanoseconds = u64::try_from(time.tv_nsec).unwrap_or_default();
    seconds * 1_000_000_000 + nanoseconds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_files_pays_for_what_they_wait_for() {
        let wait = || {
            let piece = || {
                std::thread::sleep(Duration::from_millis(20));
                Progress::Done
            };
            Box::new(piece)
        };
        for (work, pays) in [(Work::Reading, false), (Work::Filing, true)] {
            let turn = Turn::new();
            Job::new(&turn, Weight::Heavy, wait()).run(work);
            assert_eq!(turn.has_had(work, 10_000_000), pays, "{work:?}");
        }
    }

    #[test]
    fn who_has_had_time_since_stands_behind_others_with_all_their_work() {
        let (queue, turns) = (Queue::new(Work::Reading), [Turn::new(), Turn::new()]);
        for who in [0, 0, 0, 1, 1] {
            let piece = Box::new(|| Progress::Done);
            queue.put(Job::new(&turns[who], Weight::Heavy, piece));
        }
        let mut taken = Vec::new();
        for _ in 0..5 {
            let job = queue.take(Weight::Heavy).expect("it waits");
            job.turn.add(Work::Reading, 1_000);
            taken.push(turns.iter().position(|turn| Arc::ptr_eq(turn, &job.turn)));
        }
        assert_eq!(taken, [0, 1, 0, 1, 0].map(Some));
    }
}
