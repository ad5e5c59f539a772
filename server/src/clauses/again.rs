//! Clauses are compiled again when what the fields of their class hold changes.

use std::sync::Arc;

use tracing::warn;

use super::Clauses;
use super::weight::{filing, of_clause};
use crate::dialects::Queries;
use crate::excerpt::excerpt;
use crate::registry::Subscription;
use crate::turns::Turn;

impl Clauses {
    /// Compiles the clause of a subscription again, and files it in the place of the query that it has been.
    ///
    /// Who has no room for it has to go, as for whatever else they hold. Where the clause is refused now the subscription stays as it is,
    /// which is said in the log.
    ///
    /// It is done in the turn of its client, as what the client sends is: what takes long for one is not on the others' time.
    pub(crate) async fn compile_again(&self, subscription: &Arc<Subscription>) {
        if !subscription.is_due() {
            return;
        }
        let turn = &subscription.client.turn;
        let compiled = self.compile_clause_of(turn, subscription).await;
        let filed = match compiled {
            Ok(queries) => self.file_again(turn, subscription, queries).await,
            Err(why) => Err(why),
        };
        if let Err(why) = filed
            && let Some(more) = self.stale.due()
        {
            let (class, why) = (&*subscription.class_name, excerpt(why));
            warn!(
                class,
                why, more, "a clause is read by what its class held before"
            );
        }
    }

    async fn compile_clause_of(
        &self,
        turn: &Arc<Turn>,
        subscription: &Arc<Subscription>,
    ) -> Result<Queries, String> {
        let weight = of_clause(&subscription.clause);
        let (dialects, subscription) = (Arc::clone(&self.dialects), Arc::clone(subscription));
        let compile = move || dialects.compile(&subscription.class_name, &subscription.clause);
        let compiled = self.turns.run(turn, weight, compile).await;
        let compiled = compiled.ok_or("it has been given up")?;
        compiled
            .map(|(queries, _)| queries)
            .map_err(|error| error.to_string())
    }

    async fn file_again(
        &self,
        turn: &Arc<Turn>,
        subscription: &Arc<Subscription>,
        queries: Queries,
    ) -> Result<(), String> {
        let dues = self.dues(&queries).map_err(|why| why.to_string())?;
        let weight = filing(queries.bytes().max(subscription.query_bytes()));
        let class_name = subscription.class_name.clone();
        let (registry, subscription) = (Arc::clone(&self.registry), Arc::clone(subscription));
        let file = move || {
            let _allowance = subscription.allowance();
            let due = registry.refile(&subscription, queries, dues);
            let due = due.map_err(|why| subscription.client.account.end(why));
            ((), due.into_iter().collect())
        };
        let filed = self.in_room(turn, weight, &class_name, file).await;
        filed.ok_or_else(|| "it has been given up".into())
    }
}
