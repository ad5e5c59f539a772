//! One client's socket, from the first frame to the last.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::SinkExt;
use futures_util::future::poll_immediate;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use crate::access::{Shown, Sight};
use crate::protocol::{Refusal, RequestId, Response, code};
use crate::registry::{Client, Delivery, Outbox, Subscription};
use crate::state::Server;

/// How many deliveries are written before the socket is flushed.
const BATCH: usize = 64;

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// A socket and all that belongs to it. It is served by one task, so that what its client is told is in order.
pub(super) struct Connection<'a> {
    pub(super) server: &'a Arc<Server>,
    socket: WebSocket,
    queue: mpsc::Receiver<Delivery>,
    overflow: CancellationToken,
    pub(super) outbox: Outbox,
    /// There once the client has said who it is.
    pub(super) client: Option<Arc<Client>>,
    pub(super) subscriptions: HashMap<RequestId, Arc<Subscription>>,
    /// The sum of their sizes.
    pub(super) size: usize,
    /// Whether nothing has been heard since the last ping.
    is_silent: bool,
}

/// Why a connection ends.
#[derive(Debug)]
pub(super) enum End {
    /// The client closed it, or it broke.
    Left,
    /// The client does not read.
    Slow,
    /// The client does not answer pings.
    Silent,
    /// Changes were missed: the client has to open again.
    Gap,
    /// The server goes down.
    Shutdown,
}

impl<'a> Connection<'a> {
    pub(super) fn new(socket: WebSocket, server: &'a Arc<Server>) -> Self {
        let (outbox, queue, overflow) = Outbox::new(server.limits.client_queue);
        Self {
            server,
            socket,
            queue,
            overflow,
            outbox,
            client: None,
            subscriptions: HashMap::new(),
            size: 0,
            is_silent: false,
        }
    }

    /// Serves the client until the connection ends.
    pub(super) async fn run(mut self) {
        let mut gaps = self.server.gaps.follow();
        let (overflow, shutdown) = (self.overflow.clone(), self.server.shutdown.clone());
        let end = tokio::select! {
            biased;
            () = overflow.cancelled() => End::Slow,
            () = shutdown.cancelled() => End::Shutdown,
            () = gaps.must_reopen() => End::Gap,
            end = self.serve() => end,
        };
        self.forget_subscriptions();
        self.finish(&end).await;
    }

    async fn serve(&mut self) -> End {
        let period = self.server.limits.ping_seconds;
        let mut pings = interval_at(Instant::now() + period, period);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut batch = Vec::new();
        loop {
            let step = tokio::select! {
                // A pong that has come in counts before the next ping is due.
                biased;
                frame = self.socket.recv() => self.hear(frame).await,
                _ = pings.tick() => self.ping().await,
                _ = self.queue.recv_many(&mut batch, BATCH) => self.tell(&mut batch).await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn hear(&mut self, frame: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let Some(Ok(frame)) = frame else {
            return Err(End::Left);
        };
        self.is_silent = false;
        let answer = match frame {
            Message::Text(text) => self.answer(&text).await,
            Message::Binary(_) => Err(Refusal::new(
                code::MALFORMED,
                "Expected a frame of text",
                None,
            )),
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => return Ok(()),
        };
        let answer = answer.unwrap_or_else(|refusal| {
            self.server.metrics.refused_frames.increment(1);
            debug!(
                error = refusal.error(),
                code = refusal.code(),
                "refused a frame"
            );
            refusal.to_json()
        });
        self.write(Message::Text(answer.into())).await?;
        self.flush().await
    }

    /// Tells the client of changes, in their order.
    async fn tell(&mut self, batch: &mut Vec<Delivery>) -> Result<(), End> {
        for delivery in batch.drain(..) {
            if self.is_current(&delivery.subscription) {
                self.deliver(&delivery).await?;
            }
        }
        self.flush().await
    }

    /// Whether a subscription has not been given up or replaced since a change was matched.
    fn is_current(&self, subscription: &Arc<Subscription>) -> bool {
        let current = self.subscriptions.get(&subscription.id);
        current.is_some_and(|current| Arc::ptr_eq(current, subscription))
    }

    async fn deliver(&mut self, delivery: &Delivery) -> Result<(), End> {
        let Delivery {
            publication,
            subscription,
            outcome,
        } = delivery;
        let mut sight = pin!(
            self.server
                .access
                .sight(publication, subscription, *outcome)
        );
        let sight = if let Some(sight) = poll_immediate(sight.as_mut()).await {
            sight
        } else {
            // Parse Server has to be asked; what is written already need not wait for it.
            self.flush().await?;
            sight.await
        };
        let Some(sight) = sight else {
            self.server.metrics.hidden.increment(1);
            return Ok(());
        };
        self.send_event(delivery, &sight).await
    }

    async fn send_event(&mut self, delivery: &Delivery, sight: &Sight) -> Result<(), End> {
        let Delivery {
            publication,
            subscription,
            ..
        } = delivery;
        let payload = |shown: &Shown| publication.payload(shown.side, &shown.cut);
        let object = payload(&sight.object);
        let original = sight.original.as_ref().map(payload);
        let to = &subscription.client.addressee;
        let frame = Response::event(
            sight.event.as_str(),
            to,
            subscription.id,
            &object,
            original.as_deref(),
        );
        self.write(Message::Text(frame.to_json().into())).await?;
        self.server.metrics.event(sight.event).increment(1);
        self.server
            .metrics
            .delivery_lag
            .record(publication.arrived().elapsed());
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), End> {
        if self.is_silent {
            return Err(End::Silent);
        }
        self.is_silent = true;
        self.write(Message::Ping(Bytes::new())).await?;
        self.flush().await
    }

    async fn write(&mut self, message: Message) -> Result<(), End> {
        let patience = self.patience();
        in_time(patience, self.socket.feed(message)).await
    }

    async fn flush(&mut self) -> Result<(), End> {
        let patience = self.patience();
        in_time(patience, self.socket.flush()).await
    }

    /// How long a write may take: as long as a client may stay silent.
    fn patience(&self) -> Duration {
        self.server.limits.ping_seconds * 2
    }

    async fn finish(mut self, end: &End) {
        let metrics = &self.server.metrics;
        let client = self
            .client
            .as_ref()
            .map(|client| client.addressee.client_id.as_str());
        match end {
            End::Left | End::Gap | End::Shutdown => debug!(client, ?end, "a client is gone"),
            End::Slow | End::Silent => info!(client, ?end, "a client is disconnected"),
        }
        match end {
            End::Left => {}
            End::Slow => metrics.slow_clients.increment(1),
            End::Silent => metrics.silent_clients.increment(1),
            End::Gap => {
                metrics.gap_clients.increment(1);
                self.say_goodbye("changes were missed").await;
            }
            End::Shutdown => self.say_goodbye("the server goes down").await,
        }
    }

    /// Closes the connection so that the SDK opens another. It is this code that .NET knows too, and not 1012.
    async fn say_goodbye(&mut self, reason: &'static str) {
        let reason = CloseFrame {
            code: close_code::AWAY,
            reason: reason.into(),
        };
        let _ = timeout(GOODBYE, self.socket.send(Message::Close(Some(reason)))).await;
    }
}

async fn in_time(
    patience: Duration,
    write: impl Future<Output = Result<(), axum::Error>>,
) -> Result<(), End> {
    match timeout(patience, write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Left),
        Err(_) => Err(End::Slow),
    }
}
