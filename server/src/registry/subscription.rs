//! A subscription.

use std::sync::{Arc, OnceLock};

use livematch::{QueryId, Watch};

use super::Client;
use crate::protocol::{RequestId, Subscribe};
use crate::rights::Scope;

/// What a client asked to be told of.
pub(crate) struct Subscription {
    pub(crate) client: Arc<Client>,
    /// The client's number for it.
    pub(crate) id: RequestId,
    /// How many bytes it was asked for with.
    pub(crate) size: usize,
    pub(crate) class_name: Box<str>,
    pub(crate) keys: Option<Arc<[String]>>,
    pub(crate) watch: Option<Watch>,
    pub(crate) session_token: Option<String>,
    pub(crate) scope: Scope,
    /// Set when it is added to its class.
    pub(super) place: OnceLock<Place>,
}

/// Where a subscription stands in its class.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) query: QueryId,
    /// Whether every change has to be tried on it.
    pub(super) is_scanned: bool,
}

impl Subscription {
    pub(crate) fn new(client: Arc<Client>, request: Subscribe, scope: Scope) -> Self {
        Self {
            client,
            id: request.id,
            size: request.size,
            class_name: request.class_name.into(),
            scope,
            keys: request.keys.map(Into::into),
            watch: request.watch.map(Watch::new),
            session_token: request.session_token,
            place: OnceLock::new(),
        }
    }
}
