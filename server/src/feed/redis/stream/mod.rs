//! Changes from a Redis Stream, which keeps them for who is away.
//!
//! The position is the id of the last entry that was read. That the server was away is no gap: it goes on where it was. What shows a gap
//! is told by [`Track`].

mod entry;
mod file;
mod id;
mod track;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, ErrorKind, RedisError, RedisResult, ServerErrorKind, Value, cmd,
};
use tokio::task::block_in_place;
use tokio::time::{Instant, sleep};
use tracing::{error, info, warn};

use self::entry::{Entry, Standing, Unread};
use self::file::{PositionFile, Saved};
use self::track::{Gap, Track, Verdict};
use super::backoff::Backoff;
use super::target::Target;
use super::trouble;
use crate::accounting::Seldom;
use crate::feed::{Gaps, Inbox};
use crate::health::{Health, Part};
use crate::metrics::Metrics;
use crate::options::{FeedOptions, Options};

/// How many entries are read at once.
const COUNT: usize = 100;

/// How long Redis waits for the next entry.
const BLOCK: Duration = Duration::from_secs(1);

/// How long it waits if the position is still to be written down.
const SOON: Duration = Duration::from_millis(100);

/// How often Redis is asked how the stream stands.
const CHECK: Duration = Duration::from_secs(2);

/// After so many changes of other applications it is told that there are none of this one.
const KNOWN: usize = 10;

/// How long a connection and each answer may take. A host that is gone closes nothing.
const PATIENCE: Duration = Duration::from_secs(5);

/// A stream that is read from where it was left.
pub(crate) struct Stream {
    target: Target,
    key: String,
    app_id: String,
    inbox: Arc<Inbox>,
    gaps: Arc<Gaps>,
    health: Arc<Health>,
    metrics: Arc<Metrics>,
    track: Track,
    /// Whether it is known where to go on: a file has said it, or the stream has been seen.
    is_begun: bool,
    file: Option<PositionFile>,
    /// Since when there is a position that is not written down.
    unsaved: Option<Instant>,
    /// Whether it can be read.
    is_read: bool,
    /// How many changes of other applications were read before the first of this one.
    strange: usize,
    unread: Seldom,
    unwritten: Seldom,
}

impl Stream {
    /// A stream of a Redis, not connected yet.
    pub(crate) fn new(
        (url, key): (&str, &str),
        options: &Options,
        inbox: Arc<Inbox>,
        gaps: Arc<Gaps>,
        health: Arc<Health>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, String> {
        health.down(Part::Feed, "no connection to Redis yet");
        let (file, saved) = resume(&options.feed, key)?;
        Ok(Self {
            target: Target::new(url, &options.feed)?,
            key: key.to_owned(),
            app_id: options.app_id.clone(),
            inbox,
            gaps,
            health,
            metrics,
            is_begun: saved.is_some(),
            track: saved.unwrap_or_else(|| Track::at_end(Standing::default())),
            file,
            unsaved: None,
            is_read: false,
            strange: 0,
            unread: Seldom::default(),
            unwritten: Seldom::default(),
        })
    }

    /// Hands changes on for as long as the server runs, and connects again whenever the connection is lost.
    pub(crate) async fn run(mut self) {
        let rights = format!("~{} +xread +xinfo|stream", self.key);
        let mut backoff = Backoff::new();
        loop {
            let began = Instant::now();
            let Err(error) = self.serve().await;
            let worked = if self.is_read {
                began.elapsed()
            } else {
                Duration::ZERO
            };
            let why = trouble::explain(&error, &self.target, &rights).await;
            let wait = backoff.after(worked);
            self.tell_lost(&why, wait);
            self.save();
            sleep(wait).await;
        }
    }

    /// Connects, and hands changes on until that fails.
    async fn serve(&mut self) -> RedisResult<Infallible> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let client = &self.target.client;
        let opening = client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = opening.await?;
        self.look(&mut connection).await?;
        self.tell_read();
        let mut looked = Instant::now();
        loop {
            let entries = self.read(&mut connection).await?;
            let is_behind = entries.len() == COUNT;
            for entry in entries {
                self.take(entry).await;
            }
            if self.unsaved.is_some_and(|since| since.elapsed() >= SOON) {
                self.save();
            }
            if !is_behind && looked.elapsed() >= CHECK {
                self.look(&mut connection).await?;
                looked = Instant::now();
            }
        }
    }

    /// The next entries, or none after a while.
    async fn read(
        &self,
        connection: &mut MultiplexedConnection,
    ) -> RedisResult<Vec<Result<Entry, Unread>>> {
        let patience = if self.unsaved.is_some() { SOON } else { BLOCK };
        let mut command = cmd("XREAD");
        command.arg("COUNT").arg(COUNT);
        command.arg("BLOCK").arg(patience.as_millis().to_string());
        command.arg("STREAMS").arg(&self.key);
        command.arg(self.track.position().to_string());
        let answer: Value = command.query_async(connection).await?;
        entry::read(&answer)
    }

    /// Asks how the stream stands, and tells of a gap if what was read of it does not agree with that.
    async fn look(&mut self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let mut command = cmd("XINFO");
        command.arg("STREAM").arg(&self.key);
        let standing = match command.query_async(connection).await {
            Ok(answer) => Standing::read(&answer)?,
            Err(error) if is_missing(&error) => Standing::none(),
            Err(error) => return Err(error),
        };
        if !std::mem::replace(&mut self.is_begun, true) {
            self.track = Track::at_end(standing);
            self.unsaved = Some(Instant::now());
            if self.gaps.has_clients() {
                self.tell(&Gap::Unknown("clients were here before it was read"));
            }
        }
        if let Some(gap) = self.track.meet(standing) {
            self.tell(&gap);
        }
        Ok(())
    }

    /// Hands an entry on, unless it was read before.
    async fn take(&mut self, entry: Result<Entry, Unread>) {
        let (id, stamp) = match &entry {
            Ok(entry) => (entry.id, entry.stamp.as_ref()),
            Err(unread) => (unread.id, None),
        };
        let Verdict { is_repeat, gaps } = self.track.read(id, stamp);
        self.unsaved.get_or_insert_with(Instant::now);
        for gap in gaps {
            self.tell(&gap);
        }
        match entry {
            Err(unread) => self.tell_unread(&unread),
            Ok(_) if is_repeat => self.metrics.repeated.increment(1),
            Ok(entry) => match entry.channel.strip_prefix(&self.app_id) {
                Some(channel) => {
                    self.strange = KNOWN;
                    self.inbox.take_when_room(channel, entry.message).await;
                }
                None => self.tell_other(&entry.channel),
            },
        }
    }

    /// Writes down how far was read.
    fn save(&mut self) {
        let (Some(file), Some(_)) = (&self.file, self.unsaved.take()) else {
            return;
        };
        let saved = Saved {
            stream: self.key.clone(),
            position: self.track.position().to_string(),
            added: self.track.counted(),
            writers: self.track.writers(),
        };
        if let Err(error) = block_in_place(|| file.save(&saved))
            && let Some(more) = self.unwritten.due()
        {
            error!(%error, more, "--position-file cannot be written: a server that starts again goes on from an earlier position");
        }
    }

    fn tell(&self, gap: &Gap) {
        let losses = self.inbox.losses();
        match gap {
            Gap::Of(writer, missing) => losses.are_missing(Some(*missing), writer),
            Gap::Counted(missing) => losses.are_missing(Some(*missing), "what Redis has counted"),
            Gap::Unknown(why) => losses.are_missing(None, why),
        }
    }

    /// Several applications may share a stream, so that this is no fault for certain.
    fn tell_other(&mut self, channel: &str) {
        if self.strange >= KNOWN {
            return;
        }
        self.strange += 1;
        if self.strange == KNOWN {
            let app_id = &self.app_id;
            warn!(
                app_id,
                channel,
                "changes of another application are in this stream, and none of --app-id so far: unless there are two, --app-id is not the appId of Parse Server"
            );
        }
    }

    fn tell_unread(&self, Unread { id, why }: &Unread) {
        self.metrics.unread.increment(1);
        if let Some(more) = self.unread.due() {
            warn!(%id, why, more, "an entry of the stream is no message");
        }
    }

    fn tell_read(&mut self) {
        self.is_read = true;
        self.metrics.feed_connected.set(1.0);
        self.health.up(Part::Feed);
        let position = self.track.position();
        info!(app_id = self.app_id, stream = self.key, %position, "reading the stream of Redis");
    }

    fn tell_lost(&mut self, why: &str, wait: Duration) {
        if std::mem::replace(&mut self.is_read, false) {
            error!(why, "the connection to Redis is lost");
        } else {
            warn!(why, ?wait, "cannot read the stream of Redis");
        }
        self.metrics.feed_connected.set(0.0);
        self.health
            .down(Part::Feed, format!("no stream of Redis: {why}"));
    }
}

/// The file of the options, and where it says to go on.
fn resume(
    options: &FeedOptions,
    key: &str,
) -> Result<(Option<PositionFile>, Option<Track>), String> {
    let Some(path) = &options.position_file else {
        return Ok((None, None));
    };
    let (file, saved) = PositionFile::open(path, key)?;
    let track = saved.map(|saved| {
        let position = saved.position.parse();
        let position = position.map_err(|error| format!("--position-file: {error}"))?;
        Ok::<_, String>(Track::behind(position, saved.added, saved.writers))
    });
    Ok((Some(file), track.transpose()?))
}

fn is_missing(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::ResponseError)
        && error.to_string().contains("no such key")
}
