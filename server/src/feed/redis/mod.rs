//! Changes from the Redis that Parse Server publishes to.

mod backoff;
mod link;
mod strangers;
mod stream;
mod target;
mod trouble;

use std::sync::Arc;
use std::time::Duration;

use redis::{RedisError, RedisResult};
use tokio::time::{Instant, interval_at, sleep};
use tracing::{error, info, warn};

use self::backoff::Backoff;
use self::link::{Link, Standing};
use self::strangers::Strangers;
pub(crate) use self::stream::Stream;
use self::target::Target;
use super::{Gaps, Inbox};
use crate::health::{Health, Part};
use crate::metrics::Metrics;
use crate::options::Options;

/// How often Redis is asked whether it is there, and what it hears.
const CHECK: Duration = Duration::from_secs(2);

/// A subscription to the channels of an application.
pub(crate) struct Redis {
    target: Target,
    app_id: String,
    inbox: Arc<Inbox>,
    strangers: Arc<Strangers>,
    gaps: Arc<Gaps>,
    health: Arc<Health>,
    metrics: Arc<Metrics>,
    /// Whether every change is heard, as far as can be known.
    is_heard: bool,
    /// Whether it was so at any time.
    was_heard: bool,
}

impl Redis {
    /// A subscription to a Redis, not connected yet.
    pub(crate) fn new(
        url: &str,
        options: &Options,
        inbox: Arc<Inbox>,
        gaps: Arc<Gaps>,
        health: Arc<Health>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, String> {
        health.down(Part::Feed, "no connection to Redis yet");
        Ok(Self {
            target: Target::new(url, &options.feed)?,
            app_id: options.app_id.clone(),
            inbox,
            strangers: Arc::new(Strangers::new(&options.app_id)),
            gaps,
            health,
            metrics,
            is_heard: false,
            was_heard: false,
        })
    }

    /// Hands changes on for as long as the server runs, and connects again whenever the connection is lost.
    pub(crate) async fn run(mut self) {
        let rights = format!(
            "&{}* +subscribe +ping, and +role +cluster|info to notice that it hears nothing",
            self.app_id
        );
        let mut backoff = Backoff::new();
        loop {
            let (worked, lost) = self.serve().await;
            let why = match &lost {
                Some(error) => trouble::explain(error, &self.target, &rights).await,
                None => "it has closed the connection".to_owned(),
            };
            let wait = backoff.after(worked);
            self.tell_lost(&why, wait);
            sleep(wait).await;
        }
    }

    /// Connects, and hands changes on until the connection is lost; for how long that was of use, and the error, if there is one.
    async fn serve(&mut self) -> (Duration, Option<RedisError>) {
        let link = Link::open(&self.target, &self.app_id, &self.inbox, &self.strangers);
        match link.await {
            Ok(mut link) => {
                let since = Instant::now();
                let lost = self.follow(&mut link).await.err();
                (since.elapsed(), lost)
            }
            Err(error) => (Duration::ZERO, Some(error)),
        }
    }

    /// Asks at once and then now and then what Redis hears, until the connection is lost.
    async fn follow(&mut self, link: &mut Link) -> RedisResult<()> {
        let mut checks = interval_at(Instant::now(), CHECK);
        loop {
            tokio::select! {
                () = link.lost() => return Ok(()),
                _ = checks.tick() => {}
            }
            match link.check().await? {
                Standing::Hears => self.tell_heard(),
                Standing::Deaf(why) => self.tell_deaf(why),
            }
            if let Some(other) = link.other_application().await? {
                self.tell_other(&other);
            }
        }
    }

    /// Redis keeps nothing for who is away: what was published meanwhile cannot be had any more.
    fn tell_heard(&mut self) {
        if std::mem::replace(&mut self.is_heard, true) {
            return;
        }
        self.metrics.feed_connected.set(1.0);
        self.health.up(Part::Feed);
        if self.was_heard {
            self.gaps
                .tell("Redis is back; the changes that were published meanwhile are lost");
            return;
        }
        self.was_heard = true;
        info!(app_id = self.app_id, "listening to Redis");
        if self.gaps.has_clients() {
            self.gaps.tell("clients were here before Redis was; the changes that were published meanwhile are lost");
        }
    }

    /// Several applications may share a Redis, so that this is no fault for certain.
    fn tell_other(&self, other: &str) {
        warn!(
            app_id = self.app_id,
            other,
            "changes of another application are published on this Redis, and none of --app-id so far: unless there are two, --app-id \
             is not the appId of Parse Server"
        );
    }

    fn tell_deaf(&mut self, why: &str) {
        let was_heard = std::mem::replace(&mut self.is_heard, false);
        let is_new = self.set_down(format!("Redis hands on nothing: {why}"));
        if was_heard || is_new {
            error!(why, "Redis hands on nothing");
        }
    }

    fn tell_lost(&mut self, why: &str, wait: Duration) {
        if std::mem::replace(&mut self.is_heard, false) {
            error!(why, "the connection to Redis is lost");
        } else {
            warn!(why, ?wait, "cannot listen to Redis");
        }
        self.set_down(format!("no connection to Redis: {why}"));
    }

    /// Notes why changes are not heard; whether that is news.
    fn set_down(&self, why: String) -> bool {
        self.metrics.feed_connected.set(0.0);
        self.health.down(Part::Feed, why)
    }
}
