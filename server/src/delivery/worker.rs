//! Hands changes out to some of the clients.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::task::yield_now;
use tokio_util::sync::ReusableBoxFuture;

use super::lines::Lines;
use super::parked::{Case, Decided, Hit, Lot, Parked, Question};
use super::room::Room;
use crate::access::{Access, Shown, Sight};
use crate::metrics::Metrics;
use crate::publication::Publication;
use crate::registry::Event;

/// A change, and those whom it may concern.
pub(super) struct Batch {
    pub(super) publication: Arc<Publication>,
    pub(super) hits: Vec<Hit>,
}

/// How long a turn is, of a client and of this task.
const TURN: Duration = Duration::from_millis(1);

/// Hands changes out to some of the clients, to each in order, and to all in turns: nobody waits for what another
/// client has of a change.
pub(super) struct Worker {
    access: Arc<Access>,
    metrics: Arc<Metrics>,
    room: Arc<Room>,
    lines: Lines,
    parked: Parked,
    /// What decides the next hit; used again for as long as it decides at once.
    question: Question,
}

impl Worker {
    pub(super) fn new(
        access: &Arc<Access>,
        metrics: &Arc<Metrics>,
        room: &Arc<Room>,
        lot: &Arc<Lot>,
    ) -> Self {
        Self {
            access: Arc::clone(access),
            metrics: Arc::clone(metrics),
            room: Arc::clone(room),
            lines: Lines::default(),
            parked: Parked::new(lot, metrics.parked.clone()),
            question: unasked(),
        }
    }

    /// Works until nothing is handed out any more.
    pub(super) async fn run(mut self, mut batches: mpsc::UnboundedReceiver<Batch>) {
        let lot = Arc::clone(self.parked.lot());
        loop {
            self.work_off(&mut batches).await;
            let mut crowded = std::pin::pin!(lot.crowded());
            crowded.as_mut().enable();
            self.give_up();
            tokio::select! {
                decided = self.parked.next() => self.go_on(decided),
                () = crowded => {}
                batch = batches.recv() => match batch {
                    Some(batch) => self.line_up(batch),
                    None => return,
                },
            }
        }
    }

    /// Works until nobody waits in line, and takes what comes meanwhile.
    async fn work_off(&mut self, batches: &mut mpsc::UnboundedReceiver<Batch>) {
        let (mut began, mut done) = (Instant::now(), 0);
        while let Some(case) = self.lines.take() {
            self.weigh(case).await;
            done += 1;
            if began.elapsed() < TURN && !self.lines.is_empty() {
                continue;
            }
            self.room.give_back(done);
            self.lines.pass();
            yield_now().await;
            // What has been answered is older.
            while let Some(decided) = self.parked.next().now_or_never() {
                self.go_on(decided);
            }
            self.take_all(batches);
            (began, done) = (Instant::now(), 0);
        }
    }

    fn take_all(&mut self, batches: &mut mpsc::UnboundedReceiver<Batch>) {
        loop {
            match batches.try_recv() {
                Ok(batch) => self.line_up(batch),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    fn line_up(&mut self, batch: Batch) {
        for hit in batch.hits {
            self.lines.put(Case::new(&batch.publication, hit));
        }
    }

    /// Tells somebody of a change, if they may see it, as soon as that is known.
    async fn weigh(&mut self, case: Case) {
        if case.subscription.has_ended() {
            return;
        }
        let Some(case) = self.parked.follow(case) else {
            return self.give_up();
        };
        match self.ask(&case).await {
            Poll::Ready(sight) => self.tell(&case, sight),
            Poll::Pending => {
                let question = std::mem::replace(&mut self.question, unasked());
                self.parked.park(case, question);
                self.give_up();
            }
        }
    }

    /// Gives up what has waited longest for those for whom too much waits.
    fn give_up(&mut self) {
        let given_up = self.parked.give_up();
        self.metrics.unanswered.increment(given_up as u64);
    }

    /// Asks what somebody sees of a change, and waits for nothing.
    async fn ask(&mut self, case: &Case) -> Poll<Option<Sight>> {
        let access = Arc::clone(&self.access);
        let (publication, subscription) = (
            Arc::clone(&case.publication),
            Arc::clone(&case.subscription),
        );
        let outcome = case.outcome;
        let question = &mut self.question;
        question.set(async move { access.sight(&publication, &subscription, outcome).await });
        poll_fn(|cx| Poll::Ready(question.poll(cx))).await
    }

    /// Goes on with a chain whose first case has been decided: the others are before all that has come since.
    fn go_on(&mut self, decided: Decided) {
        let Some(mut cases) = self.parked.take(&decided) else {
            return;
        };
        if let Some(first) = cases.next() {
            self.tell(&first, decided.sight);
        }
        self.room.take(cases.len());
        self.lines.put_first(cases);
    }

    fn tell(&self, case: &Case, sight: Option<Sight>) {
        let Some(sight) = sight else {
            return self.metrics.hidden.increment(1);
        };
        let payload = |shown: &Shown| case.publication.payload(shown.side, &shown.cut);
        case.subscription.client.outbox.event(Event {
            kind: sight.event,
            subscription: Arc::clone(&case.subscription),
            object: payload(&sight.object),
            original: sight.original.as_ref().map(payload),
            arrived: case.publication.arrived(),
        });
    }
}

fn unasked() -> Question {
    ReusableBoxFuture::new(std::future::pending())
}
