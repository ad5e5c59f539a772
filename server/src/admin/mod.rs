//! What the operator reads, on an address of its own: metrics, the details of health, and why a change makes an event or none.
//!
//! Counters tell what was matched and withheld. Who can read them can find out, letter by letter, what an object holds that
//! they may not see; so they are not on the clients' port.

mod explain;
mod guard;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::ErrorKind;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use tokio::net::TcpListener;
use tracing::warn;

use self::guard::Guard;
use crate::health::Part;
use crate::listen;
use crate::options::{AdminListen, AdminOptions, HostPort};
use crate::state::Server;

/// The version of the text format of Prometheus.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is said to who asks for something else.
const ROUTES: &str = "there are GET /metrics, GET /health and POST /admin/explain\n";

/// Where it listens if nobody says where.
const DEFAULT_PORT: u16 = 9_337;

/// Listens where the operator is to ask; nowhere if that is switched off.
///
/// Where other machines can reach it there must be a token.
pub(crate) async fn bind(options: &AdminOptions) -> Result<Vec<TcpListener>, Box<dyn Error>> {
    let host = match &options.listen {
        Some(AdminListen::Off) => return Ok(Vec::new()),
        Some(AdminListen::On(host)) => host,
        None => return bind_default().await,
    };
    let is_public = |address: &std::net::SocketAddr| !address.ip().to_canonical().is_loopback();
    if options.token.is_none() && host.addresses().await?.iter().any(is_public) {
        let error = format!(
            "--admin-listen {host}: other machines can reach it, so it needs --admin-token"
        );
        return Err(error.into());
    }
    Ok(listen::bind(host).await?)
}

/// Several servers on one machine need not be told where each is to listen.
async fn bind_default() -> Result<Vec<TcpListener>, Box<dyn Error>> {
    match listen::bind(&HostPort::loopback(DEFAULT_PORT)).await {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            warn!("{error}; another port is taken, unless --admin-listen says which");
            Ok(listen::bind(&HostPort::loopback(0)).await?)
        }
        bound => Ok(bound?),
    }
}

/// What can be asked.
pub(crate) fn routes(server: Arc<Server>, options: &AdminOptions) -> Router {
    let guard = Arc::new(Guard::new(options));
    Router::new()
        .route("/metrics", get(metrics))
        .route("/health", get(health))
        .route("/admin/explain", post(explain::explain))
        .fallback(async || (StatusCode::NOT_FOUND, ROUTES))
        .layer(from_fn_with_state(guard, guard::check))
        .with_state(server)
}

async fn metrics(State(server): State<Arc<Server>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, PROMETHEUS)], server.metrics.render())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    ready: bool,
    version: &'static str,
    /// What is wrong, by what the work depends on.
    down: BTreeMap<Part, String>,
}

async fn health(State(server): State<Arc<Server>>) -> impl IntoResponse {
    let down = server.health.troubles();
    let report = Report {
        ready: down.is_empty(),
        version: env!("CARGO_PKG_VERSION"),
        down,
    };
    let status = if report.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(report))
}
