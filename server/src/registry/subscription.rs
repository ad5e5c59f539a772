//! A subscription.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use livematch::{QueryId, Watch};

use super::Client;
use crate::access::Scope;
use crate::protocol::{RequestId, Subscribe};

/// What a client asked to be told of.
pub(crate) struct Subscription {
    pub(crate) client: Arc<Client>,
    /// The client's number for it.
    pub(crate) id: RequestId,
    pub(crate) class_name: Box<str>,
    pub(crate) keys: Option<Arc<[String]>>,
    pub(crate) watch: Option<Watch>,
    pub(crate) session_token: Option<String>,
    pub(crate) scope: Scope,
    /// Set when it is added to its class.
    pub(super) query: OnceLock<QueryId>,
    /// Whether the client has been told that the class is closed to it.
    was_denied: AtomicBool,
}

impl Subscription {
    pub(crate) fn new(client: Arc<Client>, request: Subscribe) -> Self {
        Self {
            client,
            id: request.id,
            class_name: request.class_name.into(),
            scope: Scope::new(&request.clause, request.watch.as_deref()),
            keys: request.keys.map(Into::into),
            watch: request.watch.map(Watch::new),
            session_token: request.session_token,
            query: OnceLock::new(),
            was_denied: AtomicBool::new(false),
        }
    }

    /// Whether this is the first time that the class turns out to be closed.
    pub(crate) fn is_first_denial(&self) -> bool {
        !self.was_denied.swap(true, Ordering::Relaxed)
    }
}
