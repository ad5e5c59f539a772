//! One connection, for as long as it speaks HTTP.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tracing::debug;

use super::Door;
use super::pending::PendingPlace;
use super::stream::Stream;

/// How long a peer may take to say what it wants, at first and again, and to take an answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

impl Door {
    /// Serves a connection until it ends, has become a client, or has to give its place up.
    pub(super) async fn serve(
        self: Arc<Self>,
        socket: TcpStream,
        peer: SocketAddr,
        place: PendingPlace,
    ) {
        let place = Arc::new(place);
        tokio::select! {
            () = place.evicted() => debug!(%peer, "a connection gives its place to another"),
            () = self.speak(socket, peer, Arc::clone(&place)) => {}
        }
    }

    /// Answers requests until the peer has no more, or has become a client.
    async fn speak(&self, mut socket: TcpStream, address: SocketAddr, place: Arc<PendingPlace>) {
        // An event is small and must not wait for the next one.
        if let Err(error) = socket.set_nodelay(true) {
            debug!(%error, "events may be late");
        }
        let (peer, head) = match self.proxies.greet(&mut socket, address).await {
            Ok(greeted) => greeted,
            Err(error) => return debug!(%address, %error, "a connection broke"),
        };
        let is_client = Arc::new(AtomicBool::new(false));
        let stream = Stream::new(socket, head, PATIENCE, Arc::clone(&is_client));
        let app = TowerToHyperService::new(self.app.clone());
        // Around the application and not a layer of it: for each of those all its routes are made anew.
        let answer = service_fn(move |mut request: Request<Incoming>| {
            place.touch();
            request.extensions_mut().insert(peer);
            let (response, place) = (app.call(request), Arc::clone(&place));
            async move {
                let response = response.await;
                place.touch();
                response
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .serve_connection(TokioIo::new(stream), answer)
            .with_upgrades();
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.house.shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        is_client.store(true, Ordering::Relaxed);
        if let Err(error) = ended {
            if error.is_timeout() || is_timeout(&error) {
                self.house.metrics.late_connections.increment(1);
            }
            debug!(%address, %error, "a connection broke");
        }
    }
}

/// Whether a peer did not take what it was sent in time.
fn is_timeout(error: &hyper::Error) -> bool {
    let cause = std::error::Error::source(error);
    let io = cause.and_then(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|io| io.kind() == io::ErrorKind::TimedOut)
}
