//! What Parse Server said of sessions, roles and classes, remembered for a while.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::future::Cache;
use tracing::warn;

use super::parse::{Parse, Unanswered};
use crate::metrics::Metrics;
use crate::options::AccessOptions;
use crate::rights::Permissions;

/// How long it is remembered that Parse Server did not answer, so that clients do not all wait for it in turn.
const UNANSWERED: Duration = Duration::from_secs(1);

/// No session token is longer. What is asked for is kept as long as what was said of it, so that it must not be large.
const TOKEN_BYTES: usize = 512;

/// No class has a longer name.
const CLASS_BYTES: usize = 256;

/// What Parse Server said, or that it did not.
#[derive(Clone)]
pub(crate) enum Known<T> {
    /// Its answer.
    Known(T),
    /// There was none; the worst has to be assumed.
    Unknown,
}

impl<T> Known<T> {
    /// The answer, if there was one.
    pub(crate) fn known(self) -> Option<T> {
        match self {
            Self::Known(answer) => Some(answer),
            Self::Unknown => None,
        }
    }
}

/// Sessions, roles and permissions of Parse Server.
///
/// Who asks for what another is asking for already waits for the same answer.
pub(crate) struct Directory {
    parse: Parse,
    users: Cache<String, Known<Option<Arc<str>>>>,
    roles: Cache<Arc<str>, Known<Arc<[String]>>>,
    permissions: Cache<String, Known<Option<Arc<Permissions>>>>,
    metrics: Arc<Metrics>,
}

impl Directory {
    pub(crate) fn new(parse: Parse, options: &AccessOptions, metrics: Arc<Metrics>) -> Self {
        Self {
            parse,
            users: cache(options),
            roles: cache(options),
            permissions: cache(options),
            metrics,
        }
    }

    /// The user to whom a session belongs; none if it is not valid.
    pub(crate) async fn user(&self, token: &str) -> Known<Option<Arc<str>>> {
        if token.len() > TOKEN_BYTES || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Known::Known(None);
        }
        let ask = async {
            self.said(
                "a session",
                self.parse.user(token).await.map(|user| user.map(Arc::from)),
            )
        };
        self.users.get_with_by_ref(token, ask).await
    }

    /// The roles of a user.
    pub(crate) async fn roles(&self, user: &Arc<str>) -> Known<Arc<[String]>> {
        if !self.parse.is_master() {
            return Known::Known(Arc::default());
        }
        let ask = async { self.said("roles", self.parse.roles(user).await.map(Arc::from)) };
        self.roles.get_with_by_ref(user, ask).await
    }

    /// The permissions of a class; none if there is no such class, or if we may not ask.
    pub(crate) async fn permissions(&self, class_name: &str) -> Known<Option<Arc<Permissions>>> {
        if !self.parse.is_master() || class_name.len() > CLASS_BYTES {
            return Known::Known(None);
        }
        let ask = async {
            let permissions = self.parse.permissions(class_name).await;
            self.said(
                "a class",
                permissions.map(|permissions| permissions.map(Arc::new)),
            )
        };
        self.permissions.get_with_by_ref(class_name, ask).await
    }

    /// Forgets what may have changed: the sessions of a user, and all roles, as any of them may contain the one
    /// that was saved.
    pub(crate) fn forget(&self, user: &str) {
        let user = user.to_owned();
        let is_theirs = move |_: &String, known: &Known<Option<Arc<str>>>| matches!(known, Known::Known(Some(id)) if **id == *user);
        if self.users.invalidate_entries_if(is_theirs).is_err() {
            self.users.invalidate_all();
        }
        self.roles.invalidate_all();
    }

    fn said<T>(&self, what: &str, answer: Result<T, Unanswered>) -> Known<T> {
        self.metrics.parse_requests.increment(1);
        match answer {
            Ok(answer) => Known::Known(answer),
            Err(error) => {
                self.metrics.parse_failures.increment(1);
                warn!(%error, "Parse Server did not answer about {what}; nothing is sent that depends on it");
                Known::Unknown
            }
        }
    }
}

fn cache<K, T>(options: &AccessOptions) -> Cache<K, Known<T>>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(options.cache_entries)
        .expire_after(Lifetime(options.cache_seconds))
        .support_invalidation_closures()
        .build()
}

/// How long an answer is believed.
struct Lifetime(Duration);

impl<K, T> Expiry<K, Known<T>> for Lifetime {
    fn expire_after_create(&self, _: &K, known: &Known<T>, _: Instant) -> Option<Duration> {
        Some(match known {
            Known::Known(_) => self.0,
            Known::Unknown => self.0.min(UNANSWERED),
        })
    }
}
