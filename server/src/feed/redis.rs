//! Changes from the Redis that Parse Server publishes to.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use livematch::ChangeKind;
use redis::aio::{PubSubSink, PubSubStream};
use redis::{Client, Msg, RedisError, RedisResult};
use tokio::time::{interval, sleep, timeout};
use tracing::{error, info, warn};

use super::backlog::{Backlog, Closed};
use super::{CLEAR_CACHE, ClearCache};
use crate::access::Access;
use crate::dispatch::Changes;
use crate::health::{Health, Part};
use crate::metrics::Metrics;
use crate::options::Options;

/// The first wait after a connection is lost; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How often the connection is tried, and how long an answer may take. A host that is gone closes nothing.
const PING: Duration = Duration::from_secs(5);

/// A subscription to the channels of an application.
pub(crate) struct Redis {
    client: Client,
    app_id: String,
    backlog: Backlog,
    access: Arc<Access>,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
}

/// Why a connection was given up.
enum Lost {
    Redis(RedisError),
    Silent,
    Ended,
    Closed,
}

impl From<RedisError> for Lost {
    fn from(error: RedisError) -> Self {
        Self::Redis(error)
    }
}

impl From<Closed> for Lost {
    fn from(_: Closed) -> Self {
        Self::Closed
    }
}

impl Redis {
    /// A subscription to a Redis, not connected yet. Has to be called within the runtime.
    pub(crate) fn new(
        url: &str,
        options: &Options,
        changes: Changes,
        access: Arc<Access>,
        metrics: Arc<Metrics>,
        health: Arc<Health>,
    ) -> RedisResult<Self> {
        health.down(Part::Feed, "no connection to Redis yet");
        Ok(Self {
            client: Client::open(url)?,
            app_id: options.app_id.clone(),
            backlog: Backlog::start(
                options.feed.feed_buffer_bytes,
                changes,
                Arc::clone(&metrics),
            ),
            access,
            metrics,
            health,
        })
    }

    /// Hands changes on for as long as the server runs, and connects again whenever the connection is lost.
    pub(crate) async fn run(mut self) {
        let mut wait = FIRST_WAIT;
        let mut was_connected = false;
        loop {
            match self.connect().await {
                Ok((sink, stream)) => {
                    self.tell_connected(was_connected);
                    was_connected = true;
                    wait = FIRST_WAIT;
                    let lost = self.follow(sink, stream).await;
                    self.metrics.feed_connected.set(0.0);
                    self.health.down(Part::Feed, "no connection to Redis");
                    match lost {
                        Lost::Closed => return,
                        Lost::Redis(error) => error!(%error, "the connection to Redis is lost"),
                        Lost::Silent => error!("Redis does not answer"),
                        Lost::Ended => error!("Redis has closed the connection"),
                    }
                }
                Err(error) => warn!(%error, ?wait, "cannot connect to Redis"),
            }
            sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn connect(&self) -> RedisResult<(PubSubSink, PubSubStream)> {
        let connecting = timeout(PING, self.client.get_async_pubsub());
        let mut pubsub = connecting.await.map_err(std::io::Error::from)??;
        let channels = [
            ChangeKind::Save.as_str(),
            ChangeKind::Delete.as_str(),
            CLEAR_CACHE,
        ];
        for channel in channels {
            pubsub
                .subscribe(format!("{}{channel}", self.app_id))
                .await?;
        }
        Ok(pubsub.split())
    }

    /// Redis keeps nothing for who is away: what was published meanwhile cannot be had any more.
    fn tell_connected(&self, was_connected: bool) {
        self.metrics.feed_connected.set(1.0);
        self.health.up(Part::Feed);
        if was_connected {
            self.metrics.feed_gaps.increment(1);
            error!("Redis is back; the changes that were published meanwhile are lost");
        } else {
            info!(app_id = self.app_id, "listening to Redis");
        }
    }

    async fn follow(&mut self, mut sink: PubSubSink, mut stream: PubSubStream) -> Lost {
        let mut pings = interval(PING);
        loop {
            let step = tokio::select! {
                message = stream.next() => match message {
                    Some(message) => self.take(&message),
                    None => Err(Lost::Ended),
                },
                _ = pings.tick() => ping(&mut sink).await,
            };
            if let Err(lost) = step {
                return lost;
            }
        }
    }

    fn take(&mut self, message: &Msg) -> Result<(), Lost> {
        let channel = message.get_channel_name();
        let channel = channel.strip_prefix(&self.app_id).unwrap_or(channel);
        if let Ok(kind) = channel.parse::<ChangeKind>() {
            return Ok(self
                .backlog
                .put(kind, message.get_payload_bytes().to_vec())?);
        }
        if channel == CLEAR_CACHE {
            match serde_json::from_slice::<ClearCache>(message.get_payload_bytes()) {
                Ok(message) => self.access.forget(&message.user_id),
                Err(error) => warn!(%error, "a clearCache message cannot be read"),
            }
        }
        Ok(())
    }
}

/// Asks whether Redis is there. The answer comes through the stream, which is read meanwhile.
async fn ping(sink: &mut PubSubSink) -> Result<(), Lost> {
    match timeout(PING, sink.ping::<()>()).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Lost::Silent),
    }
}
