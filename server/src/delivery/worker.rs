//! Hands changes out to some of the clients.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::yield_now;
use tokio_util::sync::ReusableBoxFuture;

use super::parked::{Case, Hit, Key, Parked, Question};
use super::room::Room;
use crate::access::{Access, Shown, Sight};
use crate::accounting::Ledger;
use crate::metrics::Metrics;
use crate::publication::Publication;
use crate::registry::Event;

/// A change, and those whom it may concern.
pub(super) struct Batch {
    pub(super) publication: Arc<Publication>,
    pub(super) hits: Vec<Hit>,
}

/// Hands changes out to some of the clients, in order.
pub(super) struct Worker {
    access: Arc<Access>,
    metrics: Arc<Metrics>,
    room: Arc<Room>,
    parked: Parked,
    /// What decides the next hit; used again for as long as it decides at once.
    question: Question,
}

impl Worker {
    pub(super) fn new(
        access: &Arc<Access>,
        ledger: &Arc<Ledger>,
        metrics: &Arc<Metrics>,
        room: &Arc<Room>,
    ) -> Self {
        Self {
            access: Arc::clone(access),
            metrics: Arc::clone(metrics),
            room: Arc::clone(room),
            parked: Parked::new(ledger, metrics.parked.clone()),
            question: unasked(),
        }
    }

    /// Works until nothing is handed out any more.
    pub(super) async fn run(mut self, mut batches: mpsc::UnboundedReceiver<Batch>) {
        loop {
            tokio::select! {
                // What has been answered is older.
                biased;
                (key, age, sight) = self.parked.next() => self.go_on(key, age, sight).await,
                batch = batches.recv() => match batch {
                    Some(batch) => self.hand_out(batch).await,
                    None => return,
                },
            }
        }
    }

    async fn hand_out(&mut self, batch: Batch) {
        let count = batch.hits.len();
        let mut turn = Turn::begin();
        for hit in batch.hits {
            self.weigh(Case::new(&batch.publication, hit)).await;
            turn.step().await;
        }
        self.room.give_back(count);
    }

    /// Tells somebody of a change, if they may see it, as soon as that is known.
    async fn weigh(&mut self, case: Case) {
        if case.subscription.has_ended() {
            return;
        }
        let Some(case) = self.parked.follow(case) else {
            return;
        };
        match self.ask(&case).await {
            Poll::Ready(sight) => self.tell(&case, sight),
            Poll::Pending => {
                let question = std::mem::replace(&mut self.question, unasked());
                self.parked.park(case, question);
                let given_up = self.parked.give_up();
                self.metrics.unanswered.increment(given_up as u64);
            }
        }
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

    /// Goes on with a chain whose first case has been decided.
    async fn go_on(&mut self, key: Key, age: u64, sight: Option<Sight>) {
        let Some(mut cases) = self.parked.take(&key, age) else {
            return;
        };
        if let Some(first) = cases.pop_front() {
            self.tell(&first.case, sight);
        }
        let mut turn = Turn::begin();
        while let Some(next) = cases.front() {
            match self.ask(&next.case).await {
                Poll::Ready(sight) => self.tell(&next.case, sight),
                Poll::Pending => {
                    let question = std::mem::replace(&mut self.question, unasked());
                    return self.parked.put_back(key, cases, question);
                }
            }
            cases.pop_front();
            turn.step().await;
        }
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

/// Lets others have their turn now and then.
struct Turn {
    began: Instant,
    steps: usize,
}

impl Turn {
    /// How long a turn is.
    const LENGTH: Duration = Duration::from_millis(1);

    /// After how many steps the clock is looked at.
    const LOOK: usize = 16;

    fn begin() -> Self {
        let began = Instant::now();
        Self { began, steps: 0 }
    }

    async fn step(&mut self) {
        self.steps += 1;
        if self.steps.is_multiple_of(Self::LOOK) && self.began.elapsed() > Self::LENGTH {
            yield_now().await;
            *self = Self::begin();
        }
    }
}
