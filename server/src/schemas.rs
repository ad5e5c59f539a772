//! What classes hold is asked of Parse Server at the start and ever again, for clauses whose answers depend on it.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::{info, warn};

use crate::access::Access;
use crate::accounting::Numbered;
use crate::clauses::Clauses;
use crate::dialects::Changed;
use crate::registry::Subscription;
use crate::turns::{Turn, Weight};

/// How often it is asked, as long as nothing has been told. Parse Server tells nobody when a field is added.
const PERIOD: Duration = Duration::from_secs(30);

/// How often it is asked until it has answered once.
const UNTIL_KNOWN: Duration = Duration::from_secs(5);

/// How long it is left alone after it was asked, whatever is told meanwhile.
const PAUSE: Duration = Duration::from_secs(1);

/// So many clauses at once wait for the turns of their clients to be compiled again.
const AT_ONCE: usize = 64;

/// Keeps what is known of classes true, and the clauses that depend on it.
pub(crate) struct Schemas {
    access: Arc<Access>,
    clauses: Arc<Clauses>,
    /// Subscriptions that were compiled by what is not true any more.
    late: mpsc::UnboundedReceiver<Weak<Subscription>>,
    /// For finding out which clauses are to be compiled again. They are compiled in the turns of their clients.
    turn: Arc<Turn>,
    is_known: bool,
}

impl Schemas {
    pub(crate) fn new(
        access: &Arc<Access>,
        clauses: &Arc<Clauses>,
        late: mpsc::UnboundedReceiver<Weak<Subscription>>,
    ) -> Self {
        Self {
            access: Arc::clone(access),
            clauses: Arc::clone(clauses),
            late,
            turn: Turn::new(),
            is_known: false,
        }
    }

    /// Asks for as long as the server runs, if it matters what classes hold.
    pub(crate) async fn run(mut self) {
        if !self.clauses.dialects.depend_on_schemas() {
            return;
        }
        if !self.access.may_ask_schemas() {
            warn!(
                "clauses are read as find() reads them, and what the fields of their classes hold is guessed from each object: \
                 --parse-url and --master-key are needed to ask Parse Server for it"
            );
            return;
        }
        loop {
            self.look().await;
            sleep(PAUSE).await;
            self.wait().await;
        }
    }

    /// Waits until it is time to ask again; meanwhile late comers are compiled again.
    async fn wait(&mut self) {
        let period = if self.is_known { PERIOD } else { UNTIL_KNOWN };
        let due = Instant::now() + period;
        let mut late = Vec::new();
        loop {
            tokio::select! {
                () = sleep_until(due) => return,
                () = self.access.told_to_forget() => return,
                1.. = self.late.recv_many(&mut late, AT_ONCE) => self.compile_all(std::mem::take(&mut late)).await,
            }
        }
    }

    /// Asks what classes hold, and compiles those clauses again that depend on what has changed.
    async fn look(&mut self) {
        let Some(all) = self.access.schemas().await else {
            return;
        };
        if !self.is_known {
            info!(
                classes = all.len(),
                "Parse Server has said what the fields of classes hold"
            );
            self.is_known = true;
        }
        for (class_name, changed) in self.clauses.dialects.learn(all) {
            self.compile_again(&class_name, changed).await;
        }
    }

    async fn compile_again(&self, class_name: &str, changed: Changed) {
        let affected = self.affected_by(class_name, changed).await;
        let subscriptions = affected.len();
        self.compile_all(affected).await;
        if subscriptions > 0 {
            info!(
                class = class_name,
                subscriptions, "what the class holds has changed, and clauses are compiled again"
            );
        }
    }

    /// Compiles clauses again, in the turns of their clients: who has many, or such as take long, keeps nobody waiting.
    async fn compile_all(&self, subscriptions: Vec<Weak<Subscription>>) {
        let client = |subscription: &Weak<Subscription>| {
            // Who has gone meanwhile is not kept.
            let subscription = subscription.upgrade();
            subscription.map(|subscription| subscription.client.payer())
        };
        let again = |subscription: Weak<Subscription>| async move {
            if let Some(subscription) = subscription.upgrade() {
                self.clauses.compile_again(&subscription).await;
            }
        };
        stream::iter(one_of_each(subscriptions, client))
            .for_each_concurrent(AT_ONCE, again)
            .await;
    }

    /// The subscriptions that a change of a class concerns. All of them are looked at, for which no socket waits.
    async fn affected_by(&self, class_name: &str, changed: Changed) -> Vec<Weak<Subscription>> {
        let Some(class) = self.clauses.registry.class(class_name) else {
            return Vec::new();
        };
        let find = move || class.read().affected_by(&changed);
        let found = self.clauses.turns.run(&self.turn, Weight::Heavy, find);
        found.await.unwrap_or_default()
    }
}

/// The same in an order in which somebody's second comes when everybody's first has, and so on.
fn one_of_each<T>(all: Vec<T>, whose: impl Fn(&T) -> Option<usize>) -> impl Iterator<Item = T> {
    let mut counts: HashMap<Option<usize>, usize> = HashMap::new();
    let numbered = all.into_iter().map(|one| {
        let count = counts.entry(whose(&one)).or_default();
        *count += 1;
        (*count, one)
    });
    let mut numbered: Vec<_> = numbered.collect();
    numbered.sort_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, one)| one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_many_comes_last_with_most_of_them() {
        let all: Vec<(usize, usize)> = (0..100)
            .map(|n| (1, n))
            .chain([(2, 0), (3, 0), (2, 1)])
            .collect();
        let order: Vec<_> = one_of_each(all, |(client, _)| Some(*client)).collect();
        assert_eq!(order[..6], [(1, 0), (2, 0), (3, 0), (1, 1), (2, 1), (1, 2)]);
        assert_eq!(order.len(), 103);
    }
}
