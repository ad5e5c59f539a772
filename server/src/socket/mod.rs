//! Sockets of clients.

mod answers;
mod connection;
mod end;
mod reader;
mod websocket;
mod writer;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tracing::debug;

use self::connection::{Connection, Seat};
use self::websocket::handshake;
use crate::accounting::{Exhausted, Whose};
use crate::listen::{ClientAddress, Stream};
use crate::state::Server;

/// Makes a client of whoever asks for a WebSocket, on any path.
pub(crate) async fn upgrade(
    State(server): State<Arc<Server>>,
    ClientAddress(address): ClientAddress,
    mut request: Request,
) -> Response {
    let Some(accept) = handshake::accept(request.method(), request.headers()) else {
        let version = [(SEC_WEBSOCKET_VERSION, handshake::VERSION)];
        return (
            StatusCode::UPGRADE_REQUIRED,
            version,
            "LiveQuery speaks WebSocket\n",
        )
            .into_response();
    };
    let seat = match Seat::take(&server, address) {
        Ok(seat) => seat,
        Err(why) => return turn_away(&server, why),
    };
    let upgrading = hyper::upgrade::on(&mut request);
    let protocol = handshake::protocol(request.headers());
    let tasks = server.tasks.clone();
    tasks.spawn(serve(server, upgrading, seat));
    switch(accept, protocol)
}

/// Says that there is no room for a client. The log and a metric have been told.
fn turn_away(server: &Server, why: Exhausted) -> Response {
    let (counter, status) = match why.whose {
        Whose::Address => (
            &server.metrics.crowded_clients,
            StatusCode::TOO_MANY_REQUESTS,
        ),
        _ => (
            &server.metrics.refused_clients,
            StatusCode::SERVICE_UNAVAILABLE,
        ),
    };
    counter.increment(1);
    (status, format!("{why}\n")).into_response()
}

/// The answer after which the connection is a WebSocket.
fn switch(accept: HeaderValue, protocol: Option<HeaderValue>) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    if let Some(protocol) = protocol {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    response
}

/// Serves a client once its connection is a WebSocket.
async fn serve(server: Arc<Server>, upgrading: OnUpgrade, seat: Seat) {
    let Ok(upgraded) = upgrading.await else {
        return;
    };
    let Ok(parts) = upgraded.downcast::<TokioIo<Stream>>() else {
        return debug!("a connection is of a kind that is not known");
    };
    server.metrics.clients.increment(1.0);
    let (stream, head) = parts.io.into_inner().into_parts();
    // What came before the request has been read by now.
    let begun = [parts.read_buf, head].concat();
    Connection::new(stream, begun, &server, seat).run().await;
    server.metrics.clients.decrement(1.0);
}
