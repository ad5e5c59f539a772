#!/usr/bin/env bash
# A send that was given up on tokio-tungstenite 0.28.0: `timeout(…, socket.send(message))` to a peer that does not read for a while.
#
# Guessed: a message is either sent or not: who gives up on a send has not sent it, and may send it again, or something newer in its place.
# Seen: the first message on which the time runs out is sent all the same, as soon as the peer reads again: `send` has put it into the buffer, and only waited for that
# to be flushed. The second one and the third were not even put there, and are lost. All three look alike to the sender.
# Follows: repeating a message after a timeout doubles the first, dropping it loses the others; events that were cancelled for a newer state arrive late but
# before it. After a timeout close the connection, or give the socket to one task with a queue of its own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "late"
version = "0.0.0"
edition = "2021"
[workspace]
[dependencies]
futures-util = { version = "=0.3.31", default-features = false, features = ["sink"] }
tokio = { version = "=1.48.0", features = ["macros", "net", "rt", "time"] }
tokio-tungstenite = { version = "=0.28.0", default-features = false, features = ["handshake"] }
TOML
cat >src/main.rs <<'RUST'
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::{net::{TcpListener, TcpStream}, time::{sleep, timeout}};
use tokio_tungstenite::{accept_async, client_async, tungstenite::Message};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let (mut server, mut client) = tokio::join!(
        async { accept_async(listener.accept().await.expect("a client").0).await.expect("a handshake") },
        async { client_async("ws://localhost/", TcpStream::connect(address).await.expect("a server")).await.expect("a handshake").0 },
    );
    // The client reads nothing until three messages were given up, each of 1 MiB behind its number.
    let padding = " ".repeat(1 << 20);
    let (mut number, mut given_up) = (0, Vec::new());
    while given_up.len() < 3 {
        number += 1;
        let message = Message::text(format!("{number}{padding}"));
        match timeout(Duration::from_millis(500), server.send(message)).await {
            Ok(sent) => sent.expect("a connection"),
            Err(_) => given_up.push(number.to_string()),
        }
    }
    let last = async {
        server.send(Message::text("last")).await.expect("a connection");
        sleep(Duration::from_secs(3)).await;
    };
    let read = async {
        let mut read = Vec::new();
        while let Ok(Some(Ok(message))) = timeout(Duration::from_secs(2), client.next()).await {
            read.push(message.to_text().expect("a text").trim().to_owned());
        }
        read
    };
    let ((), read) = tokio::join!(last, read);
    let delivered: Vec<_> = given_up.iter().map(|number| read.contains(number)).collect();
    println!("given up: delivered {delivered:?}; the next one: {}", read.contains(&"last".to_owned()));
}
RUST
export CARGO_PROFILE_DEV_DEBUG=0
cargo run -q >seen || exit 2
cat seen
[ "$(cat seen)" = 'given up: delivered [true, false, false]; the next one: true' ]
