//! Nobody waits for a Parse Server that does not answer.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};

use crate::metrics::Metrics;

/// Opens when several questions in a row got no answer, and lets none through for a while. Then one is let through: if
/// it is answered the circuit closes.
pub(super) struct Circuit {
    state: Mutex<State>,
    /// How many questions in a row may get no answer.
    failures: u32,
    /// How long it stays open.
    pause: Duration,
    gauge: metrics::Gauge,
}

#[derive(Clone, Copy)]
enum State {
    /// Questions are let through; the last `failures` of them got no answer.
    Closed { failures: u32 },
    /// None is let through before this.
    Open { until: Instant },
    /// One has been let through, and its answer decides.
    Probing,
}

/// A question that was let through.
pub(super) struct Pass<'a> {
    circuit: &'a Circuit,
    is_probe: bool,
    is_settled: bool,
}

impl Circuit {
    pub(super) fn new(failures: u32, pause: Duration, metrics: &Metrics) -> Self {
        Self {
            state: Mutex::new(State::Closed { failures: 0 }),
            failures,
            pause,
            gauge: metrics.parse_circuit.clone(),
        }
    }

    /// Whether a question would be let through.
    pub(super) fn is_passable(&self) -> bool {
        match *self.lock() {
            State::Closed { .. } => true,
            State::Open { until } => Instant::now() >= until,
            State::Probing => false,
        }
    }

    /// Lets a question through, if it may be asked.
    pub(super) fn pass(&self) -> Option<Pass<'_>> {
        let mut state = self.lock();
        let is_probe = match *state {
            State::Closed { .. } => false,
            State::Open { until } if Instant::now() >= until => true,
            State::Open { .. } | State::Probing => return None,
        };
        if is_probe {
            *state = State::Probing;
        }
        Some(Pass {
            circuit: self,
            is_probe,
            is_settled: false,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        let mut state = self.lock();
        if !matches!(*state, State::Closed { .. }) {
            info!("Parse Server answers again");
            self.gauge.set(0.0);
        }
        *state = State::Closed { failures: 0 };
    }

    fn count_failure(&self) {
        let mut state = self.lock();
        let failures = match *state {
            State::Closed { failures } => failures + 1,
            State::Probing => self.failures,
            // A question from before it opened.
            State::Open { .. } => return,
        };
        if failures < self.failures {
            *state = State::Closed { failures };
            return;
        }
        if matches!(*state, State::Closed { .. }) {
            let seconds = self.pause.as_secs_f64();
            warn!(
                failures,
                seconds,
                "Parse Server does not answer: for a while it is not asked, and what depends on it is withheld"
            );
            self.gauge.set(1.0);
        }
        *state = State::Open {
            until: Instant::now() + self.pause,
        };
    }
}

impl Pass<'_> {
    /// The question was answered.
    pub(super) fn answered(mut self) {
        self.is_settled = true;
        self.circuit.close();
    }

    /// It was not.
    pub(super) fn failed(mut self) {
        self.is_settled = true;
        self.circuit.count_failure();
    }
}

/// Whoever asked has gone without waiting for the answer: another may probe.
impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.is_probe && !self.is_settled {
            *self.circuit.lock() = State::Open {
                until: Instant::now(),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(10);

    fn circuit() -> (Circuit, Metrics) {
        let metrics = Metrics::unattached();
        (Circuit::new(3, PAUSE, &metrics), metrics)
    }

    fn fail(circuit: &Circuit, times: u32) {
        for _ in 0..times {
            circuit.pass().expect("a pass").failed();
        }
    }

    fn gauge(metrics: &Metrics) -> u64 {
        metrics.value("livematch_parse_circuit_open", "")
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_several_failures_in_a_row() {
        let (circuit, metrics) = circuit();
        fail(&circuit, 2);
        circuit.pass().expect("a pass").answered();
        fail(&circuit, 2);
        assert!(circuit.is_passable());
        assert_eq!(gauge(&metrics), 0);
        fail(&circuit, 1);
        assert!(!circuit.is_passable() && circuit.pass().is_none());
        assert_eq!(gauge(&metrics), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn one_question_probes_and_closes_it() {
        let (circuit, metrics) = circuit();
        fail(&circuit, 3);
        tokio::time::advance(PAUSE / 2).await;
        assert!(!circuit.is_passable() && circuit.pass().is_none());
        tokio::time::advance(PAUSE / 2).await;
        assert!(circuit.is_passable());
        let probe = circuit.pass().expect("a probe");
        assert!(!circuit.is_passable() && circuit.pass().is_none());
        probe.answered();
        assert!(circuit.is_passable());
        assert_eq!(gauge(&metrics), 0);
        fail(&circuit, 2);
        assert!(circuit.is_passable(), "it counts from the beginning");
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_fails_keeps_it_open() {
        let (circuit, metrics) = circuit();
        fail(&circuit, 3);
        tokio::time::advance(PAUSE).await;
        fail(&circuit, 1);
        assert!(circuit.pass().is_none());
        assert_eq!(gauge(&metrics), 1);
        tokio::time::advance(PAUSE).await;
        assert!(circuit.pass().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_is_given_up_leaves_it_to_another() {
        let (circuit, _) = circuit();
        fail(&circuit, 3);
        tokio::time::advance(PAUSE).await;
        drop(circuit.pass());
        assert!(circuit.pass().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn late_failures_do_not_make_it_last() {
        let (circuit, _) = circuit();
        let late: Vec<_> = (0..2).map(|_| circuit.pass().expect("a pass")).collect();
        fail(&circuit, 3);
        tokio::time::advance(PAUSE / 2).await;
        late.into_iter().for_each(Pass::failed);
        tokio::time::advance(PAUSE / 2).await;
        assert!(circuit.is_passable());
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_is_given_up_counts_for_nothing() {
        let (circuit, _) = circuit();
        fail(&circuit, 2);
        drop(circuit.pass());
        assert!(circuit.is_passable());
        fail(&circuit, 1);
        assert!(!circuit.is_passable());
    }
}
