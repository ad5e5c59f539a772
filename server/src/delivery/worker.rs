//! Hands changes out to some of the clients.

use std::cell::OnceCell;
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
use super::parked::{Case, Decided, Heard, Hit, Lot, Parked, Question};
use super::room::Room;
use crate::access::{Access, Shown, Sides, hears_nothing, read_alike};
use crate::accounting::Steps;
use crate::metrics::Metrics;
use crate::publication::Publication;
use crate::registry::{Event, Subscription};

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
    steps: Arc<Steps>,
    metrics: Arc<Metrics>,
    room: Arc<Room>,
    lines: Lines,
    parked: Parked,
    /// What decides the next hit; used again for as long as it decides at once.
    question: Question,
    last: Option<Last>,
}

/// Whose turn it was last, for which change, and what is known of what they may read of it: looked up when those come next
/// who may read the same, as most have one subscription and some have many.
struct Last {
    publication: Arc<Publication>,
    subscription: Arc<Subscription>,
    sides: OnceCell<Option<Sides>>,
}

impl Worker {
    pub(super) fn new(
        access: &Arc<Access>,
        steps: &Arc<Steps>,
        metrics: &Arc<Metrics>,
        room: &Arc<Room>,
        lot: &Arc<Lot>,
    ) -> Self {
        Self {
            access: Arc::clone(access),
            steps: Arc::clone(steps),
            metrics: Arc::clone(metrics),
            room: Arc::clone(room),
            lines: Lines::default(),
            parked: Parked::new(lot, metrics.parked.clone()),
            question: unasked(),
            last: None,
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
            // What is known may change.
            self.last = None;
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
        if !case.subscription.is_due() {
            return;
        }
        if self.is_withheld(&case) {
            return self.metrics.hidden.increment(1);
        }
        let Some(case) = self.parked.follow(case) else {
            return self.give_up();
        };
        match self.ask(&case).await {
            Poll::Ready(heard) => self.tell(&case, heard),
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

    /// Whether it is known already that somebody hears nothing of a change.
    fn is_withheld(&mut self, case: &Case) -> bool {
        if case.subscription.client.is_master {
            return false;
        }
        let (publication, subscription) = (&case.publication, &case.subscription);
        let Some(sides) = self.sides(case) else {
            return false;
        };
        match case.outcome {
            Some(outcome) => hears_nothing(sides, outcome, publication, subscription),
            None => !sides.are_all_of(publication),
        }
    }

    /// Which sides somebody may read, if that is known and it is not the first time that it matters.
    fn sides(&mut self, case: &Case) -> Option<Sides> {
        let (publication, subscription) = (&case.publication, &case.subscription);
        let is_the_same = |last: &&Last| {
            Arc::ptr_eq(&last.publication, publication)
                && read_alike(&last.subscription, subscription)
        };
        if let Some(last) = self.last.as_ref().filter(is_the_same) {
            let look = || self.access.known_sides(publication, subscription);
            return *last.sides.get_or_init(look);
        }
        self.last = Some(Last {
            publication: Arc::clone(publication),
            subscription: Arc::clone(subscription),
            sides: OnceCell::new(),
        });
        None
    }

    /// Asks what somebody hears of a change, and waits for nothing.
    async fn ask(&mut self, case: &Case) -> Poll<Heard> {
        let access = Arc::clone(&self.access);
        let (publication, subscription) = (
            Arc::clone(&case.publication),
            Arc::clone(&case.subscription),
        );
        let outcome = case.outcome;
        let question = &mut self.question;
        question.set(async move {
            let Some(outcome) = outcome else {
                let may_see = access.may_see_all(&publication, &subscription).await;
                return if may_see {
                    Heard::Missed
                } else {
                    Heard::Nothing
                };
            };
            let sight = access.sight(&publication, &subscription, outcome).await;
            sight.map_or(Heard::Nothing, Heard::Event)
        });
        poll_fn(|cx| Poll::Ready(question.poll(cx))).await
    }

    /// Goes on with a chain whose first case has been decided: the others are before all that has come since.
    fn go_on(&mut self, decided: Decided) {
        let Some(mut cases) = self.parked.take(&decided) else {
            return;
        };
        if let Some(first) = cases.next() {
            self.tell(&first, decided.heard);
        }
        self.room.take(cases.len());
        self.lines.put_first(cases);
    }

    fn tell(&self, case: &Case, heard: Heard) {
        let sight = match heard {
            Heard::Event(sight) => sight,
            Heard::Missed => return self.steps.end_for_change(&case.subscription.client.steps),
            Heard::Nothing => return self.metrics.hidden.increment(1),
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
