//! Threads on which work waits for its turn, so that nobody else does.
//!
//! What strangers send is read, compiled and filed here. Whoever has had least of the threads' time is next, and small work does not wait
//! for large work that others have.

mod queue;
mod turn;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use tokio::sync::oneshot;
use tracing::{debug, error};

pub(crate) use self::queue::Progress;
use self::queue::{Job, Queue};
pub(crate) use self::turn::{Turn, Weight, Work};

/// How much lower the priority of threads is that read and compile: where cores are scarce, matching and sockets go first. Filing is not put
/// behind them: it holds the class of a query, and whoever has to wait for a core with that has all wait who match changes of the class.
const NICENESS: i32 = 10;

/// Threads on which work waits for its turn. They end with the last of these.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Ends>);

/// Ends the threads when nobody can have work for them any more.
struct Ends(Arc<Queue>);

impl Turns {
    /// Starts threads that read and compile: one for light work, and `threads` for all work.
    pub(crate) fn reading(threads: usize) -> io::Result<Self> {
        let heavy = (1..=threads).map(|number| (number, Weight::Heavy));
        let all = [(0, Weight::Light)].into_iter().chain(heavy);
        Self::start(Work::Reading, "clauses", all)
    }

    /// Starts a thread that files. Its work is in short pieces, and for each its class is held, so that there is no need for a second.
    pub(crate) fn filing() -> io::Result<Self> {
        Self::start(Work::Filing, "filing", [(0, Weight::Heavy)])
    }

    fn start(
        work: Work,
        name: &str,
        threads: impl IntoIterator<Item = (usize, Weight)>,
    ) -> io::Result<Self> {
        let queue = Arc::new(Queue::new(work));
        for (number, most) in threads {
            let queue = Arc::clone(&queue);
            thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || do_all(&queue, most))?;
        }
        Ok(Self(Arc::new(Ends(queue))))
    }

    /// Does work in its turn, and answers. There is no answer if the work panics.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        turn: &Arc<Turn>,
        weight: Weight,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let mut work = Some((work, answer));
        self.in_pieces(turn, weight, move || {
            if let Some((work, answer)) = work.take() {
                // Whoever asked may have gone.
                let _ = answer.send(work());
            }
            Progress::Done
        });
        answered.await.ok()
    }

    /// Does work in pieces, one in each turn, without an answer.
    pub(crate) fn in_pieces(
        &self,
        turn: &Arc<Turn>,
        weight: Weight,
        piece: impl FnMut() -> Progress + Send + 'static,
    ) {
        self.0.0.put(Job::new(turn, weight, Box::new(piece)));
    }
}

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Works until there will be nothing to do any more.
fn do_all(queue: &Queue, most: Weight) {
    let thread = Some(rustix::thread::gettid());
    if queue.work() == Work::Reading
        && let Err(error) = rustix::process::setpriority_process(thread, NICENESS)
    {
        debug!(%error, "clauses are compiled at the priority of all else");
    }
    while let Some(mut job) = queue.take(most) {
        match catch_unwind(AssertUnwindSafe(|| job.run(queue.work()))) {
            Ok(Progress::Done) => {}
            Ok(Progress::More) => queue.put(job),
            Err(_) => error!("work of a client has been given up: it panicked"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    /// Threads that do nothing until the sender is dropped, and what they will have done.
    fn blocked(turns: &Turns) -> mpsc::Sender<()> {
        let (release, released) = mpsc::channel::<()>();
        let (begun, begins) = mpsc::channel();
        let released = Arc::new(Mutex::new(released));
        for weight in [Weight::Heavy, Weight::Light] {
            let (released, begun) = (Arc::clone(&released), begun.clone());
            turns.in_pieces(&Turn::new(), weight, move || {
                let _ = begun.send(());
                // The first waits with the lock held, the other for the lock.
                let _ = released.lock().expect("not poisoned").recv();
                Progress::Done
            });
            begins.recv().expect("a thread");
        }
        release
    }

    fn log(
        turns: &Turns,
        turn: &Arc<Turn>,
        weight: Weight,
        log: &mpsc::Sender<usize>,
        number: usize,
        pieces: usize,
    ) {
        let (log, mut left) = (log.clone(), pieces);
        turns.in_pieces(turn, weight, move || {
            thread::sleep(Duration::from_millis(1));
            let _ = log.send(number);
            left -= 1;
            if left == 0 {
                Progress::Done
            } else {
                Progress::More
            }
        });
    }

    #[test]
    fn answers_come_and_a_panic_harms_nobody() {
        let turns = Turns::reading(1).expect("threads");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let turn = Turn::new();
        let panics = turns.run(&turn, Weight::Light, || {
            std::panic::resume_unwind(Box::new(()))
        });
        assert_eq!(runtime.block_on(panics), None::<()>);
        assert_eq!(
            runtime.block_on(turns.run(&turn, Weight::Heavy, || 7)),
            Some(7)
        );
    }

    #[test]
    fn everybody_gets_a_turn_and_nobody_is_forgotten() {
        let turns = Turns::reading(1).expect("threads");
        let release = blocked(&turns);
        let (sender, logged) = mpsc::channel();
        for number in 0..20 {
            log(&turns, &Turn::new(), Weight::Heavy, &sender, number, 3);
        }
        drop(release);
        let done: Vec<_> = logged.iter().take(60).collect();
        // Each has had its first turn before any has had all three.
        let mut first: Vec<_> = done[..20].to_vec();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), 20, "{done:?}");
    }
}
