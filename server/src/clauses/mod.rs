//! What clients subscribe to is read, compiled and filed: on threads of its own, in turn, one frame of a client at a time.

use std::collections::HashMap;
use std::sync::Arc;

use livematch::{Query, QueryBuilder};
use memchr::memmem;
use tokio::sync::oneshot;
use tracing::debug;

use crate::access::Access;
use crate::accounting::{Charge, Exhausted, Steps};
use crate::checks::Classes;
use crate::complexity;
use crate::options::LimitOptions;
use crate::protocol::{Refusal, Request, RequestId, Subscribe, answer, code};
use crate::registry::{Client, Registry, Subscription};
use crate::rights::Scope;
use crate::turns::{Progress, Turn, Turns, Weight};
use crate::warnings::Warnings;

/// How many subscriptions are removed in one turn, and until their queries take so many bytes.
const REMOVALS: usize = 64;
const REMOVED: usize = 64 << 10;

/// Up to how many bytes a query takes at most a millisecond to be filed or removed.
const LIGHT_QUERY: usize = 32 << 10;

/// Up to how many bytes a clause is light whatever it is, and if it has no pattern.
const LIGHT_PATTERN: usize = 512;
const LIGHT: usize = 16 << 10;

/// Reads, compiles and files what clients subscribe to.
pub(crate) struct Clauses {
    pub(crate) turns: Turns,
    pub(crate) queries: QueryBuilder,
    pub(crate) registry: Arc<Registry>,
    pub(crate) access: Arc<Access>,
    pub(crate) limits: Arc<LimitOptions>,
    /// What they may take for each change.
    pub(crate) steps: Arc<Steps>,
    /// What clauses say that cannot be meant.
    pub(crate) warnings: Arc<Warnings>,
    /// Which classes are published.
    pub(crate) classes: Arc<Classes>,
}

/// What has been done for a client.
pub(crate) enum Done {
    /// A frame has been read, or it cannot be.
    Read(Result<Request, Refusal>),
    /// It has subscribed, and has been told so.
    Subscribed(Arc<Subscription>),
    /// What it gave up is gone.
    Removed,
    /// It cannot have what it asked for, and is to be told so.
    Refused(Refusal),
}

/// A subscription as it is asked for, and as it has been understood.
struct Asked {
    client: Arc<Client>,
    request: Subscribe,
    query: Query,
    scope: Scope,
}

impl Clauses {
    /// Reads a frame, for whose text there is a charge.
    pub(crate) async fn read(&self, turn: &Arc<Turn>, text: String, charge: Charge) -> Done {
        let weight = if text.len() <= LIGHT {
            Weight::Light
        } else {
            Weight::Heavy
        };
        let read = move || {
            let request = Request::read(&text);
            drop((text, charge));
            request
        };
        let request = self.turns.run(turn, weight, read).await;
        Done::Read(request.unwrap_or_else(|| Err(broken(None))))
    }

    /// Subscribes a client, in place of what it had subscribed to under the same number.
    pub(crate) async fn subscribe(
        self: &Arc<Self>,
        turn: &Arc<Turn>,
        client: Arc<Client>,
        request: Subscribe,
        replaced: Option<Arc<Subscription>>,
    ) -> Done {
        let subscribed = self.try_subscribe(turn, client, request, replaced).await;
        subscribed.map_or_else(Done::Refused, Done::Subscribed)
    }

    async fn try_subscribe(
        self: &Arc<Self>,
        turn: &Arc<Turn>,
        client: Arc<Client>,
        request: Subscribe,
        replaced: Option<Arc<Subscription>>,
    ) -> Result<Arc<Subscription>, Refusal> {
        let id = request.id;
        let (mut query, mut scope, mut request) =
            self.compile(turn, request, client.is_master).await?;
        if let Some(user) = self.access.admit(&client, &request, &scope).await? {
            request.clause = of_user(&request.clause, &user);
            (query, scope, request) = self.compile(turn, request, true).await?;
        }
        let this = Arc::clone(self);
        let replacing = replaced
            .as_ref()
            .map_or(0, |replaced| replaced.query_bytes());
        let weight = filing(query.memory_usage().max(replacing));
        let asked = Asked {
            client,
            request,
            query,
            scope,
        };
        let enter = move || this.enter(asked, replaced);
        let entered = self.turns.run(turn, weight, enter).await;
        entered.unwrap_or_else(|| Err(broken(Some(id))))
    }

    /// Compiles the clause of a request. Some clients are exempt from what Parse Server calls complexity.
    async fn compile(
        &self,
        turn: &Arc<Turn>,
        request: Subscribe,
        is_exempt: bool,
    ) -> Result<(Query, Scope, Subscribe), Refusal> {
        let (limits, warnings) = (Arc::clone(&self.limits), Arc::clone(&self.warnings));
        let (id, queries, weight) = (request.id, self.queries.clone(), weight(&request.clause));
        let compile = move || {
            let refuse = |error: String| Refusal::new(code::INVALID_QUERY, error, Some(id));
            let query = queries.compile_str(&request.clause);
            let query = query.map_err(|error| refuse(error.to_string()))?;
            if !is_exempt {
                complexity::check(&request.clause, &request.class_name, &limits)
                    .map_err(|error| refuse(error.to_string()))?;
            }
            warnings.note(&request.class_name, &query);
            if limits.strict(&request.class_name)
                && let Some(warning) = Warnings::first(&query)
            {
                return Err(refuse(warning.to_string()));
            }
            let scope = Scope::new(&query, request.watch.as_deref());
            Ok((query, scope, request))
        };
        let compiled = self.turns.run(turn, weight, compile).await;
        compiled.unwrap_or_else(|| Err(broken(Some(id))))
    }

    /// Adds a subscription in place of the one that had its number.
    fn enter(
        &self,
        subscription: Asked,
        replaced: Option<Arc<Subscription>>,
    ) -> Result<Arc<Subscription>, Refusal> {
        let Asked {
            client,
            request,
            query,
            scope,
        } = subscription;
        let id = request.id;
        let refuse = |why: Exhausted| Refusal::new(code::LIMIT, why.to_string(), Some(id));
        let steps = self.steps.of(&query).map_err(refuse)?;
        // What is replaced will be free at once.
        let _allowance = replaced.as_ref().map(|replaced| {
            let bytes = client.account.allow(replaced.bytes());
            (bytes, client.steps.allow(replaced.steps()))
        });
        let subscription =
            Subscription::new(Arc::clone(&client), request, scope).map_err(refuse)?;
        let subscription = Arc::new(subscription);
        let say = || {
            if let Some(replaced) = &replaced {
                replaced.end();
            }
            client
                .outbox
                .answer(answer("subscribed", &client.addressee, Some(id)));
        };
        self.registry
            .add(&subscription, query, steps, say)
            .map_err(refuse)?;
        self.classes.subscribed(&subscription.class_name);
        if let Some(replaced) = replaced {
            self.registry.remove(&replaced);
        }
        Ok(subscription)
    }

    /// Removes a subscription that has been given up.
    pub(crate) async fn remove(&self, turn: &Arc<Turn>, subscription: Arc<Subscription>) -> Done {
        let registry = Arc::clone(&self.registry);
        let weight = filing(subscription.query_bytes());
        let remove = move || registry.remove(&subscription);
        self.turns.run(turn, weight, remove).await;
        Done::Removed
    }

    /// Removes subscriptions that have been given up, some in each turn, so that nobody waits for all of them.
    ///
    /// It is done whether or not anybody waits for it to be.
    pub(crate) fn forget(
        &self,
        turn: &Arc<Turn>,
        subscriptions: HashMap<RequestId, Arc<Subscription>>,
    ) -> impl Future<Output = Done> + Send + use<> {
        let (done, is_done) = oneshot::channel();
        let sizes = subscriptions
            .values()
            .map(|subscription| subscription.query_bytes());
        let weight = filing(sizes.max().unwrap_or(0));
        let (mut done, mut left) = (Some(done), subscriptions.into_values());
        let registry = Arc::clone(&self.registry);
        self.turns.in_pieces(turn, weight, move || {
            let mut removed = 0;
            for subscription in left.by_ref().take(REMOVALS) {
                removed += subscription.query_bytes();
                registry.remove(&subscription);
                if removed > REMOVED {
                    break;
                }
            }
            if left.len() > 0 {
                return Progress::More;
            }
            // Who waited for it may have gone.
            let _ = done.take().map(|done| done.send(()));
            Progress::Done
        });
        async move {
            let _ = is_done.await;
            Done::Removed
        }
    }
}

/// How long a clause is likely to take.
fn weight(clause: &str) -> Weight {
    let has_pattern = || memmem::find(clause.as_bytes(), b"$regex").is_some();
    if clause.len() <= LIGHT_PATTERN || (clause.len() <= LIGHT && !has_pattern()) {
        Weight::Light
    } else {
        Weight::Heavy
    }
}

/// How long a query of so many bytes is likely to take to be filed, or removed.
fn filing(bytes: usize) -> Weight {
    if bytes <= LIGHT_QUERY {
        Weight::Light
    } else {
        Weight::Heavy
    }
}

/// Narrows a clause down to the sessions of one user.
fn of_user(clause: &str, user: &str) -> String {
    let pointer = serde_json::json!({"__type": "Pointer", "className": "_User", "objectId": user});
    format!(r#"{{"$and":[{clause},{{"user":{pointer}}}]}}"#)
}

/// What is said if the work of a client has been given up.
fn broken(id: Option<RequestId>) -> Refusal {
    debug!("a client is told that its frame has been given up");
    Refusal::new(code::INTERNAL, "Internal server error", id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filed_under_much_is_heavy() {
        let weight = |clause: &str| {
            let query: Query = clause.parse().expect("a clause");
            filing(query.memory_usage())
        };
        assert_eq!(weight(r#"{"a": 1, "b": {"$gt": 5}}"#), Weight::Light);
        let list: Vec<_> = (0..200).map(|n| format!("\"id{n}\"")).collect();
        let list = list.join(",");
        assert_eq!(
            weight(&format!(r#"{{"a": {{"$in": [{list}]}}}}"#)),
            Weight::Light
        );
        let many: Vec<_> = (0..10_000).map(|n| n.to_string()).collect();
        let many = many.join(",");
        assert_eq!(
            weight(&format!(r#"{{"a": {{"$in": [{many}]}}}}"#)),
            Weight::Heavy
        );
        let ranges: Vec<_> = (0..1_000)
            .map(|n| format!(r#"{{"a": {{"$gt": {n}e3, "$lt": {n}e9}}}}"#))
            .collect();
        let ranges = ranges.join(",");
        assert_eq!(weight(&format!(r#"{{"$or": [{ranges}]}}"#)), Weight::Heavy);
    }
}
