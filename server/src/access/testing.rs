//! A Parse Server of the tests' own, and what they ask of the access.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use clap::Parser;
use livematch::{Change, ChangeKind, Query};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Access, KnownReaders, Sight};
use crate::accounting::{Ledger, Member, StepLimits, Steps, Term};
use crate::metrics::Metrics;
use crate::options::Options;
use crate::protocol::{Addressee, Refusal, Request, Sdk, Subscribe};
use crate::publication::Publication;
use crate::registry::{Client, Credit, Outbox, Readers, Sees, Subscription};
use crate::rights::Scope;
use crate::turns::Turn;

/// More than anything here takes.
const MEMORY: usize = 64 << 20;

/// A Parse Server that knows a few sessions, roles and classes.
pub(super) struct Parse {
    pub(super) url: String,
    state: Arc<Mutex<Known>>,
}

/// What it knows, and what it was asked.
#[derive(Default)]
pub(super) struct Known {
    /// Users by token, and when their sessions end.
    pub(super) sessions: HashMap<String, (String, Option<String>)>,
    /// Roles by who has them: users by their id, roles by `role:` and the id of the role.
    pub(super) roles: HashMap<String, Vec<String>>,
    /// Permissions by class.
    pub(super) classes: HashMap<String, Value>,
    /// How many objects it sends at most (`maxLimit`).
    pub(super) max_limit: Option<usize>,
    /// What it answers in place of all this.
    pub(super) instead: Option<Instead>,
    /// The paths that it was asked for, and what for.
    pub(super) asked: Vec<Asked>,
}

/// A question.
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

/// What is not an answer.
#[derive(Clone)]
pub(super) enum Instead {
    /// Nothing, ever.
    Silence,
    /// A page of another kind, or an error.
    Page(u16, Value),
}

impl Parse {
    /// Starts one.
    pub(super) async fn start() -> Self {
        let state = Arc::default();
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&state));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let url = format!("http://127.0.0.1:{port}/parse/");
        Self { url, state }
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets users have sessions, each by the token `r:` and their id.
    pub(super) fn log_in(&self, users: &[&str]) {
        let sessions = users
            .iter()
            .map(|user| (format!("r:{user}"), ((*user).to_owned(), None)));
        self.known().sessions.extend(sessions);
    }

    /// Gives somebody roles.
    pub(super) fn give(&self, who: &str, roles: &[&str]) {
        let roles = roles.iter().map(|role| (*role).to_owned());
        self.known().roles.insert(who.to_owned(), roles.collect());
    }

    /// The paths that it has been asked for since it was last looked at.
    pub(super) fn asked(&self) -> Vec<String> {
        let asked = std::mem::take(&mut self.known().asked);
        asked.into_iter().map(|asked| asked.path).collect()
    }
}

async fn answer(
    State(state): State<Arc<Mutex<Known>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path = uri.path().trim_start_matches("/parse/").to_owned();
    let instead = {
        let mut known = state.lock().unwrap_or_else(PoisonError::into_inner);
        let (headers, body) = (headers.clone(), body.clone());
        let path = path.clone();
        known.asked.push(Asked {
            path,
            headers,
            body,
        });
        known.instead.clone()
    };
    let (status, answer) = match instead {
        Some(Instead::Silence) => std::future::pending().await,
        Some(Instead::Page(status, page)) => (status, page),
        None => {
            let known = state.lock().unwrap_or_else(PoisonError::into_inner);
            known.answer(&method, &path, &headers, &body)
        }
    };
    let status = StatusCode::from_u16(status).expect("a status");
    (status, axum::Json(answer)).into_response()
}

impl Known {
    fn answer(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: &Value,
    ) -> (u16, Value) {
        let is_find = method == Method::POST && body["_method"] == "GET";
        match path {
            "sessions" if is_find => (200, self.find_session(body)),
            "roles" if is_find => (200, self.find_roles(body)),
            "users/me" => self.me(headers),
            _ => match path.strip_prefix("schemas/") {
                Some(class) => self.schema(class),
                None => (404, json!({"code": 101, "error": "not there"})),
            },
        }
    }

    fn find_session(&self, body: &Value) -> Value {
        let token = body["where"]["sessionToken"].as_str().unwrap_or_default();
        let Some((user, ends)) = self.sessions.get(token) else {
            return json!({"results": []});
        };
        let mut session = json!({"objectId": "s"});
        if !user.is_empty() {
            session["user"] = json!({"__type": "Object", "className": "_User", "objectId": user});
        }
        if let Some(iso) = ends {
            session["expiresAt"] = json!({"__type": "Date", "iso": iso});
        }
        json!({"results": [session]})
    }

    fn find_roles(&self, body: &Value) -> Value {
        let clause = &body["where"];
        let user = clause["users"]["objectId"].as_str().map(str::to_owned);
        let parents = clause["roles"]["$in"].as_array().into_iter().flatten();
        let roles = parents.filter_map(|role| Some(format!("role:{}", role["objectId"].as_str()?)));
        let mut found: Vec<_> = (roles.chain(user))
            .filter_map(|who| self.roles.get(&who))
            .flatten()
            .collect();
        found.sort_unstable();
        found.dedup();
        let after = clause["objectId"]["$gt"].as_str().unwrap_or_default();
        found.retain(|role| role.as_str() > after);
        let count = found.len();
        found.truncate(self.max_limit.unwrap_or(usize::MAX));
        let results: Vec<_> = (found.iter())
            .map(|role| json!({"objectId": role, "name": role}))
            .collect();
        json!({"results": results, "count": count})
    }

    fn me(&self, headers: &HeaderMap) -> (u16, Value) {
        let token = headers.get("x-parse-session-token");
        let token = token.and_then(|token| token.to_str().ok());
        match token.and_then(|token| self.sessions.get(token)) {
            Some((user, _)) => (200, json!({"objectId": user})),
            None => (400, json!({"code": 209, "error": "Invalid session token"})),
        }
    }

    fn schema(&self, class: &str) -> (u16, Value) {
        match self.classes.get(class) {
            Some(permissions) => (
                200,
                json!({"className": class, "classLevelPermissions": permissions}),
            ),
            None => (400, json!({"code": 103, "error": "no such class"})),
        }
    }
}

/// The access of a server that was started with some options.
pub(super) struct Host {
    pub(super) access: Access,
    pub(super) metrics: Arc<Metrics>,
}

impl Host {
    /// One that asks a Parse Server as its master.
    pub(super) fn master(parse: &Parse) -> Self {
        Self::with(&["--parse-url", &parse.url, "--master-key", "master"])
    }

    pub(super) fn with(options: &[&str]) -> Self {
        let name = ["livematch-server", "--app-id", "app"];
        let options = Options::parse_from([&name, options].concat());
        let metrics = Arc::new(Metrics::unattached());
        let ledger = Ledger::new(MEMORY, MEMORY);
        let access = Access::new(&options, &ledger, &metrics).expect("access");
        Self { access, metrics }
    }

    /// Whether somebody may subscribe; and the user whose sessions they may hear of.
    pub(super) async fn admit(
        &self,
        who: &Who,
        class: &str,
        clause: &str,
    ) -> Result<Option<String>, i32> {
        let (client, request, scope) = who.asks(class, clause);
        let admitted = self.access.admit(&client, &request, &scope).await;
        let user = admitted.map_err(|refusal: Refusal| refusal.code())?;
        Ok(user.map(|user| user.to_string()))
    }

    /// What somebody sees of a change of the class `Game` that matches on both sides, as far as they exist.
    pub(super) async fn sees(&self, who: &Who, message: &Value) -> Option<Told> {
        self.sees_of(who, "{}", message).await
    }

    /// The same, for a clause.
    pub(super) async fn sees_of(&self, who: &Who, clause: &str, message: &Value) -> Option<Told> {
        self.sees_watching(who, clause, None, message).await
    }

    /// The same, of a subscription that may watch a field.
    pub(super) async fn sees_watching(
        &self,
        who: &Who,
        clause: &str,
        watched: Option<&str>,
        message: &Value,
    ) -> Option<Told> {
        let publication = publication(message);
        let class = publication.change().class_name().to_owned();
        let (client, mut request, scope) = who.asks(&class, clause);
        request.watch = watched.map(|field| vec![field.to_owned()]);
        let query: Query = clause.parse().expect("a clause");
        let change = publication.change();
        let outcome = query.outcome(change.old_object(), change.new_object());
        let subscription = Subscription::new(Arc::new(client), request, scope);
        let subscription = subscription.expect("there is room");
        let sight = self
            .access
            .sight(&publication, &subscription, outcome)
            .await?;
        Some(Told::new(&publication, &sight))
    }
}

impl Host {
    /// How much somebody may see of a change, as far as that is known, of a subscription with a clause.
    pub(super) fn known(&self, who: &Who, clause: &str, message: &Value) -> Sees {
        let publication = publication(message);
        let subscription = who.subscribes(&publication, clause);
        let mut readers = KnownReaders::new(&self.access, &publication);
        let known = readers.sees(&subscription);
        assert_eq!(readers.sees(&subscription), known);
        known
    }

    /// Whether they may see all of it, as it is found out.
    pub(super) async fn may_see_all(&self, who: &Who, clause: &str, message: &Value) -> bool {
        let publication = publication(message);
        let subscription = who.subscribes(&publication, clause);
        self.access.may_see_all(&publication, &subscription).await
    }
}

/// The change of a message; without an `op` it is a save.
pub(super) fn publication(message: &Value) -> Publication {
    let kind = match message.get("op") {
        Some(_) => ChangeKind::Delete,
        None => ChangeKind::Save,
    };
    let change = Change::from_json(kind, &message.to_string()).expect("a change");
    let ledger = Ledger::new(MEMORY, MEMORY);
    let paid = ledger.charge_anyway(Term::Changes, 0);
    Publication::new(change, Instant::now(), &ledger, paid)
}

/// A client, and the session of its subscription.
#[derive(Default)]
pub(super) struct Who {
    pub(super) client: Option<String>,
    pub(super) subscription: Option<String>,
    pub(super) is_master: bool,
}

impl Who {
    pub(super) fn nobody() -> Self {
        Self::default()
    }

    /// Somebody whose subscription brings the session that the test's Parse Server gave them.
    pub(super) fn user(id: &str) -> Self {
        Self {
            subscription: Some(format!("r:{id}")),
            ..Self::default()
        }
    }

    pub(super) fn master() -> Self {
        Self {
            is_master: true,
            ..Self::default()
        }
    }

    /// Somebody with these sessions.
    pub(super) fn with(client: &str, subscription: Option<&str>) -> Self {
        Self {
            client: Some(client.to_owned()),
            subscription: subscription.map(str::to_owned),
            is_master: false,
        }
    }

    pub(super) fn asks(&self, class: &str, clause: &str) -> (Client, Subscribe, Scope) {
        let mut frame =
            json!({"op": "subscribe", "requestId": 1, "query": {"className": class, "where": {}}});
        if let Some(token) = &self.subscription {
            frame["sessionToken"] = token.as_str().into();
        }
        let Ok(Request::Subscribe(request)) = Request::read(&frame.to_string()) else {
            unreachable!("it is a frame");
        };
        let scope = Scope::new(&clause.parse().expect("a clause"), None);
        (self.client(), request, scope)
    }

    fn subscribes(&self, publication: &Publication, clause: &str) -> Subscription {
        let (client, request, scope) = self.asks(publication.change().class_name(), clause);
        let subscription = Subscription::new(Arc::new(client), request, scope);
        subscription.expect("there is room")
    }

    pub(super) fn client(&self) -> Client {
        let account = Ledger::new(MEMORY, MEMORY).open();
        let steps = Steps::new(StepLimits::none()).open(&account);
        Client {
            number: 0,
            addressee: Addressee::new("client".into(), None),
            session_token: self.client.clone(),
            sdk: Sdk::Other,
            is_master: self.is_master,
            credit: Arc::new(Credit::default()),
            turn: Turn::new(),
            outbox: Outbox::new(Arc::clone(&account)),
            member: Member::alone(&account, &steps, 0),
            steps,
            _charge: account.begin(Term::Sockets),
            account,
        }
    }
}

/// What somebody is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) event: &'static str,
    pub(super) object: Value,
    pub(super) original: Option<Value>,
}

impl Told {
    fn new(publication: &Publication, sight: &Sight) -> Self {
        let json = |shown: &super::Shown| {
            let json = publication.payload(shown.side, &shown.cut);
            let mut text = String::new();
            json.write(&mut text);
            let mut json: Value = serde_json::from_str(&text).expect("JSON");
            if let Some(object) = json.as_object_mut() {
                object.retain(|name, _| !["className", "objectId", "ACL"].contains(&name.as_str()));
            }
            json
        };
        Self {
            event: sight.event.as_str(),
            object: json(&sight.object),
            original: sight.original.as_ref().map(json),
        }
    }
}

/// Long enough for whatever does not wait for an answer.
pub(super) const SOON: Duration = Duration::from_secs(2);

impl Host {
    /// Whose a session is; nothing if that cannot be found out.
    pub(super) async fn user(&self, token: &str, client: &Client) -> Option<Option<String>> {
        let viewer = self.access.viewer(client, Some(token));
        match viewer.user().await {
            super::answers::Known::Known(user) => Some(user.map(str::to_owned)),
            super::answers::Known::Unknown => None,
        }
    }

    /// Asks for the permissions of a class.
    pub(super) async fn asks_for_class(&self, class: &str, client: &Client) {
        let directory = self.access.directory.as_ref().expect("a Parse Server");
        directory.permissions(class, &client.credit).await;
    }
}
