//! What clients subscribe to is read, compiled and filed: on threads of its own, in turn, one frame of a client at a time.

mod again;
mod behind;
mod pieces;
mod weight;

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use livematch::{ErrorKind, Query, Warning};
use tokio::sync::{mpsc, oneshot};
use tracing::debug;

use self::behind::Behind;
use self::weight::{filing, of_clause, of_frame};
use crate::access::Access;
use crate::accounting::{Charge, Dues, Exhausted, Owners, Seldom, Steps};
use crate::checks::Classes;
use crate::complexity;
use crate::dialects::{Dialects, Edition, Queries};
use crate::options::LimitOptions;
use crate::protocol::{Bound, Refusal, Request, RequestId, Subscribe, answer, code};
use crate::registry::{Client, Registry, Subscription, Unsettled};
use crate::rights::Scope;
use crate::turns::{Progress, Turn, Turns, Weight};
use crate::warnings::{Key, Unseen, Warnings};

/// How many subscriptions are removed in one turn, and until their queries take so many bytes.
const REMOVALS: usize = 64;
const REMOVED: usize = 64 << 10;

/// Reads, compiles and files what clients subscribe to.
pub(crate) struct Clauses {
    /// In which they are read and compiled.
    pub(crate) turns: Turns,
    /// In which they are filed, and taken out.
    pub(crate) filing: Turns,
    pub(crate) dialects: Arc<Dialects>,
    /// For those that have to be compiled again, as what their class holds has changed since they were.
    pub(crate) late: mpsc::UnboundedSender<Weak<Subscription>>,
    /// Lets one line on those of which that cannot be done through in a while.
    pub(crate) stale: Seldom,
    pub(crate) registry: Arc<Registry>,
    pub(crate) access: Arc<Access>,
    pub(crate) limits: Arc<LimitOptions>,
    /// What they may take for each change.
    pub(crate) steps: Arc<Steps>,
    /// Who has several clients.
    pub(crate) owners: Arc<Owners>,
    /// What clauses say that cannot be meant.
    pub(crate) warnings: Arc<Warnings>,
    /// Of which that is still to be found out.
    pub(crate) behind: Arc<Behind>,
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
    compiled: Compiled,
}

/// A request, and what is made of it.
struct Compiled {
    request: Subscribe,
    queries: Queries,
    edition: Edition,
    scope: Scope,
    /// By what its warnings are known.
    key: Key,
}

/// A request that is refused for its clause, which whoever may not ask it is not to be told.
struct Unfit {
    request: Subscribe,
    scope: Scope,
    refusal: Refusal,
}

/// A clause of which it is not known whether it can be meant.
struct Unknown {
    key: Key,
    class_name: String,
    query: Query,
    /// What it takes.
    bytes: usize,
}

impl Unknown {
    fn new(
        Compiled {
            key,
            request,
            queries,
            ..
        }: &Compiled,
    ) -> Self {
        Self {
            key: *key,
            class_name: request.class_name.clone(),
            query: queries.served.clone(),
            bytes: queries.bytes(),
        }
    }

    fn note(&self, warnings: &Warnings) -> Option<Warning> {
        warnings.note(self.key, &self.class_name, &self.query)
    }
}

impl Clauses {
    /// Reads a frame, for whose text there is a charge.
    pub(crate) async fn read(&self, turn: &Arc<Turn>, text: String, charge: Charge) -> Done {
        let weight = of_frame(&text);
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
        let compiled = self.compile(turn, request, client.is_master).await?;
        let (request, scope) = match &compiled {
            Ok(compiled) => (&compiled.request, &compiled.scope),
            Err(unfit) => (&unfit.request, &unfit.scope),
        };
        let user = self.access.admit(&client, request, scope).await?;
        let mut compiled = compiled.map_err(|unfit| unfit.refusal)?;
        let unknown = self.weigh(turn, &compiled).await?;
        if let Some(user) = user {
            let mut request = compiled.request;
            request.clause = of_user(&request.clause, &user);
            let narrowed = self.compile(turn, request, true).await?;
            compiled = narrowed.map_err(|unfit| unfit.refusal)?;
        }
        self.settle_owner(&client, &compiled.request);
        let this = Arc::clone(self);
        let replacing = replaced
            .as_ref()
            .map_or(0, |replaced| replaced.query_bytes());
        let weight = filing(compiled.queries.bytes().max(replacing));
        let request = &compiled.request;
        let unseen = Unseen::new(request.watch.as_deref(), request.keys.as_deref());
        let class_name = request.class_name.clone();
        let asked = Asked { client, compiled };
        let enter = move || match this.enter(asked, replaced) {
            Ok((subscription, due)) => (Ok(subscription), due),
            Err(refusal) => (Err(refusal), Vec::new()),
        };
        let entered = self.in_room(turn, weight, &class_name, enter).await;
        let entered = entered.unwrap_or_else(|| Err(broken(Some(id))))?;
        self.warnings.note_names(&class_name, &unseen);
        if let Some(unknown) = unknown {
            self.look(turn, unknown).await;
        }
        Ok(entered)
    }

    /// Has who answers for a client answer for what it asks for now, if that has become known.
    fn settle_owner(&self, client: &Client, request: &Subscribe) {
        if client.is_master {
            return;
        }
        let [of_client, own] = [&client.session_token, &request.session_token];
        let (of_client, own) = (of_client.as_deref(), own.as_deref());
        self.access
            .settle_owner(&self.owners, &client.member, of_client, own);
    }

    /// Compiles the clause of a request. Some clients are exempt from what Parse Server calls complexity.
    async fn compile(
        self: &Arc<Self>,
        turn: &Arc<Turn>,
        request: Subscribe,
        is_exempt: bool,
    ) -> Result<Result<Compiled, Box<Unfit>>, Refusal> {
        let this = Arc::clone(self);
        let (id, weight) = (request.id, of_clause(&request.clause));
        let compile = move || this.compile_now(request, is_exempt);
        let compiled = self.turns.run(turn, weight, compile).await;
        compiled.unwrap_or_else(|| Err(broken(Some(id))))
    }

    fn compile_now(
        &self,
        request: Subscribe,
        is_exempt: bool,
    ) -> Result<Result<Compiled, Box<Unfit>>, Refusal> {
        let (class_name, clause) = (&*request.class_name, &*request.clause);
        let compiled = self.queries_of(&request, is_exempt);
        let refusal = match compiled {
            Ok((queries, edition)) => {
                return Ok(Ok(Compiled {
                    scope: Scope::new(&queries.served, request.watch.as_deref()),
                    key: self.warnings.key(class_name, clause),
                    request,
                    queries,
                    edition,
                }));
            }
            Err(refusal) => refusal,
        };
        let watch = request.watch.as_deref();
        match self.dialects.scope_of_refused(class_name, clause, watch) {
            None => Err(refusal),
            Some(scope) => Ok(Err(Box::new(Unfit {
                request,
                scope,
                refusal,
            }))),
        }
    }

    fn queries_of(
        &self,
        request: &Subscribe,
        is_exempt: bool,
    ) -> Result<(Queries, Edition), Refusal> {
        let (class_name, clause) = (&*request.class_name, &*request.clause);
        let refuse = |error: String, is_beyond: bool| {
            let refusal = Refusal::new(code::INVALID_QUERY, error, Some(request.id));
            if is_beyond {
                return refusal.beyond(Bound::Clause);
            }
            refusal
        };
        let compiled = self.dialects.compile(class_name, clause);
        let compiled = compiled.map_err(|error| {
            let is_beyond = error.kind() == ErrorKind::Limit;
            refuse(error.to_string(), is_beyond)
        })?;
        if !is_exempt {
            complexity::check(clause, class_name, &self.limits)
                .map_err(|error| refuse(error.to_string(), error.is_of_depth()))?;
        }
        Ok(compiled)
    }

    /// Refuses a clause that cannot be what is meant, where the class is strict. What is still to be found out, if anything is.
    async fn weigh(
        &self,
        turn: &Arc<Turn>,
        compiled: &Compiled,
    ) -> Result<Option<Unknown>, Refusal> {
        let unknown = Unknown::new(compiled);
        if !self.limits.strict(&unknown.class_name) {
            return Ok(Some(unknown));
        }
        let (id, warnings) = (compiled.request.id, Arc::clone(&self.warnings));
        let note = move || unknown.note(&warnings);
        let alarm = self.turns.run(turn, Weight::Heavy, note).await;
        let refuse =
            |warning: Warning| Refusal::new(code::INVALID_QUERY, warning.to_string(), Some(id));
        match alarm {
            Some(alarm) => alarm.map_or(Ok(None), |warning| Err(refuse(warning))),
            None => Err(broken(Some(id))),
        }
    }

    /// Finds out what a clause says that cannot be meant. The client has been answered, and waits only if much is behind.
    async fn look(&self, turn: &Arc<Turn>, unknown: Unknown) {
        if self.warnings.count_known(unknown.key) {
            return;
        }
        let warnings = Arc::clone(&self.warnings);
        let room = self.behind.room(turn, unknown.bytes);
        let note = move || drop(unknown.note(&warnings));
        match room {
            None => drop(self.turns.run(turn, Weight::Heavy, note).await),
            Some(room) => self.turns.in_pieces(turn, Weight::Heavy, move || {
                let _until_done = &room;
                note();
                Progress::Done
            }),
        }
    }

    /// Adds a subscription in place of the one that had its number; it, and what is left to be done for both.
    fn enter(
        &self,
        subscription: Asked,
        replaced: Option<Arc<Subscription>>,
    ) -> Result<(Arc<Subscription>, Vec<Unsettled>), Refusal> {
        let Asked { client, compiled } = subscription;
        let Compiled {
            mut request,
            queries,
            edition,
            scope,
            ..
        } = compiled;
        let id = request.id;
        if !self.dialects.depends_on_schema(&request.class_name) {
            request.clause = String::new();
        }
        let refuse = |why: Exhausted| Refusal::new(code::LIMIT, why.to_string(), Some(id));
        let dues = self.dues(&queries).map_err(refuse)?;
        let _allowance = replaced.as_ref().map(|replaced| replaced.allowance());
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
        let due = self.registry.add(&subscription, queries, dues, say);
        let mut due = vec![due.map_err(refuse)?];
        if !self.dialects.is_current(edition) {
            // Nobody takes it any more when the server ends.
            let _ = self.late.send(Arc::downgrade(&subscription));
        }
        self.classes.subscribed(&subscription.class_name);
        due.extend(replaced.map(|replaced| self.registry.remove(&replaced)));
        Ok((subscription, due))
    }

    /// What is charged for a clause, in the one dialect and the other.
    fn dues(&self, queries: &Queries) -> Result<Dues, Exhausted> {
        let mut dues = self.steps.of(&queries.served)?;
        if let Some(shadow) = &queries.shadow {
            dues.shadow = self.steps.of(shadow)?.clause;
        }
        Ok(dues)
    }

    /// Removes a subscription that has been given up.
    pub(crate) async fn remove(&self, turn: &Arc<Turn>, subscription: Arc<Subscription>) -> Done {
        let registry = Arc::clone(&self.registry);
        let weight = filing(subscription.query_bytes());
        let class_name = subscription.class_name.clone();
        let remove = move || ((), vec![registry.remove(&subscription)]);
        self.in_room(turn, weight, &class_name, remove).await;
        Done::Removed
    }

    /// Removes subscriptions that have been given up, some in each turn, and large queries in pieces, so that nobody waits for
    /// all of them.
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
        let (mut done, mut left) = (Some(done), subscriptions.into_values().peekable());
        let (registry, mut due) = (Arc::clone(&self.registry), None);
        self.filing.in_pieces(turn, weight, move || {
            due = match due.take() {
                Some(due) => Some(registry.settle(due)),
                None if has_to_wait(&registry, weight, left.peek()) => None,
                None => remove_some(&registry, &mut left),
            };
            due.take_if(|due| due.is_nothing());
            if due.is_some() || left.len() > 0 {
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

/// Whether others have left so much to be done for the class of a subscription that it cannot be removed yet.
fn has_to_wait(registry: &Registry, weight: Weight, next: Option<&Arc<Subscription>>) -> bool {
    weight == Weight::Heavy && next.is_some_and(|next| !registry.has_room(&next.class_name))
}

/// Removes some of the subscriptions that are left, up to one that leaves more to be done.
fn remove_some(
    registry: &Registry,
    left: &mut impl Iterator<Item = Arc<Subscription>>,
) -> Option<Unsettled> {
    let mut removed = 0;
    for subscription in left.take(REMOVALS) {
        removed += subscription.query_bytes();
        let due = registry.remove(&subscription);
        if !due.is_nothing() {
            return Some(due);
        }
        if removed > REMOVED {
            break;
        }
    }
    None
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
