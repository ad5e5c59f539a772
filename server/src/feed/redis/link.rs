//! One connection to Redis.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, PushInfo, PushKind, RedisResult, Value, cmd};
use tokio::sync::Notify;
use tracing::warn;

use super::strangers::Strangers;
use super::target::Target;
use super::trouble::{is_forbidden, is_unanswered};
use crate::feed::Inbox;

/// How long a connection and each answer may take. A host that is gone closes nothing.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection that listens to the channels of an application.
pub(super) struct Link {
    connection: MultiplexedConnection,
    /// Told when it is lost.
    lost: Arc<Notify>,
    strangers: Arc<Strangers>,
    /// Whether its user may ask for the role of the server, and for the state of its cluster, and there is one.
    asks: Asks,
}

struct Asks {
    ping: bool,
    role: bool,
    cluster: bool,
}

/// What is heard on a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Everything that is published, as far as can be known.
    Hears,
    /// Not everything, for this reason.
    Deaf(&'static str),
}

impl Link {
    /// Connects, and has what is published put into the inbox.
    pub(super) async fn open(
        target: &Target,
        app_id: &str,
        inbox: &Arc<Inbox>,
        strangers: &Arc<Strangers>,
    ) -> RedisResult<Self> {
        let lost = Arc::new(Notify::new());
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_push_sender(receiver(app_id, inbox, strangers, &lost));
        let opening = target
            .client
            .get_multiplexed_async_connection_with_config(&config);
        let mut connection = opening.await?;
        for channel in Inbox::channels(app_id) {
            connection.subscribe(channel).await?;
        }
        strangers.listen(&mut connection).await?;
        let asks = Asks {
            ping: true,
            role: true,
            cluster: true,
        };
        Ok(Self {
            connection,
            lost,
            strangers: Arc::clone(strangers),
            asks,
        })
    }

    /// Waits until the connection is lost.
    pub(super) async fn lost(&self) {
        self.lost.notified().await;
    }

    /// The id of another application whose changes are heard while none of this one were; once.
    pub(super) async fn other_application(&mut self) -> RedisResult<Option<String>> {
        self.strangers.finish(&mut self.connection).await
    }

    /// Asks whether Redis is there, and whether it hears what is published elsewhere.
    ///
    /// A server that has lost those it hears from goes on answering, and hands on nothing.
    pub(super) async fn check(&mut self) -> RedisResult<Standing> {
        self.ping().await?;
        let role = self.role().await?;
        let standing = role.as_ref().map_or(Standing::Hears, of_role);
        if standing != Standing::Hears {
            return Ok(standing);
        }
        let cluster = self.cluster().await?;
        Ok(cluster.as_deref().map_or(Standing::Hears, of_cluster))
    }

    async fn ping(&mut self) -> RedisResult<()> {
        if !self.asks.ping {
            return Ok(());
        }
        match cmd("PING").exec_async(&mut self.connection).await {
            // That we may not ask is an answer too.
            Err(error) if is_forbidden(&error) => {
                warn!(
                    "the user of Redis may not PING; a server that is gone is noticed late (grant +ping)"
                );
                self.asks.ping = false;
                Ok(())
            }
            answer => answer,
        }
    }

    async fn role(&mut self) -> RedisResult<Option<Value>> {
        if !self.asks.role {
            return Ok(None);
        }
        match cmd("ROLE").query_async(&mut self.connection).await {
            Err(error) if is_forbidden(&error) => {
                warn!(
                    "the user of Redis may not ask for its ROLE; a replica that has lost its primary is not noticed (grant +role)"
                );
                self.asks.role = false;
                Ok(None)
            }
            Err(error) if is_unanswered(&error) => {
                self.asks.role = false;
                Ok(None)
            }
            answer => answer.map(Some),
        }
    }

    async fn cluster(&mut self) -> RedisResult<Option<String>> {
        if !self.asks.cluster {
            return Ok(None);
        }
        match cmd("CLUSTER")
            .arg("INFO")
            .query_async(&mut self.connection)
            .await
        {
            // Most servers are in no cluster.
            Err(error) if is_unanswered(&error) => {
                self.asks.cluster = false;
                Ok(None)
            }
            answer => answer.map(Some),
        }
    }
}

/// What takes the messages of a connection, and hears of its end.
fn receiver(
    app_id: &str,
    inbox: &Arc<Inbox>,
    strangers: &Arc<Strangers>,
    lost: &Arc<Notify>,
) -> impl Fn(PushInfo) -> Result<(), std::convert::Infallible> + Send + Sync + 'static {
    let (app_id, inbox, lost) = (app_id.to_owned(), Arc::clone(inbox), Arc::clone(lost));
    let strangers = Arc::clone(strangers);
    move |push| {
        match push.kind {
            PushKind::Message => {
                if let Ok([Value::BulkString(channel), Value::BulkString(payload)]) =
                    <[Value; 2]>::try_from(push.data)
                {
                    let channel = String::from_utf8_lossy(&channel);
                    let channel = channel.strip_prefix(&app_id).unwrap_or(&channel);
                    strangers.heard_own();
                    inbox.take(channel, payload);
                }
            }
            PushKind::PMessage => strangers.heard(&push.data),
            PushKind::Disconnection => lost.notify_one(),
            _ => {}
        }
        Ok(())
    }
}

/// What a server hears, by the answer to `ROLE`.
fn of_role(role: &Value) -> Standing {
    let Value::Array(role) = role else {
        return Standing::Hears;
    };
    let word = |index: usize| match role.get(index) {
        Some(Value::BulkString(word)) => word.as_slice(),
        Some(Value::SimpleString(word)) => word.as_bytes(),
        _ => b"",
    };
    match (word(0), word(3)) {
        (b"sentinel", _) => {
            Standing::Deaf("it is a Sentinel: --redis-url has to name the Redis itself")
        }
        (b"slave", b"connected") => Standing::Hears,
        (b"slave", _) => Standing::Deaf(
            "it is a replica without a link to its primary, and hears nothing of what is published there",
        ),
        _ => Standing::Hears,
    }
}

/// What a node of a cluster hears, by the answer to `CLUSTER INFO`.
fn of_cluster(info: &str) -> Standing {
    let is_ok = info.lines().any(|line| line.trim() == "cluster_state:ok");
    if is_ok {
        return Standing::Hears;
    }
    Standing::Deaf(
        "its cluster is not whole (cluster_state), and it may not hear what is published on other nodes",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(words: &[&str]) -> Standing {
        let words = words
            .iter()
            .map(|word| Value::BulkString(word.as_bytes().to_vec()));
        of_role(&Value::Array(words.collect()))
    }

    #[test]
    fn a_replica_hears_while_it_has_a_link() {
        assert_eq!(role(&["master", "0"]), Standing::Hears);
        assert_eq!(
            role(&["slave", "10.0.0.1", "6379", "connected", "7"]),
            Standing::Hears
        );
        for state in ["connect", "connecting", "sync", "handshake"] {
            assert_ne!(
                role(&["slave", "10.0.0.1", "6379", state, "-1"]),
                Standing::Hears,
                "{state}"
            );
        }
        assert_ne!(role(&["sentinel"]), Standing::Hears);
    }

    #[test]
    fn a_node_hears_while_its_cluster_is_whole() {
        assert_eq!(
            of_cluster("cluster_state:ok\r\ncluster_slots_ok:16384\r\n"),
            Standing::Hears
        );
        assert_ne!(of_cluster("cluster_state:fail\r\n"), Standing::Hears);
        assert_ne!(of_cluster(""), Standing::Hears);
    }
}
