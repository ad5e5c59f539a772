//! What a client asks for is done, and answered.

use std::sync::Arc;

use tracing::debug;
use uuid::Uuid;

use super::connection::{Connection, Work};
use super::end::End;
use super::websocket::{Oversize, Text};
use crate::accounting::Term;
use crate::clauses::Done;
use crate::protocol::{
    Addressee, Bound, Connect, Refusal, Request, RequestId, Sdk, Subscribe, answer, code,
};
use crate::registry::Client;

/// Frames of up to this size are read where they come in: it takes some microseconds.
const SMALL: usize = 4 << 10;

impl Connection {
    /// Does what a frame asks for.
    pub(super) fn answer(&mut self, Text { text, charge }: Text) {
        if text.len() > SMALL {
            let clauses = Arc::clone(&self.server.clauses);
            let turn = Arc::clone(&self.turn);
            self.work = Some(Box::pin(
                async move { clauses.read(&turn, text, charge).await },
            ));
            return;
        }
        let request = Request::read(&text);
        self.do_as_asked(request);
    }

    /// Notes what has been done.
    pub(super) fn finish(&mut self, done: Done) {
        match done {
            Done::Read(request) => self.do_as_asked(request),
            Done::Subscribed(subscription) => {
                self.subscriptions.insert(subscription.id, subscription);
            }
            Done::Removed => {}
            Done::Refused(refusal) => self.refuse(&refusal),
        }
    }

    fn do_as_asked(&mut self, request: Result<Request, Refusal>) {
        let done = request.and_then(|request| match request {
            Request::Connect(connect) => self.connect(connect),
            Request::Subscribe(request) => self.subscribe(request),
            Request::Unsubscribe(id) => self.unsubscribe(id),
        });
        if let Err(refusal) = done {
            self.refuse(&refusal);
        }
    }

    fn connect(&mut self, connect: Connect) -> Result<(), Refusal> {
        let keys = self.server.access.keys();
        if !keys.admit(&connect) {
            let error = "Key in request is not valid";
            return Err(Refusal::new(code::INVALID_KEY, error, None));
        }
        let is_master = keys.is_master(&connect);
        if !is_master {
            let token = connect.session_token.as_deref();
            let server = &self.server;
            server
                .access
                .settle_owner(&server.owners, &self.member, token, None);
        }
        let installation_id = connect.installation_id.as_deref();
        let addressee = Addressee::new(Uuid::new_v4().to_string(), installation_id);
        let size = addressee.len() + connect.session_token.as_ref().map_or(0, String::capacity);
        let charge = self.account.charge(Term::Sockets, size);
        let charge = charge.map_err(|why| Refusal::new(code::LIMIT, why.to_string(), None))?;
        // Who connects again is somebody new, and has subscribed to nothing yet.
        self.work = self.forget_subscriptions();
        let client = Arc::new(Client {
            number: self.account.number(),
            is_master,
            addressee,
            _charge: charge,
            session_token: connect.session_token,
            sdk: connect.sdk,
            credit: Arc::clone(&self.credit),
            turn: Arc::clone(&self.turn),
            account: Arc::clone(&self.account),
            steps: Arc::clone(&self.steps),
            member: Arc::clone(&self.member),
            outbox: Arc::clone(&self.outbox),
        });
        let client_id = &*client.addressee.client_id;
        debug!(client = client_id, is_master, "a client connects");
        self.outbox
            .answer(answer("connected", &client.addressee, None));
        self.client = Some(client);
        Ok(())
    }

    fn subscribe(&mut self, request: Subscribe) -> Result<(), Refusal> {
        let client = self.known_client(request.id, "subscribing")?;
        let clauses = Arc::clone(&self.server.clauses);
        let turn = Arc::clone(&self.turn);
        let replaced = self.subscriptions.get(&request.id).cloned();
        let work = async move { clauses.subscribe(&turn, client, request, replaced).await };
        self.work = Some(Box::pin(work));
        Ok(())
    }

    fn unsubscribe(&mut self, id: RequestId) -> Result<(), Refusal> {
        let client = self.known_client(id, "unsubscribing")?;
        let Some(subscription) = self.subscriptions.remove(&id) else {
            let error = format!(
                "Cannot find subscription with clientId {} subscriptionId {id}. Make sure you subscribe to live \
                 query server before unsubscribing.",
                client.addressee.client_id
            );
            return Err(Refusal::new(code::UNKNOWN, error, Some(id)));
        };
        subscription.end();
        self.outbox
            .answer(answer("unsubscribed", &client.addressee, Some(id)));
        let clauses = Arc::clone(&self.server.clauses);
        let turn = Arc::clone(&self.turn);
        // The next frame waits for it, so that nobody can have more removed than is being removed.
        self.work = Some(Box::pin(async move {
            clauses.remove(&turn, subscription).await
        }));
        Ok(())
    }

    /// Gives up everything that the client subscribed to.
    pub(super) fn forget_subscriptions(&mut self) -> Option<Work> {
        if self.subscriptions.is_empty() {
            return None;
        }
        let subscriptions = std::mem::take(&mut self.subscriptions);
        for subscription in subscriptions.values() {
            subscription.end();
        }
        let forgetting = self.server.clauses.forget(&self.turn, subscriptions);
        Some(Box::pin(forgetting))
    }

    fn known_client(&self, id: RequestId, before: &str) -> Result<Arc<Client>, Refusal> {
        self.client.clone().ok_or_else(|| {
            let error = format!(
                "Can not find this client, make sure you connect to server before {before}"
            );
            Refusal::new(code::UNKNOWN, error, Some(id))
        })
    }

    pub(super) fn refuse_binary(&self) {
        self.refuse(&Refusal::new(
            code::MALFORMED,
            "Expected a frame of text",
            None,
        ));
    }

    /// Answers a frame that has not been kept.
    pub(super) fn refuse_oversize(
        &mut self,
        why: Oversize,
        id: Option<RequestId>,
    ) -> Result<(), End> {
        let most = self.server.limits.max_frame_bytes;
        let error = match why {
            Oversize::Limit => format!("Expected a frame of at most {most} bytes"),
            Oversize::Memory(why) => why.to_string(),
            // It is told at the end.
            Oversize::Far => {
                self.server.metrics.refused_frames.increment(1);
                self.server.metrics.large_frames.increment(1);
                self.last = id;
                return Err(End::Far(most));
            }
        };
        let refusal = Refusal::new(code::LIMIT, error, id);
        self.refuse(&match why {
            Oversize::Limit => refusal.beyond(Bound::Frame),
            Oversize::Memory(_) | Oversize::Far => refusal,
        });
        Ok(())
    }

    /// Which SDK the client is, once it has said so.
    pub(super) fn sdk(&self) -> Sdk {
        let client = self.client.as_ref();
        client.map_or_else(Sdk::default, |client| client.sdk)
    }

    fn refuse(&self, refusal: &Refusal) {
        self.server.metrics.refused_frames.increment(1);
        let (error, code) = (refusal.error(), refusal.code());
        debug!(error, code, "refused a frame");
        if let Some(bound) = refusal.bound() {
            self.server.tell_beyond(bound, error);
        }
        self.outbox.answer(refusal.to_json(self.sdk()));
    }
}
