//! What a client asks for is done, and answered.

use std::sync::Arc;

use livematch::Query;
use tokio::task::block_in_place;
use tracing::debug;
use uuid::Uuid;

use super::connection::Connection;
use crate::access::Credit;
use crate::complexity;
use crate::protocol::{Addressee, Connect, Refusal, Request, RequestId, Response, Subscribe, code};
use crate::registry::{Client, Subscription};
use crate::rights::Scope;
use crate::warnings::Warnings;

/// A frame to send.
type Frame = String;

impl Connection<'_> {
    /// Does what a frame asks for.
    pub(super) async fn answer(&mut self, text: &str) -> Result<Frame, Refusal> {
        let most = self.server.limits.max_frame_bytes;
        if text.len() > most {
            let error = format!("Expected a frame of at most {most} bytes");
            return Err(Refusal::new(code::LIMIT, error, None));
        }
        match Request::read(text)? {
            Request::Connect(connect) => self.connect(connect),
            Request::Subscribe(request) => self.subscribe(request).await,
            Request::Unsubscribe(id) => self.unsubscribe(id),
        }
    }

    fn connect(&mut self, connect: Connect) -> Result<Frame, Refusal> {
        let keys = self.server.access.keys();
        if !keys.admit(&connect) {
            return Err(Refusal::new(
                code::INVALID_KEY,
                "Key in request is not valid",
                None,
            ));
        }
        // Who connects again is somebody new, and has subscribed to nothing yet.
        self.forget_subscriptions();
        let client = Arc::new(Client {
            is_master: keys.is_master(&connect),
            addressee: Addressee {
                client_id: Uuid::new_v4().to_string(),
                installation_id: connect.installation_id,
            },
            session_token: connect.session_token,
            credit: Credit::default(),
            outbox: self.outbox.clone(),
        });
        debug!(
            client = client.addressee.client_id,
            is_master = client.is_master,
            "a client connects"
        );
        let frame = Response::answer("connected", &client.addressee, None).to_json();
        self.client = Some(client);
        Ok(frame)
    }

    async fn subscribe(&mut self, request: Subscribe) -> Result<Frame, Refusal> {
        let id = request.id;
        let client = self.known_client(id, "subscribing")?;
        self.check_room(&request)?;
        let mut query = self.compile(&request.clause, id)?;
        if !client.is_master {
            let limits = &self.server.limits;
            complexity::check(&request.clause, &request.class_name, limits)
                .map_err(|error| Refusal::new(code::INVALID_QUERY, error.to_string(), Some(id)))?;
        }
        self.server.warnings.note(&request.class_name, &query);
        if self.server.limits.strict(&request.class_name)
            && let Some(warning) = Warnings::first(&query)
        {
            let error = warning.to_string();
            return Err(Refusal::new(code::INVALID_QUERY, error, Some(id)));
        }
        let mut scope = Scope::new(&query, request.watch.as_deref());
        if let Some(user) = self.server.access.admit(&client, &request, &scope).await? {
            query = self.compile(&of_user(&request.clause, &user), id)?;
            scope = Scope::new(&query, request.watch.as_deref());
        }
        let subscription = Arc::new(Subscription::new(Arc::clone(&client), request, scope));
        self.enter(&subscription, query)?;
        self.server.classes.subscribed(&subscription.class_name);
        Ok(Response::answer("subscribed", &client.addressee, Some(id)).to_json())
    }

    /// Whether the client may hold one more subscription, in place of the one that has its number.
    fn check_room(&self, request: &Subscribe) -> Result<(), Refusal> {
        let limits = &self.server.limits;
        let replaced = self.subscriptions.get(&request.id);
        let others = self.subscriptions.len() - usize::from(replaced.is_some());
        let size = self.size - replaced.map_or(0, |replaced| replaced.size);
        let refuse = |most, what| {
            let error = format!("Expected at most {most} {what} of a client");
            Err(Refusal::new(code::LIMIT, error, Some(request.id)))
        };
        if others >= limits.max_subscriptions {
            return refuse(limits.max_subscriptions, "subscriptions");
        }
        if size + request.size > limits.max_client_bytes {
            return refuse(limits.max_client_bytes, "bytes of subscriptions");
        }
        Ok(())
    }

    /// Adds a subscription in place of the one that had its number.
    fn enter(&mut self, subscription: &Arc<Subscription>, query: Query) -> Result<(), Refusal> {
        let registry = &self.server.registry;
        let most = self.server.limits.max_scans;
        if registry.add(subscription, query, most).is_err() {
            let error = format!(
                "Expected a clause with a value to find objects by: {most} without one are watched"
            );
            return Err(Refusal::new(code::LIMIT, error, Some(subscription.id)));
        }
        self.size += subscription.size;
        let replaced = self
            .subscriptions
            .insert(subscription.id, Arc::clone(subscription));
        if let Some(replaced) = replaced {
            self.forget(&replaced);
        }
        Ok(())
    }

    fn unsubscribe(&mut self, id: RequestId) -> Result<Frame, Refusal> {
        let client = self.known_client(id, "unsubscribing")?;
        let Some(subscription) = self.subscriptions.remove(&id) else {
            let error = format!(
                "Cannot find subscription with clientId {} subscriptionId {id}. Make sure you subscribe to live \
                 query server before unsubscribing.",
                client.addressee.client_id
            );
            return Err(Refusal::new(code::UNKNOWN, error, Some(id)));
        };
        self.forget(&subscription);
        Ok(Response::answer("unsubscribed", &client.addressee, Some(id)).to_json())
    }

    /// Gives up everything that the client subscribed to.
    pub(super) fn forget_subscriptions(&mut self) {
        for (_, subscription) in std::mem::take(&mut self.subscriptions) {
            self.forget(&subscription);
        }
    }

    /// Gives a subscription up that is no longer among the client's.
    fn forget(&mut self, subscription: &Subscription) {
        self.size -= subscription.size;
        self.server.registry.remove(subscription);
    }

    fn known_client(&self, id: RequestId, before: &str) -> Result<Arc<Client>, Refusal> {
        self.client.clone().ok_or_else(|| {
            let error = format!(
                "Can not find this client, make sure you connect to server before {before}"
            );
            Refusal::new(code::UNKNOWN, error, Some(id))
        })
    }

    /// Compiles a clause. A hostile pattern may take a tenth of a second, for which no other socket waits.
    fn compile(&self, clause: &str, id: RequestId) -> Result<Query, Refusal> {
        let query = block_in_place(|| self.server.queries.compile_str(clause));
        query.map_err(|error| Refusal::new(code::INVALID_QUERY, error.to_string(), Some(id)))
    }
}

/// Narrows a clause down to the sessions of one user.
fn of_user(clause: &str, user: &str) -> String {
    let pointer = serde_json::json!({"__type": "Pointer", "className": "_User", "objectId": user});
    format!(r#"{{"$and":[{clause},{{"user":{pointer}}}]}}"#)
}
