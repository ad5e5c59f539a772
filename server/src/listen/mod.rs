//! Connections: each speaks HTTP until it becomes a WebSocket.

mod guard;

pub(crate) use self::guard::{OwnHosts, brings_token};

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use crate::options::HostPort;

/// How many connections may be open that are no clients yet. Further ones wait to be accepted.
const MOST_PENDING: usize = 4_096;

/// How long a peer may take to say what it wants, at first and again.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long accepting pauses where it fails: for want of file descriptors, as a rule.
const RESPITE: Duration = Duration::from_millis(100);

/// Listens on every address that a host stands for. An error names the address.
pub(crate) async fn bind(host: &HostPort) -> io::Result<Vec<TcpListener>> {
    let named = |error: io::Error, place: &dyn fmt::Display| {
        io::Error::new(error.kind(), format!("cannot listen on {place}: {error}"))
    };
    let addresses = host.addresses().await.map_err(|error| named(error, host))?;
    let mut listeners = Vec::new();
    for address in addresses {
        let listener = TcpListener::bind(address).await;
        listeners.push(listener.map_err(|error| named(error, &address))?);
    }
    Ok(listeners)
}

/// Accepts connections until the server is to end.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    shutdown: CancellationToken,
    tasks: &TaskTracker,
) {
    let pending = Arc::new(Semaphore::new(MOST_PENDING));
    loop {
        let place = Arc::clone(&pending).acquire_owned().await;
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, peer)) => {
                let connection = speak(socket, peer, app.clone(), shutdown.clone());
                tasks.spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
            Err(error) => {
                warn!(%error, "cannot accept a connection");
                sleep(RESPITE).await;
            }
        }
    }
}

/// Answers requests until the peer has no more, or has become a client.
async fn speak(socket: TcpStream, peer: SocketAddr, app: Router, shutdown: CancellationToken) {
    // An event is small and must not wait for the next one.
    if let Err(error) = socket.set_nodelay(true) {
        debug!(%error, "events may be late");
    }
    let service = TowerToHyperService::new(app.layer(Extension(ConnectInfo(peer))));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection broke");
    }
}
