//! Connections: each speaks HTTP until it becomes a WebSocket.

mod files;
mod guard;
mod http;
mod pending;
mod proxies;
mod proxy_header;
mod stream;

pub(crate) use self::files::{Places, raise_limit};
pub(crate) use self::guard::{OwnHosts, brings_token, is_json, media_type};
pub(crate) use self::proxies::{ClientAddress, Peer, Proxies};
pub(crate) use self::stream::Stream;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::warn;

use self::pending::Pending;
use crate::metrics::Metrics;
use crate::options::HostPort;

/// How long accepting pauses where it fails.
const RESPITE: Duration = Duration::from_millis(50);

/// How often the log says that it fails.
const REMINDER: Duration = Duration::from_secs(10);

/// How many connections may wait to be accepted. The system makes it less: `net.core.somaxconn`.
const BACKLOG: u32 = i32::MAX as u32;

/// Listens on every address that a host stands for. An error names the address.
pub(crate) async fn bind(host: &HostPort) -> io::Result<Vec<TcpListener>> {
    let addresses = host.addresses().await;
    let addresses = addresses.map_err(|error| cannot_listen(&error, host))?;
    let listen = |address| bind_to(address).map_err(|error| cannot_listen(&error, &address));
    addresses.into_iter().map(listen).collect()
}

fn bind_to(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that is started again need not wait for the connections of the one before to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn cannot_listen(error: &io::Error, place: &dyn fmt::Display) -> io::Error {
    io::Error::new(error.kind(), format!("cannot listen on {place}: {error}"))
}

/// Where connections come in: what they are answered by, and how many there may be.
pub(crate) struct Door {
    app: Router,
    proxies: Arc<Proxies>,
    pending: Pending,
    house: House,
}

/// What all doors of a server share.
#[derive(Clone)]
pub(crate) struct House {
    pub(crate) metrics: Arc<Metrics>,
    /// Set when the server is to end.
    pub(crate) shutdown: CancellationToken,
    /// The connections, so that the end can wait for them.
    pub(crate) tasks: TaskTracker,
}

impl Door {
    /// A door behind which an application answers, with room for `room` connections that are not clients yet.
    pub(crate) fn new(app: Router, room: usize, proxies: Arc<Proxies>, house: House) -> Self {
        Self {
            app,
            proxies,
            pending: Pending::new(room),
            house,
        }
    }

    /// Accepts connections until the server is to end.
    pub(crate) async fn accept(self: Arc<Self>, listener: TcpListener) {
        let shutdown = self.house.shutdown.clone();
        let accept_all = async {
            let mut complaint = Complaint::default();
            loop {
                match listener.accept().await {
                    Ok((socket, peer)) => self.admit(socket, peer).await,
                    Err(error) => self.make_room(&error, &mut complaint).await,
                }
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = accept_all => {}
        }
    }

    /// Serves a connection. If too many are no clients yet, one that has done nothing for a while has to go.
    async fn admit(self: &Arc<Self>, socket: TcpStream, peer: SocketAddr) {
        let (place, evicted) = self.pending.enter().await;
        self.house.metrics.evicted_connections.increment(evicted);
        self.house
            .tasks
            .spawn(Arc::clone(self).serve(socket, peer, place));
    }

    /// Accepting fails for want of file descriptors, as a rule: connections that are not clients yet give theirs back.
    async fn make_room(&self, error: &io::Error, complaint: &mut Complaint) {
        self.house.metrics.unaccepted_connections.increment(1);
        if complaint.is_due() {
            warn!(%error, "cannot accept a connection");
        }
        if self.pending.evict() {
            self.house.metrics.evicted_connections.increment(1);
        }
        sleep(RESPITE).await;
    }
}

/// Something that is said once in a while, however often it happens.
#[derive(Default)]
struct Complaint {
    last: Option<Instant>,
}

impl Complaint {
    fn is_due(&mut self) -> bool {
        let is_due = self.last.is_none_or(|last| last.elapsed() >= REMINDER);
        if is_due {
            self.last = Some(Instant::now());
        }
        is_due
    }
}
