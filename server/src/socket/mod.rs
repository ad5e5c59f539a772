//! Sockets of clients.

mod connection;
mod handle;
mod websocket;

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use self::connection::Connection;
use crate::listen::ClientAddress;
use crate::state::Server;

/// What a socket keeps ready for reading and for writing. The default of 128 KiB each would make idle clients dear.
const BUFFER_BYTES: usize = 4 * 1024;

/// How much larger than allowed a frame may be to be answered by an error; beyond that the connection ends.
const OVERSIZE: usize = 4;

/// Makes a client of whoever asks for a WebSocket, on any path.
pub(crate) async fn upgrade(
    State(server): State<Arc<Server>>,
    ClientAddress(address): ClientAddress,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else {
        return (StatusCode::UPGRADE_REQUIRED, "LiveQuery speaks WebSocket\n").into_response();
    };
    let Ok(place) = Arc::clone(&server.places).try_acquire_owned() else {
        server.metrics.refused_clients.increment(1);
        return (StatusCode::SERVICE_UNAVAILABLE, "too many clients\n").into_response();
    };
    let most = server.limits.max_clients_per_address;
    let Some(address_place) = server.addresses.enter(address, most) else {
        server.metrics.crowded_clients.increment(1);
        return (
            StatusCode::TOO_MANY_REQUESTS,
            "too many clients of this address\n",
        )
            .into_response();
    };
    let most = server.limits.max_frame_bytes.saturating_mul(OVERSIZE);
    let upgrade = upgrade
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_message_size(most)
        .max_frame_size(most);
    let tasks = server.tasks.clone();
    upgrade.on_upgrade(move |socket| {
        tasks.track_future(async move {
            server.metrics.clients.increment(1.0);
            Connection::new(socket, &server).run().await;
            server.metrics.clients.decrement(1.0);
            drop((place, address_place));
        })
    })
}
