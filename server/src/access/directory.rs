//! What Parse Server said of sessions, roles and classes, remembered for a while.

use std::collections::HashMap;
use std::future::pending;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use tracing::warn;

use super::answers::{Answers, Key, Known, Remembered};
use super::circuit::Circuit;
use super::counter::{Counter, Turn};
use super::parse::{Parse, Session, Unanswered};
use crate::accounting::{Ledger, list_bytes, text_bytes};
use crate::dialects::Fields;
use crate::metrics::{Metrics, Unasked};
use crate::options::AccessOptions;
use crate::protocol::CLASS_NAME_BYTES;
use crate::registry::Credit;
use crate::rights::Permissions;

/// How long a session that was valid goes before others when it is asked for again.
const KNOWN: Duration = Duration::from_secs(60 * 60);

/// No session token is longer.
const TOKEN_BYTES: usize = 512;

/// Sessions, roles and permissions of Parse Server.
///
/// Who asks for what another is asking for already waits for the same answer.
pub(super) struct Directory {
    parse: Parse,
    circuit: Circuit,
    counter: Counter,
    sessions: Answers<String, Option<Session>>,
    /// Sessions that were valid not long ago.
    known: Answers<String, ()>,
    roles: Answers<Arc<str>, Arc<[String]>>,
    permissions: Answers<String, Option<Arc<Permissions>>>,
    metrics: Arc<Metrics>,
}

impl Directory {
    pub(super) fn new(
        parse: Parse,
        options: &AccessOptions,
        ledger: &Arc<Ledger>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let (believed, entries) = (options.cache_seconds, options.cache_entries);
        Self {
            parse,
            circuit: Circuit::new(options.parse_failures, options.parse_pause, &metrics),
            counter: Counter::default(),
            sessions: Answers::new(entries, believed, ledger),
            known: Answers::new(entries, KNOWN, ledger),
            roles: Answers::new(entries, believed, ledger),
            permissions: Answers::new(entries, believed, ledger),
            metrics,
        }
    }

    /// Whether it may ask what only the master key may.
    pub(super) fn is_master(&self) -> bool {
        self.parse.is_master()
    }

    /// The user to whom a session belongs; none if it is not valid.
    pub(super) async fn user(&self, token: &str, credit: &Credit) -> Known<Option<Arc<str>>> {
        if !may_be_token(token) {
            return Known::Known(None);
        }
        let session = match self.sessions.get(token).await {
            Some(session) => session,
            None => self.ask_session(token, credit).await,
        };
        session.map(user_of)
    }

    /// The same if it is remembered; otherwise it is never ready.
    pub(super) async fn remembered_user(&self, token: &str) -> Known<Option<Arc<str>>> {
        if !may_be_token(token) {
            return Known::Known(None);
        }
        match self.sessions.get(token).await {
            Some(session) => session.map(user_of),
            None => pending().await,
        }
    }

    async fn ask_session(&self, token: &str, credit: &Credit) -> Known<Option<Session>> {
        let turn = match self.known.get(token).await {
            Some(_) => Turn::Known,
            None => Turn::New,
        };
        let ask = self.answer("a session", turn, self.parse.session(token));
        let session = self
            .remember(&self.sessions, token, Some(credit), ask)
            .await;
        if let Known::Known(Some(_)) = session {
            let known = Known::Known(());
            self.known.insert(token.to_owned(), known).await;
        }
        session
    }

    /// The roles of a user.
    pub(super) async fn roles(&self, user: &Arc<str>) -> Known<Arc<[String]>> {
        if !self.parse.is_master() {
            return Known::Unknown;
        }
        if let Some(roles) = self.roles.get(user).await {
            return roles;
        }
        let ask = async {
            let roles = self.answer("roles", Turn::Known, self.parse.roles(user));
            roles.await.map(Arc::from)
        };
        self.remember(&self.roles, user, None, ask).await
    }

    /// The same if they are remembered; otherwise it is never ready.
    pub(super) async fn remembered_roles(&self, user: &Arc<str>) -> Known<Arc<[String]>> {
        if !self.parse.is_master() {
            return Known::Unknown;
        }
        match self.roles.get(user).await {
            Some(roles) => roles,
            None => pending().await,
        }
    }

    /// What the fields of all classes hold, which is not remembered; nothing if Parse Server does not say.
    ///
    /// The circuit is that of clients' questions. This one takes Parse Server longer than any of theirs, and whether it is
    /// answered says nothing of theirs: it waits while the circuit is open, and neither opens nor closes it.
    pub(super) async fn schemas(&self) -> Option<HashMap<Box<str>, Fields>> {
        if !self.parse.is_master() {
            return None;
        }
        let place = self.counter.wait(Turn::Known).await;
        let reason = match place {
            None => Unasked::Crowd,
            Some(_) if !self.circuit.is_passable() => Unasked::Circuit,
            Some(_) => return self.heard("schemas", self.parse.schemas()).await.ok(),
        };
        self.metrics.parse_unasked(reason).increment(1);
        None
    }

    /// The permissions of a class; none if there is no such class, or if we may not ask.
    pub(super) async fn permissions(
        &self,
        class_name: &str,
        credit: &Credit,
    ) -> Known<Option<Arc<Permissions>>> {
        if !self.parse.is_master() || !may_be_class(class_name) {
            return Known::Known(None);
        }
        if let Some(permissions) = self.permissions.get(class_name).await {
            return permissions;
        }
        let ask = async {
            let permissions = self.parse.permissions(class_name);
            let permissions = self.answer("a class", Turn::New, permissions).await;
            permissions.map(|permissions| permissions.map(Arc::new))
        };
        self.remember(&self.permissions, class_name, Some(credit), ask)
            .await
    }

    /// Forgets what may have changed: the sessions of a user, and all roles, as any of them may contain the one
    /// that was saved.
    pub(super) fn forget(&self, user: &str) {
        let user = user.to_owned();
        let is_theirs = move |known: &Known<Option<Session>>| matches!(known, Known::Known(Some(session)) if *session.user == *user);
        self.sessions.forget_if(is_theirs);
        self.roles.forget_all();
    }

    /// The answer that whoever asks first gets for all who ask for the same, and that is remembered.
    async fn remember<K, Q, T>(
        &self,
        answers: &Answers<K, T>,
        key: &Q,
        credit: Option<&Credit>,
        ask: impl Future<Output = Known<T>>,
    ) -> Known<T>
    where
        K: std::borrow::Borrow<Q> + Key,
        Q: ToOwned<Owned = K> + Hash + Eq + AsRef<str> + ?Sized,
        T: Remembered + Clone + Send + Sync + 'static,
    {
        // Not asked at all, so that nothing is remembered either.
        if !self.circuit.is_passable() {
            return self.unasked(Unasked::Circuit);
        }
        // Only whoever asks pays for it: others of the same client wait for the same answer, one for each object.
        let asked = async {
            let taken = match credit.map(Credit::take) {
                Some(None) => {
                    self.metrics.parse_unasked(Unasked::Client).increment(1);
                    return None;
                }
                Some(taken) => taken,
                None => None,
            };
            let known = ask.await;
            let is_in_vain = matches!(&known, Known::Known(answer) if answer.is_in_vain());
            if let Some(taken) = taken.filter(|_| !is_in_vain) {
                taken.give_back();
            }
            Some(known)
        };
        // In a box: it is large, and whoever has to ask waits for longer than an allocation takes.
        let known = Box::pin(answers.get_or_ask(key, asked));
        known.await.unwrap_or(Known::Unknown)
    }

    /// Asks a question when it is its turn.
    async fn answer<T>(
        &self,
        what: &str,
        turn: Turn,
        question: impl Future<Output = Result<T, Unanswered>>,
    ) -> Known<T> {
        let Some(_place) = self.counter.wait(turn).await else {
            return self.unasked(Unasked::Crowd);
        };
        // It may have opened in the meantime.
        let Some(pass) = self.circuit.pass() else {
            return self.unasked(Unasked::Circuit);
        };
        match self.heard(what, question).await {
            Ok(answer) => {
                pass.answered();
                Known::Known(answer)
            }
            Err(error) => {
                if error.is_outage {
                    pass.failed();
                } else {
                    pass.answered();
                }
                Known::Unknown
            }
        }
    }

    /// What Parse Server says; counted, and told if it is no answer.
    async fn heard<T>(
        &self,
        what: &str,
        question: impl Future<Output = Result<T, Unanswered>>,
    ) -> Result<T, Unanswered> {
        self.metrics.parse_requests.increment(1);
        question.await.inspect_err(|error| {
            self.metrics.parse_failures.increment(1);
            warn!(%error, "Parse Server did not answer about {what}; nothing is sent that depends on it");
        })
    }

    /// Counts a question that is not asked.
    fn unasked<T>(&self, reason: Unasked) -> Known<T> {
        self.metrics.parse_unasked(reason).increment(1);
        Known::Unknown
    }
}

/// Whether there can be a session of this token.
pub(super) fn may_be_token(token: &str) -> bool {
    token.len() <= TOKEN_BYTES && token.bytes().all(|byte| byte.is_ascii_graphic())
}

fn user_of(session: Option<Session>) -> Option<Arc<str>> {
    session.map(|session| session.user)
}

/// Whether there can be a class of this name.
fn may_be_class(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.len() <= CLASS_NAME_BYTES && name.bytes().all(is_letter)
}

impl Remembered for Option<Session> {
    fn is_in_vain(&self) -> bool {
        self.is_none()
    }

    fn lasts(&self) -> Option<Duration> {
        self.as_ref()?.lasts
    }

    fn bytes(&self) -> usize {
        self.as_ref().map_or(0, |session| text_bytes(&session.user))
    }
}

/// That a session has been valid.
impl Remembered for () {
    fn is_in_vain(&self) -> bool {
        false
    }

    fn bytes(&self) -> usize {
        0
    }
}

impl Remembered for Option<Arc<Permissions>> {
    fn is_in_vain(&self) -> bool {
        self.is_none()
    }

    fn bytes(&self) -> usize {
        self.as_ref().map_or(0, |permissions| permissions.bytes())
    }
}

impl Remembered for Arc<[String]> {
    fn is_in_vain(&self) -> bool {
        false
    }

    fn bytes(&self) -> usize {
        list_bytes(self)
    }
}
